"""The static pages."""

from pathlib import Path

import pytest

from callcenter.adapters.web.settings import Settings
from tests.support.site import Site, running_site


@pytest.mark.parametrize("path", ["/", "/agent", "/supervisor", "/calls"])
async def test_every_page_is_the_one_html_file(site: Site, path: str):
    browser = await site.browser()
    status, body = await browser.call("GET", path)
    assert status == 200
    assert b"<title>desk</title>" in body
    assert browser.response.content_type == "text/html"
    assert browser.response.headers["Cache-Control"] == "no-cache"


async def test_assets_with_a_hash_are_cached_for_ever(site: Site):
    browser = await site.browser()
    status, body = await browser.call("GET", "/assets/index-BQ3x_9aZ.js")
    assert (status, body) == (200, b"export {}")
    assert "immutable" in browser.response.headers["Cache-Control"]
    assert "javascript" in browser.response.content_type
    await browser.call("GET", "/assets/plain.css")
    assert browser.response.headers["Cache-Control"] == "no-cache"
    await browser.call("GET", "/favicon.svg")
    assert browser.response.content_type == "image/svg+xml"


@pytest.mark.parametrize(
    "path",
    ["/assets/..%2findex.html", "/assets/none.js", "/assets/.hidden", "/other", "/none.svg"],
)
async def test_nothing_else_is_served(site: Site, path: str):
    browser = await site.browser()
    assert (await browser.call("GET", path))[0] == 404


async def test_pages_that_are_not_built_are_said_to_be(tmp_path: Path):
    async with running_site(Settings(port=0, static_folder=tmp_path)) as site:
        browser = await site.browser()
        status, body = await browser.call("GET", "/agent")
        assert status == 503
        assert b"make demo" in body
        assert str(tmp_path).encode() not in body
