"""The websocket's door (/ws, /api/ticket), and all pages that came in by it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

from aiohttp import web

from callcenter.adapters.web.bodies import json_response
from callcenter.adapters.web.frames import MESSAGE_LIMIT
from callcenter.adapters.web.page_socket import PageSocket, SocketParts
from callcenter.adapters.web.problems import Problem, bad_request, forbidden, not_logged_in
from callcenter.adapters.web.sessions import Sessions
from callcenter.adapters.web.tickets import Tickets
from callcenter.adapters.web.wire import Ticket
from callcenter.ports.accounts import Account
from callcenter.ports.clock import Clock

log = logging.getLogger(__name__)

HEARTBEAT_S: Final = 8.0
"""A page that does not answer a ping within half of this is gone."""
RECHECK_S: Final = 30.0
"""How often open pages' sessions are looked up: disabled accounts lose their pages."""
PER_SESSION: Final = 10
"""Sockets of one session at a time."""


class DeskSockets:
    """Lets websockets in, and knows which are open."""

    def __init__(self, sessions: Sessions, clock: Clock, parts: SocketParts) -> None:
        self._sessions = sessions
        self._clock = clock
        self._parts = parts
        self._tickets = Tickets()
        self._open: dict[PageSocket, str] = {}
        """Each page and the token of its session."""

    def __len__(self) -> int:
        return len(self._open)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of this part."""
        return [web.post("/api/ticket", self._issue), web.get("/ws", self._connect)]

    def end_session(self, token: str) -> None:
        """Close the pages of a session that is over."""
        for page in [page for page, held in self._open.items() if held == token]:
            page.close("logged_out")

    async def stop(self, _app: web.Application) -> None:
        """Close all pages; they come back when the service does."""
        for page in tuple(self._open):
            page.close("stopping")

    async def watch_sessions(self, _app: web.Application) -> AsyncIterator[None]:
        """Close pages whose session ran out, for as long as the application runs."""
        task = asyncio.create_task(self._recheck_for_ever(), name="session watch")
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def recheck(self) -> None:
        """Close the pages whose session is not valid any more, or has another role now."""
        for token in set(self._open.values()):
            account = await self._sessions.account_of(token)
            for page in [page for page, held in self._open.items() if held == token]:
                if account is None or account.role is not page.account.role:
                    page.close("logged_out")

    async def _recheck_for_ever(self) -> None:
        while True:
            await asyncio.sleep(RECHECK_S)
            try:
                await self.recheck()
            except Exception:
                # The database may be away; agents in a call keep their pages.
                log.exception("Open sessions could not be checked")

    async def _issue(self, request: web.Request) -> web.Response:
        await self._sessions.require(request)
        ticket = self._tickets.issue(self._sessions.token(request), self._clock.elapsed_ms())
        return json_response(Ticket(ticket=ticket))

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        ws = web.WebSocketResponse(
            heartbeat=HEARTBEAT_S, max_msg_size=MESSAGE_LIMIT, compress=False, timeout=2.0
        )
        if not ws.can_prepare(request).ok:
            raise bad_request("This address is for websockets.")
        account = await self._admit(request)
        await ws.prepare(request)
        page = PageSocket(ws, request, account, self._parts)
        self._open[page] = self._sessions.token(request)
        try:
            await page.run()
        finally:
            del self._open[page]
        return ws

    async def _admit(self, request: web.Request) -> Account:
        token = self._sessions.token(request)
        account = await self._sessions.account_of(token)
        if account is None:
            raise not_logged_in()
        ticket = request.query.get("ticket", "")
        if not self._tickets.redeem(ticket, token, self._clock.elapsed_ms()):
            raise forbidden("The ticket is unknown, used or too old. Get a new one.")
        if sum(held == token for held in self._open.values()) >= PER_SESSION:
            raise Problem(429, "too_many_pages", "Too many pages are open. Close some.")
        return account
