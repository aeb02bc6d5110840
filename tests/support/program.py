"""The program in a process of its own, which can be killed, and what it left in its stores."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import aiohttp
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.adapters.sql.archive import SqlArchive
from callcenter.ports.records import CallRecord
from crm_store import migrate, users
from crm_store.engine import create_engine
from crm_store.importing import import_customers
from crm_store.matching import NumberRules
from crm_store.passwords import Passwords
from crm_store.users import NewUser

PASSWORD = "a long password 1"
READY_S = 40.0
"""For a machine that is busy with other things; an idle one needs two seconds."""

CONFIG = """\
asterisk:
  {{url: "{url}", user: "{user}", password: "{password}", prompts: http,
   waiting_lease: {waiting_lease}}}
watchdog: {{stale_after: 4 s, look_every: 300 ms}}
data_dir: {folder}/data
journal: {{reserve_mib: {reserve_mib}}}
web: {{listen: "127.0.0.1:{port}"}}
service_numbers: {{"0800123": {{name: Main line, flow: main, max_flow: {max_flow}}}}}
flows: {flows}
queues:
  sales: {{name: Sales, ring: 3 s, announce_every: 0 s, max_wait: 60 s,
    callback: {{starts_after: 1 s, retry: 10 s, ring: 20 s, attempts: 2}}}}
  support: {{name: Support, ring: 3 s, announce_every: 0 s, max_wait: 3 s, wrap_up: 1 s}}
  night: {{name: Night, hours: never, announce_every: 0 s,
    overflow: [{{when: closed, to: {{queue: support}}}}]}}
  letters: {{name: Letters, overflow: [{{when: unstaffed, to: {{voicemail: yes}}}}]}}
  late: {{name: Late, hours: never, overflow: [{{when: closed, to: {{hang_up: [closed_now]}}}}]}}
  together: {{name: Together, strategy: ring_all, ring: 5 s, announce_every: 0 s}}
  care:
    {{name: Care, ring: 3 s, max_wait: 59 s, comfort: [{{every: 5 s, prompt: still_waiting}}],
     announce_to_agent: queue_and_wait, name_prompt: queue_support}}
outbound:
  {{endpoint: "PJSIP/{{number}}@carrier", caller_id: "+12125550100", allow: ["+1"],
    deny: ["+1900"]}}
