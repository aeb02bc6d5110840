"""The PBX: is it there, does it know us, and can it do what we need?

Everything is only read, but for a claim of a call that does not exist.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from callcenter.adapters.ari import wire
from callcenter.adapters.ari.connection import OLDEST, TooOld, refuse_if_old
from callcenter.adapters.ari.http_transport import HttpSettings, HttpTransport
from callcenter.adapters.ari.prompt_uris import PromptUris
from callcenter.config import Config
from callcenter.core.ids import Ms
from callcenter.doctor.checks import Check, fault, fine, warning
from ivr_flows.prompt_store import prompt_folder, prompt_names

BEAT_MAX_S = 8
"""The dialplan takes a heartbeat that is older for the end of the service (CC_BEAT_MAX_S)."""
SKEW_S = 3.0
"""The dialplan compares our clock with the PBX's: they may differ by less than CC_BEAT_MAX_S."""
_NOBODY = "callcenter-doctor"
"""A call that does not exist."""
_CLAIM_SAYS_NO = (404, 409)


class _Sound(msgspec.Struct):
    id: str


_sound_list = msgspec.json.Decoder(list[_Sound])


@dataclass(frozen=True, slots=True)
class Answer:
    """What the PBX said; status 0 if it said nothing."""

    status: int
    body: bytes = b""
    problem: str = ""

    def text(self, *names: str) -> str:
        """Return a text within a JSON answer, or ""."""
        try:
            value = msgspec.json.decode(self.body)
        except msgspec.DecodeError:
            return ""
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return value if isinstance(value, str) else ""


class Pbx:
    """Asks one Asterisk."""

    def __init__(self, config: Config) -> None:
        asterisk = config.asterisk
        settings = HttpSettings.of_pbx(asterisk.url, asterisk.user, asterisk.password.text)
        self.url = settings.url
        self._transport = HttpTransport(settings)

    async def ask(self, method: str, path: str, **params: str) -> Answer:
        """Send one request; whatever becomes of it is an answer."""
        try:
            status, body = await self._transport.request(method, path, params or None, None)
        except TimeoutError:
            return Answer(0, problem="no answer in 3 s")
        except OSError as error:
            return Answer(0, problem=error.strerror or str(error))
        return Answer(status, body)

    async def close(self) -> None:
        """Release the connections."""
        await self._transport.close()


async def check_pbx(config: Config, now: Ms) -> list[Check]:
    """Return what is to be said about the PBX; the first fault may hide what comes after."""
    pbx = Pbx(config)
    try:
        info = await pbx.ask("GET", "/asterisk/info")
        problem = _unreachable(pbx, info)
        if problem is not None:
            return [problem]
        found = [fine("PBX", f"{pbx.url} answers and knows the user {config.asterisk.user}")]
        found.append(_check_version(info))
        found.extend([each async for each in _check_parts(pbx, config, now)])
        return found
    finally:
        await pbx.close()


def _unreachable(pbx: Pbx, info: Answer) -> Check | None:
    match info.status:
        case 0:
            mend = "does Asterisk run, is http.conf enabled there, does a firewall drop us?"
            return fault("PBX", f"nobody answers at {pbx.url}: {info.problem}", mend)
        case 401 | 403:
            mend = "compare asterisk.user and its password with ari.conf (site/ari_user.conf)"
            return fault("PBX", f"{pbx.url} refuses the user or the password", mend)
        case 404:
            mend = "is asterisk.url right (without /ari), is ARI enabled in ari.conf?"
            return fault("PBX", f"{pbx.url} is no Asterisk with ARI", mend)
        case 200:
            return None
        case status:
            return fault("PBX", f"{pbx.url} answers {status}", "see Asterisk's log")


def _check_version(info: Answer) -> Check:
    version = info.text("system", "version")
    needed = " or ".join(f"{major}.{minor}" for major, minor in OLDEST.items())
    try:
        refuse_if_old(wire.SystemInfo(version=version))
    except TooOld:
        mend = f"upgrade it to {needed} or newer: calls are handed over with StasisBroadcast"
        return fault("PBX version", f"this Asterisk is {version}", mend)
    if not version[:1].isdigit():
        mend = f"make sure that it is {needed} or newer"
        return warning("PBX version", f"it calls itself {version!r}", mend)
    return fine("PBX version", f"Asterisk {version}")


