"""Durations as people write them: "5 s", "300 ms", "2 min", "1 h"."""

import re

_FORM = re.compile(r"([0-9]{1,9}) *(ms|s|min|h)")
_UNIT_MS = {"ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000}


class Duration(int):
    """A time span in milliseconds, at least 0."""

    __slots__ = ()


def parse_duration(text: str) -> Duration:
    """Return the duration that a text like "5 s" means.

    Raises:
        ValueError: The text is not a whole number with a unit (ms, s, min or h).
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ValueError('a duration is a whole number and a unit: "300 ms", "5 s", "2 min", "1 h"')
    return Duration(int(match[1]) * _UNIT_MS[match[2]])


def format_duration(duration_ms: int) -> str:
    """Return a duration as people write it, in the largest unit that leaves no rest."""
    for unit in ("h", "min", "s"):
        if duration_ms and duration_ms % _UNIT_MS[unit] == 0:
            return f"{duration_ms // _UNIT_MS[unit]} {unit}"
    return f"{duration_ms} ms" if duration_ms else "0 s"
