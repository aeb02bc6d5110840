"""What an agent is doing, seen by a caller who wants one: one word of seven."""

from enum import IntEnum

from callcenter.core.acd.messages import Activity, AgentStatus
from callcenter.core.acd.model import Agent


class Standing(IntEnum):
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


STANDINGS = tuple(Standing)


def standing(agent: Agent) -> Standing:
    """Return what an agent who is logged in is doing."""
    if agent.activity is not Activity.IDLE:
        return Standing.WRAP_UP if agent.activity is Activity.WRAP_UP else Standing.BUSY
    if agent.is_free:
        return Standing.FREE
    if agent.status is not AgentStatus.READY:
        return Standing.PAUSED
    if not agent.page_connected:
        return Standing.NOT_CONNECTED
    return Standing.LEAVING if agent.logs_out_after else Standing.RESTING
