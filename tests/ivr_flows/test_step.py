from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr_flows.load import load_flow
from ivr_flows.messages import (
    AskForFollowUp,
    AskForRequest,
    AwaitKey,
    EndCall,
    EnterQueue,
    Event,
    KeyPressed,
    KeyTimedOut,
    Play,
    PromptEnded,
    QueueExit,
    QueueLeft,
    WaitOn,
)
from ivr_flows.model import Awaiting, Flow, FollowUp, HangUp, Node, OpenRequest, Queue, Session
from ivr_flows.step import MAX_PATH, Step, begin, returned, step
from tests.ivr_flows.texts import SHIPPED, SMALL

FLOW = load_flow(SMALL, "small.yaml")
SHIPPED_FLOW = load_flow(SHIPPED, "main.yaml")
TIMED_OUT = QueueLeft(QueueExit.TIMED_OUT)
UNSTAFFED = QueueLeft(QueueExit.UNSTAFFED)
EVENTS: list[Event] = [
    PromptEnded(),
    KeyTimedOut(),
    TIMED_OUT,
    UNSTAFFED,
    *(KeyPressed(key) for key in "0123456789*#A"),
]
ENTER_SALES = EnterQueue("sales", 3, {"french": 2})


def at(node_id: str, awaiting: Awaiting, attempt: int = 1, path: tuple[str, ...] = ()) -> Session:
    return Session("small", FLOW.version, node_id, awaiting, attempt, path)


def run(*events: Event, flow: Flow = FLOW) -> Step:
    session, actions = begin(flow)
    for event in events:
        session, actions = step(flow, session, event)
    return session, actions


def test_a_flow_begins_at_its_start():
    assert begin(FLOW) == (at("hello", Awaiting.PROMPT), (Play(("welcome",)),))


def test_a_say_goes_on_when_it_has_been_said():
    assert run(PromptEnded()) == (at("choose", Awaiting.PROMPT), (Play(("main_menu",)),))


def test_a_key_is_awaited_after_the_menu_was_played():
    assert run(PromptEnded(), PromptEnded()) == (at("choose", Awaiting.KEY), (AwaitKey(4_000),))


@pytest.mark.parametrize("awaiting", [Awaiting.PROMPT, Awaiting.KEY])
def test_a_key_leads_on_while_the_menu_plays_and_after_it(awaiting):
    after = at("sales", Awaiting.QUEUE, path=("choose: 1",))
    assert step(FLOW, at("choose", awaiting), KeyPressed("1")) == (after, (ENTER_SALES,))


@pytest.mark.parametrize("awaiting", [Awaiting.PROMPT, Awaiting.KEY])
def test_a_wrong_key_repeats_the_menu_after_saying_so(awaiting):
    again = at("choose", Awaiting.PROMPT, attempt=2)
    play = Play(("wrong_key", "main_menu"))
    assert step(FLOW, at("choose", awaiting), KeyPressed("A")) == (again, (play,))


def test_silence_repeats_the_menu_without_reproach():
    again = at("choose", Awaiting.PROMPT, attempt=2)
    silence = step(FLOW, at("choose", Awaiting.KEY), KeyTimedOut())
    assert silence == (again, (Play(("main_menu",)),))


@pytest.mark.parametrize("event", [KeyTimedOut(), KeyPressed("9")])
def test_the_last_attempt_leads_otherwise_with_no_menu_path(event):
    last = at("choose", Awaiting.KEY, attempt=2)
    assert step(FLOW, last, event) == (at("sales", Awaiting.QUEUE), (ENTER_SALES,))


def test_attempts_count_anew_in_the_next_node():
    session, _ = step(FLOW, at("choose", Awaiting.KEY, attempt=2), KeyPressed("#"))
    assert session.attempt == 1


def test_a_request_and_a_follow_up_are_asked_for_on_the_way():
    session, actions = step(FLOW, at("choose", Awaiting.KEY), KeyPressed("#"))
    assert session == at("bye", Awaiting.PROMPT, path=("choose: #",))
    assert actions == (
        AskForRequest("Please call me", "request"),
        AskForFollowUp("Call back"),
        Play(("goodbye",)),
    )


