"""What a call does about an input.

Theory of operation. A call is in one phase (``model.Phase``). In FLOW the caller is served by the
flow language (``flow``); in QUEUE the pool looks for an agent; in TALK caller and agent hear each
other (``agent``); in ENDED the caller is gone and an agent may have after-call work. Decisions are
facts and what the pool is told; what telephony has to do follows from the state (``wanted``).

The pool alone reserves agents: it tells the call to ring one (``CallOfferedToAgent``), the call
tells it how that went. The call owns the deadlines of the ring (``agent``): no ringing within two
seconds is a dead phone, no word from the page within five a dead page, and the ring time of the
queue is the longest ring.

Who waits may press a key of the queue's node and is served by the flow in the waiting room, with
the place in line kept: the phase stays QUEUE, and whoever answers is connected at once.

Nobody is kept in the flow for ever: menus that lead in a circle, or a caller who never decides, end
at the longest time in the flow (``ServiceNumber.max_flow_ms``), and the fallback has the caller.

Whatever is lost is found: a prompt whose end nobody reports ends by a deadline; after a restart
``CallRecovered`` says what telephony really has, and the call draws the conclusions. A caller whose
agent was lost in the talk waits again at the old place; a caller who is gone has ended the call.

Late inputs are normal and change nothing: a second hang-up, a key after the end, a leg that was
given up.
"""

from collections.abc import Iterator

from callcenter.core.acd.comfort_messages import ComfortDue, PositionDue
from callcenter.core.acd.messages import CallOfferedToAgent, CallWithdrawn, FromPool
from callcenter.core.acd.offer_end_messages import OfferRecalled
from callcenter.core.acd.queue_messages import OpennessTold, QueueGaveUp
from callcenter.core.acd.wrap_up_messages import WrapUpRanOut
from callcenter.core.call import agent, callback, flow
from callcenter.core.call.decision import Decision, Setting
from callcenter.core.call.dialling_out import leave_to_people
from callcenter.core.call.facts import (
    AgentRang,
    CallEnded,
    CallerIdentified,
    FollowUpOpened,
    PromptFinished,
)
from callcenter.core.call.messages import (
    NO_TRAITS,
    AnswerRequested,
    CallerArrived,
    CallerEnd,
    CallerGone,
    CallerMatched,
    CallInput,
    CallRecovered,
    DigitPressed,
    EndedBy,
    HangUpRequested,
    LegAnswered,
    LegEnd,
    LegEnded,
    LegRinging,
    MatchStatus,
    OfferSeen,
    Outcome,
    PersonConfirmed,
    PlaybackEnded,
    WrapUpSubmitted,
)
from callcenter.core.call.model import Call, Phase
from callcenter.core.call.wanted import briefing_id, playback_id
from callcenter.core.ids import Ms
from callcenter.core.plan import Plan
from ivr_flows.messages import KeyPressed, KeyTimedOut, OpenTold, PromptEnded
from ivr_flows.spoken import position_prompts, wait_prompts

PROMPT_LIMIT_MS = 60_000
"""A prompt whose end was not reported by then is over: no state depends on an event arriving."""

FLOW_TOO_LONG = "flow_too_long"
"""The cause of an end at the longest time in the flow."""


def decide(call: Call, event: CallInput | FromPool, now: Ms, setting: Setting) -> Decision:
    """Decide what follows from an input; the call in the decision has its facts applied."""
    todo = Decision(call, now, setting)
    match event:
        case CallerArrived():
            pass  # known already: its arrival was found by a snapshot
        case CallerGone() | DigitPressed() | PlaybackEnded():
            _from_caller(todo, event)
        case LegRinging() | LegAnswered() | LegEnded():
            _from_leg(todo, event)
        case CallRecovered():
            _recover(todo, event)
        case QueueGaveUp() | OpennessTold() | PositionDue() | ComfortDue():
            _from_queue(todo, event)
        case CallOfferedToAgent() | OfferRecalled() | WrapUpRanOut():
            _from_pool(todo, event)
        case WrapUpSubmitted() | HangUpRequested() | AnswerRequested() | OfferSeen():
            _from_desk(todo, event)
        case CallerMatched() | PersonConfirmed():
            _identify(todo, event)
        case _:
            callback.told(todo, event)
    return todo


