"""What those who wait hear and can do, what agents hear before them, and what counts as missed."""

from dataclasses import replace

from callcenter.core.acd.comfort_messages import PositionTold
from callcenter.core.acd.offer_end_messages import OfferClosed, OfferEnd
from callcenter.core.call.facts import AgentBriefed, PromptStarted, QueueExited, RequestOpened
from callcenter.core.call.messages import LegEnd, OfferSeen, Outcome
from callcenter.core.call.model import Phase
from callcenter.core.plan import AnnounceToAgent, ComfortStep, Plan, ServiceNumber
from ivr_flows.load import load_flow
from tests.core.invariants import Watch
from tests.support.playbook import JOURNAL_ID, MAIN, PLAN, SALES, Caller, World

NUMBER = "400"
FLOW = load_flow(
    """
flow: keys
start: sales
nodes:
  sales:
    queue:
      name: sales
      timed_out: missed
      unstaffed: missed
      keys: {"1": more, "2": told, "3": note, "4": other, "5": back_at_once, "0": leave}
  more: {menu: {prompts: [main_menu], keys: {"1": told, "2": sales}, otherwise: back_at_once}}
  told: {say: [we_will_call_back], next: back}
  back: {back: [please_wait]}
  back_at_once: {back: []}
  note: {request: {subject: Please look, kind: request}, next: back_at_once}
  other: {queue: {name: support, timed_out: missed, unstaffed: missed}}
  leave: {hang_up: [goodbye]}
  missed: {hang_up: []}
""",
    "keys.yaml",
)


def plan_with(**rules: object) -> Plan:
    sales = replace(PLAN.queues[SALES], **rules)  # type: ignore[arg-type]
    return replace(
        PLAN,
        queues={**PLAN.queues, SALES: sales},
        numbers={**PLAN.numbers, NUMBER: ServiceNumber(NUMBER, "Keys", "keys")},
        flows={**PLAN.flows, "keys": FLOW},
    )


def world(**rules: object) -> World:
    return World(plan_with(**rules))


def waiting(here: World, name: str = "bob") -> Caller:
    """A caller whom nobody is ready to take, who has heard the place in line."""
    here.agent("anna").logs_in()
    return here.caller(name).arrives(NUMBER).hears_the_end()


def checked(here: World) -> None:
    watch = Watch(here)
    watch.check()
    watch.check_folding()


# ---------------------------------------------------------------- keys while waiting


def test_a_key_leads_to_a_menu_and_the_place_in_line_is_kept() -> None:
    here = world()
    bob, eve = waiting(here), waiting(here, "eve")
    here.passes(3)
    bob.presses("1")
    assert (bob.phase, bob.state.is_aside, bob.hears) == (Phase.QUEUE, True, ("main_menu",))
    assert (bob.position, eve.position) == (1, 2)
    assert bob.waiting
    assert here.asked == ["Announce"]
    checked(here)
    here.agent("anna").ready()
    assert here.agent("anna").call_id == bob.call_id


def test_a_branch_leads_back_and_the_place_is_told_anew() -> None:
    here = world()
    bob = waiting(here)
    bob.presses("1").presses("1")
    assert bob.hears == ("we_will_call_back",)
    bob.hears_the_end()
    assert bob.hears == ("please_wait",)
    bob.hears_the_end()
    assert not bob.state.is_aside
    assert bob.hears == ("you_are_next",)
    assert bob.state.session is not None
    assert bob.state.session.node_id == "sales"
    checked(here)


def test_coming_to_the_same_queue_again_is_going_back() -> None:
    here = world()
    bob = waiting(here)
    bob.presses("1").presses("2")
    assert not bob.state.is_aside
    assert bob.story.count("QueueEntered") == 1
    checked(here)


def test_a_request_can_be_left_while_waiting() -> None:
    here = world()
    bob = waiting(here)
    bob.presses("3")
    assert here.facts(RequestOpened)[0].subject == "Please look"
    assert not bob.state.is_aside
    assert bob.position == 1


