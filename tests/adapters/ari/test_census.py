import msgspec

from callcenter.adapters.ari import wire
from callcenter.adapters.ari.census import census, seen_leg
from tests.adapters.ari.messages import CALL, CALLER, LEG, channel

# What a snapshot looks like as a whole is tested with the port, in test_telephony.py.

info = wire.AsteriskInfo()


def converted(*args: str, **more: object) -> wire.Channel:
    return msgspec.convert({**channel(*args), **more}, wire.Channel)


def test_a_caller_whom_nobody_has_marked_has_no_call() -> None:
    leg = seen_leg(converted(CALLER, "Ring"))
    assert (leg.is_caller, leg.answered, leg.call_id) == (True, False, None)


def test_a_leg_of_ours_is_not_announced() -> None:
    leg = seen_leg(converted(LEG, "Up", channelvars={"CC_CALL": CALL, "CC_DID": ""}))
    assert (leg.is_caller, leg.answered, leg.call_id, leg.arrival) == (False, True, CALL, None)


def test_a_mark_that_is_no_text_is_no_mark() -> None:
    assert seen_leg(converted(LEG, channelvars={"CC_CALL": 7})).call_id is None


def test_a_caller_whom_we_gave_back_is_not_ours_though_marked() -> None:
    marked = converted(CALLER, channelvars={"CC_CALL": CALL})
    assert census([marked], [], wire.Application(channel_ids=()), info).legs == ()


def test_a_pbx_that_hides_its_start_has_an_empty_one() -> None:
    assert census([], [], wire.Application(), info).pbx_started_at == ""
