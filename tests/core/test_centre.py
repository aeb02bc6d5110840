"""The whole way of a call, told as stories: telephony, call and pool in one turn each."""

from dataclasses import replace

import pytest

from callcenter.core.acd.messages import LogInRequested
from callcenter.core.acd.offer_end_messages import OfferClosed, OfferEnd
from callcenter.core.acd.people import Activity
from callcenter.core.call.effects import (
    ClaimCall,
    LookUpCaller,
    PickUpStation,
    ReleaseCaller,
    RingAgent,
)
from callcenter.core.call.facts import (
    CallArrived,
    CallClosed,
    CallEnded,
    FollowUpOpened,
    RequestOpened,
    RingEnded,
    WrapUpFinished,
)
from callcenter.core.call.messages import (
    CallerArrived,
    CallerEnd,
    CallerMatched,
    CallOffered,
    ClaimRefused,
    ClaimUnseen,
    DigitPressed,
    EndedBy,
    LegAnswered,
    LegEnd,
    LegEnded,
    LegRinging,
    MatchStatus,
    NewRequest,
    Outcome,
    PlaybackEnded,
    Presentation,
)
from callcenter.core.call.model import Phase
from callcenter.core.centre import take_turn
from callcenter.core.ids import CallId, LegId, PlaybackId, PoolId, QueueId
from callcenter.core.plan import Plan, PoolRules, QueueRules, ServiceNumber
from callcenter.core.turn import Turn
from ivr_flows.load import load_flow
from ivr_flows.model import Flow, Queue
from tests.support.playbook import (
    MAIN,
    MAIN_NUMBER,
    PLAN,
    SALES,
    SPANISH_NUMBER,
    SUPPORT,
    VIP_NUMBER,
    World,
)

# ---------------------------------------------------------------- from the ring to the record


def test_a_call_is_claimed_before_it_is_ours() -> None:
    world = World()
    world.tell(CallOffered(LegId("x"), "+12025550123", "100"))
    assert world.last.telephony == [ClaimCall(LegId("x"))]
    assert world.happened == ["CallClaimed"], "durable before we ask"
    assert not world.centre.calls


def test_a_call_that_is_offered_twice_is_claimed_once() -> None:
    world = World()
    for _ in range(2):
        world.tell(CallOffered(LegId("x"), "+12025550123", "100"))
    assert not world.last.telephony
    assert not world.last.facts


def test_what_is_told_again_of_a_caller_whose_call_is_over_is_late() -> None:
    world = World()
    world.tell(CallOffered(LegId("bob-1"), "+12025550123", "100"))
    world.caller("bob").arrives().hangs_up()
    world.tell(CallOffered(LegId("bob-1"), "+12025550123", "100"))
    assert not world.last.facts
    assert not world.centre.claims
    world.tell(CallerArrived(LegId("bob-1"), "+12025550123", Presentation.ALLOWED, "", "100"))
    assert world.is_late


def test_a_caller_who_arrives_settles_the_claim() -> None:
    world = World()
    world.tell(CallOffered(LegId("bob-1"), "+12025550123", "100"))
    world.caller("bob").arrives()
    assert world.happened[:2] == ["ClaimSettled", "CallArrived"]
    assert not world.centre.claims
    assert world.refolded().claims == {}


def test_a_claim_that_somebody_else_won_leaves_no_call() -> None:
    world = World()
    world.tell(CallOffered(LegId("x"), "+12025550123", "100"))
    world.tell(ClaimRefused(LegId("x")))
    assert world.happened == ["ClaimSettled"]
    world.tell(ClaimRefused(LegId("x")))
    assert not world.last.facts, "late"
    assert (world.centre.claims, world.centre.calls) == ({}, {})


