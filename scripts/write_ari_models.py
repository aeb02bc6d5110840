"""Write ``callcenter/adapters/ari/wire.py`` from the api-docs of an Asterisk.

Usage: write_ari_models.py SOURCE [--out FILE]

SOURCE is a folder with the api-docs (Debian: /usr/share/asterisk/rest-api) or the address of a
running Asterisk (http://user:password@127.0.0.1:8088/ari). Only names and types are taken over.
"""

import argparse
import base64
import json
import re
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

EVENTS = (
    "ApplicationReplaced",
    "CallBroadcast",
    "ChannelDestroyed",
    "ChannelDtmfReceived",
    "ChannelHangupRequest",
    "ChannelStateChange",
    "ChannelUserevent",
    "Dial",
    "PlaybackFinished",
    "StasisEnd",
    "StasisStart",
)
"""The events that the adapter reads; the PBX is asked to send no others."""

MODELS = (
    "Application",
    "AsteriskInfo",
    "Bridge",
    "BuildInfo",
    "CallerID",
    "Channel",
    "ConfigInfo",
    "DialplanCEP",
    "Endpoint",
    "Playback",
    "SetId",
    "StatusInfo",
    "SystemInfo",
)
FILES = (
    "applications",
    "asterisk",
    "bridges",
    "channels",
    "endpoints",
    "events",
    "playbacks",
)

PRIMITIVES = {
    "string": ("str", '""'),
    "Date": ("str", '""'),
    "boolean": ("bool", "False"),
    "int": ("int | None", "None"),
    "long": ("int | None", "None"),
    "double": ("float | None", "None"),
    "object": ("dict[str, Any]", "msgspec.field(default_factory=dict)"),
}

HEAD = '''\
"""Asterisk's own words: models and events of its REST interface, as they come over the wire.

Written by scripts/write_ari_models.py from the api-docs of an Asterisk. Do not edit. Every field
except ``id`` may be missing.
"""

from typing import Any

import msgspec
'''


def field_type(declared: str) -> tuple[str, str]:
    """Return the Python type and the default of a type as the api-docs write it."""
    if listed := re.fullmatch(r"List\[(\w+)\]", declared):
        inner, _ = field_type(listed[1])
        return f"tuple[{inner.removesuffix(' | None')}, ...]", "()"
    return PRIMITIVES.get(declared, (f"{declared} | None", "None"))


def structure(name: str, properties: Mapping[str, Any], *, tagged: bool = False) -> str:
    """Return the class of one model."""
    options = "frozen=True, gc=False" + (', tag_field="type", tag=True' if tagged else "")
    lines = [f"class {name}(msgspec.Struct, {options}):", f'    """Asterisk\'s {name}."""', ""]
    ordered = sorted(properties.items(), key=lambda item: (item[0] != "id", item[0]))
    for field, declared in ordered:
        kind, default = field_type(declared["type"])
        lines.append(f"    {field}: {kind}" + ("" if field == "id" else f" = {default}"))
    return "\n".join(lines) + "\n"


def render(models: Mapping[str, Any]) -> str:
    """Return the module's text."""
    shared = {**models["Message"]["properties"], **models["Event"]["properties"]}
    del shared["type"]
    parts = [HEAD]
    parts += [structure(name, models[name]["properties"]) for name in _inner_first(models)]
    for name in EVENTS:
        own = models[name]["properties"]
        parts.append(structure(name, {**shared, **own}, tagged=True))
    union = "\n    | ".join(EVENTS)
    parts.append(f"Event = (\n    {union}\n)\n")
    names = "\n".join(f'    "{name}",' for name in EVENTS)
    parts.append(f'EVENT_TYPES = (\n{names}\n)\n"""What the PBX is asked to send."""\n')
    return "\n\n".join(parts).replace("\n)\n\n\nEVENT", "\n)\n\nEVENT")


def _inner_first(models: Mapping[str, Any]) -> list[str]:
    """Return the models so that each comes after those that it contains."""
    ordered: list[str] = []

    def visit(name: str) -> None:
        for declared in models[name]["properties"].values():
            inner = declared["type"].removeprefix("List[").removesuffix("]")
            if inner in MODELS:
                visit(inner)
        if name not in ordered:
            ordered.append(name)

    for name in MODELS:
        visit(name)
    return ordered


def load(source: str) -> dict[str, Any]:
    """Return all models of the api-docs by name.

    Raises:
        OSError: The source cannot be read.
    """
    models: dict[str, Any] = {}
    for name in FILES:
        models.update(json.loads(_read(source, f"{name}.json"))["models"])
    return models


def _read(source: str, name: str) -> bytes:
    if not source.startswith(("http://", "https://")):
        return (Path(source) / name).read_bytes()
    parts = urlsplit(source)
    host = f"{parts.hostname}:{parts.port or 8088}"
    url = urlunsplit((parts.scheme, host, f"{parts.path.rstrip('/')}/api-docs/{name}", "", ""))
    secret = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    request = urllib.request.Request(url, headers={"Authorization": f"Basic {secret}"})
    with urllib.request.urlopen(request, timeout=5) as reply:
        return bytes(reply.read())


def main() -> int:
    """Write the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("source")
    parser.add_argument("--out", type=Path, default=Path("callcenter/adapters/ari/wire.py"))
    options = parser.parse_args()
    options.out.write_text(render(load(options.source)), encoding="utf-8")
    sys.stderr.write(f"wrote {options.out}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
