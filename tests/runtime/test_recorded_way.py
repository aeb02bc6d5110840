from dataclasses import replace

import pytest

from callcenter.core.ids import QueueId
from callcenter.ports.records import Segment, SegmentKind
from callcenter.runtime.recorded_way import of_record
from tests.support.web_fakes import record


def test_the_segments_are_the_way_and_the_missing_reasons_are_told():
    told = of_record(record(), 99, hides_agents=False)
    assert told.headline == (
        "The call went to Anna, and is over: an agent had talked with the caller."
    )
    assert [each.text for each in told.passages[0].sentences] == [
        "The call came in on Shop.",
        "The phone of Bert rang for 1 s (no answer).",
        "Anna talked with the caller for 4 s.",
        "The call ended: an agent had talked with the caller.",
        "The journal has no facts of this call: what each choice was made from is not known.",
    ]


def test_nobody_is_named_to_those_who_may_not_know():
    told = str(of_record(record(), 99, hides_agents=True))
    assert "Anna" not in told
    assert "Bert" not in told


def test_a_call_that_nobody_took_and_that_is_open_is_told_too():
    told = of_record(replace(record(), agent_name="", outcome=None), 99, hides_agents=False)
    assert told.headline == "The call went to nobody."


@pytest.mark.parametrize("kind", SegmentKind)
def test_each_kind_of_segment_has_a_sentence(kind: SegmentKind):
    segment = Segment(1, kind, 1_000, None, "", QueueId("sales"))
    told = of_record(replace(record(), segments=(segment,)), 99, hides_agents=False)
    assert told.passages[0].sentences[1].text.endswith(".")
    assert told.passages[0].sentences[1].at == 1_000
