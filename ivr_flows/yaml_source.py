"""YAML text to plain data, with the place of everything in the text.

All scalars stay strings: PyYAML's ``safe_load`` reads the key 012 as 10, 12:30 as 750, "no" as
False and +1555 as a number without its plus. Duplicate keys, aliases and tags are refused: the
first is always a slip, the second lets a small file grow without bound, the third is not needed.
The events of the parser are used, not its node tree, so that depth is limited before it costs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from ivr_flows.faults import Fault, FaultyText, Mark, Marks, Path, shown

MAX_BYTES = 1_000_000
MAX_DEPTH = 50
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Document:
    """What a YAML text says: str, list and dict with str keys, nothing else."""

    data: object
    marks: Marks


def parse_document(text: str, source: str) -> Document:
    """Return the data of one YAML document.

    Args:
        text: The whole text, at most 1 MB in UTF-8 and 50 levels deep.
        source: The file's name, for messages.

    Raises:
        FaultyText: The text is not YAML, or uses a part of YAML that is refused.
    """
    _check_size(text, source)
    builder = _Builder(source, _events(text, source))
    return builder.document()


def _check_size(text: str, source: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        mark = _mark_at(text, error.start)
        raise FaultyText([Fault(source, *mark, "this character is not valid Unicode")]) from None
    if size > MAX_BYTES:
        problem = f"the file has {size} bytes, more than {MAX_BYTES}"
        raise FaultyText([Fault(source, 1, 1, problem, "split it into several files")])


def _events(text: str, source: str) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = f"this is not YAML: {error.problem or error.context}"
        remedy = "look at the indentation, colons, brackets and quotes here and just above"
        raise FaultyText([Fault(source, line, column, problem, remedy)]) from None
    except yaml.YAMLError as error:
        mark_at = _mark_at(text, getattr(error, "position", 0))
        problem = "this character is not allowed in YAML"
        raise FaultyText([Fault(source, *mark_at, problem, "remove it")]) from None


def _mark_at(text: str, index: int) -> Mark:
    before = text[:index]
    return before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1


@dataclass(slots=True)
class _Builder:
    """Turns parser events into data; recursion is bounded by ``MAX_DEPTH``."""

    source: str
    events: Iterator[yaml.Event]
    values: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def document(self) -> Document:
        """Consume all events and return the one document."""
        next(self.events)
        first = next(self.events)
        if isinstance(first, yaml.StreamEndEvent):
            raise FaultyText([Fault(self.source, 1, 1, "the file is empty")])
        data = self._value(next(self.events), ())
        next(self.events)
        self._expect_end(next(self.events))
        if self.faults:
            raise FaultyText(self.faults)
        return Document(data, Marks(self.source, self.values, self.keys))

    def _expect_end(self, event: yaml.Event) -> None:
        if not isinstance(event, yaml.StreamEndEvent):
            raise self._refusal(event, "a second document begins here", "use one file for each")

    def _value(self, event: yaml.Event, path: Path) -> object:
        self.values[path] = _mark(event)
        if isinstance(event, yaml.AliasEvent):
            raise self._refusal(event, "an alias (*name) is not allowed", "write it out")
        self._refuse_decoration(event)
        if isinstance(event, yaml.CollectionStartEvent) and len(path) >= MAX_DEPTH:
            raise self._refusal(event, f"more than {MAX_DEPTH} levels deep")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return str(getattr(event, "value", ""))

    def _refuse_decoration(self, event: yaml.Event) -> None:
        if getattr(event, "anchor", None):
            raise self._refusal(event, "an anchor (&name) is not allowed", "remove it")
        if getattr(event, "tag", None):
            raise self._refusal(event, "a tag (!name) is not allowed", "remove it")

    def _sequence(self, path: Path) -> list[object]:
        items: list[object] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> dict[str, object]:
        entries: dict[str, object] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._key(event)
            if key in entries:
                self._note_duplicate(event, key, (*path, key))
            else:
                self.keys[*path, key] = _mark(event)
            entries[key] = self._value(next(self.events), (*path, key))
        return entries

    def _key(self, event: yaml.Event) -> str:
        if isinstance(event, yaml.AliasEvent):
            raise self._refusal(event, "an alias (*name) is not allowed", "write it out")
        if not isinstance(event, yaml.ScalarEvent):
            raise self._refusal(event, "a key must be a word", "put text before the colon")
        self._refuse_decoration(event)
        return str(event.value)

    def _note_duplicate(self, event: yaml.Event, key: str, path: Path) -> None:
        line, column = _mark(event)
        problem = f"the key {shown(key)} is given twice, first in line {self.keys[path][0]}"
        self.faults.append(Fault(self.source, line, column, problem, "remove one of them"))

    def _refusal(self, event: yaml.Event, problem: str, remedy: str = "") -> FaultyText:
        return FaultyText([*self.faults, Fault(self.source, *_mark(event), problem, remedy)])


def _mark(event: yaml.Event) -> Mark:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
