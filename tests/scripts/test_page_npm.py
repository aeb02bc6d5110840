import os
import sys

from scripts import build_ui, page_npm

ECHO = """
import os, sys
print(os.getcwd(), *sys.argv[1:], os.environ["PATH"])
sys.exit(4)
"""


def test_npm_runs_in_the_pages_folder_with_the_node_that_builds_it(capfd, monkeypatch):
    node = build_ui.Node("a test", (sys.executable, "-c", ECHO), "/first" + os.pathsep + "/usr/bin")
    monkeypatch.setattr(build_ui, "install", lambda: node)
    assert page_npm.main(["check", "--", "--max-warnings=0"]) == 4
    told = capfd.readouterr().out.split()
    assert told[0].endswith("agent_ui")
    assert told[1:] == ["run", "check", "--", "--max-warnings=0", node.path]


def test_missing_node_is_told_and_fails(capsys, monkeypatch):
    def missing():
        raise build_ui.NodeMissing("Install it.")

    monkeypatch.setattr(build_ui, "install", missing)
    assert page_npm.main(["check"]) == 1
    assert "Install it." in capsys.readouterr().err
