"""The model of Asterisk as the ARI adapter's transport, without a network."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import unquote

from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.pbx.state import Json, Response


class InProcessTransport:
    """Fits ``AriTransport`` of the ARI adapter by its shape."""

    def __init__(self, model: AsteriskModel, timeout_s: float = 3.0) -> None:
        """Connect to a model.

        Args:
            model: The PBX; its scheduler must be that of the running loop.
            timeout_s: How long a request may take, as over HTTP.
        """
        self._model = model
        self._timeout_s = timeout_s
        self.is_cut = False
        """A broken network: requests and sockets fail until it is False again."""

    @property
    def address(self) -> str:
        """What stands for an address in messages."""
        return "the simulated Asterisk in this process"

    async def request(
        self, method: str, path: str, params: Mapping[str, str] | None, body: bytes | None
    ) -> tuple[int, bytes]:
        """Send one command and return its status and body.

        Raises:
            TimeoutError: No answer in time; the command may still be carried out later.
            ConnectionRefusedError: The network is cut.
        """
        if self.is_cut:
            raise ConnectionRefusedError("the network to the simulated Asterisk is cut")
        answer: asyncio.Future[Response] = asyncio.get_running_loop().create_future()

        def reply(response: Response) -> None:
            if not answer.done():
                answer.set_result(response)

        decoded = json.loads(body) if body else None
        self._model.handle(method, unquote(path), params or {}, decoded, reply)
        async with asyncio.timeout(self._timeout_s):
            response = await answer
        return response.status, b"" if response.body is None else _encoded(response.body)

    async def listen(
        self,
        application: str,
        opened: Callable[[], Awaitable[None]],
        received: Callable[[bytes], None],
    ) -> None:
        """Open the event socket for an application and hand over what comes, until it ends.

        Raises:
            ConnectionRefusedError: The network is cut.
        """
        if self.is_cut:
            raise ConnectionRefusedError("the network to the simulated Asterisk is cut")
        inbox: asyncio.Queue[Json | None] = asyncio.Queue()
        session = self._model.connect(
            [application], inbox.put_nowait, lambda: inbox.put_nowait(None)
        )
        try:
            await opened()
            while (event := await inbox.get()) is not None:
                if self.is_cut:
                    raise ConnectionResetError("the network to the simulated Asterisk was cut")
                received(_encoded(event))
        finally:
            self._model.disconnect(session)

    async def close(self) -> None:
        """Release nothing: there is no connection."""


def _encoded(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
