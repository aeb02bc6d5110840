"""Who may see which past calls, and what they see."""

import pytest

from callcenter.adapters.web.calls import PAGE_LINES
from tests.support.site import Site
from tests.support.web_fakes import CALL, OTHER_CALL, record


async def test_supervisor_lists_calls(site: Site):
    browser = await site.browser("sue")
    status, body = await browser.call("GET", "/api/calls?q=maria%20sales&cursor=c2")
    assert status == 200
    assert [line["call_id"] for line in body["lines"]] == [CALL]
    assert body["next_cursor"] == "more"
    assert site.archive.asked == [("maria sales", "c2", PAGE_LINES)]


async def test_agent_has_no_list(site: Site):
    browser = await site.browser("anna")
    status, body = await browser.call("GET", "/api/calls")
    assert (status, body["error"]) == (403, "forbidden")
    assert site.archive.asked == []


@pytest.mark.parametrize("path", ["/api/calls", f"/api/calls/{CALL}"])
async def test_nobody_sees_calls_without_a_session(site: Site, path: str):
    browser = await site.browser()
    status, body = await browser.call("GET", path)
    assert (status, body["error"]) == (401, "not_logged_in")


async def test_story_has_segments_requests_and_facts(site: Site):
    browser = await site.browser("sue")
    status, story = await browser.call("GET", f"/api/calls/{CALL}")
    assert status == 200
    assert story["ani"] == ""
    assert story["outcome"] == "answered"
    assert story["menu_path"] == ["1", "2"]
    assert story["requests"] == ["Send it"]
    assert [each["kind"] for each in story["segments"]] == ["ring", "talk"]
    assert story["facts"][0] == {"at": 1000, "kind": "CallArrived", "text": "A call arrived."}


async def test_html_in_a_name_is_delivered_as_data(site: Site):
    browser = await site.browser("sue")
    _, story = await browser.call("GET", f"/api/calls/{CALL}")
    assert story["caller_name"] == "<script>alert(1)</script>"
    assert browser.response.content_type == "application/json"
    assert browser.response.headers["X-Content-Type-Options"] == "nosniff"


async def test_agent_sees_calls_that_they_had_a_part_in(site: Site):
    site.archive.records[OTHER_CALL] = record(OTHER_CALL, "a1")
    for login in ("anna", "bert"):
        browser = await site.browser(login)
        assert (await browser.call("GET", f"/api/calls/{OTHER_CALL}"))[0] == 200


async def test_call_of_others_looks_like_no_call(site: Site):
    others = record(OTHER_CALL, None)
    site.archive.records[OTHER_CALL] = type(others)(
        **{name: getattr(others, name) for name in others.__slots__} | {"segments": ()}
    )
    browser = await site.browser("anna")
    hidden = await browser.call("GET", f"/api/calls/{OTHER_CALL}")
    absent = await browser.call("GET", f"/api/calls/{'0' * 32}")
    assert hidden == absent
    assert hidden[0] == 404


@pytest.mark.parametrize("call_id", ["x", "..%2f..%2fetc", "A" * 32, "' OR 1=1 --"])
async def test_forged_call_id_is_no_call(site: Site, call_id: str):
    browser = await site.browser("sue")
    status, body = await browser.call("GET", f"/api/calls/{call_id}")
    assert (status, body["error"]) == (404, "not_found")


@pytest.mark.parametrize(
    "query", ["q=" + "a" * 201, "cursor=" + "a" * 201, "q=%00", "cursor=wrong"]
)
async def test_bad_search_is_refused(site: Site, query: str):
    browser = await site.browser("sue")
    status, body = await browser.call("GET", f"/api/calls?{query}")
    assert (status, body["error"]) == (400, "bad_request")


async def test_database_that_is_away_is_said_without_detail(site: Site):
    site.archive.is_away = True
    browser = await site.browser("sue")
    status, body = await browser.call("GET", "/api/calls")
    assert (status, body["error"]) == (503, "unavailable")
    assert "10.1.2.3" not in str(body)
