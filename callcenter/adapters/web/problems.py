"""Errors of the HTTP interface, as clients see them."""

from collections.abc import Mapping

import msgspec
from aiohttp import web

from callcenter.adapters.web.wire import ErrorBody


class Problem(Exception):
    """A request cannot be served: status, short code, and words for people."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}

    def response(self) -> web.Response:
        """Return the error as ``ErrorBody``."""
        return web.Response(
            status=self.status,
            body=msgspec.json.encode(ErrorBody(error=self.code, message=self.message)),
            content_type="application/json",
            headers=self.headers,
        )


def not_logged_in() -> Problem:
    """Return the answer to one who has no valid session."""
    return Problem(401, "not_logged_in", "Log in first: the session is over or there was none.")


def forbidden(message: str = "Your role may not do this.") -> Problem:
    """Return the answer to one who may not do this."""
    return Problem(403, "forbidden", message)


def not_found(message: str) -> Problem:
    """Return the answer to one who asks for what is not there."""
    return Problem(404, "not_found", message)


def bad_request(message: str) -> Problem:
    """Return the answer to a request that makes no sense."""
    return Problem(400, "bad_request", message)
