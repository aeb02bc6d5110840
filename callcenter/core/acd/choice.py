"""What is recorded of the order in line, and of what an offer was chosen from."""

from dataclasses import dataclass
from enum import StrEnum

from callcenter.core.ids import AgentId, CallId, Ms, OfferId


class SkipReason(StrEnum):
    """Why agents did not get an offer; ``core.why.reasons`` has a sentence for each."""

    BUSY = "busy"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    NOT_CONNECTED = "not_connected"
    RESTING = "resting"
    LEAVING = "leaving"
    NOT_ANSWERING = "not_answering"
    LACKS_SKILL = "lacks_skill"
    HAS_FORBIDDEN_SKILL = "has_forbidden_skill"
    LEVEL_NOT_YET = "level_not_yet"
    HIGHER_LEVEL = "higher_level"
    """Free, and asked only when nobody of a lower level is."""
    OTHER_QUEUE = "other_queue"


class ChosenBy(StrEnum):
    """Why just this agent: the queue's strategy, by its name, or one of the last three."""

    LONGEST_IDLE = "longest_idle"
    ROUND_ROBIN = "round_robin"
    FEWEST_CALLS = "fewest_calls"
    LEAST_TALK = "least_talk"
    TOP_DOWN = "top_down"
    RING_ALL = "ring_all"
    RING_PROGRESSIVELY = "ring_progressively"
    RANDOM = "random"
    WEIGHTED_RANDOM = "weighted_random"
    BEST_SKILL = "best_skill"
    MANUAL = "manual"
    FIRST_IN_LINE = "first_in_line"
    """The agent became free, and this caller was the first in line whom they may take."""
    OWN_AGENT = "own_agent"
    PICKED = "picked"


@dataclass(frozen=True, slots=True)
class Skipped:
    """Agents who did not get an offer, for one reason."""

    reason: SkipReason
    count: int
    detail: str = ""
    """The skill and the level wanted, or the agents' level."""
    agent_ids: tuple[AgentId, ...] = ()
    """Some of them, three at most."""


@dataclass(frozen=True, slots=True)
class Considered:
    """What an offer was chosen from, just before it was made."""

    chosen_by: ChosenBy
    free: int
    """Agents, the chosen one included, who were free and might have taken the call."""
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class NobodyFree:
    """What a caller found who had to wait: nobody who might take the call was free."""

    waiting: int
    """Others in the queue at that time, those being offered included."""
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Wants:
    """What a queue asks of agents for a caller from now on."""

    requires: tuple[tuple[str, int], ...]
    most_level: int | None


@dataclass(frozen=True, slots=True)
class CallBumped:
    """A supervisor put a waiting caller to the head."""

    at: Ms
    call_id: CallId
    supervisor_id: AgentId


@dataclass(frozen=True, slots=True)
class NeedsEased:
    """The queue asks less of agents for a caller, or all agents instead of the caller's own."""

    at: Ms
    call_id: CallId
    step: int
    """How many of the queue's relaxations hold now."""
    waits_for: tuple[AgentId, ...] = ()
    """The caller's own agents, if the caller waits for one of them still."""
    wants: Wants | None = None
    found: NobodyFree | None = None
    """If all the same nobody was free."""


@dataclass(frozen=True, slots=True)
class RingWidened:
    """One phone more may ring for a caller."""

    at: Ms
    call_id: CallId


@dataclass(frozen=True, slots=True)
class AgentAnswered:
    """An agent has answered and hears whose call it is; nobody else is rung for the caller."""

    at: Ms
    call_id: CallId
    offer_id: OfferId
