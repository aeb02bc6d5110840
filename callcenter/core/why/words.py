"""How durations, numbers, skills and names are said."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from callcenter.core.ids import AgentId, Ms, QueueId
from callcenter.core.plan import QueueRules

_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MOST_NAMES = 12
"""So many people are named at most; of more the number is said."""


class Names:
    """What agents and queues are called."""

    def __init__(
        self,
        agent: Callable[[AgentId], str | None] = lambda _: None,
        queues: Mapping[QueueId, QueueRules] | None = None,
        *,
        hides_agents: bool = False,
    ) -> None:
        """Take where names are found.

        Args:
            agent: An agent's name, or None if it is not known.
            queues: What is declared.
            hides_agents: Say how many, but not who.
        """
        self._agent = agent
        self._queues = queues or {}
        self._hides_agents = hides_agents

    @property
    def hides_agents(self) -> bool:
        """Whether nobody is named."""
        return self._hides_agents

    def agent(self, agent_id: AgentId) -> str:
        """Return an agent's name, or what stands for it."""
        if self._hides_agents:
            return "an agent"
        return self._agent(agent_id) or f"agent {agent_id[:8]}"

    def agents(self, agent_ids: Iterable[AgentId], further: int = 0) -> str:
        """Return the names of some, and how many further ones; empty where nobody is named."""
        known = [] if self._hides_agents else [self.agent(each) for each in agent_ids]
        if known and further > 0:
            known.append(count(further, "other"))
        return listed(known)

    def queue(self, queue_id: QueueId) -> str:
        """Return a queue's name."""
        queue = self._queues.get(queue_id)
        return queue.name if queue else queue_id


def duration(ms: Ms) -> str:
    """Return a duration as people say it: "8 s", "2 min 10 s", "1 h 5 min"; below 0 is 0."""
    seconds = max(0, round(ms / 1000))
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes:
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"
    return f"{seconds} s"


def count(number: int, one: str, many: str = "") -> str:
    """Return "one agent", "three agents", "12 agents"."""
    said = _SMALL[number] if 0 <= number < len(_SMALL) else str(number)
    return f"{said} {one if number == 1 else many or one + 's'}"


def listed(items: Sequence[str], word: str = "and") -> str:
    """Return "a", "a and b", "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def capital(sentence: str) -> str:
    """Return a sentence with its first letter as a capital."""
    return sentence[:1].upper() + sentence[1:]


def levels(skills: Iterable[tuple[str, int]]) -> str:
    """Return skills with their levels: "french 3 and tax 1"."""
    return listed([f"{skill} {level}" for skill, level in skills])


def wanted(
    requires: Sequence[tuple[str, int]],
    prefers: Sequence[tuple[str, int]] = (),
    forbids: Sequence[str] = (),
) -> str:
    """Return what is wanted of an agent: "needs french 3, prefers tax, not trainee"; or empty."""
    parts = []
    if requires:
        parts.append(f"needs {levels(requires)}")
    if prefers:
        parts.append(f"prefers {listed([skill for skill, _ in prefers])}")
    if forbids:
        parts.append(f"must not get {listed(list(forbids), 'or')}")
    return ", ".join(parts)
