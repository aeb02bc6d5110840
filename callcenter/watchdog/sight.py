"""What the watchdog sees of one instance of the service: its heartbeat, its legs, its bridges."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from callcenter.adapters.ari import wire
from callcenter.adapters.ari.actions import CALL_VARIABLE, is_our_bridge
from callcenter.adapters.ari.arrivals import is_own
from callcenter.core.ids import CallId, LegId

_NO_PHONES = ("Announcer/", "Recorder/", "Snoop/")
"""Channels that Asterisk makes for sound: nobody is at their other end."""


@dataclass(frozen=True, slots=True)
class Beat:
    """The heartbeat of an instance, as the PBX has it."""

    value: str
    """Epoch seconds of the instance's clock; "" if it was never set."""
    age_s: float | None
    """By the PBX's clock; below 0 for one from the future; None for none that can be read."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One channel of the instance with a phone at its other end."""

    leg_id: LegId
    is_caller: bool
    is_up: bool
    call_id: CallId | None = None


@dataclass(frozen=True, slots=True)
class Instance:
    """The legs of one instance, and which of them share a talk."""

    legs: tuple[Leg, ...]
    talks: tuple[frozenset[LegId], ...] = ()
    """Who is in each bridge for talks; a waiting room is none."""


def beat_of(value: str, pbx_now_s: float) -> Beat:
    """Return a heartbeat with its age.

    Args:
        value: What the PBX has; whatever else is not a heartbeat.
        pbx_now_s: The PBX's clock, epoch seconds.
    """
    known = value.isascii() and value.isdecimal() and 0 < len(value) < 12 and value != "0"
    return Beat(value, pbx_now_s - int(value)) if known else Beat(value, None)


def instance_of(
    application: wire.Application,
    channels: Mapping[str, wire.Channel],
    bridges: Iterable[wire.Bridge],
) -> Instance:
    """Return what there is of an instance.

    Args:
        application: Its Stasis application; ``channel_ids`` are exact, ringing legs included.
        channels: All of the PBX, by id.
        bridges: All of the PBX.
    """
    ours = [channels[each] for each in application.channel_ids if each in channels]
    legs = tuple(_leg(each) for each in ours if not each.name.startswith(_NO_PHONES))
    known = frozenset(leg.leg_id for leg in legs)
    talks = (
        known.intersection(map(LegId, bridge.channels))
        for bridge in bridges
        if is_our_bridge(bridge.name, application.name) and bridge.bridge_type != "holding"
    )
    return Instance(legs, tuple(talks))


def _leg(channel: wire.Channel) -> Leg:
    call_id = channel.channelvars.get(CALL_VARIABLE)
    return Leg(
        LegId(channel.id),
        is_caller=not is_own(channel.id),
        is_up=channel.state == "Up",
        call_id=CallId(call_id) if isinstance(call_id, str) and call_id else None,
    )
