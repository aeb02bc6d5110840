"""The service in a process of its own, on a PBX, with agents whose desks are open."""

import asyncio
import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import aiohttp
from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.benchmarks.figures import BenchmarkFailed
from crm_store import migrate
from crm_store.engine import create_engine
from crm_store.passwords import Passwords
from crm_store.seed import fill_numbers
from crm_store.users import NewUser, add_user, open_session

READY_S = 20.0
_PASSWORD = "a password that nobody types"  # noqa: S105 - the desks come with open sessions
_CONFIG = """\
node: {{name: bench}}
asterisk: {{url: "{url}", user: "{user}", password: "{password}"}}
data_dir: data
web: {{listen: "127.0.0.1:{port}"}}
flows: flows
default_flow: bench
queues:
  bench: {{ring: 20 s, wrap_up: 0 s, announce_every: 0 s}}
  backlog: {{ring: 20 s, wrap_up: 0 s, announce_every: 0 s}}
"""
MENU_FLOW = """\
flow: bench
start: choose
nodes:
  choose:
    menu:
      prompts: [main_menu]
      timeout: 5 s
      keys: {"1": bench, "2": backlog}
      otherwise: bench
  bench:
    queue: {name: bench, timed_out: sorry, unstaffed: sorry}
  backlog:
    queue: {name: backlog, timed_out: sorry, unstaffed: sorry}
  sorry:
    hang_up: [sorry_nobody_free]
"""
QUEUE_FLOW = """\
flow: bench
start: bench
nodes:
  bench:
    queue: {name: bench, timed_out: sorry, unstaffed: sorry}
  sorry:
    hang_up: [sorry_nobody_free]
"""


def cache_folder() -> Path:
    """Return where what takes long to make is kept: ``$CALLCENTER_CACHE`` or ~/.cache."""
    cache = os.environ.get("CALLCENTER_CACHE")
    return Path(cache) if cache else Path.home() / ".cache" / "callcenter"


async def store_with_numbers(count: int) -> Path:
    """Return an SQLite file with so many customers; made once, kept in the cache."""
    path = cache_folder() / "bench" / f"customers-{count}-{migrate.head()}.db"
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_suffix(f".{os.getpid()}")
    url = f"sqlite:///{made}"
    await migrate.upgrade(url)
    engine = create_engine(url)
    try:
        await fill_numbers(engine, count, 1, _now())
        async with engine.connect() as connection:
            # One file without its log, so that it can be moved and copied.
            await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        await engine.dispose()
    made.rename(path)
    return path


@dataclass(frozen=True, slots=True)
class Pbx:
    """Where the service finds its PBX."""

    url: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who takes calls."""

    login: str
    station: str
    queue: str


class ServedCentre:
    """``callcenter serve`` on data of its own; its agents log in with ``tokens``."""

    def __init__(self, folder: Path, pbx: Pbx, flow: str) -> None:
        """Prepare the folder.

        Args:
            folder: For everything; removed by whoever made it.
            pbx: Where the PBX is.
            flow: The text of the only flow, ``MENU_FLOW`` or ``QUEUE_FLOW``.
        """
        self._folder = folder
        self._pbx = pbx
        self._flow = flow
        self._process: asyncio.subprocess.Process | None = None
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.tokens: dict[str, str] = {}
        """Of each agent, by login: an open session."""

    @property
    def pid(self) -> int:
        """The process of the service."""
        if self._process is None:
            raise BenchmarkFailed("the service was not started")
        return self._process.pid

    async def prepare(self, customers: Path, agents: Sequence[Agent]) -> None:
        """Lay out the data: customers, agents with open sessions, the configuration."""
        for name in ("data", "flows"):
            (self._folder / name).mkdir()
        shutil.copyfile(customers, self._database)
        (self._folder / "flows" / "bench.yaml").write_text(self._flow)
        pbx = self._pbx
        text = _CONFIG.format(url=pbx.url, user=pbx.user, password=pbx.password, port=self.port)
        self._config.write_text(text)
        self._config.chmod(0o600)
        engine = create_engine(f"sqlite:///{self._database}")
        try:
            self.tokens = await _add_agents(engine, agents)
        finally:
            await engine.dispose()

    async def __aenter__(self) -> Self:
        with self._log.open("ab") as log:
            command = ("-m", "callcenter.cli", "serve", "--log-level", "warning")
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *command, "--config", str(self._config), stdout=log, stderr=log
            )
        try:
            await self._wait_ready()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop()

    def log(self) -> str:
        """Return what the service has said, "" if all went well."""
        return self._log.read_text(errors="replace")

    async def _stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 10)
        if process.returncode is None:
            process.kill()
            await process.wait()

    async def _wait_ready(self) -> None:
        try:
            async with aiohttp.ClientSession() as http, asyncio.timeout(READY_S):
                while not await self._is_ready(http):  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(0.05)
        except TimeoutError:
            said = self.log()[-2000:]
            raise BenchmarkFailed(f"the service did not become ready:\n{said}") from None

    async def _is_ready(self, http: aiohttp.ClientSession) -> bool:
        if self._process is None or self._process.returncode is not None:
            raise BenchmarkFailed(f"the service ended:\n{self.log()[-2000:]}")
        try:
            async with http.get(f"{self.url}/healthz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    @property
    def _config(self) -> Path:
        return self._folder / "callcenter.yaml"

    @property
    def _log(self) -> Path:
        return self._folder / "service.log"

    @property
    def _database(self) -> Path:
        return self._folder / "data" / "callcenter.db"


class OpenDesks:
    """The agents' pages in another process, whose work does not count."""

    def __init__(self, url: str, tokens: Mapping[str, str]) -> None:
        self._url = url
        self._tokens = tokens
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "callcenter.benchmarks.desks",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        task = {"url": self._url, "tokens": list(self._tokens.values())}
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise BenchmarkFailed("the desks have no pipes")
        stdin.write(json.dumps(task).encode() + b"\n")
        try:
            async with asyncio.timeout(READY_S + len(self._tokens) * 0.1):
                said = await stdout.readline()
        except TimeoutError:
            said = b""
        if said != b"ready\n":
            await self._stop()
            raise BenchmarkFailed("the agents' pages could not be opened")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop()

    async def _stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()


def free_port() -> int:
    """Return a TCP port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _add_agents(engine: AsyncEngine, agents: Sequence[Agent]) -> dict[str, str]:
    # The cheapest digest there is: nobody logs in with these passwords.
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    until = _now() + timedelta(hours=2)
    tokens = {}
    for agent in agents:
        new = NewUser(agent.login, agent.login, station=agent.station, queues=(agent.queue,))
        user = await add_user(engine, passwords, new, _PASSWORD, _now())
        tokens[agent.login] = await open_session(engine, user.user_id, _now(), until)
    return tokens


def _now() -> datetime:
    return datetime.now(UTC)
