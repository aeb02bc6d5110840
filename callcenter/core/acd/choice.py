"""What is recorded of the order in line, and of what an offer was chosen from."""

from dataclasses import dataclass

from callcenter.core.ids import AgentId, CallId, Ms, OfferId


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


@dataclass(frozen=True, slots=True)
class Skipped:
    """Agents who did not get an offer, for one reason."""

    reason: str
    """"busy", "wrap_up", "paused", "not_connected", "resting", "leaving", "not_answering";
    "lacks_skill", "has_forbidden_skill", "level_not_yet"; "other_queue"; and "higher_level":
    free, and asked only when nobody of a lower level is."""
    count: int
    detail: str = ""
    """The skill and the level wanted, or the agents' level."""
    agent_ids: tuple[AgentId, ...] = ()
    """Some of them, three at most."""


@dataclass(frozen=True, slots=True)
class Considered:
    """What an offer was chosen from, just before it was made."""

    chosen_by: str
    """The queue's strategy; "first_in_line" for an agent who became free; "own_agent", "picked"."""
    free: int
    """Agents, the chosen one included, who were free and might have taken the call."""
    skipped: tuple[Skipped, ...] = ()
