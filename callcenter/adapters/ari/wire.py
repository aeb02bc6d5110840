"""Asterisk's own words: models and events of its REST interface, as they come over the wire.

Written by scripts/write_ari_models.py from the api-docs of an Asterisk. Do not edit. Every field
except ``id`` may be missing.
"""

from typing import Any

import msgspec


class Application(msgspec.Struct, frozen=True, gc=False):
    """Asterisk's Application."""

    bridge_ids: tuple[str, ...] = ()
    channel_ids: tuple[str, ...] = ()
    device_names: tuple[str, ...] = ()
    endpoint_ids: tuple[str, ...] = ()
    events_allowed: tuple[dict[str, Any], ...] = ()
    events_disallowed: tuple[dict[str, Any], ...] = ()
    name: str = ""


class BuildInfo(msgspec.Struct, frozen=True, gc=False):
    """Asterisk's BuildInfo."""

    date: str = ""
    kernel: str = ""
    machine: str = ""
    options: str = ""
    os: str = ""
    user: str = ""


class SystemInfo(msgspec.Struct, frozen=True, gc=False):
    """Asterisk's SystemInfo."""

    entity_id: str = ""
    version: str = ""


class SetId(msgspec.Struct, frozen=True, gc=False):
    """Asterisk's SetId."""

    group: str = ""
    user: str = ""


class ConfigInfo(msgspec.Struct, frozen=True, gc=False):
    """Asterisk's ConfigInfo."""

    default_language: str = ""
    max_channels: int | None = None
    max_load: float | None = None
    max_open_files: int | None = None
    name: str = ""
    setid: SetId | None = None


class StatusInfo(msgspec.Struct, frozen=True, gc=False):
    """Asterisk's StatusInfo."""

    last_reload_time: str = ""
    startup_time: str = ""


class AsteriskInfo(msgspec.Struct, frozen=True, gc=False):
    """Asterisk's AsteriskInfo."""

    build: BuildInfo | None = None
    config: ConfigInfo | None = None
    status: StatusInfo | None = None
    system: SystemInfo | None = None


class Bridge(msgspec.Struct, frozen=True, gc=False):
    """Asterisk's Bridge."""

    id: str
    bridge_class: str = ""
    bridge_type: str = ""
    bridgevars: dict[str, Any] = msgspec.field(default_factory=dict)
    channels: tuple[str, ...] = ()
    creationtime: str = ""
    creator: str = ""
    name: str = ""
    technology: str = ""
    video_mode: str = ""
    video_source_id: str = ""


class CallerID(msgspec.Struct, frozen=True, gc=False):
    """Asterisk's CallerID."""

    name: str = ""
    number: str = ""


class DialplanCEP(msgspec.Struct, frozen=True, gc=False):
    """Asterisk's DialplanCEP."""

    app_data: str = ""
    app_name: str = ""
    context: str = ""
    exten: str = ""
    priority: int | None = None


class Channel(msgspec.Struct, frozen=True, gc=False):
    """Asterisk's Channel."""

    id: str
    accountcode: str = ""
    caller: CallerID | None = None
    caller_rdnis: str = ""
    channelvars: dict[str, Any] = msgspec.field(default_factory=dict)
    connected: CallerID | None = None
    creationtime: str = ""
    dialplan: DialplanCEP | None = None
    language: str = ""
    name: str = ""
    protocol_id: str = ""
    state: str = ""
    tenantid: str = ""


class Endpoint(msgspec.Struct, frozen=True, gc=False):
    """Asterisk's Endpoint."""

    channel_ids: tuple[str, ...] = ()
    resource: str = ""
    state: str = ""
    technology: str = ""


class Playback(msgspec.Struct, frozen=True, gc=False):
    """Asterisk's Playback."""

    id: str
    language: str = ""
    media_uri: str = ""
    next_media_uri: str = ""
    state: str = ""
    target_uri: str = ""


class ApplicationReplaced(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag=True):
    """Asterisk's ApplicationReplaced."""

    application: str = ""
    asterisk_id: str = ""
    timestamp: str = ""


class CallBroadcast(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag=True):
    """Asterisk's CallBroadcast."""

    application: str = ""
    asterisk_id: str = ""
    called: str = ""
    caller: str = ""
    channel: Channel | None = None
    timestamp: str = ""


class ChannelDestroyed(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag=True):
    """Asterisk's ChannelDestroyed."""

    application: str = ""
    asterisk_id: str = ""
    cause: int | None = None
    cause_txt: str = ""
    channel: Channel | None = None
    tech_cause: int | None = None
    timestamp: str = ""


class ChannelDtmfReceived(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag=True):
    """Asterisk's ChannelDtmfReceived."""

    application: str = ""
    asterisk_id: str = ""
    channel: Channel | None = None
    digit: str = ""
    duration_ms: int | None = None
    timestamp: str = ""


class ChannelHangupRequest(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag=True):
    """Asterisk's ChannelHangupRequest."""

    application: str = ""
    asterisk_id: str = ""
    cause: int | None = None
    channel: Channel | None = None
    soft: bool = False
    tech_cause: int | None = None
    timestamp: str = ""


class ChannelStateChange(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag=True):
    """Asterisk's ChannelStateChange."""

    application: str = ""
    asterisk_id: str = ""
    channel: Channel | None = None
    timestamp: str = ""


class ChannelUserevent(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag=True):
    """Asterisk's ChannelUserevent."""

    application: str = ""
    asterisk_id: str = ""
    bridge: Bridge | None = None
    channel: Channel | None = None
    endpoint: Endpoint | None = None
    eventname: str = ""
    timestamp: str = ""
    userevent: dict[str, Any] = msgspec.field(default_factory=dict)


class Dial(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag=True):
    """Asterisk's Dial."""

    application: str = ""
    asterisk_id: str = ""
    caller: Channel | None = None
    dialstatus: str = ""
    dialstring: str = ""
    forward: str = ""
    forwarded: Channel | None = None
    peer: Channel | None = None
    timestamp: str = ""


class PlaybackFinished(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag=True):
    """Asterisk's PlaybackFinished."""

    application: str = ""
    asterisk_id: str = ""
    playback: Playback | None = None
    timestamp: str = ""


class StasisEnd(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag=True):
    """Asterisk's StasisEnd."""

    application: str = ""
    asterisk_id: str = ""
    channel: Channel | None = None
    timestamp: str = ""


class StasisStart(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag=True):
    """Asterisk's StasisStart."""

    application: str = ""
    args: tuple[str, ...] = ()
    asterisk_id: str = ""
    channel: Channel | None = None
    replace_channel: Channel | None = None
    timestamp: str = ""


Event = (
    ApplicationReplaced
    | CallBroadcast
    | ChannelDestroyed
    | ChannelDtmfReceived
    | ChannelHangupRequest
    | ChannelStateChange
    | ChannelUserevent
    | Dial
    | PlaybackFinished
    | StasisEnd
    | StasisStart
)

EVENT_TYPES = (
    "ApplicationReplaced",
    "CallBroadcast",
    "ChannelDestroyed",
    "ChannelDtmfReceived",
    "ChannelHangupRequest",
    "ChannelStateChange",
    "ChannelUserevent",
    "Dial",
    "PlaybackFinished",
    "StasisEnd",
    "StasisStart",
)
"""What the PBX is asked to send."""
