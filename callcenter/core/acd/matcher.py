"""Who can be brought together: an index over free agents and waiting callers.

Callers with the same queue and requirements form a *class*, agents with the same queues and skills
a *profile*. Whether a profile serves a class is worked out once, when either appears for the first
time. After that two bit masks say which classes have a caller and which profiles have a free agent,
and a match looks only at the heads of those that fit.
against classes and masks; a decision costs the same with 10 and with 100,000 callers waiting.

The index is derived from the pool's records and can be rebuilt from them at any time.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import TypeVar

from callcenter.core.acd.messages import AgentProfile
from callcenter.core.acd.model import Agent, Requirements, WaitingCall
from callcenter.core.ids import AgentId, CallId, Ms, QueueId

_ClassKey = tuple[QueueId, Requirements]
_ProfileKey = tuple[tuple[QueueId, ...], Requirements]
_Place = tuple[int, Ms, int, CallId]
_Entry = TypeVar("_Entry", _Place, tuple[Ms, AgentId])


class _CallClass:
    """Callers who want the same."""

    __slots__ = ("bit", "key", "line", "profiles")

    def __init__(self, key: _ClassKey, bit: int) -> None:
        self.key = key
        self.bit = bit
        self.profiles = 0
        """Mask of the profiles that serve it."""
        self.line: list[_Place] = []
        """Places of those who wait and are not being offered, sorted."""


class _AgentProfile:
    """Agents who can do the same."""

    __slots__ = ("bit", "classes", "free", "key", "logged_in")

    def __init__(self, key: _ProfileKey, bit: int) -> None:
        self.key = key
        self.bit = bit
        self.classes = 0
        """Mask of the classes that it serves."""
        self.free: list[tuple[Ms, AgentId]] = []
        """Free agents, the longest idle first."""
        self.logged_in = 0


class Matcher:
    """Finds the agent for a caller and the caller for an agent."""

    def __init__(self) -> None:
        self._classes: dict[_ClassKey, _CallClass] = {}
        self._class_list: list[_CallClass] = []
        self._profiles: dict[_ProfileKey, _AgentProfile] = {}
        self._profile_list: list[_AgentProfile] = []
        self._latest: dict[AgentId, tuple[AgentProfile, _AgentProfile]] = {}
        """What was found last for an agent: profiles change seldom, and are asked for often."""
        self._waiting = 0
        """Mask of the classes with a caller in line."""
        self._free = 0
        """Mask of the profiles with a free agent."""
        self._staffed = 0
        """Mask of the profiles with anybody logged in."""

    # ------------------------------------------------------------ keeping in step with the pool

    def log_in(self, agent: Agent) -> None:
        """Count an agent as staff."""
        profile = self._profile(agent.profile)
        profile.logged_in += 1
        self._staffed |= profile.bit

    def log_out(self, agent: Agent) -> None:
        """Count an agent no more."""
        profile = self._profile(agent.profile)
        profile.logged_in -= 1
        if not profile.logged_in:
            self._staffed &= ~profile.bit

    def add_agent(self, agent: Agent) -> None:
        """Let a free agent be found."""
        profile = self._profile(agent.profile)
        insort(profile.free, (agent.idle_since, agent.profile.agent_id))
        self._free |= profile.bit

    def remove_agent(self, agent: Agent) -> None:
        """Let an agent who was free not be found."""
        profile = self._profile(agent.profile)
        _remove(profile.free, (agent.idle_since, agent.profile.agent_id))
        if not profile.free:
            self._free &= ~profile.bit

    def add_call(self, call: WaitingCall) -> None:
        """Let a caller be found."""
        call_class = self._class((call.queue_id, call.requires))
        insort(call_class.line, call.place)
        self._waiting |= call_class.bit

    def remove_call(self, call: WaitingCall) -> None:
        """Let a caller who was in line not be found."""
        call_class = self._class((call.queue_id, call.requires))
        _remove(call_class.line, call.place)
        if not call_class.line:
            self._waiting &= ~call_class.bit

    # ------------------------------------------------------------ questions

    def agent_for(self, call: WaitingCall) -> AgentId | None:
        """Return the longest idle of the free agents who may take this caller."""
        mask = self._class((call.queue_id, call.requires)).profiles & self._free
        heads = [self._profile_list[i].free[0] for i in _bits(mask)]
        return min(heads)[1] if heads else None

    def call_for(self, agent: Agent) -> CallId | None:
        """Return the first in line of the callers whom this agent may take."""
        mask = self._profile(agent.profile).classes & self._waiting
        heads = [self._class_list[i].line[0] for i in _bits(mask)]
        return min(heads)[3] if heads else None

    def is_staffed(self, queue_id: QueueId, requires: Requirements) -> bool:
        """Say whether anybody is logged in who may take such a caller, free or not."""
        return bool(self._class((queue_id, requires)).profiles & self._staffed)

    def unstaffed_calls(self) -> Iterator[CallId]:
        """Yield the callers in line whom nobody who is logged in may take."""
        for index in _bits(self._waiting):
            call_class = self._class_list[index]
            if not call_class.profiles & self._staffed:
                yield from [place[3] for place in call_class.line]

    # ------------------------------------------------------------ classes and profiles

    def _class(self, key: _ClassKey) -> _CallClass:
        call_class = self._classes.get(key)
        if call_class is None:
            call_class = _CallClass(key, 1 << len(self._class_list))
            self._classes[key] = call_class
            self._class_list.append(call_class)
            for profile in self._profile_list:
                _link(call_class, profile)
        return call_class

    def _profile(self, profile: AgentProfile) -> _AgentProfile:
        latest = self._latest.get(profile.agent_id)
        if latest is not None and latest[0] is profile:
            return latest[1]
        found = self._find_profile(profile)
        self._latest[profile.agent_id] = (profile, found)
        return found

    def _find_profile(self, profile: AgentProfile) -> _AgentProfile:
        key = (tuple(sorted(profile.queues)), tuple(sorted(profile.skills.items())))
        found = self._profiles.get(key)
        if found is None:
            found = _AgentProfile(key, 1 << len(self._profile_list))
            self._profiles[key] = found
            self._profile_list.append(found)
            for call_class in self._class_list:
                _link(call_class, found)
        return found


def _link(call_class: _CallClass, profile: _AgentProfile) -> None:
    queue_id, requires = call_class.key
    queues, skills = profile.key
    levels = dict(skills)
    if queue_id in queues and all(levels.get(skill, 0) >= least for skill, least in requires):
        call_class.profiles |= profile.bit
        profile.classes |= call_class.bit


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _remove(line: list[_Entry], place: _Entry) -> None:
    index = bisect_left(line, place)
    if index == len(line) or line[index] != place:
        raise AssertionError(f"{place} is not in line")
    del line[index]
