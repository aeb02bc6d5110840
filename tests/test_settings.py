from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, TypeGuard, get_args, get_origin

import msgspec
import pytest

from callcenter import settings
from callcenter.settings import Web
from ivr_flows.yaml_source import parse_document

ROOT = Path(__file__).parent.parent
MANUAL = (ROOT / "docs" / "configuration.md").read_text("utf-8")
EXAMPLE = (ROOT / "deploy" / "callcenter.yaml").read_text("utf-8")


def keys_of(section: type[msgspec.Struct], above: str = "") -> Iterator[str]:
    """Yield each key as docs/configuration.md writes it: "web.listen", "queues.*.ring"."""
    for info in msgspec.structs.fields(section):
        key = f"{above}{info.name}"
        yield key
        kind = get_args(info.type)[0] if get_origin(info.type) is Annotated else info.type
        if get_origin(kind) in (dict, tuple):
            inner = get_args(kind)[get_origin(kind) is dict]
            yield from keys_of(inner, f"{key}.*.") if is_section(inner) else ()
        elif is_section(kind):
            yield from keys_of(kind, f"{key}.")


def is_section(kind: object) -> TypeGuard[type[msgspec.Struct]]:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


KEYS = sorted(keys_of(settings.Sections))


def test_the_keys_are_found():
    assert {"asterisk.password_file", "queues.*.ring", "region"} <= set(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_explained_in_the_manual(key):
    assert f"`{key}`" in MANUAL


@pytest.mark.parametrize("key", KEYS)
def test_every_key_stands_in_the_example(key):
    name = key.rsplit(".", maxsplit=1)[-1]
    assert f"{name}:" in EXAMPLE


def test_the_manual_explains_no_key_that_does_not_exist():
    lines = [line for line in MANUAL.splitlines() if line.startswith("| `")]
    assert sorted(line.split("`")[1] for line in lines) == KEYS


def test_the_example_is_yaml_without_a_password():
    keys = parse_document(EXAMPLE, "callcenter.yaml").marks.keys
    assert ("asterisk", "password") not in keys


@pytest.mark.parametrize(
    ("listen", "address"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("[::1]:443", ("::1", 443)),
        ("desk.example.org:0", ("desk.example.org", 0)),
    ],
)
def test_an_address_is_a_host_and_a_port(listen, address):
    assert Web(listen=listen).address == address


@pytest.mark.parametrize(
    "listen", ["", "8080", ":8080", "h:", "h:x", "h:70000", "u@h:1", "h:1/x", "[::1:1", "h:1 "]
)
def test_what_is_no_address_is_refused(listen):
    with pytest.raises(ValueError, match=r".+"):
        assert Web(listen=listen).address


def test_the_public_address_stands_for_our_own():
    assert Web(listen="127.0.0.1:8080").base_url == "http://127.0.0.1:8080"
    assert Web(tls_certificate="a", tls_key="b").base_url == "https://127.0.0.1:8080"
    assert Web(public_url="https://desk.example.org/").base_url == "https://desk.example.org"


def test_origins_are_written_as_browsers_write_them():
    web = Web(public_url="https://Desk.Example.org:443", allowed_origins=("http://a:80",))
    assert web.origins == {"https://desk.example.org", "http://a"}
    assert Web().origins == {"http://127.0.0.1:8080", "http://localhost:8080"}
