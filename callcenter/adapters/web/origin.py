"""Which pages may talk to us: other sites' pages must not act with our cookies."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from callcenter.adapters.web.problems import Problem
from callcenter.adapters.web.settings import Settings

SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
SOCKET_PATH: Final = "/ws"


def origin_check(settings: Settings) -> Middleware:
    """Return the middleware that lets requests that change something, and websockets, through.

    Every such request must carry our own origin. A request without one is refused too: browsers
    send it with every POST, DELETE and websocket, so nothing legitimate is lost.
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        is_safe = request.method in SAFE_METHODS and request.path != SOCKET_PATH
        if not is_safe and not is_own_origin(request, settings):
            raise Problem(
                403,
                "foreign_origin",
                "This request does not come from a page of this service. If it should, add the "
                "page's address, such as https://desk.example.com, to the origins of the web "
                "settings; a script sends it in the header Origin.",
            )
        return await handler(request)

    return check


def is_own_origin(request: web.Request, settings: Settings) -> bool:
    """Say whether the request's origin is ours."""
    origin = request.headers.get("Origin", "")
    if settings.origins:
        return origin in settings.origins
    scheme = "https" if settings.uses_tls else "http"
    return origin == f"{scheme}://{request.host}" and _is_address(request.host)


def _is_address(host: str) -> bool:
    """Say whether a host is "localhost" or an address.

    Any other name could have been pointed at us by its owner to make a foreign page look like
    ours (DNS rebinding).
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or bool(ipaddress.ip_address(name))
    except ValueError:
        return False
