"""Simulated phones: callers on the trunk and agents' stations, on the model of Asterisk.

They are used by acceptance tests, by the seeded callers and agents of the demo, and by the page's
"answer" click. Their methods act at once and need no event loop; the ``wait_...`` coroutines do.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import partial

from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.pbx import media
from callcenter.simulation.pbx.dialplan import IncomingCall
from callcenter.simulation.pbx.state import Channel


class CallFailed(Exception):
    """The call ended before anybody answered; the message says how."""


class Refusal(Enum):
    """How a phone says no: the SIP status it sends."""

    BUSY = 486
    DECLINED = 603
    UNAVAILABLE = 480


@dataclass(frozen=True, slots=True)
class Rings:
    """The phone rings until somebody answers, refuses, or lets it be."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The phone rings and picks up by itself."""

    after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Refuses:
    """The phone says no at once."""

    how: Refusal = Refusal.BUSY


@dataclass(frozen=True, slots=True)
class Dead:
    """The phone does not react to anything, as if its cable were pulled."""


Behaviour = Rings | Answers | Refuses | Dead


class Party:
    """One end of a call; what it heard belongs to the present call or, after it, to the last."""

    def __init__(self, model: AsteriskModel, tone_hz: int) -> None:
        self._model = model
        self._waiters: list[asyncio.Future[None]] = []
        self.tone_hz = tone_hz
        self.channel: Channel | None = None
        self.on_change: Callable[[], None] | None = None
        """Called after each change: ringing, answered, another sound, the end."""

    @property
    def hearing(self) -> str:
        """What is heard now: "nothing", "music", "prompt:<media>" or "talk:<channel>"."""
        log = self.channel.media if self.channel else []
        return log[-1][1] if log else media.NOTHING

    def hears_party(self, other: "Party", last_ms: int = 400) -> bool:
        """Say whether the other party was heard in the last milliseconds."""
        if self.channel is None or other.channel is None:
            return False
        wanted = f"talk:{other.channel.id}"
        now = self._model.pbx.now()
        return media.heard_in(self.channel.media, wanted, now - last_ms, now)

    def heard_ms(self, last_ms: int) -> int:
        """Return how much of the last milliseconds carried sound."""
        now = self._model.pbx.now()
        log = self.channel.media if self.channel else []
        return int(media.heard_ms(log, now - last_ms, now))

    def packets(self) -> int:
        """Return how many media packets (20 ms each) this call has brought."""
        return media.packets(self.channel.media, self._model.pbx.now()) if self.channel else 0

    def largest_gap_ms(self, since: float) -> int:
        """Return the longest time without media since an instant of the running loop's clock."""
        now = self._model.pbx.now()
        start = now - (asyncio.get_running_loop().time() - since) * 1_000
        log = self.channel.media if self.channel else []
        return int(media.largest_gap_ms(log, start, now))

    def was_answered(self) -> None:
        """Asterisk answered."""
        self._changed()

    def was_ended(self, cause: int) -> None:
        """The call is over."""
        del cause
        self._changed()

    def hears(self, source: str) -> None:
        """What is heard has changed."""
        del source
        self._changed()

    def _changed(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)
        if self.on_change is not None:
            self.on_change()

    async def wait_until(self, condition: Callable[[], bool], timeout_s: float) -> None:
        """Wait until a condition on this phone holds; raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while not condition():
                waiter = asyncio.get_running_loop().create_future()
                self._waiters.append(waiter)
                await waiter


class SimulatedCaller(Party):
    """A customer on the trunk."""

    def call(self, call: IncomingCall) -> None:
        """Dial."""
        self.channel = self._model.dial_in(call, self)

    @property
    def line(self) -> Channel:
        """The caller's channel; raises RuntimeError before the call."""
        if self.channel is None:
            raise RuntimeError("this caller has not dialled yet")
        return self.channel

    @property
    def ended(self) -> bool:
        """Whether the call is over."""
        return self.line.ended

    @property
    def answered(self) -> bool:
        """Whether Asterisk picked up."""
        return self.line.state == "Up"

    @property
    def in_fallback(self) -> bool:
        """Whether the dialplan took the call to its fallback."""
        return self.line.dialplan.context == self._model.pbx.dialplan.fallback_context

    def press_key(self, digit: str) -> None:
        """Press a key."""
        self._model.press(self.line, digit)

    def put_down(self) -> None:
        """End the call; nothing if it is over."""
        self._model.caller_hangs_up(self.line)

    async def wait_answered(self, timeout_s: float) -> None:
        """Wait for the pick-up; raises TimeoutError, or CallFailed if the call ended before."""
        await self.wait_until(lambda: self.answered or self.ended, timeout_s)
        if not self.answered:
            raise CallFailed("the call ended before it was answered")

    async def wait_ended(self, timeout_s: float) -> None:
        """Wait for the end of the call; raises TimeoutError."""
        await self.wait_until(lambda: self.ended, timeout_s)


