"""Logging in, being logged in, logging out."""

import asyncio

import pytest

from callcenter.adapters.web.sessions import MOST_CHECKING
from callcenter.adapters.web.settings import Settings
from tests.support.site import Site, running_site

PEOPLE = ("anna", "bert", "sue")


async def test_login_sets_a_cookie_that_scripts_cannot_read(site: Site):
    browser = await site.browser()
    status, info = await browser.log_in("anna")
    assert status == 200
    cookie = browser.response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/" in cookie
    assert "Max-Age=43200" in cookie
    assert "Secure" not in cookie
    assert info == {
        "user_id": "u-a1",
        "login": "anna",
        "name": "Anna",
        "role": "agent",
        "takes_calls": True,
        "protocol": 2,
        "pause_reasons": ["lunch", "break"],
        "dispositions": [
            {"code": "solved", "label": "Solved", "requires_note": False},
            {"code": "other", "label": "Other", "requires_note": True},
        ],
        "request_kinds": ["question", "order", "complaint", "fault"],
    }
    assert (await browser.call("GET", "/api/session")) == (200, info)


async def test_cookie_is_bound_to_the_host_when_there_is_tls(settings: Settings):
    tls = Settings(port=0, behind_tls_proxy=True, origins=("https://desk.example.com",))
    async with running_site(tls) as site:
        browser = await site.browser()
        browser.origin = "https://desk.example.com"
        status, _ = await browser.log_in("anna")
        assert status == 200
        cookie = browser.response.headers["Set-Cookie"]
        assert cookie.startswith("__Host-callcenter=")
        assert "Secure" in cookie
        assert "Domain" not in cookie
        assert "max-age" in browser.response.headers["Strict-Transport-Security"]


async def test_wrong_password_and_unknown_login_get_the_same_answer(site: Site):
    browser = await site.browser()
    wrong = await browser.log_in("anna", "wrong")
    unknown = await browser.log_in("nobody", "wrong")
    assert wrong == unknown
    assert wrong[0] == 401
    assert wrong[1]["error"] == "wrong_login"
    assert "Set-Cookie" not in browser.response.headers


async def test_login_is_limited_per_login_until_time_has_passed(site: Site):
    browser = await site.browser()
    for _ in range(10):
        assert (await browser.log_in("anna", "wrong"))[0] == 401
    checks = site.accounts.checks
    status, body = await browser.log_in(" Anna ")
    assert (status, body["error"]) == (429, "too_many_logins")
    assert browser.response.headers["Retry-After"] == "30"
    assert site.accounts.checks == checks
    assert (await browser.log_in("bert"))[0] == 200
    site.clock.go(30_000)
    assert (await browser.log_in("anna"))[0] == 200


async def test_login_is_limited_per_address(site: Site):
    browser = await site.browser()
    for number in range(30):
        assert (await browser.log_in(f"guess{number}", "wrong"))[0] == 401
    assert (await browser.log_in("anna"))[0] == 429


async def test_successful_logins_are_not_limited(site: Site):
    browser = await site.browser()
    for _ in range(40):
        assert (await browser.log_in("anna"))[0] == 200


async def test_more_logins_than_can_be_checked_are_asked_to_come_again(site: Site):
    site.accounts.takes_s = 0.3
    browsers = [await site.browser() for _ in range(MOST_CHECKING + 3)]
    logins = [browser.log_in(login) for browser, login in zip(browsers, PEOPLE * 8, strict=False)]
    answers = await asyncio.gather(*logins)
    refused = [body["error"] for status, body in answers if status == 503]
    assert refused == ["busy"] * 3
    assert site.accounts.checks == MOST_CHECKING
    site.accounts.takes_s = 0.0
    assert (await browsers[0].log_in("anna"))[0] == 200


async def test_a_shift_that_logs_in_at_once_is_not_taken_for_an_attack(site: Site):
    """Who was asked to come again has lost no try, so that the address is not shut out."""
    site.accounts.takes_s = 0.05
    browsers = [await site.browser() for _ in range(2 * MOST_CHECKING)]
    for _ in range(3):
        logins = [b.log_in(who) for b, who in zip(browsers, PEOPLE * 14, strict=False)]
        answers = await asyncio.gather(*logins)
        assert {status for status, _ in answers} == {200, 503}


async def test_a_login_that_could_not_be_checked_costs_no_try(site: Site):
    browser = await site.browser()
    site.accounts.fails = True
    for _ in range(40):
        assert (await browser.log_in("anna"))[0] == 500
    site.accounts.fails = False
    assert (await browser.log_in("anna"))[0] == 200


async def test_new_login_ends_the_session_before(site: Site):
    browser = await site.browser("anna")
    await browser.log_in("bert")
    assert [user for user, _ in site.accounts.sessions.values()] == ["u-a2"]


async def test_logout_ends_the_session_on_the_server(site: Site):
    browser = await site.browser("anna")
    page = await browser.page()
    assert (await browser.call("DELETE", "/api/session"))[0] == 204
    assert site.accounts.sessions == {}
    assert (await page.until("closing"))["reason"] == "logged_out"
    assert (await browser.call("GET", "/api/session"))[0] == 401


async def test_session_ends_after_twelve_hours(site: Site):
    browser = await site.browser("anna")
    site.clock.go(12 * 3_600_000)
    status, body = await browser.call("GET", "/api/session")
    assert (status, body["error"]) == (401, "not_logged_in")


@pytest.mark.parametrize("token", ["nonsense", "x" * 5000, "ÿ", "%ff"])
async def test_nonsense_cookie_is_no_session(site: Site, token: str):
    browser = await site.browser()
    headers = {"Cookie": f"callcenter={token}"}
    assert (await browser.call("GET", "/api/session", headers=headers))[0] == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"login": "anna"}',
        b'{"login": 1, "password": "x"}',
        b'{"login": "\xff", "password": "x"}',
        b'{"login": "a\\u0000", "password": "x"}',
        b'{"login": "' + b"a" * 200 + b'", "password": "x"}',
    ],
)
async def test_bad_login_body_is_refused_and_never_checked(site: Site, body: bytes):
    browser = await site.browser()
    headers = {"Content-Type": "application/json"}
    status, answer = await browser.call("POST", "/api/session", data=body, headers=headers)
    assert (status, answer["error"]) == (400, "bad_request")
    assert site.accounts.checks == 0


async def test_body_of_another_type_is_refused(site: Site):
    browser = await site.browser()
    status, _ = await browser.call("POST", "/api/session", data={"login": "anna"})
    assert status == 415


async def test_too_large_body_is_refused(site: Site):
    browser = await site.browser()
    status, answer = await browser.log_in("anna", "x" * 70_000)
    assert (status, answer["error"]) == (413, "too_large")
