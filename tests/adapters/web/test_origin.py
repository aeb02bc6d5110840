"""Pages of other sites must not act with our cookies."""

import aiohttp
import pytest

from callcenter.adapters.web.settings import Settings
from tests.support.site import Site, running_site


@pytest.mark.parametrize("path", ["/api/session", "/api/ticket"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://127.0.0.1:1"])
async def test_foreign_origin_may_change_nothing(site: Site, path: str, origin: str):
    browser = await site.browser("anna")
    status, body = await browser.call("POST", path, json={}, headers={"Origin": origin})
    assert (status, body["error"]) == (403, "foreign_origin")
    status, _ = await browser.call("DELETE", path, headers={"Origin": origin})
    assert status == 403
    assert len(site.accounts.sessions) == 1


async def test_request_without_origin_may_change_nothing(site: Site):
    browser = await site.browser("anna")
    async with browser.http.post(f"{site.url}/api/ticket") as response:
        assert response.status == 403


async def test_foreign_page_cannot_open_a_websocket(site: Site):
    browser = await site.browser("anna")
    ticket = await browser.ticket()
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        await browser.connect(ticket, origin="https://evil.example")
    await browser.connect(ticket)


async def test_reading_needs_no_origin(site: Site):
    browser = await site.browser("anna")
    async with browser.http.get(f"{site.url}/api/session") as response:
        assert response.status == 200


async def test_host_name_pointed_at_us_by_a_stranger_is_not_ours(site: Site):
    browser = await site.browser("anna")
    port = site.server.port
    headers = {"Host": f"evil.example:{port}", "Origin": f"http://evil.example:{port}"}
    status, _ = await browser.call("POST", "/api/ticket", headers=headers)
    assert status == 403
    headers = {"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}"}
    status, _ = await browser.call("POST", "/api/session", headers=headers, json={})
    assert status == 400


async def test_configured_origins_are_the_only_ones():
    async with running_site(Settings(port=0, origins=("http://desk.example",))) as site:
        browser = await site.browser()
        assert (await browser.log_in("anna"))[0] == 403
        browser.origin = "http://desk.example"
        assert (await browser.log_in("anna"))[0] == 200
