"""What an agent is doing, as the reason why they get a call or get none."""

from typing import assert_never

from callcenter.core.acd.availability import Availability, availability
from callcenter.core.acd.model import Agent
from callcenter.core.acd.offer_end_messages import OfferEnd
from callcenter.core.acd.people import Activity
from callcenter.core.ids import Ms
from callcenter.core.why.words import count, duration


def doing(agent: Agent, now: Ms) -> str:
    """Return what an agent is doing, to complete the sentence "Anna ..."."""
    since = duration(now - agent.since_at)
    match availability(agent):
        case Availability.FREE:
            return f"is free, for {duration(now - agent.idle_since)}"
        case Availability.BUSY:
            rings = agent.activity is Activity.RINGING
            return f"is being rung, for {since}" if rings else f"is in a call, for {since}"
        case Availability.WRAP_UP:
            return f"is in after-call work{_left(agent.wrap_up_until, now)}"
        case Availability.PAUSED:
            why = f" ({agent.pause_reason})" if agent.pause_reason else ""
            return f"is paused{why}, for {since}"
        case Availability.NOT_CONNECTED:
            lost = (
                "" if agent.page_lost_at is None else f", for {duration(now - agent.page_lost_at)}"
            )
            return f"has no page connected{lost}"
        case Availability.RESTING:
            after = "" if agent.rest_after is None else f": {_rest_after(agent.rest_after)}"
            return f"is left out{_left(agent.rest_until, now)}{after}"
        case Availability.LEAVING:
            return "is about to be logged out"
        case Availability.NOT_ANSWERING:
            misses = count(agent.misses, "call")
            return f"is paused, for {since}, because {misses} in a row were not answered"
        case _ as other:
            assert_never(other)


def _left(until: Ms | None, now: Ms) -> str:
    return "" if until is None else f", for {duration(until - now)} more at most"


def _rest_after(reason: OfferEnd) -> str:
    match reason:
        case OfferEnd.NO_ANSWER:
            return "the last call was not answered"
        case OfferEnd.REFUSED:
            return "the last call was declined, or the phone was busy"
        case OfferEnd.UNREACHABLE:
            return "the phone could not be reached"
        case OfferEnd.NOT_SHOWN:
            return "the page did not show the last call"
        case OfferEnd.NOT_RUNG:
            return "the phone did not ring"
        case OfferEnd.PAGE_LOST:
            return "the page vanished while the phone rang"
        case OfferEnd.LOST | OfferEnd.ABANDONED | OfferEnd.ELSEWHERE | OfferEnd.WITHDRAWN:
            return "the last call went another way"
        case _:
            assert_never(reason)
