"""The life of a channel: Stasis in and out, the lease, hanging up, the end.

Orders that always hold: StasisStart before StasisEnd, each once; nothing after ChannelDestroyed;
a caller who came in by the dialplan has no ChannelDestroyed (nobody is subscribed any more), an
originated leg has it as its last event, and if it was never answered as its only ending.
"""

from functools import partial

from callcenter.simulation.pbx import apps, bridges, media, playbacks
from callcenter.simulation.pbx.events import CAUSES, publish, publish_channel, publish_dial
from callcenter.simulation.pbx.events import channel_json as shown
from callcenter.simulation.pbx.state import Channel, Json, Pbx

BY_COMMAND = 32
"""The cause in the hangup request of a DELETE."""


def enter_stasis(pbx: Pbx, channel: Channel, app_name: str, args: list[str]) -> bool:
    """Hand the channel to an application; returns False if that has no listener."""
    if not apps.is_active(pbx, app_name):
        return False
    channel.app = app_name
    channel.app_args = args
    publish_channel(pbx, channel, "StasisStart", {"args": list(args)})
    return True


def leave_stasis(pbx: Pbx, channel: Channel) -> None:
    """Take the channel from its application, which is told last of all."""
    app_name = channel.app
    playbacks.cut(pbx, channel)
    bridges.leave(pbx, channel)
    channel.music = False
    if app_name is None:
        return
    publish(pbx, app_name, "StasisEnd", {"channel": shown(channel)})
    channel.app = None
    app = pbx.apps.get(app_name)
    if app is not None:
        apps.forget_if_unused(pbx, app)


def answer(pbx: Pbx, channel: Channel) -> None:
    """Pick up a caller's channel; a second time changes nothing."""
    if channel.state == "Up" or channel.ended:
        return
    channel.state = "Up"
    publish_channel(pbx, channel, "ChannelStateChange")
    media.refresh(pbx, channel)
    if channel.far_end is not None:
        channel.far_end.was_answered()


def set_lease(pbx: Pbx, channel: Channel, seconds: float) -> None:
    """Set TIMEOUT(absolute); 0 takes it away."""
    if channel.lease is not None:
        channel.lease.cancel()
    channel.lease = channel.lease_ends_at = None
    if seconds > 0:
        channel.lease_ends_at = pbx.now() + seconds * 1_000
        channel.lease = pbx.later(seconds * 1_000, partial(_expire, pbx, channel))


def _expire(pbx: Pbx, channel: Channel) -> None:
    """Let the lease run out: the dialplan's T for a caller, the end for a leg we made.

    There is no ChannelHangupRequest: that tells a lease (and ``continue``) from hanging up.
    """
    if channel.ended:
        return
    channel.lease = channel.lease_ends_at = None
    if channel.when_lease_ends is None:
        finish(pbx, channel, 16)
    else:
        channel.when_lease_ends()


def request_hangup(pbx: Pbx, channel: Channel, cause: int | None, tech_cause: int = 0) -> None:
    """Begin to end a channel; the request is seen at once, the end comes a moment later.

    Args:
        pbx: The PBX.
        channel: The channel; one that ends already is only asked again.
        cause: Cause shown in the request: 32 for a command, None for a phone's BYE without one.
        tech_cause: SIP status of the phone, 0 for none.
    """
    if channel.ended:
        return
    fields: Json = {} if cause is None else {"cause": cause}
    if cause == BY_COMMAND:
        fields["soft"] = True
    if tech_cause:
        fields["tech_cause"] = tech_cause
    publish_channel(pbx, channel, "ChannelHangupRequest", fields)
    if channel.hanging_up:
        return
    channel.hanging_up = True
    pbx.soon(pbx.delays.ending, partial(finish, pbx, channel, 16))


def finish(pbx: Pbx, channel: Channel, cause: int, tech_cause: int = 0) -> None:
    """End a channel for good and tell its phone."""
    if channel.ended:
        return
    if not channel.inbound and channel.state != "Up" and channel.hanging_up:
        publish_dial(pbx, channel, "NOANSWER")
    leave_stasis(pbx, channel)
    destroy(pbx, channel, cause, tech_cause)


def destroy(pbx: Pbx, channel: Channel, cause: int, tech_cause: int = 0) -> None:
    """Remove a channel that is in no application any more."""
    _cancel_timers(channel)
    channel.ended = True
    pbx.channels.pop(channel.id, None)
    channel.dialplan.app_name = "AppDial2" if not channel.inbound else channel.dialplan.app_name
    fields: Json = {"cause": cause, "cause_txt": CAUSES.get(cause, "Unknown")}
    if tech_cause:
        fields["tech_cause"] = tech_cause
    publish_channel(pbx, channel, "ChannelDestroyed", fields)
    media.refresh(pbx, channel)
    _forget_channel(pbx, channel)
    if channel.far_end is not None:
        channel.far_end.was_ended(cause)


def _cancel_timers(channel: Channel) -> None:
    for timer in (channel.lease, channel.dial_timer):
        if timer is not None:
            timer.cancel()


def _forget_channel(pbx: Pbx, channel: Channel) -> None:
    pbx.broadcasts.pop(channel.id, None)
    for app in list(pbx.apps.values()):
        app.subscriptions.discard(f"channel:{channel.id}")
        apps.forget_if_unused(pbx, app)
