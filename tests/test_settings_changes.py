"""What is different between two readings, told without secrets."""

from pathlib import Path

from callcenter.config import parse_config
from callcenter.settings_changes import changes, flow_changes, with_live
from tests.support.configs import config_text
from tests.support.playbook import PLAN

BEFORE = config_text(port=8080)


def told(after: str) -> list[tuple[str, bool]]:
    before = parse_config(BEFORE, "test", Path(), {})
    found = changes(before, parse_config(after, "test", Path(), {}))
    return [(change.text, change.is_live) for change in found]


def test_the_same_text_has_no_changes():
    assert told(BEFORE) == []


def test_a_queue_s_limit_is_told_with_its_path_and_unit_and_holds_at_once():
    after = BEFORE.replace("wrap_up: 5 s", "wrap_up: 90 s")
    assert told(after) == [("queues.sales.wrap_up: 5 s -> 90 s", True)]


def test_new_and_removed_parts_are_told():
    after = BEFORE.replace("  support:", "  service:") + 'pause_reasons: ["tea"]\n'
    assert told(after) == [
        ("queues.support: something -> nothing", True),
        ("queues.service: nothing -> something", True),
        ("pause_reasons: break, lunch, back office -> tea", True),
    ]


def test_secrets_are_not_told_and_wait_for_a_restart():
    after = BEFORE.replace("a secret", "another one")
    assert told(after) == [("asterisk.password: (secret) -> (secret)", False)]


def test_of_the_overload_section_only_the_limits_hold_at_once():
    after = BEFORE + "overload: {most_calls: 7, level: '2'}\n"
    assert told(after) == [
        ("overload.level: auto -> 2", False),
        ("overload.most_calls: 2000 -> 7", True),
    ]


def test_what_waits_for_a_restart_is_different_still():
    before = parse_config(BEFORE, "test", Path(), {})
    text = BEFORE.replace("wrap_up: 5 s", "wrap_up: 90 s") + "region: DE\n"
    after = parse_config(text, "test", Path(), {})
    held = with_live(before, after)
    assert [change.text for change in changes(held, after)] == ["region: US -> DE"]


def test_flows_are_told_by_name():
    flows = dict(PLAN.flows)
    new = {"main": flows["vip"], "vip": flows["vip"], "extra": flows["vip"]}
    assert list(flow_changes(flows, new)) == [
        "flow extra: new",
        "flow main: changed",
        "flow spanish: gone",
    ]
