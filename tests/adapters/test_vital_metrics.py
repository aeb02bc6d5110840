"""Figures are read when they are asked for."""

from prometheus_client import CollectorRegistry, generate_latest

from callcenter.adapters.vital_metrics import Durations, Family, Figure, VitalCollector


def test_figures_and_families_become_metrics_with_their_values_of_now():
    values = {"a": 1.0}
    registry = CollectorRegistry()
    registry.register(
        VitalCollector(
            [
                Figure("level", "A level", lambda: values["a"]),
                Figure("unknown", "Not known yet", lambda: None, counts=True),
                Figure("done", "What was done", lambda: 7, counts=True),
            ],
            [Family("sizes", "Sizes", "queue", lambda: values)],
        )
    )
    values["a"] = 2.0
    text = generate_latest(registry).decode()
    assert "callcenter_level 2.0\n" in text
    assert "# TYPE callcenter_unknown_total counter\n" in text
    assert "\ncallcenter_unknown_total " not in text
    assert "callcenter_done_total 7.0\n" in text
    assert 'callcenter_sizes{queue="a"} 2.0\n' in text


def test_durations_are_histograms_in_seconds():
    registry = CollectorRegistry()
    Durations(registry).commit.observe(0.003)
    assert registry.get_sample_value("callcenter_journal_commit_seconds_sum") == 0.003
    bucket = {"le": "0.002"}
    assert registry.get_sample_value("callcenter_journal_commit_seconds_bucket", bucket) == 0
