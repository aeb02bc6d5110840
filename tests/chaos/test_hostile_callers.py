"""Callers whose name is an attack, or who press keys like mad: served, shown inert, no harm."""

import asyncio

import pytest

from tests.chaos.conftest import Site
from tests.support.program import DNIS
from tests.support.sip_call import Identity

pytestmark = [pytest.mark.asterisk, pytest.mark.chaos]

NAMES = {
    "long": "A" * 2_000,
    "markup": '\\"><svg onload=alert(1)>',
    "header injection": "Eve%0d%0aX-Evil: 1;tag=666, <sip:1@evil>",
    "right to left and a bell": "\u202egnorw\u0007",
    "emoji": "Anna \U0001f600",
    "dialplan": "${SHELL(id)} $[1+1]",
    "not UTF-8": "\udcff\udcfe",
}
"""F38, F39: what carriers let through in a display name."""


async def test_hostile_names_are_served_and_cut_to_what_can_be_shown(site: Site):
    anna = await site.agent()
    for what, name in NAMES.items():
        who = Identity(f'"{name}" <sip:+12125550147@carrier.invalid>')
        caller = await site.phones.dial_as(who, DNIS)
        await caller.wait_answered(5)
        await caller.press("1")
        pop = await anna.until_call("ringing")
        assert pop["ani"] == "+12125550147", what
        assert len(pop["caller_name"]) <= 128, what
        assert not set(pop["caller_name"]) & set("\r\n\x00\x07\u202e"), what
        await site.station().wait_ringing(3)
        assert site.station().shown_caller == "+12125550147", "no name goes to the agent's phone"
        await caller.hang_up()
        await anna.until(lambda: anna.call is None)
        await site.station().wait_idle(3)
    records = await site.program.records(len(NAMES))
    assert {str(record.outcome) for record in records} == {"abandoned_queue"}


async def test_keys_pressed_like_mad_do_not_disturb_another_caller(site: Site):
    """F46: a caller presses sixty wrong keys without a pause; another one is served meanwhile."""
    anna = await site.agent()
    mad = await site.phones.dial("+12125550147", DNIS)
    await mad.wait_answered(5)
    keys = asyncio.gather(*(mad.press("0") for _ in range(60)), return_exceptions=True)
    other = await site.waiting("+12125550148")
    pop = await anna.until_call("ringing")
    assert pop["ani"] in ("+12125550148", "+12125550147")
    await other.hang_up()
    await mad.hang_up()
    await keys
    await site.program.records(2)
