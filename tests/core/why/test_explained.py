from callcenter.core.acd.people import AgentProfile
from callcenter.core.ids import AgentId
from callcenter.core.why.explained import Wait, of_absent, of_agent, of_call, of_waiting
from callcenter.core.why.explanation import Question
from tests.core.why.test_there import NAMES, about
from tests.support.playbook import MAIN, Caller, World


def waits(world: World, caller: Caller, *, is_aside: bool = False) -> Wait:
    assert caller.waiting is not None
    return Wait(world.centre.pools[MAIN], caller.waiting, is_aside)


def headline(world: World, caller: Caller) -> str:
    told = of_call(caller.call_id, about(world, caller.call_id), NAMES, world.now)
    assert told.question is Question.THERE
    return told.headline


def test_where_a_call_is_follows_its_facts():
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").arrives()
    assert headline(world, bob) == "The caller is in the menu."
    bob.listens_to_the_menu().presses("1")
    assert headline(world, bob) == "The caller waits in Sales."
    anna.phone_rings().picks_up()
    world.passes(65)
    assert headline(world, bob) == "The call went to Anna: they talk, for 1 min 5 s."
    bob.hangs_up()
    assert headline(world, bob) == (
        "The call went to Anna, and is over: an agent had talked with the caller."
    )


def test_a_call_that_nobody_took_went_to_nobody():
    world = World()
    world.agent("anna").is_ready().pauses()
    bob = world.caller("bob").chooses("1").hangs_up()
    assert headline(world, bob) == (
        "The call went to nobody, and is over: the caller hung up while waiting."
    )


def test_facts_that_tell_nothing_are_said_to():
    told = of_call(World().caller("bob").call_id, [], NAMES, 0)
    assert told.headline == "Where the call is cannot be told from what is recorded."
    assert told.passages == ()


def test_a_caller_who_waits_is_told_of_the_present_before_the_way():
    world = World()
    world.agent("anna").is_ready().pauses()
    bob = world.caller("bob").chooses("1")
    facts = about(world, bob.call_id)
    told = of_call(bob.call_id, facts, NAMES, world.now, waits(world, bob))
    assert told.question is Question.WAITING
    assert [passage.title for passage in told.passages] == [
        "Why the caller still waits",
        "Who may take the call",
        "What comes next",
        "How the call came here",
    ]


def test_a_caller_who_has_gone_aside_is_told_so_first():
    world = World()
    world.agent("anna").is_ready().pauses()
    bob = world.caller("bob").chooses("1")
    told = of_waiting(waits(world, bob, is_aside=True), NAMES, world.now)
    assert told.passages[0].sentences[0].text == (
        "The caller has pressed a key and hears the menu; the place is kept."
    )


def test_an_agent_is_told_of_state_and_queues():
    world = World()
    anna = world.agent("anna").is_ready()
    told = of_agent(world.centre.pools[MAIN], anna.state, "Anna", world.now)
    assert told.question is Question.NO_CALLS
    assert [passage.title for passage in told.passages] == ["The agent", "Queues"]


def test_one_who_is_not_logged_in_is_told_what_to_do():
    profile = AgentProfile(AgentId("ben"), "Ben", "PJSIP/ben", ())
    told = of_absent(profile.agent_id, profile.name, 0)
    assert told.headline == "Ben is not logged in: log in on the page, then choose Ready."
