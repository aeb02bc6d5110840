"""Random pools for Hypothesis: settings, people and what happens to them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from hypothesis import strategies as st

from callcenter.core.acd.asked import BumpRequested, PickRequested
from callcenter.core.acd.decide import decide, wake
from callcenter.core.acd.evolving import evolve
from callcenter.core.acd.facts import CallQueued, OfferAccepted, OfferMade, PoolFact
from callcenter.core.acd.messages import (
    AgentHungUp,
    CallEntered,
    CallWithdrawn,
    DeskFound,
    DeskLost,
    LogInRequested,
    LogOutRequested,
    OfferAnswered,
    OfferFailed,
    OfferTaken,
    PauseRequested,
    PoolInput,
    ReadyRequested,
    WrapUpDone,
)
from callcenter.core.acd.offer_end_messages import OfferEnd
from callcenter.core.acd.people import AgentProfile
from callcenter.core.acd.pool import Pool, keep
from callcenter.core.acd.queue_messages import CallDequeued
from callcenter.core.ids import AgentId, CallId, Ms, QueueId
from callcenter.core.plan import PoolRules, QueueRules, Relaxation, Strategy
from tests.core.acd import brute

NAMES = tuple(QueueId(name) for name in ("red", "green", "blue"))
SKILLS = ("french", "german", "tax")
AGENTS = tuple(AgentId(f"agent-{n}") for n in range(6))

_skill = st.sampled_from(SKILLS)
_relaxations = st.lists(
    st.builds(
        Relaxation,
        after_ms=st.integers(1, 4).map(lambda n: n * 5_000),
        skills=st.dictionaries(_skill, st.integers(0, 3), max_size=2).map(
            lambda d: tuple(d.items())
        ),
        most=st.none() | st.integers(0, 2),
        most_level=st.none() | st.integers(0, 3),
    ),
    max_size=2,
).map(lambda steps: tuple(sorted(steps, key=lambda step: step.after_ms)))


def queues() -> st.SearchStrategy[dict[QueueId, QueueRules]]:
    """Settings of all queues."""
    one = st.fixed_dictionaries(
        {
            "strategy": st.sampled_from(Strategy),
            "weight": st.integers(0, 3),
            "relaxations": _relaxations,
            "most_level": st.none() | st.integers(1, 2),
            "agent_wait_ms": st.sampled_from((0, 8_000)),
            "wrap_up_ms": st.sampled_from((0, 7_000)),
            "max_wait_ms": st.just(40_000),
            "most_phones": st.integers(1, 3),
            "widen_every_ms": st.just(3_000),
        }
    )
    return st.tuples(*(one for _ in NAMES)).map(
        lambda all_: {
            name: QueueRules(name, name, **of) for name, of in zip(NAMES, all_, strict=True)
        }
    )


def rules() -> st.SearchStrategy[PoolRules]:
    """Settings of the pool."""
    return st.builds(
        PoolRules,
        no_answer_rest_ms=st.just(4_000),
        priority_step_ms=st.sampled_from((0, 1_000, 60_000)),
        strict_priorities=st.booleans(),
    )


@dataclass
class Floor:
    """A pool, a shadow of it that knows only the facts, and the watch over both."""

    queues: dict[QueueId, QueueRules]
    rules: PoolRules
    now: Ms = 1_000_000
    calls: int = 0
    facts: list[PoolFact] = field(default_factory=list)
    told: dict[CallId, str] = field(default_factory=dict)
    """What became of each caller."""

    def __post_init__(self) -> None:
        self.pool, self.shadow = self.empty(), self.empty()

    def empty(self) -> Pool:
        return Pool("5ca1ab1e", self.rules, self.queues)

    # ------------------------------------------------------------ what happens

    def happens(self, kind: int, seed: int) -> None:
        """Let one thing happen, of a kind; the seed says to whom."""
        acts: tuple[Callable[[Random], PoolInput | None], ...] = (
            self._log_in, self._ready, self._ready, self._ready, self._pause, self._log_out,
            self._page, self._enter, self._enter, self._enter, self._enter, self._enter,
            self._leave, self._answer, self._answer, self._fail, self._hang_up, self._hang_up,
            self._file, self._file, self._bump, self._pick,
        )  # fmt: skip
        random = Random(seed)
        if kind >= len(acts):
            self.passes(random.randint(1, 6) * 1_000)
            return
        event = acts[kind](random)
        if event is not None:
            self.tell(event)

    def opens(self, seed: int) -> None:
        """Let four agents come, with their pages, ready for calls."""
        random = Random(seed)
        for agent_id in AGENTS[:4]:
            self.tell(self._log_in(random, agent_id))
            self.tell(DeskFound(agent_id))
            self.tell(ReadyRequested(agent_id))
            self.passes(random.randint(0, 2) * 500)

    def tell(self, event: PoolInput) -> str | None:
        decision = decide(self.pool, event, self.now)
        self._follow(decision.facts)
        return decision.refusal

    def passes(self, ms: Ms) -> None:
        until = self.now + ms
        while (due := self.pool.agenda.earliest()) is not None and due <= until:
            self.now = max(self.now, due)
            self._follow(wake(self.pool, self.now).facts)
        self.now = until

    def _log_in(self, random: Random, who: AgentId | None = None) -> PoolInput:
        agent_id = who or random.choice(AGENTS)
        profile = AgentProfile(
            agent_id, agent_id, f"PJSIP/{agent_id}",
            tuple(random.sample(NAMES, random.randint(1, 3))),
            {s: random.randint(1, 5) for s in SKILLS if random.random() < 0.5},
            levels={name: random.randint(1, 3) for name in NAMES if random.random() < 0.5},
            priorities={name: random.randint(-1, 2) for name in NAMES if random.random() < 0.3},
        )  # fmt: skip
        return LogInRequested(profile)

    def _ready(self, random: Random) -> PoolInput:
        lost = [a for a, agent in self.pool.agents.items() if not agent.page_connected]
        if lost:
            return DeskFound(random.choice(lost))
        paused = [a for a, agent in self.pool.agents.items() if agent.status == "paused"]
        return ReadyRequested(random.choice(paused or AGENTS))

    def _pause(self, random: Random) -> PoolInput:
        return PauseRequested(random.choice(AGENTS), "break")

    def _log_out(self, random: Random) -> PoolInput:
        return LogOutRequested(random.choice(AGENTS))

    def _page(self, random: Random) -> PoolInput:
        return random.choice((DeskFound, DeskLost))(random.choice(AGENTS))

    def _enter(self, random: Random) -> PoolInput:
        self.calls += 1
        wants = {s: random.randint(1, 4) for s in SKILLS if random.random() < 0.15}
        prefers = {s: random.randint(1, 3) for s in SKILLS if random.random() < 0.2}
        return CallEntered(
            CallId(f"call-{self.calls}"),
            self.calls,
            random.choice(NAMES),
            random.choice((0, 0, 0, 1, 3)),
            tuple(sorted(wants.items())),
            entered_at=self.now - random.choice((0, 0, 0, 20_000)),
            prefers=tuple(sorted(prefers.items())),
            forbids=tuple(s for s in SKILLS if random.random() < 0.1),
            own_agents=tuple(random.sample(AGENTS, random.choice((0, 0, 1, 2)))),
        )

    def _leave(self, random: Random) -> PoolInput | None:
        waiting = list(self.pool.waiting)
        return CallWithdrawn(random.choice(waiting)) if waiting else None

    def _answer(self, random: Random) -> PoolInput | None:
        offers = list(self.pool.offers)
        if not offers:
            return None
        answer = random.choice((OfferTaken, OfferTaken, OfferAnswered))
        return answer(random.choice(offers))

    def _fail(self, random: Random) -> PoolInput | None:
        reasons = (OfferEnd.NO_ANSWER, OfferEnd.REFUSED, OfferEnd.UNREACHABLE, OfferEnd.LOST)
        offers = list(self.pool.offers)
        return OfferFailed(random.choice(offers), random.choice(reasons)) if offers else None

    def _hang_up(self, random: Random) -> PoolInput | None:
        talking = [a for a in self.pool.agents.values() if a.activity == "talking"]
        if not talking:
            return None
        agent = random.choice(talking)
        assert agent.call_id is not None
        return AgentHungUp(agent.profile.agent_id, agent.call_id)

    def _file(self, random: Random) -> PoolInput | None:
        working = [a for a in self.pool.agents.values() if a.activity == "wrap_up"]
        if not working:
            return None
        agent = random.choice(working)
        assert agent.call_id is not None
        return WrapUpDone(agent.profile.agent_id, agent.call_id)

    def _bump(self, random: Random) -> PoolInput | None:
        waiting = list(self.pool.waiting)
        return BumpRequested(random.choice(waiting), AgentId("boss")) if waiting else None

    def _pick(self, random: Random) -> PoolInput | None:
        waiting = list(self.pool.waiting)
        return PickRequested(random.choice(AGENTS), random.choice(waiting)) if waiting else None

    # ------------------------------------------------------------ what must hold

    def _follow(self, facts: list[PoolFact]) -> None:
        for fact in facts:
            self._look_at(fact)
            evolve(self.shadow, fact)
        self.facts += facts
        self._nobody_waits_beside_a_free_agent()
        self._one_offer_for_an_agent()
        self._all_are_accounted_for()
        self._the_matcher_knows()

    def _look_at(self, fact: PoolFact) -> None:
        match fact:
            case CallQueued():
                assert fact.call_id not in self.told
                self.told[fact.call_id] = "waits"
            case OfferAccepted():
                assert self.told[fact.call_id] == "waits"
                self.told[fact.call_id] = "talked"
            case CallDequeued():
                assert self.told[fact.call_id] == "waits"
                self.told[fact.call_id] = fact.reason
            case OfferMade():
                self._offer_is_right(fact)
            case _:
                pass

    def _offer_is_right(self, fact: OfferMade) -> None:
        pool = self.shadow
        agent, call = pool.agents[fact.agent_id], pool.waiting[fact.call_id]
        assert brute.is_free(agent), f"{agent} is not free"
        assert brute.may_take(pool, agent, call), f"{agent} may not take {call}"
        assert brute.is_for(call, agent), f"{call} waits for others than {agent}"
        assert not call.offer_ids or brute.rings_more(pool, call), f"one too many: {call}"
        of = fact.considered
        assert of is not None
        able = [a for a in pool.agents.values() if brute.may_take(pool, a, call)]
        assert of.free == sum(brute.is_free(a) for a in able)
        others = sum(each.count for each in of.skipped if each.reason != "higher_level")
        assert of.free + others == len(pool.agents), f"somebody is not accounted for: {of}"
        if of.chosen_by == "first_in_line":
            assert brute.next_call(pool, agent) == call.call_id, f"{call} is not first for {agent}"
        elif of.chosen_by not in ("picked", "own_agent"):
            assert fact.agent_id in brute.best_agents(pool, call), f"{agent} is not first: {call}"
            if not call.offer_ids:
                assert brute.next_call(pool, agent) == call.call_id, f"somebody is before {call}"

    def _nobody_waits_beside_a_free_agent(self) -> None:
        for agent in self.pool.agents.values():
            if brute.is_free(agent):
                found = brute.next_call(self.pool, agent)
                assert found is None, f"{found} waits beside {agent}"
        for call in self.pool.waiting.values():
            assert call.offer_ids or brute.is_staffed(self.pool, call), f"unstaffed: {call}"

    def _one_offer_for_an_agent(self) -> None:
        offers = self.pool.offers.values()
        assert len({offer.agent_id for offer in offers}) == len(offers)
        rings = [each for call in self.pool.waiting.values() for each in call.offer_ids]
        assert sorted(rings) == sorted(self.pool.offers)
        for offer in offers:
            assert self.pool.agents[offer.agent_id].offer_id == offer.offer_id

    def _all_are_accounted_for(self) -> None:
        waiting = {call_id for call_id, what in self.told.items() if what == "waits"}
        assert waiting == set(self.pool.waiting)
        for name in NAMES:
            line = [c for c in self.pool.waiting.values() if c.queue_id == name]
            line.sort(key=lambda call: brute.place(self.pool, call))
            assert [self.pool.position(call) for call in line] == [*range(1, len(line) + 1)]

    def _the_matcher_knows(self) -> None:
        for call in self.pool.waiting.values():
            found, best = self.pool.agent_for(call), brute.best_agents(self.pool, call)
            assert found in best if best else found is None
        for agent_id, agent in self.pool.agents.items():
            assert self.pool.matcher.call_for(agent_id) == brute.next_call(self.pool, agent)

    def check_folding(self) -> None:
        """Folded from its facts, or from one that stands for all, the pool is the same."""
        again = self.empty()
        evolve(again, keep(self.pool, self.now))
        folded = self.empty()
        for fact in self.facts:
            evolve(folded, fact)
        for other in (again, folded, self.shadow):
            assert other.agents == self.pool.agents
            assert other.waiting == self.pool.waiting
            assert other.offers == self.pool.offers
            assert other.agenda.earliest() == self.pool.agenda.earliest()
            for call in self.pool.waiting.values():
                assert other.agent_for(call) == self.pool.agent_for(call)
            for agent_id in self.pool.agents:
                assert other.matcher.call_for(agent_id) == self.pool.matcher.call_for(agent_id)
