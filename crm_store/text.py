"""Names and words brought to one form, to compare and to search."""

import unicodedata
from collections.abc import Iterable

import sqlalchemy as sa

_LONGEST_QUERY = 200


def fold(text: str) -> str:
    """Return a text without case, accents, width and repeated spaces.

    "Müller AG" and "muller ag" are one. Chinese, Arabic and the like stay as they are. Marks that
    only steer the direction of writing go.
    """
    text = " ".join(text.split())
    if text.isascii() and text.isprintable():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    kept = (c for c in decomposed if unicodedata.category(c) not in ("Mn", "Cf", "Cs", "Cc"))
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def search_text(parts: Iterable[str | None]) -> str:
    """Return what a row is found by: its folded words in one line.

    It is searched with LIKE, so any part of a word is found, also one or two Chinese characters
    (which SQLite's full-text index does not find).
    """
    return " ".join(fold(part) for part in parts if part)


def holds_words(column: "sa.ColumnElement[str]", query: str) -> "sa.ColumnElement[bool]":
    """Return the condition that a search text holds each word of a query; true for no words."""
    words = fold(query[:_LONGEST_QUERY]).split()
    return sa.and_(sa.true(), *(column.contains(word, autoescape=True) for word in words))


def matches(searched: str, query: str) -> bool:
    """Say the same of a text at hand."""
    return all(word in searched for word in fold(query[:_LONGEST_QUERY]).split())
