"""A floor of many pages that come back by themselves, as browsers do (agent_ui/src/transport)."""

import asyncio
import contextlib
import itertools
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import aiohttp
import sqlalchemy as sa

from crm_store import users
from crm_store.passwords import Passwords
from crm_store.schema import app_user
from crm_store.users import NewUser
from tests.support.program import PASSWORD, Program

_BACKOFF = Path(__file__).parents[2] / "agent_ui" / "src" / "transport" / "backoff.ts"


async def add_people(program: Program, count: int) -> list[str]:
    """Add agents p0, p1, ... with one password; return their logins.

    Making a digest takes long, so one is made and the others get the same.
    """
    logins = [f"p{n}" for n in range(count)]
    now = datetime.now(UTC)
    rows = []
    for login in logins:
        new = NewUser(login=login, name=login, station=f"PJSIP/{login}", queues=("sales",))
        rows.append(users._row(new, "", now))
    digest = await Passwords().digest(PASSWORD)
    async with program.engine.begin() as connection:
        await connection.execute(
            sa.insert(app_user), [row | {"password_hash": digest} for row in rows]
        )
    return logins


class Backoff:
    """The page's own pauses; its numbers are read from its source."""

    def __init__(self) -> None:
        text = _BACKOFF.read_text()
        self.first_s, self.longest_s = (
            int(re.search(rf"{name} = ([\d_]+);", text)[1].replace("_", "")) / 1_000  # type: ignore[index]
            for name in ("FIRST_MS", "LONGEST_MS")
        )

    def pause_s(self, failures: int, chance: float) -> float:
        """See ``pauseBefore``."""
        limit_s: float = min(self.longest_s, self.first_s * 2 ** min(failures, 10))
        return limit_s * (0.5 + chance / 2)


class FloorPage:
    """One page that connects for ever."""

    def __init__(self, program: Program, login: str, random: Random) -> None:
        self._program = program
        self._login = login
        self._random = random
        self._backoff = Backoff()
        self._tries = 0
        self.live_since: float | None = None
        """By the loop's clock; None while there is no connection."""

    async def run(self, user_id: UUID) -> None:
        """Log in, then connect for ever."""
        now = datetime.now(UTC)
        engine = self._program.engine
        token = await users.open_session(engine, user_id, now, now + timedelta(hours=1))
        headers = {"Origin": self._program.url, "Cookie": f"callcenter={token}"}
        async with aiohttp.ClientSession(headers=headers) as http:
            failures = 0
            for _ in itertools.count():
                with contextlib.suppress(aiohttp.ClientError, KeyError, ConnectionError):
                    await self._connect(http)
                failures = 0 if self.live_since else failures
                self.live_since = None
                await asyncio.sleep(self._backoff.pause_s(failures, self._random.random()))
                failures += 1

    async def _connect(self, http: aiohttp.ClientSession) -> None:
        url = self._program.url
        async with http.post(f"{url}/api/ticket") as answer:
            ticket = (await answer.json())["ticket"]
        async with http.ws_connect(f"{url}/ws?ticket={ticket}") as socket:
            await socket.send_str(json.dumps({"type": "subscribe", "topic": "desk"}))
            async for message in socket:
                if json.loads(message.data)["type"] == "snapshot":
                    self.live_since = asyncio.get_running_loop().time()


class FloorPages:
    """Pages of many agents; an asynchronous context."""

    def __init__(self, program: Program, logins: list[str]) -> None:
        random = Random(33)
        self._program = program
        self._logins = logins
        self._pages = {login: FloorPage(program, login, random) for login in logins}
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "FloorPages":
        known = {user.login: user.user_id for user in await users.list_users(self._program.engine)}
        for login in self._logins:
            task = asyncio.create_task(self._pages[login].run(known[login]), name=login)
            self._tasks.append(task)
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def live_since(self) -> list[float]:
        """Return since when pages are connected, earliest first; only those that are."""
        return sorted(page.live_since for page in self._pages.values() if page.live_since)

    async def until_all_live(self, timeout_s: float) -> list[float]:
        """Wait until all are connected; return since when."""
        async with asyncio.timeout(timeout_s):
            while len(found := self.live_since()) < len(self._pages):
                for task in self._tasks:
                    assert not task.done(), task
                await asyncio.sleep(0.02)
        return found
