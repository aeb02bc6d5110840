"""The calls that we make to Asterisk, typed."""

import asyncio
from datetime import datetime
from typing import TypeVar

import msgspec

from callcenter.adapters.ari import wire
from callcenter.adapters.ari.actions import Request
from callcenter.adapters.ari.failures import NO_ANSWER
from callcenter.adapters.ari.metrics import AriMetrics
from callcenter.adapters.ari.throttle import Throttle
from callcenter.adapters.ari.transport import AriTransport
from callcenter.ports.telephony import TelephonyUnavailable

T = TypeVar("T")

_NOT_FOUND = 404
_REFUSED_FROM = 300


class _Variable(msgspec.Struct, frozen=True):
    value: str = ""


class _Pong(msgspec.Struct, frozen=True):
    timestamp: str


_channels = msgspec.json.Decoder(tuple[wire.Channel, ...])
_channel = msgspec.json.Decoder(wire.Channel)
_bridges = msgspec.json.Decoder(tuple[wire.Bridge, ...])
_playback = msgspec.json.Decoder(wire.Playback)
_info = msgspec.json.Decoder(wire.AsteriskInfo)
_variable = msgspec.json.Decoder(_Variable)
_application = msgspec.json.Decoder(wire.Application)
_applications = msgspec.json.Decoder(tuple[wire.Application, ...])


_pong = msgspec.json.Decoder(_Pong)


class AriClient:
    """Sends commands and reads what the PBX has."""

    def __init__(
        self, transport: AriTransport, metrics: AriMetrics, throttle: Throttle | None = None
    ) -> None:
        self._transport = transport
        self._metrics = metrics
        self._throttle = throttle or Throttle()

    async def send(self, request: Request) -> int:
        """Send one command and return its status, or NO_ANSWER; raises nothing.

        After NO_ANSWER the PBX may have carried the command out, or may do so later. A command
        whose turn did not come in time has it too.
        """
        try:
            status, _ = await self._timed(request)
        except OSError:
            status = NO_ANSWER
        if status >= _REFUSED_FROM or status == NO_ANSWER:
            self._metrics.refused(request.name, status)
        return status

    async def channels(self) -> tuple[wire.Channel, ...]:
        """Return all channels of the PBX; raises TelephonyUnavailable."""
        return await self._read(Request("channels", "GET", "/channels"), _channels)

    async def channel(self, channel_id: str) -> wire.Channel | None:
        """Return one channel, None if there is none; raises TelephonyUnavailable.

        Args:
            channel_id: As the PBX knows it, quoted for a path.
        """
        request = Request("channel", "GET", f"/channels/{channel_id}")
        return await self._read_or_none(request, _channel)

    async def bridges(self) -> tuple[wire.Bridge, ...]:
        """Return all bridges of the PBX; raises TelephonyUnavailable."""
        return await self._read(Request("bridges", "GET", "/bridges"), _bridges)

    async def playback(self, playback_id: str) -> wire.Playback | None:
        """Return one playback, None if it is over; raises TelephonyUnavailable."""
        request = Request("playback", "GET", f"/playbacks/{playback_id}")
        return await self._read_or_none(request, _playback)

    async def info(self) -> wire.AsteriskInfo:
        """Return version and start of the PBX; raises TelephonyUnavailable."""
        return await self._read(Request("info", "GET", "/asterisk/info"), _info)

    async def application(self, name: str) -> wire.Application:
        """Return what belongs to an application; nothing does if the PBX does not know it.

        Raises TelephonyUnavailable.
        """
        request = Request("application", "GET", f"/applications/{name}")
        found = await self._read_or_none(request, _application)
        return found or wire.Application(name=name)

    async def applications(self) -> tuple[wire.Application, ...]:
        """Return all that have a listener or a channel; raises TelephonyUnavailable."""
        return await self._read(Request("applications", "GET", "/applications"), _applications)

    async def global_variable(self, name: str) -> str:
        """Return a global variable of the dialplan, "" if not set; raises TelephonyUnavailable."""
        request = Request("variable", "GET", "/asterisk/variable", {"variable": name})
        return (await self._read(request, _variable)).value

    async def pbx_time_s(self) -> float:
        """Return the PBX's clock in epoch seconds; raises TelephonyUnavailable."""
        request = Request("ping", "GET", "/asterisk/ping")
        text = (await self._read(request, _pong)).timestamp
        try:
            return datetime.fromisoformat(text).timestamp()
        except ValueError as error:
            raise self._unavailable(request, f"{text!r} is no time") from error

    async def receive_only(self, application: str, types: tuple[str, ...]) -> None:
        """Ask the PBX to send only these types of events; raises TelephonyUnavailable.

        The filter goes with the application when its last channel has left and nobody listens, so
        it is set after each connect.
        """
        body = msgspec.json.encode({"allowed": [{"type": each} for each in types]})
        path = f"/applications/{application}/eventFilter"
        await self._read(Request("filter", "PUT", path, body=body), _application)

    async def _read(self, request: Request, decoder: msgspec.json.Decoder[T]) -> T:
        found = await self._read_or_none(request, decoder)
        if found is None:
            raise self._unavailable(request, "404: is this the right address, and is ARI enabled?")
        return found

    async def _read_or_none(self, request: Request, decoder: msgspec.json.Decoder[T]) -> T | None:
        try:
            status, body = await self._timed(request)
        except TimeoutError as error:
            raise self._unavailable(request, "no answer in time: is the PBX overloaded?") from error
        except OSError as error:
            raise self._unavailable(request, f"{error}: does the PBX run?") from error
        if status == _NOT_FOUND:
            return None
        if status >= _REFUSED_FROM:
            raise self._unavailable(request, _meaning(status))
        try:
            return decoder.decode(body)
        except msgspec.DecodeError as error:
            raise self._unavailable(request, f"the answer makes no sense: {error}") from error

    async def _timed(self, request: Request) -> tuple[int, bytes]:
        clock = asyncio.get_running_loop().time
        await self._throttle.enter(request.name)
        began = clock()
        try:
            return await self._transport.request(
                request.method, request.path, request.params, request.body
            )
        finally:
            took_s = clock() - began
            self._throttle.leave(request.name, took_s)
            self._metrics.answered(request.name, took_s)

    def _unavailable(self, request: Request, what: str) -> TelephonyUnavailable:
        tried = f"{request.method} {self._transport.address}{request.path}"
        return TelephonyUnavailable(f"{tried}: {what}")


def _meaning(status: int) -> str:
    if status in {401, 403}:
        return f"{status}: the name or password is wrong; compare with ari.conf on the PBX"
    return f"unexpected status {status}"
