import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.adapters.ari import wire
from callcenter.adapters.ari.events import (
    LONGEST_MESSAGE,
    EndAgain,
    Fenced,
    Translated,
    Translator,
    Unread,
    end_of_leg,
)
from callcenter.adapters.ari.history import ANSWERED, ENDED_BY_US, RANG, RELEASED, History
from callcenter.core.call.messages import (
    CallerArrived,
    CallerEnd,
    CallerGone,
    CallOffered,
    DigitPressed,
    LegAnswered,
    LegEnd,
    LegEnded,
    LegRinging,
    PlaybackEnded,
    Presentation,
)
from callcenter.core.ids import LegId, PlaybackId
from tests.adapters.ari.messages import (
    CALLER,
    LEG,
    MADE,
    PLAYBACK,
    SENT,
    channel,
    destroyed,
    event,
    of_channel,
    playback,
    start_of_caller,
    start_of_leg,
)

caller_id = LegId(CALLER)
leg_id = LegId(LEG)


class Ears:
    """A translator and what it told."""

    def __init__(self) -> None:
        self.counted: list[str] = []
        self.offered_at: list[str] = []
        self.history = History()
        self.translator = Translator(self.history, self.counted.append, self.offered_at.append)

    def hear(self, *messages: bytes) -> list[Translated]:
        """Translate messages and return what they gave, without the empty ones."""
        told = [self.translator.translate(each) for each in messages]
        return [each for each in told if each is not None]


@pytest.fixture
def ears() -> Ears:
    return Ears()


def ringing(kind: str = "ChannelStateChange") -> bytes:
    if kind == "Dial":
        return event("Dial", peer=channel(LEG, "Ringing"), dialstatus="RINGING", dialstring="1001")
    return of_channel(kind, LEG, "Ringing")


def test_a_broadcast_call_is_offered(ears: Ears) -> None:
    told = ears.hear(event("CallBroadcast", channel=channel(state="Ring"), called="4000"))
    assert told == [CallOffered(caller_id, "+15550100", "4000")]
    assert len(ears.offered_at) == 1


def test_a_caller_arrives(ears: Ears) -> None:
    assert ears.hear(start_of_caller("allowed_not_screened")) == [
        CallerArrived(caller_id, "+15550100", Presentation.ALLOWED, "", "4000")
    ]


def test_a_channel_with_arguments_that_we_do_not_know_is_left_alone(ears: Ears) -> None:
    told = ears.hear(event("StasisStart", args=["resume"], channel=channel()))
    assert told == [Unread.UNEXPECTED]
    assert ears.counted == ["unexpected"]


def test_a_leg_that_is_picked_up_is_answered(ears: Ears) -> None:
    assert ears.hear(start_of_leg()) == [LegAnswered(leg_id)]


def test_a_leg_that_is_picked_up_after_we_ended_it_is_ended_again(ears: Ears) -> None:
    ears.history.note(LEG, ENDED_BY_US)
    assert ears.hear(start_of_leg()) == [EndAgain(leg_id)]


@pytest.mark.parametrize("order", [("Dial", "ChannelStateChange"), ("ChannelStateChange", "Dial")])
def test_ringing_is_told_once_in_either_order(ears: Ears, order: tuple[str, str]) -> None:
    assert ears.hear(*map(ringing, order)) == [LegRinging(leg_id)]


def test_ringing_of_a_caller_is_nothing(ears: Ears) -> None:
    assert ears.hear(of_channel("ChannelStateChange", state="Ringing")) == []


def test_a_caller_who_hangs_up_is_gone(ears: Ears) -> None:
    told = ears.hear(of_channel("ChannelHangupRequest"), of_channel("StasisEnd"))
    assert told == [CallerGone(caller_id, CallerEnd.HUNG_UP)]


def test_a_caller_who_leaves_without_hanging_up_went_to_the_fallback(ears: Ears) -> None:
    told = ears.hear(of_channel("StasisEnd"))
    assert told == [CallerGone(caller_id, CallerEnd.LEASE_EXPIRED)]


def test_a_caller_who_gave_up_before_the_claim_hung_up(ears: Ears) -> None:
    # No ChannelHangupRequest comes then: we were not subscribed yet.
    end = event("StasisEnd", channel=channel(state="Ring", creationtime=MADE))
    end = end.replace(b"T04:57:08.651", b"T04:56:09.100")
    assert ears.hear(end) == [CallerGone(caller_id, CallerEnd.HUNG_UP)]


def test_an_unanswered_caller_whom_we_give_back_at_once_went_to_the_fallback(ears: Ears) -> None:
    ears.history.note(CALLER, RELEASED)
    end = event("StasisEnd", channel=channel(state="Ring")).replace(b"T04:57:08", b"T04:56:09")
    assert ears.hear(end) == [CallerGone(caller_id, CallerEnd.LEASE_EXPIRED)]


