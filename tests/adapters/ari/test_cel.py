"""Asterisk's channel event log, read as it is: rotated, torn, and written by a PBX that crashed."""

import gzip
import os
from pathlib import Path

import pytest

from callcenter.adapters.ari.cel import CelReader, LedgerUnreadable
from callcenter.core.audit.ledger import LedgerEntry, LedgerKind, fold_ledger
from callcenter.core.call.messages import Presentation

START_S = 1_795_336_249
BOB = f"{START_S}.0"
AGENT = "86a2e736c085a0f559890fb9dab66fe6"


def line(at_s: float, event: str, leg: str = BOB, **more: str) -> str:
    fields = [
        f"{START_S + at_s:.6f}",
        event,
        leg,
        BOB,
        more.get("channel", "PJSIP/carrier-00000000"),
        more.get("context", "from-trunk"),
        "StasisBroadcast",
        "",
        more.get("extra", ""),
    ]
    return ",".join('"' + field.replace('"', '""') + '"' for field in fields) + "\n"


def room(kind: str) -> str:
    return f'{{"bridge_id":"r1","bridge_technology":"{kind}"}}'


SERVED = [
    line(0.665897, "CHAN_START"),
    line(0.667, "CC_ARRIVED", extra='{"extra":"0800123:allowed:+12125550141"}'),
    line(0.67, "ANSWER"),
    line(0.79, "BRIDGE_ENTER", extra=room("holding_bridge")),
    line(0.90, "BRIDGE_EXIT", extra=room("holding_bridge")),
    line(0.901, "BRIDGE_ENTER", extra=room("simple_bridge")),
    line(
        0.902, "BRIDGE_ENTER", AGENT, channel="PJSIP/agent1-00000001", extra=room("simple_bridge")
    ),
    line(5.902, "BRIDGE_EXIT", extra=room("native_rtp")),
    line(5.91, "HANGUP", extra='{"hangupcause":16,"hangupsource":"","dialstatus":""}'),
    line(5.91, "CHAN_END"),
    line(5.92, "CHAN_END", AGENT),
]


def entries(path: Path, since: int = 0) -> list[LedgerEntry]:
    return list(CelReader(path).entries(since))


def write(path: Path, *lines: str, age_s: int = 0) -> Path:
    path.write_text("".join(lines))
    at = path.stat().st_mtime - age_s
    os.utime(path, (at, at))
    return path


@pytest.fixture
def cel(tmp_path: Path) -> Path:
    return tmp_path / "cel.csv"


def test_a_served_call_is_read_with_milliseconds(cel: Path) -> None:
    write(cel, *SERVED)
    [call] = fold_ledger(entries(cel))
    assert call.arrived_at == START_S * 1000 + 665
    assert call.ended_at == START_S * 1000 + 5_910
    assert call.talk_ms == 5_000
    assert (call.dnis, call.presentation, call.number) == (
        "0800123",
        Presentation.ALLOWED,
        "+12125550141",
    )


def test_a_waiting_room_is_no_talk(cel: Path) -> None:
    write(cel, *SERVED[:5])
    assert LedgerKind.JOINED not in [entry.kind for entry in entries(cel)]


def test_a_withheld_number_is_no_number(cel: Path) -> None:
    write(cel, line(0, "CC_ARRIVED", extra='{"extra":"0800123:withheld:"}'))
    [entry] = entries(cel)
    assert (entry.presentation, entry.number) == (Presentation.WITHHELD, None)


def test_the_marks_of_the_fallback_are_read(cel: Path) -> None:
    write(
        cel,
        line(0, "CC_FALLBACK", context="cc-fallback"),
        line(1, "CC_VOICEMAIL", context="cc-fallback", extra='{"extra":"FAILED"}'),
        line(2, "CC_VOICEMAIL", context="cc-fallback", extra='{"extra":"SUCCESS"}'),
    )
    assert [entry.kind for entry in entries(cel)] == [LedgerKind.FALLBACK, LedgerKind.MESSAGE]


def test_stations_are_told_without_what_makes_the_leg_unique(cel: Path) -> None:
    write(cel, *SERVED)
    stations = {entry.station for entry in entries(cel) if entry.kind is LedgerKind.JOINED}
    assert stations == {"PJSIP/carrier", "PJSIP/agent1"}


