"""Agents: each has a phone that answers by itself and a page that files after-call work."""

import asyncio
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from random import Random

import aiohttp

from tests.long_soak.media import Line, Studio
from tests.support.agent_page import AgentPage
from tests.support.phones import Answers, Dead, Rings
from tests.support.rtp import Sound
from tests.support.sip_message import Account, Message
from tests.support.sip_socket import Address
from tests.support.sip_station import SipStation

_TROUBLE = (AssertionError, aiohttp.ClientError, OSError, TimeoutError, KeyError)
"""What a page meets while the service is away; TimeoutError for one that is frozen."""
_PATIENCE_S = 8.0
REGISTER_EVERY_S = 60.0
_STUCK_AFTER_S = {
    "ringing": 3.0 + 10.0,
    "resting": 4.0 + 10.0,
    "wrap_up": 60.0 + 10.0,
    "lost": 15.0,
    "logged_out": 20.0,
    "paused": 20.0,
}
"""How long an agent may be in a state: the configured time and some more."""
_TALK_WITHOUT_PHONE_S = 20.0
_FILES = 0.97


class Phone(SipStation):
    """An agent's phone on the studio's lines.

    Attributes:
        second_rings: How often it was called while it was busy, with the instants.
    """

    def __init__(self, account: Account, pbx: Address, studio: Studio, random: Random) -> None:
        super().__init__(account, pbx, 0)
        self.second_rings: list[float] = []
        self._studio = studio
        self._picks_up = Answers(random.uniform(0.2, 1.2))
        self._excused: set[int] = set()

    async def open(self) -> None:
        await super().open()
        self.behaviour = self._picks_up

    async def _open_media(self) -> Sound:
        return self._studio.open(self._sip.address[0], self)

    def on_request(self, request: Message) -> None:
        is_new = request.get("Call-ID") not in self._calls
        if request.method == "INVITE" and is_new and (self.ringing or self.in_call):
            self.second_rings.append(time.time())
        super().on_request(request)

    def is_excused(self, line: Line) -> bool:
        """Say whether a call on this line ended because this phone was put down, or died."""
        return line.number in self._excused

    async def put_down(self) -> None:
        """Hang up, as an agent does."""
        self._excuse()
        with suppress(TimeoutError):
            await self.hang_up()

    async def die(self) -> None:
        """Lose power: all its calls are gone, and nobody is told."""
        self._excuse()
        self.behaviour = Dead()
        await self._forget_calls()

    async def come_back(self) -> None:
        """Start again after a loss of power, or of the PBX."""
        await self._forget_calls()
        self.behaviour = self._picks_up
        await self.register_again()

    async def register_again(self) -> None:
        """Tell the PBX where this phone is; one that is gone is told later."""
        with suppress(TimeoutError, RuntimeError):
            async with asyncio.timeout(5):
                await self.register()

    async def _forget_calls(self) -> None:
        for call in list(self._calls.values()):
            await call.close()
        self._calls.clear()
        self._call = self._incoming = None

    def _excuse(self) -> None:
        for call in self._calls.values():
            if isinstance(call.media, Line):
                self._excused.add(call.media.number)


class Page(AgentPage):
    """A page that comes back by itself."""

    @property
    def is_open(self) -> bool:
        """Whether the service can be heard."""
        return self._reader is not None and not self._reader.done()

    async def log_in(self) -> None:
        """Log in, and connect."""
        async with asyncio.timeout(_PATIENCE_S):
            await self.open()

    async def come_back(self) -> None:
        """Connect with the session at hand."""
        await self._drop()
        async with asyncio.timeout(_PATIENCE_S):
            await self.connect()

    async def next_change(self, at_most_s: float) -> None:
        """Wait until something on the page changes, or the time is over."""
        self._changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most_s):
                await self._changed.wait()


class Agent:
    """One agent at work.

    Attributes:
        since: From when the page shows its state, on the wall clock.
    """

    def __init__(self, login: str, phone: Phone, url: str, random: Random) -> None:
        self.login = login
        self.phone = phone
        self.page = Page(url, login)
        self.is_away = False
        self._random = random
        self._state = ""
        self.since = time.time()
        self.phone_idle_since = time.time()
        self.filed = 0

    async def work(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                await self._do_one_thing()
            except _TROUBLE:
                await asyncio.sleep(self._random.uniform(0.5, 1.5))

    async def _do_one_thing(self) -> None:
        if self.is_away:
            await asyncio.sleep(0.2)
        elif not self.page.is_open:
            await asyncio.sleep(self._random.uniform(0.1, 1.0))
            await self.page.come_back()
        elif self.page.state in ("paused", "logged_out"):
            await self.page.try_to("ready")
            await self.page.next_change(0.5)
        elif self.page.call is not None and self.page.call["phase"] == "wrap_up":
            await self._file(str(self.page.call["id"]))
        else:
            await self.page.next_change(2.0)

    async def _file(self, call_id: str) -> None:
        if self._random.random() > _FILES:
            await self.page.next_change(70.0)  # this one lets the time run out
            return
        await self.page.next_change(self._random.uniform(0.2, 1.5))
        refusal = await self.page.try_to(
            "wrap_up", call_id=call_id, disposition="resolved", note="soak"
        )
        self.filed += refusal is None
        await self.page.next_change(0.3)

    async def vanish(self) -> None:
        """Let the page be gone without a word, until it is told to be back."""
        self.is_away = True
        with suppress(*_TROUBLE):
            await self.page.vanish()

    def note(self, now: float) -> None:
        """Take down since when the page shows what it shows."""
        state = self.page.state if self.page.is_open else ""
        if state != self._state:
            self._state, self.since = state, now
        if self.phone.in_call or self.phone.ringing:
            self.phone_idle_since = now

    def stuck(self, now: float, calm_since: float) -> Iterator[str]:
        """Yield what this agent is stuck in, by the time that nothing was wrong."""
        for_s = now - max(self.since, calm_since)
        if for_s > _STUCK_AFTER_S.get(self._state, math.inf):
            yield f"{self.login} is {self._state} for {for_s:.0f} s"
        idle_s = now - max(self.phone_idle_since, self.since, calm_since)
        if self._state == "talking" and idle_s > _TALK_WITHOUT_PHONE_S:
            yield f"{self.login} talks by the page, and the phone is idle for {idle_s:.0f} s"


class Floor:
    """All agents, and the phones of the fallback."""

    def __init__(self, agents: Sequence[Agent], fallback: Sequence[Phone]) -> None:
        self.agents = agents
        self.fallback = fallback

    @property
    def phones(self) -> list[Phone]:
        """Every phone."""
        return [*(agent.phone for agent in self.agents), *self.fallback]

    async def register(self) -> None:
        """Register again and again, as phones do."""
        while True:
            for phone in self.phones:
                await asyncio.sleep(REGISTER_EVERY_S / len(self.phones))
                if not isinstance(phone.behaviour, Dead | Rings):
                    await phone.register_again()

    async def hang_up_on_page(self, phone: Phone) -> bool:
        """Click "hang up"; False if this phone's page cannot do it now."""
        agent = next((each for each in self.agents if each.phone is phone), None)
        if agent is None or agent.page.call is None or not agent.page.is_open:
            return False
        with suppress(*_TROUBLE):
            call_id = agent.page.call["id"]
            return await agent.page.try_to("hang_up", call_id=call_id) is None
        return False