def test_a_queue_gives_the_caller_back_by_its_two_exits():
    waiting = at("sales", Awaiting.QUEUE)
    after = at("bye", Awaiting.PROMPT)
    goodbye = Play(("goodbye",))
    assert step(FLOW, waiting, TIMED_OUT) == (after, (AskForFollowUp("Call back"), goodbye))
    assert step(FLOW, waiting, UNSTAFFED) == (after, (goodbye,))


def test_a_hang_up_says_goodbye_and_ends_the_call():
    ended = at("bye", Awaiting.NOTHING)
    assert step(FLOW, at("bye", Awaiting.PROMPT), PromptEnded()) == (ended, (EndCall(),))


def test_a_hang_up_without_prompts_ends_the_call_at_once():
    flow = Flow("f", "1", "bye", {"bye": HangUp()})
    assert begin(flow) == (Session("f", "1", "bye", Awaiting.NOTHING), (EndCall(),))


@pytest.mark.parametrize(
    ("session", "event"),
    [
        (at("hello", Awaiting.PROMPT), KeyPressed("1")),
        (at("hello", Awaiting.PROMPT), KeyTimedOut()),
        (at("hello", Awaiting.PROMPT), TIMED_OUT),
        (at("choose", Awaiting.PROMPT), KeyTimedOut()),
        (at("choose", Awaiting.KEY), PromptEnded()),
        (at("choose", Awaiting.KEY), UNSTAFFED),
        (at("sales", Awaiting.QUEUE), PromptEnded()),
        (at("sales", Awaiting.QUEUE), KeyPressed("1")),
        (at("sales", Awaiting.QUEUE), KeyTimedOut()),
        (at("bye", Awaiting.PROMPT), KeyPressed("1")),
        (at("bye", Awaiting.PROMPT), KeyTimedOut()),
        (at("bye", Awaiting.NOTHING), PromptEnded()),
        (at("bye", Awaiting.NOTHING), TIMED_OUT),
    ],
)
def test_a_late_event_changes_nothing(session, event):
    after, actions = step(FLOW, session, event)
    assert after is session
    assert actions == ()


def test_the_menu_path_cannot_grow_for_ever():
    text = SMALL.replace('"#": note', '"#": note, "2": choose')
    flow = load_flow(text, "f")
    session, _ = begin(flow)
    for event in [PromptEnded()] + [KeyPressed("2")] * (MAX_PATH + 10):
        session, _ = step(flow, session, event)
    assert session.path == ("choose: 2",) * MAX_PATH


def test_a_session_of_another_version_is_a_program_error():
    session = replace(at("hello", Awaiting.PROMPT), version="older")
    with pytest.raises(AssertionError, match="older"):
        step(FLOW, session, PromptEnded())


def test_a_session_cannot_rest_where_nobody_is_held():
    with pytest.raises(AssertionError, match="holds nobody"):
        step(FLOW, at("task", Awaiting.NOTHING), PromptEnded())


def test_an_unchecked_flow_that_spins_is_stopped():
    nodes: dict[str, Node] = {"a": OpenRequest("s", "k", "b"), "b": FollowUp("s", "a")}
    with pytest.raises(AssertionError, match="goes round"):
        begin(Flow("f", "1", "a", nodes))


def test_the_shipped_flow_serves_the_third_key_without_an_agent():
    session, actions = run(PromptEnded(), KeyPressed("3"), flow=SHIPPED_FLOW)
    assert actions[0] == AskForRequest("Please call me about my order", "request")
    assert actions[1:] == (Play(("request_noted", "goodbye")),)
    assert step(SHIPPED_FLOW, session, PromptEnded())[1] == (EndCall(),)


@pytest.mark.parametrize("wrong", [KeyPressed("7"), KeyTimedOut()])
def test_the_shipped_flow_takes_the_helpless_to_support(wrong):
    events: list[Event] = [PromptEnded(), *[PromptEnded(), wrong] * 3]
    session, actions = run(*events, flow=SHIPPED_FLOW)
    assert (session.node_id, actions) == ("support", (EnterQueue("support"),))


@pytest.mark.parametrize("key", ["1", "2"])
@pytest.mark.parametrize(
    ("left", "said"), [(TIMED_OUT, "sorry_nobody_free"), (UNSTAFFED, "closed_now")]
)
def test_the_shipped_flow_leaves_a_task_before_it_says_sorry(key, left, said):
    _, actions = run(PromptEnded(), KeyPressed(key), left, flow=SHIPPED_FLOW)
    assert isinstance(actions[0], AskForFollowUp)
    assert actions[1:] == (Play((said, "we_will_call_back", "goodbye")),)