def test_a_key_silences_what_plays_and_what_was_kept_back() -> None:
    steps = (ComfortStep(10_000, ("still_waiting",)), ComfortStep(11_000, ("welcome",)))
    here = world(comfort=steps)
    bob = waiting(here)
    here.passes(11)
    assert list(bob.state.deferred) == [("welcome",)]
    bob.presses("3")
    assert not bob.state.is_aside
    assert "welcome" not in bob.hears
    assert list(bob.state.deferred) == []
    checked(here)


def test_a_key_that_means_nothing_changes_nothing_while_waiting() -> None:
    here = world()
    bob = waiting(here)
    bob.presses("9")
    assert here.happened == []


def test_a_menu_aside_that_nobody_answers_leads_on_by_itself() -> None:
    here = world()
    bob = waiting(here)
    bob.presses("1")
    for _ in range(3):
        bob.hears_the_end()
        checked(here)
        here.passes(5)
    assert not bob.state.is_aside
    checked(here)


def test_an_agent_who_answers_gets_the_caller_out_of_the_menu_at_once() -> None:
    here = world()
    anna = here.agent("anna").logs_in()
    bob = waiting(here).presses("1")
    anna.ready().takes_the_call()
    assert (bob.phase, bob.hears) == (Phase.TALK, ())
    assert here.asked == ["ConnectLegs", "DropBridge"]
    assert bob.state.session is not None
    assert bob.state.session.waiting_at == ""
    checked(here)
    bob.presses("1")
    assert here.happened == []


def test_one_whose_agent_was_lost_is_in_the_waiting_room_again_not_in_the_menu() -> None:
    here = world()
    anna = here.agent("anna").logs_in()
    bob = waiting(here).presses("1")
    anna.ready().takes_the_call().phone_ends(LegEnd.LOST)
    assert (bob.phase, bob.state.is_aside) == (Phase.QUEUE, False)
    bob.presses("2")
    assert bob.state.is_aside


def test_a_key_may_lead_to_another_queue_and_gives_the_place_up() -> None:
    here = world()
    anna = here.agent("anna").logs_in()
    bob = waiting(here)
    anna.ready()
    assert anna.call_id == bob.call_id
    bob.presses("4")
    assert here.facts(QueueExited)[0].reason.value == "left"
    assert here.facts(OfferClosed)[0].reason is OfferEnd.WITHDRAWN
    assert bob.waiting
    assert bob.waiting.queue_id == "support"
    assert anna.call_id == bob.call_id, "offered at once from the other queue"
    checked(here)


def test_a_key_may_end_the_call() -> None:
    here = world()
    bob = waiting(here)
    bob.presses("0")
    assert bob.position == 1, "until the goodbye is over"
    bob.hears_the_end()
    assert bob.ended.outcome is Outcome.SELF_SERVED
    assert not here.centre.pools[MAIN].waiting
    checked(here)


def test_who_waits_too_long_leaves_the_menu_for_the_queues_exit() -> None:
    here = world(max_wait_ms=60_000)
    bob = waiting(here).presses("1")
    here.passes(61)
    assert bob.phase is Phase.CLOSED
    checked(here)


def test_a_restart_in_the_menu_plays_it_again_and_keeps_the_place() -> None:
    here = world()
    bob, eve = waiting(here), waiting(here, "eve")
    bob.presses("1")
    entered_at = bob.waiting.entered_at if bob.waiting else None
    here.restarts(after_s=2)
    here.looks()
    assert bob.state.is_aside
    assert (bob.hears, bob.position, eve.position) == (("main_menu",), 1, 2)
    assert bob.waiting
    assert bob.waiting.entered_at == entered_at
    bob.presses("1")
    assert bob.hears == ("we_will_call_back",)


def test_a_restart_with_another_flow_leads_one_who_went_aside_back() -> None:
    here = world()
    bob = waiting(here).presses("1")
    shorter = load_flow(
        "flow: keys\nstart: sales\nnodes:\n"
        "  sales: {queue: {name: sales, timed_out: missed, unstaffed: missed}}\n"
        "  missed: {hang_up: []}\n",
        "keys.yaml",
    )
    plan = replace(here.setting.plan, flows={**PLAN.flows, "keys": shorter})
    here.setting = replace(here.setting, plan=plan)
    here.restarts()
    here.looks()
    assert (bob.phase, bob.state.is_aside, bob.position) == (Phase.QUEUE, False, 1)
    bob.presses("1")
    assert here.happened == []


