"""What an agent is doing, seen by a caller who wants one: one word of eight."""

from enum import IntEnum

from callcenter.core.acd.model import Agent
from callcenter.core.acd.people import Activity, AgentStatus


class Availability(IntEnum):
    """The states that tell why an agent is, or is not, offered a call."""

    FREE = 0
    BUSY = 1
    """Rings or talks."""
    WRAP_UP = 2
    PAUSED = 3
    NOT_CONNECTED = 4
    """No page is there."""
    RESTING = 5
    """After a call that was not taken."""
    LEAVING = 6
    """Will be logged out at once."""
    NOT_ANSWERING = 7
    """Paused by the pool, after too many calls that were not answered."""


AVAILABILITIES = tuple(Availability)


def availability(agent: Agent) -> Availability:
    """Return what an agent who is logged in is doing."""
    if agent.activity is not Activity.IDLE:
        return Availability.WRAP_UP if agent.activity is Activity.WRAP_UP else Availability.BUSY
    if agent.is_free:
        return Availability.FREE
    if agent.is_not_answering:
        return Availability.NOT_ANSWERING
    if agent.status is not AgentStatus.READY:
        return Availability.PAUSED
    if not agent.page_connected:
        return Availability.NOT_CONNECTED
    return Availability.LEAVING if agent.logs_out_after else Availability.RESTING
