"""The way of a call, as it is told from the facts of a centre that has really lived them."""

from dataclasses import replace

from callcenter.core.acd.asked import BumpRequested
from callcenter.core.acd.facts import OfferMade
from callcenter.core.acd.offer_end_messages import OfferClosed
from callcenter.core.call.messages import LegEnd
from callcenter.core.ids import AgentId, CallId
from callcenter.core.plan import Relaxation
from callcenter.core.why.there import AnyFact, steps
from callcenter.core.why.words import Names
from tests.support.playbook import PLAN, SALES, SPANISH_NUMBER, Caller, World

NAMES = Names(lambda agent_id: agent_id.title(), PLAN.queues)


def about(world: World, call_id: CallId) -> list[AnyFact]:
    """Return what the journal gives of a call: its own facts, and those that name it."""
    return [
        fact
        for stream, fact in world.journal
        if stream == f"call/{call_id}" or getattr(fact, "call_id", "") == call_id
    ]


def only(caller: Caller) -> list[AnyFact]:
    """Return the facts of a call alone, without those of its pool."""
    return list(caller.facts)


def told(world: World, caller: Caller, names: Names = NAMES) -> list[str]:
    """Return the sentences of a call's way, those below a sentence indented."""
    said = steps(about(world, caller.call_id), names)
    return [text for each in said for text in (each.text, *(f"  {more}" for more in each.more))]


def test_a_call_that_is_taken_at_once_has_its_choice_and_its_end():
    world = World()
    anna, ben = (world.agent(name).is_ready() for name in ("anna", "ben"))
    ben.pauses("lunch")
    bob = world.caller("bob").chooses("1")
    anna.phone_rings().picks_up()
    world.passes(5)
    bob.hangs_up()
    assert told(world, bob) == [
        "The call came in on Main line.",
        "The caller is served by the flow main.",
        "The caller chose in the menu: main_menu: 1.",
        "The caller came to the queue Sales.",
        "Offer 1 went to Anna, whose phone rings.",
        "  Anna was the only one free who may take the call.",
        "  One agent was paused: Ben.",
        "Anna and the caller talk, 0 s after coming to the queue.",
        "The talk was ended by the caller.",
        "The call ended, by the caller: an agent had talked with the caller.",
    ]


def test_a_caller_who_had_to_wait_is_told_with_who_was_there_and_why_not():
    world = World()
    anna = world.agent("anna").is_ready()
    anna.pauses("lunch")
    bob = world.caller("bob").chooses("1")
    world.passes(30)
    anna.is_ready()
    way = told(world, bob)
    waited = way.index("Nobody was free who may take the call, so the caller had to wait.")
    assert way[waited + 1 : waited + 3] == [
        "  One agent was paused: Anna.",
        "  No others waited in the queue.",
    ]
    assert way[waited + 3 :] == [
        "Offer 1 went to Anna, whose phone rings.",
        "  Anna became free, and this caller was the first in line for them.",
    ]


def test_an_offer_that_comes_to_nothing_says_how_and_the_next_says_who_was_left_out():
    world = World()
    anna, ben = (world.agent(name).is_ready() for name in ("anna", "ben"))
    bob = world.caller("bob").chooses("1")
    anna.phone_rings().phone_ends(LegEnd.REFUSED)
    ben.phone_rings()
    way = told(world, bob)
    refused = way.index("Anna declined the call, or the phone was busy.")
    assert way[refused + 1 : refused + 5] == [
        "  Anna is left out for 15 s.",
        "Offer 2 went to Ben, whose phone rings.",
        "  Ben was the only one free who may take the call.",
        "  One agent was left out for a while after a call that was not taken: Anna.",
    ]


def test_a_caller_who_gives_up_while_it_rings_is_told_so():
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.phone_rings()
    bob.hangs_up()
    way = told(world, bob)
    assert way[-2:] == [
        "The caller hung up while the phone of Anna rang.",
        "The call ended, by the caller: the caller hung up while waiting.",
    ]


def test_what_the_queue_asks_less_is_told_with_what_was_found_then():
    queue = replace(PLAN.queues[SALES], relaxations=(Relaxation(20_000, (("spanish", 1),)),))
    world = World(replace(PLAN, queues={**PLAN.queues, SALES: queue}))
    anna = world.agent("anna").can(SALES, spanish=3).is_ready()
    anna.pauses("lunch")
    ben = world.agent("ben").can(SALES, spanish=1).is_ready()
    ben.pauses("tea")
    bob = world.caller("bob").arrives(SPANISH_NUMBER)
    world.passes(21)
    way = told(world, bob)
    assert "  The caller needs spanish 3." in way
    eased = way.index("The wait was long enough to ask less of agents: spanish 1 will do.")
    assert way[eased + 1 : eased + 4] == [
        "  Still nobody was free.",
        "  Two agents were paused: Anna and Ben.",
        "  No others waited in the queue.",
    ]


def test_a_bump_and_an_overflow_are_steps():
    world = World()
    world.agent("anna").is_ready().pauses("lunch")
    world.caller("ada").chooses("1")
    bob = world.caller("bob").chooses("1")
    world.tell(BumpRequested(bob.call_id, AgentId("boss")))
    world.passes(700)
    way = told(world, bob)
    bumped = way.index("A supervisor put the caller to the head of the line.")
    assert "The longest wait of the queue was over." in way[bumped:]
    assert "  The caller went on in the flow." in way[bumped:]


def test_without_the_pools_facts_the_same_is_told_without_reasons():
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.phone_rings().phone_ends(LegEnd.REFUSED)
    said = [each.text for each in steps(only(bob), NAMES)]
    assert "Anna declined the call, or the phone was busy." in said
    offered = next(s for s in steps(only(bob), NAMES) if "Offer 1" in s.text)
    assert offered.more == ("What it was chosen from is not recorded.",)


def test_an_offer_of_an_old_journal_says_that_nothing_is_recorded():
    world = World()
    world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    old = [
        replace(fact, considered=None) if isinstance(fact, OfferMade) else fact
        for fact in about(world, bob.call_id)
    ]
    offered = next(each for each in steps(old, NAMES) if "Offer 1" in each.text)
    assert offered.more == ("What it was chosen from is not recorded.",)


def test_nobody_is_named_to_those_who_may_not_know():
    world = World()
    anna, ben = (world.agent(name).is_ready() for name in ("anna", "ben"))
    bob = world.caller("bob").chooses("1")
    anna.phone_rings().phone_ends(LegEnd.NO_ANSWER)
    ben.phone_rings().picks_up()
    bob.hangs_up()
    said = " ".join(told(world, bob, Names(lambda _: "Anna", hides_agents=True)))
    assert "Offer 1 went to an agent, whose phone rings." in said
    assert "Anna" not in said
    assert "Ben" not in said


def test_no_sentence_has_the_callers_number_or_name():
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1").is_matched()
    anna.phone_rings().picks_up()
    said = " ".join(told(world, bob))
    assert "2025550123" not in said
    assert "Ada" not in said


def test_each_offer_that_is_closed_is_told_once():
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.phone_rings().phone_ends(LegEnd.NO_ANSWER)
    closed = [f for f in about(world, bob.call_id) if isinstance(f, OfferClosed)]
    said = [text for text in told(world, bob) if text == "Anna did not answer."]
    assert len(said) == len(closed) == 1
