"""REST: bridges and playbacks."""

from collections.abc import Callable
from functools import partial

from callcenter.simulation.pbx import bridges, media, playbacks
from callcenter.simulation.pbx.events import bridge_json, playback_json
from callcenter.simulation.pbx.requests import Refused, Request, existing_bridge, required
from callcenter.simulation.pbx.rest_channels import DONE, new_playback
from callcenter.simulation.pbx.state import Bridge, Channel, Command, Pbx, Reply, Response


def list_all(pbx: Pbx, _request: Request, reply: Reply) -> None:
    """GET /bridges."""
    reply(Response(200, [bridge_json(bridge) for bridge in pbx.bridges.values()]))


def get(pbx: Pbx, request: Request, reply: Reply) -> None:
    """GET /bridges/{id}."""
    reply(Response(200, bridge_json(existing_bridge(pbx, request.id))))


def create(pbx: Pbx, request: Request, reply: Reply) -> None:
    """POST /bridges[/{id}]: of type holding, else mixing (with options after commas)."""
    wanted_id = request.id or request.param("bridgeId") or f"{pbx.random.getrandbits(128):032x}"
    if wanted_id in pbx.bridges:
        raise Refused(409, f"Bridge with id '{wanted_id}' already exists")
    kind = "holding" if "holding" in request.param("type").split(",") else "mixing"
    bridge = Bridge(wanted_id, kind, request.param("name"), pbx.now())
    pbx.bridges[wanted_id] = bridge
    reply(Response(200, bridge_json(bridge)))


def destroy(pbx: Pbx, request: Request, reply: Reply) -> None:
    """DELETE /bridges/{id}: its channels stay, alone."""
    bridges.destroy(pbx, existing_bridge(pbx, request.id))
    reply(DONE)


def _named_channels(pbx: Pbx, request: Request) -> list[Channel]:
    """Return the channels of a request; unknown 400, one not in Stasis 422."""
    names = required(request, "channel", "channel parameter is required").split(",")
    found = [pbx.channels.get(name) for name in names]
    if any(channel is None for channel in found):
        raise Refused(400, "Channel not found")
    known = [channel for channel in found if channel is not None]
    if any(channel.app is None for channel in known):
        raise Refused(422, "Channel not in Stasis application")
    return known


def add_channel(pbx: Pbx, request: Request, reply: Reply) -> None:
    """POST /bridges/{id}/addChannel: waits for a prompt on the channel, not for one on a bridge."""
    bridge = existing_bridge(pbx, request.id)
    enter = partial(_enter_if_there, pbx, bridge, request.param("role"))
    _enter_next(pbx, enter, _named_channels(pbx, request), reply)


def _enter_if_there(pbx: Pbx, bridge: Bridge, role: str, channel: Channel) -> None:
    if pbx.bridges.get(bridge.id) is bridge and channel.app is not None:
        bridges.enter(pbx, bridge, channel, role)


def _enter_next(
    pbx: Pbx, enter: Callable[[Channel], None], waiting: list[Channel], reply: Reply
) -> None:
    """Enter the channels one after the other, each when its prompt is over, then answer."""
    if not waiting:
        reply(DONE)
        return
    channel = waiting[0]
    go_on = partial(_enter_next, pbx, enter, waiting[1:], reply)

    def run() -> None:
        enter(channel)
        go_on()

    channel.commands.append(Command(run, when_dead=go_on))
    playbacks.run_commands(pbx, channel)


def remove_channel(pbx: Pbx, request: Request, reply: Reply) -> None:
    """POST /bridges/{id}/removeChannel: 422 if one is not in this bridge."""
    bridge = existing_bridge(pbx, request.id)
    leaving = _named_channels(pbx, request)
    if any(channel.bridge is not bridge for channel in leaving):
        raise Refused(422, "Channel not in this bridge")
    for channel in leaving:
        bridges.remove(pbx, channel)
    reply(DONE)


def set_music(pbx: Pbx, request: Request, reply: Reply, *, on: bool) -> None:
    """POST and DELETE /bridges/{id}/moh."""
    bridge = existing_bridge(pbx, request.id)
    bridge.music = on
    media.refresh_bridge(pbx, bridge)
    reply(DONE)


def play(pbx: Pbx, request: Request, reply: Reply) -> None:
    """POST /bridges/{id}/play[/{playbackId}]: 201 at once; blocks nobody."""
    bridge = existing_bridge(pbx, request.id)
    names = sorted(app.name for app in pbx.apps.values() if app.bridge_interest[bridge.id] > 0)
    playback = new_playback(pbx, request, f"bridge:{bridge.id}", tuple(names))
    reply(Response(201, playback_json(playback)))
    pbx.soon(pbx.delays.event, partial(playbacks.play_on_bridge, pbx, bridge, playback))


def get_playback(pbx: Pbx, request: Request, reply: Reply) -> None:
    """GET /playbacks/{id}."""
    playback = pbx.playbacks.get(request.id)
    if playback is None:
        raise Refused(404, "Playback not found")
    reply(Response(200, playback_json(playback)))


def stop_playback(pbx: Pbx, request: Request, reply: Reply) -> None:
    """DELETE /playbacks/{id}: acts at once; one that is over is 404."""
    playback = pbx.playbacks.get(request.id)
    if playback is None:
        raise Refused(404, "Playback not found")
    playbacks.stop(pbx, playback)
    reply(DONE)
