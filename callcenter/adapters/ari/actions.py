"""Effects, translated into the requests that carry them out.

Ids of bridges, legs and playbacks are given in the effects, so a request can be sent before its
reply is known and an event may overtake the reply.

A whole served call with one prompt takes 12 requests: claim, answer, mark, play, waiting room,
enter it, ring, talk bridge, enter it, drop the waiting room, end the other leg, drop the bridge.
"""

import re
from dataclasses import dataclass, field
from typing import assert_never
from urllib.parse import quote

import msgspec

from callcenter.adapters.ari.prompt_uris import PromptUris
from callcenter.core.call.effects import (
    Announce,
    AnswerCaller,
    ClaimCall,
    ConnectLegs,
    DropBridge,
    EndLeg,
    HangUpCaller,
    HoldCaller,
    LeaveRoom,
    LetHearRinging,
    PlayPrompts,
    ReleaseCaller,
    RingAgent,
    RingCustomer,
    StopPrompts,
    StopRinging,
    TelephonyEffect,
)
from callcenter.core.ids import BridgeId, CallId, LegId, Ms

CALL_VARIABLE = "CC_CALL"
"""Rides on every channel of a call and is reported in ``GET /channels``."""
LEG_ARGUMENT = "leg"
"""What a leg of ours hands to the application when it is answered."""
BRIDGE_PREFIX = "cc:"
WITHHELD_CALLER = "Anonymous <anonymous>"
RING_BACKSTOP_S = 2
"""How much longer than we the PBX lets a phone ring, should we not end it."""


@dataclass(frozen=True, slots=True)
class Request:
    """One command to the PBX."""

    name: str
    """For metrics and failures: "answer"."""
    method: str
    path: str
    params: dict[str, str] | None = None
    body: bytes | None = None
    fine: frozenset[int] = frozenset()
    """Refusals that are as good as done: 404 where something is to be removed."""
    ends: LegId | None = None
    """The leg that it is to end."""


@dataclass(frozen=True, slots=True)
class ActionSettings:
    """What every request has to know."""

    application: str
    """Begins with "cc-": the dialplan offers calls to such applications only."""
    uris: PromptUris = field(default_factory=PromptUris)
    lease_ms: Ms = 45_000
    """How long the PBX keeps a leg that nobody looks after, when it comes into our hands."""
    fallback_context: str = "cc-fallback"

    def __post_init__(self) -> None:
        if not re.fullmatch(r"cc-[A-Za-z0-9_-]{1,40}", self.application):
            raise ValueError(
                f"the Stasis application {self.application!r} must be cc- and then letters, "
                "digits, - or _: the dialplan offers calls to such applications only"
            )


def bridge_name(call_id: CallId, role: str, application: str) -> str:
    """Return what a bridge of ours is called: whose call it is, what for, and whose it is."""
    return f"{BRIDGE_PREFIX}{call_id}:{role}:{application}"


def is_our_bridge(name: str, application: str) -> bool:
    """Say whether this application made a bridge; another node's must be left alone."""
    return name.startswith(BRIDGE_PREFIX) and name.endswith(f":{application}")


def requests_for(effect: TelephonyEffect, settings: ActionSettings) -> tuple[Request, ...]:
    """Return the requests that carry out an effect, in order; a refused one ends the row."""
    match effect:
        case ClaimCall(leg_id):
            return (_claim(leg_id, settings),)
        case AnswerCaller():
            return (_post("answer", f"{_channel(effect.leg_id)}/answer"), _mark(effect, settings))
        case PlayPrompts():
            return _play(effect, settings)
        case StopPrompts():
            return (_delete("stop", f"/playbacks/{effect.playback_id}"),)
        case HoldCaller():
            return _hold(effect, settings)
        case LeaveRoom():
            return (_leave(effect),)
        case Announce():
            return (_announce(effect, settings),)
        case RingAgent() | RingCustomer():
            return (_ring(effect, settings),)
        case _:
            return _connect_or_end(effect, settings)


def renewal(leg_id: LegId, lease_ms: Ms) -> Request:
    """Return the request that moves the end of a leg's lease."""
    return _post(
        "renew",
        f"{_channel(leg_id)}/variable",
        {"variable": "TIMEOUT(absolute)", "value": _seconds(lease_ms)},
    )


def end_leg(leg_id: LegId) -> Request:
    """Return the request that ends a channel, ringing or answered."""
    return Request("end", "DELETE", _channel(leg_id), fine=_NOT_FOUND, ends=leg_id)


def release_request(leg_id: LegId, fallback_context: str, *, to_mailbox: bool = False) -> Request:
    """Return the request that gives a caller to the fallback of the dialplan, or its mailbox."""
    extension = "mailbox" if to_mailbox else "s"
    place = {"context": fallback_context, "extension": extension, "priority": "1"}
    return _post("release", f"{_channel(leg_id)}/continue", place)


def stop_playback(playback_id: str) -> Request:
    """Return the request that stops a playback at once."""
    return _delete("stop", f"/playbacks/{playback_id}")


