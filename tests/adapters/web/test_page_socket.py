"""One page: following topics, asking for things, and what ends it."""

import asyncio
from dataclasses import replace

import aiohttp
import pytest

from callcenter.adapters.web.page_socket import FRAMES_BURST
from callcenter.adapters.web.settings import Settings
from callcenter.core.acd.asked import BumpRequested, PickRequested
from callcenter.core.acd.messages import (
    DeskFound,
    DeskLost,
    LogInRequested,
    PauseRequested,
    ReadyRequested,
)
from callcenter.core.acd.queue_messages import QueueCloseRequested, QueueReopenRequested
from callcenter.core.call.messages import (
    AnswerRequested,
)
from callcenter.core.ids import AgentId, QueueId
from callcenter.runtime.fanout import Limits
from tests.support.site import Page, Site, running_site
from tests.support.web_fakes import (
    ANNA,
    CALL,
    OTHER_CALL,
    desk_call,
    floor_queue,
    my_agent,
)

DESK = "desk/a1"
A1 = AgentId("a1")


async def test_following_the_desk_logs_the_agent_in_and_shows_the_desk(site: Site):
    site.fanout.publish(DESK, [my_agent()])
    page = await site.page("anna")
    assert site.node.heard == []
    snapshot = await page.follow("desk")
    assert snapshot["topic"] == "desk"
    assert (snapshot["epoch"], snapshot["seq"]) == ("epoch1", 1)
    assert [item["kind"] for item in snapshot["items"]] == ["me"]
    assert snapshot["items"][0]["value"]["name"] == "Anna"
    assert ANNA.profile is not None
    assert site.node.heard == [LogInRequested(ANNA.profile), DeskFound(A1)]


async def test_pop_reaches_its_agent_only(site: Site):
    anna, bert = await site.page("anna"), await site.page("bert")
    await anna.follow("desk")
    await bert.follow("desk")
    site.fanout.publish(DESK, [desk_call(caller_name="<img src=x onerror=alert(1)>")])
    changes = await anna.until("changes")
    assert changes["items"][0]["kind"] == "desk_call"
    assert changes["items"][0]["value"]["caller_name"] == "<img src=x onerror=alert(1)>"
    site.fanout.publish(DESK, [], [("desk_call", CALL)])
    changes = await anna.until("changes")
    assert changes["removed"] == [{"kind": "desk_call", "id": CALL}]
    site.fanout.publish("desk/a2", [my_agent("Bert")])
    assert (await bert.frame())["items"][0]["value"]["name"] == "Bert"


async def test_page_that_reconnects_gets_only_what_it_missed(site: Site):
    browser = await site.browser("anna")
    page = await browser.page()
    await page.follow("desk")
    site.fanout.publish(DESK, [my_agent()])
    seen = await page.until("changes")
    await page.close()
    await site.node.until("LogInRequested", "DeskFound", "DeskLost")
    site.fanout.publish(DESK, [desk_call()])
    page = await browser.page()
    await page.send("subscribe", topic="desk", epoch="epoch1", seq=seen["seq"])
    missed = await page.frame()
    assert (missed["type"], missed["seq"]) == ("changes", seen["seq"] + 1)
    assert [item["kind"] for item in missed["items"]] == ["desk_call"]


async def test_page_of_another_epoch_starts_anew(site: Site):
    page = await site.page("anna")
    assert (await page.follow("desk", epoch="before", seq=0))["type"] == "snapshot"


async def test_node_learns_when_the_page_is_gone(site: Site):
    page = await site.page("anna")
    await page.follow("desk")
    await page.close()
    await site.node.until("LogInRequested", "DeskFound", "DeskLost")
    assert site.node.heard[-1] == DeskLost(A1)


async def test_second_tab_takes_over_cleanly(site: Site):
    browser = await site.browser("anna")
    first = await browser.page()
    await first.follow("desk")
    second = await browser.page()
    await second.follow("desk")
    assert (await first.until("closing"))["reason"] == "taken_over"
    assert (await first.frame())["code"] == 4000
    assert site.node.kinds() == ["LogInRequested", "DeskFound", "LogInRequested"]
    assert (await second.ask("ready"))["type"] == "done"
    await second.close()
    await site.node.until(
        "LogInRequested", "DeskFound", "LogInRequested", "ReadyRequested", "DeskLost"
    )


async def test_page_without_desk_does_not_disturb_the_desk(site: Site):
    browser = await site.browser("anna")
    desk, other = await browser.page(), await browser.page()
    await desk.follow("desk")
    assert (await other.ask("ready"))["reason"] == "Subscribe to the desk first."
    await other.close()
    assert (await desk.ask("ready"))["type"] == "done"
    assert site.node.kinds() == ["LogInRequested", "DeskFound", "ReadyRequested"]