# ---------------------------------------------------------------- what they hear


def test_only_a_better_place_is_told_again() -> None:
    here = world()
    bob, eve = waiting(here), waiting(here, "eve")
    here.passes(50)
    assert [fact.was_told for fact in here.facts(PositionTold)] == [True, True, False, False]
    bob.hangs_up()
    here.passes(45)
    assert eve.hears == ("you_are_next",)


def test_prompts_follow_one_another_and_never_speak_over() -> None:
    steps = (
        ComfortStep(44_000, ("still_waiting",)),
        ComfortStep(45_000, ("welcome",)),
        ComfortStep(46_000, ("goodbye",)),
    )
    here = world(comfort=steps)
    bob = waiting(here)
    here.passes(47)
    assert bob.hears == ("still_waiting",)
    assert bob.state.deferred == (("welcome",), ("goodbye",))
    checked(here)
    bob.hears_the_end()
    assert bob.hears == ("welcome",)
    bob.hears_the_end().hears_the_end()
    assert list(bob.hears) == []
    assert list(bob.state.deferred) == []


def test_prompts_are_cut_off_when_an_agent_answers() -> None:
    here = world(comfort=(ComfortStep(10_000, ("still_waiting",)),) * 2)
    bob = waiting(here)
    here.passes(10)
    assert bob.hears == ("still_waiting", "still_waiting")
    here.agent("anna").ready().takes_the_call()
    assert bob.phase is Phase.TALK
    assert list(bob.hears) == []
    assert list(bob.state.deferred) == []
    checked(here)


def test_nothing_is_played_into_the_menu_of_one_who_went_aside() -> None:
    here = world(comfort=(ComfortStep(10_000, ("still_waiting",)),))
    bob = waiting(here).presses("1")
    here.passes(10)
    assert bob.hears == ("main_menu",)
    assert bob.state.deferred == ()


def test_after_a_restart_what_was_kept_back_is_played() -> None:
    steps = (ComfortStep(10_000, ("still_waiting",)), ComfortStep(11_000, ("welcome",)))
    here = world(comfort=steps)
    bob = waiting(here)
    here.passes(11)
    here.restarts()
    here.looks()
    assert bob.hears == ("welcome",)


# ---------------------------------------------------------------- what the agent hears first

BRIEFED = {
    "announce_to_agent": AnnounceToAgent.QUEUE_AND_WAIT,
    "name_prompt": "queue_sales",
}


def test_the_agent_hears_queue_and_wait_while_the_caller_hears_music() -> None:
    here = world(**BRIEFED)
    anna = here.agent("anna").logs_in()
    bob = waiting(here)
    here.passes(125)
    anna.ready().phone_rings().picks_up()
    (briefed,) = here.facts(AgentBriefed)
    assert briefed.prompts == ("queue_sales", "waited", "number_2", "minutes")
    assert here.asked == ["PlayPrompts"]
    assert bob.waiting
    checked(here)
    anna.hears_the_end()
    assert bob.phase is Phase.TALK
    assert here.asked[-2:] == ["ConnectLegs", "DropBridge"]
    checked(here)


def test_the_two_are_connected_after_five_seconds_whatever_was_said() -> None:
    here = world(**BRIEFED)
    anna = here.agent("anna").logs_in()
    bob = waiting(here)
    anna.ready().takes_the_call()
    here.passes(4.999)
    assert bob.waiting
    here.passes(0.001)
    assert bob.phase is Phase.TALK
    assert here.asked[0] == "StopPrompts"
    checked(here)


def test_a_caller_who_leaves_meanwhile_ends_it_for_both() -> None:
    here = world(**BRIEFED)
    anna = here.agent("anna").logs_in()
    bob = waiting(here)
    anna.ready().takes_the_call()
    bob.hangs_up()
    assert bob.ended.outcome is Outcome.ABANDONED_QUEUE
    assert here.facts(OfferClosed)[-1].reason is OfferEnd.ABANDONED
    assert "EndLeg" in here.asked
    assert anna.state.is_free
    checked(here)


