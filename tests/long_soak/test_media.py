"""Lines hear each other, know who speaks, and tell a gap from a pause of this process."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from tests.long_soak.media import Hearing, Line, Span, Studio


@pytest.fixture
async def studio() -> AsyncIterator[Studio]:
    opened = Studio()
    yield opened
    await opened.close()


def talking(studio: Studio) -> tuple[Line, Line]:
    """Return two lines that speak to each other."""
    one, other = studio.open("127.0.0.1", "one"), studio.open("127.0.0.1", "other")
    one.aim(("127.0.0.1", other.port))
    other.aim(("127.0.0.1", one.port))
    one.start()
    other.start()
    return one, other


async def test_a_line_knows_whose_voice_it_hears_and_tells_it_once(studio: Studio):
    one, other = talking(studio)
    told: list[int] = []
    one.on_voice = told.append
    await asyncio.sleep(0.6)
    assert told == [other.number]
    assert studio.by_number[told[0]].owner == "other"
    assert one.ear.packets > 10


async def test_a_voice_that_falls_silent_leaves_a_gap(studio: Studio):
    one, other = talking(studio)
    await asyncio.sleep(0.3)
    other._talks = False
    await asyncio.sleep(0.3)
    other.start()
    await asyncio.sleep(0.3)
    one.read()
    assert max(gap.ms for gap in one.hearing.gaps) > 250


async def test_a_pause_of_this_process_is_kept_and_not_taken_for_a_gap_of_others(studio: Studio):
    one, _ = talking(studio)
    await asyncio.sleep(0.3)
    began_at = time.time()
    time.sleep(0.25)  # noqa: ASYNC251 - this is what is tested
    await asyncio.sleep(0.3)
    one.read()
    paused_ms = studio.paused_ms(Span(began_at, time.time()))
    assert paused_ms > 200
    assert max(gap.ms for gap in one.hearing.gaps) - paused_ms < 60


async def test_a_key_is_sent_as_events_and_the_voice_goes_on(studio: Studio):
    one, other = talking(studio)
    await asyncio.sleep(0.1)
    await other.press("5")
    assert len(other._events) == 7
    await asyncio.sleep(0.4)
    assert not other._events
    before = one.hearing.last_at
    await asyncio.sleep(0.3)
    assert one.hearing.last_at > before


async def test_a_closed_line_gives_its_port_back_and_is_read_a_last_time(studio: Studio):
    one, _ = talking(studio)
    await asyncio.sleep(0.1)
    one.stop()
    assert one.hearing.last_at
    assert one.ended.is_set()
    assert one.number not in studio.by_number
    one.stop()


def test_music_and_prompts_have_no_voice_and_no_gaps():
    hearing = Hearing()
    for at in (1.0, 1.02, 3.0):
        assert hearing.take(at, b"\xff" * 160) == 0
    assert hearing.gaps == []
    assert hearing.voices == {}
