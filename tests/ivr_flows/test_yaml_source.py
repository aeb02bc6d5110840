import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ivr_flows.faults import Fault, FaultyText
from ivr_flows.yaml_source import MAX_BYTES, MAX_DEPTH, parse_document


def faults_of(text: str) -> list[tuple[int, int, str]]:
    with pytest.raises(FaultyText) as caught:
        parse_document(text, "f.yaml")
    return [(fault.line, fault.column, fault.problem) for fault in caught.value.faults]


def test_all_scalars_stay_as_they_are_written():
    text = "a: 012\nb: 12:30:45\nc: no\nd: +15551230001\ne: null\nf: ~\n012: 1.0\nno: 0x10"
    assert parse_document(text, "f").data == {
        "a": "012",
        "b": "12:30:45",
        "c": "no",
        "d": "+15551230001",
        "e": "null",
        "f": "~",
        "012": "1.0",
        "no": "0x10",
    }


def test_each_value_and_key_has_its_line_and_column():
    marks = parse_document("a: 1\nb:\n  - x\n  - {c: d}\n", "f.yaml").marks
    assert marks.source == "f.yaml"
    assert marks.values == {
        (): (1, 1),
        ("a",): (1, 4),
        ("b",): (3, 3),
        ("b", 0): (3, 5),
        ("b", 1): (4, 5),
        ("b", 1, "c"): (4, 9),
    }
    assert marks.keys == {("a",): (1, 1), ("b",): (2, 1), ("b", 1, "c"): (4, 6)}


def test_a_key_given_twice_is_told_with_both_lines():
    text = "a: 1\nb: {x: 1, x: 2}\na: 3\n"
    assert faults_of(text) == [
        (2, 11, "the key 'x' is given twice, first in line 2"),
        (3, 1, "the key 'a' is given twice, first in line 1"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "column", "problem"),
    [
        ("a: &x 1\nb: *x", 1, 4, "anchor"),
        ("a: *x", 1, 4, "alias"),
        ("*x : 1", 1, 1, "alias"),
        ("a: !!int 3", 1, 4, "tag"),
        ("a: !!python/object:os.system {}", 1, 4, "tag"),
        ("? [a]\n: b", 1, 3, "a key must be a word"),
        ("a: 1\n---\nb: 2", 2, 1, "second document"),
        ("a: [1", 2, 1, "not YAML"),
        ("a: b: c", 1, 5, "not YAML"),
        ("a: 1\nb: \x07", 2, 4, "not allowed"),
        ("a: '\ud800'", 1, 5, "not valid Unicode"),
        ("", 1, 1, "empty"),
        ("# only a comment\n", 1, 1, "empty"),
    ],
)
def test_what_is_refused_is_told_at_its_place(text, line, column, problem):
    [fault] = faults_of(text)
    assert fault[:2] == (line, column)
    assert problem in fault[2]


def test_a_billion_laughs_costs_nothing():
    text = "a: &a [x,x]\n" + "".join(f"b{n}: &b{n} [*a,*a]\n" for n in range(50))
    assert "anchor" in faults_of(text)[0][2]


def test_depth_is_limited_to_fifty_levels():
    deepest = parse_document("[" * MAX_DEPTH + "x" + "]" * MAX_DEPTH, "f")
    assert max(len(path) for path in deepest.marks.values) == MAX_DEPTH
    assert "levels deep" in faults_of("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))[0][2]
    assert "levels deep" in faults_of("[" * 400_000)[0][2]


def test_size_is_limited_to_a_megabyte_of_utf_8():
    assert parse_document("x" * MAX_BYTES, "f").data == "x" * MAX_BYTES
    assert "more than 1000000" in faults_of("x" * (MAX_BYTES + 1))[0][2]
    assert "more than 1000000" in faults_of("é" * (MAX_BYTES // 2 + 1))[0][2]


def test_a_full_megabyte_is_read_in_seconds():
    started = time.monotonic()
    parse_document("[" + "a," * (MAX_BYTES // 2 - 2) + "]", "f")
    assert time.monotonic() - started < 20


@given(st.text() | st.text(alphabet="abc:-[]{}#&*!|>'\"%@`?, \n\t0\x00\ud800"))
@example("%YAML 9.9\n---\na")
@example("a: |\n  b\n c")
@example("\ufeff a: 1")
def test_any_text_is_data_or_faults_with_places(text):
    for fault in faults_or_none(text):
        assert fault.line >= 1
        assert fault.column >= 1


def faults_or_none(text: str) -> tuple[Fault, ...]:
    try:
        assert () in parse_document(text, "f.yaml").marks.values
    except FaultyText as error:
        return error.faults
    return ()
