"""One sentence for each reason. A reason without one is an error of types, not a gap in an answer.

Each function is a ``match`` over an enumeration that ends in ``assert_never``: whoever adds a
reason to the matcher, or an end to an offer, learns from mypy that it has no sentence yet.
"""

from typing import assert_never

from callcenter.core.acd.choice import ChosenBy, Considered, NobodyFree, Skipped, SkipReason
from callcenter.core.acd.offer_end_messages import OfferEnd
from callcenter.core.acd.strategies import LINES, Strategy
from callcenter.core.acd.wait_range import NoEstimate
from callcenter.core.call.messages import LegEnd, Outcome
from callcenter.core.why import calling_back
from callcenter.core.why.words import Names, capital, count
from ivr_flows.messages import QueueExit

# ---------------------------------------------------------------- who was chosen, who was not


def chosen(of: Considered, agent: str) -> str:
    """Say why an offer went to just this agent."""
    match of.chosen_by:
        case ChosenBy.FIRST_IN_LINE:
            return f"{agent} became free, and this caller was the first in line for them."
        case ChosenBy.OWN_AGENT:
            return f"{agent} is the caller's own agent."
        case ChosenBy.PICKED:
            return f"{agent} picked this caller from the list."
        case (
            ChosenBy.LONGEST_IDLE
            | ChosenBy.ROUND_ROBIN
            | ChosenBy.FEWEST_CALLS
            | ChosenBy.LEAST_TALK
            | ChosenBy.TOP_DOWN
            | ChosenBy.RING_ALL
            | ChosenBy.RING_PROGRESSIVELY
            | ChosenBy.RANDOM
            | ChosenBy.WEIGHTED_RANDOM
            | ChosenBy.BEST_SKILL
            | ChosenBy.MANUAL
        ):
            return _by_strategy(of, agent)
        case _:
            assert_never(of.chosen_by)


def _by_strategy(of: Considered, agent: str) -> str:
    rule = LINES[Strategy(of.chosen_by.value)]
    if of.free == 1:
        return f"{agent} was the only one free who may take the call."
    who = f"{count(of.free, 'agent')} who may take the call were free"
    return capital(f"{who}; the queue asks first: {rule}.")


def skipped(of: Skipped, names: Names, *, is_now: bool = False) -> str:
    """Say how many agents were left out for one reason, and who.

    Args:
        of: The reason, and how many.
        names: What agents are called.
        is_now: It is so at present, and not when an offer was made.
    """
    who = names.agents(of.agent_ids, of.count - len(of.agent_ids))
    said = _left_out_now(of) if is_now else _left_out(of)
    return capital(f"{said}: {who}." if who else f"{said}.")


def _left_out(of: Skipped) -> str:
    return _clause(of, "was" if of.count == 1 else "were", "had", "did not work")


def _left_out_now(of: Skipped) -> str:
    if of.count == 1:
        return _clause(of, "is", "has", "does not work")
    return _clause(of, "are", "have", "do not work")


def _clause(  # noqa: C901, PLR0912 - an arm for each reason
    of: Skipped, be: str, have: str, not_work: str
) -> str:
    agents = count(of.count, "agent")
    match of.reason:
        case SkipReason.BUSY:
            return f"{agents} {be} in a call or being rung"
        case SkipReason.WRAP_UP:
            return f"{agents} {be} in after-call work"
        case SkipReason.PAUSED:
            return f"{agents} {be} paused"
        case SkipReason.NOT_CONNECTED:
            return f"{agents} {have} no page connected"
        case SkipReason.RESTING:
            return f"{agents} {be} left out for a while after a call that was not taken"
        case SkipReason.LEAVING:
            return f"{agents} {be} about to be logged out"
        case SkipReason.NOT_ANSWERING:
            return f"{agents} {be} paused because calls were not answered"
        case SkipReason.LACKS_SKILL:
            return f"{agents} of the queue {have} less than {of.detail}"
        case SkipReason.HAS_FORBIDDEN_SKILL:
            return f"{agents} of the queue {have} {of.detail}, which the caller must not get"
        case SkipReason.LEVEL_NOT_YET:
            return f"{agents} of level {of.detail} {be} not to be asked yet"
        case SkipReason.HIGHER_LEVEL:
            return f"{agents} {be} free, but of a higher level: asked only after all lower ones"
        case SkipReason.OTHER_QUEUE:
            return f"{agents} {not_work} this queue"
        case _:
            assert_never(of.reason)


def lack(of: Skipped, have: int) -> str:
    """Say why one agent may not take a caller.

    Args:
        of: What stands in the way.
        have: The agent's level in the skill that is wanted.
    """
    match of.reason:
        case SkipReason.LACKS_SKILL:
            return f"{of.detail} is needed, and this agent has {have}"
        case SkipReason.HAS_FORBIDDEN_SKILL:
            return f"agents with {of.detail} must not take them"
        case SkipReason.LEVEL_NOT_YET:
            return f"agents of level {of.detail} are not to be asked yet"
        case (
            SkipReason.BUSY
            | SkipReason.WRAP_UP
            | SkipReason.PAUSED
            | SkipReason.NOT_CONNECTED
            | SkipReason.RESTING
            | SkipReason.LEAVING
            | SkipReason.NOT_ANSWERING
            | SkipReason.HIGHER_LEVEL
            | SkipReason.OTHER_QUEUE
        ):
            return _left_out_now(of)
        case _:
            assert_never(of.reason)


