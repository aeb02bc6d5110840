"""Explanations from a centre and records: who is named, who had a part, what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from callcenter.core.acd.people import AgentProfile
from callcenter.core.ids import AgentId, CallId
from callcenter.core.why.explanation import Question
from callcenter.ports.journal import Recorded, Unreadable
from callcenter.runtime.explaining import Explainer, Sources
from tests.core.why.test_there import about
from tests.support.playbook import World
from tests.support.web_fakes import CALL, MemoryArchive, record


@dataclass
class WorldFacts:
    """Implements ``ports.why.CallFacts`` on what a world has lived."""

    world: World
    asked: list[CallId] = field(default_factory=list)

    async def about(self, call_id: CallId) -> Sequence[Recorded | Unreadable]:
        self.asked.append(call_id)
        facts = about(self.world, call_id)
        return [Recorded(seq, "", fact) for seq, fact in enumerate(facts, 1)]


async def stored() -> Sequence[AgentProfile]:
    return [AgentProfile(AgentId("anna"), "Anna Becker", "", ())]


async def unknown() -> Sequence[AgentProfile]:
    raise TimeoutError


def explainer(
    world: World, archive: MemoryArchive | None = None, *, runs: bool = True
) -> Explainer:
    profiles = stored if runs else unknown
    sources = Sources(WorldFacts(world), archive or MemoryArchive(), profiles)
    return Explainer(sources, lambda: world.now, world.centre if runs else None)


async def test_a_caller_who_waits_is_explained_with_the_present_and_the_way():
    world = World()
    world.agent("anna").is_ready().pauses("lunch")
    bob = world.caller("bob").chooses("1")
    found = await explainer(world).call(bob.call_id)
    assert found is not None
    assert found.explanation.question is Question.WAITING
    assert found.agent_ids == frozenset()
    assert "Anna is paused (lunch), for 0 s." in str(found.explanation)


async def test_who_was_offered_the_call_had_a_part_in_it():
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    anna.takes_the_call()
    found = await explainer(world).call(bob.call_id)
    assert found is not None
    assert found.agent_ids == {AgentId("anna")}
    assert found.explanation.question is Question.THERE


async def test_who_has_logged_out_since_is_named_from_the_accounts():
    world = World()
    anna = world.agent("anna").is_ready()
    anna.pauses("lunch")
    bob = world.caller("bob").chooses("1")
    bob.hangs_up()
    anna.logs_out()
    found = await explainer(world).call(bob.call_id)
    assert "One agent was paused: Anna Becker." in str(found)
    without = await explainer(world, runs=False).call(bob.call_id)
    assert "One agent was paused: agent anna." in str(without)


async def test_a_call_without_facts_is_told_from_its_record():
    archive = MemoryArchive()
    archive.records[CALL] = record(CALL)
    found = await explainer(World(), archive).call(CALL)
    assert found is not None
    assert "The journal has no facts of this call" in str(found.explanation)
    assert found.agent_ids == {AgentId("a1"), AgentId("a2")}


async def test_a_call_that_nobody_knows_is_none():
    archive = MemoryArchive()
    archive.records.clear()
    assert await explainer(World(), archive).call(CallId("0" * 32)) is None


async def test_an_agent_is_explained_while_logged_in():
    world = World()
    world.agent("anna").is_ready()
    told = explainer(world).agent(AgentId("anna"))
    assert told is not None
    assert told.headline == "Anna is free, and nobody waits in their queues."
    assert explainer(world).agent(AgentId("ben")) is None
    assert explainer(world, runs=False).agent(AgentId("anna")) is None


async def test_all_who_wait_are_told_in_their_order_without_a_look_at_the_journal():
    world = World()
    world.agent("anna").is_ready().pauses()
    callers = [world.caller(name).chooses("1") for name in ("ada", "bob")]
    facts = WorldFacts(world)
    told = Explainer(
        Sources(facts, MemoryArchive(), stored), lambda: world.now, world.centre
    ).waiting()
    assert [each.id for each in told] == [caller.call_id for caller in callers]
    assert facts.asked == []
    assert explainer(world, runs=False).waiting() == []
