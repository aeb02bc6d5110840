import textwrap
from pathlib import Path

import pytest

from callcenter.config import ConfigError, parse_config
from callcenter.core.acd.overflow_rules import Moment, OverflowRule, Staffed, ToFlow, ToMailbox
from callcenter.core.acd.overflow_rules import ToQueue as To
from callcenter.core.ids import QueueId
from callcenter.core.plan import Plan
from ivr_flows.model import Callback, HangUp

HEAD = (
    "asterisk: {user: cc, password: x}\nopening_hours: {office: {weekly: {mon-fri: 09:00-17:00}}}\n"
)
MAIN = (
    "flow: main\nstart: ask\nnodes:\n"
    "  ask: {menu: {prompts: [main_menu], keys: {'1': sales, '2': again}, otherwise: bye}}\n"
    "  sales: {queue: {name: sales, timed_out: bye, unstaffed: bye}}\n"
    "  again: {say: [welcome], next: sales}\n"
    "  bye: {hang_up: [goodbye]}\n"
)


def plan(queues: str, folder: Path, more: str = "") -> Plan:
    """Return the plan of a file with these queues, one a line, a flow, and more sections."""
    (folder / "main.yaml").write_text(MAIN)
    lines = textwrap.indent(textwrap.dedent(queues), "  ")
    text = f"{HEAD}flows: .\nqueues:\n{lines.lstrip(chr(10))}\n{more}\n"
    return parse_config(text, "cc.yaml", folder, {}).plan()


def faults(queues: str, folder: Path) -> list[str]:
    """Return what is wrong with it, each with its line."""
    with pytest.raises(ConfigError) as error:
        plan(queues, folder)
    return [f"{f.line}: {f.problem}; {f.remedy}".rstrip("; ") for f in error.value.faults]


OUTBOUND = 'outbound: {endpoint: "PJSIP/{number}@trunk", allow: ["+1"]}'


def test_a_rule_may_promise_a_callback(tmp_path: Path) -> None:
    text = "sales: {overflow: [{when: full, to: {callback: yes}}]}\nsupport: {}"
    assert any("nobody can be called back" in fault for fault in faults(text, tmp_path))
    made = plan(text, tmp_path, OUTBOUND)
    to = made.queues[QueueId("sales")].overflow[0].to
    assert isinstance(to, ToFlow)
    assert to.words == "callback"
    assert isinstance(made.flows[to.flow_id].nodes["ask"], Callback)


