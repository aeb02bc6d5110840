"""Who can be brought together: an index over agents and waiting callers.

Theory of operation. Callers with the same demand form a *class*, agents with the same ability a
*profile* (``needs``). Whether a profile serves a class, and how well, is worked out once, when
either appears for the first time: the profiles of a class are put into *ranks*, by level and by
preferred skills. After that bit masks say which classes have a caller and which profiles have a
free agent, and a match looks only at the heads of those that fit.

A caller's agent: of the first rank with a free agent, the least by the key of the queue's strategy.
With many profiles the heads of a rank may be hundreds. Then it is quicker to walk along all free
agents in the order of the strategy until one is of the rank: the more profiles fit, the shorter
the walk. The shorter of the two is taken, so the work is about the square root of the number of
profiles at worst.

An agent's caller: the least place among the heads of the classes served; an agent's own priority
for a queue moves the heads of that queue. Callers who wait for an agent of their own stand in that
agent's line only. Callers whose phones ring already, and who may have one more, come after all
whose phones do not ring.

The index counts, for each class, the agents who may take its callers by what they do at present,
so that an offer can say what became of the others at no cost. It is derived from the pool's records
and can be rebuilt from them at any time.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from itertools import islice

from callcenter.core.acd.availability import Availability, availability
from callcenter.core.acd.classes import CallClass, Profile, Rank, Seat, Stand, link
from callcenter.core.acd.line import Line, Place
from callcenter.core.acd.model import Agent
from callcenter.core.acd.needs import Ability, Demand, ability
from callcenter.core.acd.strategies import DRAWN, KEYS, ORDER_OF, Key, Order, Strategy
from callcenter.core.ids import AgentId, CallId, QueueId
from callcenter.core.plan import PoolRules, QueueRules

_FEW_HEADS = 8
"""So many heads are looked at without asking whether walking would be quicker."""
_WEIGHT_OF_ALL = 2520
"""Divisible by every level, so that weights are whole numbers."""
_NO_RULES = PoolRules()


class Matcher:
    """Finds the agent for a caller and the caller for an agent."""

    def __init__(
        self, queues: Mapping[QueueId, QueueRules] | None = None, rules: PoolRules = _NO_RULES
    ) -> None:
        self._strategies = {q.queue_id: q.strategy for q in (queues or {}).values()}
        self._step_ms = rules.priority_step_ms
        self._classes: dict[Demand, CallClass] = {}
        self._class_list: list[CallClass] = []
        self._profiles: dict[Ability, Profile] = {}
        self._profile_list: list[Profile] = []
        self._seats: dict[AgentId, Seat] = {}
        self._latest: dict[AgentId, tuple[object, Profile]] = {}
        """What was found last for an agent: profiles change seldom, and are asked for often."""
        self._stands: dict[CallId, Stand] = {}
        self._held: dict[AgentId, Line] = {}
        self._staff_of: dict[QueueId, int] = {}
        self._waiting = 0
        """Mask of the classes with a caller in line whom an agent may be given."""
        self._wanting = 0
        """Mask of the classes with a caller for whom one more phone may ring."""
        self._lined = 0
        """Mask of the classes with a caller in line, by hand or not."""
        self._free = 0
        """Mask of the profiles with a free agent."""
        orders = {ORDER_OF[each] for each in self._strategies.values()} | {Order.IDLE}
        self._free_agents: dict[Order, list[Key]] = {order: [] for order in sorted(orders)}
        """All free agents, in each order that a strategy in use wants."""

    # ------------------------------------------------------------ keeping in step with the pool

    def put_agent(self, agent: Agent) -> None:
        """Take over an agent's record, new or changed."""
        profile = self._profile(agent)
        now = availability(agent)
        seat = self._seats.get(agent.profile.agent_id)
        keys = self._keys(agent) if now is Availability.FREE else {}
        if seat is None:
            self._enter(agent.profile.agent_id, Seat(profile, now, keys))
        elif seat.profile is not profile:
            self.drop_agent(agent.profile.agent_id)
            self._enter(agent.profile.agent_id, Seat(profile, now, keys))
        elif seat.availability is not now or seat.keys != keys:
            self._move(agent.profile.agent_id, seat, now, keys)

    def drop_agent(self, agent_id: AgentId) -> None:
        """Forget an agent who has logged out."""
        seat = self._seats.pop(agent_id)
        self._latest.pop(agent_id, None)
        self._count(seat.profile, seat.availability, -1)
        self._count_staff(seat.profile, -1)
        del seat.profile.members[seat.availability][agent_id]
        self._unlist(seat)

    def put_call(
        self,
        call_id: CallId,
        demand: Demand,
        place: Place,
        held_for: tuple[AgentId, ...] = (),
        *,
        ringing: bool = False,
    ) -> None:
        """Put a caller in line, or elsewhere in it.

        Args:
            call_id: The call.
            demand: What the caller needs.
            place: Where the caller stands.
            held_for: The only agents who are to have the caller; empty: all.
            ringing: Phones ring for the caller, and one more may.
        """
        self.drop_call(call_id)
        call_class = self._class(demand)
        self._stands[call_id] = Stand(call_class, place, held_for, ringing=ringing)
        if held_for:
            for agent_id in held_for:
                self._held.setdefault(agent_id, Line()).add(place)
            return
        (call_class.ringing if ringing else call_class.line).add(place)
        self._note_line(call_class)

    def drop_call(self, call_id: CallId) -> None:
        """Let a caller not be found any more; nothing for one who is not in line."""
        stand = self._stands.pop(call_id, None)
        if stand is None:
            return
        for agent_id in stand.held_for:
            line = self._held[agent_id]
            line.remove(stand.place)
            if not line:
                del self._held[agent_id]
        if not stand.held_for:
            call_class = stand.call_class
            (call_class.ringing if stand.is_ringing else call_class.line).remove(stand.place)
            self._note_line(call_class)

    # ------------------------------------------------------------ questions

    def agent_for(
        self, demand: Demand, draw: int = 0, among: tuple[AgentId, ...] = ()
    ) -> AgentId | None:
        """Return the free agent who is asked first for such a caller.

        Args:
            demand: What the caller needs.
            draw: Decides where the strategy is to draw; the same number, the same agent.
            among: Only these; empty: all.
        """
        call_class = self._class(demand)
        if among:
            return next((agent_id for agent_id in among if self.may_take(agent_id, demand)), None)
        for each in call_class.ranks:
            if each.free:
                if call_class.strategy in DRAWN:
                    return self._drawn(each, draw)
                return self._first(each)
        return None

    def may_take(self, agent_id: AgentId, demand: Demand) -> bool:
        """Say whether an agent is free and may take such a caller."""
        seat = self._seats.get(agent_id)
        if seat is None or seat.availability is not Availability.FREE:
            return False
        return seat.profile in self._class(demand).rank_of

    def serves(self, agent_id: AgentId, demand: Demand) -> bool:
        """Say whether an agent is logged in who may take such a caller, free or not."""
        seat = self._seats.get(agent_id)
        return seat is not None and seat.profile in self._class(demand).rank_of

    def call_for(self, agent_id: AgentId) -> CallId | None:
        """Return the first in line of the callers whom this agent may take."""
        seat = self._seats.get(agent_id)
        if seat is None:
            return None
        profile = seat.profile
        heads = self._heads(profile, profile.classes & self._waiting)
        held = self._held.get(agent_id)
        if held:
            heads += [
                place
                for place in held
                if profile in (call_class := self._stands[place[3]].call_class).rank_of
                and _is_routed(call_class)
            ][:1]
        if not heads:
            heads = self._heads(profile, profile.classes & self._wanting, ringing=True)
        return min(heads)[3] if heads else None

    def is_staffed(self, demand: Demand) -> bool:
        """Say whether anybody is logged in who may take such a caller, free or not."""
        return self._class(demand).staff > 0

    def unstaffed_calls(self) -> Iterator[CallId]:
        """Yield the callers in line whom nobody who is logged in may take as they need now."""
        for index in _bits(self._lined):
            call_class = self._class_list[index]
            if not call_class.staff:
                yield from [place[3] for place in call_class.line]

    def held_for(self, agent_id: AgentId) -> list[CallId]:
        """Return the callers who wait for an agent of their own, the first first."""
        return [place[3] for place in self._held.get(agent_id, ())]

    def class_of(self, demand: Demand) -> CallClass:
        """Return the class with its counts, for looking at."""
        return self._class(demand)

    def rank_of(self, agent_id: AgentId, demand: Demand) -> Rank | None:
        """Return the rank of an agent among those who may take such a caller."""
        seat = self._seats.get(agent_id)
        return self._class(demand).rank_of.get(seat.profile) if seat else None

    def staff_of(self, queue_id: QueueId) -> int:
        """Return how many agents of a queue are logged in."""
        return self._staff_of.get(queue_id, 0)

    @property
    def staff(self) -> int:
        """How many agents are logged in."""
        return len(self._seats)

    # ------------------------------------------------------------ who is first

    def _first(self, of: Rank) -> AgentId:
        """Return the free agent of a rank with the least key; there must be one."""
        order = of.call_class.order
        mask = of.mask & self._free
        count = mask.bit_count()
        everybody = self._free_agents[order]
        if count > _FEW_HEADS and len(everybody) < count * of.free:
            rank_of, seats = of.call_class.rank_of, self._seats
            for key in islice(everybody, 2 * count):
                if rank_of.get(seats[key[2]].profile) is of:
                    return key[2]
        profiles = self._profile_list
        heads = [profiles[index].free[order][0] for index in _bits(mask)]
        return min(heads)[2]

    def _drawn(self, of: Rank, draw: int) -> AgentId:
        """Return the free agent of a rank whom the draw hits; there must be one."""
        order, weighs = of.call_class.order, of.call_class.strategy is Strategy.WEIGHTED_RANDOM
        queue_id = of.call_class.demand.queue_id
        lots: list[tuple[int, list[Key]]] = []
        for index in _bits(of.mask & self._free):
            profile = self._profile_list[index]
            level = (profile.able.level_in(queue_id) or 1) if weighs else 1
            lots.append((_WEIGHT_OF_ALL // level, profile.free[order]))
        lots.sort(key=lambda lot: lot[1][0])
        left = draw % sum(weight * len(free) for weight, free in lots)
        for weight, free in lots:
            if left < weight * len(free):
                return free[left // weight][2]
            left -= weight * len(free)
        raise AssertionError("the draw is beyond the lots")

    def _heads(self, profile: Profile, mask: int, *, ringing: bool = False) -> list[Place]:
        found = [self._class_list[index] for index in _bits(mask)]
        heads = [each.ringing.head if ringing else each.line.head for each in found]
        shifts = profile.shifts
        if not shifts:
            return heads
        return [
            (head[0], head[1] - shifts.get(each, 0), head[2], head[3])
            for each, head in zip(found, heads, strict=True)
        ]

    # ------------------------------------------------------------ agents come, change and go

    def _enter(self, agent_id: AgentId, seat: Seat) -> None:
        self._seats[agent_id] = seat
        seat.profile.members[seat.availability][agent_id] = None
        self._count_staff(seat.profile, 1)
        self._count(seat.profile, seat.availability, 1)
        self._list(seat)

    def _move(
        self, agent_id: AgentId, seat: Seat, now: Availability, keys: dict[Order, Key]
    ) -> None:
        self._unlist(seat)
        if seat.availability is not now:
            profile, before = seat.profile, seat.availability
            del profile.members[before][agent_id]
            profile.members[now][agent_id] = None
            for each in profile.served:
                counts = each.call_class.counts
                counts[before] -= 1
                counts[now] += 1
            if Availability.FREE in (before, now):
                change = 1 if now is Availability.FREE else -1
                for each in profile.served:
                    each.free += change
        seat.availability, seat.keys = now, keys
        self._list(seat)

    def _list(self, seat: Seat) -> None:
        """Let a free agent be found."""
        if seat.availability is not Availability.FREE:
            return
        for order, key in seat.keys.items():
            insort(seat.profile.free.setdefault(order, []), key)
            insort(self._free_agents[order], key)
        self._free |= seat.profile.bit

    def _unlist(self, seat: Seat) -> None:
        """Let an agent who was free not be found."""
        if seat.availability is not Availability.FREE:
            return
        for order, key in seat.keys.items():
            _remove(seat.profile.free[order], key)
            _remove(self._free_agents[order], key)
        if not seat.profile.free[Order.IDLE]:
            self._free &= ~seat.profile.bit

    def _count(self, profile: Profile, which: Availability, change: int) -> None:
        for each in profile.served:
            each.call_class.counts[which] += change
            if which is Availability.FREE:
                each.free += change

    def _count_staff(self, profile: Profile, change: int) -> None:
        for each in profile.served:
            each.call_class.staff += change
        for counter in profile.refused:
            counter[0] += change
        for queue_id, _, _ in profile.able.queues:
            self._staff_of[queue_id] = self._staff_of.get(queue_id, 0) + change

    def _keys(self, agent: Agent) -> dict[Order, Key]:
        return {order: KEYS[order](agent) for order in self._free_agents}

    def _note_line(self, call_class: CallClass) -> None:
        bit = call_class.bit
        routed = _is_routed(call_class)
        self._lined = _with(self._lined, bit, on=bool(call_class.line))
        self._waiting = _with(self._waiting, bit, on=routed and bool(call_class.line))
        self._wanting = _with(self._wanting, bit, on=bool(call_class.ringing))

    # ------------------------------------------------------------ classes and profiles

    def _class(self, demand: Demand) -> CallClass:
        call_class = self._classes.get(demand)
        if call_class is None:
            strategy = self._strategies.get(demand.queue_id, Strategy.LONGEST_IDLE)
            call_class = CallClass(demand, 1 << len(self._class_list), strategy)
            self._classes[demand] = call_class
            self._class_list.append(call_class)
            for profile in self._profile_list:
                link(call_class, profile, self._step_ms)
        return call_class

    def _profile(self, agent: Agent) -> Profile:
        agent_id = agent.profile.agent_id
        latest = self._latest.get(agent_id)
        if latest is not None and latest[0] is agent.profile:
            return latest[1]
        able = ability(agent.profile)
        found = self._profiles.get(able)
        if found is None:
            found = Profile(able, 1 << len(self._profile_list))
            self._profiles[able] = found
            self._profile_list.append(found)
            for call_class in self._class_list:
                link(call_class, found, self._step_ms)
        self._latest[agent_id] = (agent.profile, found)
        return found


def _is_routed(call_class: CallClass) -> bool:
    return call_class.strategy is not Strategy.MANUAL


def _with(mask: int, bit: int, *, on: bool) -> int:
    return mask | bit if on else mask & ~bit


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _remove(line: list[Key], key: Key) -> None:
    index = bisect_left(line, key)
    if index == len(line) or line[index] != key:
        raise AssertionError(f"{key} is not in line")
    del line[index]
