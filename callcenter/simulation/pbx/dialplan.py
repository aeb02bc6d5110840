"""Callers who come in: lease, heartbeat guard, broadcast and claim, fallback.

The dialplan that the product ships, in the model: a caller gets a lease, goes straight to the
fallback when the service's heartbeat is stale, else is offered to every application that matches.
Whoever claims first gets the call; nobody in time, or a winner without a listener, and the dialplan
goes on to the fallback.
"""

import re
from dataclasses import dataclass
from functools import partial

from callcenter.simulation.pbx import channels, media, playbacks
from callcenter.simulation.pbx.events import channel_json, publish
from callcenter.simulation.pbx.state import (
    Broadcast,
    Channel,
    Command,
    Dialplan,
    FarEnd,
    Party,
    Pbx,
    Response,
)

_ANSWERED = ("Queue", "VoiceMail")
"""Applications of the dialplan in which the caller is answered."""


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """A call as a trunk delivers it."""

    ani: str | None
    """None if the network withholds the number."""
    dnis: str
    name: str = ""
    withheld: bool = False
    trunk: str = "PJSIP/trunk"


def enter(pbx: Pbx, call: IncomingCall, far_end: FarEnd) -> Channel:
    """Let a caller in; the dialplan begins a moment later.

    Returns:
        The new channel, in state Ring.
    """
    number = next(pbx.numbers)
    unique_id = f"{int(pbx.now() / 1_000)}.{number}"
    channel = Channel(
        id=unique_id,
        name=f"{call.trunk}-{number:08x}",
        endpoint=call.trunk,
        inbound=True,
        state="Ring",
        caller=Party(call.name, call.ani or ("anonymous" if call.withheld else "")),
        connected=Party(),
        dialplan=Dialplan(pbx.dialplan.context, call.dnis, 1, "", ""),
        created_at=pbx.now(),
        protocol_id=f"{pbx.random.getrandbits(64):016x}",
        presentation=_presentation(call),
        reported=set(pbx.dialplan.channelvars),
        far_end=far_end,
    )
    channel.when_lease_ends = partial(go_to_fallback, pbx, channel, "lease")
    pbx.channels[unique_id] = channel
    channel.variables |= {"CC_DID": call.dnis, "CC_PRES": channel.presentation}
    channels.set_lease(pbx, channel, pbx.dialplan.lease_ms / 1_000)
    pbx.soon(pbx.delays.phone, partial(_offer, pbx, channel))
    return channel


def _presentation(call: IncomingCall) -> str:
    if call.withheld:
        return "prohib_not_screened"
    return "allowed_not_screened" if call.ani else "unavailable"


def _offer(pbx: Pbx, channel: Channel) -> None:
    """Guard by heartbeat, then broadcast."""
    if channel.ended or channel.hanging_up:
        return
    rules = pbx.dialplan
    if int(pbx.now() / 1_000) - _beat(pbx) > rules.beat_limit_s:
        go_to_fallback(pbx, channel, "beat")
        return
    dnis = channel.dialplan.exten
    args = ["in", dnis, channel.presentation]
    data = f"{rules.broadcast_ms},{rules.app_pattern},{':'.join(args)}"
    channel.dialplan = Dialplan(rules.context, dnis, 5, "StasisBroadcast", data)
    channel.app_args = args
    timer = pbx.later(rules.broadcast_ms, partial(_unclaimed, pbx, channel))
    pbx.broadcasts[channel.id] = Broadcast(channel, timer)
    names = [name for name in pbx.apps if re.search(rules.app_pattern, name)]
    pbx.random.shuffle(names)
    fields = {"channel": channel_json(channel), "caller": channel.caller.number, "called": dnis}
    for name in names:
        publish(pbx, name, "CallBroadcast", dict(fields))


def _beat(pbx: Pbx) -> int:
    text = pbx.variables.get("CC_BEAT", "")
    return int(text) if text.isdigit() else 0


def _unclaimed(pbx: Pbx, channel: Channel) -> None:
    pbx.broadcasts.pop(channel.id, None)
    if not channel.ended and not channel.hanging_up:
        go_to_fallback(pbx, channel, "unclaimed")


