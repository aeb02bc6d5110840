"""The service's figures: which metric is read from which part. Each is told in docs/metrics.md."""

from collections.abc import Callable, Iterator, Mapping

from callcenter.adapters.vital_metrics import Family, Figure
from callcenter.adapters.watchdog import Watchdog
from callcenter.core.acd.experience import Accuracy
from callcenter.core.vitals.limits import Urgency
from callcenter.vital_signs import Organs, VitalSigns


def figures(signs: VitalSigns, watchdog: Watchdog) -> Iterator[Figure]:
    """Yield the metrics without labels."""
    yield from _of_calls(signs.organs)
    yield from _of_recovery(signs.organs)
    yield from _of_the_process(signs, watchdog)
    if (reserve := signs.organs.reserve) is not None:
        yield Figure(
            "journal_reserve_bytes",
            "Room that is kept for the journal; 0 while the disk is full",
            lambda: reserve.size_bytes,
        )


def _of_calls(organs: Organs) -> Iterator[Figure]:
    centre, admission = organs.node.centre, organs.admission
    pools = centre.pools
    yield Figure("open_calls", "Calls that are not closed", lambda: len(centre.calls))
    yield Figure(
        "waiting_calls",
        "Callers in queues",
        lambda: sum(len(pool.waiting) for pool in pools.values()),
    )
    yield Figure(
        "agents_logged_in", "Agents at work", lambda: sum(len(p.agents) for p in pools.values())
    )
    yield Figure(
        "calls_offered", "Calls that the PBX offered", lambda: admission.offered, counts=True
    )
    yield Figure(
        "fallback_entries",
        "Callers who went to the fallback of the dialplan, counted by the PBX since its start",
        lambda: organs.telephony.fallback_entries,
        counts=True,
    )
    yield Figure(
        "effects_dropped",
        "Effects not carried out because their reason was gone",
        lambda: organs.performer.dropped,
        counts=True,
    )


def _of_recovery(organs: Organs) -> Iterator[Figure]:
    link = organs.link
    yield Figure("pbx_in_agreement", "1 if calls are taken", lambda: float(link.is_live))
    yield Figure("lease_renewals", "Leases renewed", lambda: organs.leases.renewals, counts=True)
    yield Figure(
        "lease_expiries",
        "Callers whom the PBX took back because nobody renewed their lease",
        lambda: organs.tally.lease_expiries,
        counts=True,
    )
    yield Figure(
        "repairs",
        "Steps by which the reconciler made the PBX show what is wanted",
        lambda: link.repairs,
        counts=True,
    )


def _of_the_process(signs: VitalSigns, watchdog: Watchdog) -> Iterator[Figure]:
    organs = signs.organs
    throttle = organs.telephony.throttle
    yield Figure("ready", "1 if new calls are taken", lambda: float(signs.readiness()[0]))
    yield Figure(
        "degrade_level", "How much is switched off, 0 to 5", lambda: int(organs.admission.level)
    )
    yield Figure(
        "loop_lag_max_seconds",
        "The longest lag of the event loop in the last minute",
        lambda: organs.pulse.lags.highest,
    )
    yield Figure(
        "loop_blockages",
        "Times that the event loop stood still for more than a second",
        lambda: watchdog.blockages,
        counts=True,
    )
    yield Figure("projected_sequence", "Facts stored in the CRM", lambda: organs.projector.seq)
    yield Figure(
        "projector_lag_facts",
        "Facts that the CRM does not have yet",
        lambda: max(0, organs.journal.seq - organs.projector.seq),
    )
    yield Figure(
        "projector_lag_seconds",
        "How long the CRM has been behind the journal",
        lambda: signs.behind_ms / 1_000,
    )
    yield Figure(
        "commands_limit", "Commands that may be under way", lambda: throttle.commands.limit
    )
    yield Figure("commands_under_way", "Commands under way", lambda: throttle.commands.inside)
    yield Figure(
        "look_up_breaker_open",
        "1 while nobody is looked up because the CRM did not answer",
        lambda: float(organs.directory.breaker.is_open),
    )


def families(signs: VitalSigns) -> Iterator[Family]:
    """Yield the metrics with a label."""
    organs = signs.organs
    admission, throttle = organs.admission, organs.telephony.throttle
    yield Family(
        "calls_left",
        "Offered calls that we left to the fallback, by reason",
        "reason",
        lambda: {**admission.left, "events": organs.telephony.inbox.dropped["offer"]},
        counts=True,
    )
    yield Family(
        "calls_ended",
        "Calls that ended, by outcome",
        "outcome",
        lambda: organs.tally.outcomes,
        counts=True,
    )
    yield Family(
        "orphans_ended",
        "Legs and bridges that the PBX had and no call wanted",
        "kind",
        lambda: organs.link.ended,
        counts=True,
    )
    yield Family(
        "commands_shed",
        "Commands that did not get their turn, by urgency",
        "urgency",
        lambda: {
            each.name.lower(): _shed(throttle.commands.shed, throttle.rings.shed, each)
            for each in Urgency
        },
        counts=True,
    )
    yield Family(
        "events_dropped",
        "Events of the PBX that were not read because too many waited",
        "kind",
        lambda: organs.telephony.inbox.dropped,
        counts=True,
    )
    yield Family(
        "look_ups",
        "Questions who calls, by result",
        "result",
        lambda: organs.directory.results,
        counts=True,
    )
    yield from _of_estimates(organs)
    yield Family(
        "queue_size", "What waits in each bounded queue", "queue", lambda: _sizes(signs, 0)
    )
    yield Family("queue_limit", "How much each queue takes", "queue", lambda: _sizes(signs, 1))


def _of_estimates(organs: Organs) -> Iterator[Family]:
    yield Family(
        "estimates_compared",
        "Answered callers whose wait had been estimated at entry, by queue",
        "queue",
        lambda: _accuracies(organs, lambda each: each.answered),
        counts=True,
    )
    yield Family(
        "estimate_error_seconds",
        "How far off the likely wait was on average, to either side, by queue",
        "queue",
        lambda: _accuracies(organs, lambda each: each.mean_error_ms / 1_000),
    )
    yield Family(
        "estimate_bias_seconds",
        "The likely wait less the real one on average, by queue",
        "queue",
        lambda: _accuracies(organs, lambda each: each.bias_ms / 1_000),
    )
    yield Family(
        "estimate_coverage_ratio",
        "Share of the real waits within the expected range, by queue",
        "queue",
        lambda: _accuracies(organs, lambda each: each.coverage),
    )


def _accuracies(organs: Organs, read: Callable[[Accuracy], float]) -> dict[str, float]:
    return {
        queue_id: read(pool.experience.of(queue_id).accuracy)
        for pool in organs.node.centre.pools.values()
        for queue_id in pool.queues
    }


def _shed(commands: Mapping[Urgency, int], rings: Mapping[Urgency, int], each: Urgency) -> int:
    return commands[each] + rings[each]


def _sizes(signs: VitalSigns, which: int) -> dict[str, float]:
    return {name: pair[which] for name, pair in signs.queues().items()}
