"""The parts of the matcher's index: classes of callers, profiles of agents, and what ties them."""

from bisect import bisect_left

from callcenter.core.acd.availability import AVAILABILITIES, Availability
from callcenter.core.acd.choice import SkipReason
from callcenter.core.acd.line import Line, Place
from callcenter.core.acd.needs import Ability, Demand, obstacle, rank
from callcenter.core.acd.strategies import ORDER_OF, Key, Order, Strategy
from callcenter.core.ids import AgentId, Ms


class Rank:
    """The profiles of one class whose agents are asked alike."""

    __slots__ = ("call_class", "free", "mask", "value")

    def __init__(self, call_class: "CallClass", value: tuple[int, int]) -> None:
        self.call_class = call_class
        self.value = value
        """Level and negated score, the least first."""
        self.mask = 0
        self.free = 0
        """How many of their agents are free."""


class CallClass:
    """Callers who want the same."""

    __slots__ = (
        "bit",
        "counts",
        "demand",
        "line",
        "obstacles",
        "order",
        "rank_of",
        "ranks",
        "ringing",
        "staff",
        "strategy",
    )

    def __init__(self, demand: Demand, bit: int, strategy: Strategy) -> None:
        self.demand = demand
        self.bit = bit
        self.strategy = strategy
        self.order = ORDER_OF[strategy]
        self.ranks: list[Rank] = []
        """In the order in which they are asked."""
        self.rank_of: dict[Profile, Rank] = {}
        self.line = Line()
        """Those who wait and are not being offered."""
        self.ringing = Line()
        """Those for whom phones ring, and one more may."""
        self.counts = [0] * len(AVAILABILITIES)
        """Agents who may take such a caller, by availability."""
        self.staff = 0
        self.obstacles: dict[tuple[SkipReason, str], list[int]] = {}
        """How many agents of the queue cannot take such a caller, by reason and detail."""


class Profile:
    """Agents who can do the same."""

    __slots__ = ("able", "bit", "classes", "free", "members", "refused", "served", "shifts")

    def __init__(self, able: Ability, bit: int) -> None:
        self.able = able
        self.bit = bit
        self.classes = 0
        """Mask of the classes that it serves."""
        self.served: list[Rank] = []
        self.refused: list[list[int]] = []
        """The counters of the classes that its agents may not serve, though of the queue."""
        self.free: dict[Order, list[Key]] = {}
        """Free agents, in each order that a strategy in use wants."""
        self.members: list[dict[AgentId, None]] = [{} for _ in AVAILABILITIES]
        self.shifts: dict[CallClass, Ms] = {}
        """How much earlier the callers of a class count as arrived for these agents."""


class Seat:
    """What is known of one agent."""

    __slots__ = ("availability", "keys", "profile")

    def __init__(self, profile: Profile, now: Availability, keys: dict[Order, Key]) -> None:
        self.profile = profile
        self.availability = now
        self.keys = keys


class Stand:
    """What is known of one caller."""

    __slots__ = ("call_class", "held_for", "is_ringing", "place")

    def __init__(
        self, call_class: CallClass, place: Place, held_for: tuple[AgentId, ...], *, ringing: bool
    ) -> None:
        self.call_class = call_class
        self.place = place
        self.held_for = held_for
        self.is_ringing = ringing


def link(call_class: CallClass, profile: Profile, step_ms: Ms) -> None:
    """Work out whether a profile serves a class, and how well; both count each other."""
    demand, able = call_class.demand, profile.able
    if able.level_in(demand.queue_id) is None:
        return
    members = [len(of) for of in profile.members]
    why = obstacle(demand, able)
    if why is not None:
        counter = call_class.obstacles.setdefault(why, [0])
        counter[0] += sum(members)
        profile.refused.append(counter)
        return
    joined = _rank(call_class, rank(demand, able, call_class.strategy))
    joined.mask |= profile.bit
    joined.free += members[Availability.FREE]
    call_class.rank_of[profile] = joined
    profile.served.append(joined)
    profile.classes |= call_class.bit
    call_class.staff += sum(members)
    for which, count in enumerate(members):
        call_class.counts[which] += count
    priority = next(p for queue_id, _, p in able.queues if queue_id == demand.queue_id)
    if priority:
        profile.shifts[call_class] = priority * step_ms


def _rank(call_class: CallClass, value: tuple[int, int]) -> Rank:
    index = bisect_left([each.value for each in call_class.ranks], value)
    if index == len(call_class.ranks) or call_class.ranks[index].value != value:
        call_class.ranks.insert(index, Rank(call_class, value))
    return call_class.ranks[index]
