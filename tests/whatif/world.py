"""A small scenario for tests: one queue, agents who are all alike, callers as the test says."""

from collections.abc import Sequence
from dataclasses import dataclass

from callcenter.core.acd.people import AgentProfile
from callcenter.core.ids import AgentId, Ms, PoolId, QueueId
from callcenter.core.plan import PoolRules, QueueRules
from callcenter.whatif.scenario import DAY_MS, Caller, Kind, Scenario, Shift

SALES, SUPPORT = QueueId("sales"), QueueId("support")
ORDERS = Kind("orders", SALES)
FAULTS = Kind("faults", SUPPORT)
S = 1_000


@dataclass(frozen=True)
class Given:
    """Implements ``scenario.Crowd``: these callers, each day."""

    people: Sequence[Caller]

    def callers(self, seed: str) -> Sequence[Caller]:
        del seed
        return self.people


def rules(queue_id: QueueId = SALES, wrap_up_ms: Ms = 0, max_wait_ms: Ms = 600 * S) -> QueueRules:
    return QueueRules(queue_id, str(queue_id), wrap_up_ms=wrap_up_ms, max_wait_ms=max_wait_ms)


def agent(name: str, *queues: QueueId, skills: dict[str, int] | None = None) -> AgentProfile:
    return AgentProfile(AgentId(name), name, f"PJSIP/{name}", queues or (SALES,), skills or {})


def shift(name: str, begins_at: Ms = 0, ends_at: Ms = DAY_MS) -> Shift:
    return Shift(agent(name), begins_at, ends_at)


def scenario(
    people: Sequence[Caller], shifts: Sequence[Shift], *queues: QueueRules, midnight_at: Ms = 0
) -> Scenario:
    given = queues or (rules(),)
    return Scenario(
        "test",
        {queue.queue_id: queue for queue in given},
        {PoolId("main"): PoolRules()},
        Given(people),
        shifts,
        midnight_at=midnight_at,
    )
