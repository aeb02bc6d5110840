"""Prompts reach the caller from a folder and over HTTP, and music from its folder."""

import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.support.ari_probe import AriProbe
from tests.support.asterisk import Asterisk
from tests.support.asterisk_fixture import eventually
from tests.support.music import decode_byte, tone
from tests.support.sip_phone import SipCaller, SipPhones

pytestmark = pytest.mark.asterisk

_TONE_HZ = 1003


@asynccontextmanager
async def _answered(asterisk: Asterisk, phones: SipPhones) -> AsyncIterator[tuple[AriProbe, str]]:
    """Give an answered caller's channel, who hears nothing yet."""
    async with AriProbe(asterisk) as probe:
        await probe.beat()
        caller = await phones.dial("+4930111", "0800123")
        channel = (await probe.take_call("+4930111"))["channel"]["id"]
        await probe.command("POST", f"channels/{channel}/answer")
        await caller.wait_answered(5)
        yield probe, channel
        assert _hears_tone(caller)


def _hears_tone(caller: SipCaller) -> bool:
    ear = caller.call.media.ear
    return ear.hears(_TONE_HZ, since=0) and ear.heard_ms(since=0) >= 500


async def _play(probe: AriProbe, channel: str, media: str) -> None:
    await probe.command("POST", f"channels/{channel}/play", media=media)
    finished = await probe.wait("PlaybackFinished", timeout_s=5)
    assert finished["playback"]["state"] == "done"


async def test_a_prompt_plays_from_the_folder_of_sounds(asterisk: Asterisk, phones: SipPhones):
    folder = asterisk.sounds / "callcenter"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tone.ulaw").write_bytes(tone(_TONE_HZ))
    async with _answered(asterisk, phones) as (probe, channel):
        await _play(probe, channel, "sound:callcenter/tone")


async def test_a_prompt_plays_from_an_http_server(
    asterisk: Asterisk, phones: SipPhones, tmp_path: Path
):
    _write_wave(tmp_path / "tone.wav")
    app = web.Application()
    app.router.add_static("/prompts", tmp_path)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        async with _answered(asterisk, phones) as (probe, channel):
            await _play(probe, channel, f"sound:http://{host}:{port}/prompts/tone.wav")
    finally:
        await runner.cleanup()


def _write_wave(path: Path) -> None:
    samples = (decode_byte(code) for code in tone(_TONE_HZ))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"".join(s.to_bytes(2, "little", signed=True) for s in samples))


async def test_music_plays_in_a_waiting_room(asterisk: Asterisk, phones: SipPhones):
    async with AriProbe(asterisk) as probe:
        await probe.beat()
        caller = await phones.dial("+4930111", "0800123")
        channel = (await probe.take_call("+4930111"))["channel"]["id"]
        await probe.command("POST", f"channels/{channel}/answer")
        room = await probe.command("POST", "bridges", type="holding")
        await probe.command("POST", f"bridges/{room['id']}/addChannel", channel=channel)
        await probe.command("POST", f"bridges/{room['id']}/moh")

        await eventually(lambda: caller.heard_ms(400) > 300)