def test_rotated_files_are_read_oldest_first(cel: Path) -> None:
    packed = cel.with_name("cel.csv.2.gz")
    packed.write_bytes(gzip.compress("".join(SERVED[:3]).encode()))
    os.utime(packed, (START_S, START_S))
    write(cel.with_name("cel.csv-20261122"), *SERVED[3:7], age_s=60)
    write(cel, *SERVED[7:])
    reader = CelReader(cel)
    [call] = fold_ledger(reader.entries(0))
    assert call.talk_ms == 5_000
    assert reader.torn == 0


def test_files_that_were_finished_before_are_left_out(cel: Path) -> None:
    old = write(cel.with_name("cel.csv.1"), *SERVED, age_s=7_200)
    write(cel, line(9_000, "CHAN_END"))
    since = round((old.stat().st_mtime + 3_600) * 1000)
    assert [entry.kind for entry in entries(cel, since)] == [LedgerKind.ENDED]


def test_other_files_beside_it_are_left_alone(cel: Path) -> None:
    write(cel, *SERVED)
    write(cel.with_name("cel.csvx"), *SERVED)
    write(cel.with_name("other.csv"), *SERVED)
    assert len(list(fold_ledger(entries(cel)))) == 1


def test_a_last_line_without_an_end_is_being_written(cel: Path) -> None:
    write(cel, *SERVED[:3], SERVED[3][:40])
    reader = CelReader(cel)
    assert len(list(reader.entries(0))) == 2
    assert reader.torn == 0


@pytest.mark.parametrize("length", range(1, len(SERVED[1]) - 1, 7))
def test_a_line_torn_by_a_crash_costs_itself_alone(cel: Path, length: int) -> None:
    write(cel, SERVED[0], SERVED[1][:length], *SERVED[2:])
    reader = CelReader(cel)
    [call] = fold_ledger(reader.entries(0))
    assert reader.torn == 1
    assert call.ended_at is not None
    assert call.talk_ms == 5_000


def test_rubbish_is_counted_and_never_raises(cel: Path) -> None:
    cel.write_bytes(b"\x00\xff\xfe\n\n" + b'"x",' * 9_000 + b"\n" + SERVED[0].encode())
    reader = CelReader(cel)
    assert [entry.kind for entry in reader.entries(0)] == [LedgerKind.STARTED]
    assert reader.torn > 2


def test_what_a_field_cannot_be_costs_its_line_alone(cel: Path) -> None:
    write(
        cel,
        line(0, "CC_ARRIVED", extra='{"extra":"no such thing"}'),
        line(0, "CC_ARRIVED", extra='{"extra":"1:sideways:2"}'),
        line(0, "BRIDGE_ENTER", extra="not JSON"),
        SERVED[0],
    )
    reader = CelReader(cel)
    assert [entry.kind for entry in reader.entries(0)] == [LedgerKind.STARTED]
    assert reader.torn == 3


def test_a_pbx_that_counts_from_zero_again_was_restarted(cel: Path) -> None:
    write(
        cel,
        line(0, "CHAN_START", f"{START_S}.7"),
        line(30, "CHAN_START", f"{START_S + 30}.0"),
        line(31, "CHAN_START", f"{START_S + 31}.4"),
        line(32, "CHAN_START", f"{START_S + 32}.9"),
    )
    kinds = [entry.kind for entry in entries(cel)]
    assert kinds == [
        LedgerKind.STARTED,
        LedgerKind.RESTARTED,
        LedgerKind.STARTED,
        LedgerKind.STARTED,
        LedgerKind.STARTED,
    ]


def test_channels_of_one_moment_in_another_order_are_no_restart(cel: Path) -> None:
    write(
        cel,
        line(0, "CHAN_START", f"{START_S}.8"),
        line(0, "CHAN_START", f"pbx1-{START_S}.7"),
        line(1, "CHAN_START", AGENT, context="agents"),
        line(2, "CHAN_START", f"{START_S + 2}.9"),
    )
    assert LedgerKind.RESTARTED not in [entry.kind for entry in entries(cel)]


def test_a_ledger_that_is_not_there_is_told(cel: Path) -> None:
    with pytest.raises(LedgerUnreadable, match="no such file"):
        entries(cel)


def test_a_damaged_packed_file_is_told(cel: Path) -> None:
    write(cel, *SERVED)
    cel.with_name("cel.csv.1.gz").write_bytes(gzip.compress(b"x" * 100)[:-9])
    with pytest.raises(LedgerUnreadable, match="cannot be read"):
        entries(cel)
