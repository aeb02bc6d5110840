import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.numbers import LONGEST, Missing, Number, NumberKind, clean_number, missing, normalise

E164, SHORT = NumberKind.E164, NumberKind.SHORT_CODE
INTERNAL, RAW = NumberKind.INTERNAL_EXT, NumberKind.RAW


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("+1 212 555 0101", "US", Number(E164, "+12125550101")),
        ("(212) 555-0101", "US", Number(E164, "+12125550101")),
        ("0012125550101", "DE", Number(E164, "+12125550101")),
        ("030 123456", "DE", Number(E164, "+4930123456")),
        ("13812345678", "CN", Number(E164, "+8613812345678")),
        ("+１２１２５５５０１０１", "US", Number(E164, "+12125550101")),  # noqa: RUF001
        ("\u202a+12125550101\u202c", "DE", Number(E164, "+12125550101")),
        ("٢١٢٥٥٥٠١٠١", "US", Number(E164, "+12125550101")),
        ("sip:+12125550101@trunk.example", "US", Number(E164, "+12125550101")),
        ("tel:+1-212-555-0101", "US", Number(E164, "+12125550101")),
        ("+12125550101 ext. 12", "US", Number(E164, "+12125550101", "12")),
        ("212-555-0101x12", "US", Number(E164, "+12125550101", "12")),
        ("2125550101#12", "US", Number(E164, "+12125550101", "12")),
        ("+12125550101,12", "US", Number(E164, "+12125550101", "12")),
        ("010-65529988转123", "CN", Number(E164, "+861065529988", "123")),
        # libphonenumber reads these as +8610086 and +861001.
        ("10086", "CN", Number(SHORT, "10086")),
        ("1001", "CN", Number(INTERNAL, "1001")),
        ("911", "US", Number(SHORT, "911")),
        ("123456", "US", Number(INTERNAL, "123456")),
        ("1234567", "US", Number(RAW, "1234567")),
        ("+999123", "US", Number(RAW, "+999123")),
        ("alice", "US", Number(RAW, "alice")),
        ("Alice@example.org", "US", Number(RAW, "alice")),
        ("1-800-FLOWERS", "US", Number(RAW, "1-800-flowers")),
    ],
)
def test_number_is_recognised(text: str, region: str, number: Number) -> None:
    assert normalise(text, region) == number


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("anonymous", Missing.WITHHELD),
        ("Restricted", Missing.WITHHELD),
        ("anonymous@anonymous.invalid", Missing.WITHHELD),
        ("sip:Anonymous@anonymous.invalid", Missing.WITHHELD),
        (None, Missing.UNAVAILABLE),
        ("  ", Missing.UNAVAILABLE),
        ("unavailable", Missing.UNAVAILABLE),
        ("asterisk", Missing.UNAVAILABLE),
        ("0", Missing.UNAVAILABLE),
        ("\0\u200b", Missing.UNAVAILABLE),
    ],
)
def test_what_is_no_number_is_never_made_one(text: str | None, why: Missing) -> None:
    assert missing(text) is why
    assert normalise(text or "", "US") is None


def test_trunk_junk_is_taken_off_by_the_operators_patterns() -> None:
    junk = (re.compile(r"^goip-\w+/"), re.compile(r"^17909"))
    assert normalise("GoIP-7/1790913812345678", "CN", junk) == Number(E164, "+8613812345678")


@pytest.mark.parametrize("blank", ["\N{OGHAM SPACE MARK}", "\N{LINE SEPARATOR}", "\N{EM SPACE}"])
def test_a_blank_of_any_script_is_one(blank: str) -> None:
    assert normalise(f"0{blank}0", "US") == Number(RAW, "0 0")


_regions = st.sampled_from(["US", "CN", "DE", "IL"])
_texts = st.one_of(st.text(), st.text("0123456789+-() .x#,@转abc:sip", max_size=30))


@given(_texts, _regions)
def test_normalising_again_changes_nothing(text: str, region: str) -> None:
    number = normalise(text, region)
    if number is not None:
        again = normalise(number.canonical, region)
        assert again == Number(number.kind, number.canonical)


@given(_texts, _regions)
def test_any_text_gives_a_storable_number_or_none(text: str, region: str) -> None:
    number = normalise(text, region)
    assert (number is None) == (missing(text) is not None)
    if number is not None:
        assert 1 <= len(number.canonical) <= LONGEST
        assert number.canonical.isprintable()
        assert "\0" not in number.canonical


@given(st.integers(10**9, 10**10 - 1))
def test_writing_a_number_otherwise_gives_the_same(digits: int) -> None:
    text = str(digits)
    number = normalise(text, "US")
    assert number is not None
    if number.kind is E164:
        for spelt in (
            f"+1{text}",
            f"1-{text[:3]}-{text[3:]}",
            f"({text[:3]}) {text[3:6]} {text[6:]}",
        ):
            assert normalise(spelt, "US") == number


@given(st.text())
def test_cleaning_again_changes_nothing(text: str) -> None:
    cleaned = clean_number(text)
    assert clean_number(cleaned) == cleaned
