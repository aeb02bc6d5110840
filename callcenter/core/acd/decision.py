"""The outcome of one input to a pool, as it is being worked out."""

from dataclasses import dataclass, field

from callcenter.core.acd.evolving import evolve
from callcenter.core.acd.facts import PoolFact
from callcenter.core.acd.messages import FromPool
from callcenter.core.acd.pool import Pool
from callcenter.core.ids import Ms


@dataclass(slots=True)
class Decision:
    """What follows from one input: facts, already applied, and what the calls are told."""

    pool: Pool
    now: Ms
    facts: list[PoolFact] = field(default_factory=list)
    tells: list[FromPool] = field(default_factory=list)
    refusal: str | None = None
    """Why a person's request was refused, in words for people."""

    def record(self, fact: PoolFact) -> None:
        """Note a fact and apply it."""
        self.facts.append(fact)
        evolve(self.pool, fact)

    def tell(self, message: FromPool) -> None:
        """Let a call know."""
        self.tells.append(message)
