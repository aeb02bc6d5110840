"""Faults planted in who is offered whom; see ``scripts.mutants``."""

from scripts.planted_faults import (
    AGENT,
    CALLERS,
    CONSIDERED,
    DECIDE,
    MATCHER,
    NEEDS,
    OFFER_ENDS,
    POOL,
    STRATEGIES,
    Fault,
)

ROUTING_FAULTS = (
    Fault(
        "strategy_ignored",
        "Fewest calls is the longest idle in truth.",
        STRATEGIES,
        "    Strategy.FEWEST_CALLS: Order.CALLS,\n",
        "",
    ),
    Fault(
        "level_ignored",
        "Agents who only help out are asked like those whose work it is.",
        NEEDS,
        "return (0 if strategy is Strategy.WEIGHTED_RANDOM else level, -score)",
        "return (0, -score)",
    ),
    Fault(
        "worst_skill_first",
        "Who has least of a preferred skill is asked first.",
        NEEDS,
        "return (0 if strategy is Strategy.WEIGHTED_RANDOM else level, -score)",
        "return (0 if strategy is Strategy.WEIGHTED_RANDOM else level, score)",
    ),
    Fault(
        "forbidden_allowed",
        "A forbidden skill does not shut anybody out.",
        NEEDS,
        """        if skills.get(skill, 0):
            return SkipReason.HAS_FORBIDDEN_SKILL, skill""",
        """        if skills.get(skill, 0) > 10:
            return SkipReason.HAS_FORBIDDEN_SKILL, skill""",
    ),
    Fault(
        "relaxation_tightens",
        "A step sets a level even where the caller asked for less.",
        NEEDS,
        "min(least, caps.get(skill, least), least if step.most is None else step.most)",
        "caps.get(skill, least if step.most is None else step.most)",
    ),
    Fault(
        "eased_and_not_routed",
        "Nobody looks for an agent when a caller's needs are eased.",
        DECIDE,
        """        ease(todo, call)
        route_again(todo, call.call_id)""",
        """        ease(todo, call)""",
    ),
    Fault(
        "place_lost_when_eased",
        "A caller whose needs are eased goes to the end of the line.",
        CALLERS,
        "return replace(call, step=fact.step, waits_for=fact.waits_for)",
        "return replace(call, step=fact.step, waits_for=fact.waits_for, entered_at=fact.at)",
    ),
    Fault(
        "held_for_ever",
        "A caller waits on for their own agent, who has paused.",
        DECIDE,
        """    route_agent(todo, agent.profile.agent_id)
    release_callers_of(todo, agent.profile.agent_id)""",
        """    route_agent(todo, agent.profile.agent_id)""",
    ),
    Fault(
        "bump_forgotten",
        "A bump is recorded and moves nobody.",
        CALLERS,
        "return replace(call, bumped_at=fact.at)",
        "return call",
    ),
    Fault(
        "losers_ring_on",
        "The phones that were not answered ring on.",
        AGENT,
        """            todo.record(RingEnded(todo.now, other.offer.leg_id, LegEnd.ELSEWHERE))
""",
        """            pass
""",
    ),
    Fault(
        "losers_not_freed",
        "The agents of the phones that were not answered are not free again.",
        DECIDE,
        """    others = _close_offers(todo, call, OfferEnd.ELSEWHERE, but=offer_id)
""",
        """    others: list[AgentId] = []
""",
    ),
    Fault(
        "losers_blamed",
        "Who was not quick enough loses the turn.",
        OFFER_ENDS,
        "{OfferEnd.ABANDONED, OfferEnd.LOST, OfferEnd.ELSEWHERE, OfferEnd.WITHDRAWN}",
        "{OfferEnd.ABANDONED, OfferEnd.LOST, OfferEnd.WITHDRAWN}",
    ),
    Fault(
        "one_phone_too_many",
        "More phones ring than the queue allows.",
        POOL,
        "return 0 < rings < queue.most_phones",
        "return 0 < rings <= queue.most_phones",
    ),
    Fault(
        "given_out_by_hand",
        "Callers who are to be picked are given out.",
        MATCHER,
        "return call_class.strategy is not Strategy.MANUAL",
        "return True",
    ),
    Fault(
        "counted_twice",
        "Agents who come keep being counted as free when they are busy.",
        MATCHER,
        "                counts[before] -= 1\n",
        "",
    ),
    Fault(
        "forgotten_reason",
        "An offer does not say who works other queues.",
        CONSIDERED,
        "    return [Skipped(SkipReason.OTHER_QUEUE, count)] if count else []\n",
        "    return []\n",
    ),
)
