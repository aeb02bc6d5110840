"""REST: channels."""

from collections.abc import Callable
from functools import partial

from callcenter.simulation.pbx import channels, dialplan, media, originate, playbacks
from callcenter.simulation.pbx.events import channel_json, playback_json
from callcenter.simulation.pbx.originate import Origination
from callcenter.simulation.pbx.requests import (
    Refused,
    Request,
    channel_in_stasis,
    existing_channel,
    required,
)
from callcenter.simulation.pbx.state import Channel, Command, Pbx, Playback, Reply, Response

DONE = Response(204)


def list_all(pbx: Pbx, _request: Request, reply: Reply) -> None:
    """GET /channels."""
    reply(Response(200, [channel_json(channel) for channel in pbx.channels.values()]))


def get(pbx: Pbx, request: Request, reply: Reply) -> None:
    """GET /channels/{id}."""
    reply(Response(200, channel_json(existing_channel(pbx, request.id))))


def create(pbx: Pbx, request: Request, reply: Reply) -> None:
    """POST /channels: originate. The channel exists a moment after the request."""
    endpoint = required(request, "endpoint", "Endpoint must be specified")
    if "/" not in endpoint:
        raise Refused(400, "Invalid endpoint specified")
    app = required(request, "app", "Application or extension must be specified")
    variables, reported = _read_variables(request.body)
    args = request.param("appArgs")
    wanted = Origination(
        endpoint=endpoint,
        app=app,
        app_args=args.split(",") if args else [],
        channel_id=request.id or request.param("channelId"),
        caller_id=request.param("callerId"),
        timeout_s=float(request.param("timeout") or 30),
        variables=variables,
        reported=frozenset(reported),
    )
    pbx.soon(pbx.delays.originate, partial(originate.originate, pbx, wanted, reply))


def _read_variables(body: object) -> tuple[dict[str, str], set[str]]:
    """Return values and the names that are reported, from {"variables": {name: value}}.

    A value is a string, or {"value": ..., "report_events": true}.
    """
    given = body.get("variables") if isinstance(body, dict) else None
    values: dict[str, str] = {}
    reported = set()
    for name, value in (given or {}).items():
        if isinstance(value, dict):
            values[name] = str(value.get("value", ""))
            if value.get("report_events"):
                reported.add(name)
        else:
            values[name] = str(value)
    return values, reported


def hang_up(pbx: Pbx, request: Request, reply: Reply) -> None:
    """DELETE /channels/{id}: acts at once, waits for nothing."""
    channel = existing_channel(pbx, request.id)
    channels.request_hangup(pbx, channel, channels.BY_COMMAND)
    reply(DONE)


def _when_free(pbx: Pbx, channel: Channel, action: Callable[[], None], reply: Reply) -> None:
    """Run when no prompt plays on the channel, then answer; 204 also for one who has died."""

    def run() -> None:
        action()
        reply(DONE)

    channel.commands.append(Command(run, when_dead=lambda: reply(DONE)))
    playbacks.run_commands(pbx, channel)


def _at_once(pbx: Pbx, channel: Channel, action: Callable[[], None], reply: Reply) -> None:
    """Answer now, run when no prompt plays on the channel."""
    reply(DONE)
    channel.commands.append(Command(action))
    playbacks.run_commands(pbx, channel)


def answer(pbx: Pbx, request: Request, reply: Reply) -> None:
    """POST /channels/{id}/answer."""
    channel = channel_in_stasis(pbx, request.id)
    _when_free(pbx, channel, partial(channels.answer, pbx, channel), reply)


def continue_in_dialplan(pbx: Pbx, request: Request, reply: Reply) -> None:
    """POST /channels/{id}/continue: 204 at once, done when no prompt plays."""
    channel = channel_in_stasis(pbx, request.id)
    context, extension = request.param("context"), request.param("extension")
    go_on = partial(dialplan.continue_in, pbx, channel, context, extension)
    _at_once(pbx, channel, go_on, reply)


def move(pbx: Pbx, request: Request, reply: Reply) -> None:
    """POST /channels/{id}/move: to another application."""
    channel = channel_in_stasis(pbx, request.id)
    app = required(request, "app", "app parameter is required")
    args = [arg for arg in request.param("appArgs").split(",") if arg]
    _at_once(pbx, channel, partial(dialplan.move, pbx, channel, app, args), reply)


def play(pbx: Pbx, request: Request, reply: Reply) -> None:
    """POST /channels/{id}/play[/{playbackId}]: 201 at once, queued behind what plays."""
    channel = channel_in_stasis(pbx, request.id)
    playback = new_playback(pbx, request, f"channel:{channel.id}", (channel.app or "",))
    reply(Response(201, playback_json(playback)))
    playbacks.play_on_channel(pbx, channel, playback)
    pbx.soon(pbx.delays.event, partial(playbacks.run_commands, pbx, channel))


