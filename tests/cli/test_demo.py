"""``callcenter demo`` in a process of its own."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_short_demo_counts_its_calls_as_the_store_does():
    done = subprocess.run(
        [
            *(sys.executable, "-m", "callcenter.cli", "demo"),
            *("--calls", "3", "--exit-after", "20", "--port", "0", "--json"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    report = json.loads(done.stdout)
    assert report["calls"] == 3
    assert sum(report["outcomes"].values()) == 3
    stored = report["store"]["outcomes"]
    decided = {word: count for word, count in report["outcomes"].items() if word != "fallback"}
    assert stored == decided
    assert len(report["details"]) == sum(stored.values())
    for detail in report["details"]:
        assert detail["outcome"] in stored
        assert len(detail["call_id"]) == 32
        assert detail["duration_ms"] >= 0


def test_a_port_in_use_ends_the_demo_in_words():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "callcenter.cli", "demo", "--port", port],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert f"port {port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_demo_that_is_told_to_end_leaves_nothing_behind(tmp_path: Path):
    demo = subprocess.Popen(
        [sys.executable, "-m", "callcenter.cli", "demo", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    )
    with demo:
        assert demo.stderr is not None
        assert any("Ctrl-C ends the demo" in line for line in demo.stderr)
        assert list(tmp_path.iterdir())
        demo.terminate()
        assert "Traceback" not in demo.stderr.read()
        assert demo.wait(20) == 0
    assert list(tmp_path.iterdir()) == []
