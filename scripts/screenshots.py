"""Draws the pictures of the documentation from the running demo (``make screenshots``)."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
SIZE = {"width": 1366, "height": 768}
WAIT_MS = 90_000
FLOOR_MS = 40_000
"""How long the floor gets busy before its picture."""


@asynccontextmanager
async def demo() -> AsyncIterator[tuple[str, str]]:
    """Run the demo and yield its address and the password of its people."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "callcenter.cli", "demo", "--port", "0", "--seed", "3",
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    said = ""
    while "Ctrl-C" not in said:
        line = await process.stderr.readline()
        if not line:
            raise SystemExit(f"the demo ended:\n{said}")
        said += line.decode()
    url, password = re.search(r"(http://\S+)", said), re.search(r"Password:\s+(\S+)", said)
    assert url is not None
    assert password is not None
    try:
        yield url[1], password[1]
    finally:
        process.terminate()
        await process.wait()


async def log_in(browser: Browser, url: str, login: str, password: str) -> Page:
    """Return the page of a person."""
    context = await browser.new_context(viewport=SIZE, locale="en-GB")  # type: ignore[arg-type]
    page = await context.new_page()
    page.set_default_timeout(WAIT_MS)
    await page.goto(url)
    await page.get_by_label("Login").fill(login)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Log in").click()
    return page


async def draw() -> None:
    """Take the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with demo() as (url, password), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        watcher = await log_in(browser, url, "sue", password)
        await watcher.wait_for_timeout(FLOOR_MS)
        agent = await log_in(browser, url, "alice", password)
        await agent.get_by_role("button", name="Ready").click()
        await _known_caller(agent)
        await agent.screenshot(path=FOLDER / "agent.png")
        await watcher.screenshot(path=FOLDER / "supervisor.png")
        await watcher.goto(f"{url}/calls")
        await watcher.locator("tbody tr").filter(has_text="Answered").nth(3).click()
        await watcher.wait_for_timeout(1_000)
        await watcher.screenshot(path=FOLDER / "call.png")
        await browser.close()


async def _known_caller(page: Page) -> None:
    """Wait for the pop of a caller with a history; let others ring until they go elsewhere."""
    for _ in range(20):
        answer = page.get_by_role("button", name="Answer")
        await answer.wait_for()
        await page.wait_for_timeout(600)
        is_known = await page.get_by_text("Last contacts").count()
        if is_known and not await page.get_by_text("None yet.").count():
            return
        await answer.click()
        await page.get_by_role("button", name="Hang up").click()
        await page.get_by_label("Resolved").check()
        await page.get_by_role("button", name="File and finish").click()


if __name__ == "__main__":
    asyncio.run(draw())
