"""Who agents are, what they choose, and what is happening with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from callcenter.core.ids import AgentId, QueueId


@dataclass(frozen=True, slots=True)
class AgentProfile:
    """Who an agent is and what they may take, as of their log-in."""

    agent_id: AgentId
    name: str
    station: str
    """The phone, as the PBX names it: "PJSIP/1001"."""
    queues: tuple[QueueId, ...]
    skills: Mapping[str, int] = field(default_factory=dict)
    """Skill name to level, 1 to 10."""
    answers_by_click: bool = False
    """The station can be picked up from the page."""
    levels: Mapping[QueueId, int] = field(default_factory=dict)
    """Level in a queue, 1 to 10, 1 if not given: free agents of lower levels come first."""
    priorities: Mapping[QueueId, int] = field(default_factory=dict)
    """Points of priority that callers of a queue have for this agent, beside their own."""


class AgentStatus(StrEnum):
    """What the agent chose."""

    READY = "ready"
    PAUSED = "paused"


class Activity(StrEnum):
    r"""What is happening with the agent.

    ::

        IDLE --offer--> RINGING --answered--> TALKING --ended--> WRAP_UP --done--> IDLE
          ^                |                      |
          +--- not taken --+                      +--- no wrap-up --> IDLE
    """

    IDLE = "idle"
    RINGING = "ringing"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
