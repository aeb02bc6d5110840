"""Who calls: the CRM store as the pop needs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from callcenter.core.call.messages import (
    NO_TRAITS,
    MatchStatus,
    Presentation,
    Traits,
)
from callcenter.core.ids import Ms, PartyId


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person whom the number may belong to, best first."""

    party_id: PartyId
    name: str
    tier: str
    """"gold", "potential_gold", "ordinary" or the operator's own."""
    reason: str
    """Why it is a candidate, for people: "confirmed", "imported"."""


@dataclass(frozen=True, slots=True)
class CallerMatch:
    """The answer to "who calls?"."""

    status: MatchStatus
    candidates: Sequence[Candidate]
    """One for SINGLE, several for MULTIPLE and SHARED."""
    traits: Traits = NO_TRAITS
    """Of the one person whom the number belongs to; nothing where that is not known."""


@dataclass(frozen=True, slots=True)
class PastActivity:
    """A line of the customer's history."""

    activity_id: str
    at: Ms
    kind: str
    subject: str
    outcome: str
    disposition: str
    agent_name: str
    note: str


@dataclass(frozen=True, slots=True)
class OpenServiceRequest:
    """A service request that is not closed."""

    number: str
    subject: str
    kind: str
    status: str
    opened_at: Ms


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """What an agent wants to see of a customer at once."""

    party_id: PartyId
    name: str
    tier: str
    company: str
    language: str
    numbers: Sequence[str]
    do_not_call: bool
    activities: Sequence[PastActivity]
    """The latest five, newest first."""
    requests: Sequence[OpenServiceRequest]


class Directory(Protocol):
    """Looks people up; each answer to the first two within 50 ms, or TimeoutError."""

    async def match(self, ani: str | None, presentation: Presentation, dnis: str) -> CallerMatch:
        """Return who may be calling from a number as the trunk delivered it."""
        ...

    async def wants_no_calls(self, number: str) -> bool:
        """Say whether one of the people with a number wants no calls; within 1 s, or TimeoutError.

        Args:
            number: In international form.
        """
        ...

    async def card(self, party_id: PartyId) -> CustomerCard | None:
        """Return what is known of one person, or None if there is no such person."""
        ...