opening_hours: {{never: {{weekly: {{}}}}}}
pools: {{main: {{no_answer_rest: 4 s, refused_rest: 4 s, unreachable_rest: 4 s}}}}
"""

DNIS = "0800123"


@dataclass(frozen=True, slots=True)
class Pbx:
    """Where a program finds its PBX."""

    url: str
    user: str
    password: str


@dataclass
class Program:
    """``callcenter serve`` on its own data."""

    folder: Path
    pbx: Pbx
    flows: Path
    waiting_lease: str = "45 s"
    reserve_mib: int = 1
    max_flow: str = "10 min"
    port: int = field(default_factory=lambda: _free_port())
    under: tuple[str, ...] = ()
    """What comes before its command."""
    database: str = ""
    """Its CRM database; an SQLite file of its own if empty."""
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.configure()
        (self.folder / "data").mkdir(exist_ok=True)
        self.database = self.database or f"sqlite:///{self.folder}/data/callcenter.db"
        await migrate.upgrade(self.database)
        self.engine: AsyncEngine = create_engine(self.database)
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        await self.engine.dispose()

    def configure(self) -> None:
        """Write its configuration, which it reads when it starts."""
        config = CONFIG.format(
            url=self.pbx.url,
            user=self.pbx.user,
            password=self.pbx.password,
            folder=self.folder,
            port=self.port,
            flows=self.flows,
            waiting_lease=self.waiting_lease,
            reserve_mib=self.reserve_mib,
            max_flow=self.max_flow,
        )
        self.config.write_text(config)
        self.config.chmod(0o600)

    async def start(self, *, wait: bool = True) -> None:
        """Start it and wait until it takes calls."""
        with self._log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.under, sys.executable, "-m", "callcenter.cli",
                "serve", "--config", str(self.config),
                stdout=log, stderr=log, cwd=Path(__file__).parents[2],
                env=os.environ | {"CALLCENTER_DATABASE_URL": self.database},
            )  # fmt: skip
        if wait:
            await self.wait_ready()

    async def wait_ready(self) -> None:
        """Wait until it is connected to the PBX."""
        async with aiohttp.ClientSession() as http, asyncio.timeout(READY_S):
            while not await self._is_ready(http):
                assert self.process is not None
                assert self.process.returncode is None, f"the service ended:\n{self.log()}"
                await asyncio.sleep(0.05)

    async def health(self) -> tuple[int, list[str]]:
        """Return the status of /healthz and its reasons."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.url}/healthz") as answer:
            body = await answer.json()
            return answer.status, body["reasons"]

    async def metric(self, name: str) -> float:
        """Return a figure of /metrics by its name with labels; 0 if it is not there."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.url}/metrics") as answer:
            lines = (await answer.text()).splitlines()
        found = [line for line in lines if line.startswith(f"{name} ")]
        return float(found[0].rpartition(" ")[2]) if found else 0.0

    async def kill(self) -> None:
        """End it as a crash would: no time to say goodbye."""
        await self._signal(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it stand still, its connections open, as an endless loop would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    async def stop(self) -> None:
        """End it properly."""
        if self.process is not None and self.process.returncode is None:
            await self._signal(signal.SIGTERM)

    async def add_agent(self, login: str, station: str, queues: tuple[str, ...]) -> None:
        """Add a person who takes calls."""
        new = NewUser(login=login, name=login.title(), station=station, queues=queues)
        await users.add_user(self.engine, Passwords(), new, PASSWORD, datetime.now(UTC))

    async def add_customer(self, name: str, phone: str) -> None:
        """Add a customer."""
        text = f"name,phone,tier\n{name},{phone},gold\n"
        report = await import_customers(
            self.engine, text, dry_run=False, now=datetime.now(UTC), rules=NumberRules()
        )
        assert report.created == 1, report

    async def add_supervisor(self, login: str) -> None:
        """Add a person who watches."""
        new = NewUser(login=login, name=login.title(), role="supervisor")
        await users.add_user(self.engine, Passwords(), new, PASSWORD, datetime.now(UTC))

    async def records(self, count: int, timeout_s: float = 8.0) -> list[CallRecord]:
        """Return the closed calls in the store, oldest first, when there are so many."""
        found = await self._closed(lambda calls: len(calls) >= count, timeout_s)
        assert len(found) == count, f"{len(found)} closed calls instead of {count}: {found}"
        assert sum((await SqlArchive(self.engine).outcomes()).values()) == count
        return found

    async def record_of(self, ani: str, timeout_s: float = 8.0) -> CallRecord:
        """Return the only closed call of a number, whatever else is in the store."""

        def of_theirs(calls: list[CallRecord]) -> list[CallRecord]:
            return [call for call in calls if call.ani == ani]

        found = await self._closed(lambda calls: bool(of_theirs(calls)), timeout_s)
        assert len(of_theirs(found)) == 1, f"calls of {ani} among: {found}"
        return of_theirs(found)[0]

    async def _closed(
        self, is_enough: Callable[[list[CallRecord]], bool], timeout_s: float
    ) -> list[CallRecord]:
        """Return the closed calls, oldest first, when they are enough or time is over."""
        archive = SqlArchive(self.engine)
        found: list[CallRecord] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while not is_enough(found):
                    await asyncio.sleep(0.05)
                    page = await archive.search("", None, 100)
                    calls = [await archive.call(line.call_id) for line in page.lines]
                    found = [call for call in calls if call is not None and call.closed]
        return found[::-1]

    def log(self) -> str:
        """Return what it logged."""
        return self._log.read_text() if self._log.exists() else ""

    @property
    def config(self) -> Path:
        """Its configuration file, for other commands."""
        return self.folder / "callcenter.yaml"

    @property
    def _log(self) -> Path:
        return self.folder / "service.log"

    async def _is_ready(self, http: aiohttp.ClientSession) -> bool:
        try:
            async with http.get(f"{self.url}/healthz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def _signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        os.kill(self.process.pid, number)
        async with asyncio.timeout(10):
            await self.process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
