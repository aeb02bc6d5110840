"""Every metric is told in the manual, and the dashboard and the alerts use only what exists."""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
import yaml
from prometheus_client import CollectorRegistry

from callcenter.config import parse_config
from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.in_process import InProcessTransport
from callcenter.simulation.scheduler import LoopScheduler
from callcenter.wiring import running

ROOT = Path(__file__).parent.parent
MANUAL = (ROOT / "docs/metrics.md").read_text("utf-8")
OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")
DASHBOARD = json.loads((ROOT / "deploy/dashboards/callcenter.json").read_text("utf-8"))
RULES = yaml.safe_load((ROOT / "deploy/dashboards/callcenter.rules.yml").read_text("utf-8"))
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
EXPRESSIONS = [
    *((panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]),
    *((alert["alert"], alert["expr"]) for alert in ALERTS),
]
CONFIG = 'asterisk: {url: "http://127.0.0.1:1", user: cc}\nweb: {listen: "127.0.0.1:0"}\n'
SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
_PLACE = re.compile(r"\| `(callcenter_\w+)` \| (\w+) \|([^|]*)\|")
_NAME = re.compile(r"callcenter_\w+")
_SELECTED = re.compile(r"(callcenter_\w+)\{([^}]*)\}")
_GROUPED = re.compile(r"by \(([^)]*)\) \((?:rate|increase)\((callcenter_\w+)")


def told() -> dict[str, tuple[str, frozenset[str]]]:
    """Return the metrics of the manual with their types and labels."""
    return {
        name: (kind, frozenset(re.findall(r"`(\w+)`", labels)))
        for name, kind, labels in _PLACE.findall(MANUAL)
    }


async def registry_of_a_service(folder: Path) -> tuple[CollectorRegistry, str]:
    scheduler = LoopScheduler(asyncio.get_running_loop(), time.time() * 1_000)
    transport = InProcessTransport(AsteriskModel(scheduler, Random(1)))
    environment = {"CALLCENTER_ASTERISK_PASSWORD": "unused"}
    config = parse_config(CONFIG, "test", folder, environment)
    async with running(config, transport) as service:
        await asyncio.wait_for(service.link.wait_live(), 5)
        return service.registry, service.url


@pytest.fixture(scope="module")
def families(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the metrics of a real service, as the manual writes them, with their types."""
    registry, _ = asyncio.run(registry_of_a_service(tmp_path_factory.mktemp("service")))
    found = {family.name: family.type for family in registry.collect()}
    return {f"{name}_total" if kind == "counter" else name: kind for name, kind in found.items()}


@pytest.fixture(scope="module")
def names(families: dict[str, str]) -> set[str]:
    """Return the names that an expression can use."""
    return {
        f"{name.removesuffix('_total') if kind == 'counter' else name}{suffix}"
        for name, kind in families.items()
        for suffix in SUFFIXES[kind]
    }


def test_the_manual_tells_every_metric_and_no_other(families: dict[str, str]):
    assert families == {name: kind for name, (kind, _) in told().items()}


def test_names_carry_their_units():
    for name, (kind, _) in told().items():
        if kind == "histogram":
            assert name.endswith("_seconds"), name
        if "_ms" in name or "duration" in name or "latency" in name:
            pytest.fail(f"{name}: durations are in _seconds")


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS)
def test_an_expression_uses_only_metrics_that_exist(where: str, expression: str, names: set[str]):
    used = set(_NAME.findall(expression))
    assert used, f"{where} shows nothing of ours"
    assert used <= names


def labels_used(expression: str) -> Iterator[tuple[str, str]]:
    for metric, selection in _SELECTED.findall(expression):
        yield from ((metric, label) for label in re.findall(r"(\w+)\s*[=!]", selection))
    for labels, metric in _GROUPED.findall(expression):
        yield from ((metric, label.strip()) for label in labels.split(","))


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS)
def test_an_expression_uses_only_labels_that_exist(where: str, expression: str):
    known = told()
    for metric, label in labels_used(expression):
        name = re.sub(r"_(bucket|sum|count)$", "", metric)
        assert label == "le" or label in known[name][1], (where, metric, label)


def test_the_labels_of_the_manual_are_those_of_the_metrics(tmp_path: Path):
    registry, _ = asyncio.run(registry_of_a_service(tmp_path))
    for family in registry.collect():
        name = f"{family.name}_total" if family.type == "counter" else family.name
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == told()[name][1], name
            for value in sample.labels.values():
                assert len(value) < 40


def test_the_dashboard_can_be_imported_anywhere():
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    assert [each["type"] for each in DASHBOARD["templating"]["list"]] == ["datasource"]
    for panel in PANELS:
        assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${datasource}"}
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_each_alert_says_what_to_do(alert: dict[str, dict[str, str]]):
    assert alert["labels"]["severity"] in {"page", "ticket"}
    assert alert["annotations"]["summary"]
    document, _, anchor = alert["annotations"]["runbook"].partition("#")
    assert (document, anchor) == ("docs/operations.md", str(alert["alert"]).lower())
    assert f"### {alert['alert']}\n" in OPERATIONS


def test_every_entry_of_the_runbook_has_its_alert():
    section = OPERATIONS.split("\n## Alerts\n")[1].split("\n## ")[0]
    assert re.findall(r"^### (\w+)$", section, re.MULTILINE) == [a["alert"] for a in ALERTS]


def test_the_fallback_is_what_pages():
    [alert] = [alert for alert in ALERTS if "callcenter_fallback_entries_total" in alert["expr"]]
    assert alert["labels"]["severity"] == "page"
    assert "for" not in alert
