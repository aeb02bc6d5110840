"""A person's page without a browser: the same HTTP and websocket, the same frames."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

import aiohttp

from tests.support.program import PASSWORD

Entity = dict[str, Any]


class AgentPage:
    """Keeps the entities of a topic as a page does."""

    def __init__(self, url: str, login: str, topic: str = "desk") -> None:
        self._url = url
        self._login = login
        self._topic = topic
        self._http = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True), headers={"Origin": url}
        )
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._answers: dict[int, Entity] = {}
        self._request = 0
        self.entities: dict[tuple[str, str], Entity] = {}
        self.closing = ""
        self.now = 0
        """What the service took for the time when it sent the last frame."""
        self.shows_offers = True
        """Whether it says so when it shows a call that rings, as every page does."""
        self._shown: set[str] = set()

    async def open(self) -> "AgentPage":
        """Log in and subscribe."""
        body = {"login": self._login, "password": PASSWORD}
        async with self._http.post(f"{self._url}/api/session", json=body) as answer:
            assert answer.status == 200, await answer.text()
        await self.connect()
        return self

    async def connect(self) -> None:
        """Open the websocket with the session at hand, as after a reload."""
        async with self._http.post(f"{self._url}/api/ticket") as answer:
            ticket = (await answer.json())["ticket"]
        self._shown.clear()
        self._socket = await self._http.ws_connect(f"{self._url}/ws?ticket={ticket}")
        self._reader = asyncio.create_task(self._read(self._socket), name="page")
        await self._send("subscribe", topic=self._topic)
        await self.until(lambda: bool(self.entities))

    async def connect_again(self, timeout_s: float = 15.0) -> None:
        """Connect as soon as the service is there, as a page does by itself."""
        async with asyncio.timeout(timeout_s):
            while True:
                await self._drop()
                with contextlib.suppress(aiohttp.ClientError, KeyError):
                    await self.connect()
                    return
                await asyncio.sleep(0.05)

    async def vanish(self) -> None:
        """Be gone without a word."""
        await self._drop()

    async def close(self) -> None:
        """Close the page."""
        await self._drop()
        await self._http.close()

    # ------------------------------------------------------------ what the page shows

    def one(self, kind: str) -> Entity | None:
        """Return the only entity of a kind, or None."""
        found = [value for (of, _), value in self.entities.items() if of == kind]
        assert len(found) <= 1, found
        return found[0] if found else None

    @property
    def state(self) -> str:
        """The agent's own state."""
        me = self.one("me")
        return str(me["state"]) if me else ""

    @property
    def call(self) -> Entity | None:
        """The pop."""
        return self.one("desk_call")

    async def until(self, condition: Callable[[], bool], timeout_s: float = 6.0) -> None:
        """Wait until what the page shows is as wanted."""
        try:
            async with asyncio.timeout(timeout_s):
                while not condition():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"{self._login}'s page shows {self.entities}") from None

    async def until_state(self, state: str, timeout_s: float = 6.0) -> None:
        """Wait until the agent is in a state."""
        await self.until(lambda: self.state == state, timeout_s)

    async def until_call(self, phase: str, timeout_s: float = 6.0) -> Entity:
        """Wait until the page shows a call in a phase, and return it."""
        await self.until(lambda: self.call is not None and self.call["phase"] == phase, timeout_s)
        assert self.call is not None
        return self.call

    # ------------------------------------------------------------ what a person does

    async def ready(self) -> None:
        """Take calls."""
        await self.ask("ready")
        await self.until(lambda: self.state not in ("paused", ""))

    async def pause(self, reason: str = "break") -> None:
        """Take no more calls."""
        await self.ask("pause", reason=reason)

    async def wrap_up(self, disposition: str = "resolved", note: str = "", **more: Any) -> None:
        """File the after-call work of the call on the page."""
        call = await self.until_call("wrap_up")
        await self.ask("wrap_up", call_id=call["id"], disposition=disposition, note=note, **more)

    async def ask(self, kind: str, **fields: Any) -> None:
        """Send a request that must be carried out."""
        refusal = await self.try_to(kind, **fields)
        assert refusal is None, refusal

    async def try_to(self, kind: str, **fields: Any) -> str | None:
        """Send a request and return why it was refused, or None."""
        self._request += 1
        number = self._request
        await self._send(kind, request=number, **fields)
        await self.until(lambda: number in self._answers)
        answer = self._answers.pop(number)
        return None if answer["type"] == "done" else str(answer["reason"])

    async def story(self, call_id: str) -> Entity:
        """Return a call as a supervisor's page shows it, when the service has time to tell."""
        async with asyncio.timeout(30):
            while True:
                story = await self._get(f"/api/calls/{call_id}")
                if story["error"] != "overloaded":
                    break
                await asyncio.sleep(0.5)
        assert not story["error"], story
        return story

    async def get(self, path: str) -> Entity:
        """Ask the service for something; ``error`` is "" or the code of the refusal."""
        return await self._get(path)

    async def post(self, path: str, **body: Any) -> tuple[int, Entity]:
        """Send a request of a program in this person's name; return status and answer."""
        async with self._http.post(f"{self._url}{path}", json=body) as answer:
            return answer.status, await answer.json()

    async def _get(self, path: str) -> Entity:
        async with self._http.get(f"{self._url}{path}") as answer:
            body: Entity = await answer.json()
            return {"error": ""} | body

    # ------------------------------------------------------------ the socket

    async def _send(self, kind: str, **fields: Any) -> None:
        assert self._socket is not None
        await self._socket.send_str(json.dumps({"type": kind, **fields}))

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                self._take(json.loads(message.data))
                self._changed.set()
                await self._acknowledge(socket)

    def _take(self, frame: Entity) -> None:
        self.now = frame.get("now", self.now)
        match frame["type"]:
            case "snapshot":
                self.entities = {_key(item): item["value"] for item in frame["items"]}
            case "changes":
                self.entities |= {_key(item): item["value"] for item in frame["items"]}
                for gone in frame["removed"]:
                    self.entities.pop((gone["kind"], gone["id"]), None)
            case "done" | "refused":
                self._answers[frame["request"]] = frame
            case "closing":
                self.closing = frame["reason"]
            case "hello":
                pass
            case other:
                raise AssertionError(f"an unknown frame: {other}")

    async def _acknowledge(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Say that the call that rings is shown; as a page does, once a connection and offer."""
        calls = [value for (kind, _), value in self.entities.items() if kind == "desk_call"]
        for call in calls if self.shows_offers else ():
            if call["phase"] == "ringing" and call["offer_id"] not in self._shown:
                self._shown.add(call["offer_id"])
                said = {"type": "offer_shown", "request": 1_000_000 + len(self._shown)}
                said |= {"call_id": call["id"], "offer_id": call["offer_id"]}
                with contextlib.suppress(ConnectionError):
                    await socket.send_str(json.dumps(said))

    async def _drop(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError, aiohttp.ClientError):
                await self._reader
        if self._socket is not None:
            await self._socket.close()
        self.entities = {}


def _key(item: Entity) -> tuple[str, str]:
    return item["kind"], item["value"]["id"]
