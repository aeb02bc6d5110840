"""The adapter on the real Asterisk, with what it told."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any, TypeVar

from prometheus_client import CollectorRegistry

from callcenter.adapters.ari.actions import ActionSettings
from callcenter.adapters.ari.http_transport import HttpSettings, HttpTransport
from callcenter.adapters.ari.prompt_uris import PromptUris
from callcenter.adapters.ari.telephony import AriSettings, AriTelephony
from callcenter.core.call.effects import (
    AnswerCaller,
    ClaimCall,
    RingAgent,
)
from callcenter.core.call.messages import (
    CallerArrived,
    CallerGone,
    CallOffered,
    LegAnswered,
    LegEnded,
)
from callcenter.core.ids import BridgeId, CallId, LegId, PlaybackId, derive_id
from callcenter.ports.telephony import TelephonyInput
from tests.support.asterisk import Asterisk
from tests.support.phones import Caller, Phones

T = TypeVar("T")


class RealClock:
    def wall_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def elapsed_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000


class Node:
    """A telephony and the inputs it has given so far.

    Attributes:
        told: All inputs, oldest first.
    """

    def __init__(self, asterisk: Asterisk, application: str, **http: Any) -> None:
        keys = asterisk.keys
        values = {"username": keys.ari_user, "password": keys.ari_password, **http}
        self.transport = HttpTransport(HttpSettings(asterisk.ari_url, **values))
        self.registry = CollectorRegistry()
        self.telephony = AriTelephony(
            self.transport,
            AriSettings(ActionSettings(application, PromptUris())),
            RealClock(),
            Random(1),
            self.registry,
        )
        self.told: list[TelephonyInput] = []
        self.connected = asyncio.Event()
        self.journal_id = f"{time.time_ns():032x}"
        self._changed = asyncio.Event()
        self._numbers: dict[str, int] = {}

    async def run(self) -> None:
        try:
            await self.telephony.run(self._hear, self.connected.set, self.connected.clear)
        finally:
            await self.transport.close()

    async def wait(
        self, kind: type[T], check: Callable[[T], bool] = lambda _told: True, timeout_s: float = 4
    ) -> T:
        """Return the first input of a kind that passes the check; raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while not (found := [each for each in self.all(kind) if check(each)]):
                self._changed.clear()
                await self._changed.wait()
        return found[0]

    async def wait_gone(self, leg_id: LegId) -> CallerGone:
        """Return how this caller went."""
        return await self.wait(CallerGone, lambda told: told.leg_id == leg_id)

    async def wait_ended(self, leg_id: LegId) -> LegEnded:
        """Return how this leg ended."""
        return await self.wait(LegEnded, lambda told: told.leg_id == leg_id)

    def all(self, kind: type[T]) -> list[T]:
        """Return all inputs of a kind so far."""
        return [each for each in self.told if isinstance(each, kind)]

    def new_id(self, role: str) -> str:
        """Return an id as the service would make it."""
        number = self._numbers[role] = self._numbers.get(role, 0) + 1
        return derive_id(self.journal_id, 1, role, number)

    def call_id(self) -> CallId:
        return CallId(self.new_id("call"))

    def bridge_id(self) -> BridgeId:
        return BridgeId(self.new_id("bridge"))

    def playback_id(self) -> PlaybackId:
        return PlaybackId(self.new_id("play"))

    async def take(self, phones: Phones, ani: str | None = "+4930123") -> tuple[Caller, LegId]:
        """Have somebody call, claim the call, and return who and which leg."""
        offers = len(self.all(CallOffered))
        caller = await phones.dial(ani, "0800123", "Erika Example")
        await self.wait(CallOffered, lambda _: len(self.all(CallOffered)) > offers)
        offer = self.all(CallOffered)[-1]
        await self.telephony.perform(ClaimCall(offer.leg_id))
        await self.wait(CallerArrived, lambda told: told.leg_id == offer.leg_id)
        return caller, offer.leg_id

    async def answer(self, phones: Phones) -> tuple[Caller, LegId, CallId]:
        """Have somebody call and pick up."""
        caller, leg_id = await self.take(phones)
        call_id = self.call_id()
        await self.telephony.perform(AnswerCaller(call_id, leg_id))
        await caller.wait_answered(2)
        return caller, leg_id, call_id

    def leg_id(self) -> LegId:
        return LegId(self.new_id("leg"))

    async def ring(
        self, call_id: CallId, station: str, ring_ms: int = 10_000, leg_id: LegId | None = None
    ) -> LegId:
        """Make a station ring and return the leg."""
        leg_id = leg_id or self.leg_id()
        effect = RingAgent(call_id, leg_id, station, "+4930123", ring_ms)
        await self.telephony.perform(effect)
        return leg_id

    async def ring_until_answered(self, call_id: CallId, station: str) -> LegId:
        """Make a station ring and wait until it is picked up."""
        leg_id = await self.ring(call_id, station)
        await self.wait(LegAnswered, lambda told: told.leg_id == leg_id)
        return leg_id

    def commands(self) -> float:
        """Return how many commands were sent, without heartbeats and questions."""
        names = (
            "beat",
            "echo",
            "ping",
            "info",
            "filter",
            "channels",
            "channel",
            "bridges",
            "application",
        )
        return sum(
            sample.value
            for metric in self.registry.collect()
            for sample in metric.samples
            if sample.name == "callcenter_ari_request_seconds_count"
            and sample.labels["name"] not in names
        )

    def _hear(self, told: TelephonyInput) -> None:
        self.told.append(told)
        self._changed.set()


@asynccontextmanager
async def running_node(
    asterisk: Asterisk, application: str = "cc-adapter", **http: Any
) -> AsyncIterator[Node]:
    """Run the adapter until the block ends."""
    node = Node(asterisk, application, **http)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(node.run())
        await asyncio.wait_for(node.connected.wait(), 5)
        try:
            yield node
        finally:
            task.cancel()
