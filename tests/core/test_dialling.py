"""Which numbers are called: nothing that is not listed, and never our own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.dialling import Outbound, international, objection

GERMAN = Outbound(
    "PJSIP/{number}@trunk",
    "+4930100",
    allow=("+49", "+43"),
    deny=("+49900", "+49137"),
    own=frozenset({"+4930100200"}),
    country_code="49",
    national_prefix="0",
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+49 30 1234567", "+49301234567"),
        ("030/123-4567", "+49301234567"),
        ("0049301234567", "+49301234567"),
        ("0043 1 2345678", "+4312345678"),
        ("(030) 123.4567", "+49301234567"),
        ("", None),
        ("anonymous", None),
        ("+49", None),
        ("+4930123456789012", None),
        ("+0301234567", None),
        ("110", None),
        ("+49301234567;phone-context=x", None),
        ("+49301234567@evil.example", None),
        ("\u0664\u0669301234567", None),
        ("1" * 41, None),
    ],
)
def test_a_number_is_brought_to_its_international_form(text: str, number: str | None) -> None:
    assert international(text, GERMAN) == number


def test_national_numbers_need_a_country() -> None:
    assert international("030 1234567", Outbound()) is None


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("+49301234567", ""),
        ("+4312345678", ""),
        ("+49900123456", "Numbers like this"),
        ("+49137123456", "Numbers like this"),
        ("+4930100200", "own numbers"),
        ("+12025550123", "among those"),
        ("49301234567", "not a telephone number"),
        ("+49301234567\n", "not a telephone number"),
    ],
)
def test_only_what_is_listed_is_called(number: str, words: str) -> None:
    found = objection(number, GERMAN)
    assert words in found
    assert bool(words) == bool(found)


def test_without_settings_nobody_is_called() -> None:
    assert objection("+49301234567", Outbound())
    assert objection("+49301234567", Outbound("PJSIP/{number}@trunk"))


def test_the_endpoint_holds_the_number() -> None:
    assert GERMAN.endpoint_of("+4912345678") == "PJSIP/+4912345678@trunk"


@given(st.text(max_size=50))
def test_whatever_is_written_only_digits_are_dialled(text: str) -> None:
    number = international(text, GERMAN)
    if number is not None:
        assert number[0] == "+"
        assert number[1:].isascii()
        assert number[1:].isdigit()
