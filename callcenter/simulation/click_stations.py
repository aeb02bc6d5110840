"""Stations that are picked up by a click on the page: the demo's phones for people."""

from callcenter.core.ids import LegId
from callcenter.simulation.phones import SimulatedPhones


class ClickStations:
    """Implements ``callcenter.ports.stations.Stations`` on simulated phones."""

    def __init__(self, phones: SimulatedPhones) -> None:
        self._phones = phones

    def answers_by_click(self, station: str) -> bool:
        """Say whether this station is one of the simulated ones."""
        return station in self._phones

    async def pick_up(self, station: str, leg_id: LegId) -> None:
        """Make the station answer if this leg rings there; nothing if it rings no more."""
        if station not in self._phones:
            return
        phone = self._phones.station(station)
        if phone.ringing and phone.leg_id == leg_id:
            phone.pick_up()
