"""Writes the page's TypeScript types from the frames and bodies that the service speaks.

Source: ``callcenter/adapters/web/wire.py`` and the dataclasses it names. Result:
``agent_ui/src/gen/wire.ts``, never edited by hand. ``--check`` writes nothing and fails when the
file is not what would be written.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import ModuleType, UnionType
from typing import get_args

import msgspec
from msgspec import inspect

from callcenter.adapters.web import wire

TARGET = Path(__file__).resolve().parent.parent / "agent_ui" / "src" / "gen" / "wire.ts"
HEADER = """\
// Written by scripts/write_wire_types.py from callcenter/adapters/web/wire.py. Do not edit.
"""
SIMPLE = {
    inspect.StrType: "string",
    inspect.IntType: "number",
    inspect.FloatType: "number",
    inspect.BoolType: "boolean",
    inspect.NoneType: "null",
    inspect.AnyType: "unknown",
}


class UnknownType(Exception):
    """A Python type has no TypeScript counterpart here: add it to ``reference``."""


def reference(kind: inspect.Type) -> str:
    """Return how TypeScript names a type where it is used."""
    simple = SIMPLE.get(type(kind))
    if simple is not None:
        return simple
    match kind:
        case inspect.EnumType() | inspect.DataclassType() | inspect.StructType():
            return kind.cls.__name__
        case inspect.UnionType():
            return " | ".join(reference(part) for part in kind.types)
        case inspect.LiteralType():
            return " | ".join(json.dumps(value) for value in kind.values)
        case inspect.DictType():
            return f"Readonly<Record<string, {reference(kind.value_type)}>>"
        case inspect.ListType() | inspect.VarTupleType() | inspect.SetType():
            return f"ReadonlyArray<{reference(kind.item_type)}>"
        case _:
            raise UnknownType(f"{kind!r}: say in scripts/write_wire_types.py what it is")


def _parts(kind: inspect.Type) -> Iterator[inspect.Type]:
    match kind:
        case inspect.UnionType():
            yield from kind.types
        case inspect.DictType():
            yield kind.value_type
        case inspect.ListType() | inspect.VarTupleType() | inspect.SetType():
            yield kind.item_type
        case inspect.DataclassType() | inspect.StructType():
            yield from (field.type for field in kind.fields)
        case _:
            return


def _collect(kind: inspect.Type, found: dict[type, inspect.Type]) -> None:
    """Add the named types below ``kind`` to ``found``, those that are used before their users."""
    if isinstance(kind, inspect.EnumType | inspect.DataclassType | inspect.StructType):
        if kind.cls in found:
            return
        for part in _parts(kind):
            _collect(part, found)
        found[kind.cls] = kind
        return
    for part in _parts(kind):
        _collect(part, found)


def _comment(owner: type) -> str:
    first = (owner.__doc__ or "").strip().split("\n")[0]
    return f"/** {first.replace('*/', '* /')} */\n" if first else ""


def _field_lines(kind: inspect.DataclassType | inspect.StructType, *, sent: bool) -> Iterator[str]:
    if isinstance(kind, inspect.StructType) and kind.tag_field is not None:
        yield f"  readonly {kind.tag_field}: {json.dumps(kind.tag)};"
    for field in kind.fields:
        mark = "?" if sent and not field.required else ""
        yield f"  readonly {field.encode_name}{mark}: {reference(field.type)};"


def declare(kind: inspect.Type, *, sent: bool) -> str:
    """Return the declaration of a named type.

    Args:
        kind: An enum, dataclass or Struct.
        sent: The page sends it, so what has a default may be left out.
    """
    match kind:
        case inspect.EnumType():
            values = " | ".join(json.dumps(member.value) for member in _members(kind.cls))
            return f"{_comment(kind.cls)}export type {kind.cls.__name__} = {values};\n"
        case inspect.DataclassType() | inspect.StructType():
            body = "\n".join(_field_lines(kind, sent=sent))
            return f"{_comment(kind.cls)}export interface {kind.cls.__name__} {{\n{body}\n}}\n"
        case _:
            raise UnknownType(f"{kind!r} has no name to declare it by")


def _members(enum: type[Enum]) -> list[Enum]:
    return list(enum)


def _defined_here(module: ModuleType) -> Iterator[tuple[str, object]]:
    for name, value in vars(module).items():
        is_struct = isinstance(value, type) and issubclass(value, msgspec.Struct)
        if is_struct or isinstance(value, UnionType):
            yield name, value


def render(
    module: ModuleType = wire, sent_roots: tuple[str, ...] = ("ClientFrame", "LogIn")
) -> str:
    """Return the whole TypeScript module.

    Args:
        module: Where the Structs and their unions are defined; must have ``PROTOCOL``.
        sent_roots: The names whose types the page sends.
    """
    named: dict[type, inspect.Type] = {}
    sent: dict[type, inspect.Type] = {}
    unions: list[str] = []
    for name, value in _defined_here(module):
        kind = inspect.type_info(value)
        _collect(kind, named)
        if name in sent_roots:
            _collect(kind, sent)
        if isinstance(value, UnionType):
            parts = "\n".join(f"  | {part.__name__}" for part in get_args(value))
            unions.append(f"export type {name} =\n{parts};\n")
    declared = [declare(kind, sent=owner in sent) for owner, kind in named.items()]
    protocol = f"export const PROTOCOL = {module.PROTOCOL};\n"
    return "\n".join([HEADER, protocol, *declared, *unions])


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or check it; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true", help="fail when the file is stale")
    parser.add_argument("--target", type=Path, default=TARGET, help="the file to write or check")
    options = parser.parse_args(arguments)
    target: Path = options.target
    wanted = render()
    present = target.read_text(encoding="utf-8") if target.is_file() else None
    if present == wanted:
        return 0
    if options.check:
        print(f"{target} is stale: run python scripts/write_wire_types.py", file=sys.stderr)
        return 1
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(wanted, encoding="utf-8")
    print(f"wrote {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
