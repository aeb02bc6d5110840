"""Which numbers we call: the operator's toll policy. Pure; asked before each dial.

A number is called only in its full international form (ITU-T E.164: + and 7 to 15 digits), only
if a prefix of the allow-list fits and none of the deny-list, and never if it is one of our own: a
call to ourselves would go round for ever. Nothing is allowed that is not listed.
"""

import re
from dataclasses import dataclass

NUMBER_FIELD = "{number}"
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_LONGEST = 40
_FILLING = str.maketrans("", "", " -./()")


@dataclass(frozen=True, slots=True)
class Outbound:
    """How, and whom, the service may call."""

    endpoint: str = ""
    """What to dial, as the PBX names it, with {number} in it; empty: nobody is ever called."""
    caller_id: str = ""
    """The number that the customer's phone shows."""
    allow: tuple[str, ...] = ()
    """Prefixes of numbers that may be called: "+1", "+4930"."""
    deny: tuple[str, ...] = ()
    """Prefixes of numbers that may not, although they are allowed: "+1900"."""
    own: frozenset[str] = frozenset()
    """Our own numbers, in international form."""
    country_code: str = ""
    """What national numbers are of: "1", "49"; empty: they are not called."""
    national_prefix: str = ""
    """What people dial before a national number, and is left out abroad: "0"."""

    def endpoint_of(self, number: str) -> str:
        """Return what to ring for a number in international form."""
        return self.endpoint.replace(NUMBER_FIELD, number)


def international(text: str, outbound: Outbound) -> str | None:
    """Return a number in international form; None if the text is not one.

    Args:
        text: As the trunk delivered it, a person wrote it, or a caller keyed it.
        outbound: For national numbers.
    """
    digits = text.translate(_FILLING) if len(text) <= _LONGEST else ""
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif digits and not digits.startswith("+") and outbound.country_code:
        national = digits.removeprefix(outbound.national_prefix)
        digits = f"+{outbound.country_code}{national}"
    return digits if _E164.fullmatch(digits) else None


def objection(number: str, outbound: Outbound) -> str:
    """Return why a number in international form must not be called, in words; "" if it may."""
    if not outbound.endpoint:
        return "This service makes no calls to the outside."
    if not _E164.fullmatch(number):
        return "This is not a telephone number."
    if number in outbound.own:
        return "This is one of our own numbers."
    if number.startswith(outbound.deny):
        return "Numbers like this one are not called."
    if not number.startswith(outbound.allow):
        return "Numbers of this kind are not among those that may be called."
    return ""
