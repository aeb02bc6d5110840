"""What is said about clocks, ports and certificates."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import web

from callcenter.doctor.checks import Status
from callcenter.doctor.machine import check_certificate, check_clock, check_port
from tests.support.configs import config, config_text

NOW = 1_795_338_000_000


@contextmanager
def listening() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


async def health_of(tmp_path: Path, status: int, body: dict[str, object]):
    async def answer(_request: web.Request) -> web.Response:
        return web.json_response(body, status=status)

    app = web.Application()
    app.router.add_get("/healthz", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        return await check_port(config(tmp_path, port=runner.addresses[0][1]))
    finally:
        await runner.cleanup()


async def test_a_free_port_is_good_and_stays_free(tmp_path: Path):
    given = config(tmp_path)
    assert (await check_port(given)).status is Status.OK
    with socket.socket() as other:
        other.bind(given.web.address)


async def test_a_port_that_another_program_uses_is_a_fault(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("callcenter.doctor.machine._ASK_S", 0.2)
    with listening() as port:
        check = await check_port(config(tmp_path, port=port))
    assert check.status is Status.FAULT
    assert str(port) in check.message
    assert "web.listen" in check.mend


async def test_a_web_server_of_another_program_is_a_fault(tmp_path: Path):
    assert (await health_of(tmp_path, 200, {"status": "fine"})).status is Status.FAULT


async def test_a_port_that_a_callcenter_uses_is_good(tmp_path: Path):
    check = await health_of(tmp_path, 200, {"ready": True, "reasons": []})
    assert check.status is Status.OK
    assert "takes calls" in check.message


async def test_a_callcenter_that_is_not_ready_is_a_warning_with_its_reason(tmp_path: Path):
    body = {"ready": False, "reasons": ["The PBX is not connected."]}
    check = await health_of(tmp_path, 503, body)
    assert check.status is Status.WARNING
    assert "The PBX is not connected." in check.message


def test_a_clock_before_this_program_was_written_is_a_fault(tmp_path: Path):
    assert check_clock(config(tmp_path), 1_000_000).status is Status.FAULT
    check = check_clock(config(tmp_path), NOW)
    assert check.status is Status.OK
    assert "in UTC" in check.message


@pytest.mark.parametrize("has_tls", [False, True])
def test_a_certificate_that_is_none_is_a_fault(tmp_path: Path, has_tls: bool):
    from callcenter.config import parse_config

    text = config_text()
    if has_tls:
        (tmp_path / "a.crt").write_text("none")
        (tmp_path / "a.key").write_text("none")
        text = text.replace("web: {", "web: {tls_certificate: a.crt, tls_key: a.key, ")
    checks = list(check_certificate(parse_config(text, "test", tmp_path, {})))
    assert [check.status for check in checks] == ([Status.FAULT] if has_tls else [])
