"""The end of a run in plain sentences, and as one JSON object."""

from typing import Any

from tests.long_soak import figures
from tests.long_soak.plan import Kind, Wishes
from tests.long_soak.watch import Tally

_MOST_TOLD = 20


def slope_mib_per_h(tally: Tally, run_s: float) -> tuple[float | None, float]:
    """Return the slope of the memory and over how many minutes it was taken.

    By least squares over the last three quarters of the run, as far as they belong to the last life
    of the service.
    """
    points = [
        (at_s / 3600, body.rss_mib) for at_s, body in tally.bodies if run_s / 4 <= at_s <= run_s
    ]
    minutes = (points[-1][0] - points[0][0]) * 60 if points else 0.0
    return figures.slope(points), minutes


def summary(wishes: Wishes, tally: Tally, run_s: float, lives: int) -> dict[str, Any]:
    """Return all figures of a run."""
    slope, over_min = slope_mib_per_h(tally, run_s)
    last = tally.bodies[-1][1] if tally.bodies else None
    lag = {f"p{name}_ms": 1000 * figures.quantile(tally.lag, share) for name, share in _SHARES}
    return {
        "minutes": round(run_s / 60, 1),
        "seed": wishes.seed,
        "calls": tally.calls,
        "calls_per_min": round(tally.calls / run_s * 60, 1),
        "talks": tally.talks,
        "talks_in_progress": round(tally.talk_s / run_s, 1),
        "ends": dict(tally.ends),
        "outcomes": dict(tally.outcomes),
        "faults": dict(tally.faults),
        "deaths": tally.faults[Kind.KILL],
        "lives": lives,
        "recovery_s": {str(kind): took_s for kind, took_s in tally.recovery_s.items()},
        "largest_gap_ms": round(tally.silences.largest_ms),
        "shared_gap_ms": round(tally.silences.largest_shared_ms),
        "slowest_answer_s": round(tally.slowest_answer_s, 2),
        "second_rings": tally.second_rings,
        "explained_by_faults": dict(tally.explained),
        "rss_first_mib": round(tally.first_body.rss_mib, 1) if tally.first_body else None,
        "rss_last_mib": round(last.rss_mib, 1) if last else None,
        "rss_slope_mib_per_h": None if slope is None else round(slope, 2),
        "rss_slope_over_min": round(over_min, 1),
        "loop_lag": lag,
        "cpu_ms_per_call": round(1000 * tally.cpu_s / max(1, tally.calls), 1),
        "threads": last.threads if last else None,
        "files": last.files if last else None,
        "broken": [str(each) for each in tally.broken],
    }


_SHARES = (("50", 0.5), ("99", 0.99), ("99_9", 0.999))


def sentences(figures_: dict[str, Any]) -> list[str]:
    """Return the summary for people."""
    told = figures_
    faults = ", ".join(f"{count} {kind}" for kind, count in sorted(told["faults"].items()))
    ends = ", ".join(f"{count} {end}" for end, count in sorted(told["ends"].items()))
    outcomes = ", ".join(f"{count} {word}" for word, count in sorted(told["outcomes"].items()))
    lag = told["loop_lag"]
    lines = [
        f"{told['minutes']} minutes, seed {told['seed']}: {told['calls']} calls "
        f"({told['calls_per_min']} a minute), {told['talks']} talks, "
        f"{told['talks_in_progress']} in progress on average.",
        f"Ends: {ends}.",
        f"Records: {outcomes}.",
        f"Faults: {faults or 'none'}. Longest recovery: {told['recovery_s']} s.",
        f"Largest gap in a talk {told['largest_gap_ms']} ms ({told['shared_gap_ms']} ms in most "
        "talks at once, or in the fallback: the machine's); slowest answer "
        f"{told['slowest_answer_s']} s, "
        f"{told['second_rings']} rings at busy phones.",
        f"Memory {told['rss_first_mib']} MiB at first, {told['rss_last_mib']} MiB at last; slope "
        f"{told['rss_slope_mib_per_h']} MiB/h over {told['rss_slope_over_min']} minutes.",
        f"Loop lag at most p50 {lag['p50_ms']:g} ms, p99 {lag['p99_ms']:g} ms, "
        f"p99.9 {lag['p99_9_ms']:g} ms; {told['cpu_ms_per_call']} ms of CPU per call; "
        f"{told['threads']} threads, {told['files']} files.",
    ]
    lines += [f"BROKEN at {each}" for each in told["broken"][:_MOST_TOLD]]
    if len(told["broken"]) > _MOST_TOLD:
        lines.append(f"... and {len(told['broken']) - _MOST_TOLD} more")
    return lines
