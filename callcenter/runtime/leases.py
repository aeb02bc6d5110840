"""Keeps the leases of all legs: when nobody renews one, the PBX rescues its caller by itself."""

import asyncio
from collections.abc import Iterator

from callcenter.core.call.model import Phase
from callcenter.core.ids import LegId, Ms
from callcenter.ports.telephony import Telephony
from callcenter.runtime.node import Node

WAITING_LEASE_MS = 45_000
"""For a caller in the flow or in a queue; the dialplan sets it before the call is ours."""
TALK_LEASE_MS = 600_000
"""For both legs of a talk, so that a dead service does not cut conversations."""
_CHECK_EVERY_S = 5.0
_AT_ONCE = 16


class Leases:
    """Renews each lease when a third of it is over, and at once when it should be longer.

    So at least 25 s are left whenever a prompt begins; prompts are shorter, and a renewal that has
    to wait for the end of one comes in time.
    """

    def __init__(self, node: Node, telephony: Telephony) -> None:
        self._node = node
        self._telephony = telephony
        self._renewed: dict[LegId, tuple[Ms, Ms]] = {}
        """When, and for how long."""

    async def run(self) -> None:
        """Look at all leases again and again, for ever."""
        while True:
            await self.renew_due()
            await asyncio.sleep(_CHECK_EVERY_S)

    async def renew_due(self) -> None:
        """Renew what is due now; one that fails keeps no other from it, and is tried again soon."""
        now = self._node.now()
        wanted = dict(self._wanted())
        self._renewed = {leg: kept for leg, kept in self._renewed.items() if leg in wanted}
        due = [leg for leg, lease_ms in wanted.items() if self._is_due(leg, lease_ms, now)]
        slots = asyncio.Semaphore(_AT_ONCE)
        failures: list[Exception] = []

        async def renew(leg_id: LegId) -> None:
            async with slots:
                try:
                    is_renewed = await self._telephony.renew_lease(leg_id, wanted[leg_id])
                except Exception as error:  # noqa: BLE001 - raised when the others are through
                    failures.append(error)
                else:
                    if is_renewed:
                        self._renewed[leg_id] = (now, wanted[leg_id])

        async with asyncio.TaskGroup() as group:
            for leg_id in due:
                group.create_task(renew(leg_id))
        if failures:
            raise failures[0]

    def _wanted(self) -> Iterator[tuple[LegId, Ms]]:
        for call in self._node.centre.calls.values():
            if call.phase in (Phase.FLOW, Phase.QUEUE):
                yield call.arrived.leg_id, WAITING_LEASE_MS
            elif call.phase is Phase.TALK and call.offer is not None:
                yield call.arrived.leg_id, TALK_LEASE_MS
                yield call.offer.leg_id, TALK_LEASE_MS

    def _is_due(self, leg_id: LegId, lease_ms: Ms, now: Ms) -> bool:
        renewed_at, was_ms = self._renewed.get(leg_id, (0, 0))
        return was_ms != lease_ms or now - renewed_at >= lease_ms // 3
