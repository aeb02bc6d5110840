"""What is said about queues without agents and skills that nobody has."""

import os
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from callcenter.doctor.checks import Status
from callcenter.doctor.staff import check_staff
from crm_store.engine import create_engine
from crm_store.passwords import Passwords
from crm_store.users import NewUser, add_user
from tests.support.configs import config

FLOW = (
    "flow: main\nstart: line\nnodes:\n"
    "  line: {queue: {name: sales, requires: {french: 3}, timed_out: bye, unstaffed: bye}}\n"
    "  bye: {hang_up: []}\n"
)


async def add(url: str, **fields: object) -> None:
    engine = create_engine(url)
    new = NewUser("anna", "Anna", station="PJSIP/1", **fields)  # type: ignore[arg-type]
    await add_user(engine, Passwords(), new, "a long password 1", datetime.now(UTC))
    await engine.dispose()


async def test_queues_and_skills_without_agents_are_warnings(store_url: str, tmp_path: Path):
    (tmp_path / "main.yaml").write_text(FLOW)
    settings = replace(config(tmp_path, database=store_url), flows=".")
    found = await check_staff(settings)
    assert {check.status for check in found} == {Status.WARNING}
    messages = [check.message.rpartition(":")[2].strip() for check in found]
    assert messages == [
        "nobody works the queue sales",
        "nobody works the queue support",
        "nobody of sales has french 3",
    ]
    assert found[2].message.startswith(f"{tmp_path}/main.yaml:4:")


async def test_a_queue_with_agents_who_have_the_skills_is_good(store_url: str, tmp_path: Path):
    (tmp_path / "main.yaml").write_text(FLOW)
    settings = replace(config(tmp_path, database=store_url), flows=".")
    await add(store_url, queues=("sales", "support"), skills={"french": 5})
    [check] = await check_staff(settings)
    assert check.status is Status.OK


async def test_nothing_is_said_or_made_without_a_database(tmp_path: Path):
    assert await check_staff(config(tmp_path)) == []
    assert os.listdir(tmp_path) == []
