"""Connections beyond what file descriptors allow."""

import asyncio
import logging
import resource

import pytest

from callcenter.adapters.web.crowd import KEPT_BACK, Crowd, room_for_pages


class _Echo(asyncio.Protocol):
    pass


@pytest.mark.parametrize(("limit", "room"), [(1_024, 1_024 - KEPT_BACK), (200, 100)])
def test_pages_never_get_all_descriptors(
    monkeypatch: pytest.MonkeyPatch, limit: int, room: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, limit))
    assert room_for_pages() == room


async def test_who_finds_no_room_is_told_and_the_others_are_served(
    caplog: pytest.LogCaptureFixture,
) -> None:
    count = 1
    crowd = Crowd(_Echo, lambda: count, room=lambda: 2)
    server = await asyncio.get_running_loop().create_server(crowd, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert isinstance(crowd(), _Echo)
    count, answer = 2, b""
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            answer = await reader.read()
            writer.close()
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"Retry-After: 60" in answer
    assert len(caplog.records) == 1, "said once a minute"
    count = 1
    assert isinstance(crowd(), _Echo)
    server.close()
    await server.wait_closed()
