"""Other programs, and supervisors, ask for callbacks, list them, and take them back."""

from typing import Any

import pytest

from callcenter.core.call.callback_messages import CallbackCancelRequested, CallbackRequested
from callcenter.core.ids import CallId, QueueId
from callcenter.ports.callbacks import CallbackStage, OpenCallback
from tests.support.site import Browser, Site
from tests.support.web_fakes import CALL

SALES = QueueId("sales")
OPEN = OpenCallback(
    CALL, "+12025550123", "Ada", SALES, CallbackStage.LATER, 1_000, 2_000, 1, "caller", None
)


async def sue(site: Site) -> Browser:
    site.callbacks.listed = [OPEN]
    return await site.browser("sue")


async def test_a_program_asks_for_a_callback(site: Site):
    browser = await sue(site)
    body = {"number": "(202) 555-0123", "queue": "sales", "name": "Ada"}
    body["due_at"] = "2026-11-22T15:00:00+01:00"
    status, made = await browser.call("POST", "/api/callbacks", json=body)
    assert status == 201
    assert (made["call_id"], made["number"], made["stage"]) == (CALL, "+12025550123", "later")
    due_at = 1_795_356_000_000
    assert site.node.heard == [CallbackRequested("(202) 555-0123", SALES, due_at, name="Ada")]


async def test_a_callback_that_is_on_its_way_already_is_only_accepted(site: Site):
    browser = await site.browser("sue")
    body = {"number": "2025550123", "queue": "sales"}
    assert (await browser.call("POST", "/api/callbacks", json=body))[0] == 202


async def test_a_refusal_is_told_in_words(site: Site):
    browser = await sue(site)
    site.node.refusal = "Numbers like this one are not called."
    body = {"number": "+19005550123", "queue": "sales"}
    status, problem = await browser.call("POST", "/api/callbacks", json=body)
    assert (status, problem["error"]) == (409, "refused")
    assert problem["message"] == "Numbers like this one are not called."


@pytest.mark.parametrize(
    "body",
    [
        {"number": "1" * 41, "queue": "sales"},
        {"number": "1", "queue": "sales", "name": "a\nb"},
        {"number": "1", "queue": "sales", "due_at": "2026-11-22T15:00:00"},
        {"number": "1"},
        {"number": "1", "queue": "sales", "more": 1},
    ],
)
async def test_what_is_not_understood_reaches_nobody(site: Site, body: dict[str, Any]):
    browser = await sue(site)
    status, problem = await browser.call("POST", "/api/callbacks", json=body)
    assert (status, problem["error"]) == (400, "bad_request")
    assert site.node.heard == []


async def test_open_callbacks_are_listed(site: Site):
    browser = await sue(site)
    status, body = await browser.call("GET", "/api/callbacks")
    assert status == 200
    [item] = body["callbacks"]
    assert (item["due_at"], item["next_at"]) == ("1970-01-01T00:00:01Z", "1970-01-01T00:00:02Z")
    assert (item["attempts"], item["asked_by"], item["callback_of"]) == (1, "caller", None)


async def test_a_callback_is_taken_back(site: Site):
    browser = await sue(site)
    assert (await browser.call("DELETE", f"/api/callbacks/{CALL}"))[0] == 204
    assert site.node.heard == [CallbackCancelRequested(CallId(CALL), "Sue")]
    site.node.refusal = "The customer has been reached already."
    assert (await browser.call("DELETE", f"/api/callbacks/{CALL}"))[0] == 409


@pytest.mark.parametrize("call_id", ["f" * 32, "nothing"])
async def test_what_is_not_open_cannot_be_taken_back(site: Site, call_id: str):
    browser = await sue(site)
    assert (await browser.call("DELETE", f"/api/callbacks/{call_id}"))[0] == 404
    assert site.node.heard == []


@pytest.mark.parametrize(("login", "status"), [("", 401), ("anna", 403)])
async def test_only_supervisors_may(site: Site, login: str, status: int):
    browser = await site.browser(login)
    body = {"number": "1", "queue": "sales"}
    assert (await browser.call("GET", "/api/callbacks"))[0] == status
    assert (await browser.call("POST", "/api/callbacks", json=body))[0] == status
    assert (await browser.call("DELETE", f"/api/callbacks/{CALL}"))[0] == status
