import pytest

from ivr_flows.check import check_flow
from ivr_flows.load import FlowError, load_flow
from ivr_flows.model import Back, Flow, FollowUp, HangUp, Menu, Node, OpenRequest, Queue, Say
from ivr_flows.prompt_store import prompt_names
from tests.ivr_flows.texts import SHIPPED, SMALL


def problems(nodes: dict[str, Node], start: str = "a") -> list[str]:
    return [fault.problem for fault in check_flow(Flow("f", "1", start, nodes))]


def say(target: str) -> Say:
    return Say(("x",), target)


def menu(target: str) -> Menu:
    return Menu(("x",), {"1": target}, target)


def test_the_shipped_flow_is_without_fault():
    flow = load_flow(SHIPPED, "main.yaml")
    assert check_flow(flow, ["sales", "support"], prompt_names(), ["request"]) == ()


def test_unknown_names_are_told_with_line_and_column():
    flow = load_flow(SMALL, "small.yaml")
    faults = check_flow(flow, queues=["sale"], prompts=prompt_names() - {"goodbye"})
    assert [(fault.source, fault.line, fault.column) for fault in faults] == [
        ("small.yaml", 14, 19),
        ("small.yaml", 17, 19),
    ]
    assert faults[0].problem == "there is no queue 'sales'"


def test_what_is_not_given_is_not_checked():
    assert check_flow(load_flow(SMALL, "small.yaml")) == ()


def test_a_flow_made_in_code_is_checked_too():
    assert problems({"a": say("b")}) == ["there is no node 'b'"]
    assert problems({"a": HangUp()}, start="z") == ["there is no node 'z'"]
    assert problems({"a": HangUp(), "b": HangUp()}) == ["no way leads to the node 'b'"]


@pytest.mark.parametrize(
    ("nodes", "ring"),
    [
        ({"a": OpenRequest("s", "k", "a")}, "a -> a"),
        ({"a": FollowUp("s", "b"), "b": OpenRequest("s", "k", "a")}, "a -> b -> a"),
        ({"a": say("c"), "c": say("b"), "b": say("c")}, "b -> c -> b"),
        ({"a": menu("b"), "b": say("c"), "c": FollowUp("s", "b")}, "b -> c -> b"),
        ({"a": Queue("q", "b", "a"), "b": HangUp()}, "a -> a"),
        ({"a": Queue("q", "b", "c"), "c": FollowUp("s", "a"), "b": HangUp()}, "a -> c -> a"),
    ],
)
def test_a_loop_that_never_waits_is_refused(nodes, ring):
    assert problems(nodes) == [f"the nodes {ring} go round without waiting for the caller"]


@pytest.mark.parametrize(
    "nodes",
    [
        {"a": menu("a")},
        {"a": say("b"), "b": menu("a")},
        {"a": Queue("q", "a", "b"), "b": HangUp()},
        {"a": Queue("q", "b", "c"), "b": say("a"), "c": HangUp()},
        {"a": Queue("q", "b", "b"), "b": say("a")},
    ],
)
def test_a_loop_that_waits_is_allowed(nodes):
    assert problems(nodes) == []


def test_a_loop_is_told_at_its_first_node():
    text = SMALL.replace(
        "task: {follow_up: {subject: Call back}, next: bye}", "task: {say: [a], next: task}"
    )
    with pytest.raises(FlowError) as caught:
        load_flow(text, "f.yaml")
    [fault] = caught.value.faults
    assert (fault.line, fault.column) == (16, 3)
    assert "task -> task" in fault.problem


def waiting(**keys: str) -> Queue:
    return Queue("q", timed_out="end", unstaffed="end", keys={"1": keys["key"]})


def test_a_back_is_only_for_those_who_wait():
    nodes: dict[str, Node] = {
        "a": waiting(key="aside"),
        "aside": say("back"),
        "back": Back(),
        "end": HangUp(),
    }
    assert problems(nodes) == []
    wrong = {**nodes, "end": say("back")}
    assert problems(wrong) == ["callers come to 'back' who wait in no queue to go back to"]


def test_the_exits_of_another_queue_are_not_those_of_one_who_waits():
    nodes: dict[str, Node] = {
        "a": waiting(key="other"),
        "other": Queue("r", timed_out="back", unstaffed="end"),
        "back": Back(),
        "end": HangUp(),
    }
    assert problems(nodes) == ["callers come to 'back' who wait in no queue to go back to"]
