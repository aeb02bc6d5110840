from dataclasses import replace

from tests.long_soak.media import Span
from tests.long_soak.silences import Gap, Silences, Talked


def talk(who: str, *gaps: Span) -> Talked:
    """Return a talk from 100 to 120 s with gaps."""
    return Talked(who, Span(100.0, 120.0), tuple(Gap(gap, "caller", gap.ms) for gap in gaps))


def test_a_gap_of_one_call_is_told():
    silences = Silences()
    for n in range(6):
        silences.add(talk(f"quiet {n}"))
    silences.add(talk("+1", Span(110.0, 110.4)))
    [found] = silences.judge(130.0)
    assert found.startswith("+1: the caller heard nothing for 400 ms, 10.0 s after the beginning")
    assert round(silences.largest_ms) == 400
    assert silences.largest_shared_ms == 0.0


def test_a_gap_of_most_talks_at_one_moment_is_not_the_services():
    silences = Silences()
    silences.add(talk("quiet"))
    for n in range(4):
        silences.add(talk(f"+{n}", Span(110.0 + n / 100, 110.4)))
    assert list(silences.judge(130.0)) == []
    assert silences.largest_ms == 0.0
    assert round(silences.largest_shared_ms) == 400


def test_what_the_fallback_has_too_is_not_the_services():
    silences = Silences()
    for n in range(6):
        silences.add(talk(f"quiet {n}"))
    silences.add(talk("+1", Span(110.0, 110.4)))
    silences.add(replace(talk("+2", Span(110.1, 110.2)), is_control=True))
    silences.add(replace(talk("+3", Span(105.0, 105.3)), is_control=True))
    assert list(silences.judge(130.0)) == []
    assert round(silences.largest_shared_ms) == 400


def test_gaps_at_different_moments_or_of_two_calls_only_have_no_company():
    apart, pair = Silences(), Silences()
    for n in range(4):
        apart.add(talk(f"+{n}", Span(110.0 + n, 110.4 + n)))
    for n in range(2):
        pair.add(talk(f"+{n}", Span(110.0, 110.4)))
    assert len(list(apart.judge(130.0))) == 4
    assert len(list(pair.judge(130.0))) == 2


def test_a_gap_is_judged_once_and_a_short_one_is_none():
    silences = Silences()
    silences.add(talk("+1", Span(110.0, 110.4), Span(115.0, 115.09)))
    assert list(silences.judge(105.0)) == []
    assert len(list(silences.judge(130.0))) == 1
    assert list(silences.judge(140.0)) == []
