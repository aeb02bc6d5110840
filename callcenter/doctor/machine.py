"""The machine itself: its clock, its time zones, and the port of the pages."""

import errno
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import aiohttp
import msgspec

from callcenter.adapters.web.health import HealthReport
from callcenter.config import Config
from callcenter.core.ids import Ms
from callcenter.doctor.checks import Check, fault, fine, warning

OLDEST_MS = 1_767_225_600_000
"""2026-01-01: this program is younger than any clock that says less."""
_ASK_S = 3.0


def check_clock(config: Config, now: Ms) -> Check:
    """Say whether the clock can be right; the time zone was checked with the configuration."""
    shown = datetime.fromtimestamp(now / 1000, UTC)
    if now < OLDEST_MS:
        return fault("clock", f"it says {shown:%Y-%m-%d %H:%M} UTC", "set it right: turn on NTP")
    local = shown.astimezone(ZoneInfo(config.time_zone))
    return fine("clock", f"it is {local:%Y-%m-%d %H:%M} in {config.time_zone}")


async def check_port(config: Config) -> Check:
    """Say whether the pages can be served, or are by a service that runs."""
    host, port = config.web.address
    problem = _bind(host, port)
    if problem is None:
        return fine("web port", f"{config.web.listen} is free")
    if problem.errno == errno.EADDRINUSE:
        return await _who_is_there(config)
    advice = {
        errno.EACCES: "ports below 1024 need a right of their own: choose one from 1024 up",
        errno.EADDRNOTAVAIL: "this machine does not have that address: change web.listen",
    }
    reason = problem.strerror or str(problem)
    mend = advice.get(problem.errno or 0, "change web.listen")
    return fault("web port", f"{config.web.listen} cannot be used: {reason}", mend)


def _bind(host: str, port: int) -> OSError | None:
    """Try to listen as the service would."""
    try:
        kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(kind, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except OSError as error:
        return error
    return None


async def _who_is_there(config: Config) -> Check:
    health = await _health(config)
    where = config.web.listen
    if health is None:
        mend = "stop that program, or change web.listen"
        return fault("web port", f"{where} is in use by another program", mend)
    if health.ready:
        return fine("web port", f"{where} is in use by a callcenter that takes calls")
    reasons = " ".join(health.reasons) or "no reason given"
    message = f"{where} is in use by a callcenter that takes no calls: {reasons}"
    return warning("web port", message, "see its log and the other checks")


async def _health(config: Config) -> HealthReport | None:
    """Ask whoever serves there how it is; a certificate for another name does not matter here."""
    scheme = "https" if config.web.uses_tls else "http"
    timeout = aiohttp.ClientTimeout(total=_ASK_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.get(f"{scheme}://{config.web.listen}/healthz", ssl=False) as answer,
        ):
            return msgspec.json.decode(await answer.content.read(10_000), type=HealthReport)
    except (aiohttp.ClientError, OSError, TimeoutError, msgspec.DecodeError):
        return None


def check_certificate(config: Config) -> Iterator[Check]:
    """Say whether the certificate can be used, if there is one."""
    if not config.web.uses_tls:
        return
    certificate = config.folder / config.web.tls_certificate
    try:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, config.folder / config.web.tls_key)
    except (OSError, ssl.SSLError) as error:
        mend = "both must be PEM files that belong together, and readable by this user"
        yield fault("certificate", f"{certificate} is not usable: {error}", mend)
    else:
        yield fine("certificate", f"{certificate} and its key belong together")