def test_rules_are_read_in_their_order(tmp_path: Path) -> None:
    made = plan(
        """
        sales: {hours: office, max_waiting: 9, join_with: [ready, talking], leave_after: 30 s,
           overflow: [{waited: 2 min, position: 3, to: {queue: support}},
             {service_level_below: 70, over_last: 5 min, to: {flow: main, node: bye}},
             {when: unstaffed, to: {voicemail: yes}},
             {when: closed, to: {hang_up: [closed_now, goodbye]}}]}
        support: {}
        """,
        tmp_path,
    )
    sales = made.queues[QueueId("sales")]
    assert sales.overflow[:3] == (
        OverflowRule(To(QueueId("support")), waited_ms=120_000, position=3),
        OverflowRule(ToFlow("main", "bye"), service_level=70, window_ms=300_000),
        OverflowRule(ToMailbox(), Moment.UNSTAFFED),
    )
    last = sales.overflow[3].to
    assert isinstance(last, ToFlow)
    assert last.words == "hang_up"
    assert made.flows[last.flow_id].nodes["end"] == HangUp(("closed_now", "goodbye"))
    assert sales.hours is not None
    assert sales.hours.zone == "UTC"
    assert (sales.max_waiting, sales.leave_after_ms) == (9, 30_000)
    assert sales.join_with == {Staffed.READY, Staffed.TALKING}
    assert sales.stay_with == set(Staffed)


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (
            "{to: {voicemail: yes}}",
            "5: this rule would send everybody away at once; give waited, position or "
            "service_level_below, or another when",
        ),
        (
            "{when: full, waited: 5 s, to: {voicemail: yes}}",
            "5: waited means nothing when full: that is one moment for all; remove it, or when",
        ),
        (
            "{waited: 11 min, to: {voicemail: yes}}",
            "5: nobody waits so long: max_wait is 10 min; wait less, or give a longer max_wait",
        ),
        (
            "{waited: 48 h, to: {voicemail: yes}}",
            "5: expected a duration such as \"5 s\", from 0 s to 8 h, got '48 h'",
        ),
        (
            "{when: fulll, to: {voicemail: yes}}",
            "5: expected waiting or unstaffed or closing or closed or full, got 'fulll'",
        ),
        (
            "{when: full, to: {voicemail: yes, queue: support}}",
            "5: expected one target, got queue and voicemail; the targets are: queue, flow (with "
            "node), voicemail, callback, hang_up",
        ),
        (
            "{when: full, to: {}}",
            "5: expected one target, got none; the targets are: queue, flow (with node), "
            "voicemail, callback, hang_up",
        ),
        (
            "{when: full, to: {queue: suport}}",
            "5: there is no queue 'suport'; did you mean 'support'?",
        ),
        (
            "{when: full, to: {queue: sales}}",
            "5: a queue cannot overflow into itself; name another",
        ),
        ("{when: full, to: {flow: mian}}", "5: there is no flow 'mian'; did you mean 'main'?"),
        (
            "{when: full, to: {flow: main, node: bey}}",
            "5: there is no node of the flow main 'bey'; did you mean 'bye'?",
        ),
        (
            "{when: full, to: {node: bye, voicemail: yes}}",
            "5: a node of which flow?; give flow too",
        ),
        (
            "{when: full, to: {hang_up: [godbye]}}",
            "5: there is no prompt 'godbye'; did you mean 'goodbye'?",
        ),
        (
            "{when: full, to: {number: '+19005550100'}}",
            "5: unknown key 'number'; there are: callback, flow, hang_up, node, queue, voicemail",
        ),
        (
            "{when: full, to: {flow: main, node: again}}",
            "5: callers would overflow in a ring: sales -> sales; let one of them lead to "
            "voicemail, a hang_up, or a menu",
        ),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(rule: str, problem: str, tmp_path: Path) -> None:
    found = faults(f"sales: {{overflow: [{rule}]}}\nsupport: {{}}", tmp_path)
    assert problem in found


def test_a_ring_of_queues_is_refused(tmp_path: Path) -> None:
    found = faults(
        """
        sales: {overflow: [{waited: 1 min, to: {queue: support}}]}
        support: {overflow: [{when: unstaffed, to: {queue: night}}]}
        night: {overflow: [{when: closed, to: {queue: sales}}]}
        """,
        tmp_path,
    )
    assert found == [
        "7: callers would overflow in a ring: night -> sales -> support -> night; "
        "let one of them lead to voicemail, a hang_up, or a menu"
    ]


def test_a_way_back_through_a_menu_is_no_ring(tmp_path: Path) -> None:
    plan("sales: {overflow: [{waited: 1 min, to: {flow: main}}]}", tmp_path)


def test_the_example_of_the_manual_is_read(tmp_path: Path) -> None:
    manual = (Path(__file__).parent.parent / "docs" / "queues.md").read_text("utf-8")
    example = manual.split("```yaml\n")[1].split("```")[0]
    text = f"asterisk: {{user: cc, password: x}}\n{example}"
    made = parse_config(text, "cc.yaml", tmp_path, {}).plan()
    sales, support = (made.queues[QueueId(name)] for name in ("sales", "support"))
    assert len(sales.overflow) == 5
    assert sales.hours is not None
    assert Staffed.PAUSED not in support.stay_with


def test_unknown_hours_are_refused(tmp_path: Path) -> None:
    assert faults("sales: {hours: ofice}", tmp_path) == [
        "5: there is no opening hours 'ofice'; did you mean 'office'?"
    ]


def test_nobody_who_counts_as_staff_is_refused(tmp_path: Path) -> None:
    assert faults("sales: {stay_with: []}", tmp_path) == ["5: expected at least 1 here, got 0"]
    [problem] = faults("sales: {stay_with: [bored]}", tmp_path)
    assert "ready or talking or wrap_up" in problem
