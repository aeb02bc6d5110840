"""Serves the web application on one address and port."""

import asyncio
import errno
import re
import ssl
from typing import Final

from aiohttp import web

from callcenter.adapters.web.addresses import is_loopback
from callcenter.adapters.web.crowd import Crowd
from callcenter.adapters.web.settings import Settings

SHUTDOWN_S: Final = 5.0
IDLE_S: Final = 75.0
"""An idle connection is closed then; aiohttp's default is an hour, a file descriptor each."""
BACKLOG: Final = 512
"""Connections that wait to be accepted: a whole floor comes back at once."""

HOST: Final = r"(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?"
ORIGIN: Final = re.compile(rf"https?://{HOST}")
SOURCE: Final = re.compile(rf"(https?|wss?)://{HOST}")


class CannotServe(Exception):
    """The web server cannot start; the message says which address, why, and what to do."""


class WebServer:
    """The application on its port."""

    def __init__(self, app: web.Application, settings: Settings) -> None:
        """Prepare to serve.

        Raises:
            CannotServe: Other machines would be served without TLS, or an origin is none.
        """
        check_origins(settings)
        check_exposure(settings)
        self._settings = settings
        self._runner = web.AppRunner(
            app,
            access_log=None,
            handle_signals=False,
            shutdown_timeout=SHUTDOWN_S,
            keepalive_timeout=IDLE_S,
        )
        self._door: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port, of use if the settings ask for any free one; 0 before ``start``."""
        sockets = self._door.sockets if self._door is not None else ()
        return int(sockets[0].getsockname()[1]) if sockets else 0

    async def start(self) -> None:
        """Listen.

        Raises:
            CannotServe: The port is taken, not allowed, or the certificate is not usable.
        """
        settings = self._settings
        context = _tls_context(settings)
        await self._runner.setup()
        server = self._runner.server
        assert server is not None  # noqa: S101 - it is set up
        crowd = Crowd(server, lambda: len(server.connections))
        loop = asyncio.get_running_loop()
        try:
            self._door = await loop.create_server(
                crowd, settings.host, settings.port, ssl=context, backlog=BACKLOG
            )
        except OSError as error:
            await self._runner.cleanup()
            raise CannotServe(_explain(error, settings)) from error

    async def stop(self) -> None:
        """Close all pages and the port."""
        if self._door is not None:
            self._door.close()
            self._door = None
        await self._runner.cleanup()


def check_exposure(settings: Settings) -> None:
    """Refuse to serve other machines without TLS unless that was allowed.

    Raises:
        CannotServe: The settings would send passwords in the clear.
    """
    if settings.certificate is not None and settings.private_key is None:
        raise CannotServe("The web settings name a certificate but no private_key. Add it.")
    is_safe = is_loopback(settings.host) or settings.certificate is not None
    if not is_safe and not settings.allow_plain:
        raise CannotServe(
            f"The web server would serve other machines on {settings.host} without TLS: "
            "passwords could be read on the way. Give certificate and private_key, or set the "
            "host to 127.0.0.1 behind a proxy that does TLS, or set allow_plain."
        )


def check_origins(settings: Settings) -> None:
    """Refuse origins that no browser would send, and sources that would spoil the policy.

    Raises:
        CannotServe: One of them is not scheme, host and perhaps port.
    """
    for origin in settings.origins:
        if not ORIGIN.fullmatch(origin):
            raise CannotServe(
                f"The origin {origin!r} in the web settings is not one: write scheme, host and "
                "perhaps port in lower case and nothing after, as https://desk.example.com."
            )
    for source in settings.connect_sources:
        if not SOURCE.fullmatch(source):
            raise CannotServe(
                f"The connect source {source!r} in the web settings is not one: write it as "
                "wss://pbx.example.com:8089."
            )


def _tls_context(settings: Settings) -> ssl.SSLContext | None:
    if settings.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.certificate, settings.private_key)
    except (OSError, ssl.SSLError) as error:
        raise CannotServe(
            f"The certificate {settings.certificate} with the key {settings.private_key} is not "
            f"usable: {error}. Both must be PEM files that belong together."
        ) from error
    return context


def _explain(error: OSError, settings: Settings) -> str:
    where = f"port {settings.port} on {settings.host}"
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"The web server's {where} is in use by another program, perhaps a second copy "
                "of this service. Stop it, or choose another port: web.listen in the "
                "configuration, --port of the demo."
            )
        case errno.EACCES:
            return (
                f"The web server may not listen on {where}: ports below 1024 need a right of "
                "their own. Choose a port from 1024 up."
            )
        case errno.EADDRNOTAVAIL:
            return f"This machine does not have the address {settings.host} (web settings, host)."
        case _:
            return f"The web server cannot listen on {where}: {error.strerror or error}."