class SimulatedStation(Party):
    """An agent's phone; one call at a time."""

    def __init__(self, model: AsteriskModel, name: str, tone_hz: int) -> None:
        super().__init__(model, tone_hz)
        self.name = name
        self.behaviour: Behaviour = Rings()
        self.registered = True
        self.rings = 0
        self._picked_up = False

    def is_registered(self) -> bool:
        """Say whether Asterisk knows where to reach it."""
        return self.registered

    @property
    def _busy(self) -> bool:
        return self.channel is not None and not self.channel.ended

    @property
    def ringing(self) -> bool:
        """Whether it rings now."""
        return self._busy and not self._picked_up and not isinstance(self.behaviour, Dead)

    @property
    def in_call(self) -> bool:
        """Whether somebody is on the line now."""
        return self._busy and self._picked_up

    @property
    def leg_id(self) -> str:
        """The id of the leg that rings or talks, "" for none."""
        return self.channel.id if self.channel is not None and self._busy else ""

    @property
    def shown_caller(self) -> str:
        """The number on the display for the present or last call."""
        return (self.channel.caller.number if self.channel else "") or "anonymous"

    def invite(self, channel: Channel) -> Party:
        """Take an incoming call: Asterisk rings here."""
        pbx = self._model.pbx
        if self._busy:
            pbx.soon(pbx.delays.phone, partial(self._model.phone_refuses, channel, 486))
            return Party(self._model, 0)
        self.channel, self._picked_up = channel, False
        if isinstance(self.behaviour, Refuses):
            self._picked_up = True
            refuse = partial(self._model.phone_refuses, channel, self.behaviour.how.value)
            pbx.soon(pbx.delays.phone, refuse)
        elif not isinstance(self.behaviour, Dead):
            self._ring(channel)
        return self

    def _ring(self, channel: Channel) -> None:
        pbx = self._model.pbx
        self.rings += 1
        pbx.soon(pbx.delays.phone, partial(self._model.phone_rings, channel))
        if isinstance(self.behaviour, Answers):
            delay_ms = max(self.behaviour.after_s * 1_000, pbx.delays.phone[1])
            pbx.later(delay_ms, partial(self._answer_leg, channel))
        self._changed()

    def _answer_leg(self, channel: Channel) -> None:
        if self.channel is channel and self.ringing:
            self.pick_up()

    def pick_up(self) -> None:
        """Answer what rings; raises RuntimeError if nothing does."""
        channel = self._ringing_channel()
        self._picked_up = True
        self._model.phone_answers(channel)
        self._changed()

    def reject(self, how: Refusal = Refusal.BUSY) -> None:
        """Say no to what rings; raises RuntimeError if nothing does."""
        self._model.phone_refuses(self._ringing_channel(), how.value)

    def press_key(self, digit: str) -> None:
        """Press a key in the call at hand; nothing if there is none."""
        if self.in_call and self.channel is not None:
            self._model.press(self.channel, digit)

    def put_down(self) -> None:
        """End the call; nothing if there is none."""
        if self.in_call and self.channel is not None:
            self._model.phone_hangs_up(self.channel)

    def _ringing_channel(self) -> Channel:
        if self.channel is None or not self.ringing:
            raise RuntimeError(f"{self.name} does not ring")
        return self.channel

    async def wait_ringing(self, timeout_s: float) -> None:
        """Wait until it rings; raises TimeoutError."""
        await self.wait_until(lambda: self.ringing, timeout_s)

    async def wait_in_call(self, timeout_s: float) -> None:
        """Wait until somebody is on the line; raises TimeoutError."""
        await self.wait_until(lambda: self.in_call, timeout_s)

    async def wait_idle(self, timeout_s: float) -> None:
        """Wait until it neither rings nor is in a call; raises TimeoutError."""
        await self.wait_until(lambda: not self._busy, timeout_s)


class SimulatedPhones:
    """All phones of one modelled PBX."""

    def __init__(self, model: AsteriskModel, station_names: Iterable[str]) -> None:
        """Connect stations to the PBX.

        Args:
            model: The PBX.
            station_names: Endpoints, such as "PJSIP/agent1".
        """
        self._model = model
        self._next_tone_hz = 400
        self._stations = {name: self._new_station(name) for name in station_names}

    def _new_station(self, name: str) -> SimulatedStation:
        station = SimulatedStation(self._model, name, self._tone())
        self._model.add_phone(name, station)
        return station

    def _tone(self) -> int:
        self._next_tone_hz += 40
        return self._next_tone_hz

    def start_call(self, ani: str | None, dnis: str, name: str = "") -> SimulatedCaller:
        """Call from outside.

        Args:
            ani: The caller's number; None for a caller who withholds it.
            dnis: The number dialled.
            name: What the network calls the caller.
        """
        caller = SimulatedCaller(self._model, self._tone())
        caller.call(IncomingCall(ani, dnis, name, withheld=ani is None))
        return caller

    def station(self, name: str) -> SimulatedStation:
        """Return the agent's phone of this name; raises KeyError."""
        return self._stations[name]

    def outside(self, number: str, trunk: str) -> SimulatedStation:
        """Return the phone with a number in the public network, called through a trunk."""
        name = f"PJSIP/{number}@{trunk}"
        if name not in self._stations:
            self._stations[name] = self._new_station(name)
        return self._stations[name]

    def __contains__(self, name: object) -> bool:
        return name in self._stations
