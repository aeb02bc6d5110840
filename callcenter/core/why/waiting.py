"""Why is this caller still waiting? Told from the pool as it is."""

from collections.abc import Iterator

from callcenter.core.acd.availability import AVAILABILITIES, Availability
from callcenter.core.acd.choice import Skipped
from callcenter.core.acd.classes import CallClass
from callcenter.core.acd.considered import skip_reason
from callcenter.core.acd.model import WaitingCall
from callcenter.core.acd.pool import Pool
from callcenter.core.ids import AgentId, Ms
from callcenter.core.plan import Strategy
from callcenter.core.why import reasons
from callcenter.core.why.doing import doing
from callcenter.core.why.explanation import Sentence
from callcenter.core.why.words import MOST_NAMES, Names, capital, count, duration, wanted

_FAULT = "Please report this: it should not be so for longer than a moment."


def where(pool: Pool, call: WaitingCall, now: Ms, names: Names) -> str:
    """Return where a caller stands, as a headline."""
    place, length = pool.position(call), pool.length(call.queue_id)
    waited = duration(now - call.entered_at)
    rings = " and is being offered" if call.offer_id is not None else ""
    queue = names.queue(call.queue_id)
    return f"The caller waits in {queue}, at place {place} of {length}, for {waited}{rings}."


def why_waiting(pool: Pool, call: WaitingCall, now: Ms, names: Names) -> list[Sentence]:
    """Return why a caller does not talk with an agent yet.

    Args:
        pool: The state; it is not changed.
        call: Who waits in it.
        now: The instant.
        names: What agents and queues are called.
    """
    of = pool.matcher.class_of(pool.demand(call))
    lines = [Sentence(text) for text in _needs(of)]
    if call.offer_id is not None:
        return [*lines, *_rings(pool, call, now, names)]
    return [*lines, Sentence(_cause(pool, call, of, now, names)), *_before(pool, call, of, names)]


def who_could(pool: Pool, call: WaitingCall, now: Ms, names: Names) -> list[Sentence]:
    """Return the agents who may take a caller, why each does not, and why the others may not."""
    of = pool.matcher.class_of(pool.demand(call))
    lines = (
        [Sentence(text) for text in _each(pool, of, now, names)] if not names.hides_agents else []
    )
    if names.hides_agents or of.staff > MOST_NAMES:
        lines = [Sentence(text) for text in _by_state(of, names)] + lines
    obstacles = sorted(of.obstacles.items())
    skipped = [Skipped(why, number, detail) for (why, detail), (number,) in obstacles if number]
    return lines + [Sentence(reasons.skipped(each, names, is_now=True)) for each in skipped]


def _needs(of: CallClass) -> Iterator[str]:
    demand = of.demand
    wants = wanted(demand.requires, demand.prefers, demand.forbids)
    if wants:
        yield capital(f"the caller {wants}.")
    if demand.most_level is not None:
        yield f"Only agents up to level {demand.most_level} in the queue are asked at present."


def _rings(pool: Pool, call: WaitingCall, now: Ms, names: Names) -> Iterator[Sentence]:
    for offer_id in call.offer_ids:
        offer = pool.offers[offer_id]
        agent = names.agent(offer.agent_id)
        since = duration(now - offer.made_at)
        has_answered = call.answered == offer_id
        text = f"{agent} has answered and hears whose call it is."
        rings = f"The phone of {agent} rings, for {since}."
        yield Sentence(capital(text) if has_answered else rings)


def _cause(pool: Pool, call: WaitingCall, of: CallClass, now: Ms, names: Names) -> str:
    if pool.holds_offers:
        return "The telephone system is not heard: no phone is rung until it is back."
    if pool.queues[call.queue_id].strategy is Strategy.MANUAL:
        return "Callers of this queue are not given out: agents pick them from the list."
    if call.waits_for:
        who = names.agents(call.waits_for) or "an agent of their own"
        left = "" if call.waits_until is None else f", for {duration(call.waits_until - now)} more"
        return f"The caller waits for {who} only{left}."
    free = of.counts[Availability.FREE]
    if free:
        return f"{capital(count(free, 'agent'))} may take the call and is free. {_FAULT}"
    if not of.staff:
        return "Nobody who is logged in may take the call as things are."
    if of.staff == 1:
        return "The one agent who may take the call is not free."
    return f"None of the {of.staff} agents who may take the call is free."


def _before(pool: Pool, call: WaitingCall, of: CallClass, names: Names) -> Iterator[Sentence]:
    """Say how many go first at the same agents."""
    queue_ids = {queue_id for profile in of.rank_of for queue_id, _, _ in profile.able.queues}
    ahead = [
        f"{pool.ahead(queue_id, call)} in {names.queue(queue_id)}"
        for queue_id in sorted(queue_ids & pool.queues.keys())
        if pool.ahead(queue_id, call)
    ]
    if ahead:
        yield Sentence(f"Callers who go first and wait for the same agents: {', '.join(ahead)}.")
    if call.bumped_at is not None:
        yield Sentence("A supervisor has put this caller to the head of the line.")


# ---------------------------------------------------------------- agents


def _each(pool: Pool, of: CallClass, now: Ms, names: Names) -> Iterator[str]:
    found = list(_staff(of))
    for agent_id in found[:MOST_NAMES]:
        yield capital(f"{names.agent(agent_id)} {doing(pool.agents[agent_id], now)}.")
    if len(found) > MOST_NAMES:
        yield f"And {count(len(found) - MOST_NAMES, 'agent')} more."


def _staff(of: CallClass) -> Iterator[AgentId]:
    """Yield who may take such a caller, those first who are nearest to being free."""
    for which in AVAILABILITIES:
        for profile in of.rank_of:
            yield from profile.members[which]


def _by_state(of: CallClass, names: Names) -> Iterator[str]:
    free = of.counts[Availability.FREE]
    if free:
        yield capital(f"{count(free, 'agent')} {'is' if free == 1 else 'are'} free.")
    for which in AVAILABILITIES:
        reason = skip_reason(which)
        if reason is not None and of.counts[which]:
            yield reasons.skipped(Skipped(reason, of.counts[which]), names, is_now=True)
