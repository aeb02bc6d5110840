"""Writes the journals that later versions must still be able to fold.

    python -m tests.journals.write

A journal that was written once is never written anew, because those in the field are not either:
this writes only those that are not there yet.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from callcenter.adapters.codec import Codec
from callcenter.core.acd.asked import BumpRequested
from callcenter.core.acd.hours import OpeningHours, Span
from callcenter.core.acd.messages import RulesReplaced
from callcenter.core.acd.overflow_rules import OverflowRule, Staffed, ToQueue
from callcenter.core.acd.wrap_up_messages import DispositionChosen, WrapUpExtensionRequested
from callcenter.core.call.messages import (
    CallOffered,
    ClaimRefused,
    ClaimUnseen,
    LegEnd,
    NewRequest,
    WrapUpSubmitted,
)
from callcenter.core.ids import AgentId, LegId
from callcenter.core.plan import AnnounceToAgent, ComfortStep, Relaxation, Strategy
from tests.core.test_waiting import NUMBER, plan_with
from tests.support.callbacks import CUSTOMER_FIRST, asks_for_callback
from tests.support.playbook import MAIN, PLAN, SALES, SPANISH_NUMBER, SUPPORT, VIP_NUMBER, World

FOLDER = Path(__file__).parent


def a_busy_quarter_of_an_hour() -> World:
    """Every fact there is, and some of every state at the end."""
    world = World()
    world.caller("closed").chooses("1").hears_the_end()
    anna, ben = world.agent("anna").is_ready(), world.agent("ben").can(SALES).is_ready()
    carla = world.agent("carla").can(SALES, spanish=3).logs_in()
    served = world.caller("served").chooses("1").is_matched()
    anna.takes_the_call().confirms(served)
    world.passes(3)
    served.hangs_up()
    anna.wraps_up(served, "sale", NewRequest("question", "An invoice"))
    lost = world.caller("lost").chooses("1")
    ben.phone_rings()
    world.passes(20)  # not answered: to anna
    anna.takes_the_call()
    world.passes(5)
    anna.phone_ends(LegEnd.LOST)  # back in line, to ben after the rest
    world.passes(5)
    ben.takes_the_call()
    world.caller("self served").chooses("3").hears_the_end()
    world.caller("gone").arrives().hangs_up()
    world.caller("overflow").arrives(SPANISH_NUMBER)
    carla.logs_out()
    world.caller("late").arrives(VIP_NUMBER)
    world.passes(46)
    ben.logs_out().clicks_hang_up(lost)
    anna.wraps_up(lost, "resolved")
    anna.loses_page()
    world.caller("menu").arrives().hears_the_end()
    world.caller("waits").arrives().hears_the_end().presses("2")
    return world


def calls_that_were_claimed() -> World:
    """One claim that is open, one that was lost, one caller who was never seen, one who came."""
    world = World()
    for leg in ("open-1", "lost-1", "unseen-1", "came-1"):
        world.tell(CallOffered(LegId(leg), "+12025550123", SPANISH_NUMBER))
    world.tell(ClaimRefused(LegId("lost-1")))
    world.tell(ClaimUnseen(LegId("unseen-1")))
    world.caller("came").arrives()
    return world


def settings_that_were_changed() -> World:
    """A caller waits while the operator changes other settings: announcements begin anew."""
    world = World()
    world.agent("anna").logs_in()
    world.caller("waits").chooses("1")
    world.passes(15)
    world.replans(PLAN)
    world.passes(15)
    return world


HOURS = OpeningHours("UTC", dict.fromkeys(range(7), (Span(0, 25),)))
QUEUES_PLAN = replace(
    PLAN,
    queues={
        SALES: replace(
            PLAN.queues[SALES],
            hours=HOURS,
            overflow=(OverflowRule(ToQueue(SUPPORT), waited_ms=20_000, position=1),),
        ),
        SUPPORT: replace(
            PLAN.queues[SUPPORT], stay_with=frozenset({Staffed.READY}), leave_after_ms=60_000
        ),
    },
)


def queues_that_open_and_lose_their_staff() -> World:
    """A rule that does not hold, staff that is missed and found, an opening and a closing."""
    world = World(QUEUES_PLAN)
    world.passes(0)
    world.agent("anna").can(SALES).is_ready()
    ben = world.agent("ben").can(SUPPORT).is_ready()
    world.caller("served").chooses("1")
    world.agent("anna").takes_the_call()
    world.caller("first").chooses("1")
    world.passes(20)
    world.caller("second").chooses("2")
    ben.phone_ends(LegEnd.UNREACHABLE).pauses()
    world.caller("third").chooses("2")
    ben.ready()
    world.passes(25 * 60 - world.now / 1000)
    return world


ROUTING_PLAN = replace(
    PLAN,
    queues={
        **PLAN.queues,
        SALES: replace(
            PLAN.queues[SALES],
            strategy=Strategy.RING_PROGRESSIVELY,
            widen_every_ms=1_000,
            relaxations=(Relaxation(10_000, most=0),),
        ),
    },
)


def callers_in_another_order() -> World:
    """Phones that ring together, a supervisor's bump, and needs that were eased."""
    world = World(ROUTING_PLAN)
    anna, ben = (world.agent(name).can(SALES).is_ready() for name in ("anna", "ben"))
    first = world.caller("first").chooses("1")
    anna.phone_rings()
    world.passes(1)
    ben.takes_the_call()
    anna.pauses()
    second, third = world.caller("second").chooses("1"), world.caller("third").chooses("1")
    world.tell(BumpRequested(third.call_id, AgentId("sue")))
    world.passes(11)
    for caller in (first, second, third):
        caller.hangs_up()
    ben.wraps_up(first, "resolved")
    return world


