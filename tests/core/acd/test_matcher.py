"""The matcher against an oracle that looks at every agent and every caller of a large hall."""

from dataclasses import replace
from random import Random

import pytest

from callcenter.core.acd.matcher import Matcher
from callcenter.core.acd.model import Agent, WaitingCall
from callcenter.core.acd.needs import Demand
from callcenter.core.acd.people import Activity, AgentProfile, AgentStatus
from callcenter.core.acd.pool import Pool
from callcenter.core.ids import AgentId, CallId, OfferId, QueueId
from callcenter.core.plan import PoolRules, QueueRules, Strategy
from tests.core.acd import brute

SKILLS = tuple(f"skill-{n}" for n in range(8))
QUEUES = {
    QueueId(strategy.value): QueueRules(QueueId(strategy.value), "", strategy=strategy)
    for strategy in (
        Strategy.LONGEST_IDLE,
        Strategy.LEAST_TALK,
        Strategy.BEST_SKILL,
        Strategy.RANDOM,
        Strategy.RING_ALL,
    )
}
NAMES = tuple(QUEUES)


class Hall:
    """A pool's records, put into its index by hand: the oracle needs nothing else."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.pool = Pool("5ca1ab1e", PoolRules(), QUEUES)
        self.count = 0

    def agent_appears(self) -> None:
        self.count += 1
        random = self.random
        agent_id = AgentId(f"agent-{self.count:03}")
        profile = AgentProfile(
            agent_id,
            "",
            "",
            tuple(random.sample(NAMES, random.randint(2, 4))),
            {skill: random.randint(1, 3) for skill in SKILLS if random.random() < 0.4},
            levels={name: 2 for name in NAMES if random.random() < 0.2},
            priorities={name: 1 for name in NAMES if random.random() < 0.1},
        )
        at = random.randint(0, 50)
        self.pool.put_agent(
            Agent(profile, AgentStatus.READY, at, at, page_connected=True, talk_ms=at % 7)
        )

    def agent_changes(self) -> None:
        agent = self.random.choice(list(self.pool.agents.values()))
        activity = self.random.choice((Activity.IDLE, Activity.IDLE, Activity.TALKING))
        self.pool.put_agent(
            replace(agent, activity=activity, idle_since=self.random.randint(0, 50))
        )

    def agent_leaves(self) -> None:
        self.pool.drop_agent(self.random.choice(list(self.pool.agents)))

    def caller_appears(self) -> None:
        self.count += 1
        wants = self.random.sample(SKILLS, self.random.choice((0, 1, 1, 2)))
        at = self.random.randint(0, 50)
        self.pool.put_call(
            WaitingCall(
                CallId(f"call-{self.count}"),
                self.count,
                self.random.choice(NAMES),
                self.random.choice((0, 0, 1)),
                tuple(sorted((skill, self.random.randint(1, 3)) for skill in wants)),
                at,
                at,
                0,
                None,
                prefers=((self.random.choice(SKILLS), 1),) if self.random.random() < 0.2 else (),
            )
        )

    def caller_changes(self) -> None:
        call = self.random.choice(list(self.pool.waiting.values()))
        offer_id = None if call.offer_id else OfferId("some offer")
        self.pool.put_call(replace(call, offer_id=offer_id))

    def caller_leaves(self) -> None:
        self.pool.drop_call(self.random.choice(list(self.pool.waiting)))

    def compare(self) -> None:
        for call in self.pool.waiting.values():
            best = brute.best_agents(self.pool, call)
            found = self.pool.agent_for(call)
            assert found in best if best else found is None
        for agent_id, agent in self.pool.agents.items():
            assert self.pool.matcher.call_for(agent_id) == brute.next_call(self.pool, agent)
        unstaffed = {c.call_id for c in self._in_line() if not brute.is_staffed(self.pool, c)}
        assert set(self.pool.matcher.unstaffed_calls()) == unstaffed

    def _in_line(self) -> list[WaitingCall]:
        return [call for call in self.pool.waiting.values() if call.offer_id is None]


@pytest.mark.parametrize("seed", range(6))
def test_the_matcher_answers_like_one_who_looks_at_everybody(seed: int) -> None:
    hall = Hall(seed)
    for _ in range(60):
        hall.agent_appears()
    for _ in range(15):
        hall.caller_appears()
    steps = (
        *(hall.agent_appears, hall.agent_changes, hall.agent_changes, hall.agent_leaves),
        *(hall.caller_appears, hall.caller_changes, hall.caller_leaves),
    )
    for _ in range(60):
        if len(hall.pool.waiting) < 5:
            hall.caller_appears()
        hall.random.choice(steps)()
        hall.compare()


def test_profiles_and_requirements_are_known_by_content_not_by_order() -> None:
    matcher = Matcher()
    one = AgentProfile(AgentId("a"), "", "", NAMES[:2], {"french": 1, "german": 2})
    other = AgentProfile(AgentId("b"), "", "", NAMES[1::-1], {"german": 2, "french": 1})
    for profile in (one, other):
        matcher.put_agent(Agent(profile, AgentStatus.READY, 0, 0, page_connected=True))
    assert len(matcher._profile_list) == 1


def test_a_drawn_agent_is_the_same_for_the_same_number_and_all_are_drawn_alike() -> None:
    queue = QueueRules(NAMES[0], "", strategy=Strategy.RANDOM)
    matcher = Matcher({NAMES[0]: queue})
    for name in "abcd":
        profile = AgentProfile(AgentId(name), "", "", NAMES[:1], {name: 1})
        matcher.put_agent(Agent(profile, AgentStatus.READY, 0, 0, page_connected=True))
    drawn = [matcher.agent_for(Demand(NAMES[0]), draw) for draw in range(4 * 2520)]
    assert drawn == [matcher.agent_for(Demand(NAMES[0]), draw) for draw in range(4 * 2520)]
    assert {name: drawn.count(AgentId(name)) for name in "abcd"} == dict.fromkeys("abcd", 2520)


def test_an_agent_of_level_two_is_drawn_half_as_often_as_one_of_level_one() -> None:
    queue = QueueRules(NAMES[0], "", strategy=Strategy.WEIGHTED_RANDOM)
    matcher = Matcher({NAMES[0]: queue})
    for name, level in (("a", 1), ("b", 2)):
        profile = AgentProfile(AgentId(name), "", "", NAMES[:1], levels={NAMES[0]: level})
        matcher.put_agent(Agent(profile, AgentStatus.READY, 0, 0, page_connected=True))
    drawn = [matcher.agent_for(Demand(NAMES[0]), draw) for draw in range(2520 + 1260)]
    assert (drawn.count(AgentId("a")), drawn.count(AgentId("b"))) == (2520, 1260)


def test_a_caller_who_is_not_in_line_can_be_dropped_without_harm() -> None:
    matcher = Matcher()
    matcher.drop_call(CallId("nobody"))
    assert list(matcher.unstaffed_calls()) == []