def _connect_or_end(
    effect: ConnectLegs
    | EndLeg
    | DropBridge
    | HangUpCaller
    | ReleaseCaller
    | LetHearRinging
    | StopRinging,
    settings: ActionSettings,
) -> tuple[Request, ...]:
    match effect:
        case ConnectLegs():
            return _connect(effect, settings)
        case LetHearRinging(leg_id=leg_id):
            return (_post("let_hear_ringing", f"{_channel(leg_id)}/ring"),)
        case StopRinging(leg_id=leg_id):
            return (_delete("stop_ringing", f"{_channel(leg_id)}/ring"),)
        case EndLeg(leg_id=leg_id) | HangUpCaller(leg_id=leg_id):
            return (end_leg(leg_id),)
        case DropBridge():
            return (_delete("drop_bridge", f"/bridges/{effect.bridge_id}"),)
        case ReleaseCaller():
            context, to_mailbox = settings.fallback_context, effect.to_mailbox
            return (release_request(effect.leg_id, context, to_mailbox=to_mailbox),)
        case _:
            assert_never(effect)


def _claim(leg_id: LegId, settings: ActionSettings) -> Request:
    params = {"channelId": leg_id, "application": settings.application}
    return _post("claim", "/events/claim", params)


def _mark(effect: AnswerCaller, settings: ActionSettings) -> Request:
    body = _variables(effect.call_id, settings.lease_ms)
    return _post("mark", f"{_channel(effect.leg_id)}/variables", None, body)


def _play(effect: PlayPrompts, settings: ActionSettings) -> tuple[Request, ...]:
    media = {"media": settings.uris.media(effect.prompts)}
    play = _post("play", f"{_channel(effect.leg_id)}/play/{effect.playback_id}", media)
    # Variables wait for the end of a prompt: a long one needs its lease beforehand.
    playing_ms = settings.uris.duration_ms(effect.prompts)
    if playing_ms * 2 < settings.lease_ms:
        return (play,)
    return (renewal(effect.leg_id, playing_ms + settings.lease_ms), play)


def _hold(effect: HoldCaller, settings: ActionSettings) -> tuple[Request, ...]:
    create = _create_bridge(
        effect.bridge_id, "holding", bridge_name(effect.call_id, "hold", settings.application)
    )
    # With this role a participant hears music by themself, and again after an announcement. Music
    # of the bridge would take the only announcer's place, and every announcement would fail.
    enter = {"channel": effect.leg_id, "role": "holding_participant"}
    return (create, _post("enter", f"/bridges/{effect.bridge_id}/addChannel", enter))


def _leave(effect: LeaveRoom) -> Request:
    path = f"/bridges/{effect.bridge_id}/removeChannel"
    return Request("leave", "POST", path, {"channel": effect.leg_id}, fine=_NOT_INSIDE)


def _announce(effect: Announce, settings: ActionSettings) -> Request:
    media = {"media": settings.uris.media(effect.prompts)}
    return _post("announce", f"/bridges/{effect.bridge_id}/play/{effect.playback_id}", media)


def _ring(effect: RingAgent | RingCustomer, settings: ActionSettings) -> Request:
    timeout_s = -(-effect.ring_ms // 1000) + RING_BACKSTOP_S
    params = {
        "endpoint": effect.station,
        "app": settings.application,
        "appArgs": LEG_ARGUMENT,
        "timeout": str(timeout_s),
        "callerId": shown_caller(effect.caller_id),
    }
    # A ringing leg cannot be renewed, so its lease begins after the ring.
    body = _variables(effect.call_id, timeout_s * 1000 + settings.lease_ms)
    return _post("ring", _channel(effect.leg_id), params, body)


def _connect(effect: ConnectLegs, settings: ActionSettings) -> tuple[Request, ...]:
    create = _create_bridge(
        effect.bridge_id, "mixing", bridge_name(effect.call_id, "talk", settings.application)
    )
    enter = {"channel": ",".join(effect.leg_ids)}
    return (create, _post("enter", f"/bridges/{effect.bridge_id}/addChannel", enter))


def _create_bridge(bridge_id: BridgeId, kind: str, name: str) -> Request:
    return Request(
        "create_bridge",
        "POST",
        f"/bridges/{bridge_id}",
        {"type": kind, "name": name},
        fine=_CONFLICT,
    )


def shown_caller(caller_id: str) -> str:
    """Return a caller id that cannot be taken for a name, an address or a header."""
    plain = "".join(each for each in caller_id if each.isalnum() or each in "+*#.- ").strip()
    return plain[:64] or WITHHELD_CALLER


def _variables(call_id: CallId, lease_ms: Ms) -> bytes:
    marked = {"value": call_id, "report_events": True}
    values = {CALL_VARIABLE: marked, "TIMEOUT(absolute)": _seconds(lease_ms)}
    return msgspec.json.encode({"variables": values})


def _seconds(duration_ms: Ms) -> str:
    return str(max(1, -(-duration_ms // 1000)))


def _channel(leg_id: LegId) -> str:
    return f"/channels/{quote(leg_id, safe='')}"


def _post(
    name: str, path: str, params: dict[str, str] | None = None, body: bytes | None = None
) -> Request:
    return Request(name, "POST", path, params, body)


def _delete(name: str, path: str) -> Request:
    return Request(name, "DELETE", path, fine=_NOT_FOUND)


_NOT_FOUND = frozenset({404})
_NOT_INSIDE = frozenset({404, 422})
_CONFLICT = frozenset({409})
