"""The Erlang formulas: what theory says of a queue, to compare routing with.

Calls arrive at random (Poisson), handle times are exponential, agents are alike, first come first
served. The load ``a`` in erlangs is arrivals per second times the mean handle time in seconds.

Source: Erlang (1917) for B and C; Palm (1957) for A. The recursion of B is stable for any load.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QueueTheory:
    """What is to be expected of a queue."""

    wait_probability: float
    """Share of callers who wait at all."""
    asa_s: float
    """Mean wait of all callers, seconds; in Erlang A also of those who give up."""
    service_level: float
    """Share of callers whose wait is at most the threshold."""
    occupancy: float
    """Share of the agents' time spent on calls."""
    abandoned: float = 0.0
    """Share of callers who give up."""


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


def impatient_queue(load: float, agents: int, aht_s: float, patience_s: float) -> QueueTheory:
    """Return what Erlang A says: callers give up after an exponential patience.

    The service level is not computed (0.0): it has no short formula.

    Args:
        load: Offered load in erlangs; may exceed the number of agents.
        agents: Number of agents, at least 1.
        aht_s: Mean handle time, seconds.
        patience_s: Mean patience, seconds.
    """
    share = _state_shares(load, agents, aht_s / patience_s)
    in_queue = sum((count - agents) * p for count, p in enumerate(share) if count > agents)
    busy = sum(min(count, agents) * p for count, p in enumerate(share))
    arrivals_per_s = load / aht_s
    return QueueTheory(
        wait_probability=sum(share[agents:]),
        asa_s=in_queue / arrivals_per_s,
        service_level=0.0,
        occupancy=busy / agents,
        abandoned=in_queue / patience_s / arrivals_per_s,
    )


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