def deadlines(call: Call, plan: Plan) -> Iterator[Ms]:
    """Yield the instants at which a call wants to be woken."""
    if call.phase is Phase.FLOW:
        yield _flow_until(call, plan)
    if call.phase in (Phase.FLOW, Phase.QUEUE) and call.key_deadline_at is not None:
        yield call.key_deadline_at
    if call.prompt is not None:
        yield call.prompt.at + PROMPT_LIMIT_MS
    yield from agent.deadlines(call)
    yield from callback.deadlines(call)


def _flow_until(call: Call, plan: Plan) -> Ms:
    return call.flow_since + plan.max_flow_ms(call.arrived.dnis) - call.flow_ms


def wake(call: Call, now: Ms, setting: Setting) -> Decision:
    """Decide what follows from the time alone."""
    if call.phase is Phase.FLOW and now >= _flow_until(call, setting.plan):
        return fail(call, now, setting, FLOW_TOO_LONG)
    todo = Decision(call, now, setting)
    agent.wake(todo)
    callback.wake(todo)
    call = todo.call
    if call.prompt is not None and now >= call.prompt.at + PROMPT_LIMIT_MS:
        _end_prompt(todo)
    elif call.key_deadline_at is not None and now >= call.key_deadline_at:
        flow.step(todo, KeyTimedOut())
    return todo


def fail(call: Call, now: Ms, setting: Setting, cause: str) -> Decision:
    """End a call that cannot go on: the fallback has the caller, nobody is left stuck."""
    todo = Decision(call, now, setting, falls_back=True)
    if call.phase is Phase.TALK:
        agent.end_talk(todo, EndedBy.SYSTEM, cause)
    elif call.phase in (Phase.FLOW, Phase.QUEUE, Phase.LATER):
        if call.back is not None:
            leave_to_people(todo, f"Call back {call.arrived.ani}: the service could not")
        todo.tells.append(CallWithdrawn(call.arrived.call_id, "failed"))
        todo.record(CallEnded(now, Outcome.FAILED, EndedBy.SYSTEM, cause))
    agent.close_if_done(todo)
    return todo


# ---------------------------------------------------------------- the caller


def _from_caller(todo: Decision, event: CallerGone | DigitPressed | PlaybackEnded) -> None:
    match event:
        case CallerGone():
            _caller_gone(todo, event.end)
        case DigitPressed():
            if event.leg_id == todo.call.caller_leg:
                _key(todo, event.digit)
        case PlaybackEnded():
            if event.playback_id == playback_id(todo.call, todo.setting.journal_id):
                _end_prompt(todo)
            elif event.playback_id == briefing_id(todo.call, todo.setting.journal_id):
                agent.briefed(todo)


def _key(todo: Decision, digit: str) -> None:
    if todo.call.back is not None:
        callback.key(todo, digit)
    elif todo.call.phase in (Phase.FLOW, Phase.QUEUE):
        flow.step(todo, KeyPressed(digit))


def _end_prompt(todo: Decision) -> None:
    todo.record(PromptFinished(todo.now))
    if todo.call.back is not None and todo.call.back.answered_at is not None:
        callback.ask_again(todo)
    elif todo.call.phase is Phase.FLOW or todo.call.is_aside:
        flow.step(todo, PromptEnded())
    else:
        flow.play_next(todo)


