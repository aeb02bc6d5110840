"""What the machine's operator may ask of the running service: a socket in the data folder.

Whoever may use it is decided by the file system: the socket is readable and writable for the
service's own user (and root) alone. It is no port, so no page and no other machine can reach it.
"""

import logging
import os
import socket
from pathlib import Path
from typing import Annotated, Final, TypeVar

import msgspec
from aiohttp import web
from msgspec import Meta

from callcenter.adapters.web.why_bodies import WhyFound, WhyWaiting
from callcenter.core.ids import AgentId, CallId
from callcenter.ports.reloading import Reload
from callcenter.ports.why import Explanations
from callcenter.runtime.drain import Drain

SOCKET_NAME: Final = "admin.sock"
LONGEST_LIMIT_S: Final = 24 * 3600

log = logging.getLogger(__name__)
Order = TypeVar("Order")


class DrainOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """PUT /drain: take no new calls."""

    limit_s: Annotated[int, Meta(ge=0, le=LONGEST_LIMIT_S)]
    """How long to serve those who wait."""


class ReloadOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /reload: read the configuration again."""

    only_check: bool = False
    """Say what would be, and change nothing."""


class DrainStatus(msgspec.Struct, frozen=True):
    """What each request is answered with."""

    draining: bool
    since_at: int | None
    release_in_s: int
    """Until those who wait go to the fallback; 0 when that is over, or nothing is drained."""
    released: int
    in_menu: int
    waiting: int
    talking: int
    wrap_up: int
    on_pbx: int | None
    nothing_left: bool


class AdminSocket:
    """GET, PUT and DELETE of /drain, POST of /reload, GET of /why/..., on a socket of a folder."""

    def __init__(self, folder: Path, drain: Drain, reload: Reload, why: Explanations) -> None:
        """Take what the requests are about; nothing listens yet.

        Args:
            folder: The data folder.
            drain: Planned work.
            reload: Reads the configuration again.
            why: Explains calls, waits, and agents without calls.
        """
        self._path = folder / SOCKET_NAME
        self._drain = drain
        self._reload = reload
        self._why = why
        app = web.Application(client_max_size=4096)
        app.add_routes(
            [
                web.get("/drain", self._status),
                web.put("/drain", self._begin),
                web.delete("/drain", self._undo),
                web.post("/reload", self._read_again),
                web.get("/why/calls/{call_id}", self._why_call),
                web.get("/why/agents/{agent_id}", self._why_agent),
                web.get("/why/waiting", self._why_waiting),
            ]
        )
        self._runner = web.AppRunner(
            app, access_log=None, handle_signals=False, shutdown_timeout=1.0
        )

    async def start(self) -> None:
        """Listen; a service that cannot do that serves callers all the same, and says so."""
        await self._runner.setup()
        try:
            await web.SockSite(self._runner, _listen(self._path)).start()
        except OSError as error:
            log.warning(
                "callcenter drain, reload and why will not work: no socket at %s: %s",
                self._path,
                error,
            )

    async def stop(self) -> None:
        """Close it and remove it."""
        await self._runner.cleanup()
        self._path.unlink(missing_ok=True)

    async def _status(self, _request: web.Request) -> web.Response:
        return await self._answer()

    async def _begin(self, request: web.Request) -> web.Response:
        order = await _order(request, DrainOrder)
        self._drain.begin(order.limit_s * 1000)
        return await self._answer()

    async def _undo(self, _request: web.Request) -> web.Response:
        self._drain.undo()
        return await self._answer()

    async def _answer(self) -> web.Response:
        return _json(await status_of(self._drain))

    async def _read_again(self, request: web.Request) -> web.Response:
        order = await _order(request, ReloadOrder)
        return _json(await self._reload.reload(only_check=order.only_check))

    async def _why_call(self, request: web.Request) -> web.Response:
        found = await self._why.call(CallId(request.match_info["call_id"]))
        return _json(WhyFound(found.explanation if found else None))

    async def _why_agent(self, request: web.Request) -> web.Response:
        return _json(WhyFound(self._why.agent(AgentId(request.match_info["agent_id"]))))

    async def _why_waiting(self, _request: web.Request) -> web.Response:
        return _json(WhyWaiting(self._why.waiting()))


async def _order(request: web.Request, kind: type[Order]) -> Order:
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except msgspec.DecodeError as error:
        raise web.HTTPBadRequest(text=str(error)) from error


def _json(answer: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(answer), content_type="application/json")


async def status_of(drain: Drain) -> DrainStatus:
    """Return how far a drain has come."""
    left = await drain.left()
    return DrainStatus(
        draining=drain.is_on,
        since_at=drain.since_at,
        release_in_s=-(-drain.release_in_ms // 1000),
        released=drain.released,
        in_menu=left.in_menu,
        waiting=left.waiting,
        talking=left.talking,
        wrap_up=left.wrap_up,
        on_pbx=left.on_pbx,
        nothing_left=left.is_nothing,
    )


def _listen(path: Path) -> socket.socket:
    """Bind the socket so that it never was open to others; raises OSError.

    One that a killed process left is replaced: the journal's lock lets one process at a time have
    the folder.
    """
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        listening.bind(str(path))
    except OSError:
        listening.close()
        raise
    finally:
        os.umask(before)
    return listening