def test_an_agent_who_hangs_up_meanwhile_has_refused() -> None:
    here = world(**BRIEFED)
    anna = here.agent("anna").logs_in()
    bob = waiting(here)
    anna.ready().takes_the_call().phone_ends(LegEnd.HUNG_UP)
    assert (bob.phase, bob.position) == (Phase.QUEUE, 1)
    assert here.facts(OfferClosed)[-1].reason is OfferEnd.REFUSED
    checked(here)


def test_a_page_that_is_lost_meanwhile_does_not_take_the_call_away() -> None:
    here = world(**BRIEFED)
    anna = here.agent("anna").logs_in()
    bob = waiting(here)
    anna.ready().takes_the_call().loses_page()
    here.passes(5)
    assert bob.phase is Phase.TALK
    checked(here)


def test_a_restart_meanwhile_connects_at_once() -> None:
    here = world(**BRIEFED)
    anna = here.agent("anna").logs_in()
    bob = waiting(here)
    anna.ready().takes_the_call()
    here.restarts(after_s=1)
    here.looks()
    assert (bob.phase, bob.state.briefing) == (Phase.TALK, None)


def test_the_callers_playbacks_and_the_agents_have_ids_of_their_own() -> None:
    here = world(**BRIEFED)
    anna = here.agent("anna").logs_in()
    bob = waiting(here).presses("1")
    anna.ready().takes_the_call()
    numbers = [fact.number for fact in here.facts(PromptStarted)]
    assert here.facts(AgentBriefed)[0].number == max(numbers) + 1
    assert here.centre.arrangement(bob.call_id).briefing is not None
    assert JOURNAL_ID
    checked(here)


# ---------------------------------------------------------------- faults and misses


def test_a_page_that_does_not_show_the_call_loses_it_after_five_seconds() -> None:
    here = world()
    anna = here.agent("anna").logs_in()
    bob = waiting(here)
    ben = here.agent("ben")
    anna.ready().phone_rings(shown=False)
    ben.is_ready()
    here.passes(5)
    assert here.facts(OfferClosed)[0].reason is OfferEnd.NOT_SHOWN
    assert ben.call_id == bob.call_id
    assert (anna.state.misses, anna.state.faults) == (0, 1)
    checked(here)


def test_an_answer_counts_whether_the_page_shows_the_call_or_not() -> None:
    here = world()
    anna = here.agent("anna").logs_in()
    bob = waiting(here)
    anna.ready().phone_rings(shown=False).picks_up()
    assert bob.phase is Phase.TALK
    here.passes(10)
    assert bob.phase is Phase.TALK


def test_a_page_that_is_lost_while_the_phone_rings_loses_the_call_at_once() -> None:
    here = world()
    anna = here.agent("anna").logs_in()
    bob = waiting(here)
    ben = here.agent("ben")
    anna.ready().phone_rings()
    ben.is_ready()
    anna.loses_page()
    assert here.facts(OfferClosed)[0].reason is OfferEnd.PAGE_LOST
    assert ben.call_id == bob.call_id
    assert "EndLeg" in here.asked
    checked(here)


def test_an_acknowledgement_of_another_offer_counts_for_nothing() -> None:
    here = world()
    anna = here.agent("anna").logs_in()
    waiting(here)
    anna.ready().phone_rings()
    first = anna.state.offer_id
    anna.phone_ends(LegEnd.REFUSED)
    here.passes(15)
    assert anna.state.offer_id != first
    anna.phone_rings(shown=False)
    assert anna.state.call_id is not None
    assert first is not None
    here.tell(OfferSeen(anna.agent_id, anna.state.call_id, first))
    assert here.happened == []
    here.passes(5)
    assert here.facts(OfferClosed)[-1].reason is OfferEnd.NOT_SHOWN


def test_three_misses_pause_the_agent_and_the_caller_keeps_the_place() -> None:
    here = world()
    anna = here.agent("anna").logs_in()
    bob = waiting(here)
    anna.ready()
    for _ in range(3):
        anna.misses_the_call()
        here.passes(10)
    assert anna.state.is_not_answering
    assert bob.position == 1
    checked(here)
    anna.ready()
    assert anna.call_id == bob.call_id
