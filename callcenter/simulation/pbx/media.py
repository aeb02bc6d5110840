"""What each phone hears at each instant: the model's stand-in for RTP.

A source is "nothing" (Asterisk sends no packet), "ringing", "music", "prompt:<media>" or
"talk:<channel id>". A caller left alone in a mixing bridge hears nothing: zero packets.
"""

from itertools import pairwise

from callcenter.simulation.pbx.state import Bridge, Channel, Pbx

NOTHING = "nothing"
PACKET_MS = 20


def refresh(pbx: Pbx, channel: Channel) -> None:
    """Note what the channel's phone hears from now on, and those in the same bridge."""
    members = channel.bridge.channels if channel.bridge else [channel]
    for each in members:
        _note(pbx, each)
    _note(pbx, channel)


def refresh_bridge(pbx: Pbx, bridge: Bridge) -> None:
    """Note what all in the bridge hear from now on."""
    for channel in bridge.channels:
        _note(pbx, channel)


def source(channel: Channel) -> str:
    """Return what the channel's phone hears now."""
    if channel.ended or channel.state != "Up":
        return "ringing" if channel.state == "Ring" and channel.music else NOTHING
    if channel.playing is not None and channel.playing.state == "playing":
        return f"prompt:{channel.playing.media[channel.playing.index]}"
    if channel.bridge is not None:
        return _in_bridge(channel, channel.bridge)
    if channel.ringback:
        return "ringing"
    return "music" if channel.music else NOTHING


def _in_bridge(channel: Channel, bridge: Bridge) -> str:
    if bridge.playing is not None and bridge.playing.state == "playing":
        return f"prompt:{bridge.playing.media[bridge.playing.index]}"
    if bridge.type == "holding":
        return "music" if channel.is_holding_participant or bridge.music else NOTHING
    others = [other.id for other in bridge.channels if other is not channel]
    if others:
        return f"talk:{others[0]}"
    return "music" if bridge.music else NOTHING


def _note(pbx: Pbx, channel: Channel) -> None:
    heard = source(channel)
    if not channel.media or channel.media[-1][1] != heard:
        channel.media.append((pbx.now(), heard))
        if channel.far_end is not None:
            channel.far_end.hears(heard)


def heard_ms(log: list[tuple[float, str]], since: float, until: float) -> float:
    """Return for how long something was heard between two instants."""
    return sum(end - start for start, end, what in _spans(log, since, until) if what != NOTHING)


def packets(log: list[tuple[float, str]], until: float) -> int:
    """Return how many packets of 20 ms the phone has got."""
    return int(heard_ms(log, 0.0, until) // PACKET_MS)


def largest_gap_ms(log: list[tuple[float, str]], since: float, until: float) -> float:
    """Return the longest time without a packet between two instants."""
    gap = longest = 0.0
    for start, end, what in _spans(log, since, until):
        gap = 0.0 if what != NOTHING else gap + end - start
        longest = max(longest, gap)
    return longest


def _spans(
    log: list[tuple[float, str]], since: float, until: float
) -> list[tuple[float, float, str]]:
    """Cut the log to a window: (start, end, source), without empty spans."""
    edges = [(0.0, NOTHING), *log, (until, NOTHING)]
    cut = [
        (max(start, since), min(end, until), what) for (start, what), (end, _) in pairwise(edges)
    ]
    return [span for span in cut if span[1] > span[0]]


def heard_in(log: list[tuple[float, str]], wanted: str, since: float, until: float) -> bool:
    """Say whether one source was heard between two instants."""
    return any(what == wanted for _, _, what in _spans(log, since, until))
