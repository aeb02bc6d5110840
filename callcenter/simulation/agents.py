"""Seeded robot agents: they work through the real web interface, with a simulated phone at hand.

A robot logs in as a person does (session, ticket, websocket), says it is ready, answers its phone
after some seconds or sometimes not, talks, files the after-call work, and sometimes pauses. It
knows the service only by what its page is sent.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

import aiohttp

from callcenter.simulation.phones import SimulatedStation

Json = dict[str, Any]
RETRY_S = 1.0
"""Between two attempts to reach the service."""


@dataclass(frozen=True, slots=True)
class WorkHabits:
    """How robots behave."""

    answer_s: tuple[float, float] = (1.5, 5.0)
    ignore_share: float = 0.05
    """Share of rings that a robot lets be."""
    talk_s: tuple[float, float] = (10.0, 60.0)
    """After so long the robot ends the talk, if the caller has not."""
    wrap_up_s: tuple[float, float] = (3.0, 12.0)
    pause_share: float = 0.05
    """Share of calls after which a robot pauses."""
    pause_s: tuple[float, float] = (10.0, 40.0)
    notes: tuple[str, ...] = (
        "Question answered, customer content.",
        "Sent the form by e-mail.",
        "Explained the invoice item by item.",
        "Customer will call again with the contract number.",
    )


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a robot is."""

    login: str
    password: str = field(repr=False)