def test_a_caller_who_was_claimed_and_never_seen_has_a_record() -> None:
    world = World()
    world.tell(CallOffered(LegId("x"), None, "200", Presentation.WITHHELD, "Bob"))
    world.restarts(after_s=2)
    assert list(world.centre.claims) == [LegId("x")]
    world.tell(ClaimUnseen(LegId("x")))
    assert world.happened == ["ClaimSettled", "CallArrived", "CallEnded", "CallClosed"]
    [arrived] = world.facts(CallArrived)
    [ended] = world.facts(CallEnded)
    assert (arrived.leg_id, arrived.presentation, arrived.service) == (
        "x",
        Presentation.WITHHELD,
        "Preferred customers",
    )
    assert (ended.outcome, ended.cause) == (Outcome.FAILED, "unseen")
    assert ended.at - arrived.at >= 2_000, "they came when we asked for them, not when we found out"
    assert not world.last.telephony
    world.tell(ClaimUnseen(LegId("x")))
    assert not world.last.facts, "late"


def test_a_caller_who_arrives_is_answered_and_looked_up_and_hears_the_welcome() -> None:
    world = World()
    bob = world.caller("bob").arrives()
    assert world.happened == ["CallArrived", "FlowAdvanced", "PromptStarted"]
    assert world.asked == ["AnswerCaller", "PlayPrompts"]
    (question,) = world.last.effects
    assert isinstance(question, LookUpCaller)
    assert question.ani == "+12025550123"
    assert bob.hears == ("welcome",)


def test_the_whole_way_from_menu_to_record() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    assert world.asked == ["RingAgent", "StopPrompts", "HoldCaller"]
    anna.phone_rings().picks_up()
    assert world.asked == ["ConnectLegs", "DropBridge"]
    bob.hangs_up()
    assert world.asked == ["EndLeg", "DropBridge"]
    anna.wraps_up(bob, "sale")
    assert bob.story[-6:] == [
        "AgentRang",
        "AgentConnected",
        "TalkEnded",
        "CallEnded",
        "WrapUpFinished",
        "CallClosed",
    ]
    assert bob.ended.outcome is Outcome.ANSWERED
    assert bob.ended.ended_by is EndedBy.CALLER
    assert world.facts(WrapUpFinished)[0].disposition == "sale"
    assert not world.centre.calls
    assert anna.activity is Activity.IDLE


def test_a_number_that_is_not_declared_gets_the_default_flow() -> None:
    world = World()
    assert world.caller("bob").arrives("999").hears == ("welcome",)


def test_a_call_number_is_never_given_twice() -> None:
    world = World()
    numbers = [world.caller(name).arrives().state.arrived.number for name in ("a", "b", "c")]
    world.caller("a").hangs_up()
    world.restarts()
    assert [*numbers, world.caller("d").arrives().state.arrived.number] == [1, 2, 3, 4]


def test_hanging_up_in_the_ivr_abandons_the_ivr() -> None:
    world = World()
    bob = world.caller("bob").arrives().hangs_up()
    assert bob.ended.outcome is Outcome.ABANDONED_IVR
    assert bob.phase is Phase.CLOSED


def test_hanging_up_in_the_queue_abandons_the_queue() -> None:
    world = World()
    world.agent("anna").logs_in()
    bob = world.caller("bob").chooses("1").hangs_up()
    assert bob.ended.outcome is Outcome.ABANDONED_QUEUE
    assert bob.waiting is None


def test_hanging_up_while_the_phone_rings_stops_the_ring_and_frees_the_agent() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.phone_rings()
    bob.hangs_up()
    assert "EndLeg" in world.asked
    assert bob.ended.outcome is Outcome.ABANDONED_QUEUE
    assert world.facts(OfferClosed)[0].reason is OfferEnd.ABANDONED
    assert anna.state.is_free


def test_hanging_up_while_the_phone_rings_gives_the_agent_the_next_caller_in_the_same_turn() -> (
    None
):
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    eve = world.caller("eve").chooses("1")
    bob.hangs_up()
    assert anna.call_id == eve.call_id
    assert "RingAgent" in world.asked


def test_both_hang_up_at_once_caller_first() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    leg_id = anna.takes_the_call().leg_id
    bob.hangs_up()
    world.tell(LegEnded(leg_id, LegEnd.HUNG_UP))
    assert world.is_late
    assert bob.ended.ended_by is EndedBy.CALLER


