"""A fixture desk with a page of it in Chromium."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from playwright.async_api import Browser, Page, async_playwright

from tests.agent_ui.fixture_desk import FixtureDesk, application

CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@asynccontextmanager
async def served(desk: FixtureDesk) -> AsyncIterator[str]:
    """Serve a fixture on a free port and yield its address."""
    runner = web.AppRunner(application(desk))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0]
    try:
        yield f"http://{host}:{port}/"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """Start Chromium; many pages can share it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        await browser.close()


@asynccontextmanager
async def opened(
    browser: Browser, desk: FixtureDesk, theme: str = "light", size: tuple[int, int] = (1366, 768)
) -> AsyncIterator[Page]:
    """Open the page of a fixture; fails afterwards if the page reported an error."""
    faults: list[str] = []
    async with served(desk) as address:
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if theme == "dark" else "light",
            locale="en-GB",
        )
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if _is_fault(said.text) else None)
        await page.goto(address)
        yield page
        await context.close()
    assert faults == []


def _is_fault(text: str) -> bool:
    """Say whether the page broke the content security policy."""
    return "Content Security Policy" in text
