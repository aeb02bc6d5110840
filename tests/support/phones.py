"""The phones that tests work: callers on the trunk and agents' stations, in words without SIP.

Two worlds implement them: real SIP phones with real media against the real Asterisk
(``tests.support.sip_phone``), and the model of Asterisk. A scenario written against these
Protocols runs on both.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class CallFailed(Exception):
    """The call ended before anybody answered; the message says how."""


class Refusal(Enum):
    """How a phone says no."""

    BUSY = "busy"
    DECLINED = "declined"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Rings:
    """The phone rings until the test answers, refuses, or lets it be."""


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


class Party(Protocol):
    """One end of a call: it talks with a tone of its own and listens.

    Everything heard belongs to the present call or, after it, to the last one.
    """

    @property
    def tone_hz(self) -> int:
        """What this party says; no other party of the same test has the same tone."""
        ...

    def hears(self, other: "Party", last_ms: int = 400) -> bool:
        """Say whether the other party's tone was in what was received lately."""
        ...

    def heard_ms(self, last_ms: int) -> int:
        """Return how much of the last milliseconds carried sound: music, a prompt or talk.

        0 for silence and for no media at all.
        """
        ...

    def packets(self) -> int:
        """Return how many media packets have been received in this call."""
        ...

    def largest_gap_ms(self, since: float) -> int:
        """Return the longest time without media.

        Args:
            since: The instant from which to look, in seconds of the running loop's clock.
        """
        ...


class Caller(Party, Protocol):
    """A customer on the trunk."""

    async def press(self, digit: str) -> None:
        """Press a key (RFC 4733); returns when the tone is over."""
        ...

    async def hang_up(self) -> None:
        """End the call, answered or not; nothing if it has ended."""
        ...

    async def wait_answered(self, timeout_s: float) -> None:
        """Wait for the pick-up; raises TimeoutError, or CallFailed if the call ended before."""
        ...

    async def wait_ended(self, timeout_s: float) -> None:
        """Wait for the end of the call; raises TimeoutError."""
        ...

    @property
    def ended(self) -> bool:
        """Whether the call is over."""
        ...


class Station(Party, Protocol):
    """An agent's phone."""

    behaviour: Behaviour
    """What it does with the next call; Rings if the test says nothing."""

    @property
    def name(self) -> str:
        """How the PBX names it: "PJSIP/agent1"."""
        ...

    @property
    def ringing(self) -> bool:
        """Whether it rings now."""
        ...

    @property
    def in_call(self) -> bool:
        """Whether somebody is on the line now."""
        ...

    @property
    def shown_caller(self) -> str:
        """The number on the display for the present or last call; "anonymous" if withheld."""
        ...

    @property
    def rings(self) -> int:
        """How many times it has begun to ring since the test began."""
        ...

    async def wait_ringing(self, timeout_s: float) -> None:
        """Wait until it rings; raises TimeoutError."""
        ...

    async def wait_in_call(self, timeout_s: float) -> None:
        """Wait until somebody is on the line; raises TimeoutError."""
        ...

    async def wait_idle(self, timeout_s: float) -> None:
        """Wait until it neither rings nor is in a call; raises TimeoutError."""
        ...

    async def answer(self) -> None:
        """Pick up what rings; raises RuntimeError if nothing does."""
        ...

    async def refuse(self, how: Refusal = Refusal.BUSY) -> None:
        """Say no to what rings; raises RuntimeError if nothing does."""
        ...

    async def hang_up(self) -> None:
        """End the call; nothing if there is none."""
        ...


class Outside(Station, Protocol):
    """A phone in the public network, which the PBX reaches through the trunk."""

    async def press(self, digit: str) -> None:
        """Press a key in the call at hand; returns when its tone is over."""
        ...


class Phones(Protocol):
    """All phones of one world."""

    async def dial(self, ani: str | None, dnis: str, name: str = "") -> Caller:
        """Call from outside.

        Args:
            ani: The caller's number; None for a caller who withholds it.
            dnis: The number dialled.
            name: What the network calls the caller.
        """
        ...

    def station(self, name: str) -> Station:
        """Return the agent's phone of this name; raises KeyError."""
        ...

    def outside(self, number: str) -> Outside:
        """Return the phone with this number in the public network; the same one each time."""
        ...
