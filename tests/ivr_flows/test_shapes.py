from typing import Annotated, Literal

import msgspec
import pytest

from ivr_flows.durations import Duration
from ivr_flows.faults import Fault, FaultList
from ivr_flows.shapes import Secret, Within, read_struct
from ivr_flows.yaml_source import parse_document


class Inner(msgspec.Struct, frozen=True):
    level: Annotated[int, msgspec.Meta(ge=1, le=3, description="a level from 1 to 3")] = 1


class Outer(msgspec.Struct, frozen=True):
    name: str
    open: bool = False
    mode: Literal["fast", "slow"] = "fast"
    pause: Annotated[Duration, Within(1_000, 60_000)] = Duration(5_000)
    any_pause: Duration = Duration(1)
    password: Secret = Secret("")
    words: Annotated[tuple[str, ...], msgspec.Meta(max_length=2)] = ()
    inner: Inner = Inner()
    by_name: dict[Annotated[str, msgspec.Meta(pattern="^[a-z]+$")], Inner] = {}
    raw: object = None


def read(text: str) -> tuple[Outer | None, list[Fault]]:
    document = parse_document(text, "f.yaml")
    faults = FaultList(document.marks)
    return read_struct(Outer, document.data, (), faults), faults.faults


def faults_in_words(text: str) -> list[str]:
    return [fault.in_words() for fault in read(text)[1]]


def test_a_full_document_becomes_the_struct():
    outer, faults = read(
        "{name: 012, open: Yes, mode: slow, pause: 2 s, any_pause: 7 ms, password: no, words: [a],"
        " inner: {level: 2}, by_name: {x: {level: 3}, y: {}}, raw: {a: [1]}}"
    )
    assert faults == []
    assert outer == Outer(
        name="012",
        open=True,
        mode="slow",
        pause=Duration(2_000),
        any_pause=Duration(7),
        password=Secret("no"),
        words=("a",),
        inner=Inner(2),
        by_name={"x": Inner(3), "y": Inner(1)},
        raw={"a": ["1"]},
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{}", "1:1: the key 'name' is missing; add it"),
        ("[a]", "1:1: expected a mapping with name, open, mode, pause, any_pause, password, ..."),
        ("{name: n, opn: yes}", "1:11: unknown key 'opn'; did you mean 'open'?"),
        ("{name: n, open: 1}", "1:17: expected yes or no, got '1'"),
        ("{name: n, mode: x}", "1:17: expected fast or slow, got 'x'"),
        ("{name: n, pause: 90}", '1:18: expected a duration such as "5 s", from 1 s to 1 min'),
        ("{name: n, pause: 90 s}", '1:18: expected a duration such as "5 s", from 1 s to 1 min'),
        ("{name: n, any_pause: }", '1:22: expected a duration such as "300 ms", "5 s", "2 min"'),
        ("{name: n, inner: {level: 4}}", "1:26: expected a level from 1 to 3, got '4'"),
        ("{name: n, inner: {level: [4]}}", "1:26: expected a level from 1 to 3, got a list"),
        ("{name: n, inner: x}", "1:18: expected a mapping with level, got 'x'"),
        ("{name: n, words: x}", "1:18: expected a list, got 'x'; write it as [a, b]"),
        ("{name: n, words: [a, b, c]}", "1:18: expected at most 2 here, got 3"),
        ("{name: n, words: [a, {}]}", "1:22: expected text, got a mapping"),
        ("{name: n, by_name: [a]}", "1:20: expected a mapping, got a list"),
        ("{name: n, by_name: {A1: {}}}", "1:21: expected text, got 'A1'"),
        ("{name: n, inner: {level: " + "9" * 6_000 + "}}", "1:26: expected a level from 1 to 3"),
    ],
)
def test_each_fault_says_where_what_is_expected_and_what_is_there(text, fault):
    [found] = faults_in_words(text)
    assert found.startswith(f"f.yaml:{fault}")


def test_all_faults_come_at_once_and_what_is_good_is_kept():
    outer, faults = read("{name: n, open: x, inner: {level: 0}, words: [a, []], mode: slow}")
    assert len(faults) == 3
    assert outer == Outer(name="n", mode="slow", words=("a",))


def test_a_secret_is_shown_neither_as_a_value_nor_in_a_message():
    outer, _ = read("{name: n, password: hunter2}")
    assert outer is not None
    assert "hunter2" not in repr(outer)
    assert "hunter2" not in f"{outer.password}"
    assert outer.password.text == "hunter2"
    assert "hunter2" not in "".join(faults_in_words("{name: n, password: [hunter2]}"))
