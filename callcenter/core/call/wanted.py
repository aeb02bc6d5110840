"""What telephony should look like for a call, and the steps from one such picture to the next.

``wanted`` says which legs, rooms and media should exist. ``settle`` compares two pictures and
returns the effects that lead from one to the other. The same comparison serves every moment: in
normal life the pictures before and after a turn; after a restart, and in the reconciler, the
picture that the PBX really shows and the wanted one. So there is no outbox of telephony, and
nothing that is wanted can be forgotten.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from callcenter.core.call.effects import (
    Announce,
    AnswerCaller,
    ConnectLegs,
    DropBridge,
    EndLeg,
    HangUpCaller,
    HoldCaller,
    LeaveRoom,
    LetHearRinging,
    PlayPrompts,
    ReleaseCaller,
    RingAgent,
    RingCustomer,
    StopPrompts,
    StopRinging,
    TelephonyEffect,
)
from callcenter.core.call.messages import (
    Presentation,
)
from callcenter.core.call.model import Call, Phase
from callcenter.core.ids import BridgeId, CallId, LegId, Ms, PlaybackId, derive_id


@dataclass(frozen=True, slots=True)
class Playback:
    """Prompts that play: into the room if the caller is in one, else on the caller's leg."""

    playback_id: PlaybackId
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgentLeg:
    """An agent's phone that should ring or talk."""

    leg_id: LegId
    station: str
    ring_ms: Ms


@dataclass(frozen=True, slots=True)
class CustomerLeg:
    """A customer's phone that should ring, or is on the line."""

    leg_id: LegId
    station: str
    caller_id: str
    ring_ms: Ms


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The legs, rooms and media of one call."""

    call_id: CallId
    caller: LegId | None
    """The caller's leg, answered; None: it should not exist."""
    caller_id: str = ""
    agent: AgentLeg | None = None
    """The agent's phone; if several ring, the first of them."""
    room: BridgeId | None = None
    """The waiting room, where the caller hears music."""
    talk: BridgeId | None = None
    """The bridge of caller and agent."""
    playback: Playback | None = None
    also_ring: tuple[AgentLeg, ...] = ()
    """Further phones that should ring, where several ring for one caller."""
    briefing: Playback | None = None
    """What the agent who answered hears, on a leg of their own, before the talk."""
    falls_back: bool = False
    """A caller who is not wanted any more goes to the fallback of the dialplan; else is hung up."""
    to_mailbox: bool = False
    """And there straight to the mailbox."""
    customer: CustomerLeg | None = None
    """Of a callback. Once they have answered, ``caller`` is this leg too."""
    ringback: LegId | None = None
    """The agent who is to hear that the customer's phone rings."""

    @property
    def caller_is_ours(self) -> bool:
        """Whether we called: then there is nothing to answer, and no fallback to go to."""
        return self.customer is not None and self.caller == self.customer.leg_id

    @property
    def agents(self) -> tuple[AgentLeg, ...]:
        """All phones of agents that should ring or talk."""
        return (self.agent, *self.also_ring) if self.agent is not None else self.also_ring


def absent(call_id: CallId) -> Arrangement:
    """Return the picture in which nothing of the call exists."""
    return Arrangement(call_id, caller=None)


def wanted(call: Call, journal_id: str) -> Arrangement:
    """Return what should exist for a call in its present state."""
    arrived = call.arrived
    if call.phase in (Phase.ENDED, Phase.CLOSED):
        return absent(arrived.call_id)
    legs = tuple(AgentLeg(o.leg_id, o.station, o.ring_until - o.at) for o in call.offers)
    is_talking = call.phase is Phase.TALK
    is_held = call.phase is Phase.QUEUE and call.caller_leg is not None and not _is_asked(call)
    return Arrangement(
        arrived.call_id,
        call.caller_leg,
        caller_id=(arrived.ani or "") if arrived.presentation is Presentation.ALLOWED else "",
        agent=legs[0] if legs else None,
        room=_bridge(call, journal_id, "hold", 0) if is_held else None,
        talk=_talk_bridge(call, journal_id) if is_talking else None,
        playback=_playback(call, journal_id),
        also_ring=legs[1:],
        briefing=_briefing(call, journal_id),
        customer=_customer(call),
        ringback=call.back.agent_leg if call.back and call.back.is_dialling else None,
    )


def _is_asked(call: Call) -> bool:
    """Say whether the customer hears what the keys are, on a leg of their own."""
    return call.back is not None and call.back.answered_at is not None


def _customer(call: Call) -> CustomerLeg | None:
    back = call.back
    if back is None:
        return None
    if back.customer is not None:  # rings no more: only the leg counts
        return CustomerLeg(back.customer, "", "", 0)
    dial = back.dial
    if dial is None:
        return None
    return CustomerLeg(dial.leg_id, dial.station, dial.caller_id, dial.ring_until - dial.at)


def playback_id(call: Call, journal_id: str) -> PlaybackId | None:
    """Return the id of what plays now."""
    playing = _playback(call, journal_id)
    return playing.playback_id if playing else None


def briefing_id(call: Call, journal_id: str) -> PlaybackId | None:
    """Return the id of what the agent hears now before the caller."""
    heard = _briefing(call, journal_id)
    return heard.playback_id if heard else None


def may_still_play(call: Call, journal_id: str) -> Iterator[PlaybackId]:
    """Yield what may play after a restart, newest first.

    The commands under way are lost with a process: that to stop the prompt before, and that to
    start the present one. One more plays while an agent is briefed.
    """
    for number in range(call.playback_count, max(0, call.playback_count - 3), -1):
        yield _playback_id(call, journal_id, number)


