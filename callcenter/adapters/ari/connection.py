"""Keeping the event socket open, and telling the dialplan that we live."""

import asyncio
import logging
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final, Never

from callcenter.adapters.ari import wire
from callcenter.adapters.ari.actions import Request
from callcenter.adapters.ari.client import AriClient
from callcenter.adapters.ari.echo import ECHO, Echoes
from callcenter.adapters.ari.metrics import AriMetrics
from callcenter.adapters.ari.transport import AriTransport
from callcenter.core.ids import Ms
from callcenter.ports.clock import Clock
from callcenter.ports.telephony import TelephonyUnavailable

logger = logging.getLogger(__name__)

BEAT_VARIABLE = "CC_BEAT"
"""What the dialplan looks at: some instance of the service lives."""

FALLBACK_COUNTER = "CC_FALLBACKS"
"""Counted by the dialplan, where a caller enters the fallback."""
LATE_FOR_MS: Final[Ms] = 300_000
"""For so long a network may hold something back: a system resends what a closed socket had not sent
for up to some minutes."""
MOST_LATE_TRIES: Final = 10
_TAKEN = frozenset({200, 204, 404})
OLDEST = {22: 10, 23: 4}
"""The first minor version of each major one that can hand a call over by claim."""


class TooOld(TelephonyUnavailable):
    """The PBX lacks what we need; trying again does not help."""


class TakenOver(TelephonyUnavailable):
    """Another process has connected with our application's name; trying again would fight it."""


class LateTries:
    """Our own tries to connect that got no answer: what the network held back may still arrive.

    The PBX takes one that does for a newer connection of our application and drops the one that
    works. Each explains that once, so that two processes with one name do not fight for ever.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._unanswered: deque[Ms] = deque(maxlen=MOST_LATE_TRIES)

    def note(self) -> None:
        """Take down a try that got no answer."""
        self._unanswered.append(self._clock.elapsed_ms())

    def explain(self) -> bool:
        """Say whether one of them may have taken our place; it is used up by that."""
        since = self._clock.elapsed_ms() - LATE_FOR_MS
        while self._unanswered:
            if self._unanswered.popleft() >= since:
                return True
        return False


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often we try, and how often we say that we live."""

    beat_every_s: float = 2.0
    echo_every_s: float = 1.5
    """Three of them are over before a socket that carries no events is given up."""
    first_retry_s: float = 0.1
    longest_retry_s: float = 3.0


@dataclass(frozen=True, slots=True)
class Pace:
    """A rhythm with the time and the chance that it needs."""

    rhythm: Rhythm
    clock: Clock
    random: Random


@dataclass(frozen=True, slots=True)
class Listener:
    """Whom to tell what."""

    received: Callable[[bytes], None]
    connected: Callable[[], None]
    lost: Callable[[], None]


def beat_variable(application: str) -> str:
    """Return the name of an instance's own heartbeat, which the watchdog looks at."""
    return f"{BEAT_VARIABLE}_{application.removeprefix('cc-')}"


