"""What is different between two readings of the configuration, in lines for people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from callcenter.settings import Sections
from ivr_flows.durations import Duration
from ivr_flows.model import Flow
from ivr_flows.shapes import Secret

LIVE_SECTIONS = (
    "default_flow",
    "queues",
    "pools",
    "service_numbers",
    "dispositions",
    "pause_reasons",
)
"""What holds at once when it is read again; the rest needs a restart."""
_LIVE_LIMITS = ("most_calls", "short_flow")
"""Of the section ``overload``."""
_ABSENT = object()

SomeSections = TypeVar("SomeSections", bound=Sections)


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that is different."""

    path: str
    """As in the file: "queues.sales.ring"."""
    text: str
    """Path, before and after; no secrets."""

    @property
    def is_live(self) -> bool:
        """Whether it holds without a restart."""
        section, _, name = self.path.partition(".")
        return section in LIVE_SECTIONS or (section == "overload" and name in _LIVE_LIMITS)


def changes(before: Sections, after: Sections) -> Iterator[Change]:
    """Yield what is different, in the order of the sections."""
    for name in Sections.__struct_fields__:
        yield from _compare(name, getattr(before, name), getattr(after, name))


def with_live(before: SomeSections, after: Sections) -> SomeSections:
    """Return the settings that hold after ``after`` was read: all else waits for a restart."""
    live = {name: getattr(after, name) for name in LIVE_SECTIONS}
    limits = {name: getattr(after.overload, name) for name in _LIVE_LIMITS}
    return replace(before, **live, overload=replace(before.overload, **limits))


def flow_changes(before: Mapping[str, Flow], after: Mapping[str, Flow]) -> Iterator[str]:
    """Yield a line for each flow that is new, gone or different."""
    for flow_id in sorted(before.keys() | after.keys()):
        if flow_id not in after:
            yield f"flow {flow_id}: gone"
        elif flow_id not in before:
            yield f"flow {flow_id}: new"
        elif before[flow_id].version != after[flow_id].version:
            yield f"flow {flow_id}: changed"


def _compare(path: str, before: object, after: object) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, msgspec.Struct) and isinstance(after, msgspec.Struct):
        for name in before.__struct_fields__:
            yield from _compare(f"{path}.{name}", getattr(before, name), getattr(after, name))
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from _compare(f"{path}.{key}", before.get(key, _ABSENT), after.get(key, _ABSENT))
    else:
        yield Change(path, f"{path}: {_told(before)} -> {_told(after)}")


def _told(value: object) -> str:
    match value:
        case _ if value is _ABSENT:
            return "nothing"
        case Secret():
            return "(secret)"
        case Duration():
            return f"{value / 1000:g} s"
        case msgspec.Struct():
            return "something"
        case tuple():
            return ", ".join(_told(each) for each in value) or "nothing"
        case "":
            return "nothing"
        case _:
            return str(value)
