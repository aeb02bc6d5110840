"""The least telephony that can tell whether effects make sense: legs, bridges, what plays where.

It follows the rules measured on the real PBX: a prompt that runs on a leg delays every other
command on that leg, so none may come before the prompt is stopped; a bridge takes its playbacks
with it; ending what is not there is harmless.
"""

from callcenter.core.call.effects import (
    Announce,
    AnswerCaller,
    ClaimCall,
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
    CallRecovered,
)
from callcenter.core.call.model import Call
from callcenter.core.call.wanted import Arrangement
from callcenter.core.ids import BridgeId, LegId, PlaybackId


class TinyPbx:
    """Legs, bridges and playbacks of any number of calls."""

    def __init__(self) -> None:
        self.offered: set[LegId] = set()
        """Callers in our hands and not answered."""
        self.callers: set[LegId] = set()
        """Callers who were answered."""
        self.released: set[LegId] = set()
        """Callers who were given to the fallback."""
        self.agents: dict[LegId, bool] = {}
        """Legs that we made, agents' and customers', and whether they were answered."""
        self.hear_ringing: set[LegId] = set()
        """Agents who hear that the customer's phone rings."""
        self.bridges: dict[BridgeId, set[LegId]] = {}
        self.left_behind: set[LegId] = set()
        """Legs whose bridge was dropped, and which may still be about to leave it."""
        self.playing: dict[PlaybackId, LegId | BridgeId] = {}

    # ------------------------------------------------------------ what people do

    def arrives(self, leg_id: LegId) -> None:
        """A caller is in our hands."""
        self.offered.add(leg_id)

    def rings(self, leg_id: LegId) -> None:
        """An agent's phone rings."""
        assert leg_id in self.agents, "a phone rings that nobody dialled"

    def answers(self, leg_id: LegId) -> None:
        """An agent picks up."""
        if leg_id in self.agents:
            self.agents[leg_id] = True

    def leaves(self, leg_id: LegId) -> None:
        """A leg is gone, with what played on it."""
        self.offered.discard(leg_id)
        self.callers.discard(leg_id)
        self.agents.pop(leg_id, None)
        self.hear_ringing.discard(leg_id)
        for inside in self.bridges.values():
            inside.discard(leg_id)
        self._silence(leg_id)

    def played(self, playback_id: PlaybackId) -> None:
        """A prompt is over."""
        self.playing.pop(playback_id, None)

    def seen(self, call: Call, *, pbx_restarted: bool = False) -> CallRecovered:
        """Return what a snapshot shows of a call."""
        ours = {offer.leg_id for offer in call.offers}
        if call.back and call.back.dial:
            ours.add(call.back.dial.leg_id)
        legs = {leg_id for leg_id in ours if leg_id in self.agents}
        return CallRecovered(
            call.arrived.call_id,
            call.caller_leg in {*self.callers, *self.offered, *self.agents},
            ringing=frozenset(leg for leg in legs if not self.agents[leg]),
            answered=frozenset(leg for leg in legs if self.agents[leg]),
            pbx_restarted=pbx_restarted,
        )

    # ------------------------------------------------------------ what we ask of it

    def carry_out(self, effect: TelephonyEffect) -> None:
        """Carry out an effect; an AssertionError says that it comes in a wrong order."""
        match effect:
            case (
                ClaimCall()
                | StopPrompts()
                | PlayPrompts()
                | Announce()
                | LetHearRinging()
                | StopRinging()
            ):
                self._media(effect)
            case AnswerCaller():
                if effect.leg_id in self.offered:
                    self.offered.remove(effect.leg_id)
                    self.callers.add(effect.leg_id)
            case RingAgent() | RingCustomer():
                assert effect.leg_id not in self.agents, f"rings twice: {effect}"
                self.agents[effect.leg_id] = False
            case HoldCaller() | ConnectLegs():
                self._place(effect)
            case LeaveRoom():
                self.bridges.get(effect.bridge_id, set()).discard(effect.leg_id)
            case EndLeg() | HangUpCaller():
                self.leaves(effect.leg_id)
            case ReleaseCaller():
                self.leaves(effect.leg_id)
                self.released.add(effect.leg_id)
            case DropBridge():
                self.left_behind |= self.bridges.pop(effect.bridge_id, set())
                self._silence(effect.bridge_id)

    def _ringing(self, effect: LetHearRinging | StopRinging) -> None:
        if isinstance(effect, StopRinging):
            self.hear_ringing.discard(effect.leg_id)
        elif effect.leg_id in self.agents:
            assert self.agents[effect.leg_id], f"hears ringing before the answer: {effect}"
            self.hear_ringing.add(effect.leg_id)

    def _media(
        self,
        effect: ClaimCall | StopPrompts | PlayPrompts | Announce | LetHearRinging | StopRinging,
    ) -> None:
        match effect:
            case ClaimCall():
                pass
            case LetHearRinging() | StopRinging():
                self._ringing(effect)
            case StopPrompts():
                self.playing.pop(effect.playback_id, None)
            case PlayPrompts():
                self._must_be_silent(effect.leg_id, effect)
                assert effect.leg_id not in self.left_behind, f"never plays: {effect}"
                assert not self._bridge_of(effect.leg_id), f"not in a bridge: {effect}"
                self.playing[effect.playback_id] = effect.leg_id
            case Announce():
                assert effect.bridge_id in self.bridges, f"no such room: {effect}"
                assert effect.bridge_id not in self.playing.values(), f"speaks over: {effect}"
                self.playing[effect.playback_id] = effect.bridge_id

    def _place(self, effect: HoldCaller | ConnectLegs) -> None:
        legs = (effect.leg_id,) if isinstance(effect, HoldCaller) else effect.leg_ids
        for leg_id in legs:
            self._must_be_silent(leg_id, effect)
            assert leg_id not in self.hear_ringing, f"rings on: {effect}"
            self.left_behind.discard(leg_id)
            for inside in self.bridges.values():
                inside.discard(leg_id)
        self.bridges.setdefault(effect.bridge_id, set()).update(
            leg_id for leg_id in legs if leg_id in self.callers or leg_id in self.agents
        )

    def _must_be_silent(self, leg_id: LegId, effect: TelephonyEffect) -> None:
        assert leg_id not in self.playing.values(), f"a running prompt delays this: {effect}"

    def _bridge_of(self, leg_id: LegId) -> BridgeId | None:
        return next((name for name, legs in self.bridges.items() if leg_id in legs), None)

    def _silence(self, place: LegId | BridgeId) -> None:
        for name in [name for name, where in self.playing.items() if where == place]:
            del self.playing[name]

    # ------------------------------------------------------------ what it looks like

    def differences(self, goal: Arrangement) -> list[str]:
        """Return in words what of a call is not as wanted, for a caller and agent who live."""
        found = []
        answered = {*self.callers, *(leg for leg, is_up in self.agents.items() if is_up)}
        if goal.caller and goal.caller not in answered:
            found.append(f"the caller is not answered: {goal.caller}")
        if goal.customer and goal.customer.leg_id not in self.agents:
            found.append(f"the customer's phone does not ring: {goal.customer}")
        if goal.ringback and goal.ringback not in self.hear_ringing:
            found.append(f"the agent hears no ringing: {goal.ringback}")
        silent = [leg for leg in goal.agents if leg.leg_id not in self.agents]
        found += [f"the agent's phone does not ring: {leg}" for leg in silent]
        place = goal.talk or goal.room
        if goal.caller and self._bridge_of(goal.caller) != place:
            found.append(f"the caller is in {self._bridge_of(goal.caller)}, not in {place}")
        if goal.talk and goal.agent and goal.agent.leg_id not in self.bridges.get(goal.talk, ()):
            found.append("the agent does not hear the caller")
        if goal.playback:
            where = self.playing.get(goal.playback.playback_id)
            if where != (goal.room or goal.caller):
                found.append(f"{goal.playback} plays at {where}")
        if goal.briefing and goal.agent:
            where = self.playing.get(goal.briefing.playback_id)
            if where != goal.agent.leg_id:
                found.append(f"{goal.briefing} plays at {where}")
        return found

    def leftovers(self, goals: list[Arrangement]) -> list[str]:
        """Return in words what exists and is wanted by no call."""
        legs = {leg.leg_id for goal in goals for leg in goal.agents}
        legs |= {goal.customer.leg_id for goal in goals if goal.customer}
        ringback = {goal.ringback for goal in goals}
        bridges = {goal.room for goal in goals} | {goal.talk for goal in goals}
        heard = [each for goal in goals for each in (goal.playback, goal.briefing) if each]
        playing = {each.playback_id for each in heard}
        return [
            *(f"leg {leg_id}" for leg_id in sorted(self.agents.keys() - legs)),
            *(f"ringing {leg_id}" for leg_id in sorted(self.hear_ringing - ringback)),
            *(f"bridge {name}" for name in sorted(self.bridges.keys() - bridges)),
            *(f"playback {name}" for name in sorted(self.playing.keys() - playing)),
            *(f"caller {leg}" for leg in sorted(self.callers - {goal.caller for goal in goals})),
        ]
