"""REST: applications, events, the system itself, endpoints."""

from collections.abc import Iterable, Mapping

from callcenter.simulation.pbx import apps, dialplan
from callcenter.simulation.pbx.events import publish, stamp
from callcenter.simulation.pbx.requests import Refused, Request, required
from callcenter.simulation.pbx.rest_channels import DONE
from callcenter.simulation.pbx.state import App, Json, Pbx, Reply, Response

VERSION = "22.10.1"


def _app_json(pbx: Pbx, app: App) -> Json:
    sources = sorted(app.subscriptions)
    return {
        "name": app.name,
        "channel_ids": apps.channel_ids(pbx, app),
        "bridge_ids": [bridge_id for bridge_id, count in app.bridge_interest.items() if count > 0],
        "endpoint_ids": [s.partition(":")[2] for s in sources if s.startswith("endpoint:")],
        "device_names": [],
        "events_allowed": [{"type": kind} for kind in app.allowed],
        "events_disallowed": [{"type": kind} for kind in app.disallowed],
    }


def _existing_app(pbx: Pbx, request: Request) -> App:
    app = pbx.apps.get(request.id)
    if app is None:
        raise Refused(404, "Application not found")
    return app


def list_apps(pbx: Pbx, _request: Request, reply: Reply) -> None:
    """GET /applications."""
    reply(Response(200, [_app_json(pbx, app) for app in pbx.apps.values()]))


def get_app(pbx: Pbx, request: Request, reply: Reply) -> None:
    """GET /applications/{name}: also one without a websocket, while it has anything."""
    reply(Response(200, _app_json(pbx, _existing_app(pbx, request))))


def set_filter(pbx: Pbx, request: Request, reply: Reply) -> None:
    """PUT /applications/{name}/eventFilter."""
    app = _existing_app(pbx, request)
    body = request.body if isinstance(request.body, dict) else {}
    wanted = body.get("filter", body)
    if not isinstance(wanted, dict):
        raise Refused(400, "Invalid filter")
    app.allowed = _types(wanted.get("allowed"))
    app.disallowed = _types(wanted.get("disallowed"))
    reply(Response(200, _app_json(pbx, app)))


def _types(given: Iterable[Mapping[str, object]] | None) -> list[str]:
    return [str(item["type"]) for item in given or ()]


def subscribe(pbx: Pbx, request: Request, reply: Reply) -> None:
    """POST /applications/{name}/subscription: channels, bridges and endpoints."""
    app = _existing_app(pbx, request)
    app.subscriptions |= set(_sources(pbx, request))
    reply(Response(200, _app_json(pbx, app)))


def unsubscribe(pbx: Pbx, request: Request, reply: Reply) -> None:
    """DELETE /applications/{name}/subscription."""
    app = _existing_app(pbx, request)
    app.subscriptions -= set(_sources(pbx, request))
    reply(Response(200, _app_json(pbx, app)))


def _sources(pbx: Pbx, request: Request) -> list[str]:
    sources = required(request, "eventSource", "Missing parameter.").split(",")
    known: dict[str, Mapping[str, object]] = {
        "channel": pbx.channels,
        "bridge": pbx.bridges,
        "endpoint": pbx.phones,
    }
    for source in sources:
        scheme, _, name = source.partition(":")
        if scheme not in known:
            raise Refused(400, "Invalid event source")
        if name not in known[scheme]:
            raise Refused(422, "Event source does not exist")
    return sources


def claim(pbx: Pbx, request: Request, reply: Reply) -> None:
    """POST /events/claim."""
    channel_id = required(request, "channelId", "channelId parameter is required")
    app_name = required(request, "application", "application parameter is required")
    reply(dialplan.claim(pbx, channel_id, app_name))


def user_event(pbx: Pbx, request: Request, reply: Reply) -> None:
    """POST /events/user/{name}, without a source: for the application alone."""
    app_name = required(request, "application", "application parameter is required")
    if app_name not in pbx.apps:
        raise Refused(404, "Application not found")
    told: Json = {"eventname": request.sub_id, "userevent": {"eventname": request.sub_id}}
    publish(pbx, app_name, "ChannelUserevent", told)
    reply(DONE)


def info(pbx: Pbx, request: Request, reply: Reply) -> None:
    """GET /asterisk/info, whole or ``only`` some parts."""
    started = stamp(pbx.started_at)
    parts: dict[str, Json] = {
        "build": {
            "os": "Linux",
            "kernel": "simulated",
            "machine": "simulated",
            "options": "OPTIONAL_API",
            "date": "2026-06-25 00:00:00 UTC",
            "user": "simulation",
        },
        "system": {"version": VERSION, "entity_id": pbx.entity_id},
        "config": {
            "name": "simulated",
            "default_language": "en",
            "setid": {"user": "", "group": ""},
        },
        "status": {"startup_time": started, "last_reload_time": started},
    }
    only = [name for name in request.param("only").split(",") if name in parts]
    reply(Response(200, {name: parts[name] for name in only or parts}))


def ping(pbx: Pbx, _request: Request, reply: Reply) -> None:
    """GET /asterisk/ping."""
    body = {"ping": "pong", "timestamp": stamp(pbx.now()), "asterisk_id": pbx.entity_id}
    reply(Response(200, body))


def read_global(pbx: Pbx, request: Request, reply: Reply) -> None:
    """GET /asterisk/variable: "" for one that is not set."""
    name = required(request, "variable", "Variable name is required")
    reply(Response(200, {"value": pbx.variables.get(name, "")}))


def write_global(pbx: Pbx, request: Request, reply: Reply) -> None:
    """POST /asterisk/variable: the heartbeat goes this way."""
    name = required(request, "variable", "Variable name is required")
    pbx.variables[name] = request.param("value")
    reply(DONE)


def list_endpoints(pbx: Pbx, _request: Request, reply: Reply) -> None:
    """GET /endpoints."""
    reply(Response(200, [_endpoint_json(pbx, name) for name in pbx.phones]))


def _endpoint_json(pbx: Pbx, name: str) -> Json:
    technology, _, resource = name.partition("/")
    return {
        "technology": technology,
        "resource": resource,
        "state": "online" if pbx.phones[name].is_registered() else "offline",
        "channel_ids": [c.id for c in pbx.channels.values() if c.endpoint == name],
    }
