"""The outcome of one input to a call, as it is being worked out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from callcenter.core.acd.messages import FromCall
from callcenter.core.call.callback_messages import CallbackTerms
from callcenter.core.call.effects import (
    CallEffect,
)
from callcenter.core.call.facts import (
    CallFact,
)
from callcenter.core.call.model import Call, evolve
from callcenter.core.call.open_callbacks import OpenCallbacks
from callcenter.core.ids import Ms
from callcenter.core.plan import Plan
from ivr_flows.model import Flow


@dataclass(frozen=True, slots=True)
class Setting:
    """What a decision may look up; replaced when the operator changes the settings."""

    journal_id: str
    plan: Plan
    only_flow: str = ""
    """Serves whoever calls from now on, whatever they dialled; "" for the flow of the number."""
    older_flows: Mapping[tuple[str, str], Flow] = field(default_factory=dict)
    """Flows, by id and version, that calls at hand began in and that have been changed since."""
    callbacks: OpenCallbacks = field(default_factory=OpenCallbacks, compare=False)
    """The callbacks that are open; kept in step by the centre."""
    holds_callbacks: bool = False
    """No callback is begun: planned work is near."""


@dataclass(slots=True)
class Decision:
    """Facts, already applied to ``call``; what the pool is told; effects beside telephony."""

    call: Call
    now: Ms
    setting: Setting
    facts: list[CallFact] = field(default_factory=list)
    tells: list[FromCall] = field(default_factory=list)
    effects: list[CallEffect] = field(default_factory=list)
    falls_back: bool = False
    """Whether the fallback of the dialplan is to have the caller, of whom we are rid."""
    refusal: str | None = None
    """Why a person's request was refused, in words for people."""
    leaves_to_mailbox: bool = False
    """The caller goes to the mailbox of the telephone system."""
    begins: list[CallbackTerms] = field(default_factory=list)
    """Callbacks that were promised: each begins in the same turn, as a call of its own."""

    def record(self, fact: CallFact) -> None:
        """Note a fact and apply it."""
        self.facts.append(fact)
        self.call = evolve(self.call, fact)
