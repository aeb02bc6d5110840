"""What the PBX has of ours, out of all that it has."""

from collections.abc import Iterable

from callcenter.adapters.ari import wire
from callcenter.adapters.ari.actions import CALL_VARIABLE, is_our_bridge
from callcenter.adapters.ari.arrivals import arguments_of, arrival, is_own
from callcenter.core.ids import BridgeId, CallId, LegId
from callcenter.ports.telephony import SeenBridge, SeenLeg, Snapshot


def census(
    channels: Iterable[wire.Channel],
    bridges: Iterable[wire.Bridge],
    application: wire.Application,
    info: wire.AsteriskInfo,
) -> Snapshot:
    """Return our legs and bridges.

    Args:
        channels: All of the PBX, other people's too.
        bridges: All of the PBX.
        application: Ours. Its ``channel_ids`` are exact: callers in our hands and legs of ours,
            ringing ones too; not callers we gave back.
        info: For the instant at which the PBX was started.
    """
    ours = frozenset(application.channel_ids)
    legs = tuple(seen_leg(each) for each in channels if each.id in ours)
    known = frozenset(leg.leg_id for leg in legs)
    return Snapshot(
        legs=legs,
        bridges=tuple(
            SeenBridge(BridgeId(each.id), known.intersection(map(LegId, each.channels)))
            for each in bridges
            if is_our_bridge(each.name, application.name)
        ),
        pbx_started_at=info.status.startup_time if info.status else "",
    )


def seen_leg(channel: wire.Channel) -> SeenLeg:
    """Return how one of our channels is seen."""
    is_caller = not is_own(channel.id)
    call_id = channel.channelvars.get(CALL_VARIABLE)
    return SeenLeg(
        leg_id=LegId(channel.id),
        is_caller=is_caller,
        answered=channel.state == "Up",
        call_id=CallId(call_id) if isinstance(call_id, str) and call_id else None,
        arrival=arrival(channel, arguments_of(channel)) if is_caller else None,
    )
