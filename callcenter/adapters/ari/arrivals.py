"""Who a channel is: one of ours or a caller, and what the network says of the caller.

The dialplan hands a caller over with arguments: ``in``, the number dialled and, if it is so kind,
``CALLERID(pres)``. The last is the only way to know that a number is withheld: Asterisk shows a
number with ``Privacy: id`` like any other.
"""

from callcenter.adapters.ari import wire
from callcenter.core.call.messages import (
    CallerArrived,
    CallOffered,
    Presentation,
)
from callcenter.core.ids import LegId

OWN_ID_LENGTH = 32
LONGEST_NAME = 80
LONGEST_NUMBER = 64
_WITHHELD = frozenset({"anonymous", "restricted", "private", "withheld"})
_UNAVAILABLE = frozenset({"", "unavailable", "unknown"})


def is_own(channel_id: str) -> bool:
    """Say whether we made this channel: our ids are 32 hex digits, Asterisk's have a dot."""
    return len(channel_id) == OWN_ID_LENGTH and "." not in channel_id


def arguments_of(channel: wire.Channel) -> tuple[str, ...]:
    """Return what the dialplan handed to the application that the channel is in."""
    plan = channel.dialplan
    if plan is None:
        return ()
    if plan.app_name == "Stasis":
        return tuple(plan.app_data.split(",")[1:])
    if plan.app_name == "StasisBroadcast":
        parts = plan.app_data.split(",")
        return tuple(parts[2].split(":")) if len(parts) > 2 else ()
    return ()


def arrival(channel: wire.Channel, arguments: tuple[str, ...]) -> CallerArrived:
    """Return how a caller is announced."""
    dnis, network_word = _dialled(channel, arguments)
    caller = channel.caller
    number = cleaned(caller.number, LONGEST_NUMBER) if caller else ""
    presentation = presentation_of(number, network_word)
    is_allowed = presentation is Presentation.ALLOWED
    is_withheld = presentation is Presentation.WITHHELD
    return CallerArrived(
        leg_id=LegId(channel.id),
        ani=number if is_allowed else None,
        presentation=presentation,
        ani_name="" if caller is None or is_withheld else cleaned(caller.name, LONGEST_NAME),
        dnis=dnis,
    )


def offer(channel: wire.Channel) -> CallOffered:
    """Return how a call is offered."""
    told = arrival(channel, arguments_of(channel))
    return CallOffered(told.leg_id, told.ani, told.dnis, told.presentation, told.ani_name)


def presentation_of(number: str, network_word: str) -> Presentation:
    """Return whether the number may be used, from the number and ``CALLERID(pres)``."""
    plain = number.lower()
    if network_word.startswith("prohib") or plain in _WITHHELD:
        return Presentation.WITHHELD
    if network_word == "unavailable" or plain in _UNAVAILABLE:
        return Presentation.UNAVAILABLE
    return Presentation.ALLOWED


def cleaned(text: str, longest: int) -> str:
    """Return text of the network without control characters, with single spaces, cut."""
    printable = "".join(each if each.isprintable() else " " for each in text[: 4 * longest])
    return " ".join(printable.split())[:longest]


def _dialled(channel: wire.Channel, arguments: tuple[str, ...]) -> tuple[str, str]:
    dialled = arguments[1] if len(arguments) > 1 else ""
    if not dialled and channel.dialplan is not None:
        dialled = channel.dialplan.exten
    word = arguments[2] if len(arguments) > 2 else ""
    return cleaned(dialled, LONGEST_NUMBER), word
