"""Looking and acting, over and over: the watchdog's only part that speaks with the PBX."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Never

from callcenter.adapters.ari import wire
from callcenter.adapters.ari.actions import Request, end_leg, release_request, renewal
from callcenter.adapters.ari.client import AriClient
from callcenter.adapters.ari.connection import BEAT_VARIABLE, beat_variable
from callcenter.core.ids import LegId, Ms
from callcenter.ports.clock import Clock
from callcenter.ports.reports import Reports
from callcenter.ports.telephony import TelephonyUnavailable
from callcenter.watchdog.judgement import Act, End, KeepTalk, ToFallback, acts, is_dead
from callcenter.watchdog.sight import Beat, beat_of, instance_of

_OURS = "cc-"
_OK = range(200, 300)


@dataclass(frozen=True, slots=True)
class Rules:
    """How long to wait, and how fast to act."""

    stale_ms: Ms = 10_000
    """A heartbeat of this age, unchanged in two looks, is that of a dead service."""
    look_every_ms: Ms = 3_000
    acts_per_s: int = 20
    """Each one is a call that enters the fallback: not all at once."""
    talk_lease_ms: Ms = 600_000
    """For talks that go on without the service."""
    fallback_context: str = "cc-fallback"


class Rounds:
    """The looks of one watchdog at one PBX."""

    def __init__(self, client: AriClient, rules: Rules, clock: Clock, reports: Reports) -> None:
        self._client = client
        self._rules = rules
        self._clock = clock
        self._reports = reports
        self._beats: Mapping[str, Beat] = {}
        """The heartbeats at the look before, by application."""
        self._kept_at: dict[LegId, Ms] = {}
        self._trouble = ""

    async def run(self) -> Never:
        """Look for ever; a PBX that cannot be asked is told once, and asked again."""
        while True:
            try:
                await self.look()
            except TelephonyUnavailable as error:
                self._tell_trouble(str(error))
            else:
                self._tell_trouble("")
            await asyncio.sleep(self._rules.look_every_ms / 1000)

    async def look(self) -> None:
        """Look once, and act for each instance that is dead; raises TelephonyUnavailable."""
        now_s = await self._client.pbx_time_s()
        listed = await self._client.applications()
        instances = [each for each in listed if each.name.startswith(_OURS)]
        before = self._beats
        self._beats = {e.name: beat_of(await self._beat(e.name), now_s) for e in instances}
        dead = [each for each in instances if self._is_dead(each.name, before)]
        if any(each.channel_ids for each in dead):
            await self._empty(dead)

    def _is_dead(self, name: str, before: Mapping[str, Beat]) -> bool:
        return is_dead(before.get(name), self._beats[name], self._rules.stale_ms / 1000)

    async def _beat(self, application: str) -> str:
        """Return an instance's own heartbeat, or the shared one if it has none of its own."""
        own = await self._client.global_variable(beat_variable(application))
        return own or await self._client.global_variable(BEAT_VARIABLE)

    async def _empty(self, dead: list[wire.Application]) -> None:
        channels = {each.id: each for each in await self._client.channels()}
        bridges = await self._client.bridges()
        self._kept_at = {leg: at for leg, at in self._kept_at.items() if leg in channels}
        for application in dead:
            instance = instance_of(application, channels, bridges)
            await self._carry_out(application.name, list(acts(instance)))

    async def _carry_out(self, application: str, todo: list[Act]) -> None:
        for act in todo:
            if isinstance(act, KeepTalk) and not self._is_lease_due(act.leg_id):
                continue
            if await self._beat(application) != self._beats[application].value:
                self._reports.note("the service is back", application=application)
                return
            await self._act(application, act)
            await asyncio.sleep(1 / self._rules.acts_per_s)

    def _is_lease_due(self, leg_id: LegId) -> bool:
        kept_at = self._kept_at.get(leg_id)
        third_ms = self._rules.talk_lease_ms // 3
        return kept_at is None or self._clock.elapsed_ms() - kept_at >= third_ms

    async def _act(self, application: str, act: Act) -> None:
        status = await self._client.send(self._request(act))
        if isinstance(act, KeepTalk):
            if status in _OK:
                self._kept_at[act.leg_id] = self._clock.elapsed_ms()
            return
        self._reports.note(
            "a caller of a dead service goes to the fallback"
            if isinstance(act, ToFallback)
            else "an agent's leg of a dead service is ended",
            application=application,
            leg_id=act.leg_id,
            call_id=act.call_id or "",
            why=act.why,
            status=status,
        )

    def _request(self, act: Act) -> Request:
        match act:
            case ToFallback(leg_id=leg_id):
                return release_request(leg_id, self._rules.fallback_context)
            case End(leg_id=leg_id):
                return end_leg(leg_id)
            case KeepTalk(leg_id=leg_id):
                return renewal(leg_id, self._rules.talk_lease_ms)

    def _tell_trouble(self, trouble: str) -> None:
        if trouble and trouble != self._trouble:
            self._reports.fault(f"the PBX cannot be watched: {trouble}")
        elif self._trouble and not trouble:
            self._reports.note("the PBX is watched again")
        self._trouble = trouble
