"""Agents' SIP phones: they are answered at the phone."""

from callcenter.core.ids import LegId


class DeskPhones:
    """Implements ``ports.stations.Stations`` for phones that a page cannot work."""

    def answers_by_click(self, station: str) -> bool:
        """Say that the station cannot be picked up from the page."""
        return False

    async def pick_up(self, station: str, leg_id: LegId) -> None:
        """Do nothing: the agent picks up at the phone."""
