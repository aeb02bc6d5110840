"""What a journal gives of one call, among others, open and closed."""

from pathlib import Path

from callcenter.adapters.sql import journal_file
from callcenter.adapters.sql.call_facts import JournalFacts
from callcenter.adapters.sql.journal import SqliteJournal
from callcenter.core.acd.facts import OfferMade
from callcenter.core.ids import CallId
from callcenter.core.turn import closes
from callcenter.ports.journal import Entry, Recorded, Unreadable
from tests.core.why.test_there import about
from tests.support.playbook import Caller, World


def busy_world() -> tuple[World, Caller, Caller]:
    """Two calls at a time, one of them taken and over, the other waiting."""
    world = World()
    anna = world.agent("anna").is_ready()
    ada = world.caller("ada").chooses("1")
    bob = world.caller("bob").chooses("1")
    anna.takes_the_call()
    world.passes(60)
    ada.hangs_up()
    anna.wraps_up(ada)
    return world, ada, bob


async def written(path: Path, world: World) -> None:
    journal = await SqliteJournal.open(path)
    journal.append(
        [Entry(stream, fact, closes(fact)) for stream, fact in world.journal], lambda: None
    )
    await journal.close()


async def test_a_call_has_its_own_facts_and_those_of_the_pool_that_name_it(tmp_path: Path):
    world, ada, bob = busy_world()
    path = tmp_path / "journal.sqlite"
    await written(path, world)
    for caller in (ada, bob):
        found = await JournalFacts(path).about(caller.call_id)
        seqs = [entry.seq for entry in found]
        assert seqs == sorted(set(seqs))
        facts = [entry.fact for entry in found if isinstance(entry, Recorded)]
        # What a pool does about a call after the talk is not looked for.
        waited = [fact for fact in about(world, caller.call_id) if fact in facts]
        assert facts == waited
        assert set(caller.facts) <= set(facts)
        assert len([fact for fact in facts if isinstance(fact, OfferMade)]) == 1


async def test_it_reads_beside_the_journal_that_is_open(tmp_path: Path):
    world, ada, _ = busy_world()
    journal = await SqliteJournal.open(tmp_path / "journal.sqlite")
    entries = [Entry(stream, fact, closes(fact)) for stream, fact in world.journal]
    journal.append(entries, lambda: None)
    await journal.flush()
    assert await JournalFacts(tmp_path / "journal.sqlite").about(ada.call_id)
    await journal.close()


async def test_a_call_that_is_not_there_has_no_facts(tmp_path: Path):
    world, _, _ = busy_world()
    assert await JournalFacts(tmp_path / "none.sqlite").about(CallId("0" * 32)) == ()
    assert not (tmp_path / "none.sqlite").exists()
    await written(tmp_path / "journal.sqlite", world)
    assert await JournalFacts(tmp_path / "journal.sqlite").about(CallId("0" * 32)) == []


async def test_a_damaged_fact_is_said_to_be_and_the_others_are_there(tmp_path: Path):
    world, ada, _ = busy_world()
    path = tmp_path / "journal.sqlite"
    await written(path, world)
    connection = journal_file.connect(path)
    connection.execute("UPDATE fact SET body = '{' WHERE kind = 'AgentRang'")
    connection.close()
    found = await JournalFacts(path).about(ada.call_id)
    assert [entry.kind for entry in found if isinstance(entry, Unreadable)] == ["AgentRang"]
    assert len(found) > 10
