"""What people ask of the line of those who wait."""

from dataclasses import dataclass

from callcenter.core.ids import AgentId, CallId


@dataclass(frozen=True, slots=True)
class PickRequested:
    """An agent takes a caller from the list of a queue whose callers are picked by hand."""

    agent_id: AgentId
    call_id: CallId


@dataclass(frozen=True, slots=True)
class BumpRequested:
    """A supervisor puts a waiting caller before all others of the pool."""

    call_id: CallId
    supervisor_id: AgentId