USUAL = plan_with(
    comfort=(ComfortStep(3_000, ("please_wait",)),),
    announce_to_agent=AnnounceToAgent.QUEUE_AND_WAIT,
)
WAITING_PLAN = replace(
    USUAL,
    pools={
        MAIN: replace(
            USUAL.pools[MAIN], misses_before_pause=1, wrap_up_by_disposition={"resolved": 30_000}
        )
    },
)


def callers_served_while_they_wait() -> World:
    """Comfort, an agent who hears whose call it is, more time after it, and one missed call."""
    world = World(WAITING_PLAN)
    anna = world.agent("anna").logs_in()
    bob = world.caller("bob").arrives(NUMBER)
    world.passes(3)
    bob.hears_the_end().hears_the_end()
    anna.ready().takes_the_call().hears_the_end()
    bob.hangs_up()
    assert bob.call_id
    world.tell(WrapUpExtensionRequested(anna.agent_id, bob.call_id))
    world.tell(DispositionChosen(anna.agent_id, bob.call_id, "resolved"))
    anna.wraps_up(bob, "resolved")
    world.caller("eve").arrives(NUMBER)
    anna.misses_the_call()
    world.tell(RulesReplaced(MAIN, ("queues.sales.weight: 0, now 1",)))
    return world


def customers_who_are_called_back() -> World:
    """One who is asked first and talks, one who wants it later, one whom nobody reaches yet."""
    world = World(CUSTOMER_FIRST)
    anna = world.agent("anna").logs_in()
    _, talks = asks_for_callback(world, "bob", "+12025550141")
    _, snoozes = asks_for_callback(world, "eve", "+12025550142")
    _, is_busy = asks_for_callback(world, "kim", "+12025550143")
    world.passes(11)
    anna.ready()
    talks.may_be_called().picks_up().presses("1")
    anna.takes_the_call()
    talks.phone_ends()
    world.tell(WrapUpSubmitted(anna.agent_id, talks.call_id, "resolved", ""))
    snoozes.may_be_called().picks_up().presses("2")
    is_busy.may_be_called().phone_ends(LegEnd.REFUSED)
    return world


PLANS = {
    "queues": QUEUES_PLAN,
    "routing": ROUTING_PLAN,
    "waiting": WAITING_PLAN,
    "callbacks": CUSTOMER_FIRST,
}
"""Those of the stories that are not told under the usual one."""
STORIES: dict[str, Callable[[], World]] = {
    "busy": a_busy_quarter_of_an_hour,
    "claims": calls_that_were_claimed,
    "queues": queues_that_open_and_lose_their_staff,
    "routing": callers_in_another_order,
    "waiting": callers_served_while_they_wait,
    "callbacks": customers_who_are_called_back,
    "settings": settings_that_were_changed,
}


def picture(world: World) -> dict[str, object]:
    """Return what the state comes to, in plain words."""
    pool = world.centre.pools[MAIN]
    return {
        "last_number": world.centre.last_number,
        "calls": {call_id: call.phase for call_id, call in sorted(world.centre.calls.items())},
        "agents": {name: agent.activity for name, agent in sorted(pool.agents.items())},
        "waiting": {i: pool.position(call) for i, call in sorted(pool.waiting.items())},
        "due": min(world.centre.deadlines(), default=None),
    }


def main() -> None:
    """Write those that are missing."""
    codec = Codec()
    for name, story in STORIES.items():
        path = FOLDER / f"{name}.jsonl"
        if path.exists():
            continue
        world = story()
        lines = [json.dumps({"comes_to": picture(world)})]
        for stream, fact in world.journal:
            kind, version, body = codec.encode(fact)
            stored = {"stream": stream, "kind": kind, "version": version, "body": json.loads(body)}
            lines.append(json.dumps(stored))
        path.write_text("\n".join([*lines, ""]), "utf-8")


if __name__ == "__main__":
    main()
