"""Legs that the service makes: from the request to answer, refusal or time-out.

Nothing is heard of a phone that is dead but the first Dial and, at the full time-out, the end. The
status of Dial events tells nothing reliable; the cause (Q.850) and ``tech_cause`` (SIP) do.
"""

import re
from dataclasses import dataclass, field
from functools import partial

from callcenter.simulation.pbx import apps, channels, media
from callcenter.simulation.pbx.events import channel_json, publish_channel, publish_dial
from callcenter.simulation.pbx.state import (
    Channel,
    Dialplan,
    Json,
    Party,
    Pbx,
    Phone,
    Reply,
    Response,
)

CAUSE_OF_SIP = {
    302: (23, "CANCEL"),
    404: (1, "NOANSWER"),
    408: (18, "NOANSWER"),
    480: (19, "NOANSWER"),
    486: (17, "BUSY"),
    488: (58, "NOANSWER"),
    500: (38, "NOANSWER"),
    503: (34, "CONGESTION"),
    603: (21, "NOANSWER"),
}
"""What a phone's refusal becomes: cause and Dial status."""


@dataclass(frozen=True, slots=True)
class Origination:
    """A checked request for a leg."""

    endpoint: str
    app: str
    app_args: list[str]
    channel_id: str
    caller_id: str
    timeout_s: float
    variables: dict[str, str] = field(default_factory=dict)
    reported: frozenset[str] = frozenset()


def originate(pbx: Pbx, wanted: Origination, reply: Reply) -> None:
    """Make a leg and ring its phone, or answer why not: 409 for the id, 500 for the endpoint."""
    if clashes(pbx, wanted.channel_id):
        pbx.refused_ids += 1
        reply(Response(409, {"message": "Channel with given unique ID already exists"}))
        return
    phone = pbx.phones.get(wanted.endpoint)
    if phone is None or not phone.is_registered():
        reply(Response(500, {"error": "Allocation failed"}))
        return
    channel = _make(pbx, wanted)
    reply(Response(200, channel_json(channel)))
    pbx.soon(pbx.delays.originate, partial(_dial, pbx, channel, phone, wanted.timeout_s))


def clashes(pbx: Pbx, channel_id: str) -> bool:
    """Say whether a live id begins with the new one: Asterisk compares only its length."""
    new = channel_id.lower()
    return bool(new) and any(live.lower().startswith(new) for live in pbx.channels)


def _make(pbx: Pbx, wanted: Origination) -> Channel:
    name, number = parse_caller_id(wanted.caller_id)
    channel = Channel(
        id=wanted.channel_id or pbx.new_unique_id(),
        name=f"{wanted.endpoint}-{next(pbx.numbers):08x}",
        endpoint=wanted.endpoint,
        inbound=False,
        state="Down",
        caller=Party(name, number),
        connected=Party(name, number),
        dialplan=Dialplan("none", "s", 1, "AppDial2", "(Outgoing Line)"),
        created_at=pbx.now(),
        protocol_id=f"{pbx.random.getrandbits(64):016x}",
        originated_by=wanted.app,
        app_args=wanted.app_args,
        variables=dict(wanted.variables),
        reported=set(wanted.reported) | set(pbx.dialplan.channelvars),
    )
    pbx.channels[channel.id] = channel
    lease = channel.variables.pop("TIMEOUT(absolute)", "")
    if lease.replace(".", "", 1).isdigit():
        channels.set_lease(pbx, channel, float(lease))
    return channel


def parse_caller_id(text: str) -> tuple[str, str]:
    """Split a caller id, '"Bob" <138...>' or a bare number, into name and number."""
    match = re.fullmatch(r'\s*"?([^"<]*)"?\s*<([^>]*)>\s*', text)
    if match is not None:
        return match.group(1).strip(), match.group(2).strip()
    return "", text.strip()


def _dial(pbx: Pbx, channel: Channel, phone: Phone, timeout_s: float) -> None:
    if channel.ended or channel.hanging_up:
        return
    publish_dial(pbx, channel, "")
    channel.dial_timer = pbx.later(timeout_s * 1_000, partial(_no_answer, pbx, channel))
    pbx.soon(pbx.delays.phone, partial(_invite, channel, phone))


def _invite(channel: Channel, phone: Phone) -> None:
    if not channel.ended and not channel.hanging_up:
        channel.far_end = phone.invite(channel)


def _no_answer(pbx: Pbx, channel: Channel) -> None:
    if channel.state != "Up" and not channel.ended:
        channels.destroy(pbx, channel, 19)


def ringing(pbx: Pbx, channel: Channel) -> None:
    """The phone rings: two events, in either order."""
    if channel.ended or channel.hanging_up or channel.state != "Down":
        return
    channel.state = "Ringing"
    if pbx.random.random() < 0.5:
        publish_dial(pbx, channel, "RINGING")
        publish_channel(pbx, channel, "ChannelStateChange")
    else:
        publish_channel(pbx, channel, "ChannelStateChange")
        publish_dial(pbx, channel, "RINGING")


def answered(pbx: Pbx, channel: Channel) -> None:
    """The phone was picked up; Asterisk learns it a moment later."""
    if not channel.ended and channel.state != "Up" and not channel.answering:
        channel.answering = True
        pbx.soon(pbx.delays.phone, partial(_up, pbx, channel))


def _up(pbx: Pbx, channel: Channel) -> None:
    """Enter Stasis, also when our own hangup is under way already; without a listener hang up."""
    channel.answering = False
    if channel.ended:
        return
    if channel.dial_timer is not None:
        channel.dial_timer.cancel()
    channel.state = "Up"
    publish_channel(pbx, channel, "ChannelStateChange")
    publish_dial(pbx, channel, "ANSWER")
    app = channel.originated_by or ""
    if not apps.is_active(pbx, app):
        channels.finish(pbx, channel, 16)
        return
    data = ",".join([app, *channel.app_args])
    channel.dialplan = Dialplan("none", "s", 1, "Stasis", data)
    channels.enter_stasis(pbx, channel, app, channel.app_args)
    media.refresh(pbx, channel)


def refused(pbx: Pbx, channel: Channel, sip_status: int) -> None:
    """The phone refuses with a SIP status."""
    if channel.ended or channel.hanging_up or channel.state == "Up":
        return
    cause, dial_status = CAUSE_OF_SIP.get(sip_status, (38, "NOANSWER"))
    fields: Json = {"cause": cause, "tech_cause": sip_status}
    publish_channel(pbx, channel, "ChannelHangupRequest", fields)
    publish_dial(pbx, channel, dial_status)
    channels.destroy(pbx, channel, cause, sip_status)


def hung_up(pbx: Pbx, channel: Channel) -> None:
    """The phone ends an answered leg (BYE)."""
    if channel.state == "Up":
        channels.request_hangup(pbx, channel, None)
