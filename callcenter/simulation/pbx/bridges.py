"""Bridges: entering, leaving, ending. Nothing dissolves by itself; the survivor stays alone."""

from functools import partial

from callcenter.simulation.pbx import media
from callcenter.simulation.pbx.events import publish_bridge, publish_channel
from callcenter.simulation.pbx.playbacks import next_on_bridge, stop_on_empty_bridge
from callcenter.simulation.pbx.state import Bridge, Channel, Party, Pbx


def enter(pbx: Pbx, bridge: Bridge, channel: Channel, role: str = "") -> None:
    """Put a channel into a bridge; it leaves the one it is in, also if that is the same.

    Args:
        pbx: The PBX.
        bridge: The bridge.
        channel: The channel.
        role: "holding_participant" for music in a holding bridge.
    """
    if channel.bridge is not None:
        before = channel.bridge
        leave(pbx, channel)
        if before is not bridge:
            _lose_interest(pbx, before, channel)
    bridge.channels.append(channel)
    channel.bridge = bridge
    channel.is_holding_participant = role == "holding_participant"
    _gain_interest(pbx, bridge, channel)
    publish_bridge(pbx, bridge, "ChannelEnteredBridge", channel)
    _show_each_other(pbx, bridge)
    media.refresh(pbx, channel)


def leave(pbx: Pbx, channel: Channel) -> None:
    """Take a channel out of its bridge, if it is in one."""
    bridge = channel.bridge
    if bridge is None:
        return
    bridge.channels.remove(channel)
    channel.bridge = None
    publish_bridge(pbx, bridge, "ChannelLeftBridge", channel)
    media.refresh(pbx, channel)
    media.refresh_bridge(pbx, bridge)
    stop_on_empty_bridge(pbx, bridge)


def remove(pbx: Pbx, channel: Channel) -> None:
    """Take a channel out by command; its application stops following the bridge."""
    bridge = channel.bridge
    leave(pbx, channel)
    if bridge is not None:
        _lose_interest(pbx, bridge, channel)


def destroy(pbx: Pbx, bridge: Bridge) -> None:
    """End a bridge; its channels stay in Stasis, alone and in silence.

    The command is answered before they have left: see ``playbacks`` for what that does.
    """
    del pbx.bridges[bridge.id]
    pbx.soon(pbx.delays.event, partial(_dissolve, pbx, bridge))


def _dissolve(pbx: Pbx, bridge: Bridge) -> None:
    for channel in list(bridge.channels):
        leave(pbx, channel)
    bridge.playbacks.clear()
    next_on_bridge(pbx, bridge)
    publish_bridge(pbx, bridge, "BridgeDestroyed")
    for app in pbx.apps.values():
        app.bridge_interest.pop(bridge.id, None)
        app.subscriptions.discard(f"bridge:{bridge.id}")


def _gain_interest(pbx: Pbx, bridge: Bridge, channel: Channel) -> None:
    app = pbx.apps.get(channel.app or "")
    if app is not None:
        app.bridge_interest[bridge.id] += 1


def _lose_interest(pbx: Pbx, bridge: Bridge, channel: Channel) -> None:
    """The application follows a bridge through its channels; who hangs up leaves it followed."""
    app = pbx.apps.get(channel.app or "")
    if app is None:
        return
    app.bridge_interest[bridge.id] -= 1
    if app.bridge_interest[bridge.id] <= 0:
        del app.bridge_interest[bridge.id]


def _show_each_other(pbx: Pbx, bridge: Bridge) -> None:
    """Tell two who talk who the other one is (connected line)."""
    if bridge.type == "holding" or len(bridge.channels) != 2:
        return
    first, second = bridge.channels
    for one, other in ((second, first), (first, second)):
        shown = Party(other.caller.name, other.caller.number)
        if (one.connected.name, one.connected.number) != (shown.name, shown.number):
            one.connected = shown
            publish_channel(pbx, one, "ChannelConnectedLine")
