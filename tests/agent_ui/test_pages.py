"""The built page in a real browser: accessible, within its width, and deaf to hostile text."""

import itertools
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from callcenter.adapters.web import wire
from callcenter.ports.accounts import Role
from callcenter.ports.desk import AgentState, CallPhase
from tests.agent_ui import canned
from tests.agent_ui.chromium import CHROMIUM, launched, opened
from tests.agent_ui.fixture_desk import STATIC, FixtureDesk, clock
from tests.agent_ui.scenes import SCENES

AXE = Path(__file__).resolve().parents[2] / "agent_ui/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="install Chromium: apt install chromium"),
    pytest.mark.skipif(not STATIC.exists(), reason="build the page: python scripts/build_ui.py"),
    pytest.mark.skipif(not AXE.exists(), reason="install the page's tools: npm ci in agent_ui"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with launched() as started:
        yield started


def summary(violations: Sequence[dict[str, Any]]) -> list[str]:
    return [
        f"{each['id']}: {node['html'][:160]} ({node['failureSummary'][:200]})"
        for each in violations
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("scene", list(SCENES))
async def test_every_state_is_accessible_and_fits_both_screens(browser: Browser, scene: str):
    desk = FixtureDesk(Role.SUPERVISOR)
    async with opened(browser, desk) as page:
        await page.locator(".my-queues tbody tr").first.wait_for()
        await SCENES[scene](desk, page)
        await page.wait_for_timeout(100)
        await page.evaluate(AXE.read_text(encoding="utf-8"))
        options = json.dumps({"runOnly": RULES, "resultTypes": ["violations"]})
        for width, theme in itertools.product((1366, 390), ("light", "dark")):
            await page.set_viewport_size({"width": width, "height": 800})
            await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            found = await page.evaluate(f"axe.run(document, {options})")
            assert summary(found["violations"]) == []
            assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_nothing_around_a_call_moves_when_it_comes_and_is_answered(browser: Browser):
    desk = FixtureDesk()
    async with opened(browser, desk) as page:
        queues = page.locator(".my-queues")
        await queues.locator("tbody tr").first.wait_for()
        boxes = [await queues.bounding_box()]
        await desk.show(AgentState.RINGING, canned.desk_call(clock()))
        await page.get_by_role("button", name="Answer").wait_for()
        boxes.append(await queues.bounding_box())
        form = await page.locator(".wrap-up").bounding_box()
        await page.get_by_role("button", name="Answer").click()
        await page.get_by_role("button", name="Hang up").wait_for()
        boxes.append(await queues.bounding_box())
        assert boxes[0] == boxes[1] == boxes[2]
        assert await page.locator(".wrap-up").bounding_box() == form


async def test_a_call_is_handled_from_ring_to_wrap_up_without_a_mouse(browser: Browser):
    desk = FixtureDesk()
    async with opened(browser, desk) as page:
        await page.get_by_text("Ready for the next call").wait_for()
        await desk.show(AgentState.RINGING, canned.desk_call(clock()))
        await page.locator("#caller:focus").wait_for()
        assert await page.title() == "(ringing) Amelie Brandt"
        for key, then in (("a", "Hang up"), ("Shift+H", "File and finish")):
            await page.keyboard.press(key)
            await page.get_by_role("button", name=then).wait_for()
        await page.get_by_text("left").first.wait_for()
        await page.keyboard.press("2")
        await page.keyboard.press("n")
        await page.keyboard.type("Credit is due. r p a 1 2 3 stay letters")
        await page.keyboard.press("Control+Enter")
        await page.get_by_text("Ready for the next call").wait_for()
    asked = [frame for frame in desk.received if not isinstance(frame, wire.Subscribe)]
    assert [type(frame) for frame in asked] == [
        wire.OfferShown,
        wire.Answer,
        wire.HangUp,
        wire.ChooseDisposition,
        wire.WrapUp,
    ]
    filed = asked[-1]
    assert isinstance(filed, wire.WrapUp)
    assert filed.disposition == "follow_up"
    assert filed.note == "Credit is due. r p a 1 2 3 stay letters"


async def test_a_note_survives_a_reload(browser: Browser):
    desk = FixtureDesk()
    async with opened(browser, desk) as page:
        await page.get_by_text("Ready for the next call").wait_for()
        await desk.show(AgentState.WRAP_UP, canned.desk_call(clock(), CallPhase.WRAP_UP))
        await page.fill("#note", "Half a sentence")
        await page.reload()
        await page.locator("#note").wait_for()
        assert await page.input_value("#note") == "Half a sentence"


async def test_text_from_outside_is_never_run(browser: Browser):
    desk = FixtureDesk(Role.SUPERVISOR)
    async with opened(browser, desk) as page:
        await page.locator(".my-queues tbody tr").first.wait_for()
        await desk.show(AgentState.RINGING, canned.hostile_call(clock()))
        await page.locator("#caller").wait_for()
        assert "owned" not in (await page.title()).split("<")[0]
        assert await page.locator("#page script, #page b:has-text('Wolfe')").count() == 0


async def test_the_page_comes_back_by_itself_when_it_was_cut_off(browser: Browser):
    desk = FixtureDesk()
    async with opened(browser, desk) as page:
        await page.get_by_text("Ready for the next call").wait_for()
        await desk.close_sockets()
        await page.wait_for_function("() => !document.querySelector('.banner')")
        await desk.show(AgentState.PAUSED)
        await page.get_by_text("You are paused").wait_for()
    assert desk.connections >= 2


async def test_a_page_that_was_taken_over_stays_away_until_it_is_asked_back(browser: Browser):
    desk = FixtureDesk()
    async with opened(browser, desk) as page:
        await page.get_by_text("Ready for the next call").wait_for()
        await desk.close_sockets("taken_over")
        await page.get_by_role("button", name="Use it here").click()
        await page.locator(".banner").wait_for(state="detached")
    assert desk.connections == 2


async def test_the_search_finds_calls_and_pages_through_them(browser: Browser):
    desk = FixtureDesk(Role.SUPERVISOR)
    async with opened(browser, desk) as page:
        await page.get_by_role("link", name="Calls").click()
        rows = page.locator(".calls-list tbody tr")
        await page.get_by_role("button", name="Show older calls").click()
        await page.wait_for_function(
            "document.querySelectorAll('.calls-list tbody tr').length == 50"
        )
        await page.keyboard.press("/")
        await page.keyboard.type("fern")
        await page.get_by_text("no more").wait_for()
        assert set(await rows.locator("a > :first-child").all_inner_texts()) == {"Lucía Fernández"}
