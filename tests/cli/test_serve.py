"""``callcenter serve`` where it cannot run, or cannot take calls: clear words, no traceback."""

import asyncio
import json
import os
import shutil
import socket
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import aiohttp
import pytest
from click.testing import CliRunner, Result

from callcenter.adapters.sql.journal import SqliteJournal
from callcenter.adapters.sql.journal_file import FileLock
from callcenter.cli import main
from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.http_server import AriServer
from callcenter.simulation.pbx import rest_system
from callcenter.simulation.scheduler import LoopScheduler
from tests.support.configs import config_file, free_port
from tests.support.facts import closing, turn
from tests.support.program import Pbx, Program

FLOWS = Path(__file__).parents[1] / "acceptance" / "flows"


def serve(path: Path) -> Result:
    """Start the service, which must end by itself."""
    return CliRunner().invoke(main, ["serve", "--config", str(path)])


def failed_in_words(result: Result, *words: str) -> None:
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    assert "Error: " in result.stderr
    for word in words:
        assert word in result.stderr, result.stderr


def test_a_faulty_configuration_is_told_with_file_and_line(tmp_path: Path):
    path = config_file(tmp_path)
    path.write_text(path.read_text() + "time_zone: Moon/Crater\n")
    failed_in_words(serve(path), f"{path}:", "Moon/Crater")


def test_a_configuration_that_is_not_there_is_told(tmp_path: Path):
    failed_in_words(serve(tmp_path / "none.yaml"), "none.yaml", "cannot be read")


def test_a_faulty_flow_is_told_with_file_and_line(tmp_path: Path):
    path = config_file(tmp_path)
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/main.yaml").write_text("flow: main\nstart: nowhere\nnodes: {}\n")
    path.write_text(path.read_text() + "flows: flows\n")
    failed_in_words(serve(path), "flows/main.yaml:")


