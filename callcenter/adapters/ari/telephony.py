"""The port ``Telephony`` on an Asterisk."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from urllib.parse import quote

from prometheus_client import CollectorRegistry

from callcenter.adapters.ari import wire
from callcenter.adapters.ari.actions import (
    ActionSettings,
    Request,
    end_leg,
    renewal,
    requests_for,
)
from callcenter.adapters.ari.arrivals import is_own
from callcenter.adapters.ari.census import census
from callcenter.adapters.ari.claims import Claims
from callcenter.adapters.ari.client import AriClient
from callcenter.adapters.ari.connection import Connection, Listener, Pace, Rhythm, TakenOver
from callcenter.adapters.ari.events import EndAgain, Fenced, Translator, Unread, seen_in_state
from callcenter.adapters.ari.failures import NO_ANSWER, consequence
from callcenter.adapters.ari.history import ENDED_BY_US, GONE, RELEASED, History
from callcenter.adapters.ari.inbox import Inbox
from callcenter.adapters.ari.metrics import AriMetrics
from callcenter.adapters.ari.throttle import Throttle
from callcenter.adapters.ari.transport import AriTransport
from callcenter.core.call.effects import (
    AnswerCaller,
    ClaimCall,
    EndLeg,
    PlayPrompts,
    ReleaseCaller,
    RingAgent,
    RingCustomer,
    TelephonyEffect,
)
from callcenter.core.call.messages import (
    CallerEnd,
    CallerGone,
    CallOffered,
    ClaimRefused,
    LegEnd,
    LegEnded,
)
from callcenter.core.ids import LegId, Ms, PlaybackId
from callcenter.core.vitals.windows import Peaks
from callcenter.ports.clock import Clock
from callcenter.ports.telephony import Snapshot, TelephonyInput, TelephonyUnavailable

logger = logging.getLogger(__name__)

GRACE_S = 0.25
"""How long the last event of a leg may lag behind a refusal that its end has caused."""
LEAST_LEASE_MS = 20_000
"""How much of a lease must be left when a prompt ends."""
MOST_PLAUSIBLE_S = 60.0
"""An event that seems to be older: a clock was set. The PBX closes a socket that is not read."""
LATER_S = 2.0
"""When to end a leg once more whose creation was not confirmed."""
_OK = range(200, 300)
_NOT_FOUND = 404
_CONFLICT = 409
_SERVER_ERROR = 500
_UNHEARD = frozenset({"queued", "done", "failed"})
_IN_OUR_HANDS = frozenset({"Stasis", "StasisBroadcast"})


@dataclass(frozen=True, slots=True)
class AriSettings:
    """What an operator can set."""

    actions: ActionSettings
    rhythm: Rhythm = field(default_factory=Rhythm)


class AriTelephony:
    """``Telephony`` on one Asterisk and one of its Stasis applications."""

    def __init__(
        self,
        transport: AriTransport,
        settings: AriSettings,
        clock: Clock,
        random: Random,
        registry: CollectorRegistry,
    ) -> None:
        self._actions = settings.actions
        self._application = settings.actions.application
        self._clock = clock
        self._metrics = AriMetrics(registry)
        self.throttle = Throttle()
        self.inbox = Inbox(self._received)
        self.event_ages = Peaks()
        """In seconds, of the calls that are offered."""
        self._claims = Claims(self._metrics)
        self._client = AriClient(transport, self._metrics, self.throttle)
        self._history = History()
        self._translator = Translator(self._history, self._metrics.event, self._note_age)
        pace = Pace(settings.rhythm, clock, random)
        self._connection = Connection(
            transport, self._client, self._application, self._metrics, pace
        )
        self._originating: set[LegId] = set()
        self._on_input: Callable[[TelephonyInput], None] = _nobody_listens
        self._background: asyncio.TaskGroup | None = None

    async def run(
        self,
        on_input: Callable[[TelephonyInput], None],
        on_connected: Callable[[], None],
        on_lost: Callable[[], None],
    ) -> None:
        """Keep the event socket open for ever; see the port.

        Raises:
            TelephonyUnavailable: Trying again cannot help: the PBX is too old, or another process
                uses our application's name.
        """
        self._on_input = on_input
        self.inbox.clear()

        def lost() -> None:
            try:
                self.inbox.finish()
            finally:
                on_lost()

        try:
            async with asyncio.TaskGroup() as group:
                self._background = group
                group.create_task(self._connection.beat(), name="ari heartbeat")
                group.create_task(self._connection.keep_hearing(), name="ari echoes")
                await self._connection.keep_open(Listener(self.inbox.put, on_connected, lost))
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from failed
        finally:
            self._background = None

    async def perform(self, effect: TelephonyEffect) -> bool:
        """Carry out one effect; see the port."""
        match effect:
            case RingAgent() | RingCustomer():
                return await self._ring(effect)
            case ClaimCall():
                return await self._claim(effect)
            case PlayPrompts():
                await self._outlast(effect)
            case EndLeg(leg_id=leg_id):
                self._history.note(leg_id, ENDED_BY_US)
            case ReleaseCaller(leg_id=leg_id):
                self._history.note(leg_id, RELEASED)
            case _:
                pass
        return await self._carry_out(effect)

    @property
    def fallback_entries(self) -> int | None:
        """Callers who went to the fallback since the PBX was started; None: not known yet."""
        return self._connection.fallback_entries

    def say_alive(self, *, alive: bool) -> None:
        """Let the dialplan know that we live, or not: then it offers us no calls."""
        self._connection.says_alive = alive

    async def renew_lease(self, leg_id: LegId, lease_ms: Ms) -> bool:
        """Move the end of a leg's lease.

        While a prompt plays to the leg the PBX answers only at its end, or we give up before; the
        lease is moved all the same. A leg that still rings has its lease from the start.
        """
        is_renewed = await self._client.send(renewal(leg_id, lease_ms)) in _OK
        if is_renewed:
            self._note_lease(leg_id, lease_ms)
        return is_renewed

    async def _outlast(self, effect: PlayPrompts) -> None:
        """Let a lease outlast the prompts: it cannot be renewed while they play.

        In normal life it does. After an outage it may be all but over.
        """
        needed_ms = self._actions.uris.duration_ms(effect.prompts) + LEAST_LEASE_MS
        until = self._history.leased_until(effect.leg_id)
        if until - self._clock.elapsed_ms() < needed_ms:
            await self.renew_lease(effect.leg_id, max(needed_ms, self._actions.lease_ms))

    def _note_lease(self, leg_id: LegId, lease_ms: Ms) -> None:
        self._history.note_lease(leg_id, self._clock.elapsed_ms() + lease_ms)

    async def snapshot(self) -> Snapshot:
        """Return what the PBX has of ours; raises TelephonyUnavailable."""
        try:
            async with asyncio.TaskGroup() as group:
                channels = group.create_task(self._client.channels())
                bridges = group.create_task(self._client.bridges())
                info = group.create_task(self._client.info())
                application = group.create_task(self._client.application(self._application))
        except ExceptionGroup as failed:
            raise TelephonyUnavailable(str(failed.exceptions[0])) from failed
        for channel in channels.result():
            if is_own(channel.id):
                self._history.note(channel.id, seen_in_state(channel.state))
        return census(channels.result(), bridges.result(), application.result(), info.result())

    async def plays(self, playback_id: PlaybackId) -> bool:
        """Say whether prompts are being heard; one that only waits to be played is not."""
        playback = await self._client.playback(playback_id)
        return playback is not None and playback.state not in _UNHEARD

    async def has(self, leg_id: LegId) -> bool:
        """Say whether the PBX has a channel, whoever has it."""
        return await self._client.channel(quote(leg_id, safe="")) is not None

    def _received(self, raw: bytes) -> None:
        result = self._translator.translate(raw)
        if result is None:
            return
        if isinstance(result, Unread):
            logger.debug("A message of %d bytes gave nothing: %s", len(raw), result.value)
        elif isinstance(result, EndAgain):
            self._in_background(self._client.send(end_leg(result.leg_id)), "ari end again")
        elif isinstance(result, Fenced):
            raise TakenOver(
                f"another process has connected to the PBX as {self._application!r}: give each "
                "instance an application name of its own"
            )
        else:
            if type(result) is CallOffered:
                self._claims.offered(result.leg_id)
            self._on_input(result)

    async def _claim(self, effect: ClaimCall) -> bool:
        if self._claims.is_too_late(effect.leg_id):
            self._report(ClaimRefused(effect.leg_id))
            return True
        [request] = requests_for(effect, self._actions)
        status = await self._client.send(request)
        self._claims.answered(effect.leg_id, status)
        for told in consequence(effect, status).inputs:
            self._report(told)
        return _is_known(status)

    def _in_background(self, work: Coroutine[None, None, object], name: str) -> None:
        if self._background is None:
            work.close()
        else:
            self._background.create_task(work, name=name)

    async def _ring(self, effect: RingAgent | RingCustomer) -> bool:
        leg_id = effect.leg_id
        self._originating.add(leg_id)
        try:
            is_known = await self._carry_out(effect)
        finally:
            self._originating.discard(leg_id)
        # While the request was under way the leg could not be ended: the PBX did not know it yet.
        seen = self._history.of(leg_id)
        if seen & ENDED_BY_US and not seen & GONE:
            await self._client.send(end_leg(leg_id))
        return is_known

    async def _carry_out(self, effect: TelephonyEffect) -> bool:
        """Send the requests of an effect; return whether it is known what became of it."""
        for request in requests_for(effect, self._actions):
            status = await self._client.send(request)
            if status in _OK:
                if request.name == "mark" and isinstance(effect, AnswerCaller):
                    self._note_lease(effect.leg_id, self._actions.lease_ms)
                continue
            if request.ends is not None and status == _NOT_FOUND:
                await self._ended_already(request.ends)
            elif status == NO_ANSWER:
                # The caller of perform has waited long enough.
                self._in_background(self._refused(effect, request, status), "ari unanswered")
                return False
            elif status not in request.fine:
                await self._refused(effect, request, status)
                return _is_known(status)
        return True

    async def _ended_already(self, leg_id: LegId) -> None:
        if leg_id not in self._originating:
            await self._report_missing(leg_id)

    async def _refused(self, effect: TelephonyEffect, request: Request, status: int) -> None:
        if request.name == "ring" and status == _CONFLICT:
            self._alarm()
        follows = consequence(effect, status)
        for told in follows.inputs:
            self._report(told)
        if follows.undo is not None:
            await self._undo(follows.undo)
        for leg_id in follows.suspects:
            await self._check(leg_id)

    async def _undo(self, request: Request) -> None:
        status = await self._client.send(request)
        if request.ends is not None and status not in _OK:
            # The PBX may create the leg only now.
            await asyncio.sleep(LATER_S)
            await self._client.send(request)

    def _alarm(self) -> None:
        self._metrics.id_conflicts.inc()
        logger.error(
            "The PBX refused a channel id as taken (409). This spoils its count of channels: "
            "restart this PBX at the next drain, and not gracefully"
        )

    async def _check(self, leg_id: LegId) -> None:
        """Read a leg again, and report it if it is not in our hands any more."""
        try:
            channel = await self._client.channel(quote(leg_id, safe=""))
        except TelephonyUnavailable as error:
            logger.warning("A leg could not be read again: %s", error)
            return
        if channel is None or not _is_in_our_hands(channel):
            await self._report_missing(leg_id)

    async def _report_missing(self, leg_id: LegId) -> None:
        """Report a leg that is not there, unless its own last event does so in time."""
        if not self._history.of(leg_id) & GONE:
            await asyncio.sleep(GRACE_S)
        if self._history.of(leg_id) & GONE:
            return
        if is_own(leg_id):
            self._report(LegEnded(leg_id, LegEnd.LOST))
        else:
            self._report(CallerGone(leg_id, CallerEnd.LOST))

    def _report(self, told: TelephonyInput) -> None:
        if isinstance(told, LegEnded):
            before = self._history.note(told.leg_id, GONE | ENDED_BY_US)
            if before & GONE:
                return
            if before & ENDED_BY_US:
                told = LegEnded(told.leg_id, LegEnd.CANCELLED)
        elif isinstance(told, CallerGone):
            self._history.note(told.leg_id, GONE)
        self._on_input(told)

    def _note_age(self, timestamp: str) -> None:
        try:
            sent = datetime.fromisoformat(timestamp).timestamp()
        except ValueError:
            return
        now_s = self._connection.pbx_time_s()
        if now_s is None or now_s - sent > MOST_PLAUSIBLE_S:
            return
        age_s = max(0.0, now_s - sent)
        self._metrics.event_age.observe(age_s)
        self.event_ages.note(age_s)


def _is_known(status: int) -> bool:
    """Say whether an answer tells what became of a command: it was done, or what is in its way."""
    return status != NO_ANSWER and status < _SERVER_ERROR


def _is_in_our_hands(channel: wire.Channel) -> bool:
    if is_own(channel.id):
        return True
    return channel.dialplan is not None and channel.dialplan.app_name in _IN_OUR_HANDS


def _nobody_listens(told: TelephonyInput) -> None:
    logger.debug("%s before anybody listens", type(told).__name__)
