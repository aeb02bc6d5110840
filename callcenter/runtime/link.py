"""The node's link to the PBX: connect, buffer, snapshot, drain, live; then compare, slowly."""

import asyncio
from collections.abc import Callable, Collection, Sequence

from callcenter.core.call.effects import (
    AskMayCall,
    DropBridge,
    LookUpCaller,
    TelephonyEffect,
)
from callcenter.core.call.messages import (
    CallOffered,
    ClaimRefused,
    ClaimUnseen,
    PlaybackEnded,
)
from callcenter.core.ids import LegId, PlaybackId
from callcenter.ports.reports import Reports
from callcenter.ports.telephony import Telephony, TelephonyInput, TelephonyUnavailable
from callcenter.runtime import reconcile
from callcenter.runtime.node import Node
from callcenter.runtime.performer import Performer
from callcenter.runtime.reconcile import Seen
from callcenter.runtime.supervisor import Spawn

_SNAPSHOT_AGAIN_S = 0.5
RECONCILE_EVERY_S = 10.0
"""Each snapshot walks all channels of the PBX under a lock: no more than one in 5 s, but where a
command has failed and somebody may hear nothing."""
_DOUBT_S = 1.0
_DOUBT_SHARE = 0.1
"""The most of its time that the PBX may be busy with snapshots because of doubts."""
_DOUBT_MOST_S = 5.0
MOST_HELD = 10_000
"""Inputs that are held back for a snapshot; beyond that another one is taken."""


