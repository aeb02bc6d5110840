"""An answer to "why?": a headline and, below titles, lines. No caller's name or number is in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from callcenter.core.ids import Ms


class Question(StrEnum):
    """What is asked."""

    THERE = "why_there"
    """Why did this call go there?"""
    WAITING = "why_waiting"
    """Why is this caller still waiting?"""
    NO_CALLS = "why_no_calls"
    """Why does this agent get no calls?"""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, and what belongs to it."""

    text: str
    at: Ms | None = None
    """When it happened, or is to happen; None where it is simply so."""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Lines below a title."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of one call or agent."""

    question: Question
    id: str
    """The call's or the agent's."""
    at: Ms
    """As of when."""
    headline: str
    sections: tuple[Section, ...] = ()


def sections(*wanted: tuple[str, list[Line]]) -> tuple[Section, ...]:
    """Return those sections that have lines."""
    return tuple(Section(title, tuple(lines)) for title, lines in wanted if lines)


def as_text(answer: Answer, zone: tzinfo) -> Iterator[str]:
    """Yield an answer as lines of plain text.

    Args:
        answer: What is to be told.
        zone: In which instants are shown.
    """
    yield answer.headline
    for section in answer.sections:
        yield ""
        yield section.title
        for line in section.lines:
            clock = "" if line.at is None else f"{_clock(line.at, zone)}  "
            yield f"  {clock}{line.text}"
            yield from (f"  {' ' * len(clock)}  {more}" for more in line.more)


def _clock(at: Ms, zone: tzinfo) -> str:
    return datetime.fromtimestamp(at / 1000, zone).strftime("%H:%M:%S")
