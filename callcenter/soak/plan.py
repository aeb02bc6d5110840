"""What the simulated service serves: queues with short limits, so that a day sees all ends."""

from dataclasses import replace

from callcenter.config import shipped_flows
from callcenter.core.acd.callback_rules import CallbackRules, CallFirst
from callcenter.core.dialling import Outbound
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
LINES = ("100", "100", "100", "200", "200")
"""The numbers dialled, the shipped menu more often."""

_CARE_FLOW = """
flow: care
start: care
nodes:
  care:
    queue:
      name: care
      priority: 5
      timed_out: call_me_instead
      unstaffed: sales
      keys: {"1": aside, "2": sales, "3": note, "4": call_me, "5": key_number, "6": call_me_later}
  aside: {menu: {prompts: [main_menu], timeout: 3 s, keys: {"1": back, "2": care}, otherwise: back}}
  note: {request: {subject: Please look, kind: request}, next: at_once}
  call_me: {callback: {queue: care, taken: promised, refused: back}}
  call_me_instead: {callback: {queue: care, taken: promised, refused: sales}}
  call_me_later: {callback: {queue: sales, after: 20 s, taken: promised, refused: back}}
  key_number:
    digits: {prompts: [main_menu], timeout: 2 s, attempts: 1, next: call_keyed, otherwise: back}
  call_keyed: {callback: {queue: care, number: keyed, taken: promised, refused: back}}
  promised: {hang_up: [we_will_call_back]}
  back: {back: [please_wait]}
  at_once: {back: []}
  sales:
    queue: {name: sales, priority: 5, timed_out: missed, unstaffed: missed}
  missed:
    follow_up: {subject: "Call back: a preferred customer"}
    next: goodbye
  goodbye: {hang_up: [goodbye]}
"""

TRUNK = "carrier"
CALLBACKS = CallbackRules(
    ring_ms=8_000,
    attempts=2,
    retry_ms=9_000,
    starts_after_ms=2_000,
    keep_ms=150_000,
    snooze_ms=12_000,
    greeting=("welcome",),
    slot_ms=60_000,
    per_slot=3,
)
OUTBOUND = Outbound(
    f"PJSIP/{{number}}@{TRUNK}", "+12025550100", allow=("+1", "+86"), deny=("+1900",)
)

PLAN = Plan(
    queues={
        SALES: QueueRules(
            SALES,
            "Sales",
            ring_ms=8_000,
            wrap_up_ms=20_000,
            max_wait_ms=90_000,
            callbacks=replace(CALLBACKS, first=CallFirst.CUSTOMER),
        ),
        SUPPORT: QueueRules(
            SUPPORT,
            "Support",
            ring_ms=12_000,
            wrap_up_ms=0,
            max_wait_ms=60_000,
            callbacks=CALLBACKS,
        ),
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
            callbacks=CALLBACKS,
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
    outbound=OUTBOUND,
)