def new_playback(pbx: Pbx, request: Request, target: str, apps: tuple[str, ...]) -> Playback:
    """Register a playback of the request's media list."""
    media_uris = required(request, "media", "At least one media URI must be provided")
    wanted_id = request.sub_id or request.param("playbackId")
    playback = Playback(
        id=wanted_id or f"{pbx.random.getrandbits(128):032x}",
        media=[uri for uri in media_uris.split(",") if uri],
        target_uri=target,
        apps=apps,
        language=request.param("lang") or "en",
    )
    pbx.playbacks[playback.id] = playback
    return playback


def set_music(pbx: Pbx, request: Request, reply: Reply, *, on: bool) -> None:
    """POST and DELETE /channels/{id}/moh."""
    channel = channel_in_stasis(pbx, request.id)

    def switch() -> None:
        channel.music = on
        media.refresh(pbx, channel)

    _at_once(pbx, channel, switch, reply)


def set_ringing(pbx: Pbx, request: Request, reply: Reply, *, on: bool) -> None:
    """POST and DELETE /channels/{id}/ring: who was answered hears the ringing tone."""
    channel = channel_in_stasis(pbx, request.id)

    def switch() -> None:
        channel.ringback = on
        media.refresh(pbx, channel)

    _at_once(pbx, channel, switch, reply)


def accept_only(pbx: Pbx, request: Request, reply: Reply) -> None:
    """Take mute, hold, silence, dtmf: they change nothing that the model shows."""
    channel_in_stasis(pbx, request.id)
    reply(DONE)


def read_variable(pbx: Pbx, request: Request, reply: Reply) -> None:
    """GET /channels/{id}/variable: works on any channel, also one that is not in Stasis."""
    name = required(request, "variable", "Variable name is required")
    value = _value(pbx, _channel_to_read(pbx, request), name)
    reply(Response(200, {"value": value}))


def read_variables(pbx: Pbx, request: Request, reply: Reply) -> None:
    """GET /channels/{id}/variables: all or nothing; one missing name gives 404."""
    names = required(request, "variables", "Variable names are required").split(",")
    channel = _channel_to_read(pbx, request)
    values = {name: _value(pbx, channel, name) for name in names}
    reply(Response(200, {"variables": values}))


def _channel_to_read(pbx: Pbx, request: Request) -> Channel:
    try:
        return existing_channel(pbx, request.id)
    except Refused:
        raise Refused(404, "Provided channel was not found") from None


def _value(pbx: Pbx, channel: Channel, name: str) -> str:
    built_in = {
        "CALLERID(num)": channel.caller.number,
        "CALLERID(name)": channel.caller.name,
        "CALLERID(pres)": channel.presentation,
        "CALLERID(num-pres)": channel.presentation,
        "CHANNEL(state)": channel.state,
    }
    if name == "TIMEOUT(absolute)":
        ends_at = channel.lease_ends_at
        return "0" if ends_at is None else f"{(ends_at - pbx.now()) / 1_000:.3f}"
    value = built_in.get(name, channel.variables.get(name))
    if value is None:
        raise Refused(404, "Provided variable was not found")
    return value


def write_variable(pbx: Pbx, request: Request, reply: Reply) -> None:
    """POST /channels/{id}/variable: waits for the end of a running prompt."""
    channel = channel_in_stasis(pbx, request.id)
    name = required(request, "variable", "Variable name is required")
    reported = {name} if request.param("report_events") in {"true", "1", "yes"} else set()
    values = {name: request.param("value")}
    _when_free(pbx, channel, partial(_store, pbx, channel, values, reported), reply)


def write_variables(pbx: Pbx, request: Request, reply: Reply) -> None:
    """POST /channels/{id}/variables: several in one request."""
    channel = channel_in_stasis(pbx, request.id)
    values, reported = _read_variables(request.body)
    if not values:
        raise Refused(400, "Variables are required")
    _when_free(pbx, channel, partial(_store, pbx, channel, values, reported), reply)


def _store(pbx: Pbx, channel: Channel, values: dict[str, str], reported: set[str]) -> None:
    """Set variables; dangerous functions such as DB() are silently not written."""
    for name, value in values.items():
        if name == "TIMEOUT(absolute)":
            channels.set_lease(pbx, channel, float(value or 0))
        elif "(" not in name:
            channel.variables[name] = value
    channel.reported |= {name for name in reported if "(" not in name}
