"""Playing media on channels and bridges.

A prompt on a channel occupies the channel's own thread: what is queued behind it waits. A prompt on
a bridge is played by an announcer and blocks nobody; it ends when the last listener has left.
Asterisk refuses (with a playback that fails at once) to announce into a holding bridge on which
``POST moh`` was used; who entered as holding participant hears music without it. A prompt on a
channel whose bridge was just destroyed, and which has not left it yet, stays queued for ever.
"""

from collections.abc import Callable
from functools import partial

from callcenter.simulation.pbx import media
from callcenter.simulation.pbx.events import publish_playback
from callcenter.simulation.pbx.state import Bridge, Channel, Command, Pbx, Playback


def play_on_channel(pbx: Pbx, channel: Channel, playback: Playback) -> None:
    """Queue a playback on a channel; it starts when those before it have ended."""
    channel.commands.append(Command(partial(_begin_on_channel, pbx, channel, playback)))


def _begin_on_channel(pbx: Pbx, channel: Channel, playback: Playback) -> None:
    if channel.bridge is not None and channel.bridge.id not in pbx.bridges:
        return
    channel.playing = playback
    playback.on_end = partial(_free_channel, pbx, channel, playback)
    _begin(pbx, playback, partial(media.refresh, pbx, channel))


def _free_channel(pbx: Pbx, channel: Channel, playback: Playback) -> None:
    if channel.playing is playback:
        channel.playing = None
        media.refresh(pbx, channel)
        run_commands(pbx, channel)


def run_commands(pbx: Pbx, channel: Channel) -> None:
    """Run what is queued on the channel, up to the next prompt."""
    while channel.commands and channel.playing is None and not channel.ended:
        channel.commands.popleft().run()


def cut(pbx: Pbx, channel: Channel) -> None:
    """End what plays and all that waits: the channel leaves. Waiting requests are answered 204."""
    playing, channel.playing = channel.playing, None
    waiting = list(channel.commands)
    channel.commands.clear()
    if playing is not None:
        playing.on_end = None
        finish(pbx, playing, "failed")
    for command in waiting:
        if command.when_dead is not None:
            command.when_dead()


def play_on_bridge(pbx: Pbx, bridge: Bridge, playback: Playback) -> None:
    """Queue a playback on a bridge behind those that play there."""
    bridge.playbacks.append(playback)
    if bridge.playing is None:
        next_on_bridge(pbx, bridge)


def next_on_bridge(pbx: Pbx, bridge: Bridge) -> None:
    """Start the next announcement of a bridge, or send its announcer away."""
    bridge.playing = None
    if not bridge.playbacks:
        bridge.announcer_id = ""
        media.refresh_bridge(pbx, bridge)
        return
    playback = bridge.playbacks.popleft()
    bridge.playing = playback
    bridge.announcer_id = bridge.announcer_id or pbx.new_unique_id()
    playback.on_end = partial(_free_bridge, pbx, bridge, playback)
    deaf = not bridge.channels or (bridge.type == "holding" and bridge.music)
    _begin(pbx, playback, partial(media.refresh_bridge, pbx, bridge), can_play=not deaf)


def _free_bridge(pbx: Pbx, bridge: Bridge, playback: Playback) -> None:
    if bridge.playing is playback:
        next_on_bridge(pbx, bridge)


def stop_on_empty_bridge(pbx: Pbx, bridge: Bridge) -> None:
    """Let all announcements fail when nobody is left to hear them."""
    while not bridge.channels and bridge.playing is not None:
        finish(pbx, bridge.playing, "failed")


def _begin(
    pbx: Pbx, playback: Playback, changed: Callable[[], None], *, can_play: bool = True
) -> None:
    if playback.cancelled:
        finish(pbx, playback, "done")
        return
    playback.state = "playing"
    changed()
    publish_playback(pbx, playback, "PlaybackStarted")
    length = pbx.prompt_ms(playback.media[playback.index])
    if length is None or not can_play:
        finish(pbx, playback, "failed")
    else:
        playback.timer = pbx.later(length, partial(_advance, pbx, playback, changed))


def _advance(pbx: Pbx, playback: Playback, changed: Callable[[], None]) -> None:
    """Go on with the next file of the list."""
    if playback.index + 1 >= len(playback.media):
        finish(pbx, playback, "done")
        return
    playback.state = "continuing"
    publish_playback(pbx, playback, "PlaybackContinuing")
    playback.index += 1
    _begin(pbx, playback, changed)


def stop(pbx: Pbx, playback: Playback) -> None:
    """Stop at once what plays; what is only queued will not start."""
    if playback.state == "queued":
        playback.cancelled = True
    else:
        finish(pbx, playback, "done")


def finish(pbx: Pbx, playback: Playback, state: str) -> None:
    """End a playback: "done" or "failed"; a second end does nothing."""
    if pbx.playbacks.get(playback.id) is playback:
        del pbx.playbacks[playback.id]
    if playback.state in {"done", "failed"}:
        return
    if playback.timer is not None:
        playback.timer.cancel()
    playback.state = state
    publish_playback(pbx, playback, "PlaybackFinished")
    if playback.on_end is not None:
        playback.on_end()
