"""An answer to "why?": a headline and passages of sentences. It names no caller and no number."""

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
class Sentence:
    """One sentence, and what belongs to it."""

    text: str
    at: Ms | None = None
    """When it happened, or is to happen; None where it is simply so."""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences below a title."""

    title: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is said of one call or agent."""

    question: Question
    id: str
    """The call's or the agent's."""
    at: Ms
    """As of when."""
    headline: str
    passages: tuple[Passage, ...] = ()


def passages(*wanted: tuple[str, list[Sentence]]) -> tuple[Passage, ...]:
    """Return those passages that have something to say."""
    return tuple(Passage(title, tuple(said)) for title, said in wanted if said)


def as_text(told: Explanation, zone: tzinfo) -> Iterator[str]:
    """Yield an explanation as lines of plain text.

    Args:
        told: What is to be told.
        zone: In which instants are shown.
    """
    yield told.headline
    for passage in told.passages:
        yield ""
        yield passage.title
        for each in passage.sentences:
            clock = "" if each.at is None else f"{_clock(each.at, zone)}  "
            yield f"  {clock}{each.text}"
            yield from (f"  {' ' * len(clock)}  {more}" for more in each.more)


def _clock(at: Ms, zone: tzinfo) -> str:
    return datetime.fromtimestamp(at / 1000, zone).strftime("%H:%M:%S")
