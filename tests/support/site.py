"""The web application on a real port, and browsers that use it."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from callcenter.adapters.web.app import SOCKETS, Parts, build_app
from callcenter.adapters.web.server import WebServer
from callcenter.adapters.web.settings import Settings
from callcenter.runtime.fanout import Fanout, Limits
from tests.support.web_fakes import (
    PLAN,
    HandClock,
    ListeningNode,
    MemoryAccounts,
    MemoryArchive,
    MemoryCallbacks,
    MemoryDirectory,
    MemoryExplanations,
    MemoryStories,
)

WAIT_S = 3.0


class Page:
    """A page's end of the websocket."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws

    async def frame(self) -> dict[str, Any]:
        """Return the next frame; after the last one {"type": "closed", "code": ...}."""
        message = await self.ws.receive(timeout=WAIT_S)
        if message.type is aiohttp.WSMsgType.TEXT:
            found: dict[str, Any] = json.loads(message.data)
            return found
        return {"type": "closed", "code": self.ws.close_code, "why": message.extra}

    async def until(self, *types: str) -> dict[str, Any]:
        while True:
            frame = await self.frame()
            if frame["type"] in types:
                return frame
            assert frame["type"] != "closed", f"closed instead of {types}: {frame}"

    async def send(self, type_: str, **fields: Any) -> None:
        await self.ws.send_str(json.dumps({"type": type_, **fields}))

    async def ask(self, type_: str, **fields: Any) -> dict[str, Any]:
        """Send a request and return the answer."""
        await self.send(type_, request=7, **fields)
        return await self.until("done", "refused")

    async def follow(self, topic: str, **place: Any) -> dict[str, Any]:
        """Subscribe and return the snapshot, or the refusal."""
        await self.send("subscribe", topic=topic, **place)
        return await self.until("snapshot", "refused")

    async def close(self) -> None:
        await self.ws.close()


@dataclass
class Browser:
    """A browser with its own cookies."""

    url: str
    http: aiohttp.ClientSession
    stack: AsyncExitStack
    origin: str = ""

    def __post_init__(self) -> None:
        self.origin = self.origin or self.url

    async def call(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """Return the status and the decoded body; ``response`` keeps the rest."""
        headers = {"Origin": self.origin} | options.pop("headers", {})
        async with self.http.request(method, self.url + path, headers=headers, **options) as got:
            self.response = got
            raw = await got.read()
            is_json = got.content_type == "application/json"
            return got.status, json.loads(raw) if is_json and raw else raw

    async def log_in(self, login: str, password: str = "right") -> tuple[int, Any]:
        body = {"login": login, "password": password}
        return await self.call("POST", "/api/session", json=body)

    async def ticket(self) -> str:
        _, body = await self.call("POST", "/api/ticket")
        return str(body["ticket"])

    async def connect(self, ticket: str, origin: str | None = None) -> Page:
        ws = await self.http.ws_connect(
            f"{self.url}/ws?ticket={ticket}", origin=origin or self.origin
        )
        self.stack.push_async_callback(ws.close)
        return Page(ws)

    async def page(self) -> Page:
        """Return a new page that has had its hello."""
        page = await self.connect(await self.ticket())
        assert (await page.frame())["type"] == "hello"
        return page


@dataclass
class Site:
    """The running application and all that is behind it."""

    stack: AsyncExitStack
    settings: Settings
    clock: HandClock = field(default_factory=HandClock)
    accounts: MemoryAccounts = field(default_factory=MemoryAccounts)
    node: ListeningNode = field(default_factory=ListeningNode)
    archive: MemoryArchive = field(default_factory=MemoryArchive)
    directory: MemoryDirectory = field(default_factory=MemoryDirectory)
    explanations: MemoryExplanations = field(default_factory=MemoryExplanations)
    callbacks: MemoryCallbacks = field(default_factory=MemoryCallbacks)
    readiness: tuple[bool, list[str]] = (True, [])
    limits: Limits = field(default_factory=Limits)

    async def start(self) -> None:
        self.fanout = Fanout("epoch1", self.clock, self.limits)
        parts = Parts(
            accounts=self.accounts,
            archive=self.archive,
            stories=MemoryStories(),
            explanations=self.explanations,
            callbacks=self.callbacks,
            directory=self.directory,
            requests=self.node,
            fanout=self.fanout,
            clock=self.clock,
            plan=lambda: PLAN,
            readiness=lambda: self.readiness,
        )
        app = build_app(parts, self.settings)
        self.sockets = app[SOCKETS]
        self.server = WebServer(app, self.settings)
        self.stack.push_async_callback(self.server.stop)
        await self.server.start()
        self.url = f"http://127.0.0.1:{self.server.port}"

    async def browser(self, login: str = "") -> Browser:
        """Return a new browser, logged in if a login is given."""
        http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        await self.stack.enter_async_context(http)
        browser = Browser(self.url, http, self.stack)
        if login:
            status, _ = await browser.log_in(login)
            assert status == 200
        return browser

    async def page(self, login: str) -> Page:
        """Return a new page of a new browser."""
        return await (await self.browser(login)).page()


@asynccontextmanager
async def running_site(settings: Settings, limits: Limits | None = None) -> AsyncIterator[Site]:
    """Run the application on a free port of this machine."""
    async with AsyncExitStack() as stack:
        site = Site(stack, settings, limits=limits or Limits())
        await site.start()
        yield site
