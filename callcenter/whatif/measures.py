"""What is measured of a day: service level, waits, who gave up, how busy the agents were."""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean

from callcenter.core.ids import Ms, QueueId
from callcenter.core.plan import QueueRules
from callcenter.whatif.day import ABANDONED, ANSWERED, Outcome, Visit
from callcenter.whatif.scenario import Counting

OVERALL = "overall"
Measured = Mapping[str, float | None]
"""Values by name; None where nothing was to be measured."""


def measure(
    outcome: Outcome, queues: Mapping[QueueId, QueueRules], counting: Counting
) -> dict[str, Measured]:
    """Return what was measured, for each queue that had callers, and overall.

    Args:
        outcome: What happened on the day.
        queues: Their limits of the service level.
        counting: Who counts in it.
    """
    by_queue: dict[str, list[Visit]] = {}
    for visit in outcome.visits:
        by_queue.setdefault(visit.queue_id, []).append(visit)
    limits = {queue_id: rules.service_level_ms for queue_id, rules in queues.items()}
    found = {
        queue_id: _values(visits, limits, counting) for queue_id, visits in sorted(by_queue.items())
    }
    overall = _values(outcome.visits, limits, counting)
    overall["occupancy"] = outcome.busy_ms / outcome.staffed_ms if outcome.staffed_ms else None
    return {OVERALL: overall, **found}


def _values(
    visits: Sequence[Visit], limits: Mapping[QueueId, Ms], counting: Counting
) -> dict[str, float | None]:
    waits = sorted(visit.wait_ms / 1_000 for visit in visits)
    answered = [visit for visit in visits if visit.end == ANSWERED]
    gave_up = sum(visit.end == ABANDONED for visit in visits)
    lost = len(visits) - len(answered) - gave_up
    return {
        "callers": float(len(visits)),
        "service_level": service_level(visits, limits, counting),
        "asa_s": fmean(v.wait_ms for v in answered) / 1_000 if answered else None,
        "abandoned": gave_up / len(visits) if visits else None,
        "given_back": lost / len(visits) if visits else None,
        "wait_p50_s": quantile(waits, 0.5),
        "wait_p90_s": quantile(waits, 0.9),
        "wait_p95_s": quantile(waits, 0.95),
        "wait_max_s": waits[-1] if waits else None,
    }


def service_level(
    visits: Sequence[Visit], limits: Mapping[QueueId, Ms], counting: Counting
) -> float | None:
    """Return the share of callers served in time, or None if nobody counts.

    Args:
        visits: In any order.
        limits: By queue, the longest wait that is in time, inclusive.
        counting: ALL divides those answered in time by all; ANSWERED by those answered; OFFERED
            counts those who gave up in time as served, and leaves those out whom the queue gave
            back.

    Source: ANSWERED and OFFERED are ServicelevelPerf and ServicelevelPerf2 of app_queue.
    """
    served = {ANSWERED, ABANDONED} if counting is Counting.OFFERED else {ANSWERED}
    counted = [v for v in visits if counting is Counting.ALL or v.end in served]
    in_time = sum(v.end in served and v.wait_ms <= limits[v.queue_id] for v in counted)
    return in_time / len(counted) if counted else None


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """Return the smallest value that this share does not exceed (nearest rank); None of nothing."""
    if not ordered:
        return None
    return ordered[max(0, math.ceil(round(share * len(ordered), 9)) - 1)]
