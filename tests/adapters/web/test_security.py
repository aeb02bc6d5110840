"""What holds for every answer."""

import logging

import pytest

from callcenter.runtime.guarded_archive import ReportsPaused
from tests.support.site import Site


@pytest.mark.parametrize("path", ["/", "/api/session", "/nowhere", "/assets/plain.css"])
async def test_every_answer_binds_the_browser(site: Site, path: str):
    browser = await site.browser()
    await browser.call("GET", path)
    headers = browser.response.headers
    policy = headers["Content-Security-Policy"]
    for rule in ("default-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


async def test_api_answers_are_never_stored(site: Site):
    browser = await site.browser("anna")
    for path in ("/api/session", "/api/calls", "/api/none"):
        await browser.call("GET", path)
        assert browser.response.headers["Cache-Control"] == "no-store"


async def test_fault_shows_a_number_and_nothing_inner(site: Site, caplog: pytest.LogCaptureFixture):
    class Broken:
        async def call(self, call_id: str):
            raise ZeroDivisionError("secret detail")

    browser = await site.browser("sue")
    site.archive.call = Broken().call  # type: ignore[method-assign]
    with caplog.at_level(logging.ERROR):
        status, body = await browser.call("GET", f"/api/calls/{'0' * 32}")
    assert (status, body["error"]) == (500, "fault")
    assert "secret" not in str(body)
    error_id = browser.response.headers["X-Error-Id"]
    assert error_id in body["message"]
    assert error_id in caplog.text


async def test_lists_that_are_closed_for_a_while_say_so(site: Site):
    class Closed:
        async def call(self, call_id: str):
            raise ReportsPaused

    browser = await site.browser("sue")
    site.archive.call = Closed().call  # type: ignore[method-assign]
    status, body = await browser.call("GET", f"/api/calls/{'0' * 32}")
    assert (status, body["error"]) == (503, "overloaded")
    assert browser.response.headers["Retry-After"] == "60"


async def test_unknown_addresses_and_methods_are_errors_in_our_form(site: Site):
    browser = await site.browser()
    status, body = await browser.call("GET", "/nowhere")
    assert (status, body["error"]) == (404, "not_found")
    status, body = await browser.call("PUT", "/api/session")
    assert (status, body["error"]) == (405, "bad_request")
    assert "POST" in browser.response.headers["Allow"]
