import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import uvloop

from callcenter.adapters.ari.command_pool import LARGEST_ANSWER, CommandPool, PoolSettings

OK = b"HTTP/1.1 200 OK\r\nServer: x\r\ncontent-length:  2\r\n\r\n[]"
ASK = b"GET /x HTTP/1.1\r\n\r\n"
Served = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def served(serve: Served, idle_s: float = 10.0) -> AsyncIterator[CommandPool]:
    """Serve raw bytes on a connection."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    pool = CommandPool(PoolSettings("127.0.0.1", port, False, idle_s, 1.0))
    try:
        yield pool
    finally:
        pool.close()
        server.close()
        await asyncio.sleep(0)


def answering(*answers: bytes) -> Served:
    """Give these bytes for the requests of one connection, in order."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
        await reader.read()

    return serve


def in_bits(answer: bytes) -> Served:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for n in range(len(answer)):
            writer.write(answer[n : n + 1])
            await writer.drain()
            await asyncio.sleep(0)
        await reader.read()

    return serve


async def ask(pool: CommandPool, limit_s: float = 10.0) -> tuple[int, bytes]:
    return await pool.exchange(ASK, asyncio.get_running_loop().time() + limit_s)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (OK, (200, b"[]")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", (204, b"")),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nX: y\r\n\r\n", (404, b"")),
    ],
)
async def test_an_answer_is_read_whole(answer: bytes, told: tuple[int, bytes]) -> None:
    async with served(answering(answer)) as pool:
        assert await ask(pool) == told


async def test_an_answer_may_come_in_bits() -> None:
    async with served(in_bits(OK)) as pool:
        assert await ask(pool) == (200, b"[]")


def test_it_runs_on_uvloop() -> None:
    async def check() -> None:
        async with served(answering(OK, OK)) as pool:
            assert await ask(pool) == (200, b"[]")
            assert await ask(pool) == (200, b"[]")

    uvloop.run(check())


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"SIP/2.0 200 OK\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "proxy"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "proxy"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (LARGEST_ANSWER + 1), "too long"),
        (b"x" * 70_000, "endless head"),
    ],
)
async def test_what_asterisk_never_says_is_refused(answer: bytes, why: str) -> None:
    async with served(answering(answer)) as pool:
        with pytest.raises(ConnectionError, match=why):
            await ask(pool, 2)


async def test_a_connection_that_breaks_is_an_error_and_not_a_second_request() -> None:
    asked = 0

    async def cut(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        await reader.readuntil(b"\r\n\r\n")
        asked += 1

    async with served(cut) as pool:
        with pytest.raises(ConnectionError):
            await ask(pool)
    assert asked == 1


async def connections_of(answer: bytes, idle_s: float = 10.0, give_up: bool = False) -> int:
    """Return how many connections two requests take."""
    opened = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened
        opened += 1
        await answering(*[b"" if give_up and opened == 1 else answer] * 2)(reader, writer)

    async with served(serve, idle_s) as pool:
        if give_up:
            with pytest.raises(TimeoutError):
                await ask(pool, 0.05)
        else:
            await ask(pool)
        await asyncio.sleep(0.01)
        assert await ask(pool, 1) == (200, b"[]")
    return opened


async def test_a_connection_is_used_again() -> None:
    assert await connections_of(OK) == 1


async def test_a_connection_is_not_used_again_after_a_long_rest() -> None:
    assert await connections_of(OK, idle_s=0.0) == 2


async def test_a_connection_that_will_close_is_not_used_again() -> None:
    closing = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n[]"
    assert await connections_of(closing) == 2


async def test_a_connection_with_more_than_the_answer_is_not_used_again() -> None:
    assert await connections_of(OK + b"HTTP/1.1 200") == 2


async def test_a_late_answer_is_never_taken_for_the_next() -> None:
    assert await connections_of(OK, give_up=True) == 2


async def test_a_closed_port_is_an_os_error() -> None:
    async with served(answering(OK)) as pool:
        pass
    with pytest.raises(OSError, match=r"refused|Connect call failed"):
        await ask(pool)
