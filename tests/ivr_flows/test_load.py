import time
from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr_flows.load import FlowError, load_flow
from ivr_flows.model import Flow, FollowUp, HangUp, Menu, OpenRequest, Queue, Say
from tests.ivr_flows.texts import SHIPPED, SMALL


def faults_of(text: str, **known: Collection[str]) -> list[str]:
    with pytest.raises(FlowError) as caught:
        load_flow(text, "f.yaml", **known)
    return [
        f"{fault.line}:{fault.column}: {fault.problem}; {fault.remedy}"
        for fault in caught.value.faults
    ]


def changed(old: str, new: str) -> str:
    assert old in SMALL
    return SMALL.replace(old, new, 1)


def test_every_kind_of_node_is_read():
    flow = load_flow(SMALL, "small.yaml")
    assert (flow.flow_id, flow.start, flow.source) == ("small", "hello", "small.yaml")
    assert flow.nodes == {
        "hello": Say(("welcome",), "choose"),
        "choose": Menu(
            ("main_menu",), {"1": "sales", "#": "note"}, "sales", 4_000, 2, ("wrong_key",)
        ),
        "sales": Queue("sales", "task", "bye", 3, {"french": 2}),
        "note": OpenRequest("Please call me", "request", "task"),
        "task": FollowUp("Call back", "bye"),
        "bye": HangUp(("goodbye",)),
    }


def test_the_version_changes_with_the_text():
    versions = {load_flow(text, "f").version for text in (SMALL, SMALL, SMALL + "# note\n")}
    assert len(versions) == 2


def test_what_is_left_out_has_its_default():
    text = SMALL
    for line in ("      wrong_key: [wrong_key]\n", "      timeout: 4 s\n", "      attempts: 2\n"):
        assert line in text
        text = text.replace(line, "")
    menu = load_flow(text.replace("priority: 3, requires: {french: 2}, ", ""), "f").nodes
    assert menu["choose"] == Menu(("main_menu",), {"1": "sales", "#": "note"}, "sales")
    assert menu["sales"] == Queue("sales", "task", "bye")


def test_durations_in_a_flow_are_plain_numbers():
    menu = load_flow(SMALL, "f").nodes["choose"]
    assert isinstance(menu, Menu)
    assert type(menu.timeout_ms) is int


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("start: hello\n", "", "1:1: the key 'start' is missing; add it"),
        ("start: hello", "start: helo", "2:8: there is no node 'helo'; did you mean 'hello'?"),
        ("next: choose", "next: chose", "4:33: there is no node 'chose'; did you mean 'choose'?"),
        ("otherwise: sales", "otherwise: sals", "12:18: there is no node 'sals'; did you mean"),
        ('"1": sales', '"1": sals', "11:19: there is no node 'sals'; did you mean 'sales'?"),
        ("timed_out: task", "timed_out: x", "14:73: there is no node 'x'; there are: bye"),
        (
            "hello: {say:",
            "hello: {sya:",
            "4:11: there is no kind of node 'sya'; did you mean 'say'",
        ),
        ("bye: {hang_up: [goodbye]}", "bye: {}", "17:3: this node has no kind; the kinds are: say"),
        ("bye: {hang_up: [goodbye]}", "bye: x", "17:8: expected a node, a mapping with one of"),
        ("hello: {say", "hello: {hang_up: [], say", "4:24: a node is of one kind, but this one"),
        ('"1": sales', '"10": sales', '11:14: expected a key of the phone: "0" to "9", * or #'),
        ('"1": sales', '"A": sales', '11:14: expected a key of the phone: "0" to "9", * or #'),
        ('"1": sales', '"1": [sales]', "11:19: expected a name: a letter, then up to 63"),
        ('{"1": sales, "#": note}', "{}", "11:13: expected at least 1 here, got 0"),
        ("4 s", "4", "9:16: expected a duration such as \"5 s\", from 500 ms to 2 min, got '4'"),
        ("4 s", "1 h", '9:16: expected a duration such as "5 s", from 500 ms to 2 min'),
        ("attempts: 2", "attempts: 0", "10:17: expected a whole number from 1 to 10, got '0'"),
        ("attempts: 2", "attempt: 2", "10:7: unknown key 'attempt'; did you mean 'attempts'?"),
        ("{french: 2}", "{french: 11}", "14:58: expected a skill level, a whole number from 1 to"),
        ("[welcome]", "[]", "4:16: expected at least 1 here, got 0"),
        ("[welcome]", "welcome", "4:16: expected a list, got 'welcome'; write it as [a, b]"),
        ("[welcome]", "[../../etc/passwd]", "4:17: expected a name: a letter, then up to 63"),
        ("subject: Call back", "subject: ''", "16:31: expected a subject of 1 to 200 characters"),
        ("next: bye}", "next: bye, then: x}", "16:54: unknown key 'then'; there are: follow_up"),
        ("  bye:", "  bye bye: {hang_up: []}\n  bye:", "17:3: expected a name: a letter, then up"),
        (
            "  bye:",
            "  more: {hang_up: []}\n  bye:",
            "17:3: no way leads to the node 'more'; remove",
        ),
    ],
)
def test_each_fault_says_where_what_is_wrong_and_how_to_mend_it(old, new, fault):
    found = faults_of(changed(old, new))
    assert any(line.startswith(fault) for line in found), found
    assert len(found) == 1


