from datetime import UTC, datetime
from pathlib import Path

import pytest

from callcenter.config import ConfigError
from callcenter.core.ids import QueueId
from callcenter.whatif.day import Visit
from callcenter.whatif.reading import ScenarioFile, load_scenario
from callcenter.whatif.recorded import Habits, RecordedCrowd, RecordedDay
from tests.whatif.world import SALES, SUPPORT

CONFIG = """\
asterisk: {user: cc}
time_zone: America/New_York
queues:
  sales: {name: Sales, wrap_up: 45 s, service_level: 15 s}
  support: {}
pools: {main: {no_answer_rest: 20 s}}
"""
BODY = """\
callers:
  orders: {queue: sales, per_hour: {"08:00": 40, "18:00": 0}, talk: {mean: 4 min}}
agents:
  sales: {queues: [sales], count: 3}
"""


def load(folder: Path, text: str) -> ScenarioFile:
    (folder / "callcenter.yaml").write_text(CONFIG)
    path = folder / "scenario.yaml"
    path.write_text(text)
    return load_scenario(path, {})


def faults(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as refused:
        load(folder, text)
    return str(refused.value)


def test_without_a_configuration_the_defaults_are_simulated(tmp_path: Path):
    scenario = load(tmp_path, "scenario: plain\n" + BODY).scenario()
    assert scenario.queues.keys() == {SALES, SUPPORT}
    assert scenario.queues[SALES].wrap_up_ms == 60_000


def test_queues_and_pools_are_those_of_the_configuration(tmp_path: Path):
    scenario = load(tmp_path, "scenario: real\nconfig: callcenter.yaml\n" + BODY).scenario()
    assert scenario.queues[SALES].wrap_up_ms == 45_000
    assert [pool.no_answer_rest_ms for pool in scenario.pools.values()] == [20_000]


def test_settings_change_what_they_name_and_nothing_else(tmp_path: Path):
    settings = "settings: {queues: {sales: {wrap_up: 5 s}, vip: {ring: 9 s}}}\n"
    text = f"scenario: edited\nconfig: callcenter.yaml\n{settings}{BODY}"
    queues = load(tmp_path, text).scenario().queues
    assert queues[SALES].wrap_up_ms == 5_000
    assert queues[SALES].service_level_ms == 15_000
    assert queues[QueueId("vip")].ring_ms == 9_000
    assert SUPPORT in queues


def test_a_fault_in_settings_is_told_where_it_stands(tmp_path: Path):
    settings = "settings:\n  queues:\n    sales: {wrap_upp: 5 s}\n    support: {pool: west}\n"
    told = faults(tmp_path, f"scenario: edited\nconfig: callcenter.yaml\n{settings}{BODY}")
    assert (
        f"{tmp_path / 'scenario.yaml'}:5:13: unknown key 'wrap_upp'; did you mean 'wrap_up'?"
        in told
    )
    told = faults(
        tmp_path,
        "scenario: edited\nconfig: callcenter.yaml\n"
        "settings: {queues: {support: {pool: west}}}\n" + BODY,
    )
    assert "scenario.yaml:3:37: there is no pool 'west'" in told


def test_a_fault_in_the_configuration_is_told_there(tmp_path: Path):
    (tmp_path / "broken.yaml").write_text("asterisk: {user: cc}\nqueues: {sales: {ring: 1 s}}\n")
    told = faults(tmp_path, "scenario: x\nconfig: broken.yaml\n" + BODY)
    assert "broken.yaml:2:24: expected a duration" in told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("scenario: x\nconfig: nowhere.yaml\n" + BODY, ":2:9: there is no file 'nowhere.yaml'"),
        ("scenario: [x]\n", ":1:11: expected"),
        ("scenario: x\n  y: z\n", "this is not YAML"),
        ("scenario: x\nsettings: {web: {}}\n" + BODY, ":2:12: expected queues or pools"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(tmp_path: Path, text: str, expected: str):
    assert expected in faults(tmp_path, text)


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load_scenario(tmp_path / "none.yaml", {})


# ---------------------------------------------------------------- recorded days

RECORDED = "scenario: again\nconfig: callcenter.yaml\nrecorded: {day: 2026-03-08}\n"


def test_a_day_begins_and_ends_at_midnight_of_its_place(tmp_path: Path):
    """On this one the clocks went forward: it has 23 hours."""
    begins_at, ends_at = load(tmp_path, RECORDED).midnights
    assert datetime.fromtimestamp(begins_at / 1_000, UTC).isoformat() == "2026-03-08T05:00:00+00:00"
    assert ends_at - begins_at == 23 * 3_600_000


def test_a_day_without_calls_is_refused(tmp_path: Path):
    with pytest.raises(ConfigError, match=r":3:17: nobody waited in a queue on 2026-03-08; is it"):
        load(tmp_path, RECORDED).scenario(RecordedDay())


def test_a_day_with_a_queue_that_is_gone_is_refused(tmp_path: Path):
    old = QueueId("suport")
    day = RecordedDay([Visit(0, old, "suport", 0, "answered")], {old: Habits()})
    with pytest.raises(ConfigError, match="there is no queue 'suport'; did you mean 'support'"):
        load(tmp_path, RECORDED).scenario(day)


def test_a_recorded_day_brings_its_callers_and_its_agents(tmp_path: Path):
    day = RecordedDay([Visit(0, SALES, "sales", 0, "answered")], {SALES: Habits([5], [1], [1])})
    scenario = load(tmp_path, RECORDED).scenario(day)
    assert isinstance(scenario.crowd, RecordedCrowd)
    assert scenario.shifts == []
    own = (
        RECORDED.replace("03-08}", "03-08, agents: no}")
        + "agents: {x: {queues: [sales], count: 2}}"
    )
    assert len(load(tmp_path, own).scenario(day).shifts) == 2
