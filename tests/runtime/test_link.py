"""Connect, hold back, compare, go live; and what happens when that is disturbed."""

import asyncio

from callcenter.core.acd.messages import PauseRequested, ReadyRequested
from callcenter.core.acd.people import Activity
from callcenter.core.call.effects import (
    AnswerCaller,
    EndLeg,
    HangUpCaller,
    RingAgent,
)
from callcenter.core.call.facts import (
    CallEnded,
    RingEnded,
    TalkEnded,
)
from callcenter.core.call.messages import (
    CallOffered,
    LegEnd,
    Outcome,
    PlaybackEnded,
)
from callcenter.core.call.model import Phase
from callcenter.core.ids import AgentId, BridgeId, LegId
from callcenter.ports.telephony import TelephonyUnavailable
from callcenter.runtime.link import RECONCILE_EVERY_S
from tests.support.playbook import MAIN, MAIN_NUMBER, VIP_NUMBER
from tests.support.runtime_world import Lasting, Runtime, TinyTelephony
from tests.support.virtual_time import virtual

ANNA = AgentId("anna")


async def ringing(runtime: Runtime, telephony: TinyTelephony, leg: str = "one") -> LegId:
    """Let a caller wait and the phone of anna ring; return her leg."""
    telephony.arrives(leg, VIP_NUMBER)
    await asyncio.sleep(0.1)
    leg_id = runtime.agent_leg()
    telephony.rings(leg_id)
    await asyncio.sleep(0.1)
    return leg_id


async def talking(runtime: Runtime, telephony: TinyTelephony, leg: str = "one") -> LegId:
    leg_id = await ringing(runtime, telephony, leg)
    telephony.answers(leg_id)
    await asyncio.sleep(0.1)
    assert runtime.centre.calls[runtime.only_call()].phase is Phase.TALK
    return leg_id


def is_live(runtime: Runtime) -> bool:
    return runtime.link.is_live


def nothing_is_left(telephony: TinyTelephony) -> None:
    pbx = telephony.pbx
    assert (pbx.offered, pbx.callers, pbx.agents, pbx.bridges) == (set(), set(), {}, {})


@virtual
async def test_it_is_live_when_the_first_snapshot_was_taken():
    telephony = TinyTelephony()
    runtime = await Runtime(telephony).start()
    assert runtime.link.is_live
    assert runtime.link.trouble == ""
    assert telephony.snapshots == 1
    await runtime.stop()


@virtual
async def test_events_wait_for_the_snapshot_and_follow_it():
    telephony = TinyTelephony()
    telephony.snapshot_s = 1.0
    runtime = Runtime(telephony)
    starting = asyncio.ensure_future(runtime.start())
    await asyncio.sleep(0.5)
    leg_id = telephony.arrives("one")
    telephony.caller_leaves(leg_id)
    telephony.arrives("two")
    assert runtime.turns == []
    await starting
    await asyncio.sleep(0.1)
    assert runtime.names().count("CallArrived") == 2, "the one that came and went, and the other"
    assert [call.arrived.leg_id for call in runtime.centre.calls.values()] == ["two"]
    await runtime.stop()


@virtual
async def test_when_too_much_is_held_back_another_snapshot_is_taken(monkeypatch):
    monkeypatch.setattr("callcenter.runtime.link.MOST_HELD", 3)
    telephony, lasting = TinyTelephony(), Lasting()
    runtime = await Runtime(telephony, lasting).start()
    for number in range(5):
        telephony.tell(CallOffered(LegId(f"leg {number}"), None, MAIN_NUMBER))
    await asyncio.sleep(0.1)
    await runtime.stop()
    telephony.snapshot_s = 1.0
    telephony.snapshots = 0
    runtime = Runtime(telephony, lasting)
    starting = asyncio.ensure_future(runtime.start())
    await asyncio.sleep(0.5)
    for number in range(5):
        telephony.arrives(f"leg {number}")
    assert runtime.link.held_count <= 3
    await starting
    await asyncio.sleep(0.1)
    arrived = [call.arrived.leg_id for call in runtime.centre.calls.values()]
    assert sorted(arrived) == [f"leg {number}" for number in range(5)], "the snapshot told them"
    assert telephony.snapshots == 2
    await runtime.stop()


@virtual
async def test_orphans_and_repairs_are_counted():
    telephony = TinyTelephony()
    runtime = await Runtime(telephony).start()
    telephony.pbx.agents[LegId("forgotten")] = True
    telephony.pbx.bridges[BridgeId("empty")] = set()
    await asyncio.sleep(RECONCILE_EVERY_S * 3)
    nothing_is_left(telephony)
    assert runtime.link.ended == {"leg": 1, "bridge": 1}
    assert runtime.link.repairs == 0
    await runtime.stop()