async def test_agent_may_not_see_the_floor(site: Site):
    page = await site.page("anna")
    answer = await page.follow("floor")
    assert (answer["type"], answer["request"]) == ("refused", 0)
    site.fanout.publish("floor", [floor_queue()])
    assert (await page.follow("desk/a2"))["reason"] == "There is no such topic."
    assert (await page.follow("desk"))["type"] == "snapshot"


@pytest.mark.parametrize("login", ["sue", "ada"])
async def test_supervisor_sees_the_floor_and_has_no_desk(site: Site, login: str):
    page = await site.page(login)
    assert (await page.follow("floor"))["topic"] == "floor"
    site.fanout.publish("floor", [floor_queue(waiting=3)])
    assert (await page.until("changes"))["items"][0]["value"]["waiting"] == 3
    assert (await page.follow("desk"))["type"] == "refused"
    assert (await page.ask("ready"))["type"] == "refused"
    assert site.node.heard == []


async def test_only_supervisors_close_and_reopen_queues(site: Site):
    page = await site.page("anna")
    refused = await page.ask("close_queue", queue_id="sales", reason="drill")
    assert refused["reason"] == "Only supervisors close and reopen queues."
    page = await site.page("sue")
    unknown = await page.ask("reopen_queue", queue_id="nights")
    assert unknown["reason"] == "There is no such queue."
    assert (await page.ask("close_queue", queue_id="sales", reason=" "))["type"] == "refused"
    assert (await page.ask("close_queue", queue_id="sales", reason="drill"))["type"] == "done"
    assert (await page.ask("reopen_queue", queue_id="sales"))["type"] == "done"
    assert site.node.heard == [
        QueueCloseRequested(QueueId("sales"), "Sue", "drill"),
        QueueReopenRequested(QueueId("sales"), "Sue"),
    ]


async def test_supervisor_may_put_a_caller_first_and_an_agent_may_not(site: Site):
    page = await site.page("sue")
    assert (await page.ask("bump", call_id=CALL))["type"] == "done"
    (asked,) = site.node.heard
    assert isinstance(asked, BumpRequested)
    assert asked.call_id == CALL
    assert asked.supervisor_id, "it is recorded who did it"
    agent = await site.page("anna")
    await agent.follow("desk")
    answer = await agent.ask("bump", call_id=CALL)
    assert answer["reason"] == "Only supervisors may change the order in line."
    assert "BumpRequested" not in site.node.kinds()[1:]


async def test_agent_picks_a_caller_for_themselves(site: Site):
    page = await site.page("anna")
    await page.follow("desk")
    assert (await page.ask("pick", call_id=CALL))["type"] == "done"
    assert site.node.heard[-1] == PickRequested(A1, CALL)


async def test_requests_are_the_session_agents(site: Site):
    page = await site.page("anna")
    await page.follow("desk")
    assert await page.ask("ready", agent_id="a2") == {"type": "done", "request": 7}
    assert (await page.ask("pause", reason="lunch"))["type"] == "done"
    assert (await page.ask("answer", call_id=CALL))["type"] == "done"
    assert site.node.heard[2:] == [
        ReadyRequested(A1),
        PauseRequested(A1, "lunch"),
        AnswerRequested(A1, CALL),
    ]


@pytest.mark.parametrize("call_id", [OTHER_CALL, "0" * 32, "", "x' OR 1=1", "a" * 1000])
@pytest.mark.parametrize("type_", ["answer", "hang_up", "wrap_up", "confirm_person"])
async def test_forged_call_id_is_refused(site: Site, type_: str, call_id: str):
    page = await site.page("anna")
    await page.follow("desk")
    site.fanout.publish("desk/a2", [desk_call(OTHER_CALL)])
    answer = await page.ask(type_, call_id=call_id, disposition="solved", party_id="p1")
    assert answer["type"] == "refused"
    assert site.node.kinds() == ["LogInRequested", "DeskFound"]


async def test_refusal_of_the_node_reaches_the_page(site: Site):
    page = await site.page("anna")
    await page.follow("desk")
    site.node.refusal = "You are not logged in."
    answer = await page.ask("ready")
    assert answer == {"type": "refused", "request": 7, "reason": "You are not logged in."}


async def test_refused_login_is_said(site: Site):
    site.node.refusal = "The pool is closed."
    page = await site.page("anna")
    answer = await page.follow("desk")
    assert answer == {"type": "refused", "request": 0, "reason": "The pool is closed."}
    assert site.node.kinds() == ["LogInRequested"]


