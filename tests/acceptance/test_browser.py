"""An agent works in Chromium: the pop is there while the phone rings, and the wrap-up is filed."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.acceptance.conftest import World
from tests.acceptance.test_served_call import ANI, in_queue
from tests.agent_ui.chromium import launched
from tests.support.program import PASSWORD

pytestmark = pytest.mark.browser


async def log_in(page: Page, world: World, login: str) -> None:
    """Log a person in on the page."""
    await page.goto(world.program.url)
    await page.get_by_label("Login").fill(login)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()


async def test_an_agent_serves_a_caller_in_the_browser(world: World):
    station = world.phones.station("PJSIP/agent1")
    async with launched() as browser:
        page = await (await browser.new_context(locale="en-GB")).new_page()
        await log_in(page, world, "anna")
        await page.get_by_role("button", name="Ready").click()
        await expect(page.get_by_text("Ready for the next call")).to_be_visible()

        caller = await in_queue(world)
        await station.wait_ringing(5)
        await expect(page.get_by_text("Pick up your phone")).to_be_visible()
        await expect(page.get_by_text("Main line")).to_be_visible()
        await expect(page.get_by_text("main_menu: 1")).to_be_visible()
        digits = re.sub(r"\D", "", await page.locator("main").inner_text())
        assert ANI.removeprefix("+") in digits

        await station.answer()
        await expect(page.get_by_role("button", name="Hang up")).to_be_visible()
        await page.get_by_role("button", name="Hang up").click()
        await caller.wait_ended(5)
        await page.get_by_label("Resolved").check()
        await page.get_by_role("textbox", name="Note").fill("Filed in the <b>browser</b>.")
        await page.get_by_role("button", name="File and finish").click()
        await expect(page.get_by_text("Ready for the next call")).to_be_visible()

        [record] = await world.program.records(1)
        assert (record.outcome, record.disposition) == ("answered", "resolved")
        assert record.note == "Filed in the <b>browser</b>."

        watcher = await (await browser.new_context(locale="en-GB")).new_page()
        await log_in(watcher, world, "sue")
        await expect(watcher.get_by_role("heading", name="Queues")).to_be_visible()
        await watcher.goto(f"{world.program.url}/calls")
        await watcher.locator("tbody tr").filter(has_text="Anna").click()
        await expect(watcher.get_by_text("The agent answered; they talk.")).to_be_visible()
