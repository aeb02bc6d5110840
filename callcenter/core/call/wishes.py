"""Whom a caller should talk with: what the flow asks for, and what the CRM store knows of them.

The flow's node says what the matter needs. The customer's tier adds points of priority and skills,
their language a skill, each as the settings want it. Where both name a skill the higher level
counts; where one forbids a skill it is forbidden.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from callcenter.core.call.messages import Traits
from callcenter.core.ids import AgentId
from callcenter.core.plan import Plan, QueueRules, TierRules
from ivr_flows.messages import EnterQueue

_NO_TIER = TierRules()
_SPOKEN = 1
"""The level of a language that is enough, and how much it weighs where it is preferred."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """Priority and skills of one visit to a queue; pairs are sorted by skill."""

    priority: int
    requires: tuple[tuple[str, int], ...]
    prefers: tuple[tuple[str, int], ...]
    forbids: tuple[str, ...]


def needs_of(action: EnterQueue, traits: Traits, plan: Plan, queue: QueueRules) -> Wishes:
    """Return what a caller needs who is put into a queue."""
    tier = plan.tiers.get(traits.tier, _NO_TIER)
    spoken = {f"lang_{traits.language}": _SPOKEN} if traits.language else {}
    required = spoken if queue.language == "require" else {}
    preferred = spoken if queue.language == "prefer" else {}
    return Wishes(
        action.priority + tier.priority,
        _highest(action.requires, dict(tier.requires), required),
        _highest(action.prefers, dict(tier.prefers), preferred),
        tuple(sorted(set(action.forbids))),
    )


def own_agents(traits: Traits, queue: QueueRules) -> tuple[AgentId, ...]:
    """Return the caller's own agents whom the queue waits for, the first the most wanted."""
    known = {"owner": traits.owner_id, "last": traits.last_agent_id}
    found = [known.get(kind) for kind in queue.own_agents] if queue.agent_wait_ms else []
    return tuple(dict.fromkeys(agent_id for agent_id in found if agent_id is not None))


def _highest(*sources: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    levels: dict[str, int] = {}
    for source in sources:
        for skill, level in source.items():
            levels[skill] = max(level, levels.get(skill, 0))
    return tuple(sorted(levels.items()))
