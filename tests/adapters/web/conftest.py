"""A running site for every test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from callcenter.adapters.web.settings import Settings
from tests.support.site import Site, running_site


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    pages = tmp_path / "static"
    (pages / "assets").mkdir(parents=True)
    (pages / "index.html").write_text("<!doctype html><title>desk</title>")
    (pages / "assets" / "index-BQ3x_9aZ.js").write_text("export {}")
    (pages / "assets" / "plain.css").write_text("body {}")
    (pages / "favicon.svg").write_text("<svg/>")
    prompts = tmp_path / "prompts"
    (prompts / "en").mkdir(parents=True)
    (prompts / "en" / "welcome.ulaw").write_bytes(b"\xff" * 160)
    (prompts / "secret.ulaw").write_bytes(b"no")
    return Settings(port=0, static_folder=pages, prompt_folder=prompts)


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with running_site(settings) as site:
        yield site
