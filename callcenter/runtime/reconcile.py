"""What the PBX really has against what is wanted.

The same comparison serves a restart, a lost event socket, and normal life at a low rate. After a
(re)connect: events are held back, a snapshot is taken, each call learns what became of its legs,
what is wanted and absent is made, what is there and unwanted is ended, and the events that were
held back follow. In normal life a difference counts when two passes in a row show it, because
events are always under way; calls with a command under way are left out.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from callcenter.core.call.effects import (
    DropBridge,
    EndLeg,
    HangUpCaller,
    ReleaseCaller,
    StopPrompts,
    TelephonyEffect,
)
from callcenter.core.call.messages import (
    CallerArrived,
    CallerEnd,
    CallerGone,
    CallRecovered,
    LegEnd,
    LegEnded,
)
from callcenter.core.call.model import Call, Phase
from callcenter.core.call.wanted import AgentLeg, Arrangement, Playback, settle
from callcenter.core.centre import Centre
from callcenter.core.ids import BridgeId, CallId, LegId, PlaybackId
from callcenter.ports.telephony import SeenLeg, Snapshot

_UNKNOWN = CallId("")


@dataclass(slots=True)
class Seen:
    """A snapshot, by id."""

    legs: dict[LegId, SeenLeg]
    bridges: dict[BridgeId, frozenset[LegId]]
    pbx_started_at: str

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Seen":
        """Index a snapshot."""
        return cls(
            {leg.leg_id: leg for leg in snapshot.legs},
            {bridge.bridge_id: bridge.leg_ids for bridge in snapshot.bridges},
            snapshot.pbx_started_at,
        )


def recoveries(
    centre: Centre, seen: Seen, *, pbx_restarted: bool | None
) -> Iterator[CallRecovered]:
    """Yield for each open call what the PBX has of it.

    Args:
        centre: The open calls.
        seen: The snapshot.
        pbx_restarted: Whether the PBX was restarted since the last snapshot; None if this is the
            first one of this process. Then the PBX has lost the calls that are older than it.
    """
    for call_id, call in list(centre.calls.items()):
        if call.phase in (Phase.FLOW, Phase.QUEUE, Phase.TALK):
            ours = [offer.leg_id for offer in call.offers]
            if call.back is not None and call.back.dial is not None:
                ours.append(call.back.dial.leg_id)
            legs = [seen.legs[leg_id] for leg_id in ours if leg_id in seen.legs]
            yield CallRecovered(
                call_id,
                caller_present=call.caller_leg in seen.legs,
                ringing=frozenset(leg.leg_id for leg in legs if not leg.answered),
                answered=frozenset(leg.leg_id for leg in legs if leg.answered),
                pbx_restarted=_is_older(call, seen) if pbx_restarted is None else pbx_restarted,
            )


def _is_older(call: Call, seen: Seen) -> bool:
    """Say whether a call arrived before the PBX was started, as when both went down together."""
    try:
        started_at = datetime.fromisoformat(seen.pbx_started_at).timestamp()
    except ValueError:
        return False
    return call.arrived.at < started_at * 1000


def arrivals(centre: Centre, seen: Seen) -> Iterator[CallerArrived]:
    """Yield callers in our hands whom we asked for, and who belong to no call yet."""
    for leg in seen.legs.values():
        is_new = leg.call_id is None and centre.owner(leg.leg_id) is None
        if leg.arrival and is_new and leg.leg_id in centre.claims:
            yield leg.arrival


def leftovers(centre: Centre, seen: Seen) -> Iterator[TelephonyEffect]:
    """Yield the ends of what is there and unwanted by any call."""
    goals = [centre.arrangement(call_id) for call_id in centre.calls]
    legs = {leg_id for goal in goals for leg_id in _legs(goal)}
    bridges = {goal.room for goal in goals} | {goal.talk for goal in goals}
    callers = {goal.caller for goal in goals}
    for leg in seen.legs.values():
        if leg.leg_id in legs:
            continue
        call_id = leg.call_id or _UNKNOWN
        if not leg.is_caller:
            yield EndLeg(call_id, leg.leg_id)
        elif leg.leg_id in centre.released or _had_a_call(centre, leg):
            yield ReleaseCaller(call_id, leg.leg_id)
        elif leg.call_id is not None:
            yield HangUpCaller(call_id, leg.leg_id)
    for bridge_id, inside in seen.bridges.items():
        # Whoever is wanted is first taken out of it, by the effects of their own call.
        if bridge_id not in bridges and callers.isdisjoint(inside):
            yield DropBridge(_UNKNOWN, bridge_id)


def _had_a_call(centre: Centre, leg: SeenLeg) -> bool:
    """Say whether a caller's call is over who was never answered: it could not go on.

    A second call for them would be a second record. Only a claim that is open waits for its call.
    """
    return leg.call_id is None and leg.leg_id not in centre.claims


def shown(
    call_id: CallId,
    seen: Seen,
    goal: Arrangement,
    playback: Playback | None,
    briefing: Playback | None = None,
    ringback: LegId | None = None,
) -> Arrangement:
    """Return the picture that the PBX shows of a call.

    Args:
        call_id: The call.
        seen: The snapshot.
        goal: What is wanted now; the ids in it are looked for.
        playback: What is taken to play: the PBX does not list its playbacks.
        briefing: What the agent is taken to hear.
        ringback: The agent who is taken to hear the ringing tone.
    """
    caller_is_here = goal.caller in seen.legs
    customer_is_here = goal.customer is not None and goal.customer.leg_id in seen.legs
    here = [leg for leg in goal.agents if leg.leg_id in seen.legs]
    return Arrangement(
        call_id,
        goal.caller if caller_is_here and seen.legs[goal.caller].answered else None,  # type: ignore[index]
        goal.caller_id,
        agent=here[0] if here else None,
        room=_room_of(goal, seen),
        talk=goal.talk if goal.talk and _are_in(goal, goal.agent, seen) else None,
        playback=playback,
        also_ring=tuple(here[1:]),
        briefing=briefing,
        customer=goal.customer if customer_is_here else None,
        ringback=ringback,
    )


def _room_of(goal: Arrangement, seen: Seen) -> BridgeId | None:
    """Return the bridge that the caller is in, wanted or not, unless it is that of the talk."""
    inside = (name for name, legs in seen.bridges.items() if goal.caller in legs)
    return next((name for name in inside if name != goal.talk), None)


def _are_in(goal: Arrangement, agent: AgentLeg | None, seen: Seen) -> bool:
    inside = seen.bridges.get(goal.talk, frozenset()) if goal.talk else frozenset()
    return agent is not None and {goal.caller, agent.leg_id} <= inside


def repairs(
    centre: Centre, seen: Seen, playing: Mapping[CallId, Sequence[PlaybackId]]
) -> Iterator[TelephonyEffect]:
    """Yield what makes the PBX show what is wanted of all open calls.

    Args:
        centre: The wanted state, after each call's recovery: no prompt from before is wanted.
        seen: The snapshot.
        playing: What may play in each call that was open before. A prompt on a caller's leg
            would delay every other command on it.
    """
    for call_id in centre.calls:
        goal = centre.arrangement(call_id)
        actual = shown(call_id, seen, goal, None)
        steps = list(settle(actual, goal))
        if actual.caller and (steps or goal.talk is None):
            yield from (StopPrompts(call_id, each) for each in playing.get(call_id, ()))
        yield from steps


@dataclass(slots=True)
class Differences:
    """What one pass in normal life found; only what the next pass finds again is acted on."""

    gone: set[LegId] = field(default_factory=set)
    arrived: dict[LegId, CallerArrived] = field(default_factory=dict)
    effects: set[TelephonyEffect] = field(default_factory=set)
    claimed: set[LegId] = field(default_factory=set)
    """Callers whom we asked for and never saw."""
    playing: set[PlaybackId] = field(default_factory=set)
    """Prompts whose end was not reported. No difference yet: long ones outlive two looks."""

    def confirmed_by(self, later: "Differences") -> "Differences":
        """Return the differences that both passes show."""
        return Differences(
            self.gone & later.gone,
            {leg: event for leg, event in later.arrived.items() if leg in self.arrived},
            self.effects & later.effects,
            self.claimed & later.claimed,
            self.playing & later.playing,
        )


def differences(centre: Centre, seen: Seen, busy: Container[str] = ()) -> Differences:
    """Compare in normal life.

    Args:
        centre: The wanted state.
        seen: The snapshot.
        busy: Calls that have commands under way, which the snapshot may show or not, and callers
            who are being claimed.
    """
    found = Differences(arrived={event.leg_id: event for event in arrivals(centre, seen)})
    found.effects.update(leftovers(centre, seen))
    found.claimed.update(
        leg_id for leg_id in centre.claims if leg_id not in seen.legs and leg_id not in busy
    )
    for call_id in centre.calls:
        if call_id in busy:
            continue
        goal = centre.arrangement(call_id)
        playing = (goal.playback, goal.briefing)
        found.playing.update(each.playback_id for each in playing if each)
        found.gone.update(leg for leg in _legs(goal) if leg not in seen.legs)
        if all(leg_id in seen.legs for leg_id in _legs(goal)):
            actual = shown(call_id, seen, goal, goal.playback, goal.briefing, goal.ringback)
            found.effects.update(settle(actual, goal))
    return found


def _legs(goal: Arrangement) -> Iterator[LegId]:
    if goal.caller is not None:
        yield goal.caller
    if goal.customer is not None and goal.customer.leg_id != goal.caller:
        yield goal.customer.leg_id
    yield from (leg.leg_id for leg in goal.agents)


def losses(centre: Centre, gone: set[LegId]) -> Iterator[CallerGone | LegEnded]:
    """Yield the inputs for legs that are gone and nobody saw go."""
    for leg_id in sorted(gone):
        call = centre.calls.get(centre.owner(leg_id) or _UNKNOWN)
        if call is not None:
            if call.back is None and call.arrived.leg_id == leg_id:
                yield CallerGone(leg_id, CallerEnd.LOST)
            else:
                yield LegEnded(leg_id, LegEnd.LOST)