def test_all_faults_of_a_file_come_at_once():
    text = changed("timeout: 4 s", "timeout: soon").replace("next: bye", "next: bay")
    text = text.replace("queue: {name: sales", "queue: {name: sails")
    found = faults_of(text, queues=["sales"], prompts=["welcome", "main_menu", "wrong_key"])
    assert [fault.split(":")[0] for fault in found] == ["9", "14", "16", "17"]


def test_names_outside_the_flow_are_checked_if_they_are_known():
    [queue] = faults_of(SMALL, queues=["sale"])
    assert queue == "14:19: there is no queue 'sales'; did you mean 'sale'?"
    prompts = faults_of(SMALL, prompts={"welcome", "main_menu", "wrong_keys"})
    assert prompts == [
        "8:19: there is no prompt 'wrong_key'; did you mean 'wrong_keys'?",
        "17:19: there is no prompt 'goodbye'; there are: main_menu, welcome, wrong_keys",
    ]
    [kind] = faults_of(SMALL, kinds=["complaint"])
    assert kind == "15:51: there is no kind of request 'request'; there are: complaint"


@pytest.mark.parametrize("text", ["", "x", "[a]", "nodes: x", "{flow: f, start: s, nodes: []}"])
def test_what_is_no_flow_at_all_is_a_flow_error(text):
    assert faults_of(text)


def test_too_many_nodes_are_refused_quickly():
    nodes = "".join(f"  n{n}: {{say: [a], next: m{n}}}\n" for n in range(2_001))
    started = time.monotonic()
    assert (
        "expected at most 2000 here, got 2001"
        in faults_of(f"flow: f\nstart: n0\nnodes:\n{nodes}")[0]
    )
    assert time.monotonic() - started < 20


def test_thousands_of_faults_are_told_quickly():
    nodes = "".join(f"  n{n}: {{say: [a], next: m{n}}}\n" for n in range(2_000))
    started = time.monotonic()
    assert len(faults_of(f"flow: f\nstart: n0\nnodes:\n{nodes}")) == 50
    assert time.monotonic() - started < 20


WORDS = [*SMALL.split(), "{", "}", "[", "]", "- ", ": ", ", ", "say", "menu", "queue", "\n", "\n  "]


def loaded(text: str) -> Flow | FlowError:
    try:
        return load_flow(text, "f.yaml", ["sales"], ["welcome"], ["request"])
    except FlowError as error:
        return error


@given(st.text() | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_any_text_is_a_flow_or_a_flow_error(text):
    result = loaded(text)
    assert isinstance(result, Flow) or result.faults


@given(st.data(), st.sampled_from([SMALL, SHIPPED]))
def test_any_slip_in_a_good_flow_is_a_flow_or_a_flow_error(data, text):
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 40))
    put = data.draw(st.sampled_from(WORDS) | st.text(max_size=5))
    result = loaded(text[:at] + put + text[at + cut :])
    assert isinstance(result, Flow) or all(fault.problem for fault in result.faults)