def test_both_hang_up_at_once_agent_first() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.takes_the_call().phone_ends(LegEnd.HUNG_UP)
    bob.hangs_up()
    assert world.is_late
    assert bob.ended.ended_by is EndedBy.AGENT
    assert len(world.facts(CallEnded)) == 1


def test_a_caller_who_is_taken_by_the_fallback_has_failed_not_abandoned() -> None:
    world = World()
    world.agent("anna").logs_in()
    bob = world.caller("bob").chooses("1").hangs_up(CallerEnd.LEASE_EXPIRED)
    assert (bob.ended.outcome, bob.ended.cause) == (Outcome.FAILED, "lease_expired")


# ---------------------------------------------------------------- offers that come to nothing


@pytest.mark.parametrize("end", CallerEnd)
def test_a_caller_who_has_left_us_is_not_hung_up_in_the_fallback(end: CallerEnd) -> None:
    world = World()
    waiting, talking = world.caller("waiting"), world.caller("talking")
    anna = world.agent("anna").is_ready()
    talking.chooses("1")
    anna.takes_the_call()
    waiting.chooses("1")
    for caller in (waiting, talking):
        caller.hangs_up(end)
        assert "HangUpCaller" not in world.asked
        assert "DropBridge" in world.asked


def test_no_answer_keeps_the_place_and_the_agent_rests() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    eve = world.caller("eve").chooses("1")
    anna.phone_rings()
    world.passes(20)
    assert world.facts(RingEnded)[0].reason is LegEnd.NO_ANSWER
    assert (bob.position, eve.position) == (1, 2)
    assert anna.state.rest_until == world.now + 10_000
    world.passes(10)
    assert anna.call_id == bob.call_id


def test_a_phone_that_does_not_ring_within_two_seconds_is_dead() -> None:
    world = World()
    world.agent("anna").is_ready()
    world.passes(1)
    ben = world.agent("ben").is_ready()
    bob = world.caller("bob").chooses("1")
    world.passes(1.999)
    assert ben.activity is Activity.IDLE
    world.passes(0.001)
    assert world.facts(OfferClosed)[0].reason is OfferEnd.NOT_RUNG
    assert ben.call_id == bob.call_id


def test_a_phone_that_rings_is_given_its_whole_ring_time() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    world.caller("bob").chooses("1")
    anna.phone_rings()
    world.passes(19.999)
    assert anna.activity is Activity.RINGING


def test_a_refused_call_goes_to_the_next_agent_at_once() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    world.passes(1)
    ben = world.agent("ben").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.phone_rings().phone_ends(LegEnd.REFUSED)
    assert ben.call_id == bob.call_id
    assert world.asked == ["RingAgent", "EndLeg"]


def test_a_leg_that_was_given_up_changes_nothing_any_more() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    leg_id = anna.leg_id
    world.passes(2)
    for event in (LegRinging(leg_id), LegAnswered(leg_id), LegEnded(leg_id, LegEnd.HUNG_UP)):
        world.tell(event)
        assert world.is_late
        assert not world.last.facts
    assert bob.phase is Phase.QUEUE


# ---------------------------------------------------------------- queues that give up


def test_nobody_staffed_at_entry_leaves_a_follow_up_and_says_so() -> None:
    world = World()
    bob = world.caller("bob").chooses("1")
    assert world.facts(FollowUpOpened)[0].subject.startswith("Call back: called sales")
    assert bob.hears == ("closed_now", "we_will_call_back", "goodbye")
    bob.hears_the_end()
    assert bob.ended.outcome is Outcome.OVERFLOW
    assert world.asked == ["HangUpCaller"]


def test_the_last_agent_who_logs_out_sends_the_callers_on() -> None:
    world = World()
    anna = world.agent("anna").logs_in()
    bob = world.caller("bob").chooses("2")
    anna.logs_out()
    assert bob.phase is Phase.FLOW
    assert bob.hears[0] == "closed_now"


def test_the_longest_wait_sends_the_caller_on_with_a_follow_up() -> None:
    world = World()
    world.agent("anna").logs_in()
    bob = world.caller("bob").chooses("2")
    world.passes(300)
    assert bob.hears[0] == "sorry_nobody_free"
    bob.hangs_up()
    assert bob.ended.outcome is Outcome.OVERFLOW