class Link:
    """Feeds the node what the PBX reports, and keeps both in agreement."""

    def __init__(
        self,
        node: Node,
        telephony: Telephony,
        performer: Performer,
        reports: Reports,
        spawn: Spawn,
    ) -> None:
        self._node = node
        self._telephony = telephony
        self._performer = performer
        self._reports = reports
        self._spawn = spawn
        self._buffer: list[TelephonyInput] | None = []
        """Inputs held back until a snapshot was taken; None while live."""
        self._live = asyncio.Event()
        self._connection = 0
        """Counts connections and their losses: what was begun under another number is void."""
        self.trouble = "The PBX is not connected."
        """Why no calls are taken, for people; "" while live."""
        self.admits: Callable[[], bool] = _always
        """Asked for each call that is offered: whether to take it."""
        self.reconcile_every_s = RECONCILE_EVERY_S
        self.ended = {"leg": 0, "bridge": 0}
        """Orphans: what the PBX had and no call wanted."""
        self.repairs = 0
        """Whatever else was made or ended because the PBX did not show what was wanted."""
        self._pbx_started_at = ""
        self._earlier = reconcile.Differences()
        self._doubts = 0
        """How many comparisons are to come soon: two of them make a difference sure."""
        performer.on_doubt = self._doubt

    @property
    def is_live(self) -> bool:
        """Whether the node takes calls: connected, and in agreement with the PBX."""
        return self._buffer is None

    @property
    def held_count(self) -> int:
        """How many inputs wait for the snapshot."""
        return len(self._buffer or ())

    async def wait_live(self) -> None:
        """Wait until the node takes calls."""
        await self._live.wait()

    async def run(self) -> None:
        """Keep the link for ever; where trying again cannot help, say so and stay without calls."""
        self._node.deafen()
        try:
            await self._telephony.run(self._on_input, self._on_connected, self._on_lost)
        except TelephonyUnavailable as error:
            self._hold_back()
            self.trouble = f"No calls are taken until the service is started again: {error}."
            self._reports.fault(
                "the PBX cannot be used; mend it and start the service again", error
            )
            await asyncio.Event().wait()

    async def reconcile(self) -> None:
        """Compare at a low rate, for ever, and soon where a command has failed.

        A rate that has become higher holds from now on.
        """
        waited_s, pause_s = 0.0, _DOUBT_S
        while True:
            await asyncio.sleep(pause_s)
            waited_s += pause_s
            pause_s = _DOUBT_S
            is_due = waited_s >= self.reconcile_every_s
            if is_due:
                waited_s = 0.0
            if self.is_live and (is_due or self._doubts):
                pause_s = await self._compare_and_rest()

    async def _compare_and_rest(self) -> float:
        """Compare, and return how long the PBX is to be left alone then, in seconds."""
        self._doubts = max(0, self._doubts - 1)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await self._compare()
        took_s = loop.time() - began
        return min(max(_DOUBT_S, took_s / _DOUBT_SHARE), _DOUBT_MOST_S)

    def _doubt(self) -> None:
        self._doubts = 2

    def _on_input(self, event: TelephonyInput) -> None:
        if type(event) is CallOffered and not self.admits():
            return
        if self._buffer is not None:
            self._hold(event, self._buffer)
        else:
            self._node.submit(event)

    def _hold(self, event: TelephonyInput, held: list[TelephonyInput]) -> None:
        if len(held) >= MOST_HELD:
            self._reports.fault("too many events are held back; another snapshot is taken", None)
            self._on_connected()
        else:
            held.append(event)

    def _on_connected(self) -> None:
        self._hold_back()
        self.trouble = "The PBX is connected; the open calls are being compared with it."
        self._spawn("recover from a snapshot", self._recover(self._connection))

    def _on_lost(self) -> None:
        self._hold_back()
        self.trouble = "The PBX is not connected."
        self._reports.note("the PBX connection is lost; calls go on, events are missed")

    def _hold_back(self) -> None:
        self._connection += 1
        self._buffer = []
        self._node.deafen()
        self._live.clear()

    # ------------------------------------------------------------ after a (re)connect

    async def _recover(self, connection: int) -> None:
        while connection == self._connection:  # else lost meanwhile; the next one starts anew
            await self._performer.idle()
            try:
                if await self._recover_once(connection):
                    break
            except Exception as error:  # noqa: BLE001 - without an agreement no call is ever taken
                self._reports.fault("no agreement with the PBX yet", error)
                await asyncio.sleep(_SNAPSHOT_AGAIN_S)

    async def _recover_once(self, connection: int) -> bool:
        """Compare; return False if effects of earlier turns are still on their way to the PBX."""
        async with self._node.held():
            # A ring let go while the snapshot is taken is not in it, and would be taken for lost.
            await self._node.recorded()
            if self._performer.lane_count:
                return False
            seen = Seen.of(await self._telephony.snapshot())
            if connection == self._connection:
                await self._agree(seen, connection)
        return True

    async def _agree(self, seen: Seen, connection: int) -> None:
        """Bring the state and the PBX together, while no other turn runs."""
        before = self._pbx_started_at
        restarted = seen.pbx_started_at != before if before else None
        self._pbx_started_at = seen.pbx_started_at
        centre = self._node.centre
        playing = {call_id: centre.may_still_play(call_id) for call_id in centre.calls}
        await self._node.recover(list(reconcile.recoveries(centre, seen, pbx_restarted=restarted)))
        if connection != self._connection:
            return
        repairs = list(reconcile.repairs(centre, seen, playing))
        leftovers = list(reconcile.leftovers(centre, seen))
        self._count(repairs, leftovers)
        effects = [*repairs, *leftovers, *self._unanswered_questions()]
        self._performer.perform(effects)
        for arrival in reconcile.arrivals(centre, seen):
            self._node.submit(arrival)
        unseen = centre.claims.keys() - seen.legs.keys()
        self._go_live()
        self._spawn("look for claimed callers", self._check_claims(sorted(unseen)))
        self._reports.note(
            "in agreement with the PBX",
            open_calls=len(centre.calls),
            repairs=len(effects),
            pbx_restarted=bool(restarted),
        )

    def _unanswered_questions(self) -> list[LookUpCaller | AskMayCall]:
        """Ask again who calls, where the answer was lost with the process."""
        calls = self._node.centre.calls.items()
        asked: list[LookUpCaller | AskMayCall] = [
            LookUpCaller(call_id, call.arrived.ani, call.arrived.presentation, call.arrived.dnis)
            for call_id, call in calls
        ]
        asked += [
            AskMayCall(call_id, call.arrived.ani or "")
            for call_id, call in calls
            if call.back is not None and call.back.considered_at is not None
        ]
        return asked

    def _go_live(self) -> None:
        held, self._buffer = self._buffer or [], None
        self.trouble = ""
        self._live.set()
        self._earlier = reconcile.Differences()
        for event in held:
            self._node.submit(event)
        self._node.hear()

    # ------------------------------------------------------------ in normal life

    async def _compare(self) -> None:
        connection = self._connection
        # What is decided and not yet recorded is no command yet, and would be missed as if lost.
        await self._node.recorded()
        busy = self._performer.busy()
        try:
            seen = Seen.of(await self._telephony.snapshot())
        except TelephonyUnavailable as error:
            self._reports.fault("no snapshot of the PBX", error)
            return
        if not self.is_live or connection != self._connection:
            return
        busy |= self._performer.busy()
        found = reconcile.differences(self._node.centre, seen, busy)
        sure = self._earlier.confirmed_by(found)
        self._earlier = found
        if sure.gone or sure.arrived or sure.effects:
            self._reports.fault(
                "the PBX did not show what was wanted; mended",
                None,
                gone=len(sure.gone),
                arrived=len(sure.arrived),
                effects=len(sure.effects),
            )
        for loss in reconcile.losses(self._node.centre, sure.gone):
            self._node.submit(loss)
        for arrival in sure.arrived.values():
            self._node.submit(arrival)
        leftovers = sure.effects.intersection(reconcile.leftovers(self._node.centre, seen))
        self._count(sure.effects - leftovers, leftovers)
        self._performer.perform(sorted(sure.effects, key=repr))
        await self._check_claims(sorted(sure.claimed))
        for playback_id in sorted(sure.playing):
            await self._check_prompt(playback_id)

    def _count(
        self, repairs: Collection[TelephonyEffect], leftovers: Collection[TelephonyEffect]
    ) -> None:
        self.repairs += len(repairs)
        for effect in leftovers:
            self.ended["bridge" if isinstance(effect, DropBridge) else "leg"] += 1

    async def _check_claims(self, leg_ids: Sequence[LegId]) -> None:
        for leg_id in leg_ids:
            await self._check_claim(leg_id)

    async def _check_claim(self, leg_id: LegId) -> None:
        """Account for a caller whom we asked for and never saw: with somebody else, or gone."""
        try:
            is_there = await self._telephony.has(leg_id)
        except TelephonyUnavailable as error:
            self._reports.fault("a claimed caller could not be looked for", error)
            return
        if not is_there:
            self._reports.note("a caller came and went unseen; recorded as failed")
        self._node.submit(ClaimRefused(leg_id) if is_there else ClaimUnseen(leg_id))

    async def _check_prompt(self, playback_id: PlaybackId) -> None:
        """End a prompt whose end was never reported: its caller would wait for it for ever."""
        try:
            if await self._telephony.plays(playback_id):
                return
        except TelephonyUnavailable as error:
            self._reports.fault("a prompt could not be looked for", error)
            return
        self._reports.fault("a prompt ended unreported; its call goes on", None)
        self._node.submit(PlaybackEnded(playback_id))


def _always() -> bool:
    return True
