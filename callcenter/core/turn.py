"""What goes into a turn of the centre, and what comes out of it."""

from dataclasses import dataclass, field

from callcenter.core.acd.facts import PoolFact
from callcenter.core.acd.messages import PoolInput
from callcenter.core.acd.model import PoolKept
from callcenter.core.call.callback_messages import CallbackRequested
from callcenter.core.call.effects import CallEffect, TelephonyEffect
from callcenter.core.call.facts import (
    CallClaimed,
    CallClosed,
    CallFact,
    ClaimFact,
    ClaimSettled,
)
from callcenter.core.call.messages import CallInput, ClaimInput
from callcenter.core.call.model import Call
from callcenter.core.ids import CallId, LegId, PoolId

Input = CallInput | ClaimInput | PoolInput | CallbackRequested
Fact = CallFact | ClaimFact | PoolFact | PoolKept


class NotOurs(Exception):
    """An input about something that this node does not have: late, or somebody else's."""


@dataclass(slots=True)
class Turn:
    """What follows from one input."""

    facts: list[tuple[str, Fact]] = field(default_factory=list)
    """Streams and facts, in order; already applied."""
    telephony: list[TelephonyEffect] = field(default_factory=list)
    """From the picture before to the one after; in order for each call."""
    effects: list[CallEffect] = field(default_factory=list)
    """What else is to be done. All effects wait until the facts are durable."""
    calls: dict[CallId, Call | None] = field(default_factory=dict)
    """The calls that were touched, as they were before."""
    claims: dict[LegId, CallClaimed | None] = field(default_factory=dict)
    """The claims that were touched, as they were before."""
    left: set[CallId] = field(default_factory=set)
    """Calls whose caller has left us: there is nobody to hang up."""
    pools: set[PoolId] = field(default_factory=set)
    """The pools that were touched."""
    refusal: str | None = None
    acting: CallId | None = None
    """The call that decides, or has decided last: if the turn raises, it is the one to blame."""


def closes(fact: Fact) -> bool:
    """Say whether a fact is the last of its stream."""
    return isinstance(fact, CallClosed | ClaimSettled)