def test_a_caller_may_go_from_queue_to_queue_and_is_queued_once_in_each() -> None:
    world = World()
    ben = world.agent("ben").can(SALES).logs_in()
    anna = world.agent("anna").can(SUPPORT).logs_in()
    eve = world.caller("eve").arrives(VIP_NUMBER)
    ben.logs_out()
    assert eve.state.queue is not None
    assert eve.state.queue.queue_id == SUPPORT
    anna.ready()
    assert anna.call_id == eve.call_id


def test_a_waiting_caller_hears_the_position_again_and_again() -> None:
    world = World()
    world.agent("anna").logs_in()
    world.caller("bob").chooses("1")
    eve = world.caller("eve").chooses("1")
    heard = [eve.hears]
    world.caller("bob").hangs_up()
    eve.hears_the_end()
    heard.append(eve.hears)
    world.passes(45)
    heard.append(eve.hears)
    assert heard == [("you_are_number", "number_2"), (), ("you_are_next",)]
    assert world.asked == ["Announce"]


# ---------------------------------------------------------------- who goes first, who is asked


def test_a_preferred_caller_goes_before_those_who_came_earlier() -> None:
    world = World()
    anna = world.agent("anna").logs_in()
    world.caller("bob").chooses("1")
    eve = world.caller("eve").arrives(VIP_NUMBER)
    anna.ready()
    assert anna.call_id == eve.call_id


def test_only_an_agent_with_the_skill_is_asked() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    carla = world.agent("carla").can(SALES, spanish=3).is_ready()
    world.caller("bob").arrives(SPANISH_NUMBER)
    assert anna.activity is Activity.IDLE
    assert carla.activity is Activity.RINGING


def test_an_agent_whose_page_is_lost_is_not_offered_calls() -> None:
    world = World()
    anna = world.agent("anna").is_ready().loses_page()
    bob = world.caller("bob").chooses("1")
    assert bob.offer is None
    anna.opens_page()
    assert anna.call_id == bob.call_id


def test_a_page_that_is_lost_in_a_talk_does_not_end_the_talk() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.takes_the_call().loses_page()
    assert bob.phase is Phase.TALK
    assert not world.last.telephony


def test_a_withheld_number_is_not_shown_on_the_agents_phone() -> None:
    world = World()
    world.agent("anna").is_ready()
    world.caller("bob").arrives(presentation=Presentation.WITHHELD)
    world.caller("bob").hears_the_end().presses("1")
    (ring,) = (effect for effect in world.effects if isinstance(effect, RingAgent))
    assert ring.caller_id == ""


# ---------------------------------------------------------------- the desk


def test_a_click_makes_the_station_pick_up() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.clicks_answer(bob)
    assert world.last.effects == [PickUpStation(bob.call_id, anna.leg_id, "PJSIP/anna")]


def test_clicks_on_a_call_that_is_not_yours_are_refused() -> None:
    world = World()
    world.agent("anna").is_ready()
    world.passes(1)
    ben = world.agent("ben").is_ready()
    bob = world.caller("bob").chooses("1")
    refusals = []
    for click in (ben.clicks_answer, ben.clicks_hang_up, ben.confirms, ben.wraps_up):
        click(bob)
        refusals.append(world.last.refusal)
        assert not world.last.facts
    assert refusals == [
        "This call does not ring at your phone any more.",
        "You are not in this call.",
        "You are not in this call.",
        "There is no after-call work of yours for this call.",
    ]


def test_an_agent_ends_the_talk_from_the_page() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.takes_the_call().clicks_hang_up(bob)
    assert bob.ended.ended_by is EndedBy.AGENT
    assert world.asked == ["EndLeg", "HangUpCaller", "DropBridge"]


def test_after_call_work_that_runs_out_closes_the_call_as_late() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.takes_the_call()
    bob.hangs_up()
    world.passes(60)
    (finished,) = world.facts(WrapUpFinished)
    assert (finished.late, finished.disposition) == (True, None)
    assert bob.phase is Phase.CLOSED
    anna.wraps_up(bob)
    assert world.is_late


