"""The ear tells tones, music and silence apart; two media sockets hear each other."""

import asyncio

import pytest

from tests.support.music import RATE_HZ, chord, decode_byte, encode_sample, tone
from tests.support.rtp import Ear, Media

_SILENCE = bytes([encode_sample(0)]) * 160


def _listen(sound: bytes, packets: int = 25) -> Ear:
    ear = Ear()
    for n in range(packets):
        start = n * 160 % len(sound)
        ear.receive(1.0 + n * 0.02, (sound + sound)[start : start + 160])
    return ear


def test_mu_law_keeps_samples_within_its_steps():
    for sample in range(-32000, 32001, 37):
        assert abs(decode_byte(encode_sample(sample)) - sample) <= max(8, abs(sample) // 16)


def test_a_tone_is_told_from_its_neighbours():
    ear = _listen(tone(437))

    assert ear.hears(437, since=0)
    assert not ear.hears(400, since=0)
    assert not ear.hears(474, since=0)
    assert ear.heard_ms(since=0) == 500


def test_three_in_a_conference_are_all_heard():
    ear = _listen(chord((400, 437, 474)))

    assert all(ear.hears(hz, since=0) for hz in (400, 437, 474))
    assert not ear.hears(511, since=0)


def test_silence_is_not_heard():
    ear = _listen(_SILENCE)

    assert ear.packets == 25
    assert ear.heard_ms(since=0) == 0
    assert not ear.hears(400, since=0)


def test_a_gap_is_measured_up_to_now():
    ear = _listen(tone(400), packets=2)

    assert ear.largest_gap_s(since=1.0, now=1.52) == pytest.approx(0.5)
    assert _listen(tone(400), packets=0).largest_gap_s(since=1.0, now=3.0) == 2.0


async def test_two_sockets_hear_each_other_in_real_time():
    one, two = await Media.open("127.0.0.1", 400), await Media.open("127.0.0.1", 437)
    try:
        one.aim(("127.0.0.1", two.port))
        two.aim(("127.0.0.1", one.port))
        one.start()
        two.start()
        await asyncio.sleep(0.4)
        assert 12 <= one.ear.packets <= 22
        assert one.ear.hears(437, since=0)
        assert two.ear.hears(400, since=0)
    finally:
        await one.close()
        await two.close()


async def test_a_key_is_pressed_only_in_a_call():
    media = await Media.open("127.0.0.1", 400)
    with pytest.raises(RuntimeError, match="no call"):
        await media.press("1")
    await media.close()


async def test_a_key_that_the_end_of_the_call_cuts_off_does_not_hang():
    media = await Media.open("127.0.0.1", 400)
    media.aim(("127.0.0.1", media.port))
    media.start()
    async with asyncio.TaskGroup() as group:
        pressed = group.create_task(media.press("1"))
        waiting = group.create_task(media.press("2"))
        await asyncio.sleep(0.05)
        await media.close()
    assert pressed.done()
    assert waiting.done()


def test_a_tone_of_a_second_has_a_second_of_samples():
    assert len(tone(400)) == RATE_HZ