@virtual
async def test_a_reconciler_that_was_slowed_down_is_quick_again_at_once():
    telephony = TinyTelephony()
    runtime = await Runtime(telephony).start()
    runtime.link.reconcile_every_s = 600.0
    telephony.pbx.bridges[BridgeId("empty")] = set()
    await asyncio.sleep(RECONCILE_EVERY_S * 3)
    assert runtime.link.ended["bridge"] == 0, "not looked for yet"
    runtime.link.reconcile_every_s = RECONCILE_EVERY_S
    await asyncio.sleep(RECONCILE_EVERY_S * 2.1)
    assert runtime.link.ended["bridge"] == 1
    await runtime.stop()


@virtual
async def test_a_caller_who_came_while_nobody_listened_is_served():
    telephony, lasting = TinyTelephony(), Lasting()
    runtime = await Runtime(telephony, lasting).start()
    telephony.tell(CallOffered(LegId("one"), None, MAIN_NUMBER))
    await asyncio.sleep(0.1)
    await runtime.stop()
    telephony.arrives("one")
    runtime = await Runtime(telephony, lasting).start()
    await asyncio.sleep(0.1)
    assert runtime.centre.calls[runtime.only_call()].arrived.leg_id == "one"
    assert "one" in telephony.pbx.callers
    await runtime.stop()


@virtual
async def test_desks_work_while_no_snapshot_can_be_taken():
    telephony = TinyTelephony()
    telephony.is_away = True
    telephony.snapshot_s = 1.0
    runtime = Runtime(telephony)
    starting = asyncio.ensure_future(runtime.start())
    await asyncio.sleep(0.2)
    async with asyncio.timeout(10):
        await runtime.agent_ready()
    await asyncio.sleep(3)
    assert not is_live(runtime)
    assert runtime.link.trouble
    assert telephony.snapshots > 1
    telephony.is_away = False
    await asyncio.wait_for(starting, 5)
    assert runtime.link.is_live
    assert "no agreement with the PBX yet" in runtime.reports.fault_names
    await runtime.stop()


@virtual
async def test_an_unexpected_error_in_the_comparison_is_tried_again():
    telephony = TinyTelephony()
    failures = 2

    def fails() -> None:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise KeyError("a leg without an arrival")

    telephony.on_snapshot = fails
    runtime = await Runtime(telephony).start()
    assert runtime.reports.fault_names == ["no agreement with the PBX yet"] * 2
    await runtime.stop()


@virtual
async def test_a_connection_lost_during_recovery_is_not_taken_for_live():
    telephony = TinyTelephony()
    telephony.snapshot_s = 1.0
    runtime = Runtime(telephony)
    starting = asyncio.ensure_future(runtime.start())
    await asyncio.sleep(0.5)
    telephony.may_connect.clear()
    telephony.breaks()
    await asyncio.sleep(30)
    assert not is_live(runtime), "nobody listens: no call may be taken"
    assert telephony.snapshots == 1, "nothing is tried for a connection that is gone"
    telephony.may_connect.set()
    await asyncio.wait_for(starting, 5)
    assert runtime.link.is_live
    await runtime.stop()


@virtual
async def test_a_caller_who_left_while_the_socket_was_down_has_ended_the_call():
    telephony = TinyTelephony()
    runtime = await Runtime(telephony).start()
    await runtime.agent_ready()
    leg_id = await talking(runtime, telephony)
    telephony.may_connect.clear()
    telephony.breaks()
    await asyncio.sleep(1)
    assert runtime.link.trouble == "The PBX is not connected."
    telephony.caller_leaves(LegId("one"))
    telephony.may_connect.set()
    await asyncio.sleep(1)
    [ended] = [fact for fact in runtime.facts() if isinstance(fact, CallEnded)]
    assert (ended.outcome, ended.cause) == (Outcome.ANSWERED, "lost")
    assert EndLeg in {type(each) for each in telephony.done if getattr(each, "leg_id", 0) == leg_id}
    nothing_is_left(telephony)
    await runtime.stop()


