"""Starting and stopping on a port."""

import asyncio
import shutil
import socket
import ssl
import subprocess
from pathlib import Path

import pytest
from aiohttp import web

from callcenter.adapters.web.server import CannotServe, WebServer, check_exposure
from callcenter.adapters.web.settings import Settings
from tests.support.site import Site


async def test_port_in_use_is_said_with_what_to_do(site: Site):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        site.settings = Settings(port=port)
        with pytest.raises(CannotServe, match=f"port {port} on 127.0.0.1 is in use") as error:
            await site.start()
        assert "choose another port" in str(error.value)


async def test_address_of_another_machine_is_said(site: Site):
    site.settings = Settings(host="192.0.2.1", port=0, allow_plain=True)
    with pytest.raises(CannotServe, match=r"does not have the address 192\.0\.2\.1"):
        await site.start()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "desk.example.com"])
def test_other_machines_are_not_served_without_tls(host: str):
    with pytest.raises(CannotServe, match="allow_plain"):
        check_exposure(Settings(host=host))
    check_exposure(Settings(host=host, allow_plain=True))
    check_exposure(Settings(host=host, certificate=Path("c.pem"), private_key=Path("k.pem")))


@pytest.mark.parametrize(
    "origin", ["https://desk.example/", "desk.example", "https://Desk.example", "*", "https://a b"]
)
def test_origins_that_no_browser_sends_are_refused(origin: str):
    with pytest.raises(CannotServe, match="is not one"):
        WebServer(web.Application(), Settings(origins=(origin,)))
    WebServer(web.Application(), Settings(origins=("https://desk.example:8443",)))


@pytest.mark.parametrize("source", ["wss://pbx; script-src *", "*", "wss://pbx\r\nX: y"])
def test_sources_that_would_spoil_the_policy_are_refused(source: str):
    with pytest.raises(CannotServe, match="connect source"):
        WebServer(web.Application(), Settings(connect_sources=(source,)))


async def test_pages_may_connect_to_the_configured_pbx(site: Site):
    await site.server.stop()
    site.settings = Settings(port=0, connect_sources=("wss://pbx.example:8089",))
    await site.start()
    browser = await site.browser()
    await browser.call("GET", "/")
    policy = browser.response.headers["Content-Security-Policy"]
    assert "connect-src 'self' wss://pbx.example:8089" in policy


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes a certificate with openssl")
async def test_pages_are_served_over_tls(site: Site, tmp_path: Path):
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    make += ["-nodes", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    make += ["-keyout", str(key), "-out", str(certificate)]
    await asyncio.to_thread(subprocess.run, make, check=True, capture_output=True)
    await site.server.stop()
    site.settings = Settings(port=0, certificate=certificate, private_key=key)
    await site.start()
    browser = await site.browser()
    browser.url = browser.origin = site.url.replace("http:", "https:")
    trust = ssl.create_default_context(cafile=str(certificate))
    body = {"login": "anna", "password": "right"}
    status, _ = await browser.call("POST", "/api/session", json=body, ssl=trust)
    assert status == 200
    assert browser.response.headers["Set-Cookie"].startswith("__Host-callcenter=")
    assert (await browser.call("GET", "/api/session", ssl=trust))[0] == 200


def test_certificate_needs_its_key():
    with pytest.raises(CannotServe, match="private_key"):
        check_exposure(Settings(certificate=Path("c.pem")))


async def test_unusable_certificate_is_said(site: Site, tmp_path: Path):
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    certificate.write_text("no certificate")
    key.write_text("no key")
    site.settings = Settings(port=0, certificate=certificate, private_key=key)
    with pytest.raises(CannotServe, match="PEM files"):
        await site.start()


async def test_stopping_tells_the_pages(site: Site):
    page = await site.page("anna")
    await page.follow("desk")
    stopping = asyncio.create_task(site.server.stop())
    assert (await page.until("closing"))["reason"] == "stopping"
    assert (await page.frame())["code"] == 1001
    await stopping
    assert site.node.kinds()[-1] == "DeskLost"


def test_server_has_no_port_before_it_starts():
    assert WebServer(web.Application(), Settings()).port == 0
