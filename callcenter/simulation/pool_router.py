"""The real routing pool as the floor's router: every offer is taken at once, no wrap-up."""

from collections.abc import Iterable

from callcenter.core.acd.decide import decide
from callcenter.core.acd.messages import (
    AgentHungUp,
    CallEntered,
    CallOfferedToAgent,
    CallWithdrawn,
    DeskFound,
    FromPool,
    LogInRequested,
    OfferTaken,
    PoolInput,
    ReadyRequested,
)
from callcenter.core.acd.people import AgentProfile
from callcenter.core.acd.pool import Pool
from callcenter.core.ids import AgentId, CallId, QueueId
from callcenter.core.plan import PoolRules, QueueRules
from callcenter.simulation.floor import Match

QUEUE = QueueId("floor")
ENDLESS_MS = 10**12


class PoolRouter:
    """Implements ``floor.Router`` with ``callcenter.core.acd``; one queue, all agents alike."""

    def __init__(self) -> None:
        rules = QueueRules(
            QUEUE, "Floor", wrap_up_ms=0, max_wait_ms=ENDLESS_MS, announce_every_ms=0
        )
        self._pool = Pool("simulated", PoolRules(), {QUEUE: rules})
        self._talking: dict[int, CallId] = {}
        """The call that each agent talked in last."""

    def ready(self, agent: int, now_ms: int) -> list[Match]:
        """Log the agent in, or end the talk at hand."""
        agent_id = AgentId(str(agent))
        if agent in self._talking:
            return self._turn([AgentHungUp(agent_id, self._talking.pop(agent))], now_ms)
        profile = AgentProfile(agent_id, f"Agent {agent}", f"PJSIP/{agent}", (QUEUE,))
        arrival: list[PoolInput] = [
            LogInRequested(profile),
            DeskFound(agent_id),
            ReadyRequested(agent_id),
        ]
        return self._turn(arrival, now_ms)

    def arrive(self, call: int, now_ms: int) -> list[Match]:
        """Put the caller into the queue."""
        return self._turn([CallEntered(CallId(str(call)), call + 1, QUEUE, 0, ())], now_ms)

    def abandon(self, call: int, now_ms: int) -> list[Match]:
        """Take the caller out of the queue."""
        return self._turn([CallWithdrawn(CallId(str(call)))], now_ms)

    def _turn(self, inputs: Iterable[PoolInput], now_ms: int) -> list[Match]:
        matches = []
        for each in inputs:
            for told in decide(self._pool, each, now_ms).tells:
                matches += self._take(told, now_ms)
        return matches

    def _take(self, told: FromPool, now_ms: int) -> list[Match]:
        """Answer an offer."""
        if not isinstance(told, CallOfferedToAgent):
            return []
        agent = int(told.agent_id)
        self._talking[agent] = told.call_id
        further = self._turn([OfferTaken(told.offer_id)], now_ms)
        return [Match(int(told.call_id), agent), *further]
