"""The CRM database as the weather has it: away, slow, or storing without an answer."""

import asyncio
from collections.abc import Sequence
from random import Random

from callcenter.core.call.messages import Presentation
from callcenter.core.ids import PartyId
from callcenter.ports.directory import CallerMatch, CustomerCard, Directory
from callcenter.ports.records import CallRecord, Records, RecordsUnavailable
from callcenter.simulation.weather import Weather

LOOK_UP_LIMIT_S = 0.5
_SLOWEST_WRITE_S = 0.05


class ShakyRecords:
    """Implements ``ports.records.Records`` on records that are sometimes away."""

    def __init__(self, records: Records, weather: Weather, random: Random) -> None:
        self._records = records
        self._weather = weather
        self._random = random
        self.is_dead = False
        """The process is gone: nothing of it reaches the database any more."""

    async def cursor(self, journal_id: str) -> int:
        """Return the last stored sequence; raises RecordsUnavailable."""
        await self._reach()
        return await self._records.cursor(journal_id)

    async def write(self, journal_id: str, seq: int, records: Sequence[CallRecord]) -> None:
        """Store; raises RecordsUnavailable, sometimes when all has been stored."""
        await self._reach()
        await self._records.write(journal_id, seq, records)
        if self._weather.records_away:
            raise RecordsUnavailable("The database went away before it said that it has stored.")

    async def _reach(self) -> None:
        await asyncio.sleep(self._random.uniform(0.0, _SLOWEST_WRITE_S))
        if self.is_dead:
            raise asyncio.CancelledError
        # One in five gets through, and only its answer is lost.
        if self._weather.records_away and self._random.random() < 0.8:
            raise RecordsUnavailable("The database is away.")


class ShakyDirectory:
    """Implements ``ports.directory.Directory`` on one that is sometimes away or slow."""

    def __init__(self, directory: Directory, weather: Weather, random: Random) -> None:
        self._directory = directory
        self._weather = weather
        self._random = random

    async def match(self, ani: str | None, presentation: Presentation, dnis: str) -> CallerMatch:
        """Return who may be calling; raises TimeoutError."""
        await self._reach()
        return await self._directory.match(ani, presentation, dnis)

    async def wants_no_calls(self, number: str) -> bool:
        """Say whether somebody wants no calls; raises TimeoutError."""
        await self._reach()
        return await self._directory.wants_no_calls(number)

    async def card(self, party_id: PartyId) -> CustomerCard | None:
        """Return what is known of one person; raises TimeoutError."""
        await self._reach()
        return await self._directory.card(party_id)

    async def _reach(self) -> None:
        if self._weather.directory_away:
            await asyncio.sleep(LOOK_UP_LIMIT_S)
            if self._random.random() < 0.8:
                raise TimeoutError
        else:
            await asyncio.sleep(self._random.uniform(0.0, 0.02))
