"""REST: from a request to the part of the model that serves it."""

from collections.abc import Callable, Mapping
from functools import partial

from callcenter.simulation.pbx import rest_bridges, rest_channels, rest_system
from callcenter.simulation.pbx.requests import Refused, Request
from callcenter.simulation.pbx.state import Pbx, Reply, Response

Serve = Callable[[Pbx, Request, Reply], None]
Shape = tuple[str, int, str]
"""First segment, number of segments, third segment (the first two when they are fixed words)."""

_ROUTES: dict[Shape, dict[str, Serve]] = {
    ("channels", 1, ""): {"GET": rest_channels.list_all, "POST": rest_channels.create},
    ("channels", 2, ""): {
        "GET": rest_channels.get,
        "POST": rest_channels.create,
        "DELETE": rest_channels.hang_up,
    },
    ("channels", 3, "answer"): {"POST": rest_channels.answer},
    ("channels", 3, "continue"): {"POST": rest_channels.continue_in_dialplan},
    ("channels", 3, "move"): {"POST": rest_channels.move},
    ("channels", 3, "play"): {"POST": rest_channels.play},
    ("channels", 4, "play"): {"POST": rest_channels.play},
    ("channels", 3, "moh"): {
        "POST": partial(rest_channels.set_music, on=True),
        "DELETE": partial(rest_channels.set_music, on=False),
    },
    ("channels", 3, "ring"): {
        "POST": partial(rest_channels.set_ringing, on=True),
        "DELETE": partial(rest_channels.set_ringing, on=False),
    },
    ("channels", 3, "variable"): {
        "GET": rest_channels.read_variable,
        "POST": rest_channels.write_variable,
    },
    ("channels", 3, "variables"): {
        "GET": rest_channels.read_variables,
        "POST": rest_channels.write_variables,
    },
    ("bridges", 1, ""): {"GET": rest_bridges.list_all, "POST": rest_bridges.create},
    ("bridges", 2, ""): {
        "GET": rest_bridges.get,
        "POST": rest_bridges.create,
        "DELETE": rest_bridges.destroy,
    },
    ("bridges", 3, "addChannel"): {"POST": rest_bridges.add_channel},
    ("bridges", 3, "removeChannel"): {"POST": rest_bridges.remove_channel},
    ("bridges", 3, "moh"): {
        "POST": partial(rest_bridges.set_music, on=True),
        "DELETE": partial(rest_bridges.set_music, on=False),
    },
    ("bridges", 3, "play"): {"POST": rest_bridges.play},
    ("bridges", 4, "play"): {"POST": rest_bridges.play},
    ("playbacks", 2, ""): {
        "GET": rest_bridges.get_playback,
        "DELETE": rest_bridges.stop_playback,
    },
    ("applications", 1, ""): {"GET": rest_system.list_apps},
    ("applications", 2, ""): {"GET": rest_system.get_app},
    ("applications", 3, "eventFilter"): {"PUT": rest_system.set_filter},
    ("applications", 3, "subscription"): {
        "POST": rest_system.subscribe,
        "DELETE": rest_system.unsubscribe,
    },
    ("events/claim", 2, ""): {"POST": rest_system.claim},
    ("events/user", 3, ""): {"POST": rest_system.user_event},
    ("asterisk/info", 2, ""): {"GET": rest_system.info},
    ("asterisk/ping", 2, ""): {"GET": rest_system.ping},
    ("asterisk/variable", 2, ""): {
        "GET": rest_system.read_global,
        "POST": rest_system.write_global,
    },
    ("endpoints", 1, ""): {"GET": rest_system.list_endpoints},
}
_ROUTES |= {
    ("channels", 3, name): {"POST": rest_channels.accept_only, "DELETE": rest_channels.accept_only}
    for name in ("mute", "hold", "silence", "dtmf", "progress")
}


def serve(
    pbx: Pbx, method: str, path: str, params: Mapping[str, str], body: object, reply: Reply
) -> None:
    """Serve one request.

    Args:
        pbx: The PBX.
        method: The HTTP method.
        path: The path, with or without "/ari" in front, unquoted.
        params: Query parameters; fields of a JSON body other than ``variables`` count as such too.
        body: The decoded JSON body, or None.
        reply: Called once, a moment later; much later for what waits for a prompt.
    """

    def answer(response: Response) -> None:
        pbx.soon(pbx.delays.reply, partial(reply, response))

    parts = path.removeprefix("/ari").strip("/").split("/")
    methods = _ROUTES.get(_shape(parts))
    if methods is None:
        answer(Response(404, {"message": "Resource not found"}))
    elif method not in methods:
        answer(Response(405, {"message": "Invalid method"}))
    else:
        request = _request(method, parts, params, body)
        try:
            methods[method](pbx, request, answer)
        except Refused as refused:
            answer(refused.response)


def _shape(parts: list[str]) -> Shape:
    if parts[0] in {"events", "asterisk"} and len(parts) > 1:
        return "/".join(parts[:2]), len(parts), ""
    return parts[0], len(parts), parts[2] if len(parts) > 2 else ""


def _request(method: str, parts: list[str], params: Mapping[str, str], body: object) -> Request:
    given: dict[str, str] = dict(params)
    last = 2 if parts[0] == "events" else 3
    if isinstance(body, dict):
        given |= {k: str(v) for k, v in body.items() if isinstance(v, str | int | float)}
    return Request(
        method=method,
        id=parts[1] if len(parts) > 1 else "",
        sub_id=parts[last] if len(parts) > last else "",
        params=given,
        body=body,
    )
