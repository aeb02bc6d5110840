"""F47: menus that lead in a circle hold nobody for ever."""

import asyncio

import pytest

from tests.chaos.conftest import Site
from tests.support.program import DNIS

pytestmark = [pytest.mark.asterisk, pytest.mark.chaos]

LONGEST_S = 6.0
CIRCLE = """\
flow: main
start: main_menu
nodes:
  main_menu:
    menu:
      prompts: [main_menu]
      timeout: 1 s
      attempts: 1
      keys: {"1": sales}
      otherwise: main_menu
  sales:
    queue: {name: sales, timed_out: main_menu, unstaffed: main_menu}
"""


async def test_who_goes_round_the_menus_is_answered_by_a_person_in_the_end(site: Site):
    """The fallback rings the agents' phones itself, and the record says why it had the caller."""
    await lead_in_a_circle(site)
    caller = await site.phones.dial("+12125550147", DNIS)
    await caller.wait_answered(5)
    began = asyncio.get_running_loop().time()
    await asyncio.sleep(LONGEST_S - 1.0)
    assert not site.station().ringing
    await site.station().wait_ringing(10)
    took_s = asyncio.get_running_loop().time() - began
    assert took_s < LONGEST_S + 6.0, "the fallback's announcement of 3 s is in between"
    await site.station().answer()
    await asyncio.sleep(0.8)
    assert caller.hears(site.station())
    await caller.hang_up()
    [record] = await site.program.records(1)
    assert (str(record.outcome), record.cause) == ("failed", "flow_too_long")
    assert record.ended_at is not None
    assert 0 <= record.ended_at - record.arrived_at - LONGEST_S * 1_000 < 500


async def lead_in_a_circle(site: Site) -> None:
    """Start the program again with such a flow."""
    flows = site.program.folder / "flows"
    flows.mkdir()
    (flows / "main.yaml").write_text(CIRCLE)
    await site.program.stop()
    site.program.flows = flows
    site.program.max_flow = f"{LONGEST_S:.0f} s"
    site.program.configure()
    await site.program.start()
