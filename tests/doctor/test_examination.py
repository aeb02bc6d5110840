"""The whole examination."""

import os
import time
from pathlib import Path

from callcenter.doctor.checks import Status, fault, fine, warning
from callcenter.doctor.examination import examine, report
from tests.support.answering_pbx import answering_pbx, healthy
from tests.support.configs import config_file


async def test_a_new_installation_has_no_faults_and_nothing_is_changed(tmp_path: Path):
    now = round(time.time() * 1000)
    async with answering_pbx(healthy(now)) as url:
        path = config_file(tmp_path, url=url)
        found = await examine(path, {}, now)
    assert found.ok, found
    assert os.listdir(tmp_path) == [path.name]
    names = [check.name for check in found.checks]
    assert {"configuration", "flows", "PBX", "database", "journal", "disk", "web port"} <= set(
        names
    )


async def test_without_a_configuration_nothing_else_can_be_looked_at(tmp_path: Path):
    found = await examine(tmp_path / "none.yaml", {}, 0)
    assert not found.ok
    assert [check.name for check in found.checks] == ["configuration"]


def test_only_a_fault_spoils_the_verdict():
    assert report([fine("a", ""), warning("b", "", "")]).ok
    assert not report([fine("a", ""), fault("b", "", "")]).ok
    assert [each.status for each in report([fine("a", "")]).checks] == [Status.OK]
