"""The PBX, in our words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from callcenter.core.call.effects import (
    TelephonyEffect,
)
from callcenter.core.call.messages import (
    CallerArrived,
    CallInput,
    CallOffered,
    ClaimRefused,
)
from callcenter.core.ids import BridgeId, CallId, LegId, Ms, PlaybackId

TelephonyInput = CallOffered | ClaimRefused | CallInput


@dataclass(frozen=True, slots=True)
class SeenLeg:
    """A leg that the PBX has, in our hands."""

    leg_id: LegId
    is_caller: bool
    """It came to us from outside; else we made it."""
    answered: bool
    call_id: CallId | None
    """The call it is marked with; None if nobody marked it yet."""
    arrival: CallerArrived | None = None
    """For a caller's leg: how it would be announced now."""


@dataclass(frozen=True, slots=True)
class SeenBridge:
    """A bridge or waiting room of ours that the PBX has."""

    bridge_id: BridgeId
    leg_ids: frozenset[LegId]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that the PBX has of ours at one instant."""

    legs: Sequence[SeenLeg]
    bridges: Sequence[SeenBridge]
    pbx_started_at: str
    """Changes when the PBX was restarted; an instant in ISO 8601, "" if unknown."""


class TelephonyUnavailable(Exception):
    """The PBX does not answer; the message says what was tried and what to check."""


class Telephony(Protocol):
    """Carries out effects and reports what happens.

    The results of effects come back as inputs: a phone that cannot be rung is ``LegEnded``, a
    caller who is not there any more ``CallerGone``. Nothing is raised for them.
    """

    async def perform(self, effect: TelephonyEffect) -> bool:
        """Carry out one effect and return when the PBX has answered.

        That takes 3 s at most, after up to 2 s for its turn among the commands. The caller of this
        method keeps the effects of one call in order.

        Returns whether the PBX has done it, or said why it cannot. False: it did not answer, or
        failed; whether it was done, or is done yet, is unknown.
        """
        ...

    async def renew_lease(self, leg_id: LegId, lease_ms: Ms) -> bool:
        """Tell the PBX that this leg is still looked after, for so long.

        Returns whether the PBX has confirmed it; if not it may have been done all the same.
        """
        ...

    async def snapshot(self) -> Snapshot:
        """Return what the PBX has of ours; raises TelephonyUnavailable."""
        ...

    async def plays(self, playback_id: PlaybackId) -> bool:
        """Say whether these prompts are being heard now; raises TelephonyUnavailable."""
        ...

    async def has(self, leg_id: LegId) -> bool:
        """Say whether the PBX has this leg, in our hands or not; raises TelephonyUnavailable."""
        ...

    async def run(
        self,
        on_input: Callable[[TelephonyInput], None],
        on_connected: Callable[[], None],
        on_lost: Callable[[], None],
    ) -> None:
        """Keep the event socket open for ever, with jittered reconnects.

        ``on_connected`` is called after each (re)connect and before the first input of that
        connection: whoever listens buffers inputs until it has taken a snapshot.
        """
        ...
