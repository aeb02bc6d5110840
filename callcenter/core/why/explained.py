"""Whole answers, put together from what is recorded and from what is so now."""

from collections.abc import Sequence
from dataclasses import dataclass

from callcenter.core.acd.model import Agent, WaitingCall
from callcenter.core.acd.pool import Pool
from callcenter.core.call.facts import (
    AgentConnected,
    AgentOffered,
    CallArrived,
    CallEnded,
    QueueEntered,
    QueueExited,
    TalkEnded,
)
from callcenter.core.ids import AgentId, CallId, Ms
from callcenter.core.why import no_calls, reasons
from callcenter.core.why.coming import what_comes
from callcenter.core.why.explanation import Explanation, Question, Sentence, passages
from callcenter.core.why.there import AnyFact, steps
from callcenter.core.why.waiting import where, who_could, why_waiting
from callcenter.core.why.words import Names, capital, duration


@dataclass(frozen=True, slots=True)
class Wait:
    """A caller who waits, and where."""

    pool: Pool
    call: WaitingCall
    is_aside: bool = False
    """The caller pressed a key: the menu serves them meanwhile."""


def of_call(
    call_id: CallId, facts: Sequence[AnyFact], names: Names, now: Ms, wait: Wait | None = None
) -> Explanation:
    """Explain why a call went where it went, and why it waits if it does.

    Args:
        call_id: The call.
        facts: Of the call, and of pools where they name it, in the order of the journal.
        names: What agents and queues are called.
        now: The instant.
        wait: Where the caller waits now.
    """
    way = steps(facts, names)
    if wait is None:
        told = passages(("How it came there", way))
        return Explanation(Question.THERE, call_id, now, _headline(facts, names, now), told)
    return of_waiting(wait, names, now, way)


def of_waiting(wait: Wait, names: Names, now: Ms, way: Sequence[Sentence] = ()) -> Explanation:
    """Explain why a caller still waits.

    Args:
        wait: Where the caller waits.
        names: What agents and queues are called.
        now: The instant.
        way: How the caller came there.
    """
    pool, call = wait.pool, wait.call
    why = why_waiting(pool, call, now, names)
    if wait.is_aside:
        why.insert(
            0, Sentence("The caller has pressed a key and hears the menu; the place is kept.")
        )
    told = passages(
        ("Why the caller still waits", why),
        ("Who may take the call", who_could(pool, call, now, names)),
        ("What comes next", what_comes(pool, call, now)),
        ("How the call came here", list(way)),
    )
    return Explanation(Question.WAITING, call.call_id, now, where(pool, call, now, names), told)


def of_agent(pool: Pool, agent: Agent, who: str, now: Ms) -> Explanation:
    """Explain why an agent gets no calls.

    Args:
        pool: The state.
        agent: Logged in there.
        who: What the agent is called.
        now: The instant.
    """
    told = passages(
        ("The agent", no_calls.state(agent, now)), ("Queues", no_calls.queues(pool, agent))
    )
    headline = no_calls.headline(pool, agent, now, who)
    return Explanation(Question.NO_CALLS, agent.profile.agent_id, now, headline, told)


def of_absent(agent_id: AgentId, who: str, now: Ms) -> Explanation:
    """Explain the same for an agent who is not logged in."""
    headline = capital(f"{who} is not logged in: log in on the page, then choose Ready.")
    return Explanation(Question.NO_CALLS, agent_id, now, headline)


def _headline(facts: Sequence[AnyFact], names: Names, now: Ms) -> str:
    """Say where a call is that does not wait in a pool."""
    said, agent = "Where the call is cannot be told from what is recorded.", "nobody"
    rung: dict[str, str] = {}
    for fact in facts:
        match fact:
            case CallArrived() | QueueExited():
                said = "The caller is in the menu."
            case QueueEntered():
                said = f"The caller waits in {fact.queue_name}."
            case AgentOffered():
                rung[fact.leg_id] = "an agent" if names.hides_agents else fact.agent_name
            case AgentConnected():
                agent = rung.get(fact.leg_id, "an agent")
                said = f"The call went to {agent}: they talk, for {duration(now - fact.at)}."
            case TalkEnded() if fact.requeued:
                said = "The agent was lost, and the caller waits again."
            case CallEnded():
                how = reasons.outcome(fact.outcome)
                said = f"The call went to {agent}, and is over: {how}."
            case _:
                pass
    return said