def _caller_gone(todo: Decision, end: CallerEnd) -> None:
    cause = "" if end is CallerEnd.HUNG_UP else end.value
    ended_by = EndedBy.CALLER if end in (CallerEnd.HUNG_UP, CallerEnd.LOST) else EndedBy.SYSTEM
    if end is CallerEnd.PBX_RESTART:
        _promise_call_back(todo)
    match todo.call.phase:
        case Phase.TALK:
            agent.end_talk(todo, ended_by, cause)
        case Phase.QUEUE:
            todo.tells.append(CallWithdrawn(todo.call.arrived.call_id))
            outcome = Outcome.ABANDONED_QUEUE if ended_by is EndedBy.CALLER else Outcome.FAILED
            todo.record(CallEnded(todo.now, outcome, ended_by, cause))
        case Phase.FLOW:
            outcome = _flow_outcome(todo.call) if ended_by is EndedBy.CALLER else Outcome.FAILED
            todo.record(CallEnded(todo.now, outcome, ended_by, cause))
        case Phase.LATER | Phase.ENDED | Phase.CLOSED:
            return
    agent.close_if_done(todo)


def _promise_call_back(todo: Decision) -> None:
    """Leave a follow-up for a caller whom the PBX cut off, if there is a number and none yet."""
    call = todo.call
    is_open = call.phase in (Phase.FLOW, Phase.QUEUE, Phase.TALK)
    if is_open and call.arrived.ani and call.follow_up is None:
        subject = f"Call back: cut off {_where(call)} when the telephone system restarted"
        todo.record(FollowUpOpened(todo.now, subject))


def _where(call: Call) -> str:
    if call.phase is Phase.TALK and call.offer:
        return f"in the talk with {call.offer.agent_name}"
    if call.phase is Phase.QUEUE and call.queue:
        return f"while waiting in {call.queue.queue_name}"
    return "in the menu"


def _flow_outcome(call: Call) -> Outcome:
    if call.promised:
        return Outcome.CALLBACK_REQUESTED
    if call.follow_up:
        return Outcome.OVERFLOW
    return Outcome.SELF_SERVED if call.request_count else Outcome.ABANDONED_IVR


# ---------------------------------------------------------------- the agent's leg


def _from_leg(todo: Decision, event: LegRinging | LegAnswered | LegEnded) -> None:
    if callback.leg(todo, event):
        return
    ring, taken = todo.call.ring_of(event.leg_id), todo.call.taken
    match event:
        case LegRinging():
            if ring and ring.rang_at is None:
                todo.record(AgentRang(todo.now, event.leg_id))
        case LegAnswered():
            agent.answered(todo, event.leg_id)
        case LegEnded():
            if ring:
                agent.offer_failed(todo, event.leg_id, event.end)
            elif taken and taken.leg_id == event.leg_id:
                _talk_broken(todo, event.end)


def _talk_broken(todo: Decision, end: LegEnd) -> None:
    if end is LegEnd.LOST:
        agent.requeue(todo)
    else:
        agent.end_talk(todo, EndedBy.AGENT)
        agent.close_if_done(todo)


# ---------------------------------------------------------------- the pool


def _from_pool(todo: Decision, event: CallOfferedToAgent | OfferRecalled | WrapUpRanOut) -> None:
    is_waiting = todo.call.phase is Phase.QUEUE
    match event:
        case CallOfferedToAgent():
            if is_waiting and todo.call.back is not None:
                callback.offered(todo, event)
            elif is_waiting:
                agent.offer(todo, event)
        case OfferRecalled():
            if todo.call.back is not None:
                callback.recalled(todo, event)
            agent.recall(todo, event)
        case WrapUpRanOut():
            agent.wrap_up_ran_out(todo, event.agent_id, late=event.late)


def _from_queue(
    todo: Decision, event: QueueGaveUp | OpennessTold | PositionDue | ComfortDue
) -> None:
    is_waiting = todo.call.phase is Phase.QUEUE
    match event:
        case OpennessTold():
            if todo.call.phase is Phase.FLOW or todo.call.is_aside:
                flow.step(todo, OpenTold(event.is_open))
        case QueueGaveUp() if is_waiting and todo.call.back is not None:
            callback.turned_away(todo, event)
        case QueueGaveUp() if is_waiting:
            flow.leave_queue(todo, event)
        case PositionDue() if is_waiting:
            place = position_prompts(event.position, event.limit) if event.tells_position else ()
            flow.play_waiting(todo, (*place, *(wait_prompts(event.wait) if event.wait else ())))
        case ComfortDue() if is_waiting:
            flow.play_waiting(todo, event.prompts)