def _talk_bridge(call: Call, journal_id: str) -> BridgeId:
    return _bridge(call, journal_id, "talk", call.taken.attempt if call.taken else 0)


def _bridge(call: Call, journal_id: str, role: str, attempt: int) -> BridgeId:
    return BridgeId(derive_id(journal_id, call.arrived.number, role, attempt))


def _playback(call: Call, journal_id: str) -> Playback | None:
    if call.prompt is None:
        return None
    return Playback(_playback_id(call, journal_id, call.prompt.number), call.prompt.prompts)


def _briefing(call: Call, journal_id: str) -> Playback | None:
    if call.briefing is None:
        return None
    return Playback(_playback_id(call, journal_id, call.briefing.number), call.briefing.prompts)


def _playback_id(call: Call, journal_id: str, number: int) -> PlaybackId:
    return PlaybackId(derive_id(journal_id, call.arrived.number, "play", number))


def settle(actual: Arrangement, goal: Arrangement) -> Iterator[TelephonyEffect]:
    """Yield the effects that lead from one picture to another, in the order to carry them out.

    First what is urgent and blocks nothing (the agent's phone), then what frees the caller's leg
    (a running prompt delays every other command on it), then the caller's new place, then what is
    left over, at last what plays there.
    """
    call_id = goal.call_id
    there = {leg.leg_id for leg in actual.agents}
    kept = {leg.leg_id for leg in goal.agents}
    for leg in goal.agents:
        if leg.leg_id not in there:
            yield RingAgent(call_id, leg.leg_id, leg.station, goal.caller_id, leg.ring_ms)
    for leg in actual.agents:
        if leg.leg_id not in kept:
            yield EndLeg(call_id, leg.leg_id)
    yield from _settle_customer(actual, goal)
    if goal.caller and actual.caller is None and not goal.caller_is_ours:
        yield AnswerCaller(call_id, goal.caller)
    yield from _stop_prompts(actual, goal)
    yield from _place_caller(actual, goal)
    if actual.caller and goal.caller is None and not actual.caller_is_ours:
        release = ReleaseCaller(call_id, actual.caller, goal.to_mailbox)
        yield release if goal.falls_back else HangUpCaller(call_id, actual.caller)
    for bridge_id in (actual.room, actual.talk):
        if bridge_id and bridge_id not in (goal.room, goal.talk):
            yield DropBridge(call_id, bridge_id)
    if goal.playback and actual.playback != goal.playback:
        yield _start_playback(goal, goal.playback)
    yield from _start_briefing(actual, goal)


def _settle_customer(actual: Arrangement, goal: Arrangement) -> Iterator[TelephonyEffect]:
    """Yield the end or the beginning of the customer's leg, and what the agent hears of it."""
    there = actual.customer.leg_id if actual.customer else None
    wanted_leg = goal.customer.leg_id if goal.customer else None
    if there is not None and there != wanted_leg:
        yield EndLeg(goal.call_id, there)
    if goal.customer and goal.customer.leg_id != there:
        to = goal.customer
        yield RingCustomer(goal.call_id, to.leg_id, to.station, to.caller_id, to.ring_ms)
    if actual.ringback and goal.ringback is None and goal.agent:
        yield StopRinging(goal.call_id, actual.ringback)  # else the leg is ended
    if goal.ringback and actual.ringback != goal.ringback:
        yield LetHearRinging(goal.call_id, goal.ringback)


def _start_briefing(actual: Arrangement, goal: Arrangement) -> Iterator[TelephonyEffect]:
    heard = goal.briefing
    if heard and actual.briefing != heard and goal.agent:
        yield PlayPrompts(goal.call_id, goal.agent.leg_id, heard.playback_id, heard.prompts)


def _stop_prompts(actual: Arrangement, goal: Arrangement) -> Iterator[TelephonyEffect]:
    yield from _stop_playback(actual, goal)
    heard = actual.briefing
    if heard and heard != goal.briefing and goal.agent:
        yield StopPrompts(goal.call_id, heard.playback_id)  # it would delay the talk


def _stop_playback(actual: Arrangement, goal: Arrangement) -> Iterator[TelephonyEffect]:
    playing = actual.playback
    if playing is None or playing == goal.playback:
        return
    if goal.caller is None and not goal.falls_back:
        return  # with the caller's leg its playback ends by itself
    if actual.room is None or actual.room == goal.room:
        yield StopPrompts(goal.call_id, playing.playback_id)


def _place_caller(actual: Arrangement, goal: Arrangement) -> Iterator[TelephonyEffect]:
    if goal.caller is None:
        return
    if goal.room and actual.room != goal.room:
        yield HoldCaller(goal.call_id, goal.caller, goal.room)
    if goal.talk and actual.talk != goal.talk and goal.agent:
        yield ConnectLegs(goal.call_id, goal.talk, (goal.caller, goal.agent.leg_id))
    bridge_id = actual.room or actual.talk
    if bridge_id and not (goal.room or goal.talk):
        yield LeaveRoom(goal.call_id, goal.caller, bridge_id)


def _start_playback(goal: Arrangement, playback: Playback) -> TelephonyEffect:
    if goal.room:
        return Announce(goal.call_id, goal.room, playback.playback_id, playback.prompts)
    assert goal.caller is not None, f"prompts without a caller: {goal}"  # noqa: S101
    return PlayPrompts(goal.call_id, goal.caller, playback.playback_id, playback.prompts)
