"""What is said about the real Asterisk with the shipped configuration."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from callcenter.doctor.checks import Status
from callcenter.doctor.pbx import check_pbx
from ivr_flows.prompt_store import prompt_folder
from tests.support.asterisk import Asterisk
from tests.support.asterisk_fixture import running_asterisk
from tests.support.configs import config

pytestmark = pytest.mark.asterisk


@pytest.fixture(scope="module")
def asterisk() -> Iterator[Asterisk]:
    with running_asterisk() as instance:
        folder = instance.sounds / "callcenter/en"
        folder.mkdir(parents=True)
        for prompt in prompt_folder().glob("*.ulaw"):
            shutil.copy(prompt, folder)
        yield instance


@pytest.mark.parametrize("prompts", ["http", "installed"])
async def test_the_shipped_asterisk_is_in_good_health(
    asterisk: Asterisk, tmp_path: Path, prompts: str
):
    url = asterisk.ari_url.removesuffix("/ari")
    password = asterisk.keys.ari_password
    text = config(tmp_path, url=url, password=password, prompts=prompts)
    assert text.asterisk.user == asterisk.keys.ari_user
    checks = await check_pbx(text, round(time.time() * 1000))
    assert {check.status for check in checks} == {Status.OK}, checks


async def test_it_refuses_a_wrong_password(asterisk: Asterisk, tmp_path: Path):
    url = asterisk.ari_url.removesuffix("/ari")
    [check] = await check_pbx(config(tmp_path, url=url, password="wrong"), 0)
    assert check.status is Status.FAULT
    assert "password" in check.message
