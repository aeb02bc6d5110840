"""Each fault of the proxy, between two ends that speak plain lines."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from tests.support.fault_proxy import FaultProxy, Kind, kind_of


async def close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


@pytest.fixture
async def proxy() -> AsyncIterator[FaultProxy]:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while line := await reader.readline():
                writer.write(line)
        await close(writer)

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, FaultProxy(server.sockets[0].getsockname()) as proxy:
        yield proxy


class Line:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, proxy: FaultProxy) -> "Line":
        line = cls(*await asyncio.open_connection("127.0.0.1", proxy.port))
        assert await line.says("hello") == "hello"
        return line

    async def says(self, text: str) -> str:
        self.writer.write(f"{text}\n".encode())
        return (await self.reader.readline()).decode().strip()


async def test_a_healthy_proxy_passes_all_on(proxy: FaultProxy):
    line = await Line.open(proxy)
    assert await line.says("again") == "again"
    await close(line.writer)


async def test_a_cut_closes_what_is_open_and_refuses_what_is_new(proxy: FaultProxy):
    line = await Line.open(proxy)
    proxy.cut(Kind.OTHER)
    assert await line.reader.read() == b""
    await close(line.writer)
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"hello\n")
    assert await reader.read() == b""
    await close(writer)
    proxy.heal(Kind.OTHER)
    line = await Line.open(proxy)
    await close(line.writer)


async def test_a_reset_breaks_off_without_goodbye(proxy: FaultProxy):
    line = await Line.open(proxy)
    proxy.reset(Kind.OTHER)
    with pytest.raises(ConnectionResetError):
        await line.reader.read()
    await close(line.writer)


async def test_a_black_hole_holds_all_back_until_it_is_healed(proxy: FaultProxy):
    line = await Line.open(proxy)
    proxy.blackhole(Kind.OTHER)
    answer = asyncio.ensure_future(line.says("are you there"))
    await asyncio.sleep(0.2)
    assert not answer.done()
    proxy.heal(Kind.OTHER)
    assert await answer == "are you there"
    await close(line.writer)


async def test_delayed_pieces_arrive_later_and_in_order(proxy: FaultProxy):
    line = await Line.open(proxy)
    proxy.delay(0.1, Kind.OTHER)
    start = asyncio.get_running_loop().time()
    assert await line.says("one") == "one"
    assert asyncio.get_running_loop().time() - start >= 0.2, "0.1 s each way"
    await close(line.writer)


async def test_a_dripping_line_is_slow(proxy: FaultProxy):
    line = await Line.open(proxy)
    proxy.drip(1_000, Kind.OTHER)
    start = asyncio.get_running_loop().time()
    assert await line.says("x" * 99) == "x" * 99
    assert asyncio.get_running_loop().time() - start >= 0.2
    await close(line.writer)


async def test_every_request_fails_while_told_so(proxy: FaultProxy):
    proxy.fail(Kind.COMMANDS)
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"GET /ari/channels HTTP/1.1\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 500")
    await close(writer)
    assert proxy.opened == {Kind.COMMANDS: 1}


def test_events_and_commands_are_told_apart():
    upgrade = b"GET /ari/events?app=a HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n"
    assert kind_of(upgrade) is Kind.EVENTS
    assert kind_of(b"POST /ari/channels HTTP/1.1\r\n\r\n") is Kind.COMMANDS
    assert kind_of(b"\x00\x00\x00\x08\x04\xd2\x16\x2f") is Kind.OTHER


async def test_a_muted_event_socket_passes_pings_on_and_no_events(proxy: FaultProxy):
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    answer = b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"
    writer.write(answer)
    assert await reader.readexactly(len(answer)) == answer, "it is sent back"
    text, long, ping = b"\x81\x02hi", b"\x81\x7e\x01\x00" + b"\n" * 256, b"\x89\x01\n"
    writer.write(text + b"\x89\x01\n")
    assert await reader.readexactly(7) == text + ping
    proxy.mute()
    writer.write(text + long[:100])
    writer.write(long[100:] + ping)
    assert await reader.readexactly(len(ping)) == ping
    await close(writer)