def test_a_caller_is_gone_once(ears: Ears) -> None:
    told = ears.hear(
        of_channel("StasisEnd"), of_channel("ChannelDestroyed", cause=16), of_channel("StasisEnd")
    )
    assert len(told) == 1


def test_a_caller_who_comes_back_can_go_again(ears: Ears) -> None:
    told = ears.hear(of_channel("StasisEnd"), start_of_caller(), of_channel("StasisEnd"))
    assert [type(each) for each in told] == [CallerGone, CallerArrived, CallerGone]


def test_an_arrival_that_is_told_twice_is_one(ears: Ears) -> None:
    told = ears.hear(start_of_caller(), of_channel("StasisEnd"), start_of_caller())
    assert [type(each) for each in told] == [CallerArrived, CallerGone, Unread]
    assert told[-1] is Unread.REPEATED


def test_an_arrival_that_is_overtaken_by_its_end_is_told_all_the_same(ears: Ears) -> None:
    told = ears.hear(of_channel("StasisEnd"), start_of_caller())
    assert [type(each) for each in told] == [CallerGone, CallerArrived]


def test_an_answered_leg_ends_once_with_its_stasis_end(ears: Ears) -> None:
    told = ears.hear(start_of_leg(), of_channel("StasisEnd", LEG), destroyed(LEG, 16, "Up"))
    assert told == [LegAnswered(leg_id), LegEnded(leg_id, LegEnd.HUNG_UP)]


def test_a_leg_that_we_ended_is_cancelled(ears: Ears) -> None:
    ears.history.note(LEG, ENDED_BY_US)
    told = ears.hear(destroyed(LEG, 16, "Ringing"))
    assert told == [LegEnded(leg_id, LegEnd.CANCELLED)]


def test_a_leg_of_which_only_the_end_was_seen_is_judged_by_its_state(ears: Ears) -> None:
    told = ears.hear(destroyed(LEG, 19, "Ringing"), destroyed("e" * 32, 16, "Up"))
    assert [each.end for each in told if isinstance(each, LegEnded)] == [
        LegEnd.NO_ANSWER,
        LegEnd.HUNG_UP,
    ]


# Cause and SIP code as they were seen on the real PBX.
@pytest.mark.parametrize(
    ("seen", "cause", "code", "end"),
    [
        (0, 17, 486, LegEnd.REFUSED),
        (RANG, 17, 486, LegEnd.REFUSED),
        (RANG, 21, 603, LegEnd.REFUSED),
        (0, 17, 600, LegEnd.REFUSED),
        (RANG, 19, 0, LegEnd.NO_ANSWER),
        (RANG, 19, 480, LegEnd.NO_ANSWER),
        (0, 19, 0, LegEnd.UNREACHABLE),
        (0, 19, 480, LegEnd.UNREACHABLE),
        (0, 18, 408, LegEnd.UNREACHABLE),
        (0, 1, 404, LegEnd.UNREACHABLE),
        (0, 34, 503, LegEnd.UNREACHABLE),
        (RANG, 38, 500, LegEnd.UNREACHABLE),
        (0, 58, 488, LegEnd.UNREACHABLE),
        (0, 0, 0, LegEnd.UNREACHABLE),
        (RANG, 16, 0, LegEnd.LOST),
        (RANG | ANSWERED, 16, 0, LegEnd.HUNG_UP),
        (ANSWERED, 19, 0, LegEnd.HUNG_UP),
    ],
)
def test_the_end_of_a_leg_follows_from_cause_and_code(
    seen: int, cause: int, code: int, end: LegEnd
) -> None:
    assert end_of_leg(seen, cause, code) is end


def test_a_key_is_told_whoever_pressed_it(ears: Ears) -> None:
    told = ears.hear(
        of_channel("ChannelDtmfReceived", digit="5", duration_ms=100),
        of_channel("ChannelDtmfReceived", LEG, digit="6", duration_ms=100),
    )
    assert told == [DigitPressed(caller_id, "5"), DigitPressed(LegId(LEG), "6")]


def test_a_key_that_is_told_twice_was_pressed_once(ears: Ears) -> None:
    once = of_channel("ChannelDtmfReceived", digit="5")
    assert ears.hear(once, once) == [DigitPressed(caller_id, "5"), Unread.REPEATED]
    later = once.replace(SENT.encode(), b"2026-11-20T21:00:04.001+0000")
    other = of_channel("ChannelDtmfReceived", digit="6")
    pressed = [DigitPressed(caller_id, "5"), DigitPressed(caller_id, "6")]
    assert ears.hear(later, other, once) == [*pressed, Unread.REPEATED]


