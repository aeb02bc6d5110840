"""The level by hand, in a file."""

import asyncio
from pathlib import Path

import pytest

from callcenter.adapters.level_file import NAME, LevelFile
from callcenter.core.vitals.levels import Level


@pytest.mark.parametrize("level", [*Level, None])
def test_what_is_written_is_read(tmp_path: Path, level: Level | None):
    LevelFile(tmp_path).write(Level.NOT_CLAIMING)
    LevelFile(tmp_path).write(level)
    assert LevelFile(tmp_path).read() == level


@pytest.mark.parametrize("text", ["", "6", "-1", "high", "4" * 100_000, "\xb2"])
def test_a_file_without_a_level_says_nothing(tmp_path: Path, text: str):
    (tmp_path / NAME).write_text(text, "utf-8")
    assert LevelFile(tmp_path).read() is None


async def test_the_file_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("callcenter.adapters.level_file._LOOK_EVERY_S", 0.01)
    file = LevelFile(tmp_path)
    following = asyncio.ensure_future(file.follow())
    for level in (Level.SHORT_FLOW, None):
        await asyncio.to_thread(LevelFile(tmp_path).write, level)
        async with asyncio.timeout(5):
            while file.level is not level:  # noqa: ASYNC110  (nobody tells)
                await asyncio.sleep(0.01)
    following.cancel()
