"""What queueing theory says of one queue: the anchor that simulations are checked against.

Calls come at random (Poisson), talks last an exponential time, nobody gives up: M/M/n. The load in
erlang is the rate of calls times the mean talk; ``n`` agents can carry any load below ``n``.
"""

from math import exp


def erlang_b(agents: int, load: float) -> float:
    """Return the share of calls lost when nobody may wait (Erlang's first formula)."""
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(agents: int, load: float) -> float:
    """Return the share of calls that have to wait (Erlang's second formula).

    Args:
        agents: How many agents there are, at least 1.
        load: In erlang, below ``agents``: else the line grows for ever.
    """
    if load >= agents:
        raise ValueError(f"{load} erlang are too much for {agents} agents")
    blocked = erlang_b(agents, load)
    return agents * blocked / (agents - load * (1 - blocked))


def service_level(agents: int, load: float, talk_s: float, threshold_s: float) -> float:
    """Return the share of calls answered within a wait, 0 to 1.

    Args:
        agents: How many agents there are.
        load: In erlang, below ``agents``.
        talk_s: The mean talk, after-call work included.
        threshold_s: The wait.
    """
    waits = erlang_c(agents, load)
    return 1 - waits * exp(-(agents - load) * threshold_s / talk_s)


def mean_wait_s(agents: int, load: float, talk_s: float) -> float:
    """Return the mean wait of all calls, in seconds: the average speed of answer."""
    return erlang_c(agents, load) * talk_s / (agents - load)