@virtual
async def test_an_agent_who_was_lost_while_the_socket_was_down_leaves_the_caller_waiting():
    telephony = TinyTelephony()
    runtime = await Runtime(telephony).start()
    await runtime.agent_ready()
    leg_id = await talking(runtime, telephony)
    telephony.may_connect.clear()
    telephony.breaks()
    await asyncio.sleep(1)
    telephony.agent_leaves(leg_id)
    telephony.may_connect.set()
    await asyncio.sleep(1)
    [ended] = [fact for fact in runtime.facts() if isinstance(fact, TalkEnded)]
    assert ended.requeued
    assert runtime.centre.calls[runtime.only_call()].phase is Phase.QUEUE
    assert telephony.pbx.differences(runtime.centre.arrangement(runtime.only_call())) == []
    await runtime.stop()


@virtual
async def test_a_pbx_that_was_restarted_has_ended_all_calls():
    telephony = TinyTelephony()
    runtime = await Runtime(telephony).start()
    await runtime.agent_ready()
    await talking(runtime, telephony)
    telephony.restarts()
    await asyncio.sleep(1)
    [ended] = [fact for fact in runtime.facts() if isinstance(fact, CallEnded)]
    assert ended.cause == "pbx_restart"
    nothing_is_left(telephony)
    telephony.arrives("two")
    await asyncio.sleep(0.1)
    assert "two" in telephony.pbx.callers
    await runtime.stop()


@virtual
async def test_a_ring_goes_on_over_a_restart_of_the_service_and_is_never_made_twice():
    telephony, lasting = TinyTelephony(), Lasting()
    runtime = await Runtime(telephony, lasting).start()
    await runtime.agent_ready()
    leg_id = await ringing(runtime, telephony)
    await runtime.stop()
    again = await Runtime(telephony, lasting).start()
    await asyncio.sleep(0.1)
    assert again.agent_leg() == leg_id
    assert [type(each).__name__ for each in telephony.done].count("RingAgent") == 1
    telephony.answers(leg_id)
    await asyncio.sleep(0.1)
    assert again.centre.calls[again.only_call()].phase is Phase.TALK
    await again.stop()


@virtual
async def test_a_ring_that_is_let_go_during_the_comparison_is_not_taken_for_lost():
    telephony, lasting = TinyTelephony(), Lasting()
    runtime = await Runtime(telephony, lasting).start()
    await runtime.agent_ready()
    assert await runtime.node.request(PauseRequested(ANNA, "break")) is None
    telephony.arrives("one", VIP_NUMBER)
    await asyncio.sleep(0.1)
    lasting.disk.write_s = lambda: 0.05
    telephony.breaks()
    await asyncio.sleep(0.095)
    # Decided, and not yet durable, when the comparison begins.
    assert await runtime.node.request(ReadyRequested(ANNA)) is None
    await runtime.link.wait_live()
    await asyncio.sleep(0.5)
    assert "RingEnded" not in runtime.names()
    assert runtime.agent_leg() in telephony.pbx.agents
    await runtime.stop()


@virtual
async def test_a_ring_whose_leg_is_gone_after_a_restart_is_lost_at_nobodys_fault():
    telephony, lasting = TinyTelephony(), Lasting()
    runtime = await Runtime(telephony, lasting).start()
    await runtime.agent_ready()
    leg_id = await ringing(runtime, telephony)
    await runtime.stop()
    telephony.agent_leaves(leg_id)
    again = await Runtime(telephony, lasting).start()
    await asyncio.sleep(0.1)
    [lost] = [fact for fact in again.facts() if isinstance(fact, RingEnded)]
    assert lost.reason is LegEnd.LOST
    assert again.agent_leg() != leg_id, "offered again at once: the agent does not rest"
    assert again.centre.pools[MAIN].agents[ANNA].activity is Activity.RINGING
    await again.stop()


@virtual
async def test_what_is_there_and_belongs_to_no_call_is_ended_at_the_start():
    telephony, lasting = TinyTelephony(), Lasting()
    runtime = await Runtime(telephony, lasting).start()
    await runtime.agent_ready()
    await talking(runtime, telephony)
    await runtime.stop()
    telephony.done.clear()
    # The journal of a new node knows nothing of these legs and bridges.
    again = await Runtime(telephony, Lasting()).start()
    await again.performer.idle()
    assert {type(each).__name__ for each in telephony.done} == {
        "EndLeg",
        "HangUpCaller",
        "DropBridge",
    }
    nothing_is_left(telephony)
    await again.stop()


