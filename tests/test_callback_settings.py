"""What is wrong with callbacks, or with whom the service may call, is said at load."""

import pytest

from callcenter.config import ConfigError
from callcenter.core.acd.callback_rules import CallbackRules, CallFirst
from callcenter.core.ids import QueueId
from callcenter.core.plan import Plan
from tests.test_config import LEAST, parse

OUTBOUND = 'outbound: {endpoint: "PJSIP/{number}@trunk", caller_id: "+4930100", %s}\n'


def plan_of(text: str) -> Plan:
    return parse(LEAST + text).plan()


def faults_of(text: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        parse(LEAST + text)
    assert all(fault.line > 1 for fault in raised.value.faults)
    return [str(fault) for fault in raised.value.faults]


def test_nobody_is_called_unless_the_file_says_so() -> None:
    plan = plan_of("")
    assert plan.outbound.endpoint == ""
    assert plan.queues[QueueId("sales")].callbacks == CallbackRules()


def test_the_plan_says_whom_to_call_and_how() -> None:
    text = 'region: DE\nservice_numbers: {"030200": {name: Test, flow: main}}\n'
    plan = plan_of(text + OUTBOUND % 'allow: ["+49"], deny: ["+49900"]')
    outbound = plan.outbound
    assert (outbound.country_code, outbound.national_prefix) == ("49", "0")
    assert outbound.own == {"+4930200", "+4930100"}
    assert (outbound.allow, outbound.deny) == (("+49",), ("+49900",))


def test_a_queue_says_how_it_calls_back() -> None:
    text = (
        "queues: {sales: {callback: {first: customer, ring: 9 s, attempts: 5, retry: 10 s,"
        " starts_after: 1 s, keep: 2 min, snooze: 3 min, greeting: [welcome], slot: 4 min,"
        " per_slot: 7}}, support: {}}\n"
    )
    rules = plan_of(text).queues[QueueId("sales")].callbacks
    assert rules == CallbackRules(
        CallFirst.CUSTOMER, 9_000, 5, 10_000, 1_000, 120_000, 180_000, ("welcome",), 240_000, 7
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('outbound: {endpoint: trunk, allow: ["+1"]}\n', "expected such as PJSIP/"),
        ('outbound: {endpoint: PJSIP/trunk, allow: ["+1"]}\n', "must stand in it once"),
        (OUTBOUND % "allow: []", "outbound.allow is empty"),
        (OUTBOUND % 'allow: ["+1"], deny: ["+44"]', "is not allowed anyway"),
        (OUTBOUND % 'allow: ["+1900"], deny: ["+1900"]', "is denied too"),
        (OUTBOUND % 'allow: ["0049"]', "the beginning of international numbers"),
        ("queues: {sales: {callback: {first: nobody}}, support: {}}\n", "agent or customer"),
        (
            "queues: {sales: {callback: {first: customer, greeting: []}}, support: {}}\n",
            "nothing tells them the keys",
        ),
        ("queues: {sales: {callback: {greeting: [callback_greting]}}, support: {}}\n", "greeting"),
        (
            "queues: {sales: {callback: {keep: 1 min, retry: 2 min}}, support: {}}\n",
            "over before the second try",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(text: str, problem: str) -> None:
    assert any(problem in fault for fault in faults_of(text)), faults_of(text)
