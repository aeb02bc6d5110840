"""Phone numbers as trunks and people write them, brought to one form.

libphonenumber reads rubbish as numbers ("10086" in China as +8610086), so a text counts as E.164
only if it is *valid*; then as a short code of the region; then as an extension; else as raw.
Digits, names and junk that are not numbers at all are told apart first.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, shortnumberinfo


class NumberKind(StrEnum):
    """What a number is; numbers of different kinds are never the same."""

    E164 = "e164"
    SHORT_CODE = "short_code"
    INTERNAL_EXT = "internal_ext"
    RAW = "raw"


@dataclass(frozen=True, slots=True)
class Number:
    """A normalised number: equal if and only if it is the same line."""

    kind: NumberKind
    canonical: str
    """"+12125550101", "10086", "1001"; for RAW the cleaned text. At most 64 characters."""
    extension: str = ""
    """Digits dialled after the number is reached; not part of the line."""


class Missing(StrEnum):
    """Why there is no number."""

    WITHHELD = "withheld"
    UNAVAILABLE = "unavailable"


LONGEST = 64
_LONGEST_EXTENSION_NUMBER = 6
_WITHHELD = {"anonymous", "restricted", "private", "withheld", "hidden", "blocked"}
_UNAVAILABLE = {"", "unavailable", "unknown", "asterisk", "0", "s", "null", "none", "<unknown>"}
_SCHEME = re.compile(r"^(?:sips?|tel|callto):", re.IGNORECASE)
# "转" is how Chinese writes "ext."; libphonenumber does not read it.
_EXTENSION = re.compile(
    r"^(?P<number>.*\d)\s*(?:转|ext(?:ension)?\.?|;ext=|x|#|,)\s*(?P<extension>\d{1,11})#?$",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")


def clean_number(text: str, junk: Sequence[re.Pattern[str]] = ()) -> str:
    r"""Return a number's text without invisible characters, scheme, domain, and trunk junk.

    Args:
        text: As the trunk or a person gave it.
        junk: What the operator's trunks add, such as ``^17909`` or ``^goip-\w+/``.

    Returns:
        At most 64 characters, lower case, Latin digits and blanks. Cleaning it again changes
        nothing, apart from junk that appears only after other junk is gone.
    """
    text = unicodedata.normalize("NFKC", text[: 4 * LONGEST])
    text = "".join(_latin(c) for c in text if unicodedata.category(c)[0] != "C").strip()
    text = text.casefold()
    while (bare := _SCHEME.sub("", text).strip()) != text:
        text = bare
    text = text.partition("@")[0].strip()
    for pattern in junk:
        text = pattern.sub("", text)
    return unicodedata.normalize("NFKC", text)[:LONGEST].strip()


def missing(text: str | None) -> Missing | None:
    """Return why a trunk gave no number, or None if it gave one.

    Source: the words that Asterisk and SIP trunks send (RFC 3323 ``anonymous@anonymous.invalid``).
    """
    if text is None:
        return Missing.UNAVAILABLE
    cleaned = clean_number(text)
    if cleaned in _WITHHELD:
        return Missing.WITHHELD
    return Missing.UNAVAILABLE if cleaned in _UNAVAILABLE else None


def normalise(text: str, region: str, junk: Sequence[re.Pattern[str]] = ()) -> Number | None:
    """Return the number that a text means to somebody in a region, or None if it is none.

    Args:
        text: As the trunk delivered it or a person wrote it.
        region: Two capital letters, that of the number that was dialled: it decides what national
            numbers and short codes mean.
        junk: As in ``clean_number``.
    """
    cleaned = clean_number(text, junk)
    if cleaned in _WITHHELD or cleaned in _UNAVAILABLE:
        return None
    whole = _e164(cleaned, region)
    if whole is not None:
        return Number(NumberKind.E164, whole)
    split = _EXTENSION.match(cleaned)
    line = _e164(split["number"], region) if split else None
    if split and line:
        return Number(NumberKind.E164, line, split["extension"])
    return _local(cleaned, region)


def _local(cleaned: str, region: str) -> Number:
    if _DIGITS.fullmatch(cleaned):
        if _is_short_code(cleaned, region):
            return Number(NumberKind.SHORT_CODE, cleaned)
        if len(cleaned) <= _LONGEST_EXTENSION_NUMBER:
            return Number(NumberKind.INTERNAL_EXT, cleaned)
    return Number(NumberKind.RAW, cleaned)


def _parse(text: str, region: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException:
        return None


def _e164(text: str, region: str) -> str | None:
    number = _parse(text, region)
    if number is None or number.extension or not phonenumbers.is_valid_number(number):
        return None
    # Letters are dropped or read as keys ("1-800-FLOWERS"); a name is not a number.
    if any(c.isalpha() for c in text):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _is_short_code(text: str, region: str) -> bool:
    number = _parse(text, region)
    return number is not None and shortnumberinfo.is_valid_short_number_for_region(number, region)


def _latin(character: str) -> str:
    """Return a digit or a blank of any script as the one in ASCII."""
    kind = unicodedata.category(character)
    if character.isascii() or not (kind == "Nd" or kind[0] == "Z"):
        return character
    return " " if kind[0] == "Z" else str(unicodedata.digit(character))