@virtual
async def test_effects_that_were_lost_with_the_process_are_made_up_for():
    telephony, lasting = TinyTelephony(), Lasting()
    runtime = await Runtime(telephony, lasting).start()
    telephony.is_away = True
    telephony.arrives("one")
    await asyncio.sleep(0.2)
    assert telephony.done == []
    await runtime.stop()
    telephony.is_away = False
    again = await Runtime(telephony, lasting).start()
    await again.performer.idle()
    assert telephony.done[0] == AnswerCaller(again.only_call(), LegId("one"))
    assert telephony.pbx.differences(again.centre.arrangement(again.only_call())) == []
    await again.stop()


@virtual
async def test_a_prompt_whose_stop_was_lost_with_the_process_delays_nobody():
    telephony, lasting = TinyTelephony(), Lasting()
    runtime = await Runtime(telephony, lasting).start()
    leg_id = telephony.arrives("one")
    await asyncio.sleep(0.2)
    [welcome] = telephony.pbx.playing
    telephony.pbx.played(welcome)
    telephony.tell(PlaybackEnded(welcome))
    await asyncio.sleep(0.2)
    assert telephony.pbx.playing, "the menu speaks"
    telephony.is_away = True
    telephony.presses(leg_id, "1")
    await asyncio.sleep(0.2)
    await runtime.stop()
    telephony.is_away = False
    again = await Runtime(telephony, lasting).start()
    await again.performer.idle()
    assert [type(each).__name__ for each in telephony.done[-2:]] == ["StopPrompts", "PlayPrompts"]
    assert telephony.pbx.differences(again.centre.arrangement(again.only_call())) == []
    await again.stop()


@virtual
async def test_a_lost_event_is_found_by_the_second_slow_comparison():
    telephony = TinyTelephony()
    runtime = await Runtime(telephony).start()
    telephony.arrives("one")
    await asyncio.sleep(0.2)
    telephony.pbx.leaves(LegId("one"))
    await asyncio.sleep(10)
    assert runtime.centre.calls, "one look proves nothing: an event may be under way"
    await asyncio.sleep(11)
    assert not runtime.centre.calls
    assert "the PBX did not show what was wanted; mended" in runtime.reports.fault_names
    await runtime.stop()


@virtual
async def test_a_command_that_failed_is_made_up_for_within_seconds_however_slow_the_comparisons():
    telephony = TinyTelephony()
    runtime = await Runtime(telephony).start()
    runtime.link.reconcile_every_s = 600.0
    telephony.away_for(AnswerCaller)
    telephony.arrives("one")
    await asyncio.sleep(0.5)
    assert AnswerCaller not in {type(each) for each in telephony.done}
    await asyncio.sleep(3)
    assert [type(each) for each in telephony.done].count(AnswerCaller) == 1
    looks = telephony.snapshots
    await asyncio.sleep(60)
    assert telephony.snapshots - looks <= 1, "the doubt is over"
    await runtime.stop()


@virtual
async def test_a_ring_under_way_is_not_taken_for_lost_when_other_commands_fail():
    telephony = TinyTelephony()
    runtime = await Runtime(telephony).start()
    await runtime.agent_ready()
    telephony.slow_for(RingAgent, 4.0)
    telephony.arrives("one", VIP_NUMBER)
    await asyncio.sleep(0.5)
    telephony.rings(runtime.agent_leg())
    telephony.away_for(AnswerCaller)
    telephony.arrives("two")
    await asyncio.sleep(3.0)
    assert telephony.snapshots >= 3, "the beginning, and two looks"
    assert "RingEnded" not in runtime.names()
    await runtime.stop()


@virtual
async def test_a_leg_that_nobody_wants_is_ended_by_the_second_slow_comparison():
    telephony = TinyTelephony()
    runtime = await Runtime(telephony).start()
    await runtime.agent_ready()
    telephony.pbx.agents[LegId("stray")] = True
    await asyncio.sleep(21)
    assert LegId("stray") not in telephony.pbx.agents
    await runtime.stop()


@virtual
async def test_an_arrival_that_was_not_heard_is_found_by_the_slow_comparison():
    telephony = TinyTelephony()
    runtime = await Runtime(telephony).start()
    telephony.tell(CallOffered(LegId("one"), None, MAIN_NUMBER))
    tell, telephony._tell = telephony._tell, None
    telephony.arrives("one")
    telephony._tell = tell
    await asyncio.sleep(21)
    assert "one" in telephony.pbx.callers
    assert HangUpCaller not in {type(each) for each in telephony.done}
    await runtime.stop()


