"""The far end of the seam, in memory: it answers as a test has written, and notes all requests."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from callcenter.adapters.ari.echo import ECHO
from tests.adapters.ari.messages import event

INFO = {
    "system": {"version": "22.10.1+dfsg", "entity_id": "x"},
    "status": {"startup_time": "2026-11-22T04:55:23.051+0000"},
}
Answer = tuple[int, Any] | OSError


class ScriptedTransport:
    """Implements ``AriTransport``.

    Attributes:
        asked: Method and path of each request, in order.
        answers: By method and path; the last of several stays.
        refusals: What the next attempts to open the event socket raise.
    """

    address = "http://pbx.example/ari"

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.params: list[dict[str, str]] = []
        self.answers: dict[tuple[str, str], deque[Answer]] = {}
        self.refusals: deque[OSError] = deque()
        self.opened = 0
        self.is_mute = False
        """Takes commands and sends no event."""
        self.held: dict[tuple[str, str], asyncio.Event] = {}
        self._messages: asyncio.Queue[bytes | OSError | None] = asyncio.Queue()
        self.answer("GET", "/asterisk/info", 200, INFO)
        self.answer("PUT", "/applications/cc-test/eventFilter", 200, {})

    def answer(self, method: str, path: str, status: int, body: Any = None) -> None:
        """Have one more request answered so."""
        self.answers.setdefault((method, path), deque()).append((status, body))

    def fail(self, method: str, path: str, error: OSError) -> None:
        """Have one more request fail."""
        self.answers.setdefault((method, path), deque()).append(error)

    def hold(self, method: str, path: str) -> asyncio.Event:
        """Keep requests waiting until the event is set."""
        return self.held.setdefault((method, path), asyncio.Event())

    def send(self, *messages: bytes) -> None:
        """Have the PBX send messages."""
        for each in messages:
            self._messages.put_nowait(each)

    def cut(self, error: OSError | None = None) -> None:
        """End the event socket: broken, or closed by the PBX."""
        self._messages.put_nowait(error)

    async def request(
        self, method: str, path: str, params: Mapping[str, str] | None, body: bytes | None
    ) -> tuple[int, bytes]:
        self.asked.append((method, path))
        self.params.append(dict(params or {}))
        if held := self.held.get((method, path)):
            await held.wait()
        answers = self.answers.get((method, path))
        if path == f"/events/user/{ECHO}" and not self.is_mute:
            self.send(event("ChannelUserevent", eventname=ECHO))
        if not answers:
            return 204, b""
        answer = answers.popleft() if len(answers) > 1 else answers[0]
        if isinstance(answer, OSError):
            raise answer
        status, told = answer
        return status, b"" if told is None else json.dumps(told).encode()

    async def listen(
        self,
        application: str,
        opened: Callable[[], Awaitable[None]],
        received: Callable[[bytes], None],
    ) -> None:
        assert application == "cc-test"
        if self.refusals:
            raise self.refusals.popleft()
        self.opened += 1
        await opened()
        while (message := await self._messages.get()) is not None:
            if isinstance(message, OSError):
                raise message
            received(message)

    async def close(self) -> None:
        """Nothing is held."""
