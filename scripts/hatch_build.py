"""Puts the built page into wheels and source distributions, so that installing needs no Node.js.

A source distribution carries the build; a checkout is built here if nobody did. Editable installs
skip it: there ``make`` builds.
"""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageHook(BuildHookInterface[Any]):
    """Builds the page if it is missing."""

    def dependencies(self) -> list[str]:  # type: ignore[explicit-override]  # Python 3.12
        """Ask for a Node.js from the package index where the machine has none."""
        needless = self._is_built() or self._has_node()
        return [] if needless else [str(self._build_ui().NODE_PACKAGE)]

    def initialize(  # type: ignore[explicit-override]  # Python 3.12
        self, version: str, build_data: dict[str, Any]
    ) -> None:
        """Build before the files are collected."""
        del build_data
        if version != "editable" and not self._is_built():
            self._build_ui().build(Path(self.root))

    def _is_built(self) -> bool:
        return (Path(self.root) / "callcenter/adapters/web/static/index.html").is_file()

    def _has_node(self) -> bool:
        build_ui = self._build_ui()
        try:
            build_ui.find_node()
        except build_ui.NodeMissing:
            return False
        return True

    def _build_ui(self) -> ModuleType:
        # The hook is run as a lone file: the checkout is not on the path.
        if self.root not in sys.path:
            sys.path.insert(0, self.root)
        from scripts import build_ui

        return build_ui
