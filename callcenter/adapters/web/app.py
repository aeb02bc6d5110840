"""Builds the web application from ports."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge

from callcenter.adapters.web.bodies import BODY_LIMIT
from callcenter.adapters.web.callbacks import CallbackRoutes
from callcenter.adapters.web.calls import Calls
from callcenter.adapters.web.desk_socket import DeskSockets
from callcenter.adapters.web.desks import Desks
from callcenter.adapters.web.health import Health, Readiness
from callcenter.adapters.web.origin import origin_check
from callcenter.adapters.web.page_socket import SocketParts
from callcenter.adapters.web.pages import Pages
from callcenter.adapters.web.prompts import Prompts
from callcenter.adapters.web.security import add_headers, catch_errors
from callcenter.adapters.web.sessions import Sessions
from callcenter.adapters.web.settings import Settings
from callcenter.adapters.web.translation import Translation
from callcenter.adapters.web.why import WhyPages
from callcenter.core.plan import Plan
from callcenter.ports.accounts import Accounts
from callcenter.ports.archive import Archive
from callcenter.ports.callbacks import Callbacks
from callcenter.ports.clock import Clock
from callcenter.ports.directory import Directory
from callcenter.ports.requests import Requests
from callcenter.ports.stories import Stories
from callcenter.ports.why import Explanations
from callcenter.runtime.fanout import Fanout

SOCKETS: Final = web.AppKey("sockets", DeskSockets)
"""Where the application keeps its open pages."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the web application works with."""

    accounts: Accounts
    archive: Archive
    stories: Stories
    explanations: Explanations
    directory: Directory
    requests: Requests
    fanout: Fanout
    clock: Clock
    callbacks: Callbacks
    plan: Callable[[], Plan]
    """What is declared now; it may change while the service runs."""
    readiness: Readiness
    level: Callable[[], int] = lambda: 0
    """How far the service is degraded."""
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)


def build_app(parts: Parts, settings: Settings) -> web.Application:
    """Return the application; ``server.WebServer`` serves it."""
    logins = Counter(
        "callcenter_logins",
        "Tries to log in: right, wrong, or limited.",
        ["result"],
        registry=parts.registry,
    )
    # A session that ends closes its pages, and pages ask for sessions: the only cycle here.
    ended: list[DeskSockets] = []
    sessions = Sessions(
        parts.accounts,
        parts.clock,
        settings,
        parts.plan,
        on_closed=lambda token: ended[0].end_session(token),
        count_login=lambda result: logins.labels(result).inc(),
    )
    sockets = DeskSockets(sessions, parts.clock, _socket_parts(parts, settings))
    ended.append(sockets)
    pages = Gauge("callcenter_pages", "Websockets of pages now open.", registry=parts.registry)
    pages.set_function(lambda: len(sockets))

    app = web.Application(
        client_max_size=BODY_LIMIT, middlewares=[catch_errors, origin_check(settings)]
    )
    app[SOCKETS] = sockets
    app.on_response_prepare.append(add_headers(settings))
    app.on_shutdown.append(sockets.stop)
    app.cleanup_ctx.append(sockets.watch_sessions)
    app.add_routes(sessions.routes())
    app.add_routes(sockets.routes())
    app.add_routes(Calls(sessions, parts.archive, parts.stories).routes())
    app.add_routes(WhyPages(sessions, parts.explanations).routes())
    app.add_routes(CallbackRoutes(sessions, parts.callbacks, parts.requests, parts.plan).routes())
    app.add_routes(Prompts(settings.prompt_folder).routes())
    app.add_routes(
        Health(sessions, settings, parts.readiness, parts.level, parts.registry).routes()
    )
    app.add_routes(Pages(settings.static_folder).routes())
    return app


def _socket_parts(parts: Parts, settings: Settings) -> SocketParts:
    closed = Counter(
        "callcenter_pages_closed",
        "Pages that the service closed, by reason.",
        ["reason"],
        registry=parts.registry,
    )
    return SocketParts(
        fanout=parts.fanout,
        requests=parts.requests,
        desks=Desks(parts.requests),
        translation=Translation(parts.plan, settings.request_kinds, parts.directory, parts.fanout),
        clock=parts.clock,
        count_close=lambda reason: closed.labels(reason).inc(),
    )
