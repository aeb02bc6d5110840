"""The level that people set by hand, as a file beside the journal.

A file and not a request: it works in the worst overload, and needs no right but that to write into
the data folder.
"""

import asyncio
from pathlib import Path
from typing import Final, Never

from callcenter.core.vitals.levels import Level

NAME: Final = "degrade_level"
_LOOK_EVERY_S: Final = 1.0


class LevelFile:
    """Follows the file; ``level`` is what it said last, None for nothing."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self.level: Level | None = None

    def read(self) -> Level | None:
        """Return the level in the file; None if there is no file, or no level in it."""
        try:
            with self._path.open(encoding="ascii", errors="replace") as file:
                text = file.read(16).strip()
        except OSError:
            return None
        return Level(int(text)) if text in {"0", "1", "2", "3", "4", "5"} else None

    def write(self, level: Level | None) -> None:
        """Set the level, or leave it to the measurements; raises OSError."""
        if level is None:
            self._path.unlink(missing_ok=True)
        else:
            self._path.write_text(f"{level:d}\n", encoding="ascii")

    async def follow(self) -> Never:
        """Look at the file once a second, for ever; on a thread, for a disk may hang."""
        while True:
            self.level = await asyncio.to_thread(self.read)
            await asyncio.sleep(_LOOK_EVERY_S)