def test_a_queue_without_after_call_work_closes_the_call_with_the_talk() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("2")
    anna.takes_the_call()
    bob.hangs_up()
    assert world.facts(WrapUpFinished)[0].late is False
    assert bob.phase is Phase.CLOSED
    assert anna.state.is_free


def test_a_request_opened_in_the_wrap_up_is_recorded_with_its_agent() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.takes_the_call()
    bob.hangs_up()
    anna.wraps_up(bob, request=NewRequest("fault", "No dial tone", "Since Monday"))
    (request,) = world.facts(RequestOpened)
    assert (request.kind, request.number, request.opened_by) == ("fault", 1, "anna")


def test_a_pause_asked_for_in_a_call_takes_effect_after_it() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.takes_the_call().pauses()
    eve = world.caller("eve").chooses("1")
    bob.hangs_up()
    anna.wraps_up(bob)
    assert anna.activity is Activity.IDLE
    assert eve.offer is None


def test_a_log_out_asked_for_in_a_call_waits_for_the_after_call_work() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.takes_the_call().logs_out()
    bob.hangs_up()
    assert anna.activity is Activity.WRAP_UP
    anna.wraps_up(bob)
    assert anna.record is None


def test_the_store_and_the_agent_say_who_calls_and_the_agent_has_the_last_word() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1").is_matched(MatchStatus.MULTIPLE, None)
    anna.confirms(bob)
    bob.is_matched(MatchStatus.NONE, None)
    assert world.happened == []
    assert bob.state.match is not None
    assert (bob.state.match.party_id, bob.state.match.confirmed_by) == ("p-9", "anna")


# ---------------------------------------------------------------- late inputs change nothing


def test_inputs_about_strangers_change_nothing() -> None:
    world = World()
    for event in (
        DigitPressed(LegId("nobody"), "1"),
        PlaybackEnded(PlaybackId("nothing")),
        LegAnswered(LegId("nobody")),
        CallerMatched(CallId("no call"), MatchStatus.NONE, None, ""),
    ):
        world.tell(event)
        assert world.is_late
        assert not world.journal


def test_a_second_arrival_of_the_same_leg_changes_nothing() -> None:
    world = World()
    bob = world.caller("bob").arrives()
    world.tell(world.inputs[0])
    assert not world.last.facts
    assert len(world.centre.calls) == 1
    assert bob.state.arrived.number == 1


def test_a_key_in_the_queue_changes_nothing() -> None:
    world = World()
    world.agent("anna").logs_in()
    world.caller("bob").chooses("1").presses("2")
    assert not world.last.facts


def test_the_end_of_a_prompt_that_a_key_interrupted_changes_nothing() -> None:
    world = World()
    world.agent("anna").logs_in()
    bob = world.caller("bob").arrives().hears_the_end()
    menu = next(iter(world.pbx.playing))
    bob.presses("1")
    world.tell(PlaybackEnded(menu))
    assert world.is_late


def test_after_call_work_filed_twice_changes_nothing() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.takes_the_call()
    bob.hangs_up()
    anna.wraps_up(bob).wraps_up(bob)
    assert world.is_late
    assert len(world.facts(WrapUpFinished)) == 1


# ---------------------------------------------------------------- deadlines


def test_a_prompt_whose_end_nobody_reports_is_over_after_a_minute() -> None:
    world = World()
    bob = world.caller("bob").arrives()
    world.passes(60)
    assert bob.hears == ("main_menu",)


def test_a_caller_who_presses_nothing_is_sent_on_in_the_end() -> None:
    world = World()
    world.agent("anna").logs_in()
    bob = world.caller("bob").arrives().hears_the_end()
    for _ in range(3):
        bob.hears_the_end()
        world.passes(5)
    assert bob.state.queue is not None
    assert bob.state.queue.queue_id == SUPPORT


def test_waking_someone_who_is_gone_changes_nothing() -> None:
    world = World()
    bob = world.caller("bob").arrives()
    due = list(world.centre.due(world.now + 60_000))
    assert due == [bob.call_id]
    bob.hangs_up()
    world.wakes()
    assert world.happened == ["CallEnded", "CallClosed"]


