from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.adapters.codec import KINDS, Codec
from callcenter.core.acd.facts import AgentLoggedIn
from callcenter.core.acd.people import AgentProfile
from callcenter.core.call.facts import (
    CallClosed,
)
from callcenter.core.ids import AgentId
from callcenter.ports.journal import Fact, Recorded, Unreadable
from tests.support.facts import FACT_TYPES, any_fact

CODEC = Codec()


@settings(max_examples=400, deadline=None)
@given(any_fact())
def test_every_fact_comes_back_the_same(fact: Fact) -> None:
    assert CODEC.decode(1, "s", CODEC.encode(fact)) == Recorded(1, "s", fact)


@settings(max_examples=50, deadline=None)
@given(st.lists(any_fact(), max_size=5))
def test_snapshot_comes_back_the_same(facts: list[Fact]) -> None:
    found = CODEC.decode_snapshot(7, "s", CODEC.encode_snapshot(facts))
    assert list(found) == [Recorded(7, "s", fact) for fact in facts]


def test_every_fact_has_its_own_name() -> None:
    assert len(KINDS) == len(FACT_TYPES)


@given(st.sampled_from(sorted(KINDS)), st.integers(-1, 3), st.binary(max_size=40))
def test_rubbish_is_unreadable_and_never_an_error(kind: str, version: int, body: bytes) -> None:
    found = CODEC.decode(3, "s", (kind, version, body))
    assert isinstance(found, Unreadable)
    assert (found.seq, found.stream, found.kind) == (3, "s", kind)
    assert CODEC.decode_snapshot(3, "s", body)


def test_unknown_kind_and_version_are_named() -> None:
    unknown = CODEC.decode(1, "s", ("CallDreamt", 1, b"{}"))
    newer = CODEC.decode(1, "s", ("CallClosed", 2, b'{"at":1}'))
    assert isinstance(unknown, Unreadable)
    assert "CallDreamt" in unknown.error
    assert isinstance(newer, Unreadable)
    assert "version 2 of CallClosed" in newer.error


def test_unknown_fields_are_ignored() -> None:
    found = CODEC.decode(1, "s", ("CallClosed", 1, b'{"at":5,"mood":"good"}'))
    assert found == Recorded(1, "s", CallClosed(5))


def test_any_mapping_may_hold_skills() -> None:
    profile = AgentProfile(AgentId("a"), "A", "P/1", (), MappingProxyType({"german": 3}))
    found = CODEC.decode(1, "s", CODEC.encode(AgentLoggedIn(1, profile)))
    assert found == Recorded(
        1, "s", AgentLoggedIn(1, AgentProfile(AgentId("a"), "A", "P/1", (), {"german": 3}))
    )


@dataclass(frozen=True, slots=True)
class Renamed:
    """A fact whose field changed its name, and later its unit."""

    at: int


def _name(fields: dict[str, Any]) -> dict[str, Any]:
    return {"at_s": fields["when"]}


def _unit(fields: dict[str, Any]) -> dict[str, Any]:
    return {"at": fields["at_s"] * 1_000}


OLD = Codec({"Renamed": Renamed}, {"Renamed": 3}, {("Renamed", 1): _name, ("Renamed", 2): _unit})


@pytest.mark.parametrize(
    ("version", "body"), [(1, b'{"when":5}'), (2, b'{"at_s":5}'), (3, b'{"at":5000}')]
)
def test_old_versions_are_brought_up_step_by_step(version: int, body: bytes) -> None:
    found = OLD.decode(1, "s", ("Renamed", version, body))
    assert isinstance(found, Recorded)
    assert msgspec.to_builtins(found.fact) == {"at": 5_000}


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"when":"x"}', b'{"when":null}'])
def test_upcaster_that_meets_a_bad_body_makes_it_unreadable(body: bytes) -> None:
    assert isinstance(OLD.decode(1, "s", ("Renamed", 1, body)), Unreadable)
