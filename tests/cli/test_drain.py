"""``callcenter drain`` where there is no service; with one it is in ``tests/acceptance``."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from click.testing import CliRunner, Result

from callcenter.cli import main
from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.http_server import AriServer
from callcenter.simulation.scheduler import LoopScheduler
from tests.support.configs import config_file


def drain(path: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["drain", "--config", str(path), *options])


def test_a_service_that_does_not_run_is_told_with_the_place(tmp_path: Path):
    result = drain(config_file(tmp_path))
    assert result.exit_code == 1
    assert f"No service answers at {tmp_path / 'data' / 'admin.sock'}" in result.stderr
    assert "data_dir" in result.stderr
    assert "Traceback" not in result.output


def test_undo_without_a_service_is_told_too(tmp_path: Path):
    assert "No service answers" in drain(config_file(tmp_path), "--undo").stderr


def test_a_limit_beyond_a_day_is_refused(tmp_path: Path):
    assert drain(config_file(tmp_path), "--limit", "90000").exit_code == 2


def test_without_a_service_the_pbx_is_looked_at_and_says_what_may_be_done(tmp_path: Path):
    with model_pbx() as url:
        result = drain(config_file(tmp_path, url=url, password="secret"), "--pbx", "--json")
    assert result.exit_code == 0, result.output
    assert "Only the PBX is looked at" in result.stderr
    assert "No channel is left on the PBX" in result.stderr
    assert json.loads(result.stdout) == {
        "draining": False,
        "nothing_left": True,
        "released": 0,
        "pbx_channels": 0,
    }


def test_a_pbx_that_is_away_is_told_with_what_to_look_at(tmp_path: Path):
    result = drain(config_file(tmp_path), "--pbx")
    assert result.exit_code == 1
    assert "does the PBX run" in result.stderr


@contextmanager
def model_pbx() -> Iterator[str]:
    """Run the model of Asterisk in a thread, for a command that has a loop of its own."""
    ready, over = threading.Event(), threading.Event()
    urls: list[str] = []

    async def serve() -> None:
        scheduler = LoopScheduler(asyncio.get_running_loop(), time.time() * 1_000)
        server = AriServer(AsteriskModel(scheduler, Random(1)), "callcenter", "secret")
        urls.append(f"http://127.0.0.1:{await server.start()}")
        ready.set()
        await asyncio.to_thread(over.wait)
        await server.stop()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    ready.wait(5)
    yield urls[0]
    over.set()
    thread.join(5)
