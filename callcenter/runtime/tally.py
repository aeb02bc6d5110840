"""Counts what turns record, for the metrics: how calls end."""

from callcenter.core.call.facts import CallEnded
from callcenter.core.call.messages import CallerEnd, Outcome
from callcenter.core.turn import Turn


class Tally:
    """Observes the node's turns."""

    def __init__(self) -> None:
        self.outcomes = {outcome.value: 0 for outcome in Outcome}
        self.lease_expiries = 0
        """Callers whom the PBX took back because nobody had renewed their lease."""

    def observe(self, turn: Turn) -> None:
        """Count what a turn has recorded."""
        for _, fact in turn.facts:
            if type(fact) is CallEnded:
                self.outcomes[fact.outcome.value] += 1
                self.lease_expiries += fact.cause == CallerEnd.LEASE_EXPIRED
