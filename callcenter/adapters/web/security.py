"""What holds for every answer: headers that bind the browser, and errors without inner detail."""

import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from callcenter.adapters.web.bodies import BODY_LIMIT
from callcenter.adapters.web.problems import Problem
from callcenter.adapters.web.settings import Settings
from callcenter.ports.records import RecordsUnavailable
from callcenter.runtime.guarded_archive import ReportsPaused

PrepareSignal = Callable[[web.Request, web.StreamResponse], Awaitable[None]]

log = logging.getLogger(__name__)

CONTENT_POLICY: Final = (
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}

STATUS_CODES: Final = {
    400: ("bad_request", "The request is not understood."),
    404: ("not_found", "There is nothing at this address."),
    405: ("bad_request", "This address does not take this method."),
    413: ("too_large", f"The body is larger than {BODY_LIMIT // 1024} kB."),
}


def add_headers(settings: Settings) -> PrepareSignal:
    """Return the signal that puts the headers on every answer."""
    connect = " ".join(("connect-src 'self'", *settings.connect_sources))
    headers = HEADERS | {"Content-Security-Policy": "; ".join((*CONTENT_POLICY, connect))}
    if settings.uses_tls:
        headers["Strict-Transport-Security"] = "max-age=31536000"

    async def prepare(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(headers)
        if request.path.startswith("/api/"):
            response.headers["Cache-Control"] = "no-store"

    return prepare


@web.middleware
async def catch_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every error with an ``ErrorBody``; faults of ours with only a number to look up."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response()
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _plain(error)
    except ReportsPaused:
        message = "There is too much to do just now: lists of calls wait. Calls go on."
        return Problem(503, "overloaded", message, {"Retry-After": "60"}).response()
    except RecordsUnavailable:
        message = "The customer database is away. Calls go on; try again in a moment."
        return Problem(503, "unavailable", message, {"Retry-After": "5"}).response()
    except Exception:
        # The last resort: whatever went wrong, the client learns nothing but the number.
        error_id = secrets.token_hex(6)
        log.exception("Request %s %s failed (error %s)", request.method, request.path, error_id)
        message = f"The service had a fault. Ask the operator to look for error {error_id}."
        return Problem(500, "fault", message, {"X-Error-Id": error_id}).response()


def _plain(error: web.HTTPException) -> web.Response:
    code, message = STATUS_CODES.get(error.status, ("error", error.reason))
    headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    return Problem(error.status, code, message, headers).response()