async def test_fault_in_a_request_does_not_end_the_page(site: Site):
    page = await site.page("anna")
    await page.follow("desk")
    site.node.fault = RuntimeError("secret detail")
    answer = await page.ask("ready")
    assert answer["type"] == "refused"
    assert "secret" not in answer["reason"]
    site.node.fault = None
    assert (await page.ask("ready"))["type"] == "done"


# ---------------------------------------------------------------- frames that are no frames


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"type": "explode"}',
        '{"type": "' + "é" * 200 + '"}',
        '{"type": "a' + "é" * 200 + '"}',
        '{"type": "subscribe"}',
        "\x00",
    ],
)
async def test_frame_outside_the_protocol_ends_the_page(site: Site, text: str):
    page = await site.page("anna")
    await page.ws.send_str(text)
    end = await page.frame()
    assert end["code"] == 1008
    assert end["why"]


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "explode", "request": 5}',
        '{"type": "pause", "request": 5}',
        '{"type": "answer", "request": 5, "call_id": 3}',
    ],
)
async def test_request_that_is_not_understood_is_refused_by_its_number(site: Site, text: str):
    page = await site.page("anna")
    await page.ws.send_str(text)
    answer = await page.frame()
    assert (answer["type"], answer["request"]) == ("refused", 5)
    assert (await page.follow("desk"))["type"] == "snapshot"


async def test_oversized_frame_ends_the_page(site: Site):
    page = await site.page("anna")
    await page.ws.send_str('{"type": "ready", "request": 1, "pad": "' + "x" * 70_000 + '"}')
    assert (await page.frame())["code"] == 1009


async def test_invalid_utf8_ends_the_page(site: Site):
    page = await site.page("anna")
    await page.ws.send_frame(b'{"type": "\xff"}', aiohttp.WSMsgType.TEXT)
    assert (await page.frame())["code"] == 1007


async def test_binary_frame_ends_the_page(site: Site):
    page = await site.page("anna")
    await page.ws.send_bytes(b"{}")
    assert (await page.frame())["code"] == 1008


async def test_page_that_talks_too_much_is_ended(site: Site):
    page = await site.page("anna")
    await page.follow("desk")
    for _ in range(FRAMES_BURST):
        await page.send("ready", request=1)
    end = await page.until("closed")
    assert (end["code"], end["why"]) == (1008, "Too many frames.")
    assert len(site.node.heard) <= FRAMES_BURST + 2


async def test_page_may_talk_again_after_a_while(site: Site):
    page = await site.page("anna")
    await page.follow("desk")
    for _ in range(FRAMES_BURST + 10):
        assert (await page.ask("ready"))["type"] == "done"
        site.clock.go(50)


# ---------------------------------------------------------------- slow pages


def transport_of(page: Page) -> asyncio.Transport:
    connection = page.ws._conn
    assert connection is not None
    assert connection.transport is not None
    return connection.transport


async def deaf_page(site: Site) -> Page:
    """Return a page whose browser has stopped reading its socket."""
    page = await site.page("sue")
    await page.follow("floor")
    transport_of(page).pause_reading()
    return page


async def test_slow_page_is_ended_and_delays_nobody(settings: Settings):
    limits = Limits(queue_limit=4, slow_s=0.1, pace_s=0)
    async with running_site(settings, limits) as site:
        deaf = await deaf_page(site)
        quick = await site.page("ada")
        await quick.follow("floor")
        loop = asyncio.get_running_loop()
        worst, number = 0.0, 0
        while len(site.sockets) > 1:
            number += 1
            assert number < 1000, "the slow page was not ended"
            sent = loop.time()
            site.fanout.publish("floor", [floor_queue(waiting=number, name="x" * 200_000)])
            frame = await quick.until("changes")
            assert frame["items"][0]["value"]["waiting"] == number
            worst = max(worst, loop.time() - sent)
            await asyncio.sleep(0.01)
        assert worst < 0.5
        assert (await quick.follow("floor"))["type"] == "snapshot"
        transport_of(deaf).abort()


async def test_page_that_vanishes_while_it_is_sent_to_is_forgotten(site: Site):
    page = await site.page("sue")
    await page.follow("floor")
    transport_of(page).abort()
    site.fanout.publish("floor", [floor_queue(waiting=1, name="x" * 200_000)])
    async with asyncio.timeout(3):
        while len(site.sockets):  # noqa: ASYNC110 - nothing tells when a socket is forgotten
            await asyncio.sleep(0.01)


async def test_frame_that_cannot_be_encoded_ends_the_page(site: Site):
    page = await site.page("sue")
    await page.follow("floor")
    odd = replace(floor_queue(), waiting=object())  # type: ignore[arg-type]
    site.fanout.publish("floor", [odd])
    assert (await page.until("closing"))["reason"] == "stopping"