def nobody(of: NobodyFree, names: Names) -> tuple[str, ...]:
    """Say what a caller found for whom nobody was free."""
    others = f"{capital(count(of.waiting, 'other'))} waited in the queue."
    if not of.skipped:
        return ("Nobody was logged in.", others)
    return (*(skipped(each, names) for each in of.skipped), others)


# ---------------------------------------------------------------- ends


def offer_end(reason: OfferEnd, agent: str) -> str:  # noqa: C901 - an arm for each end
    """Say how an offer to an agent came to nothing."""
    match reason:
        case OfferEnd.NO_ANSWER:
            return f"{agent} did not answer."
        case OfferEnd.REFUSED:
            return f"{agent} declined the call, or the phone was busy."
        case OfferEnd.UNREACHABLE:
            return f"The phone of {agent} could not be reached."
        case OfferEnd.LOST:
            return f"The ringing at {agent} was lost, at nobody's fault."
        case OfferEnd.ABANDONED:
            return f"The caller hung up while the phone of {agent} rang."
        case OfferEnd.NOT_SHOWN:
            return f"The page of {agent} did not show the call: a fault, not a missed call."
        case OfferEnd.NOT_RUNG:
            return f"The phone of {agent} did not ring: a fault, not a missed call."
        case OfferEnd.PAGE_LOST:
            return f"The page of {agent} vanished while the phone rang."
        case OfferEnd.ELSEWHERE:
            return f"Another phone answered before {agent} did."
        case OfferEnd.WITHDRAWN:
            return f"The call went another way before {agent} answered."
        case _:
            assert_never(reason)


def ring_end(reason: LegEnd, agent: str) -> str:
    """Say the same from the call's side, where the pool's record is not at hand."""
    match reason:
        case LegEnd.HUNG_UP | LegEnd.REFUSED:
            return offer_end(OfferEnd.REFUSED, agent)
        case LegEnd.NO_ANSWER:
            return offer_end(OfferEnd.NO_ANSWER, agent)
        case LegEnd.UNREACHABLE:
            return offer_end(OfferEnd.UNREACHABLE, agent)
        case LegEnd.CANCELLED:
            return f"The ringing at {agent} was cancelled."
        case LegEnd.LOST:
            return offer_end(OfferEnd.LOST, agent)
        case LegEnd.ELSEWHERE:
            return offer_end(OfferEnd.ELSEWHERE, agent)
        case LegEnd.NOT_RUNG:
            return offer_end(OfferEnd.NOT_RUNG, agent)
        case LegEnd.NOT_SHOWN:
            return offer_end(OfferEnd.NOT_SHOWN, agent)
        case LegEnd.PAGE_LOST:
            return offer_end(OfferEnd.PAGE_LOST, agent)
        case _:
            assert_never(reason)


def queue_exit(reason: QueueExit) -> str:  # noqa: C901 - a table, which its types check
    """Say why a caller left a queue without an agent."""
    match reason:
        case QueueExit.TIMED_OUT:
            return "The longest wait of the queue was over."
        case QueueExit.UNSTAFFED:
            return "Nobody was there who counts as staff for this caller."
        case QueueExit.CLOSED:
            return "The queue was closed when the caller came."
        case QueueExit.FULL:
            return "The queue was full when the caller came."
        case QueueExit.CLOSING:
            return "The queue closed while the caller waited."
        case QueueExit.WAITED:
            return "The caller had waited as long as a rule of the queue says."
        case QueueExit.POSITION:
            return "The caller was too far behind in line for a rule of the queue."
        case QueueExit.SERVICE_LEVEL:
            return "Too few callers of the queue had been served in time of late."
        case QueueExit.LEFT:
            return "The caller left the line by a key."
        case QueueExit.CALLBACK:
            return "The caller is to be called back, and need not wait on the line."
        case _:
            assert_never(reason)


def outcome(reached: Outcome) -> str:  # noqa: C901 - a table, which its types check
    """Say how a call ended."""
    match reached:
        case Outcome.ANSWERED:
            return "an agent had talked with the caller"
        case Outcome.ABANDONED_IVR:
            return "the caller hung up in the menu"
        case Outcome.ABANDONED_QUEUE:
            return "the caller hung up while waiting"
        case Outcome.SELF_SERVED:
            return "the menu had done what the caller wanted"
        case Outcome.OVERFLOW:
            return "nobody took the call"
        case Outcome.FAILED:
            return "a fault"
        case Outcome.CALLBACK_REQUESTED | Outcome.CALLBACK_UNREACHED | Outcome.CALLBACK_CANCELLED:
            return calling_back.outcome(reached)
        case Outcome.FALLBACK_ANSWERED:
            return "a phone of the fallback took the call while the service was away"
        case Outcome.FALLBACK_MESSAGE:
            return "the caller left a message with the fallback"
        case Outcome.FALLBACK_ABANDONED:
            return "the fallback had the call, and nobody took it"
        case _:
            assert_never(reached)


def no_estimate(reason: NoEstimate) -> str:
    """Say why the wait cannot be estimated."""
    match reason:
        case NoEstimate.NOBODY_READY:
            return "nobody who may take the call works at present"
        case NoEstimate.PBX_UNHEARD:
            return "the telephone system is not heard"
        case NoEstimate.OVERTAKEN:
            return "callers who go first come as fast as they can be served"
        case NoEstimate.TOO_LONG:
            return "it would be longer than eight hours"
        case _:
            assert_never(reason)
