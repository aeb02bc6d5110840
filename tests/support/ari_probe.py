"""The smallest ARI client that can take a call and die: for tests of what surrounds the service."""

import asyncio
import time
from typing import Any, Self

import aiohttp

from tests.support.asterisk import Asterisk

Event = dict[str, Any]


class AriProbe:
    """One Stasis application with its socket.

    Attributes:
        events: All events so far, oldest first.
    """

    def __init__(self, asterisk: Asterisk, app: str = "cc-probe") -> None:
        self.events: list[Event] = []
        self._asterisk = asterisk
        self._app = app
        self._changed = asyncio.Event()
        self._http: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        keys = self._asterisk.keys
        proof = {"Authorization": aiohttp.encode_basic_auth(keys.ari_user, keys.ari_password)}
        self._http = aiohttp.ClientSession(headers=proof, timeout=aiohttp.ClientTimeout(10))
        url = f"{self._asterisk.ari_url}/events"
        self._socket = await self._http.ws_connect(url, params={"app": self._app})
        self._reader = asyncio.get_running_loop().create_task(self._read(), name="ari-probe")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.die()
        if self._http:
            await self._http.close()

    async def die(self) -> None:
        """Drop the socket without a word; commands still work, as nobody gives them."""
        if self._reader:
            self._reader.cancel()
            await asyncio.wait([self._reader])
        if self._socket:
            await self._socket.close()

    async def command(self, method: str, path: str, **query: str) -> Any:
        """Send a command; returns what it answers, raises ClientResponseError if it says no."""
        assert self._http is not None
        url = f"{self._asterisk.ari_url}/{path}"
        async with self._http.request(method, url, params=query) as response:
            response.raise_for_status()
            return await response.json() if response.status == 200 else None

    async def set_global(self, name: str, value: str) -> None:
        """Set a global variable of the dialplan."""
        await self.command("POST", "asterisk/variable", variable=name, value=value)

    async def beat(self, age_s: int = 0) -> None:
        """Give a heartbeat, as the service does every 2 s; or one of some seconds ago."""
        await self.set_global("CC_BEAT", str(int(time.time()) - age_s))

    async def wait(self, kind: str, timeout_s: float = 10.0, **wanted: str) -> Event:
        """Return the first event of a kind; raises TimeoutError.

        Args:
            kind: Its type: "StasisStart".
            timeout_s: How long to wait for it.
            wanted: Fields it must have: ``channel_id``, ``value``, ``cause`` and so on.
        """
        async with asyncio.timeout(timeout_s):
            while (event := self._find(kind, wanted)) is None:
                await self._changed.wait()
        return event

    def _find(self, kind: str, wanted: dict[str, str]) -> Event | None:
        return next((e for e in self.events if e["type"] == kind and _has(e, wanted)), None)

    async def take_call(self, number: str) -> Event:
        """Claim the next call of this caller; returns its StasisStart."""
        while True:
            offered = await self.wait("CallBroadcast")
            if offered["channel"]["caller"]["number"] == number:
                break
            self.events.remove(offered)
        channel_id = offered["channel"]["id"]
        await self.command("POST", "events/claim", channelId=channel_id, application=self._app)
        return await self.wait("StasisStart", channel_id=channel_id)

    async def ring(self, endpoint: str, timeout_s: int = 5) -> str:
        """Ring a phone into this application; returns the channel's id."""
        channel = await self.command(
            "POST", "channels", endpoint=endpoint, app=self._app, timeout=str(timeout_s)
        )
        return str(channel["id"])

    async def bridge(self, *channel_ids: str) -> str:
        """Let channels talk; returns the bridge's id."""
        bridge = await self.command("POST", "bridges", type="mixing")
        path = f"bridges/{bridge['id']}/addChannel"
        await self.command("POST", path, channel=",".join(channel_ids))
        return str(bridge["id"])

    async def _read(self) -> None:
        assert self._socket is not None
        async for message in self._socket:
            self.events.append(message.json())
            self._changed.set()
            self._changed = asyncio.Event()


def _has(event: Event, wanted: dict[str, str]) -> bool:
    flat = event | {"channel_id": event.get("channel", {}).get("id")}
    return all(str(flat.get(name)) == value for name, value in wanted.items())
