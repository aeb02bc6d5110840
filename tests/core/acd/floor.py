"""A pool with agents and callers, for the tests of waits."""

from callcenter.core.acd.comfort_messages import PositionDue
from callcenter.core.acd.decide import decide, wake
from callcenter.core.acd.decision import Decision
from callcenter.core.acd.messages import (
    AgentHungUp,
    CallEntered,
    CallOfferedToAgent,
    CallWithdrawn,
    DeskFound,
    LogInRequested,
    OfferTaken,
    PoolInput,
    ReadyRequested,
    WrapUpDone,
)
from callcenter.core.acd.model import Requirements, WaitingCall
from callcenter.core.acd.people import AgentProfile
from callcenter.core.acd.pool import Pool
from callcenter.core.ids import AgentId, CallId, Ms, OfferId, QueueId
from callcenter.core.plan import PoolRules, QueueRules

SALES, SUPPORT = QueueId("sales"), QueueId("support")
START: Ms = 1_000_000


class WaitFloor:
    """Time goes on only where a test says so; offers are taken at once."""

    def __init__(self, *, speaks: bool = False) -> None:
        rules = {
            queue_id: QueueRules(
                queue_id, queue_id, max_wait_ms=10**9, wrap_up_ms=0, announce_estimate=speaks
            )
            for queue_id in (SALES, SUPPORT)
        }
        self.pool = Pool("5ca1ab1e", PoolRules(), rules)
        self.now = START
        self.tells: list[PositionDue] = []
        self._calls = 0

    def turn(self, event: PoolInput) -> Decision:
        return self._take(decide(self.pool, event, self.now))

    def wake(self, at: Ms) -> Decision:
        self.now = at
        return self._take(wake(self.pool, at))

    def _take(self, decision: Decision) -> Decision:
        self.tells = [each for each in decision.tells if isinstance(each, PositionDue)]
        for each in decision.tells:
            if isinstance(each, CallOfferedToAgent):
                decide(self.pool, OfferTaken(OfferId(each.offer_id)), self.now)
        return decision

    def hire(self, name: str, *queues: QueueId, skills: Requirements = ()) -> AgentId:
        agent_id = AgentId(name)
        profile = AgentProfile(agent_id, name, f"PJSIP/{name}", queues or (SALES,), dict(skills))
        for event in (LogInRequested(profile), DeskFound(agent_id), ReadyRequested(agent_id)):
            self.turn(event)
        return agent_id

    def call(
        self,
        queue: QueueId = SALES,
        *,
        priority: int = 0,
        requires: Requirements = (),
        entered_at: Ms | None = None,
    ) -> CallId:
        self._calls += 1
        call_id = CallId(f"call-{self._calls:04}")
        self.turn(
            CallEntered(call_id, self._calls, queue, priority, requires, entered_at=entered_at)
        )
        return call_id

    def waiting(self, call_id: CallId) -> WaitingCall:
        return self.pool.waiting[call_id]

    def talks(self, agent_id: AgentId, talk_ms: Ms) -> None:
        """Let the agent's talk end after so long, and the next one begin if someone waits."""
        agent = self.pool.agents[agent_id]
        assert agent.call_id is not None
        self.now = agent.since_at + talk_ms
        self.turn(AgentHungUp(agent_id, agent.call_id))

    def gives_up(self, call_id: CallId) -> None:
        self.turn(CallWithdrawn(call_id))

    def files(self, agent_id: AgentId, call_id: CallId) -> None:
        self.turn(WrapUpDone(agent_id, call_id))