@given(st.lists(st.sampled_from(EVENTS), max_size=60))
def test_whatever_happens_the_session_and_its_last_action_agree(events):
    holds = {
        Awaiting.PROMPT: Play,
        Awaiting.KEY: AwaitKey,
        Awaiting.QUEUE: EnterQueue,
        Awaiting.NOTHING: EndCall,
    }
    session, actions = begin(SHIPPED_FLOW)
    for event in events:
        before = session
        session, actions = step(SHIPPED_FLOW, before, event)
        if not actions:
            assert session is before
            continue
        assert isinstance(actions[-1], holds[session.awaiting])
        assert all(isinstance(action, AskForRequest | AskForFollowUp) for action in actions[:-1])
        node = SHIPPED_FLOW.nodes[session.node_id]
        assert isinstance(node, Queue) == (session.awaiting is Awaiting.QUEUE)
        assert 1 <= session.attempt <= 3


@given(st.lists(st.sampled_from(EVENTS), max_size=60))
def test_the_same_events_lead_to_the_same_place(events):
    assert run(*events, flow=SHIPPED_FLOW) == run(*events, flow=SHIPPED_FLOW)


# ---------------------------------------------------------------- keys while waiting

KEYS_FLOW = load_flow(
    """
flow: keys
start: sales
nodes:
  sales: {queue: {name: sales, timed_out: bye, unstaffed: bye, keys: {"1": more, "2": note}}}
  more: {menu: {prompts: [m], keys: {"1": sales, "2": support, "3": bye}, otherwise: back}}
  note: {request: {subject: Look, kind: request}, next: straight_back}
  back: {back: [please_wait]}
  straight_back: {back: []}
  support: {queue: {name: support, timed_out: bye, unstaffed: bye}}
  bye: {hang_up: []}
""",
    "keys.yaml",
)


def test_a_key_leads_aside_and_back_to_the_same_place():
    session, actions = run(KeyPressed("1"), flow=KEYS_FLOW)
    assert actions == (Play(("m",)),)
    assert (session.node_id, session.waiting_at, session.path) == ("more", "sales", ("sales: 1",))
    session, actions = step(KEYS_FLOW, session, KeyPressed("1"))
    assert actions == (WaitOn(),)
    assert (session.node_id, session.awaiting, session.waiting_at) == (
        "sales",
        Awaiting.QUEUE,
        "",
    )


def test_back_plays_its_prompts_first():
    aside, _ = run(KeyPressed("1"), flow=KEYS_FLOW)
    aside = replace(aside, attempt=3)
    session, actions = step(KEYS_FLOW, aside, KeyPressed("9"))
    assert actions == (Play(("please_wait",)),)
    assert session.waiting_at == "sales"
    assert step(KEYS_FLOW, session, PromptEnded()) == (returned(session), (WaitOn(),))


def test_what_is_done_on_the_way_back_is_done_before():
    _, actions = run(KeyPressed("2"), flow=KEYS_FLOW)
    assert actions == (AskForRequest("Look", "request"), WaitOn())


def test_another_queue_gives_the_place_up():
    session, actions = run(KeyPressed("1"), KeyPressed("2"), flow=KEYS_FLOW)
    assert actions == (EnterQueue("support"),)
    assert session.waiting_at == ""


def test_who_is_not_aside_cannot_be_returned():
    session, _ = begin(KEYS_FLOW)
    assert returned(session) is session


@given(st.lists(st.sampled_from(EVENTS), max_size=60))
def test_aside_too_the_session_and_its_last_action_agree(events):
    holds = {
        Awaiting.PROMPT: Play,
        Awaiting.KEY: AwaitKey,
        Awaiting.QUEUE: EnterQueue | WaitOn,
        Awaiting.NOTHING: EndCall,
    }
    session, actions = begin(KEYS_FLOW)
    for event in events:
        session, actions = step(KEYS_FLOW, session, event)
        if actions:
            assert isinstance(actions[-1], holds[session.awaiting])
        node = KEYS_FLOW.nodes[session.node_id]
        assert not (session.waiting_at and isinstance(node, Queue))
