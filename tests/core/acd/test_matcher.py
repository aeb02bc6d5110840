"""The matcher against an oracle that looks at every agent and every caller."""

from random import Random

import pytest

from callcenter.core.acd.matcher import Matcher
from callcenter.core.acd.messages import AgentProfile, AgentStatus
from callcenter.core.acd.model import Agent, WaitingCall
from callcenter.core.ids import AgentId, CallId, Ms, QueueId

QUEUES = tuple(QueueId(f"queue-{n}") for n in range(5))
SKILLS = ("french", "german", "spanish")


class Oracle:
    """Free agents and callers in line, searched from end to end."""

    def __init__(self) -> None:
        self.staff: dict[AgentId, Agent] = {}
        self.free: dict[AgentId, Agent] = {}
        self.line: dict[CallId, WaitingCall] = {}

    def agent_for(self, call: WaitingCall) -> AgentId | None:
        able = [a for a in self.free.values() if fits(a, call.queue_id, call.requires)]
        best = min(able, key=lambda a: (a.idle_since, a.profile.agent_id), default=None)
        return best.profile.agent_id if best else None

    def call_for(self, agent: Agent) -> CallId | None:
        able = [c for c in self.line.values() if fits(agent, c.queue_id, c.requires)]
        best = min(able, key=lambda c: (-c.priority, c.entered_at, c.call_number), default=None)
        return best.call_id if best else None

    def unstaffed(self) -> set[CallId]:
        return {
            call.call_id
            for call in self.line.values()
            if not any(fits(agent, call.queue_id, call.requires) for agent in self.staff.values())
        }


def fits(agent: Agent, queue_id: QueueId, requires: tuple[tuple[str, int], ...]) -> bool:
    levels = agent.profile.skills
    return queue_id in agent.profile.queues and all(levels.get(s, 0) >= n for s, n in requires)


class Hall:
    """Drives a matcher and the oracle alike."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.matcher = Matcher()
        self.oracle = Oracle()
        self.count = 0

    def agent_appears(self) -> None:
        self.count += 1
        queues = tuple(self.random.sample(QUEUES, self.random.randint(1, 3)))
        skills = {s: self.random.randint(1, 4) for s in SKILLS if self.random.random() < 0.5}
        profile = AgentProfile(AgentId(f"agent-{self.count}"), "", "", queues, skills)
        idle_since: Ms = self.random.randint(0, 20)
        agent = Agent(profile, AgentStatus.READY, idle_since, idle_since)
        self.oracle.staff[profile.agent_id] = agent
        self.matcher.log_in(agent)

    def agent_is_free(self) -> None:
        busy = sorted(self.oracle.staff.keys() - self.oracle.free.keys())
        if busy:
            agent = self.oracle.staff[self.random.choice(busy)]
            self.oracle.free[agent.profile.agent_id] = agent
            self.matcher.add_agent(agent)

    def agent_is_busy(self) -> None:
        if self.oracle.free:
            agent_id = self.random.choice(sorted(self.oracle.free))
            self.matcher.remove_agent(self.oracle.free.pop(agent_id))

    def agent_leaves(self) -> None:
        busy = sorted(self.oracle.staff.keys() - self.oracle.free.keys())
        if busy:
            self.matcher.log_out(self.oracle.staff.pop(self.random.choice(busy)))

    def caller_appears(self) -> None:
        self.count += 1
        wants = {s: self.random.randint(1, 4) for s in SKILLS if self.random.random() < 0.3}
        entered_at: Ms = self.random.randint(0, 20)
        call = WaitingCall(
            CallId(f"call-{self.count}"),
            self.count,
            self.random.choice(QUEUES),
            self.random.choice((0, 0, 0, 5)),
            tuple(sorted(wants.items())),
            entered_at,
            entered_at,
            0,
            None,
        )
        self.oracle.line[call.call_id] = call
        self.matcher.add_call(call)

    def caller_leaves(self) -> None:
        if self.oracle.line:
            call_id = self.random.choice(sorted(self.oracle.line))
            self.matcher.remove_call(self.oracle.line.pop(call_id))

    def compare(self) -> None:
        for call in self.oracle.line.values():
            assert self.matcher.agent_for(call) == self.oracle.agent_for(call)
        for agent in self.oracle.staff.values():
            assert self.matcher.call_for(agent) == self.oracle.call_for(agent)
        unstaffed = list(self.matcher.unstaffed_calls())
        assert len(unstaffed) == len(set(unstaffed))
        assert set(unstaffed) == self.oracle.unstaffed()


@pytest.mark.parametrize("seed", range(12))
def test_the_matcher_answers_like_one_who_looks_at_everybody(seed: int) -> None:
    hall = Hall(seed)
    steps = (
        hall.agent_appears,
        hall.agent_is_free,
        hall.agent_is_free,
        hall.agent_is_busy,
        hall.agent_leaves,
        hall.caller_appears,
        hall.caller_appears,
        hall.caller_leaves,
    )
    for _ in range(150):
        hall.random.choice(steps)()
        hall.compare()


def test_an_agent_who_is_not_in_line_cannot_be_removed() -> None:
    matcher = Matcher()
    agent = Agent(AgentProfile(AgentId("a"), "", "", QUEUES), AgentStatus.READY, 0, 0)
    with pytest.raises(AssertionError, match="not in line"):
        matcher.remove_agent(agent)


def test_profiles_and_requirements_are_known_by_content_not_by_order() -> None:
    matcher = Matcher()
    one = AgentProfile(AgentId("a"), "", "", QUEUES[:2], {"french": 1, "german": 2})
    other = AgentProfile(AgentId("b"), "", "", QUEUES[1::-1], {"german": 2, "french": 1})
    for profile in (one, other):
        agent = Agent(profile, AgentStatus.READY, 0, 0)
        matcher.log_in(agent)
        matcher.add_agent(agent)
    assert len(matcher._profile_list) == 1
