"""Another declaration while calls are at hand: what stands against it, and how it takes effect.

Each pool is folded anew, under its new rules, from what it has. Calls go on in the version of the
flow that they began in; who calls from now on has the new one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from callcenter.core.acd.evolving import evolve
from callcenter.core.acd.pool import Pool, keep
from callcenter.core.centre import Centre
from callcenter.core.ids import Ms, PoolId
from callcenter.core.plan import Plan
from ivr_flows.model import Flow


def objections(centre: Centre, plan: Plan) -> Iterator[str]:
    """Yield why a declaration cannot hold yet, in words for people: somebody is where it is not."""
    for pool_id, pool in centre.pools.items():
        if pool_id not in plan.pools and pool.agents:
            yield f"{len(pool.agents)} agents are logged in to the pool {pool_id}, which is gone"
        for queue_id in pool.queues:
            after = plan.queues.get(queue_id)
            count = _people(pool, queue_id)
            if count and (after is None or after.pool_id != pool_id):
                became = "gone" if after is None else f"in the pool {after.pool_id}"
                yield f"{count} callers are in the queue {queue_id}, which is {became}"


def _people(pool: Pool, queue_id: str) -> int:
    served = sum(agent.queue_id == queue_id for agent in pool.agents.values())
    waiting = sum(call.queue_id == queue_id for call in pool.waiting.values())
    offered = sum(
        pool.waiting[offer.call_id].queue_id == queue_id for offer in pool.offers.values()
    )
    return served + waiting - offered  # who rings at an agent's phone would count twice


def replan(centre: Centre, plan: Plan, now: Ms) -> None:
    """Let a declaration hold from now on; ``RulesReplaced`` then tells each pool.

    Args:
        centre: The state; its pools are replaced.
        plan: A declaration without ``objections``.
        now: The instant.
    """
    pools: dict[PoolId, Pool] = {}
    older = _flows_at_hand(centre, plan)
    only_flow = centre.setting.only_flow if centre.setting.only_flow in plan.flows else ""
    centre.setting = replace(centre.setting, plan=plan, older_flows=older, only_flow=only_flow)
    for rules in plan.pools.values():
        pool = centre.new_pool(rules)
        known = centre.pools.get(rules.pool_id)
        pools[rules.pool_id] = evolve(pool, keep(known, now)) if known else pool
    centre.pools = pools
    for call_id, call in list(centre.calls.items()):
        centre.put_call(call_id, call)  # its deadlines follow from the plan


def _flows_at_hand(centre: Centre, plan: Plan) -> Mapping[tuple[str, str], Flow]:
    """Return the flows of open calls that the plan has no more, or has changed."""
    setting = centre.setting
    known = dict(setting.older_flows)
    known.update({(flow.flow_id, flow.version): flow for flow in setting.plan.flows.values()})
    current = {(flow.flow_id, flow.version) for flow in plan.flows.values()}
    sessions = (call.session for call in centre.calls.values() if call.session)
    used = {(session.flow_id, session.version) for session in sessions}
    return {key: known[key] for key in used - current if key in known}