def claim(pbx: Pbx, channel_id: str, app_name: str) -> Response:
    """Give the call to the first who asks: 204; the next get 409, who comes too late 404."""
    broadcast = pbx.broadcasts.get(channel_id)
    if broadcast is None:
        return Response(404, {"message": "Channel not found or not in broadcast state"})
    if broadcast.winner is not None:
        taken = "Channel has already been claimed by another application"
        return Response(409, {"message": taken})
    broadcast.winner = app_name
    if broadcast.timer is not None:
        broadcast.timer.cancel()
    pbx.soon(pbx.delays.event, partial(_hand_over, pbx, broadcast.channel, app_name))
    return Response(204)


def _hand_over(pbx: Pbx, channel: Channel, app_name: str) -> None:
    """Enter the winner's application; it may have died since, or never have existed."""
    if channel.ended:
        return
    if not channels.enter_stasis(pbx, channel, app_name, channel.app_args):
        go_to_fallback(pbx, channel, "failed")
        return
    pbx.taken.append(channel.id)
    if channel.hanging_up:
        pbx.soon(pbx.delays.ending, partial(channels.finish, pbx, channel, 16))


def go_to_fallback(pbx: Pbx, channel: Channel, why: str) -> None:
    """Take the caller to the fallback queue of the dialplan: answered, music, no lease."""
    channels.leave_stasis(pbx, channel)
    channels.set_lease(pbx, channel, 0)
    pbx.fallbacks.append((channel.id, why))
    pbx.variables["CC_FALLBACKS"] = str(int(pbx.variables.get("CC_FALLBACKS", "0")) + 1)
    channel.dialplan = Dialplan(pbx.dialplan.fallback_context, "s", 4, "Queue", "fallback,tc,,,240")
    channel.commands.append(Command(partial(channels.answer, pbx, channel)))
    playbacks.run_commands(pbx, channel)
    channel.music = True
    media.refresh(pbx, channel)
    channel.dial_timer = pbx.later(
        pbx.dialplan.fallback_ms, partial(channels.finish, pbx, channel, 16)
    )


def go_to_mailbox(pbx: Pbx, channel: Channel) -> None:
    """Take the caller to the mailbox: they talk until they hang up, or the limit is reached."""
    channels.leave_stasis(pbx, channel)
    channels.set_lease(pbx, channel, 0)
    pbx.mailbox.append(channel.id)
    place = (pbx.dialplan.fallback_context, "mailbox", 2)
    channel.dialplan = Dialplan(*place, "VoiceMail", "100@fallback,s")
    channel.commands.append(Command(partial(channels.answer, pbx, channel)))
    playbacks.run_commands(pbx, channel)
    media.refresh(pbx, channel)
    channel.dial_timer = pbx.later(
        pbx.dialplan.fallback_ms, partial(channels.finish, pbx, channel, 16)
    )


def continue_in(pbx: Pbx, channel: Channel, context: str, extension: str) -> None:
    """Leave Stasis by command: to the fallback, or to the end of the dialplan."""
    if context == pbx.dialplan.fallback_context:
        if extension == "mailbox":
            go_to_mailbox(pbx, channel)
        else:
            go_to_fallback(pbx, channel, "continue")
        return
    channels.leave_stasis(pbx, channel)
    channel.dialplan = Dialplan(context or pbx.dialplan.context, extension or "s", 1, "Hangup", "")
    channels.finish(pbx, channel, 16)


def move(pbx: Pbx, channel: Channel, app_name: str, args: list[str]) -> None:
    """Hand a channel from one application to another; its bridge and media stay as they are."""
    before = channel.app
    if before is None:
        return
    if app_name not in pbx.apps:
        fields = {"channel": channel_json(channel), "destination": app_name, "args": args}
        publish(pbx, before, "ApplicationMoveFailed", fields)
        return
    publish(pbx, before, "StasisEnd", {"channel": channel_json(channel)})
    channel.app = None
    channels.enter_stasis(pbx, channel, app_name, args)


def hang_up_by_caller(pbx: Pbx, channel: Channel) -> None:
    """The caller's phone ends the call (CANCEL or BYE).

    Before Stasis nobody reads the channel: a claim in that moment still gets 204, StasisStart and
    then StasisEnd.
    """
    if channel.ended:
        return
    if channel.app is None and channel.inbound and channel.dialplan.app_name not in _ANSWERED:
        channel.hanging_up = True
        pbx.later(100, partial(_end_unseen, pbx, channel))
        return
    channels.request_hangup(pbx, channel, 16 if channel.bridge is not None else None)


def _end_unseen(pbx: Pbx, channel: Channel) -> None:
    if channel.app is None:
        channels.finish(pbx, channel, 16)
