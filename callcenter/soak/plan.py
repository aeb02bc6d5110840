"""What the simulated service serves: queues with short limits, so that a day sees all ends."""

from callcenter.config import shipped_flows
from callcenter.core.ids import QueueId
from callcenter.core.plan import (
    AnnouncePosition,
    AnnounceToAgent,
    ComfortStep,
    Plan,
    QueueRules,
    ServiceNumber,
)
from ivr_flows.load import load_flow

NAMES = ("anna", "bela", "chen", "dora", "emil")
SALES, SUPPORT, CARE = QueueId("sales"), QueueId("support"), QueueId("care")
QUEUES = (SALES, SUPPORT, CARE)
LINES = ("100", "100", "100", "200")
"""The numbers dialled, the shipped menu three times as often."""

_CARE_FLOW = """
flow: care
start: care
nodes:
  care:
    queue:
      name: care
      priority: 5
      timed_out: sales
      unstaffed: sales
      keys: {"1": aside, "2": sales, "3": note}
  aside: {menu: {prompts: [main_menu], timeout: 3 s, keys: {"1": back, "2": care}, otherwise: back}}
  note: {request: {subject: Please look, kind: request}, next: at_once}
  back: {back: [please_wait]}
  at_once: {back: []}
  sales:
    queue: {name: sales, priority: 5, timed_out: missed, unstaffed: missed}
  missed:
    follow_up: {subject: "Call back: a preferred customer"}
    next: goodbye
  goodbye: {hang_up: [goodbye]}
"""

PLAN = Plan(
    queues={
        SALES: QueueRules(SALES, "Sales", ring_ms=8_000, wrap_up_ms=20_000, max_wait_ms=90_000),
        SUPPORT: QueueRules(SUPPORT, "Support", ring_ms=12_000, wrap_up_ms=0, max_wait_ms=60_000),
        CARE: QueueRules(
            CARE,
            "Care",
            ring_ms=10_000,
            wrap_up_ms=30_000,
            max_wait_ms=20_000,
            announce_every_ms=7_000,
            announce_position=AnnouncePosition.ALWAYS,
            comfort=(
                ComfortStep(4_000, ("still_waiting",)),
                ComfortStep(5_000, ("please_wait", "welcome"), repeats=True),
            ),
            announce_to_agent=AnnounceToAgent.QUEUE_AND_WAIT,
        ),
    },
    numbers={
        "100": ServiceNumber("100", "Main line", "main"),
        "200": ServiceNumber("200", "Preferred customers", "care"),
    },
    flows={
        "main": load_flow((shipped_flows() / "main.yaml").read_text("utf-8"), "main.yaml"),
        "care": load_flow(_CARE_FLOW, "care"),
    },
    default_flow_id="main",
)
