"""Takes pictures of every page and state of the agents' page, in both themes and two sizes.

``python scripts/picture_ui.py FOLDER [NAME...]``: needs the built page, Playwright and Chromium.
"""

import argparse
import asyncio
import itertools
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path

from aiohttp import web
from playwright.async_api import Browser, Page, async_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from callcenter.adapters.web import wire
from callcenter.ports.accounts import Role
from callcenter.ports.desk import AgentState, CallPhase
from tests.agent_ui import canned
from tests.agent_ui.fixture_desk import FixtureDesk, application, clock

PORT = 21790
SIZES = {"wide": (1366, 768), "narrow": (390, 844)}
CHROMIUM_OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

Act = Callable[[FixtureDesk, Page], Awaitable[None]]


async def _login(desk: FixtureDesk, page: Page) -> None:
    desk.logged_in = False
    await page.reload()
    await page.fill("input[name=username]", "dana")
    await page.fill("input[name=password]", "wrong")
    await page.click("button[type=submit]")
    await page.get_by_text("is wrong").wait_for()


async def _idle(desk: FixtureDesk, page: Page) -> None:
    await desk.show(AgentState.READY)


async def _paused(desk: FixtureDesk, page: Page) -> None:
    await desk.show(AgentState.PAUSED)
    await page.get_by_role("button", name="Pause").click()


async def _ringing(desk: FixtureDesk, page: Page) -> None:
    await desk.show(AgentState.RINGING, canned.desk_call(clock()))


async def _unsure(desk: FixtureDesk, page: Page) -> None:
    no_click = replace(canned.me(clock(), AgentState.RINGING), answers_by_click=False)
    await desk.show(AgentState.RINGING, canned.unsure_call(clock()))
    await desk.change(wire.MyAgentItem(no_click))


async def _talking(desk: FixtureDesk, page: Page) -> None:
    await desk.show(AgentState.TALKING, canned.desk_call(clock(), CallPhase.TALKING))
    await desk.change(
        wire.MyAgentItem(
            replace(canned.me(clock(), AgentState.TALKING), next_status="paused: lunch")
        )
    )


async def _wrap_up(desk: FixtureDesk, page: Page) -> None:
    await desk.show(AgentState.WRAP_UP, canned.desk_call(clock(), CallPhase.WRAP_UP))
    await page.keyboard.press("2")
    await page.get_by_label("Open a service request").check()
    await page.get_by_role("button", name="File and finish").click()


async def _hostile(desk: FixtureDesk, page: Page) -> None:
    await desk.show(AgentState.RINGING, canned.hostile_call(clock()))


async def _left_over(desk: FixtureDesk, page: Page) -> None:
    await _wrap_up(desk, page)
    await page.fill("#note", "She wants the summary before the 15th.")
    await desk.show(AgentState.READY)
    desk.refuse = "The time for this call's wrap-up is over."
    await page.get_by_role("button", name="File it now").click()


async def _lost(desk: FixtureDesk, page: Page) -> None:
    await _talking(desk, page)
    await page.route("**/api/ticket", lambda route: route.abort())
    await desk.close_sockets()
    await page.get_by_text("Connection lost").wait_for()


async def _floor(desk: FixtureDesk, page: Page) -> None:
    await page.get_by_role("link", name="Floor").click()


async def _calls(desk: FixtureDesk, page: Page) -> None:
    await page.get_by_role("link", name="Calls").click()
    await page.get_by_text("Show older calls").wait_for()


async def _story(desk: FixtureDesk, page: Page) -> None:
    await _calls(desk, page)
    await page.get_by_role("link", name="Amelie Brandt").first.click()
    await page.get_by_text("Nothing is left to do.").wait_for()


async def _help(desk: FixtureDesk, page: Page) -> None:
    await page.keyboard.press("?")


SCENES: Mapping[str, Act] = {
    "login": _login,
    "idle": _idle,
    "paused": _paused,
    "ringing": _ringing,
    "unsure": _unsure,
    "talking": _talking,
    "wrap-up": _wrap_up,
    "hostile": _hostile,
    "left-over": _left_over,
    "lost": _lost,
    "floor": _floor,
    "calls": _calls,
    "story": _story,
    "help": _help,
}


async def _take(browser: Browser, folder: Path, name: str, theme: str, size: str) -> None:
    desk = FixtureDesk(Role.SUPERVISOR)
    runner = web.AppRunner(application(desk))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", PORT).start()
    width, height = SIZES[size]
    page = await browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        locale="en-GB",
    )
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    try:
        await page.goto(f"http://127.0.0.1:{PORT}/")
        await page.get_by_role("button", name="Ready").wait_for()
        await page.locator(".my-queues tbody tr").first.wait_for()
        await SCENES[name](desk, page)
        await page.wait_for_timeout(150)
        await page.screenshot(
            path=folder / f"{name}-{size}-{theme}.png", full_page=size == "narrow"
        )
        overflow = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        print(f"{name} {size} {theme}: {'too wide by ' + str(overflow) if overflow > 0 else 'ok'}")
        for fault in faults:
            print(f"    {fault}")
    finally:
        await page.close()
        await runner.cleanup()


async def run(folder: Path, names: list[str], themes: list[str]) -> None:
    """Take the named pictures, or all."""
    wanted = itertools.product(names or list(SCENES), themes, SIZES)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=CHROMIUM_OPTIONS
        )
        for name, theme, size in wanted:
            await _take(browser, folder, name, theme, size)
        await browser.close()


def main() -> None:
    """Read the arguments and take the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", choices=[[], *SCENES], metavar="NAME")
    parser.add_argument("--theme", action="append", choices=["light", "dark"])
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(run(options.folder, options.names, options.theme or ["light", "dark"]))


if __name__ == "__main__":
    main()