def test_a_port_in_use_is_told_with_its_number(tmp_path: Path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        failed_in_words(serve(config_file(tmp_path, port=port)), f"port {port}", "in use")


def test_a_journal_in_use_names_the_process(tmp_path: Path):
    (tmp_path / "data").mkdir()
    lock = FileLock(tmp_path / "data/journal.db")
    try:
        failed_in_words(serve(config_file(tmp_path)), "journal.db", f"process {os.getpid()}")
    finally:
        lock.release()


def test_a_damaged_journal_is_told(tmp_path: Path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/journal.db").write_bytes(b"no journal" * 200)
    failed_in_words(serve(config_file(tmp_path)), "journal.db", "restore")


def spoil(path: Path) -> None:
    """Damage a page in the midst of a file; what is read at a start is not in it."""
    content = bytearray(path.read_bytes())
    middle = len(content) // 4096 // 2 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(content)


async def write_journal(path: Path) -> None:
    journal = await SqliteJournal.open(path)
    for number in range(500):
        journal.append([*turn(number), *closing(number)], lambda: None)
    await journal.close()


def test_a_journal_with_a_bad_page_is_refused_with_the_command(tmp_path: Path):
    (tmp_path / "data").mkdir()
    asyncio.run(write_journal(tmp_path / "data/journal.db"))
    spoil(tmp_path / "data/journal.db")
    result = serve(config_file(tmp_path))
    failed_in_words(
        result, "journal.db", "malformed", "callcenter db restore FOLDER --only journal"
    )


def test_a_database_with_a_bad_page_is_refused_with_the_command(
    tmp_path: Path, sqlite_template: Path
):
    (tmp_path / "data").mkdir()
    shutil.copy(sqlite_template, tmp_path / "data/callcenter.db")
    spoil(tmp_path / "data/callcenter.db")
    result = serve(config_file(tmp_path))
    failed_in_words(result, "callcenter.db is damaged", "callcenter db restore FOLDER --only crm")


def test_a_database_of_another_version_names_the_command(tmp_path: Path, sqlite_template: Path):
    (tmp_path / "data").mkdir()
    database = tmp_path / "data/callcenter.db"
    shutil.copy(sqlite_template, database)
    connection = sqlite3.connect(database)
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = 'older'")
    connection.close()
    failed_in_words(serve(config_file(tmp_path)), "older", "callcenter db upgrade")


def test_a_database_server_that_is_not_there_is_told_without_the_password(tmp_path: Path):
    url = f"postgresql://cc:hidden@127.0.0.1:{free_port()}/crm"
    result = serve(config_file(tmp_path, database=url))
    failed_in_words(result, "database")
    assert "hidden" not in result.output


def test_a_file_that_is_no_database_is_told(tmp_path: Path):
    (tmp_path / "notes.db").write_text("just text, " * 200)
    failed_in_words(serve(config_file(tmp_path, database="sqlite:///notes.db")), "database")


def test_a_data_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "data").write_text("a file")
    failed_in_words(serve(config_file(tmp_path)), str(tmp_path / "data"))


# ---------------------------------------------------------------- it runs, but takes no calls


@asynccontextmanager
async def running(tmp_path: Path) -> AsyncIterator[tuple[AsteriskModel, Program]]:
    scheduler = LoopScheduler(asyncio.get_running_loop(), time.time() * 1_000)
    model = AsteriskModel(scheduler, Random(1))
    server = AriServer(model, "callcenter", "secret")
    pbx = Pbx(f"http://127.0.0.1:{await server.start()}", "callcenter", "secret")
    program = Program(tmp_path, pbx, FLOWS)
    try:
        async with program:
            yield model, program
    finally:
        await server.stop()


async def reason(program: Program, word: str) -> str:
    """Return why it is not ready, when the word is in it."""
    said = ""
    async with aiohttp.ClientSession() as http, asyncio.timeout(15):
        while word not in said:
            await asyncio.sleep(0.1)
            said = await health(http, program)
    return said


async def health(http: aiohttp.ClientSession, program: Program) -> str:
    try:
        async with http.get(f"{program.url}/healthz") as answer:
            reasons = json.loads(await answer.read())["reasons"]
            return " ".join(reasons) if answer.status == 503 else "ready"
    except aiohttp.ClientError:
        return ""


async def test_a_pbx_that_is_too_old_leaves_the_pages_up_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rest_system, "VERSION", "22.9.0")
    monkeypatch.setattr(Program, "wait_ready", lambda self: reason(self, "22.9.0"))
    async with running(tmp_path) as (_, program):
        assert "22.10" in await reason(program, "22.9.0")
        assert "upgrade the PBX" in program.log()
        assert program.log().count("upgrade the PBX") < 5, "it is told once, not at every try"


async def test_a_node_whose_name_is_taken_over_is_not_ready_and_does_not_fight(tmp_path: Path):
    async with running(tmp_path) as (model, program):
        taken: list[object] = []
        session = model.connect(["cc-main"], taken.append)
        assert "cc-main" in await reason(program, "cc-main")
        await asyncio.sleep(2)
        assert session.connected
        assert model.pbx.apps["cc-main"].session is session, "it did not take the name back"
        assert "cc-main" in await reason(program, "cc-main")


async def test_a_pbx_that_is_down_is_told_in_the_log_without_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Program, "wait_ready", lambda self: reason(self, "not connected"))
    program = Program(tmp_path, Pbx("http://127.0.0.1:1", "callcenter", "s3cret"), FLOWS)
    async with program:
        await reason(program, "not connected")
        assert "No connection to the PBX" in program.log()
        assert "s3cret" not in program.log()


async def hear(manager: socket.socket, word: bytes) -> list[bytes]:
    """Return what systemd is told, up to a word."""
    heard: list[bytes] = []
    async with asyncio.timeout(10):
        while word not in heard:
            heard.append(await asyncio.get_running_loop().sock_recv(manager, 500))
    return heard


async def test_systemd_hears_that_it_is_ready_alive_and_stopping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as manager:
        manager.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        async with running(tmp_path):
            heard = await hear(manager, b"STATUS=Takes calls.")
        await hear(manager, b"STOPPING=1")
    assert heard[:2] == [b"READY=1", b"WATCHDOG=1"]
