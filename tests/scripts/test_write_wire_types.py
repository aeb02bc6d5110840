import msgspec
import pytest

from callcenter.adapters.web import wire
from scripts.write_wire_types import TARGET, UnknownType, main, reference, render


def test_the_written_types_are_those_of_the_service_as_it_is():
    assert main(["--check"]) == 0


def test_a_stale_file_fails_the_check_and_is_left_as_it_is(tmp_path, capsys):
    target = tmp_path / "wire.ts"
    assert main(["--check", "--target", str(target)]) == 1
    assert not target.exists()
    target.write_text("export type Role = string;\n")
    assert main(["--check", "--target", str(target)]) == 1
    assert "is stale" in capsys.readouterr().err


def test_writing_makes_the_check_pass(tmp_path):
    target = tmp_path / "gen" / "wire.ts"
    assert main(["--target", str(target)]) == 0
    assert main(["--check", "--target", str(target)]) == 0
    assert target.read_text() == TARGET.read_text()


def test_every_frame_and_body_of_the_wire_is_written():
    text = render()
    names = [
        name
        for name, value in vars(wire).items()
        if isinstance(value, type) and issubclass(value, msgspec.Struct)
    ]
    assert len(names) > 25
    for name in names:
        assert f"export interface {name} {{" in text


def test_frames_are_told_apart_by_a_literal_tag():
    assert 'export interface Hello {\n  readonly type: "hello";' in render()
    assert 'readonly kind: "desk_call";\n  readonly value: DeskCall;' in render()
    assert "export type ServerFrame =\n  | Hello\n  | Snapshot" in render()


def test_what_has_a_default_may_be_left_out_only_where_the_page_sends_it():
    text = render()
    assert "readonly disposition: string;\n  readonly note?: string;" in text
    card = text[text.index("export interface CallStory {") :]
    assert "?:" not in card[: card.index("}")]


def test_an_enum_is_a_union_of_its_values():
    assert 'export type Role = "agent" | "supervisor" | "admin";' in render()


def test_a_type_without_a_counterpart_is_an_error_not_an_unknown():
    with pytest.raises(UnknownType, match=r"scripts/write_wire_types\.py"):
        reference(msgspec.inspect.type_info(bytes))
