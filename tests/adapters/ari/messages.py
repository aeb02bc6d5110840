"""Messages as Asterisk 22.10 sends them, with made-up numbers."""

import json
from typing import Any

CALLER = "1795323368.7"
LEG = "f" * 32
OTHER_LEG = "e" * 32
PLAYBACK = "a" * 32
CALL = "c" * 32
SENT = "2026-11-22T04:57:08.651+0000"
MADE = "2026-11-22T04:56:08.451+0000"


def channel(channel_id: str = CALLER, state: str = "Up", **more: Any) -> dict[str, Any]:
    """Return a channel: the caller's in the application, or a leg of ours."""
    is_leg = "." not in channel_id
    plan = {
        "context": "agents" if is_leg else "from-trunk",
        "exten": "s" if is_leg else "4000",
        "priority": 3,
        "app_name": "AppDial2" if is_leg else "StasisBroadcast",
        "app_data": "(Outgoing Line)" if is_leg else "1200,^cc-,in:4000",
    }
    return {
        "id": channel_id,
        "name": "PJSIP/1001-00000001" if is_leg else "PJSIP/trunk-00000000",
        "state": state,
        "protocol_id": "ab209eb7607d@example",
        "caller": {"name": "", "number": "+15550100"},
        "connected": {"name": "", "number": ""},
        "accountcode": "",
        "dialplan": plan,
        "creationtime": MADE,
        "language": "en",
        **more,
    }


def event(kind: str, **fields: Any) -> bytes:
    """Return one message."""
    head = {"type": kind, "timestamp": SENT}
    tail = {"asterisk_id": "02:fc:00:00:00:01", "application": "cc-test"}
    return json.dumps({**head, **fields, **tail}).encode()


def of_channel(kind: str, channel_id: str = CALLER, state: str = "Up", **fields: Any) -> bytes:
    """Return a message about one channel."""
    return event(kind, channel=channel(channel_id, state), **fields)


def start_of_caller(*more: str, **fields: Any) -> bytes:
    """Return the message by which a caller is handed over."""
    arguments = ["in", "4000", *more]
    return event("StasisStart", args=arguments, channel=channel(state="Ring", **fields))


def start_of_leg(leg_id: str = LEG) -> bytes:
    """Return the message that follows when an agent picks up."""
    return of_channel("StasisStart", leg_id, args=["leg"])


def destroyed(leg_id: str, cause: int, state: str = "Down", **fields: Any) -> bytes:
    """Return the last message of a leg of ours."""
    return of_channel("ChannelDestroyed", leg_id, state, cause=cause, cause_txt="", **fields)


def playback(kind: str = "PlaybackFinished", state: str = "done") -> bytes:
    """Return a message about a playback."""
    told = {
        "id": PLAYBACK,
        "media_uri": "sound:callcenter/en/goodbye",
        "target_uri": f"channel:{CALLER}",
        "language": "en",
        "state": state,
    }
    return event(kind, playback=told)
