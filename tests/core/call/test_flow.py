from dataclasses import replace

from callcenter.core.call.arriving import arrive
from callcenter.core.call.decision import Decision, Setting
from callcenter.core.call.facts import (
    CallEnded,
    FlowAdvanced,
    PromptStarted,
    RequestOpened,
)
from callcenter.core.call.flow import resume, step
from callcenter.core.call.messages import (
    CallerArrived,
    Outcome,
    Presentation,
)
from callcenter.core.call.model import Call, Phase
from callcenter.core.ids import LegId
from ivr_flows.load import load_flow
from ivr_flows.messages import KeyPressed, KeyTimedOut, PromptEnded
from tests.support.playbook import JOURNAL_ID, MAIN_NUMBER, PLAN, VIP_NUMBER, World

SETTING = Setting(JOURNAL_ID, PLAN)


def begun(number: str = MAIN_NUMBER) -> Decision:
    event = CallerArrived(LegId("x"), None, Presentation.UNAVAILABLE, "", number)
    return arrive(event, 1, 1_000, SETTING)


def then(call: Call, *events: PromptEnded | KeyPressed | KeyTimedOut) -> Decision:
    todo = Decision(call, 2_000, SETTING)
    for event in events:
        step(todo, event)
    return todo


def at_the_menu() -> Call:
    return then(begun().call, PromptEnded()).call


def test_the_number_that_was_dialled_chooses_the_flow() -> None:
    assert begun(MAIN_NUMBER).call.session is not None
    sessions = [begun(number).call.session for number in (MAIN_NUMBER, VIP_NUMBER, "other")]
    assert [session and session.flow_id for session in sessions] == ["main", "vip", "main"]


def test_a_key_is_awaited_after_the_menu_has_spoken() -> None:
    todo = then(at_the_menu(), PromptEnded())
    assert todo.call.key_deadline_at == 2_000 + 5_000


def test_a_key_takes_the_deadline_away() -> None:
    todo = then(at_the_menu(), PromptEnded(), KeyPressed("9"))
    assert todo.call.key_deadline_at is None
    assert todo.call.prompt is not None
    assert todo.call.prompt.prompts == ("wrong_key", "main_menu")


def test_an_event_that_the_flow_does_not_wait_for_records_nothing() -> None:
    assert then(begun().call, KeyPressed("1"), KeyTimedOut()).facts == []


def test_entering_a_queue_tells_the_pool() -> None:
    todo = then(at_the_menu(), KeyPressed("1"))
    (entered,) = todo.tells
    assert todo.call.phase is Phase.QUEUE
    assert (todo.call.queue and todo.call.queue.queue_name) == "Sales"
    assert "queue_id='sales'" in repr(entered)


def test_a_caller_served_without_an_agent_has_served_themself() -> None:
    todo = then(at_the_menu(), KeyPressed("3"), PromptEnded())
    kinds = [type(fact) for fact in todo.facts]
    assert kinds.count(RequestOpened) == 1
    (ended,) = (fact for fact in todo.facts if isinstance(fact, CallEnded))
    assert ended.outcome is Outcome.SELF_SERVED
    assert todo.call.phase is Phase.CLOSED


def test_a_caller_who_leaves_early_after_the_request_has_served_themself_too() -> None:
    world = World()
    bob = world.caller("bob").chooses("3").hangs_up()
    assert bob.ended.outcome is Outcome.SELF_SERVED


def test_resuming_plays_the_present_node_again() -> None:
    todo = Decision(at_the_menu(), 9_000, SETTING)
    resume(todo)
    assert [type(fact) for fact in todo.facts] == [FlowAdvanced, PromptStarted]
    assert todo.call.playback_count == at_the_menu().playback_count + 1


def test_a_call_without_a_session_has_nothing_to_step() -> None:
    call = replace(begun().call, session=None)
    todo = then(call, PromptEnded())
    resume(todo)
    assert todo.facts == []


# ---------------------------------------------------------------- the operator changed the flow

CHANGED = """
flow: main
start: hello
nodes:
  hello: {say: [hello], next: main_menu}
  main_menu:
    menu: {prompts: [new_menu], keys: {"1": bye}, otherwise: bye}
  bye: {hang_up: []}
"""


def changed() -> Setting:
    flows = {**PLAN.flows, "main": load_flow(CHANGED, "main.yaml")}
    return Setting(JOURNAL_ID, replace(PLAN, flows=flows))


def test_a_caller_goes_on_at_the_same_node_of_a_changed_flow() -> None:
    todo = Decision(at_the_menu(), 9_000, changed())
    step(todo, PromptEnded())
    assert todo.call.prompt is not None
    assert todo.call.prompt.prompts == ("new_menu",)
    step(todo, KeyPressed("1"))
    assert todo.call.phase is Phase.CLOSED


def test_a_caller_whose_node_is_gone_begins_anew() -> None:
    todo = Decision(begun().call, 9_000, changed())
    step(todo, PromptEnded())
    assert todo.call.session is not None
    assert todo.call.session.node_id == "hello"


def test_a_caller_whose_flow_is_gone_begins_anew_in_the_default_flow() -> None:
    flows = {"main": PLAN.flows["main"]}
    vip = World().caller("eve").arrives(VIP_NUMBER).state
    todo = Decision(vip, 9_000, Setting(JOURNAL_ID, replace(PLAN, flows=flows)))
    resume(todo)
    assert todo.call.session is not None
    assert (todo.call.session.flow_id, todo.call.session.node_id) == ("main", "welcome")
