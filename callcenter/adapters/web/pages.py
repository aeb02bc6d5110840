"""The pages: one HTML file for all of them, and its assets."""

import re
from pathlib import Path
from typing import Final

from aiohttp import web

from callcenter.adapters.web.problems import not_found

PAGES: Final = ("/", "/agent", "/supervisor", "/calls")
ASSET: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
HASHED: Final = re.compile(r".+[-.][A-Za-z0-9_-]{8,}\.\w+")
"""Vite puts a hash of the content into the name, so such a file never changes."""
NOT_BUILT: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Pages not built</title>'
    "<h1>The pages are not built</h1><p>The service runs, but its static folder has no "
    "index.html. Run <code>make demo</code> once in the checkout, which builds the pages, or "
    "install a built package. Then reload.</p></html>"
)
FOR_EVER: Final = "public, max-age=31536000, immutable"


class Pages:
    """Serves the built pages from one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of this part."""
        return [
            *(web.get(path, self._page) for path in PAGES),
            web.get("/assets/{name}", self._asset),
            web.get(r"/{name:[A-Za-z0-9_-]+\.(?:svg|ico|png|txt|webmanifest)}", self._other),
        ]

    async def _page(self, _request: web.Request) -> web.StreamResponse:
        index = self._folder / "index.html"
        if not index.is_file():
            return web.Response(status=503, text=NOT_BUILT, content_type="text/html")
        return web.FileResponse(index, headers={"Cache-Control": "no-cache"})

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        return self._send(self._folder / "assets", request.match_info["name"])

    async def _other(self, request: web.Request) -> web.StreamResponse:
        return self._send(self._folder, request.match_info["name"])

    def _send(self, folder: Path, name: str) -> web.StreamResponse:
        path = folder / name
        if not ASSET.fullmatch(name) or not path.is_file():
            raise not_found("There is no such file.")
        caching = FOR_EVER if HASHED.fullmatch(name) else "no-cache"
        return web.FileResponse(path, headers={"Cache-Control": caching})
