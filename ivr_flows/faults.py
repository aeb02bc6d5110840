"""What is wrong in a text that a person wrote: where, what, and how to mend it."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

Path = tuple[str | int, ...]
"""The way to a value in a document: ("nodes", "menu", "menu", "keys", "1")."""
Mark = tuple[int, int]
"""Line and column, each from 1."""

MAX_FAULTS = 50
"""More than these help nobody, and a hostile file must not cost minutes."""
_MAX_KNOWN = 1_000
_MAX_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Marks:
    """Where the values and keys of a document stand in its text."""

    source: str = ""
    """The file's name, for messages."""
    values: Mapping[Path, Mark] = field(default_factory=dict)
    keys: Mapping[Path, Mark] = field(default_factory=dict)

    def of_value(self, path: Path) -> Mark:
        """Return where a value stands, or what surrounds it if it is absent."""
        return self.values.get(path) or self.of_key(path)

    def of_key(self, path: Path) -> Mark:
        """Return where a key stands, or the nearest key around it."""
        while path:
            if path in self.keys:
                return self.keys[path]
            path = path[:-1]
        return self.values.get((), (1, 1))


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong."""

    source: str
    line: int
    """From 1."""
    column: int
    """From 1."""
    problem: str
    remedy: str = ""
    """How to mend it."""

    def in_words(self) -> str:
        """Return one line that editors and people can follow: "file:line:column: problem"."""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{self.source}:{self.line}:{self.column}: {self.problem}{remedy}"


class FaultyText(Exception):
    """A text cannot be used; ``faults`` says what is wrong with it, in order of place."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults)[:MAX_FAULTS])
        super().__init__("\n".join(fault.in_words() for fault in self.faults))


class FaultList:
    """Gathers the faults of one document, at most ``MAX_FAULTS``."""

    def __init__(self, marks: Marks) -> None:
        self.marks = marks
        self.faults: list[Fault] = []
        self.count = 0
        """All that were noted, those beyond ``MAX_FAULTS`` too."""

    def add(self, path: Path, problem: str, remedy: str = "") -> None:
        """Note a fault at a value."""
        self._add(self.marks.of_value(path), problem, remedy)

    def add_at_key(self, path: Path, problem: str, remedy: str = "") -> None:
        """Note a fault at the key that leads to a value."""
        self._add(self.marks.of_key(path), problem, remedy)

    def unknown(self, path: Path, what: str, word: str, known: Iterable[str]) -> None:
        """Note a value that names something that does not exist."""
        problem = f"there is no {what} {shown(word)}"
        self._add(self.marks.of_value(path), problem, self._suggestion(word, known))

    def unknown_key(self, path: Path, word: str, known: Iterable[str]) -> None:
        """Note a key that means nothing at its place."""
        problem = f"unknown key {shown(word)}"
        self._add(self.marks.of_key(path), problem, self._suggestion(word, known))

    def _suggestion(self, word: str, known: Iterable[str]) -> str:
        """Look for a near miss only while the answer will be shown: it is slow."""
        return suggestion(word, known) if self.count < MAX_FAULTS else ""

    def _add(self, mark: Mark, problem: str, remedy: str) -> None:
        self.count += 1
        if self.count <= MAX_FAULTS:
            self.faults.append(Fault(self.marks.source, *mark, problem, remedy))


def shown(word: str) -> str:
    """Return a word for a message: quoted, control characters escaped, cut to 60 characters."""
    return repr(word if len(word) <= _MAX_SHOWN else word[: _MAX_SHOWN - 1] + "…")


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return "did you mean ...?" for a near miss, else what there is to choose from."""
    names = list(islice(known, _MAX_KNOWN))
    near = difflib.get_close_matches(word[:_MAX_SHOWN], names, n=1)
    if near:
        return f"did you mean {shown(near[0])}?"
    if not names:
        return "none is declared"
    more = ", ..." if len(names) > 12 else ""
    return f"there are: {', '.join(sorted(names)[:12])}{more}"