# ---------------------------------------------------------------- desk and CRM


def _from_desk(
    todo: Decision, event: WrapUpSubmitted | HangUpRequested | AnswerRequested | OfferSeen
) -> None:
    match event:
        case WrapUpSubmitted():
            agent.submit_wrap_up(todo, event)
        case HangUpRequested():
            agent.hang_up(todo, event)
        case AnswerRequested():
            agent.pick_up(todo, event)
        case OfferSeen():
            agent.shown(todo, event)


def _identify(todo: Decision, event: CallerMatched | PersonConfirmed) -> None:
    if isinstance(event, PersonConfirmed):
        if not _works_on(todo.call, event):
            todo.refusal = "You are not in this call."
            return
        before = todo.call.match
        is_same = before is not None and before.party_id == event.party_id
        identified = CallerIdentified(
            todo.now,
            MatchStatus.SINGLE,
            event.party_id,
            event.name,
            event.agent_id,
            before.traits if before is not None and is_same else NO_TRAITS,
        )
        todo.record(identified)
    elif not todo.call.is_matched:
        who = (event.status, event.party_id, event.name)
        todo.record(CallerIdentified(todo.now, *who, traits=event.traits))


def _works_on(call: Call, event: PersonConfirmed) -> bool:
    offered = call.offer_to(event.agent_id) is not None
    return offered or event.agent_id in call.wrapping_up


# ---------------------------------------------------------------- after a restart


def _recover(todo: Decision, event: CallRecovered) -> None:
    if todo.call.phase in (Phase.LATER, Phase.ENDED, Phase.CLOSED):
        return
    if not event.caller_present and todo.call.back is None:
        _caller_gone(todo, CallerEnd.PBX_RESTART if event.pbx_restarted else CallerEnd.LOST)
        return
    match todo.call.phase:
        case Phase.FLOW:
            flow.resume(todo)
        case Phase.QUEUE:
            if todo.call.prompt is not None:
                todo.record(PromptFinished(todo.now))
            if todo.call.back is None or callback.recover(todo, event):
                _recover_rings(todo, event)
                _recover_waiting(todo)
        case Phase.TALK if todo.call.back is not None and not callback.recover(todo, event):
            pass  # the customer is gone
        case Phase.TALK:
            if todo.call.taken and todo.call.taken.leg_id not in event.answered:
                agent.requeue(todo)


def _recover_waiting(todo: Decision) -> None:
    if todo.call.is_aside:
        flow.resume_aside(todo)
    elif todo.call.phase is Phase.QUEUE:
        flow.play_next(todo)


def _recover_rings(todo: Decision, event: CallRecovered) -> None:
    rings = todo.call.rings
    answered = [ring for ring in rings if ring.offer.leg_id in event.answered]
    if answered:
        agent.connect(todo, answered[0].offer.leg_id)
        return
    for ring in rings:
        leg_id = ring.offer.leg_id
        if leg_id not in event.ringing:
            agent.offer_failed(todo, leg_id, LegEnd.LOST)
        elif ring.rang_at is None:
            todo.record(AgentRang(todo.now, leg_id))


def handles(call: Call, journal_id: str) -> Iterator[str]:
    """Yield the ids by which telephony names parts of a call at this time."""
    if call.phase in (Phase.ENDED, Phase.CLOSED):
        return
    if call.caller_leg is not None:
        yield call.caller_leg
    if call.back is not None and call.back.dial is not None:
        yield call.back.dial.leg_id
    for offer in call.offers:
        yield offer.leg_id
    for playing in (playback_id(call, journal_id), briefing_id(call, journal_id)):
        if playing is not None:
            yield playing
