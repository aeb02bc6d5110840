"""Prompts for a remote Asterisk, and nothing else of the folder."""

from pathlib import Path

import pytest

from callcenter.adapters.web.prompts import find_prompts
from callcenter.adapters.web.settings import Settings
from tests.support.site import Site, running_site


async def test_prompt_is_served_without_login_as_raw_mu_law(site: Site):
    browser = await site.browser()
    status, body = await browser.call("GET", "/prompts/en/welcome.ulaw")
    assert (status, body) == (200, b"\xff" * 160)
    headers = browser.response.headers
    assert headers["Content-Type"] == "audio/basic"
    assert headers["Cache-Control"] == "max-age=3600"
    status, _ = await browser.call(
        "HEAD", "/prompts/en/welcome.ulaw", headers={"If-None-Match": headers["ETag"]}
    )
    assert status == 304


@pytest.mark.parametrize(
    "path",
    [
        "/prompts/en/missing.ulaw",
        "/prompts/../secret.ulaw",
        "/prompts/%2e%2e/secret.ulaw",
        "/prompts/en/..%2f..%2fsecret.ulaw",
        "/prompts/en/welcome.wav",
        "/prompts/en/",
    ],
)
async def test_nothing_else_of_the_folder_is_served(site: Site, path: str):
    browser = await site.browser()
    assert (await browser.call("GET", path))[0] == 404


async def test_without_a_folder_there_are_no_prompts():
    async with running_site(Settings(port=0)) as site:
        browser = await site.browser()
        assert (await browser.call("GET", "/prompts/en/welcome.ulaw"))[0] == 404


def test_odd_names_and_links_out_of_the_folder_are_left_out(tmp_path: Path):
    folder = tmp_path / "prompts"
    (folder / "de-AT").mkdir(parents=True)
    (folder / "Not a language").mkdir()
    for name in ("de-AT/ok.ulaw", "de-AT/no good.ulaw", "Not a language/ok.ulaw"):
        (folder / name).write_bytes(b"")
    (tmp_path / "outside.ulaw").write_bytes(b"")
    (folder / "de-AT" / "link.ulaw").symlink_to(tmp_path / "outside.ulaw")
    assert list(find_prompts(folder)) == [("de-AT", "ok")]
