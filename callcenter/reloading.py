"""Reading the configuration again while the service runs."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from callcenter.config import Config, ConfigError
from callcenter.core.acd.messages import LogInRequested
from callcenter.core.replan import objections
from callcenter.ports.accounts import Accounts
from callcenter.ports.reloading import Reloaded
from callcenter.ports.reports import Reports
from callcenter.runtime.admission import Admission
from callcenter.runtime.node import Node
from callcenter.settings_changes import changes, flow_changes, with_live
from callcenter.vital_signs import VitalSigns


@dataclass(frozen=True, slots=True)
class Reloadable:
    """The parts that settings are for."""

    node: Node
    admission: Admission
    signs: VitalSigns
    accounts: Accounts
    reports: Reports


class Reloader:
    """Implements ``ports.reloading.Reload``; one reading at a time."""

    def __init__(self, config: Config, read: Callable[[], Config], parts: Reloadable) -> None:
        self._config = config
        self._read = read
        self._parts = parts
        self._lock = asyncio.Lock()

    async def reload(self, *, only_check: bool = False) -> Reloaded:
        """Let what the file says now hold, if all of it can; else change nothing.

        Agents who are logged in get the queues and skills that the database has for them now.

        Args:
            only_check: Say what would be, and change nothing.
        """
        async with self._lock:
            try:
                config = await asyncio.to_thread(self._read)
                plan = await asyncio.to_thread(config.plan)
            except ConfigError as error:
                return Reloaded(faults=tuple(fault.in_words() for fault in error.faults))
            different = list(changes(self._config, config))
            flows = flow_changes(self._parts.node.centre.setting.plan.flows, plan.flows)
            result = Reloaded(
                changed=(*(each.text for each in different if each.is_live), *flows),
                waits_for_restart=tuple(each.text for each in different if not each.is_live),
            )
            if only_check:
                against = tuple(objections(self._parts.node.centre, plan))
                return replace(result, objections=against)
            against = tuple(await self._parts.node.adopt(plan, result.changed))
            if against:
                return Reloaded(objections=against)
            self._adopt_limits(config)
            renewed = await self._renew_agents()
            # What waits for a restart is told again next time: the rest is as the file says.
            self._config = with_live(self._config, config)
            result = replace(result, changed=(*result.changed, *renewed))
            self._parts.reports.note("settings read again", changes=len(result.changed))
            return result

    def _adopt_limits(self, config: Config) -> None:
        admission = self._parts.admission
        admission.capacity = replace(admission.capacity, open_calls=config.overload.most_calls)
        self._parts.signs.short_flow = config.overload.short_flow

    async def _renew_agents(self) -> Sequence[str]:
        """Give agents at work the queues and skills that are stored; return who has others now."""
        try:
            profiles = await self._parts.accounts.profiles()
        except TimeoutError:
            return ["agents: the CRM database cannot be asked; theirs hold from their next log-in"]
        stored = {profile.agent_id: profile for profile in profiles}
        renewed = []
        for pool in self._parts.node.centre.pools.values():
            for agent in pool.agents.values():
                profile = stored.get(agent.profile.agent_id, agent.profile)
                is_of_pool = not pool.queues.keys().isdisjoint(profile.queues)
                if profile != agent.profile and is_of_pool and not agent.logs_out_after:
                    renewed.append(profile)
        for profile in renewed:
            self._parts.node.submit(LogInRequested(profile))
        return [f"agent {profile.agent_id}: as the database has them now" for profile in renewed]
