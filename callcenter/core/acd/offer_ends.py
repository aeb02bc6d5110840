"""What the end of an offer means for its agent: a miss, a fault, or nothing.

An offer counts against an agent only when the agent could have taken it: the page said that it
showed the call, and the phone rang. Several such in a row without a talk are a desk at which nobody
sits, and the agent is paused visibly. Anything else that goes wrong with an agent's page or phone
is a fault: the agent is left out for a time that doubles with each fault in a row, so that a dead
phone costs a few callers two seconds and not every caller, and is never paused for it.
"""

from typing import Final

from callcenter.core.acd.model import Agent
from callcenter.core.acd.offer_end_messages import OfferClosed, OfferEnd
from callcenter.core.acd.people import AgentStatus
from callcenter.core.ids import Ms
from callcenter.core.plan import PoolRules
from callcenter.core.records import replace

NOT_ANSWERING: Final = "not answering"
"""The reason of the pause that follows too many misses."""

FAULTS: Final = frozenset(
    {OfferEnd.UNREACHABLE, OfferEnd.NOT_RUNG, OfferEnd.NOT_SHOWN, OfferEnd.PAGE_LOST}
)
"""The agent's phone or page did not work."""
NOBODYS_DOING: Final = frozenset(
    {OfferEnd.ABANDONED, OfferEnd.LOST, OfferEnd.ELSEWHERE, OfferEnd.WITHDRAWN}
)
"""The agent has not to do with it, and keeps the turn."""


def found_end(agent: Agent, reason: OfferEnd) -> OfferEnd:
    """Return why an offer really ended: without a page nobody could see the call."""
    is_miss = reason is OfferEnd.NO_ANSWER
    return OfferEnd.PAGE_LOST if is_miss and not agent.page_connected else reason


def rest_ms(rules: PoolRules, agent: Agent, reason: OfferEnd) -> Ms:
    """Return how long an agent is left out after an offer that came to nothing.

    Args:
        rules: The pool's.
        agent: As before the end of the offer.
        reason: Why the offer ended.
    """
    match reason:
        case OfferEnd.NO_ANSWER:
            return rules.no_answer_rest_ms
        case OfferEnd.REFUSED:
            return rules.refused_rest_ms
        case OfferEnd.UNREACHABLE | OfferEnd.NOT_RUNG | OfferEnd.NOT_SHOWN:
            doubled = rules.unreachable_rest_ms << min(agent.faults, 20)
            return min(doubled, max(rules.longest_fault_rest_ms, rules.unreachable_rest_ms))
        case OfferEnd.PAGE_LOST:
            return 0  # without a page there are no offers anyway
        case OfferEnd.LOST | OfferEnd.ABANDONED | OfferEnd.ELSEWHERE | OfferEnd.WITHDRAWN:
            return 0  # not the agent's doing


def counted(agent: Agent, fact: OfferClosed) -> Agent:
    """Return the agent with the end of an offer counted."""
    if fact.reason is OfferEnd.NO_ANSWER:
        return replace(agent, misses=agent.misses + 1, faults=0)
    if fact.reason in FAULTS:
        return replace(agent, faults=agent.faults + 1)
    return replace(agent, faults=0) if fact.reason is OfferEnd.REFUSED else agent


def is_not_answering(rules: PoolRules, agent: Agent) -> bool:
    """Say whether an agent who wants calls has missed too many in a row."""
    is_wanting = agent.status is AgentStatus.READY and not agent.logs_out_after
    return is_wanting and 0 < rules.misses_before_pause <= agent.misses
