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


def skipped(of: Skipped, names: Names) -> str:
    """Say how many agents were left out for one reason, and who."""
    said = names.agents(of.agent_ids)
    further = of.count - len(of.agent_ids)
    if said and further > 0:
        said += f" and {count(further, 'other')}"
    who = f": {said}" if said else ""
    return f"{capital(_left_out(of))}{who}."


def _left_out(of: Skipped) -> str:  # noqa: C901, PLR0912 - an arm for each reason
    agents, was = count(of.count, "agent"), "was" if of.count == 1 else "were"
    match of.reason:
        case SkipReason.BUSY:
            return f"{agents} {was} in a call or being rung"
        case SkipReason.WRAP_UP:
            return f"{agents} {was} in after-call work"
        case SkipReason.PAUSED:
            return f"{agents} {was} paused"
        case SkipReason.NOT_CONNECTED:
            return f"{agents} had no page connected"
        case SkipReason.RESTING:
            return f"{agents} {was} left out for a while after a call that was not taken"
        case SkipReason.LEAVING:
            return f"{agents} {was} about to be logged out"
        case SkipReason.NOT_ANSWERING:
            return f"{agents} {was} paused because calls were not answered"
        case SkipReason.LACKS_SKILL:
            return f"{agents} of the queue had less than {of.detail}"
        case SkipReason.HAS_FORBIDDEN_SKILL:
            return f"{agents} of the queue had {of.detail}, which this caller must not get"
        case SkipReason.LEVEL_NOT_YET:
            return f"{agents} of level {of.detail} {was} not to be asked yet"
        case SkipReason.HIGHER_LEVEL:
            return f"{agents} {was} free, but of a higher level: asked only after all lower ones"
        case SkipReason.OTHER_QUEUE:
            return f"{agents} did not work this queue"
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


def queue_exit(reason: QueueExit) -> str:
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
        case _:
            assert_never(reason)


def outcome(reached: Outcome) -> str:
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
