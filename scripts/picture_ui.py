"""Takes pictures of every page and state of the agents' page, in both themes and two sizes.

``python -m scripts.picture_ui FOLDER [NAME...]``: needs the built page, Playwright and Chromium.
"""

import argparse
import asyncio
import itertools
from pathlib import Path

from playwright.async_api import Browser

from callcenter.ports.accounts import Role
from tests.agent_ui.chromium import launched, opened
from tests.agent_ui.fixture_desk import FixtureDesk
from tests.agent_ui.scenes import SCENES

SIZES = {"wide": (1366, 768), "narrow": (390, 844)}
SETTLED_MS = 150


async def _take(browser: Browser, folder: Path, name: str, theme: str, size: str) -> None:
    desk = FixtureDesk(Role.SUPERVISOR)
    async with opened(browser, desk, theme, SIZES[size]) as page:
        await page.locator(".my-queues tbody tr").first.wait_for()
        await SCENES[name](desk, page)
        await page.wait_for_timeout(SETTLED_MS)
        file = folder / f"{name}-{size}-{theme}.png"
        await page.screenshot(path=file, full_page=size == "narrow")
        print(file)


async def run(folder: Path, names: list[str], themes: list[str]) -> None:
    """Take the named pictures, or all."""
    async with launched() as browser:
        for name, theme, size in itertools.product(names or list(SCENES), themes, SIZES):
            await _take(browser, folder, name, theme, size)


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
