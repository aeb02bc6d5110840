"""Agents' phones, as far as the page can work them."""

from typing import Protocol

from callcenter.core.ids import LegId


class Stations(Protocol):
    """Works an agent's phone from the page, where the phone allows it."""

    def answers_by_click(self, station: str) -> bool:
        """Say whether this station can be picked up from the page."""
        ...

    async def pick_up(self, station: str, leg_id: LegId) -> None:
        """Make the station answer if it rings; the PBX then reports ``LegAnswered``."""
        ...
