"""After-call work: what agents ask for, what is recorded of it, what calls are told."""

from dataclasses import dataclass

from callcenter.core.ids import AgentId, CallId, Ms


@dataclass(frozen=True, slots=True)
class WrapUpExtensionRequested:
    """An agent needs more time for the after-call work."""

    agent_id: AgentId
    call_id: CallId


@dataclass(frozen=True, slots=True)
class DispositionChosen:
    """An agent says how the call ended, before the work is filed: it may change the limit."""

    agent_id: AgentId
    call_id: CallId
    disposition: str


@dataclass(frozen=True, slots=True)
class WrapUpStarted:
    """The agent's after-call work began; it has a limit."""

    at: Ms
    agent_id: AgentId
    call_id: CallId
    until: Ms


@dataclass(frozen=True, slots=True)
class WrapUpEnded:
    """The agent's after-call work is over."""

    at: Ms
    agent_id: AgentId
    late: bool = False


@dataclass(frozen=True, slots=True)
class WrapUpExtended:
    """The agent asked for more time for the after-call work."""

    at: Ms
    agent_id: AgentId
    call_id: CallId
    until: Ms
    number: int
    """Counts the extensions of this after-call work from 1."""


@dataclass(frozen=True, slots=True)
class WrapUpLimited:
    """The outcome that the agent chose has a limit of its own."""

    at: Ms
    agent_id: AgentId
    call_id: CallId
    until: Ms
    disposition: str


@dataclass(frozen=True, slots=True)
class WrapUpRanOut:
    """The after-call work is over without the agent: late, or the queue has none."""

    call_id: CallId
    agent_id: AgentId
    late: bool
