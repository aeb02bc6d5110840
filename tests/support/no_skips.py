"""Turns skipped tests into failures, unless ``ALLOW_SKIPS=1`` says that they may be left out.

A test that silently does not run protects nothing.
"""

import os
import shutil
from collections.abc import Callable, Generator

import pytest

from tests.support.asterisk import why_not


def no_chromium() -> str | None:
    """Say what to install for tests in a browser, None if it is there."""
    is_there = shutil.which("chromium") is not None
    return None if is_there else "no Chromium there: run scripts/install_test_tools.py"


OBSTACLES: dict[str, Callable[[], str | None]] = {"asterisk": why_not, "browser": no_chromium}
"""What says why tests with a mark cannot run here; None if they can."""
_RANK = {"postgresql": 1, "chaos": 1, "browser": 2, "asterisk": 3}
_ACCEPTANCE_RANK = 4


def skips_allowed() -> bool:
    """Say whether what cannot run here may be left out."""
    return os.environ.get("ALLOW_SKIPS") == "1"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what cannot run here before it tries."""
    for mark, why in OBSTACLES.items():
        obstacle = why() if item.get_closest_marker(mark) else None
        if obstacle:
            pytest.skip(obstacle)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that was skipped."""
    del item, call
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and not skips_allowed():
        report.outcome = "failed"
        report.longrepr = _explain(report.longrepr)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Fail a module that was skipped as a whole."""
    del collector
    report = yield
    if report.skipped and not skips_allowed():
        report.outcome = "failed"
        report.longrepr = _explain(report.longrepr)
    return report


def _explain(reason: object) -> str:
    told = reason[2] if isinstance(reason, tuple) else reason
    return f"{told}\nA test that cannot run is a failure; ALLOW_SKIPS=1 leaves it out."


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what starts servers, browsers or a PBX, or plays a whole service, as ``real``."""
    if _rank(item):
        item.add_marker("real")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let quick tests run before those that start servers, browsers and a PBX."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    rank = max((_RANK.get(mark.name, 0) for mark in item.iter_markers()), default=0)
    return max(rank, _ACCEPTANCE_RANK) if "tests/acceptance/" in item.nodeid else rank
