"""How offers come to nothing, and what that means for the agent."""

from dataclasses import dataclass
from enum import StrEnum

from callcenter.core.ids import AgentId, CallId, Ms, OfferId


class OfferEnd(StrEnum):
    """Why an offer did not become a talk."""

    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    LOST = "lost"
    """The ringing leg vanished, at a restart for example; nobody's fault."""
    ABANDONED = "abandoned"
    """The caller hung up while the phone rang."""
    NOT_SHOWN = "not_shown"
    """The phone rang, but the agent's page never said that it showed the call: a fault."""
    NOT_RUNG = "not_rung"
    """The phone gave no sign of ringing: a fault."""
    PAGE_LOST = "page_lost"
    """The agent's page vanished while the phone rang: a fault."""
    ELSEWHERE = "elsewhere"
    """Another of the phones that rang has answered; nobody's fault."""
    WITHDRAWN = "withdrawn"
    """The call went another way, or could not go on; nobody's fault."""


@dataclass(frozen=True, slots=True)
class OfferRecalled:
    """The agent's page is gone: the offer must not ring on, unless it was answered already."""

    call_id: CallId
    offer_id: OfferId


@dataclass(frozen=True, slots=True)
class OfferClosed:
    """The offer came to nothing; the agent rests until the instant given."""

    at: Ms
    offer_id: OfferId
    call_id: CallId
    agent_id: AgentId
    reason: OfferEnd
    rest_until: Ms


@dataclass(frozen=True, slots=True)
class AgentNotAnswering:
    """Paused by the pool: so many calls in a row were shown, rang, and were not answered."""

    at: Ms
    agent_id: AgentId
    misses: int
