"""The Erlang formulas: what theory says of a queue, to compare routing with.

Calls arrive at random (Poisson), handle times are exponential, agents are alike, first come first
served. The load ``a`` in erlangs is arrivals per second times the mean handle time in seconds.

Source: Erlang (1917) for B and C; Palm (1957) and Mandelbaum and Zeltyn (2007) for A; Cobham (1954)
and Kella and Yechiali (1985) for priorities. The recursion of B is stable for any load.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QueueTheory:
    """What is to be expected of a queue."""

    wait_probability: float
    """Share of callers who wait at all."""
    asa_s: float
    """Mean wait of all callers, seconds; in Erlang A also of those who give up."""
    service_level: float
    """Share of all callers who are answered within the threshold."""
    occupancy: float
    """Share of the agents' time spent on calls."""
    abandoned: float = 0.0
    """Share of callers who give up."""
    answered_asa_s: float | None = None
    """Mean wait of those who are answered, where it is not that of all."""


def erlang_b(load: float, agents: int) -> float:
    """Return the share of calls that find all agents busy if nobody waits.

    Args:
        load: Offered load in erlangs, at least 0.
        agents: Number of agents, at least 0.

    Raises:
        ValueError: An argument is negative.
    """
    if load < 0 or agents < 0:
        raise ValueError(f"load and agents must not be negative: {load}, {agents}")
    blocked = 1.0
    for count in range(1, agents + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked


def erlang_c(load: float, agents: int) -> float:
    """Return the share of callers who wait if all wait for as long as it takes.

    Returns:
        A fraction in [0, 1]; 1 where the queue grows without end (load at least agents).
    """
    if load >= agents:
        return 1.0
    blocked = erlang_b(load, agents)
    return agents * blocked / (agents - load * (1 - blocked))


def patient_queue(load: float, agents: int, aht_s: float, threshold_s: float) -> QueueTheory:
    """Return what Erlang C says.

    Args:
        load: Offered load in erlangs.
        agents: Number of agents, more than the load.
        aht_s: Mean handle time, seconds.
        threshold_s: Longest wait that counts as served in time, seconds.

    Raises:
        ValueError: The load is not below the number of agents: no steady state.
    """
    if load >= agents:
        raise ValueError(f"{load} erlangs need more than {agents} agents")
    waits = erlang_c(load, agents)
    drain_per_s = (agents - load) / aht_s
    return QueueTheory(
        wait_probability=waits,
        asa_s=waits / drain_per_s,
        service_level=1 - waits * math.exp(-drain_per_s * threshold_s),
        occupancy=load / agents,
    )


def agents_needed(load: float, aht_s: float, threshold_s: float, service_level: float) -> int:
    """Return the least number of agents that reaches a service level, by Erlang C.

    Args:
        load: Offered load in erlangs.
        aht_s: Mean handle time, seconds.
        threshold_s: Longest wait that counts as served in time, seconds.
        service_level: The share wanted, at least 0 and below 1.

    Raises:
        ValueError: The share is not in [0, 1).
    """
    if not 0 <= service_level < 1:
        raise ValueError(f"a service level is in [0, 1): {service_level}")
    agents = math.floor(load) + 1
    while patient_queue(load, agents, aht_s, threshold_s).service_level < service_level:
        agents += 1
    return agents


def impatient_queue(
    load: float, agents: int, aht_s: float, patience_s: float, threshold_s: float = 0.0
) -> QueueTheory:
    """Return what Erlang A says: callers give up after an exponential patience.

    Args:
        load: Offered load in erlangs; may exceed the number of agents.
        agents: Number of agents, at least 1.
        aht_s: Mean handle time, seconds.
        patience_s: Mean patience, seconds.
        threshold_s: Longest wait that counts as served in time, seconds.
    """
    share = _state_shares(load, agents, aht_s / patience_s)
    in_queue = sum((count - agents) * p for count, p in enumerate(share) if count > agents)
    busy = sum(min(count, agents) * p for count, p in enumerate(share))
    arrivals_per_s = load / aht_s
    abandoned = in_queue / patience_s / arrivals_per_s
    waits = sum(share[agents:])

    def answered_after(wait_s: float) -> float:
        """Density of the waits of those who have to wait and are answered."""
        leaving = math.exp(-wait_s / patience_s)
        growth = arrivals_per_s * patience_s * (1 - leaving) - agents / aht_s * wait_s
        return arrivals_per_s * share[agents - 1] * math.exp(growth) * leaving

    longest_s = 40 * patience_s
    if agents > load:  # waits end no later than without patience
        longest_s = min(longest_s, 40 * aht_s / (agents - load))
    mean_s = _integral(lambda wait_s: wait_s * answered_after(wait_s), longest_s)
    return QueueTheory(
        wait_probability=waits,
        asa_s=in_queue / arrivals_per_s,
        service_level=1 - waits + _integral(answered_after, threshold_s),
        occupancy=busy / agents,
        abandoned=abandoned,
        answered_asa_s=mean_s / (1 - abandoned),
    )


def two_priorities(
    loads: tuple[float, float], agents: int, aht_s: float, threshold_s: float
) -> tuple[QueueTheory, QueueTheory]:
    """Return what holds for two classes, the first strictly before the second, nobody interrupted.

    A caller of the second class waits for the work before it, and for all callers of the first
    class who come meanwhile: a busy period of theirs (its transform is inverted numerically).

    Args:
        loads: Offered loads of the two classes, erlangs; both more than 0.
        agents: Number of agents, more than both loads together.
        aht_s: Mean handle time of either class, seconds.
        threshold_s: Longest wait that counts as served in time, seconds; more than 0.
    """
    both = patient_queue(sum(loads), agents, aht_s, threshold_s)
    waits, served_per_s = both.wait_probability, agents / aht_s
    first_per_s, all_per_s = loads[0] / aht_s, sum(loads) / aht_s
    first_drain = served_per_s - first_per_s

    def second_waits(s: complex) -> complex:
        """Transform of the waits of those of the second class who have to wait."""
        total = s + first_per_s + served_per_s
        busy_period = total - (total * total - 4 * first_per_s * served_per_s) ** 0.5
        seen = s + first_per_s - busy_period / 2
        return (served_per_s - all_per_s) / (served_per_s - all_per_s + seen)

    beyond = _inverse_transform(lambda s: (1 - second_waits(s)) / s, threshold_s)
    levels = (1 - waits * math.exp(-first_drain * threshold_s), 1 - waits * beyond)
    first_asa_s = waits / first_drain
    asas_s = (first_asa_s, first_asa_s * served_per_s / (served_per_s - all_per_s))
    first, second = (
        QueueTheory(waits, asa_s, level, both.occupancy)
        for asa_s, level in zip(asas_s, levels, strict=True)
    )
    return first, second


def _integral(function: Callable[[float], float], end: float, steps: int = 20_000) -> float:
    """Return the integral from 0 to ``end`` by Simpson's rule."""
    width = end / steps
    values = [function(step * width) for step in range(steps + 1)]
    return width / 3 * math.fsum((*values, *values[1:-1], *values[1:-1:2], *values[1:-1:2]))


def _inverse_transform(transform: Callable[[complex], complex], at: float) -> float:
    """Return the function of time whose Laplace transform is given, at an instant above 0.

    Source: Abate and Whitt (1995), the Euler method with 15 + 11 terms; good to six digits here.
    """
    damping = 18.4

    def term(count: int) -> float:
        point = complex(damping, 2 * math.pi * count) / (2 * at)
        return transform(point).real * (-1 if count % 2 else 1)

    partial = transform(complex(damping / (2 * at))).real / 2
    sums = []
    for count in range(1, 27):
        partial += term(count)
        sums.append(partial)
    averaged = sum(math.comb(11, k) * sums[14 + k] for k in range(12)) / 2**11
    return math.exp(damping / 2) / at * averaged


def _state_shares(load: float, agents: int, leaving: float) -> list[float]:
    """Return the share of time with 0, 1, 2... calls in the system.

    Args:
        load: Offered load in erlangs.
        agents: Number of agents.
        leaving: Rate at which one waiting caller gives up, per mean handle time.
    """
    logs = [0.0]
    highest = 0.0
    while logs[-1] > highest - 50 or len(logs) <= agents:
        count = len(logs)
        rate = min(count, agents) + max(0, count - agents) * leaving
        logs.append(logs[-1] + math.log(load) - math.log(rate))
        highest = max(highest, logs[-1])
    weights = [math.exp(value - highest) for value in logs]
    total = sum(weights)
    return [weight / total for weight in weights]


def relaxation_s(load: float, agents: int, aht_s: float, patience_s: float | None = None) -> float:
    """Return how long a queue remembers: what a simulation has to be long against.

    Args:
        load: Offered load in erlangs; below the number of agents if nobody gives up.
        agents: Number of agents.
        aht_s: Mean handle time, seconds.
        patience_s: Mean patience, seconds; None for callers who never give up.

    Source: Morse (1955), of M/M/n in heavy traffic; with patience the queue forgets no slower than
        calls end or callers leave.
    """
    if patience_s is not None:
        return max(aht_s, patience_s)
    return aht_s / (math.sqrt(agents) - math.sqrt(load)) ** 2
