"""A web server that answers as an Asterisk might, one answer a path."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from ivr_flows.prompt_store import prompt_names

Answers = dict[str, tuple[int, Any]]


def healthy(now_ms: int) -> Answers:
    """What a good PBX answers, path by path."""
    at = datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return {
        "/asterisk/info": (200, {"system": {"version": "22.10.1", "entity_id": "x"}}),
        "/asterisk/ping": (200, {"timestamp": at, "ping": "pong"}),
        "/asterisk/variable": (200, {"value": str(now_ms // 1000 - 1)}),
        "/events/claim": (404, {"message": "Channel not found"}),
        "/asterisk/modules/res_http_media_cache.so": (200, {"status": "Running"}),
        "/sounds": (200, [{"id": f"en/{name}", "formats": []} for name in prompt_names()]),
    }


@asynccontextmanager
async def answering_pbx(answers: Answers) -> AsyncIterator[str]:
    """Serve and give the address, without "/ari"."""

    async def answer(request: web.Request) -> web.Response:
        path = "/" + request.match_info["path"]
        status, body = answers.get(path, (404, {"message": "Resource not found"}))
        return web.json_response(body, status=status)

    app = web.Application()
    app.router.add_route("*", "/ari/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