@virtual
async def test_a_claimed_caller_whom_nobody_saw_is_recorded_when_the_pbx_has_them_no_more():
    telephony = TinyTelephony()
    runtime = await Runtime(telephony).start()
    telephony.tell(CallOffered(LegId("gone"), None, MAIN_NUMBER))
    telephony.tell(CallOffered(LegId("elsewhere"), None, MAIN_NUMBER))
    telephony.elsewhere.add(LegId("elsewhere"))
    telephony.is_away = True
    await asyncio.sleep(25)
    assert len(runtime.centre.claims) == 2, "without an answer nothing is known"
    telephony.is_away = False
    await asyncio.sleep(21)
    assert not runtime.centre.claims
    [ended] = [fact for fact in runtime.facts() if isinstance(fact, CallEnded)]
    assert ended.cause == "unseen"
    await runtime.stop()


@virtual
async def test_a_claim_of_the_life_before_is_looked_for_at_the_start():
    telephony, lasting = TinyTelephony(), Lasting()
    runtime = await Runtime(telephony, lasting).start()
    telephony.tell(CallOffered(LegId("gone"), None, MAIN_NUMBER))
    await asyncio.sleep(0.1)
    await runtime.stop()
    again = await Runtime(telephony, lasting).start()
    await asyncio.sleep(1)
    assert "CallEnded" in again.names()
    assert not again.centre.claims
    await again.stop()


@virtual
async def test_a_prompt_whose_end_was_never_reported_is_ended_by_the_second_slow_comparison():
    telephony = TinyTelephony()
    runtime = await Runtime(telephony).start()
    telephony.arrives("one")
    await asyncio.sleep(0.2)
    await asyncio.sleep(20)
    assert "PromptFinished" not in runtime.names(), "it plays: long prompts are nobody's fault"
    [playback_id] = telephony.pbx.playing
    telephony.pbx.played(playback_id)
    telephony.is_away = True
    await asyncio.sleep(10)
    assert "PromptFinished" not in runtime.names(), "without an answer nothing is known"
    telephony.is_away = False
    await asyncio.sleep(10)
    assert "PromptFinished" in runtime.names()
    assert runtime.reports.fault_names[-1] == "a prompt ended unreported; its call goes on"
    await runtime.stop()


@virtual
async def test_a_comparison_without_an_answer_is_left_for_the_next_time():
    telephony = TinyTelephony()
    runtime = await Runtime(telephony).start()
    telephony.is_away = True
    await asyncio.sleep(11)
    assert runtime.reports.fault_names == ["no snapshot of the PBX"]
    telephony.is_away = False
    telephony.pbx.agents[LegId("stray")] = True
    await asyncio.sleep(21)
    assert telephony.pbx.agents == {}
    await runtime.stop()


@virtual
async def test_no_phone_is_rung_and_no_deadline_passes_while_the_pbx_is_not_heard():
    telephony = TinyTelephony()
    runtime = await Runtime(telephony).start()
    await runtime.agent_ready()
    assert await runtime.node.request(PauseRequested(ANNA, "break")) is None
    telephony.arrives("one", VIP_NUMBER)
    await asyncio.sleep(0.2)
    telephony.may_connect.clear()
    telephony.breaks()
    await asyncio.sleep(0.1)
    await runtime.agent_ready()
    await asyncio.sleep(3_600)
    assert telephony.pbx.agents == {}, "nobody would learn that the phone rings"
    assert "CallDequeued" not in runtime.names(), "the longest wait has passed"
    telephony.may_connect.set()
    await asyncio.sleep(0.5)
    assert len(telephony.pbx.agents) == 1, "the caller who waited longest goes first"
    await runtime.stop()


@virtual
async def test_a_pbx_that_can_never_be_used_is_told_once_and_no_call_is_taken():
    telephony = TinyTelephony()
    telephony.refuses = TelephonyUnavailable("this Asterisk is 18.2: upgrade the PBX")
    runtime = await Runtime(telephony).recall()
    runtime.supervisor.keep("PBX link", runtime.link.run)
    await asyncio.sleep(60)
    assert not runtime.link.is_live
    assert "18.2" in runtime.link.trouble
    assert len(runtime.reports.faults) == 1
    await runtime.stop()


@virtual
async def test_a_node_whose_name_was_taken_over_is_not_live_any_more_and_does_not_fight():
    telephony = TinyTelephony()
    runtime = await Runtime(telephony).start()
    telephony.refuses = TelephonyUnavailable("another process has connected as 'cc-main'")
    telephony.breaks()
    await asyncio.sleep(60)
    assert not runtime.link.is_live
    assert "cc-main" in runtime.link.trouble
    assert telephony.snapshots <= 3
    await runtime.stop()
