"""The service's figures for Prometheus, read from its parts when they are asked for.

The parts count in plain numbers; nothing here costs a call anything. Every metric is described in
docs/metrics.md.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric that is read when it is asked for."""

    name: str
    """With its unit and without "callcenter_" and "_total"."""
    text: str
    read: Callable[[], float | None]
    """Returns None for what is not known."""
    counts: bool = False
    """It only grows: a counter, else a gauge."""


@dataclass(frozen=True, slots=True)
class Family:
    """A metric with one label, whose values are few and known."""

    name: str
    text: str
    label: str
    read: Callable[[], Mapping[str, float]]
    counts: bool = False


class VitalCollector(Collector):
    """Yields figures and families."""

    def __init__(self, figures: Iterable[Figure], families: Iterable[Family]) -> None:
        self._figures = tuple(figures)
        self._families = tuple(families)

    @override
    def collect(self) -> Iterable[Metric]:
        """Read all."""
        for figure in self._figures:
            metric = _metric(figure, ())
            value = figure.read()
            if value is not None:
                metric.add_metric((), value)
            yield metric
        for family in self._families:
            metric = _metric(family, (family.label,))
            for word, value in family.read().items():
                metric.add_metric((word,), value)
            yield metric


def _metric(
    figure: Figure | Family, labels: tuple[str, ...]
) -> CounterMetricFamily | GaugeMetricFamily:
    kind = CounterMetricFamily if figure.counts else GaugeMetricFamily
    return kind(f"callcenter_{figure.name}", figure.text, labels=labels)


class Durations:
    """Histograms of what is timed as it happens."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.loop_lag = _histogram(
            "loop_lag_seconds", "How late the event loop wakes who sleeps", registry
        )
        self.commit = _histogram(
            "journal_commit_seconds", "How long a commit of the journal takes", registry
        )


def _histogram(name: str, text: str, registry: CollectorRegistry) -> Histogram:
    return Histogram(f"callcenter_{name}", text, buckets=SECONDS, registry=registry)
