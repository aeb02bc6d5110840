"""Events: their JSON, who hears them, and how they can be lost."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache, partial

from callcenter.simulation.pbx.state import App, Bridge, Channel, Json, Pbx, Playback, Session

CAUSES = {
    1: "Unallocated (unassigned) number",
    16: "Normal Clearing",
    17: "User busy",
    18: "No user responding",
    19: "User alerting, no answer",
    21: "Call Rejected",
    23: "Number changed",
    34: "Circuit/channel congestion",
    38: "Network out of order",
    58: "Bearer capability not available",
}
"""Q.850 causes that Asterisk reports, and its words for them."""


def stamp(at_ms: float) -> str:
    """Return an instant as Asterisk writes it: 2026-11-22T04:56:25.191+0000."""
    seconds, rest_ms = divmod(int(at_ms), 1_000)
    return f"{_second(seconds)}.{rest_ms:03d}+0000"


@lru_cache(maxsize=4_096)  # many things happen in one second
def _second(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"


def channel_json(channel: Channel) -> Json:
    """Return the channel as ARI shows it."""
    plan = channel.dialplan
    shown: Json = {
        "id": channel.id,
        "name": channel.name,
        "state": channel.state,
        "protocol_id": channel.protocol_id,
        "caller": {"name": channel.caller.name, "number": channel.caller.number},
        "connected": {"name": channel.connected.name, "number": channel.connected.number},
        "accountcode": "",
        "dialplan": {
            "context": plan.context,
            "exten": plan.exten,
            "priority": plan.priority,
            "app_name": plan.app_name,
            "app_data": plan.app_data,
        },
        "creationtime": stamp(channel.created_at),
        "language": "en",
    }
    if channel.reported:
        shown["channelvars"] = {
            name: channel.variables.get(name, "") for name in sorted(channel.reported)
        }
    return shown


def bridge_json(bridge: Bridge) -> Json:
    """Return the bridge as ARI shows it; a running announcement adds its announcer's channel."""
    holding = bridge.type == "holding"
    members = [channel.id for channel in bridge.channels]
    return {
        "id": bridge.id,
        "technology": "holding_bridge" if holding else "simple_bridge",
        "bridge_type": bridge.type,
        "bridge_class": "stasis",
        "creator": "Stasis",
        "name": bridge.name,
        "channels": members + ([bridge.announcer_id] if bridge.announcer_id else []),
        "creationtime": stamp(bridge.created_at),
        "video_mode": "talker",
    }


def playback_json(playback: Playback) -> Json:
    """Return the playback as ARI shows it."""
    shown: Json = {"id": playback.id, "media_uri": playback.media[playback.index]}
    if playback.index + 1 < len(playback.media):
        shown["next_media_uri"] = playback.media[playback.index + 1]
    return shown | {
        "target_uri": playback.target_uri,
        "language": playback.language,
        "state": playback.state,
    }


def publish(pbx: Pbx, app_name: str, kind: str, fields: Json) -> None:
    """Send one event to an application, in order, unless it is filtered or nobody listens."""
    app = pbx.apps.get(app_name)
    if app is None or app.session is None or not _passes(app, kind):
        return
    event = {"type": kind, "timestamp": stamp(pbx.now())} | fields
    event |= {"asterisk_id": pbx.entity_id, "application": app_name}
    wanted_at = pbx.now() + pbx.random.uniform(*pbx.delays.event)
    app.last_delivery_at = max(wanted_at, app.last_delivery_at)
    pbx.later(app.last_delivery_at - pbx.now(), partial(_deliver, app.session, event))


def publish_channel(pbx: Pbx, channel: Channel, kind: str, fields: Json | None = None) -> None:
    """Send an event about a channel to every application that watches it."""
    body = (fields or {}) | {"channel": channel_json(channel)}
    for name in _watchers(pbx, channel):
        publish(pbx, name, kind, dict(body))


def publish_dial(pbx: Pbx, channel: Channel, status: str) -> None:
    """Send a Dial event of an originated channel; the status says nothing reliable."""
    fields = {
        "dialstatus": status,
        "forward": "",
        "dialstring": channel.endpoint.partition("/")[2],
        "peer": channel_json(channel),
    }
    for name in _watchers(pbx, channel):
        publish(pbx, name, "Dial", dict(fields))


def publish_bridge(pbx: Pbx, bridge: Bridge, kind: str, channel: Channel | None = None) -> None:
    """Send an event about a bridge (and one of its channels) to all who watch either."""
    fields: Json = {"bridge": bridge_json(bridge)}
    names = {app.name for app in pbx.apps.values() if app.bridge_interest[bridge.id] > 0}
    names |= {app.name for app in pbx.apps.values() if f"bridge:{bridge.id}" in app.subscriptions}
    if channel is not None:
        fields["channel"] = channel_json(channel)
        names |= set(_watchers(pbx, channel))
    for name in sorted(names):
        publish(pbx, name, kind, dict(fields))


def publish_playback(pbx: Pbx, playback: Playback, kind: str) -> None:
    """Send an event about a playback to the applications that started or watch its target."""
    for name in playback.apps:
        publish(pbx, name, kind, {"playback": playback_json(playback)})


def _watchers(pbx: Pbx, channel: Channel) -> Iterable[str]:
    names = [channel.app, channel.originated_by]
    names += [a.name for a in pbx.apps.values() if f"channel:{channel.id}" in a.subscriptions]
    return dict.fromkeys(name for name in names if name is not None)


def _passes(app: App, kind: str) -> bool:
    """Asterisk's rule: what is disallowed never passes; an allowed list lets nothing else pass."""
    return kind not in app.disallowed and (not app.allowed or kind in app.allowed)


def _deliver(session: Session, event: Json) -> None:
    if session.connected:
        session.deliver(event)
