"""The websocket's door."""

import aiohttp
import pytest

from callcenter.adapters.web.desk_socket import PER_SESSION
from callcenter.ports.accounts import Role
from tests.support.site import Browser, Site


async def refused(browser: Browser, ticket: str) -> int:
    with pytest.raises(aiohttp.WSServerHandshakeError) as error:
        await browser.connect(ticket)
    return error.value.status


async def test_ticket_lets_one_websocket_in(site: Site):
    browser = await site.browser("anna")
    ticket = await browser.ticket()
    page = await browser.connect(ticket)
    assert await page.frame() == {"type": "hello", "protocol": 2, "now": site.clock.now_ms}
    assert await refused(browser, ticket) == 403


async def test_expired_ticket_is_refused(site: Site):
    browser = await site.browser("anna")
    ticket = await browser.ticket()
    site.clock.go(30_000)
    assert await refused(browser, ticket) == 403


async def test_ticket_of_another_session_is_refused(site: Site):
    anna, bert = await site.browser("anna"), await site.browser("bert")
    assert await refused(bert, await anna.ticket()) == 403


@pytest.mark.parametrize("ticket", ["", "guess", "%ff"])
async def test_guessed_ticket_is_refused(site: Site, ticket: str):
    assert await refused(await site.browser("anna"), ticket) == 403


async def test_without_a_cookie_there_is_no_ticket_and_no_websocket(site: Site):
    anna, nobody = await site.browser("anna"), await site.browser()
    assert (await nobody.call("POST", "/api/ticket"))[0] == 401
    assert await refused(nobody, await anna.ticket()) == 401


async def test_plain_request_is_not_a_websocket_and_keeps_the_ticket(site: Site):
    browser = await site.browser("anna")
    ticket = await browser.ticket()
    status, body = await browser.call("GET", f"/ws?ticket={ticket}")
    assert (status, body["error"]) == (400, "bad_request")
    await browser.connect(ticket)


async def test_one_session_has_a_limited_number_of_pages(site: Site):
    browser = await site.browser("anna")
    pages = [await browser.page() for _ in range(PER_SESSION)]
    assert await refused(browser, await browser.ticket()) == 429
    await pages[0].close()
    await browser.page()


@pytest.mark.parametrize("change", ["disabled", "another role", "session over"])
async def test_page_is_closed_when_its_session_is_not_valid_any_more(site: Site, change: str):
    page, other = await site.page("anna"), await site.page("bert")
    match change:
        case "disabled":
            del site.accounts.people["anna"]
        case "another role":
            site.accounts.change_role("anna", Role.SUPERVISOR)
        case _:
            token = next(t for t, (user, _) in site.accounts.sessions.items() if user == "u-a1")
            await site.accounts.close_session(token)
    await site.sockets.recheck()
    assert (await page.until("closing"))["reason"] == "logged_out"
    assert (await other.follow("desk"))["type"] == "snapshot"
