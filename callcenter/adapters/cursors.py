"""Where a page of the list of calls begins, as an opaque text."""

from callcenter.core.ids import Ms


def cursor_text(at: Ms, call_id: str) -> str:
    """Return the cursor of the page after this call."""
    return f"{at}-{call_id}"


def read_cursor(text: str | None) -> tuple[Ms, str] | None:
    """Return after which call a page begins, or None for the first page or a strange cursor."""
    at, dash, call_id = (text or "").partition("-")
    plain = at.isascii() and at.isdigit() and len(at) < 15
    if not dash or not plain or len(call_id) != 32 or set(call_id) - set("0123456789abcdef"):
        return None
    return int(at), call_id