# ---------------------------------------------------------------- several pools

NIGHT = PoolId("night")
BILLING = QueueId("billing")


def two_pools() -> World:
    queues = {**PLAN.queues, BILLING: QueueRules(BILLING, "Billing", pool_id=NIGHT)}
    pools = {MAIN: PoolRules(MAIN), NIGHT: PoolRules(NIGHT)}
    return World(Plan(queues, PLAN.numbers, PLAN.flows, "main", pools=pools))


def test_an_agent_works_in_the_pool_of_their_queues() -> None:
    world = two_pools()
    anna = world.agent("anna").can(BILLING)
    world.tell(LogInRequested(anna.profile))
    assert list(world.centre.pools[NIGHT].agents) == ["anna"]
    assert not world.centre.pools[MAIN].agents


def test_a_call_talks_to_the_pool_that_it_waits_in() -> None:
    world = two_pools()
    world.agent("ben").can(BILLING).is_ready()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.takes_the_call()
    bob.hangs_up()
    assert anna.activity is Activity.WRAP_UP
    assert world.last.pools == {MAIN}


# ---------------------------------------------------------------- no end in sight

_CIRCLE = """
flow: circle
start: round
nodes:
  round:
    menu: {prompts: [main_menu], timeout: 5 s, keys: {"1": sales}, otherwise: round}
  sales:
    queue: {name: sales, timed_out: round, unstaffed: round}
"""


def circling() -> World:
    numbers = {MAIN_NUMBER: ServiceNumber(MAIN_NUMBER, "Main line", "circle", 120_000)}
    flows = {"circle": load_flow(_CIRCLE, "circle")}
    return World(replace(PLAN, numbers=numbers, flows=flows, default_flow_id="circle"))


def test_menus_that_lead_in_a_circle_end_in_the_fallback() -> None:
    world = circling()
    bob = world.caller("bob").arrives()
    world.passes(119)
    assert bob.phase is Phase.FLOW
    world.passes(2)
    assert (bob.ended.outcome, bob.ended.cause) == (Outcome.FAILED, "flow_too_long")
    assert ReleaseCaller(bob.call_id, bob.leg_id) in world.last.telephony
    assert bob.leg_id in world.pbx.released
    assert (len(world.facts(CallEnded)), len(world.facts(CallClosed))) == (1, 1)
    assert not world.centre.calls


def test_the_wait_in_a_queue_is_no_time_in_the_flow_and_what_was_before_it_is() -> None:
    world = circling()
    world.agent("anna").logs_in()
    bob = world.caller("bob").arrives()
    world.passes(100)
    bob.presses("1")
    world.passes(600)
    assert bob.phase is Phase.FLOW, "the queue gave them back"
    world.passes(19)
    assert bob.phase is Phase.FLOW
    world.passes(2)
    assert bob.ended.cause == "flow_too_long"


def test_a_restart_does_not_begin_the_time_in_the_flow_anew() -> None:
    world = circling()
    bob = world.caller("bob").arrives()
    world.passes(100)
    world.restarts(after_s=5)
    world.looks()
    world.passes(16)
    assert bob.ended.cause == "flow_too_long"


def test_a_flow_that_spins_is_stopped_and_strikes_its_own_call_alone() -> None:
    """Such a flow is refused when it is read (tests/ivr_flows/test_check.py); this one got by."""
    nodes = {"spin": Queue("sales", timed_out="spin", unstaffed="spin")}
    spinning = Flow("spinning", "1", "spin", nodes)
    plan = replace(PLAN, flows={**PLAN.flows, "main": spinning})
    world = World(plan)
    turn = Turn()
    event = CallerArrived(LegId("x"), None, Presentation.UNAVAILABLE, "", MAIN_NUMBER)
    with pytest.raises(AssertionError, match="goes round in one turn"):
        take_turn(world.centre, event, world.now, turn)
    assert turn.acting in turn.calls, "the node knows whom to send to the fallback"
