"""JSON bodies, in and out."""

import asyncio
from typing import Final, TypeVar

import msgspec
from aiohttp import web

from callcenter.adapters.web.problems import Problem, bad_request

BODY_LIMIT: Final = 64 * 1024
"""Bytes of a request's body."""
BODY_TIMEOUT_S: Final = 10.0

T = TypeVar("T", bound=msgspec.Struct)

_encoder = msgspec.json.Encoder()


async def read_json(request: web.Request, kind: type[T]) -> T:
    """Return the request's body.

    Raises:
        Problem: It is not JSON of this kind, or did not arrive in time.
    """
    if request.content_type != "application/json":
        raise Problem(415, "bad_request", "Send the body as Content-Type: application/json.")
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            body = await request.read()
    except TimeoutError:
        raise Problem(408, "bad_request", "The body did not arrive in time.") from None
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise bad_request(f"The body is not what was expected: {error}.") from None


def json_response(body: msgspec.Struct, status: int = 200) -> web.Response:
    """Return an answer with a JSON body."""
    return web.Response(status=status, body=_encoder.encode(body), content_type="application/json")
