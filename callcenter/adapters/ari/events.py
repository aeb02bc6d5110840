"""What Asterisk sends, translated into our inputs.

Theory of operation. One message gives at most one result. The translator remembers only what it
needs to translate the next message: of our own legs whether they rang, were answered or were
ended by us; of callers whether somebody hung up. All of it is bounded: when it overflows, the
oldest is forgotten, and the worst that follows is an input that comes twice or a less exact reason,
both of which whoever listens must bear anyway.

How ends are told apart (each seen on the real PBX):

- A caller's ``StasisEnd`` after ``ChannelHangupRequest``: hung up. Without one: the lease ran out,
  or we gave the caller back to the dialplan; or the caller gave up before our claim, and then the
  unanswered channel is only just made.
- A leg that was never answered has no StasisStart and no StasisEnd, only ``ChannelDestroyed``. The
  status of ``Dial`` is useless there; the cause and the SIP code tell.
- An answered leg has ended with its StasisEnd; ChannelDestroyed follows and says nothing new.
- A StasisStart of a leg can come after we ended it: such a leg must be ended again.

Nothing here raises, whatever the message is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import msgspec

from callcenter.adapters.ari import wire
from callcenter.adapters.ari.arrivals import arguments_of, arrival, is_own, offer
from callcenter.adapters.ari.history import (
    ANSWERED,
    ENDED_BY_US,
    GONE,
    HANGUP_SEEN,
    RANG,
    RELEASED,
    History,
)
from callcenter.core.call.messages import (
    CallerEnd,
    CallerGone,
    DigitPressed,
    LegAnswered,
    LegEnd,
    LegEnded,
    LegRinging,
    PlaybackEnded,
)
from callcenter.core.ids import LegId, PlaybackId
from callcenter.ports.telephony import TelephonyInput

LONGEST_MESSAGE = 256 * 1024
"""In bytes; Asterisk's own limit of a frame is 64 kB."""
JUST_MADE = timedelta(seconds=5)
KEYS_REMEMBERED = 1_000
_DIGITS = frozenset("0123456789*#ABCD")


class Unread(Enum):
    """Why a message gave nothing."""

    TOO_LONG = "too_long"
    MALFORMED = "malformed"
    UNKNOWN_TYPE = "unknown_type"
    INCOMPLETE = "incomplete"
    """A field is missing without which it means nothing."""
    UNEXPECTED = "unexpected"
    """A channel was handed to us with arguments that we do not know."""
    REPEATED = "repeated"
    """The same arrival, or the same key, once more."""


@dataclass(frozen=True, slots=True)
class EndAgain:
    """This leg was answered after we ended it; it is to be ended once more."""

    leg_id: LegId


@dataclass(frozen=True, slots=True)
class Fenced:
    """Another process has taken over our application's name."""


Translated = TelephonyInput | EndAgain | Fenced | Unread | None


class _Peek(msgspec.Struct, gc=False):
    type: str


_decode_event: Callable[[bytes], wire.Event] = msgspec.json.Decoder(wire.Event).decode
_decode_type = msgspec.json.Decoder(_Peek).decode


