"""Times of day as people write them: "09:30", "09:30-17:00"."""

from callcenter.core.ids import Ms

MINUTE_MS = 60_000


def clock_ms(text: str) -> Ms:
    """Return a time of day such as "09:30" in milliseconds since midnight."""
    hours, minutes = text.split(":")
    return (int(hours) * 60 + int(minutes)) * MINUTE_MS


def span_ms(text: str) -> tuple[Ms, Ms]:
    """Return a span such as "09:30-17:00" in milliseconds since midnight; its end may be first."""
    begins, ends = text.split("-")
    return clock_ms(begins.strip()), clock_ms(ends.strip())
