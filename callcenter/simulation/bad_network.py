"""The way to the modelled PBX over a network that fails as the weather says.

Fits ``AriTransport`` of the ARI adapter by its shape, one for each life of the service. Commands
are slow, refused, or not answered at all (and then never carried out, carried out at once, or only
seconds later); events are lost, late (so that others overtake them) or come twice; the socket is
cut and notices it at once or only by its missing pings.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from random import Random
from urllib.parse import unquote

import msgspec

from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.pbx.state import Json, Response, Session
from callcenter.simulation.weather import Weather

TIMEOUT_S = 3.0
"""As over HTTP."""
SILENCE_NOTICED_S = 6.0
"""A dead socket is noticed by then: a ping each 2 s, 4 s for its answer."""
LATER_S = 12.0
"""The longest that a command which was not answered lies about before it is carried out."""

Told = Callable[[str, str], None]
"""Is told what happens: "->" with a command, "<-" with an event."""
_encode = msgspec.json.Encoder().encode


class BadNetwork:
    """One process's connection to the PBX."""

    address = "the simulated Asterisk over a bad network"

    def __init__(self, model: AsteriskModel, weather: Weather, random: Random, told: Told) -> None:
        self._model = model
        self._weather = weather
        self._random = random
        self._told = told
        self._loop = asyncio.get_running_loop()
        self._session: Session | None = None
        self._inbox: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._is_dead = False
        self._is_deaf = False
        """The socket is cut and does not know it."""

    # ------------------------------------------------------------ what happens to it

    def die(self) -> None:
        """The process is gone: its sockets are closed at once."""
        self._is_dead = True
        self._hang_up()

    def cut_socket(self) -> None:
        """Break the event socket.

        The process notices at once, or only some seconds later; or the socket stays open and
        carries nothing, because the PBX struck the application off.
        """
        self._is_deaf = True
        later_s = self._random.uniform(0.0, SILENCE_NOTICED_S)
        notices_s = self._random.choice((0.0, later_s, None))
        if notices_s is not None:
            self._loop.call_later(notices_s, self._inbox.put_nowait, None)

    def _hang_up(self) -> None:
        if self._session is not None:
            self._model.disconnect(self._session)
            self._session = None

    # ------------------------------------------------------------ commands

    async def request(
        self, method: str, path: str, params: Mapping[str, str] | None, body: bytes | None
    ) -> tuple[int, bytes]:
        """Send one command and return its status and body; raises as ``AriTransport`` says."""
        weather, random = self._weather, self._random
        if self._is_dead:
            raise asyncio.CancelledError
        self._told("->", f"{method} {path}")
        if weather.is_cut:
            return await self._fail_to_connect()
        if weather.reply_s:
            await asyncio.sleep(random.uniform(0.0, weather.reply_s))
        if weather.failing and random.random() < weather.failing:
            return 503, b"{}"
        answer: asyncio.Future[Response] = self._loop.create_future()
        reply = partial(_answer, answer)
        decoded = msgspec.json.decode(body) if body else None
        carry_out = partial(self._model.handle, method, unquote(path), params or {}, decoded)
        if weather.unanswered and random.random() < weather.unanswered:
            self._lie_about(partial(carry_out, _nobody))
        else:
            carry_out(reply)
        async with asyncio.timeout(TIMEOUT_S):
            response = await answer
        if self._is_dead:
            raise asyncio.CancelledError
        return response.status, b"" if response.body is None else _encode(response.body)

    async def _fail_to_connect(self) -> tuple[int, bytes]:
        if self._random.random() < 0.5:
            await asyncio.sleep(TIMEOUT_S)
            raise TimeoutError
        raise ConnectionRefusedError("the network to the simulated Asterisk is cut")

    def _lie_about(self, carry_out: Callable[[], None]) -> None:
        fate = self._random.random()
        if fate < 0.4:
            carry_out()
        elif fate < 0.7:
            self._loop.call_later(self._random.uniform(0.0, LATER_S), carry_out)

    # ------------------------------------------------------------ events

    async def listen(
        self,
        application: str,
        opened: Callable[[], Awaitable[None]],
        received: Callable[[bytes], None],
    ) -> None:
        """Open the event socket and hand over what comes, until it ends; see ``AriTransport``."""
        if self._is_dead:
            raise asyncio.CancelledError
        if self._weather.is_cut or self._loop.time() < self._weather.no_socket_until_s:
            raise ConnectionRefusedError("the network to the simulated Asterisk is cut")
        self._is_deaf = False
        inbox = self._inbox = asyncio.Queue()
        self._session = self._model.connect(
            [application], self._deliver, partial(inbox.put_nowait, None)
        )
        try:
            await opened()
            while (event := await inbox.get()) is not None:
                received(event)
            if self._is_deaf:
                raise ConnectionResetError("the event socket was cut")
        finally:
            self._hang_up()

    def _deliver(self, event: Json) -> None:
        weather, random = self._weather, self._random
        self._told("<-", event["type"])
        if self._is_deaf or weather.is_cut:
            return
        if weather.lost and random.random() < weather.lost:
            return
        put = partial(self._inbox.put_nowait, _encode(event))
        if weather.late and random.random() < weather.late:
            self._loop.call_later(random.uniform(0.0, weather.late_s), put)
        else:
            put()
        if weather.doubled and random.random() < weather.doubled:
            self._loop.call_later(random.uniform(0.0, weather.late_s), put)

    async def close(self) -> None:
        """End the event socket."""
        self._hang_up()


def _answer(future: asyncio.Future[Response], response: Response) -> None:
    if not future.done():
        future.set_result(response)


def _nobody(_response: Response) -> None:
    """The answer is lost."""
