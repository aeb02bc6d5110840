from typing import Any

import msgspec
import pytest

from callcenter.adapters.ari import wire
from callcenter.adapters.ari.arrivals import (
    arguments_of,
    arrival,
    cleaned,
    is_own,
    offer,
    presentation_of,
)
from callcenter.core.call.messages import (
    Presentation,
)
from callcenter.core.ids import derive_id
from tests.adapters.ari.messages import CALLER, channel


def a_channel(**more: Any) -> wire.Channel:
    return msgspec.convert(channel(**more), wire.Channel)


def called_by(name: str, number: str) -> wire.Channel:
    return a_channel(caller={"name": name, "number": number})


def test_our_ids_are_told_from_those_of_the_pbx() -> None:
    assert is_own(derive_id("0" * 32, 7, "leg"))
    assert not is_own(CALLER)
    assert not is_own("pbx-with-a-long-system-name-1795.7")


@pytest.mark.parametrize(
    ("number", "word", "presentation"),
    [
        ("+15550100", "", Presentation.ALLOWED),
        ("+15550100", "allowed_passed_screen", Presentation.ALLOWED),
        ("+15550100", "prohib_not_screened", Presentation.WITHHELD),
        ("anonymous", "allowed_not_screened", Presentation.WITHHELD),
        ("Restricted", "", Presentation.WITHHELD),
        ("", "allowed_not_screened", Presentation.UNAVAILABLE),
        ("", "prohib", Presentation.WITHHELD),
        ("+15550100", "unavailable", Presentation.UNAVAILABLE),
    ],
)
def test_presentation_follows_number_and_network(
    number: str, word: str, presentation: Presentation
) -> None:
    assert presentation_of(number, word) is presentation


def test_a_withheld_number_and_name_go_no_further() -> None:
    told = arrival(called_by("Ann Example", "+15550100"), ("in", "4000", "prohib_not_screened"))
    assert (told.ani, told.ani_name) == (None, "")


def test_an_offer_does_not_show_a_withheld_number_either() -> None:
    withheld = a_channel(
        dialplan={
            "app_name": "StasisBroadcast",
            "app_data": "1200,^cc-,in:4000:prohib_not_screened",
        }
    )
    assert offer(withheld).ani is None


def test_a_name_is_cleaned_and_cut() -> None:
    told = arrival(called_by("Jos\ufffd \x01\x02\r\n  Z" + "A" * 2000, "+15550100"), ("in", "4000"))
    assert told.ani_name.startswith("Jos\ufffd ZAAA")
    assert len(told.ani_name) == 80


@pytest.mark.parametrize("text", ["", "\x00\x01", "\u202e\u2066", "\ud800"])
def test_text_of_nothing_but_control_characters_is_empty(text: str) -> None:
    assert cleaned(text, 80) == ""


def test_the_dialled_number_is_what_the_dialplan_hands_over() -> None:
    assert arrival(a_channel(), ("in", "+4930123")).dnis == "+4930123"


def test_without_arguments_the_extension_is_the_dialled_number() -> None:
    assert arrival(a_channel(), ("in",)).dnis == "4000"


@pytest.mark.parametrize(
    ("name", "data", "arguments"),
    [
        ("StasisBroadcast", "1200,^cc-,in:4000:allowed", ("in", "4000", "allowed")),
        ("StasisBroadcast", "1200,^cc-,in:4000,true", ("in", "4000")),
        ("StasisBroadcast", "1200", ()),
        ("Stasis", "cc-main,in,4000", ("in", "4000")),
        ("Queue", "fallback", ()),
    ],
)
def test_arguments_are_read_from_a_channel_found_later(
    name: str, data: str, arguments: tuple[str, ...]
) -> None:
    found = a_channel(dialplan={"app_name": name, "app_data": data})
    assert arguments_of(found) == arguments


def test_a_channel_without_a_place_in_the_dialplan_has_no_arguments() -> None:
    assert arguments_of(wire.Channel(id=CALLER)) == ()
    assert arrival(wire.Channel(id=CALLER), ()).dnis == ""
