"""Keeps the leases of all legs: when nobody renews one, the PBX rescues its caller by itself."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from callcenter.core.call.model import Phase
from callcenter.core.ids import LegId, Ms
from callcenter.ports.telephony import Telephony
from callcenter.runtime.node import Node

WAITING_LEASE_MS = 45_000
"""For a caller in the flow or in a queue; the dialplan sets it before the call is ours."""
TALK_LEASE_MS = 600_000
"""For both legs of a talk, so that a dead service does not cut conversations."""
_CHECK_EVERY_MS = 5_000
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class LeaseTimes:
    """How long the PBX keeps a leg that nobody renews."""

    waiting_ms: Ms = WAITING_LEASE_MS
    talk_ms: Ms = TALK_LEASE_MS

    @property
    def check_every_ms(self) -> Ms:
        """How often to look which ones are due."""
        return min(_CHECK_EVERY_MS, self.waiting_ms // 9)


class Leases:
    """Renews each lease when a third of it is over, and at once when it should be longer.

    So more than half of it is left whenever a prompt begins (25 of 45 s); a longer prompt has its
    lease set before, and a renewal that has to wait for the end of one comes in time.
    """

    def __init__(self, node: Node, telephony: Telephony, times: LeaseTimes | None = None) -> None:
        self._node = node
        self._telephony = telephony
        self._times = times or LeaseTimes()
        self._renewed: dict[LegId, tuple[Ms, Ms]] = {}
        """When, and for how long."""
        self.renewals = 0

    async def run(self) -> None:
        """Look at all leases again and again, for ever."""
        while True:
            await self.renew_due()
            await asyncio.sleep(self._times.check_every_ms / 1000)

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
                        self.renewals += 1

        async with asyncio.TaskGroup() as group:
            for leg_id in due:
                group.create_task(renew(leg_id))
        if failures:
            raise failures[0]

    def _wanted(self) -> Iterator[tuple[LegId, Ms]]:
        for call in self._node.centre.calls.values():
            leg_id = call.caller_leg
            if call.back is not None and call.briefed is not None:
                yield call.briefed.offer.leg_id, self._times.waiting_ms
            if leg_id is None:
                continue
            if call.phase in (Phase.FLOW, Phase.QUEUE):
                yield leg_id, self._times.waiting_ms
            elif call.phase is Phase.TALK and call.taken is not None:
                yield leg_id, self._times.talk_ms
                yield call.taken.leg_id, self._times.talk_ms

    def _is_due(self, leg_id: LegId, lease_ms: Ms, now: Ms) -> bool:
        renewed_at, was_ms = self._renewed.get(leg_id, (0, 0))
        return was_ms != lease_ms or now - renewed_at >= lease_ms // 3
