from callcenter.adapters.codec import Codec
from callcenter.core.acd.comfort_messages import PositionTold
from callcenter.core.acd.wait_range import NoEstimate, WaitRange
from callcenter.core.ids import CallId
from callcenter.ports.journal import Recorded


def test_an_expected_wait_is_stored_with_its_fact_and_read_again():
    codec = Codec()
    fact = PositionTold(9, CallId("call"), 3, expects=WaitRange(1, 2, 3, 4, 5), is_told=True)
    entry = codec.decode(1, "pool/main", codec.encode(fact))
    assert isinstance(entry, Recorded)
    assert entry.fact == fact


def test_a_fact_of_before_there_were_estimates_is_read_without_one():
    body = b'{"at":9,"call_id":"call","position":3}'
    entry = Codec().decode(1, "pool/main", ("PositionTold", 1, body))
    assert isinstance(entry, Recorded)
    assert entry.fact == PositionTold(9, CallId("call"), 3)


def test_reasons_are_words_that_can_be_recorded():
    for reason in NoEstimate:
        assert PositionTold(9, CallId("call"), 3, unknown=reason.value).unknown == reason
