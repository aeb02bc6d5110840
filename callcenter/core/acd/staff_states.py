"""How an agent counts, where a queue says who its staff is."""

from collections.abc import Mapping

from callcenter.core.acd.model import Agent
from callcenter.core.acd.offer_ends import FAULTS
from callcenter.core.acd.overflow_rules import ANYBODY, Staffed
from callcenter.core.acd.people import Activity, AgentStatus
from callcenter.core.ids import QueueId
from callcenter.core.plan import QueueRules

_BUSY = {
    Activity.RINGING: Staffed.READY,
    Activity.TALKING: Staffed.TALKING,
    Activity.WRAP_UP: Staffed.WRAP_UP,
}


def staffed_as(agent: Agent) -> Staffed:
    """Return how an agent counts."""
    busy = _BUSY.get(agent.activity)
    if busy is not None:
        return busy
    if agent.status is AgentStatus.PAUSED:
        return Staffed.PAUSED
    if not agent.page_connected:
        return Staffed.PAGE_LOST
    if agent.rest_until is None:
        return Staffed.READY
    was_unreachable = agent.rest_after in FAULTS
    return Staffed.UNREACHABLE if was_unreachable else Staffed.RESTING


class StaffWatch:
    """Notes whose staff has changed, of the queues that do not count everybody who is logged in."""

    def __init__(self, queues: Mapping[QueueId, QueueRules]) -> None:
        self._counts = {
            queue_id: rules.stay_with
            for queue_id, rules in queues.items()
            if rules.leave_after_ms or rules.stay_with != ANYBODY
        }
        self.queues = self._counts.keys()
        """Queues with rules of their own on staff; for the others the matcher knows."""
        self.changed: set[QueueId] = set()
        """Queues with such rules whose staff may not be what it was; emptied by who looks."""

    def note(self, before: Agent | None, after: Agent | None) -> None:
        """Take note that an agent is replaced, has come (no before) or is gone (no after)."""
        if not self._counts:
            return
        both = [agent for agent in (before, after) if agent is not None]
        is_same = before is not None and after is not None and before.profile is after.profile
        states = {staffed_as(agent) for agent in both}
        for queue_id in self.queues & {each for agent in both for each in agent.profile.queues}:
            counted = {state in self._counts[queue_id] for state in states}
            if not is_same or len(counted) == 2:
                self.changed.add(queue_id)