async def _check_parts(pbx: Pbx, config: Config, now: Ms) -> AsyncIterator[Check]:
    application = config.node.application
    claim = await pbx.ask("POST", "/events/claim", channelId=_NOBODY, application=application)
    yield _check_claim(claim)
    yield _check_beat(await pbx.ask("GET", "/asterisk/variable", variable="CC_BEAT"), now)
    yield _check_skew(await pbx.ask("GET", "/asterisk/ping"), now)
    if config.asterisk.prompts == "installed":
        yield await _check_installed_prompts(pbx)
    else:
        yield await _check_fetched_prompts(pbx, config)


def _check_claim(claim: Answer) -> Check:
    if claim.status in _CLAIM_SAYS_NO:
        return fine("StasisBroadcast", "calls can be claimed")
    mend = "load app_stasis_broadcast.so and res_stasis_broadcast.so (modules.conf)"
    return fault("StasisBroadcast", f"a claim is answered {claim.status or claim.problem}", mend)


def _check_beat(beat: Answer, now: Ms) -> Check:
    value = beat.text("value")
    if beat.status != 200:
        mend = "the user needs write access: read_only = no in ari.conf"
        return fault("heartbeat", f"CC_BEAT cannot be read ({beat.status or beat.problem})", mend)
    if not value.isdecimal() or value == "0":
        return fine("heartbeat", "CC_BEAT can be read; no service has written it yet")
    age_s = now // 1000 - int(value)
    if age_s > BEAT_MAX_S:
        return fine("heartbeat", f"CC_BEAT can be read; no service has written it for {age_s} s")
    return fine("heartbeat", "a service writes CC_BEAT")


def _check_skew(ping: Answer, now: Ms) -> Check:
    try:
        there = datetime.fromisoformat(ping.text("timestamp")).timestamp()
    except ValueError:
        return warning("PBX clock", "it does not say what time it is", "compare the clocks by hand")
    skew_s = there - now / 1000
    if abs(skew_s) > SKEW_S:
        mend = f"turn on NTP on both machines: from {BEAT_MAX_S} s on all calls go to the fallback"
        return fault("PBX clock", f"it differs from ours by {skew_s:.0f} s", mend)
    return fine("PBX clock", "it agrees with ours")


async def _check_installed_prompts(pbx: Pbx) -> Check:
    folder = PromptUris().prefix.removeprefix("sound:")
    listed = _sounds(await pbx.ask("GET", "/sounds"))
    # Asterisk takes the first folder below sounds/ for a language: it lists callcenter/en/x as
    # "en/x" in the language "callcenter".
    there = {name.removeprefix(folder).removeprefix("en/") for name in listed}
    missing = sorted(prompt_names() - there)
    if not missing:
        return fine("prompts", f"the PBX has all {len(prompt_names())} in {folder}")
    mend = (
        f"copy {prompt_folder()}/*.ulaw to sounds/{folder} in Asterisk's data folder, then: "
        "asterisk -rx 'module reload sounds'; or say asterisk.prompts: http"
    )
    message = f"the PBX does not list {len(missing)} of them, such as {folder}{missing[0]}"
    return warning("prompts", message, mend)


def _sounds(answer: Answer) -> set[str]:
    """Return the names of the sounds that the PBX lists."""
    try:
        return {sound.id for sound in _sound_list.decode(answer.body)}
    except msgspec.DecodeError:
        return set()


async def _check_fetched_prompts(pbx: Pbx, config: Config) -> Check:
    needed = "res_http_media_cache.so"
    module = await pbx.ask("GET", f"/asterisk/modules/{needed}")
    # Asterisk says "Module ..." of one that it does not run; other servers do not know the path.
    if module.status in (404, 409) and "odule" in module.text("message"):
        mend = f"load {needed} and res_curl.so (modules.conf), or say asterisk.prompts: installed"
        return fault("prompts", f"the PBX cannot fetch them: {needed} is not loaded", mend)
    return fine("prompts", f"the PBX fetches them from {config.web.base_url}/prompts/en/")
