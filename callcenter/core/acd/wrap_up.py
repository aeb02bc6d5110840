"""How long after-call work may take: by the queue, by the outcome chosen, and by extension."""

from typing import Final

from callcenter.core.acd.model import Agent
from callcenter.core.acd.wrap_up_messages import WrapUpExtended, WrapUpLimited
from callcenter.core.ids import Ms
from callcenter.core.plan import PoolRules

LEAST_LEFT_MS: Final[Ms] = 10_000
"""A limit that comes with an outcome leaves at least so much, or what was left if that is less."""


def extension(rules: PoolRules, agent: Agent, now: Ms) -> WrapUpExtended | str:
    """Return the extension of an agent's after-call work, or why there is none, for people."""
    assert agent.call_id is not None, f"after-call work without a call: {agent}"  # noqa: S101
    assert agent.wrap_up_until is not None, f"after-call work without a limit: {agent}"  # noqa: S101
    if agent.wrap_up_extensions >= rules.wrap_up_extensions:
        return "This after-call work cannot be extended any more."
    until = agent.wrap_up_until + rules.wrap_up_extension_ms
    number = agent.wrap_up_extensions + 1
    return WrapUpExtended(now, agent.profile.agent_id, agent.call_id, until, number)


def limit_by_outcome(
    rules: PoolRules, agent: Agent, queue_ms: Ms, disposition: str, now: Ms
) -> WrapUpLimited | None:
    """Return the limit that an outcome brings, or None if nothing changes.

    Args:
        rules: The pool's.
        agent: In after-call work.
        queue_ms: The limit of the call's queue, for outcomes without one of their own.
        disposition: The outcome that the agent chose.
        now: The instant.
    """
    assert agent.call_id is not None, f"after-call work without a call: {agent}"  # noqa: S101
    assert agent.wrap_up_until is not None, f"after-call work without a limit: {agent}"  # noqa: S101
    limit_ms = rules.wrap_up_by_disposition.get(disposition, queue_ms)
    extended_ms = agent.wrap_up_extensions * rules.wrap_up_extension_ms
    least = min(agent.wrap_up_until, now + LEAST_LEFT_MS)
    until = max(agent.since_at + limit_ms + extended_ms, least)
    if until == agent.wrap_up_until:
        return None
    return WrapUpLimited(now, agent.profile.agent_id, agent.call_id, until, disposition)
