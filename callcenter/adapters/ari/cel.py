"""Asterisk's channel event log (CEL), as the ledger that the audit compares with.

The file is what ``deploy/asterisk/cel_custom.conf`` makes: one event a line, nine quoted fields,
nothing in them that a caller can choose. Rotated files are read too, oldest first, packed or not.
A line that was torn by a crash is left out and counted; what follows it on the same line is read.
"""

import csv
import gzip
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import msgspec

from callcenter.core.audit.ledger import LedgerEntry, LedgerKind
from callcenter.core.call.messages import Presentation
from callcenter.core.ids import LegId, Ms

LONGEST_LINE = 8_192
_FIELDS = 9
_LINE_START = re.compile(r'"\d{9,11}\.\d{6}","[A-Z]')
_UNIQUE = re.compile(r"^(?:.*-)?(\d{9,11})\.(\d+)\Z")
_LEG_NUMBER = re.compile(r"-[0-9a-f]{8}(;[12])?\Z")
_TRUNK_CONTEXT = "from-trunk"
_FALLBACK_CONTEXT = "cc-fallback"
_WAITING_ROOM = "holding_bridge"
_SAME_MOMENT = 100
"""Channels that are made at the same moment may be entered out of order, by no more than this."""


class LedgerUnreadable(Exception):
    """The ledger cannot be read; the message says where and what to do."""


class _Extra(msgspec.Struct):
    extra: str = ""
    bridge_id: str = ""
    bridge_technology: str = ""


_decode_extra = msgspec.json.Decoder(_Extra).decode


class CelReader:
    """Reads the entries of a ledger file and of those it was rotated to.

    Attributes:
        torn: How many lines could not be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.torn = 0
        self._last_started = (0, 0)

    def entries(self, since: Ms) -> Iterator[LedgerEntry]:
        """Yield all entries in order; files that were finished before ``since`` are left out.

        Raises:
            LedgerUnreadable: There is no such file, or no permission.
        """
        for text in self._lines(since):
            yield from self._read(text)

    # ------------------------------------------------------------ files

    def _lines(self, since: Ms) -> Iterator[str]:
        with ExitStack() as stack:
            try:
                files = [stack.enter_context(_open(path)) for path in self._files(since)]
                for file in files:
                    # What has no end yet is being written.
                    yield from (line for line in _pieces(file) if line.endswith("\n"))
            except (OSError, EOFError) as error:
                raise LedgerUnreadable(
                    f"The ledger {self._path} cannot be read: {error}. Name Asterisk's "
                    "cel-custom/cel.csv, and let this user read it and its folder."
                ) from error

    def _files(self, since: Ms) -> list[Path]:
        """Return the files, oldest first; each once, if it is being rotated just now."""
        if not self._path.exists():
            raise FileNotFoundError("there is no such file")
        found: dict[tuple[int, int], tuple[float, Path]] = {}
        for path in [*self._path.parent.glob(f"{self._path.name}[.-]*"), self._path]:
            stat = path.stat()
            if stat.st_mtime * 1000 >= since:
                found[stat.st_dev, stat.st_ino] = (stat.st_mtime, path)
        return [path for _, path in sorted(found.values())]

    # ------------------------------------------------------------ lines

    def _read(self, text: str) -> Iterator[LedgerEntry]:
        fields = _fields(text)
        if fields is None:
            self.torn += 1
            starts = [found.start() for found in _LINE_START.finditer(text)]
            fields = _fields(text[starts[-1] :]) if starts else None
        if fields is not None:
            try:
                yield from self._translate(fields)
            except (ValueError, msgspec.MsgspecError):
                self.torn += 1

    def _translate(self, fields: list[str]) -> Iterator[LedgerEntry]:
        time, event, leg_id, _, channel, context, _, _, extra = fields
        at = int(time.replace(".", "")) // 1000
        leg = LegId(leg_id)
        told = _decode_extra(extra) if extra else _Extra()
        match event:
            case "CHAN_START":
                yield from self._started(at, leg, context)
            case "CC_ARRIVED":
                yield _arrived(at, leg, told.extra)
            case "CC_VOICEMAIL" if told.extra == "SUCCESS":
                yield LedgerEntry(at, LedgerKind.MESSAGE, leg)
            case "CC_FALLBACK":
                yield LedgerEntry(at, LedgerKind.FALLBACK, leg)
            case "BRIDGE_ENTER" | "BRIDGE_EXIT" if told.bridge_technology != _WAITING_ROOM:
                kind = LedgerKind.JOINED if event == "BRIDGE_ENTER" else LedgerKind.LEFT
                yield LedgerEntry(at, kind, leg, _station(channel), told.bridge_id)
            case "CHAN_END":
                yield LedgerEntry(at, LedgerKind.ENDED, leg)
            case "ANSWER" if context == _FALLBACK_CONTEXT:
                # A dialplan of the site's own, without the mark.
                yield LedgerEntry(at, LedgerKind.FALLBACK, leg)

    def _started(self, at: Ms, leg: LegId, context: str) -> Iterator[LedgerEntry]:
        unique = _UNIQUE.match(leg)
        if unique is not None:
            # Asterisk counts its channels from 0 again when it is started.
            second, count = int(unique[1]), int(unique[2])
            last_second, last_count = self._last_started
            if last_count - count >= _SAME_MOMENT or (
                last_count > count and second - last_second >= 2
            ):
                yield LedgerEntry(at, LedgerKind.RESTARTED)
                self._last_started = (second, count)
            else:
                self._last_started = max(self._last_started, (second, count), key=lambda it: it[1])
        if context == _TRUNK_CONTEXT:
            yield LedgerEntry(at, LedgerKind.STARTED, leg)


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="\n")
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    return open(descriptor, encoding="utf-8", errors="replace", newline="\n")


def _pieces(file: IO[str]) -> Iterable[str]:
    """Yield lines; one that is absurdly long comes in pieces, so that memory stays bounded."""
    return iter(lambda: file.readline(LONGEST_LINE), "")


def _fields(text: str) -> list[str] | None:
    try:
        fields = next(csv.reader([text], strict=True))
    except (csv.Error, StopIteration):
        return None
    is_whole = len(fields) == _FIELDS and _LINE_START.match(text) is not None
    return fields if is_whole else None


def _arrived(at: Ms, leg: LegId, told: str) -> LedgerEntry:
    """Return what the dialplan read: ``number dialled:presentation:number shown``."""
    dnis, presentation, number = told.split(":")
    shown = Presentation(presentation)
    return LedgerEntry(
        at,
        LedgerKind.ARRIVED,
        leg,
        dnis=dnis[:64],
        presentation=shown,
        number=number[:64] or None if shown is Presentation.ALLOWED else None,
    )


def _station(channel: str) -> str:
    return _LEG_NUMBER.sub("", channel)[:80]
