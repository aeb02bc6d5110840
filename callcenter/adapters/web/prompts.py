"""Prompts for an Asterisk on another machine, which fetches and caches them by HTTP."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from aiohttp import web

from callcenter.adapters.web.problems import not_found

CONTENT_TYPE: Final = "audio/basic"
"""By this type, before any name, Asterisk knows raw mu-law (res_http_media_cache, format_pcm)."""
MAX_AGE_S: Final = 3600

LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")


class Prompts:
    """Serves the prompts that were in the folder at the start, and nothing else."""

    def __init__(self, folder: Path | None) -> None:
        self._files = find_prompts(folder) if folder is not None else {}

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of this part."""
        return [web.get("/prompts/{language}/{name}.ulaw", self._send)]

    async def _send(self, request: web.Request) -> web.StreamResponse:
        key = request.match_info["language"], request.match_info["name"]
        path = self._files.get(key)
        if path is None:
            raise not_found("There is no such prompt.")
        return web.FileResponse(
            path,
            headers={"Content-Type": CONTENT_TYPE, "Cache-Control": f"max-age={MAX_AGE_S}"},
        )


def find_prompts(folder: Path) -> Mapping[tuple[str, str], Path]:
    """Return the prompts of a folder, <language>/<name>.ulaw, by language and name.

    Files with other names, and links that lead elsewhere, are left out.
    """
    root = folder.resolve()
    return {
        (path.parent.name, path.stem): path
        for path in sorted(root.glob("*/*.ulaw"))
        if LANGUAGE.fullmatch(path.parent.name)
        and NAME.fullmatch(path.stem)
        and path.resolve().is_relative_to(root)
        and path.is_file()
    }
