import math
import os

import pytest

from tests.long_soak.figures import (
    body_of,
    lag_buckets,
    quantile,
    since,
    slope,
    together,
    values,
)

METRICS = """\
# HELP callcenter_open_calls Calls that are not closed
# TYPE callcenter_open_calls gauge
callcenter_open_calls 7.0
callcenter_queue_size{queue="inbox"} 3.0
callcenter_loop_lag_seconds_bucket{le="0.001"} 90.0
callcenter_loop_lag_seconds_bucket{le="0.05"} 99.0
callcenter_loop_lag_seconds_bucket{le="+Inf"} 100.0
callcenter_loop_lag_seconds_count 100.0
"""


def test_the_slope_is_that_of_the_line_of_least_squares():
    assert slope([(0.0, 100.0), (1.0, 102.0), (2.0, 104.0)]) == pytest.approx(2.0)
    assert slope([(0.0, 100.0), (1.0, 100.0), (2.0, 106.0), (3.0, 106.0)]) == pytest.approx(2.4)


def test_a_slope_needs_three_points_at_different_times():
    assert slope([(0.0, 1.0), (1.0, 2.0)]) is None
    assert slope([(1.0, 1.0), (1.0, 2.0), (1.0, 3.0)]) is None


def test_the_lag_is_read_from_the_metrics():
    assert lag_buckets(METRICS) == {0.001: 90.0, 0.05: 99.0, math.inf: 100.0}
    assert values(METRICS)["callcenter_open_calls"] == 7.0


def test_a_quantile_is_the_limit_of_its_bucket():
    buckets = lag_buckets(METRICS)
    assert quantile(buckets, 0.5) == 0.001
    assert quantile(buckets, 0.99) == 0.05
    assert quantile(buckets, 0.999) == math.inf
    assert quantile({}, 0.5) == 0.0


def test_what_a_minute_added_is_counted_also_after_a_new_start():
    before, later = {0.1: 5.0, math.inf: 6.0}, {0.1: 8.0, math.inf: 10.0}
    assert since(later, before) == {0.1: 3.0, math.inf: 4.0}
    anew = {0.1: 2.0, math.inf: 2.0}
    assert since(anew, before) == anew
    assert together(before, anew) == {0.1: 7.0, math.inf: 8.0}


def test_this_process_has_a_body():
    body = body_of(os.getpid())
    assert body.rss_mib > 5
    assert body.threads >= 1
    assert body.files >= 1
    assert body.cpu_s > 0