class RobotAgent:
    """One robot."""

    def __init__(
        self,
        base_url: str,
        identity: Identity,
        station: SimulatedStation,
        habits: WorkHabits,
        random: Random,
    ) -> None:
        """Prepare a robot.

        Args:
            base_url: The service, such as "http://127.0.0.1:8080".
            identity: Its account.
            station: Its phone: the one that its account names.
            habits: How it behaves.
            random: Chance, seeded by the caller; of this robot only.
        """
        self._base_url = base_url.rstrip("/")
        self._identity = identity
        self._station = station
        self._habits = habits
        self._random = random
        self._session: Json = {}
        self._request = 0
        self._acts: asyncio.Queue[Json | None] = asyncio.Queue()
        """Frames to be sent; None when the socket is gone."""
        self._plans: dict[str, asyncio.TimerHandle] = {}
        self._seen: dict[str, str] = {}
        """The phase in which each of my calls was last seen."""
        self.was_ready = asyncio.Event()
        """Set when the service has first shown this robot as ready for calls."""
        self.wrapped_up = 0
        self.refusals: list[str] = []
        """What the service has refused, in its words."""

    async def run(self) -> None:
        """Work until cancelled; a service that is away is tried again."""
        headers = {"Origin": self._base_url}
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(headers=headers, cookie_jar=jar) as web:
            while True:
                with contextlib.suppress(aiohttp.ClientError, ConnectionError, TimeoutError):
                    await self._work(web)
                await asyncio.sleep(RETRY_S)

    async def _work(self, web: aiohttp.ClientSession) -> None:
        """Log in and follow the desk until the socket ends."""
        login = {"login": self._identity.login, "password": self._identity.password}
        self._session = await self._post(web, "/api/session", login)
        ticket = (await self._post(web, "/api/ticket", {}))["ticket"]
        self._acts = asyncio.Queue()
        async with web.ws_connect(f"{self._base_url}/ws", params={"ticket": ticket}) as socket:
            await socket.send_json({"type": "subscribe", "topic": "desk"})
            self._ask("ready")
            reader = asyncio.create_task(self._read(socket), name="robot-agent-reader")
            try:
                while (frame := await self._acts.get()) is not None:
                    await socket.send_json(frame)
            finally:
                reader.cancel()
                self._drop_plans()
                with contextlib.suppress(asyncio.CancelledError):
                    await reader

    async def _post(self, web: aiohttp.ClientSession, path: str, body: Json) -> Json:
        async with web.post(self._base_url + path, json=body, raise_for_status=True) as answer:
            decoded: Json = await answer.json()
            return decoded

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take(message.json())
        finally:
            self._acts.put_nowait(None)

    def _take(self, frame: Json) -> None:
        """React to one frame of the service."""
        if frame["type"] == "refused":
            self.refusals.append(frame["reason"])
        elif frame["type"] in {"snapshot", "changes"} and frame["topic"] == "desk":
            for item in frame["items"]:
                self._see(item["kind"], item["value"])
            for removed in frame.get("removed", ()):
                self._seen.pop(removed["id"], None)

    def _see(self, kind: str, value: Json) -> None:
        if kind == "me":
            self._see_me(value)
        elif kind == "desk_call" and self._seen.get(value["id"]) != value["phase"]:
            if value["phase"] == "ringing":
                self._ask("offer_shown", call_id=value["id"], offer_id=value["offer_id"])
            self._seen[value["id"]] = value["phase"]
            self._see_call(value["id"], value["phase"])

    def _see_me(self, me: Json) -> None:
        if me["state"] == "ready":
            self.was_ready.set()
        if me["state"] in {"paused", "not_answering"}:
            self._plan("ready", self._habits.pause_s, partial(self._ask, "ready"))
        else:
            self._forget("ready")

    def _see_call(self, call_id: str, phase: str) -> None:
        """Plan what a person would do next."""
        habits = self._habits
        if phase == "ringing" and self._random.random() >= habits.ignore_share:
            self._plan("answer", habits.answer_s, self._answer)
        elif phase == "talking":
            self._forget("answer")
            self._plan("hang_up", habits.talk_s, self._station.put_down)
        elif phase == "wrap_up":
            self._forget("hang_up")
            self._plan("wrap_up", habits.wrap_up_s, partial(self._wrap_up, call_id))

    def _answer(self) -> None:
        if self._station.ringing:
            self._station.pick_up()

    def _wrap_up(self, call_id: str) -> None:
        """File the after-call work, and sometimes take a break after it."""
        choices = self._session["dispositions"]
        note = self._random.choice(self._habits.notes)
        code = self._random.choice(choices)["code"] if choices else ""
        reasons = self._session["pause_reasons"]
        if reasons and self._random.random() < self._habits.pause_share:
            self._ask("pause", reason=self._random.choice(reasons))
        self._ask("wrap_up", call_id=call_id, disposition=code, note=note)
        self.wrapped_up += 1

    def _ask(self, kind: str, **fields: str) -> None:
        """Send a request to the service."""
        self._request += 1
        self._acts.put_nowait({"type": kind, "request": self._request} | fields)

    def _plan(self, name: str, span: tuple[float, float], action: Callable[[], None]) -> None:
        """Do something after a random number of seconds; a plan of this name is replaced."""
        self._forget(name)
        delay_s = self._random.uniform(*span)
        loop = asyncio.get_running_loop()
        self._plans[name] = loop.call_later(delay_s, self._carry_out, name, action)

    def _carry_out(self, name: str, action: Callable[[], None]) -> None:
        self._plans.pop(name, None)
        action()

    def _forget(self, name: str) -> None:
        handle = self._plans.pop(name, None)
        if handle is not None:
            handle.cancel()

    def _drop_plans(self) -> None:
        for name in list(self._plans):
            self._forget(name)
        self._seen.clear()


class Team:
    """All robots of a demo; one that fails ends the others and is reported by ``stop``."""

    def __init__(self, robots: list[RobotAgent]) -> None:
        self.robots = robots
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Let them begin to work."""
        self._task = asyncio.create_task(self._run(), name="robot-agents")

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for robot in self.robots:
                group.create_task(robot.run(), name="robot-agent")

    async def wait_ready(self, timeout_s: float) -> None:
        """Wait until all take calls; raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            for robot in self.robots:
                await robot.was_ready.wait()

    async def stop(self) -> None:
        """End their work; raises what a robot failed with."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