class Connection:
    """The event socket of one application, reopened whenever it ends."""

    def __init__(
        self,
        transport: AriTransport,
        client: AriClient,
        application: str,
        metrics: AriMetrics,
        pace: Pace,
    ) -> None:
        self._transport = transport
        self._client = client
        self._application = application
        self._metrics = metrics
        self._pace = pace
        self._is_open = False
        self._echoes = Echoes()
        self._failures = 0
        self._last_reason = ""
        self._pbx_ahead_s: float | None = None
        """The PBX's wall clock less our elapsed time; ours may be set, or wrong, at any time."""
        self._late_tries = LateTries(pace.clock)
        self.says_alive = True
        """Whether the dialplan is told that we live; if not, it offers us no calls."""
        self.fallback_entries: int | None = None
        """Callers who went to the fallback since the PBX was started; None: not known yet."""

    async def keep_open(self, listener: Listener) -> Never:
        """Stay connected for ever.

        Raises:
            TooOld: The PBX cannot do what we need.
            TakenOver: Another process uses our application's name.
        """
        while True:
            reason = await self._stay_connected(listener)
            if self._is_open:
                self._is_open = False
                listener.lost()
            self._explain(reason)
            await asyncio.sleep(self._pause_s())

    async def beat(self) -> Never:
        """Tell the dialplan every now and then that we live, as long as we hear the PBX."""
        while True:
            await asyncio.sleep(self._pace.rhythm.beat_every_s)
            if self._is_open:
                await self._beat_once()
                await self._count_fallbacks()

    async def keep_hearing(self) -> Never:
        """See to it that events come, as long as the event socket is open."""
        while True:
            await asyncio.sleep(self._pace.rhythm.echo_every_s)
            if self._is_open:
                await self._ask_for_an_echo()

    async def _ask_for_an_echo(self) -> None:
        """Have the PBX say something on the event socket; when it never does, connect again."""
        echoes = self._echoes
        if not echoes.ask():
            return
        request = Request(
            "echo", "POST", f"/events/user/{ECHO}", {"application": self._application}
        )
        # Not found: the PBX does not know our application any more, and we shall hear nothing.
        if await self._client.send(request) not in _TAKEN:
            echoes.take_back()

    async def _count_fallbacks(self) -> None:
        try:
            count = await self._client.global_variable(FALLBACK_COUNTER)
        except TelephonyUnavailable as error:
            logger.debug("The callers in the fallback could not be counted: %s", error)
            return
        self.fallback_entries = int(count) if count.isdigit() and len(count) < 16 else 0

    async def _beat_once(self) -> None:
        if not self.says_alive:
            return
        # Of the PBX's own time: the dialplan compares it with the PBX's clock, not with ours.
        await self._look_at_its_clock()
        now_s = self.pbx_time_s()
        value = str(int(now_s if now_s is not None else self._pace.clock.wall_ms() / 1000))
        for name in (beat_variable(self._application), BEAT_VARIABLE):
            params = {"variable": name, "value": value}
            await self._client.send(Request("beat", "POST", "/asterisk/variable", params))

    async def _look_at_its_clock(self) -> None:
        try:
            now_s = await self._client.pbx_time_s()
        except TelephonyUnavailable as error:
            logger.debug("The PBX does not tell its time: %s", error)
        else:
            self._pbx_ahead_s = now_s - self._pace.clock.elapsed_ms() / 1000

    def pbx_time_s(self) -> float | None:
        """Return the PBX's clock as of the last heartbeat and the time since; None: not known."""
        if self._pbx_ahead_s is None:
            return None
        return self._pace.clock.elapsed_ms() / 1000 + self._pbx_ahead_s

    async def _stay_connected(self, listener: Listener) -> str:
        """Return why the connection ended, or could not be made."""
        has_answered = False

        async def opened() -> None:
            nonlocal has_answered
            has_answered = True
            refuse_if_old((await self._client.info()).system)
            await self._client.receive_only(self._application, wire.EVENT_TYPES)
            await self._beat_once()
            self._note_open()
            listener.connected()

        echoes = self._echoes = Echoes()
        try:
            async with echoes.life:
                await self._transport.listen(
                    self._application, opened, echoes.heard_by(listener.received)
                )
        except TooOld:
            raise
        except TakenOver:
            if not self._late_tries.explain():
                raise
            return "an earlier try of our own arrived late and took our place; connecting again"
        except TelephonyUnavailable as error:
            return str(error)
        except PermissionError:
            return "the name or password is wrong; compare with ari.conf on the PBX"
        except TimeoutError:
            return self._silence(echoes, has_answered=has_answered)
        except OSError as error:
            return f"{error}; does it run, and is http.conf enabled on this address?"
        return "it closed the event socket"

    def _silence(self, echoes: Echoes, *, has_answered: bool) -> str:
        if echoes.was_deaf:
            return "it says nothing on the event socket, though asked to; connecting again"
        if not has_answered:
            self._late_tries.note()
        return "it does not answer; is the address right, does a firewall drop us?"

    def _note_open(self) -> None:
        self._is_open = True
        self._failures = 0
        self._last_reason = ""
        self._metrics.connects.inc()
        logger.info("Connected to the PBX at %s", self._transport.address)

    def _explain(self, reason: str) -> None:
        """Log a reason once, not at every try."""
        if reason != self._last_reason:
            self._last_reason = reason
            logger.warning("No connection to the PBX at %s: %s", self._transport.address, reason)

    def _pause_s(self) -> float:
        rhythm = self._pace.rhythm
        longest = min(rhythm.longest_retry_s, rhythm.first_retry_s * 2 ** (self._failures + 1))
        self._failures = min(self._failures + 1, 10)
        return self._pace.random.uniform(rhythm.first_retry_s, longest)


def refuse_if_old(system: wire.SystemInfo | None) -> None:
    """Raise TooOld for an Asterisk that cannot hand calls over by claim."""
    version = system.version if system else ""
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if numbers is None:
        logger.warning("The PBX does not tell its version (%r); 22.10 or newer is needed", version)
        return
    major, minor = int(numbers[1]), int(numbers[2])
    if major < min(OLDEST) or minor < OLDEST.get(major, 0):
        raise TooOld(
            f"this Asterisk is {version}; 22.10, 23.4 or newer is needed, because calls are "
            "handed over with StasisBroadcast: upgrade the PBX"
        )