class Translator:
    """Translates the messages of one application's event socket, in order."""

    def __init__(
        self,
        history: History,
        counted: Callable[[str], None],
        offered_at: Callable[[str], None],
    ) -> None:
        """Take where to remember and whom to tell.

        Args:
            history: Shared with whoever ends legs.
            counted: Called with the type of each message, or with why it was not read.
            offered_at: Called with the timestamp of each offered call.
        """
        self._history = history
        self._keys: dict[tuple[str, str, str], None] = {}
        """Keys told lately, with channel and instant: told again, they were pressed once."""
        self._counted = counted
        self._offered_at = offered_at
        self._of_channel: dict[type[wire.Event], Callable[[Any, wire.Channel], Translated]] = {
            wire.CallBroadcast: self._offered,
            wire.StasisStart: self._started,
            wire.StasisEnd: self._left,
            wire.ChannelStateChange: self._changed,
            wire.ChannelDtmfReceived: self._digit,
            wire.ChannelHangupRequest: self._hangup_seen,
            wire.ChannelDestroyed: self._destroyed,
        }

    def translate(self, raw: bytes) -> Translated:
        """Return what a message means, None if nothing; never raises."""
        event = decoded(raw)
        result = event if isinstance(event, Unread) else self._translated(event)
        self._counted(result.value if isinstance(result, Unread) else type(event).__name__)
        return result

    def _translated(self, event: wire.Event) -> Translated:
        if isinstance(event, wire.PlaybackFinished):
            playback = event.playback
            return PlaybackEnded(PlaybackId(playback.id)) if playback else Unread.INCOMPLETE
        if isinstance(event, wire.Dial):
            return self._dialled(event)
        if isinstance(event, wire.ApplicationReplaced):
            return Fenced() if event.application else Unread.INCOMPLETE
        if isinstance(event, wire.ChannelUserevent):
            return None  # an echo, see ``echo``; or something of the dialplan's own
        if event.channel is None:
            return Unread.INCOMPLETE
        return self._of_channel[type(event)](event, event.channel)

    def _dialled(self, event: wire.Dial) -> Translated:
        if event.peer is None:
            return Unread.INCOMPLETE
        return self._rang(event.peer.id) if event.dialstatus == "RINGING" else None

    def _changed(self, _event: wire.ChannelStateChange, channel: wire.Channel) -> Translated:
        return self._rang(channel.id) if channel.state == "Ringing" else None

    def _rang(self, channel_id: str) -> Translated:
        if not is_own(channel_id) or self._history.note(channel_id, RANG) & RANG:
            return None
        return LegRinging(LegId(channel_id))

    def _hangup_seen(self, _event: wire.ChannelHangupRequest, channel: wire.Channel) -> None:
        self._history.note(channel.id, HANGUP_SEEN)

    def _offered(self, event: wire.CallBroadcast, channel: wire.Channel) -> Translated:
        self._offered_at(event.timestamp)
        return offer(channel)

    def _started(self, event: wire.StasisStart, channel: wire.Channel) -> Translated:
        if is_own(channel.id):
            before = self._history.note(channel.id, ANSWERED)
            leg_id = LegId(channel.id)
            return EndAgain(leg_id) if before & ENDED_BY_US else LegAnswered(leg_id)
        arguments = event.args or arguments_of(channel)
        if not arguments or arguments[0] != "in":
            return Unread.UNEXPECTED
        if not self._history.arrived(channel.id, event.timestamp):
            return Unread.REPEATED
        return arrival(channel, arguments)

    def _digit(self, event: wire.ChannelDtmfReceived, channel: wire.Channel) -> Translated:
        if event.digit not in _DIGITS:
            return Unread.INCOMPLETE
        key = (channel.id, event.timestamp, event.digit)
        if event.timestamp and key in self._keys:
            return Unread.REPEATED
        self._keys[key] = None
        if len(self._keys) > KEYS_REMEMBERED:
            del self._keys[next(iter(self._keys))]
        return DigitPressed(LegId(channel.id), event.digit)

    def _left(self, event: wire.StasisEnd, channel: wire.Channel) -> Translated:
        if is_own(channel.id):
            return self._leg_over(channel.id, LegEnd.HUNG_UP)
        before = self._history.note(channel.id, GONE)
        if before & GONE:
            return None
        hung_up = before & HANGUP_SEEN
        if not before & RELEASED and channel.state != "Up":
            hung_up = hung_up or is_just_made(channel, event.timestamp)
        end = CallerEnd.HUNG_UP if hung_up else CallerEnd.LEASE_EXPIRED
        return CallerGone(LegId(channel.id), end)

    def _destroyed(self, event: wire.ChannelDestroyed, channel: wire.Channel) -> Translated:
        if is_own(channel.id):
            seen = self._history.of(channel.id) | seen_in_state(channel.state)
            end = end_of_leg(seen, event.cause or 0, event.tech_cause or 0)
            return self._leg_over(channel.id, end)
        if self._history.note(channel.id, GONE) & GONE:
            return None
        return CallerGone(LegId(channel.id), CallerEnd.HUNG_UP)

    def _leg_over(self, channel_id: str, end: LegEnd) -> LegEnded | None:
        before = self._history.note(channel_id, GONE)
        if before & GONE:
            return None
        return LegEnded(LegId(channel_id), LegEnd.CANCELLED if before & ENDED_BY_US else end)


def decoded(raw: bytes) -> wire.Event | Unread:
    """Return the event in a message, or why there is none."""
    if len(raw) > LONGEST_MESSAGE:
        return Unread.TOO_LONG
    try:
        return _decode_event(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _why_unread(raw)


def _why_unread(raw: bytes) -> Unread:
    try:
        known = _decode_type(raw).type in wire.EVENT_TYPES
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Unread.MALFORMED
    return Unread.INCOMPLETE if known else Unread.UNKNOWN_TYPE


def is_just_made(channel: wire.Channel, now: str) -> bool:
    """Say whether a channel is younger than any lease is long; times as Asterisk writes them."""
    try:
        age = datetime.fromisoformat(now) - datetime.fromisoformat(channel.creationtime)
    except (ValueError, TypeError):
        return False
    return age < JUST_MADE


def seen_in_state(state: str) -> int:
    """Return what the state of a leg of ours tells of its history."""
    if state == "Up":
        return ANSWERED | RANG
    return RANG if state == "Ringing" else 0


_BUSY_OR_DECLINED = frozenset({17, 21})
"""Q.850: user busy, call rejected."""
_REFUSED_CODES = frozenset({486, 600, 603})
_NO_ANSWER_CAUSES = frozenset({18, 19})
"""Q.850: no user responding, no answer from user."""
_NORMAL_CLEARING = 16


def end_of_leg(seen: int, cause: int, code: int) -> LegEnd:
    """Return why a leg ended that we did not end.

    Args:
        seen: Bits of its history.
        cause: Q.850, as Asterisk 22.10 derives it: 486 becomes 17, 603 becomes 21, 480 and no
            answer 19, 408 18, 404 1, 503 34, 500 38.
        code: The SIP code, 0 if there is none.
    """
    if seen & ANSWERED:
        return LegEnd.HUNG_UP
    if cause in _BUSY_OR_DECLINED or code in _REFUSED_CODES:
        return LegEnd.REFUSED
    if cause in _NO_ANSWER_CAUSES and seen & RANG:
        return LegEnd.NO_ANSWER
    return LegEnd.LOST if cause == _NORMAL_CLEARING else LegEnd.UNREACHABLE