def test_a_playback_has_ended_with_its_last_prompt_however_it_went(ears: Ears) -> None:
    told = ears.hear(playback("PlaybackContinuing"), playback(), playback(state="failed"))
    ended = PlaybackEnded(PlaybackId(PLAYBACK))
    assert told == [Unread.UNKNOWN_TYPE, ended, ended]


def test_another_process_with_our_name_fences_us(ears: Ears) -> None:
    assert ears.hear(event("ApplicationReplaced")) == [Fenced()]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", Unread.MALFORMED),
        (b"\xff\xfe{", Unread.MALFORMED),
        (b'{"type": "StasisEnd", "channel": ', Unread.MALFORMED),
        (b'{"type": 7}', Unread.MALFORMED),
        (b"[" * 100_000, Unread.MALFORMED),
        (b'{"type": "ChannelTransfer"}', Unread.UNKNOWN_TYPE),
        (b'{"type": "StasisEnd"}', Unread.INCOMPLETE),
        (b'{"type": "StasisEnd", "channel": {"name": "x"}}', Unread.INCOMPLETE),
        (b'{"type": "StasisEnd", "channel": null}', Unread.INCOMPLETE),
        (b'{"type": "Dial", "dialstatus": "RINGING"}', Unread.INCOMPLETE),
        (b'{"type": "PlaybackFinished"}', Unread.INCOMPLETE),
        (b'{"type": "ApplicationReplaced"}', Unread.INCOMPLETE),
        (b'"' + b"x" * LONGEST_MESSAGE + b'"', Unread.TOO_LONG),
    ],
)
def test_what_cannot_be_read_is_counted_and_not_raised(ears: Ears, raw: bytes, why: Unread) -> None:
    assert ears.hear(raw) == [why]
    assert ears.counted == [why.value]


def test_a_key_that_no_telephone_has_is_not_told(ears: Ears) -> None:
    assert ears.hear(of_channel("ChannelDtmfReceived", digit="99")) == [Unread.INCOMPLETE]


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_the_translator_raise(raw: bytes) -> None:
    Ears().hear(raw)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
_odd_channel = st.fixed_dictionaries(
    {"id": st.sampled_from([CALLER, LEG, "", "1"]) | _json},
    optional={
        "state": st.sampled_from(["Up", "Ring", "Ringing", "Down"]) | _json,
        "caller": st.fixed_dictionaries({"name": st.text(), "number": st.text()}) | _json,
        "dialplan": st.fixed_dictionaries({"app_name": st.just("Stasis"), "app_data": st.text()})
        | _json,
        "channelvars": _json,
        "creationtime": st.text(max_size=30),
    },
)
_odd_event = st.fixed_dictionaries(
    {"type": st.sampled_from(wire.EVENT_TYPES) | _json},
    optional={
        "channel": _odd_channel,
        "peer": _odd_channel,
        "playback": _json,
        "args": st.lists(st.text(max_size=8), max_size=4) | _json,
        "dialstatus": st.sampled_from(["", "RINGING", "ANSWER"]) | _json,
        "cause": _json,
        "tech_cause": _json,
        "digit": st.sampled_from(["1", "*", ""]) | _json,
        "timestamp": st.text(max_size=30),
    },
)


@settings(deadline=None, max_examples=50)
@given(st.lists(_odd_event, max_size=5))
def test_odd_messages_give_clean_inputs_or_nothing(events: list[dict[str, Any]]) -> None:
    ears = Ears()
    for told in ears.hear(*(json.dumps(each).encode() for each in events)):
        if isinstance(told, CallerArrived):
            assert len(told.ani_name) <= 80
            assert told.ani_name.isprintable()
            assert told.ani is None or (told.ani and told.ani.isprintable())
    assert len(ears.counted) == len(events)


def _history_of_leg(draw: Any) -> list[bytes]:
    """Draw messages of one leg as they were seen: out of order among themselves, the end last."""
    early = draw(st.lists(st.sampled_from(["Dial", "ChannelStateChange"]), max_size=2))
    answered = draw(st.booleans())
    middle = [ringing(each) for each in early]
    if answered:
        middle += [start_of_leg(), of_channel("StasisEnd", LEG)]
    cause = draw(st.sampled_from([16, 17, 19, 21, 1, 34]))
    return [*middle, destroyed(LEG, cause, "Up" if answered else "Ringing")]


@settings(deadline=None)
@given(st.data())
def test_every_leg_ends_exactly_once(data: st.DataObject) -> None:
    told = Ears().hear(*_history_of_leg(data.draw))
    assert [type(each) for each in told].count(LegEnded) == 1
    assert isinstance(told[-1], LegEnded)
    assert [type(each) for each in told].count(LegRinging) <= 1
