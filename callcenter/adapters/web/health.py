"""For those who watch the service: is it ready, and its figures."""

from collections.abc import Callable, Sequence

import msgspec
from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from callcenter.adapters.web.addresses import is_local
from callcenter.adapters.web.bodies import json_response
from callcenter.adapters.web.sessions import Sessions
from callcenter.adapters.web.settings import Settings
from callcenter.ports.accounts import Role

Readiness = Callable[[], tuple[bool, Sequence[str]]]
"""Says whether the service is ready, and if not (or not quite), why."""


class HealthReport(msgspec.Struct, frozen=True):
    """GET /healthz: 200 if ready to take calls, else 503."""

    ready: bool
    reasons: Sequence[str]
    """Why it is not ready; or, if it is, what is switched off."""
    level: int = 0
    """How far the service is degraded, 0 to 5."""


class Liveness(msgspec.Struct, frozen=True):
    """GET /livez: 200 whenever the service runs, with or without a PBX."""

    alive: bool = True


class Health:
    """Shows health and metrics to this machine, to administrators, or as configured to all."""

    def __init__(
        self,
        sessions: Sessions,
        settings: Settings,
        readiness: Readiness,
        level: Callable[[], int],
        registry: CollectorRegistry,
    ) -> None:
        self._sessions = sessions
        self._settings = settings
        self._readiness = readiness
        self._level = level
        self._registry = registry

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of this part."""
        return [
            web.get("/healthz", self._health),
            web.get("/livez", self._live),
            web.get("/metrics", self._metrics),
        ]

    async def _live(self, request: web.Request) -> web.Response:
        await self._admit(request)
        return json_response(Liveness())

    async def _health(self, request: web.Request) -> web.Response:
        await self._admit(request)
        ready, reasons = self._readiness()
        report = HealthReport(ready=ready, level=self._level(), reasons=reasons)
        return json_response(report, status=200 if ready else 503)

    async def _metrics(self, request: web.Request) -> web.Response:
        await self._admit(request)
        return web.Response(
            body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    async def _admit(self, request: web.Request) -> None:
        if not (self._settings.open_health or is_local(request)):
            await self._sessions.require(request, Role.ADMIN)
