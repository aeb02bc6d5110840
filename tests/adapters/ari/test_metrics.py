from prometheus_client import CollectorRegistry

from callcenter.adapters.ari.metrics import AriMetrics


def test_counts_and_times_are_kept_by_name() -> None:
    registry = CollectorRegistry()
    metrics = AriMetrics(registry)
    for _ in range(3):
        metrics.event("StasisEnd")
        metrics.answered("ring", 0.004)
    metrics.refused("ring", 500)
    value = registry.get_sample_value
    assert value("callcenter_ari_events_total", {"type": "StasisEnd"}) == 3
    assert value("callcenter_ari_request_seconds_count", {"name": "ring"}) == 3
    assert value("callcenter_ari_request_seconds_bucket", {"name": "ring", "le": "0.005"}) == 3
    assert value("callcenter_ari_refusals_total", {"name": "ring", "status": "500"}) == 1
