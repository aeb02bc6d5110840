"""Reads a document into declared msgspec Structs and notes every fault, not only the first.

``msgspec.convert`` stops at the first fault and knows no places, so it converts the single
scalars here, and the walk over mappings and lists is ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, TypeVar, get_args, get_origin

import msgspec

from ivr_flows.durations import Duration, format_duration, parse_duration
from ivr_flows.faults import FaultList, Path, shown

S = TypeVar("S", bound=msgspec.Struct)

_YES_NO = {"yes": True, "true": True, "no": False, "false": False}


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that must not appear in messages and logs: it has to be asked for by name."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Within:
    """Limits of a Duration, both inclusive: ``Annotated[Duration, Within(0, 60_000)]``."""

    least_ms: int
    most_ms: int

    def includes(self, duration: Duration) -> bool:
        """Say whether a duration keeps the limits."""
        return self.least_ms <= duration <= self.most_ms


Notes = tuple[msgspec.Meta | Within, ...]


def read_struct(kind: type[S], data: object, path: Path, faults: FaultList) -> S | None:
    """Return the Struct that a mapping declares, as far as it can be read.

    A faulty value is noted and replaced by its default, so that what depends on the others can
    still be checked; whoever calls looks at ``faults`` before using the result.

    Args:
        kind: The Struct; its field names are the keys, its defaults stand for absent keys.
        data: What the document has at ``path``: str, list and dict only.
        path: Where that is in the document.
        faults: Takes the faults.

    Returns:
        The Struct, or None if a value without a default is missing or faulty.
    """
    if not isinstance(data, dict):
        faults.add(path, f"expected {_mapping_of(kind)}, got {_found(data)}")
        return None
    fields = {info.name: info for info in msgspec.structs.fields(kind)}
    for key in sorted(data.keys() - fields.keys()):
        faults.unknown_key((*path, key), key, fields)
    for name, info in fields.items():
        if info.required and name not in data:
            faults.add_at_key(path, f"the key {shown(name)} is missing", "add it")
    values = {
        name: _read(fields[name].type, value, (*path, name), faults)
        for name, value in data.items()
        if name in fields
    }
    good = {name: value for name, value in values.items() if value is not None}
    whole = all(name in good for name, info in fields.items() if info.required)
    return kind(**good) if whole else None


def _mapping_of(kind: type[msgspec.Struct]) -> str:
    names = [info.name for info in msgspec.structs.fields(kind)]
    return f"a mapping with {', '.join(names[:6])}{', ...' if len(names) > 6 else ''}"


def _read(kind: object, data: object, path: Path, faults: FaultList) -> object:
    """Return the value of a declared type, or None after noting a fault."""
    bare, notes = _unwrap(kind)
    if bare is object:
        return data
    if get_origin(bare) is dict:
        return _read_mapping(bare, notes, data, path, faults)
    if get_origin(bare) is tuple:
        return _read_list(bare, notes, data, path, faults)
    if isinstance(bare, type) and issubclass(bare, msgspec.Struct):
        return read_struct(bare, data, path, faults)
    try:
        return _scalar(kind, data)
    except ValueError as error:
        faults.add(path, str(error))
        return None


def _unwrap(kind: object) -> tuple[object, Notes]:
    """Return a type without its annotations, and those."""
    if get_origin(kind) is Annotated:
        bare, *notes = get_args(kind)
        return bare, tuple(notes)
    return kind, ()


def _read_mapping(
    bare: object, notes: Notes, data: object, path: Path, faults: FaultList
) -> dict[str, object] | None:
    if not isinstance(data, dict):
        faults.add(path, f"expected a mapping, got {_found(data)}")
        return None
    _check_length(notes, len(data), path, faults)
    key_kind, value_kind = get_args(bare)
    for key in data:
        _check_key(key_kind, key, (*path, key), faults)
    read = {key: _read(value_kind, value, (*path, key), faults) for key, value in data.items()}
    return {key: value for key, value in read.items() if value is not None}


def _check_key(kind: object, key: str, path: Path, faults: FaultList) -> None:
    try:
        _scalar(kind, key)
    except ValueError as error:
        faults.add_at_key(path, str(error))


def _read_list(
    bare: object, notes: Notes, data: object, path: Path, faults: FaultList
) -> tuple[object, ...] | None:
    if not isinstance(data, list):
        faults.add(path, f"expected a list, got {_found(data)}", "write it as [a, b]")
        return None
    _check_length(notes, len(data), path, faults)
    kind = get_args(bare)[0]
    read = [_read(kind, item, (*path, index), faults) for index, item in enumerate(data)]
    return tuple(item for item in read if item is not None)


def _check_length(notes: Notes, length: int, path: Path, faults: FaultList) -> None:
    for note in notes:
        if isinstance(note, Within):
            continue
        if note.min_length is not None and length < note.min_length:
            faults.add(path, f"expected at least {note.min_length} here, got {length}")
        if note.max_length is not None and length > note.max_length:
            faults.add(path, f"expected at most {note.max_length} here, got {length}")


def _scalar(kind: object, data: object) -> object:
    """Return a scalar of a declared type; raises ValueError with expected and actual."""
    bare, notes = _unwrap(kind)
    value = _converted(kind, bare, notes, data) if isinstance(data, str) else None
    if value is None:
        raise ValueError(f"expected {_expected(bare, notes)}, got {_found(data)}")
    return value


def _converted(kind: object, bare: object, notes: Notes, text: str) -> object:
    """Return what a text means as a declared type, or None."""
    if bare is Secret:
        return Secret(text)
    if bare is bool:
        return _YES_NO.get(text.lower())
    if bare is Duration:
        return _duration(text, notes)
    try:
        return msgspec.convert(text, kind, strict=False)
    except msgspec.ValidationError:
        return None


def _duration(text: str, notes: Notes) -> Duration | None:
    try:
        duration = parse_duration(text)
    except ValueError:
        return None
    kept = all(note.includes(duration) for note in notes if isinstance(note, Within))
    return duration if kept else None


def _expected(bare: object, notes: Notes) -> str:
    """Return what a scalar may be, for people; a Meta's description says it best."""
    for note in notes:
        if isinstance(note, Within):
            least, most = format_duration(note.least_ms), format_duration(note.most_ms)
            return f'a duration such as "5 s", from {least} to {most}'
        if note.description:
            return str(note.description)
    if get_origin(bare) is Literal:
        return " or ".join(get_args(bare))
    names: Mapping[object, str] = {
        bool: "yes or no",
        int: "a whole number",
        Duration: 'a duration such as "300 ms", "5 s", "2 min"',
    }
    return names.get(bare, "text")


def _found(data: object) -> str:
    if isinstance(data, dict):
        return "a mapping"
    if isinstance(data, list):
        return "a list"
    return shown(str(data)) if data else "nothing"
