"""Every fact is a sentence."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.adapters.memory.journal import Disk, MemoryJournal
from callcenter.core.call.facts import (
    CallFact,
)
from callcenter.core.turn import closes
from callcenter.ports.journal import Entry
from callcenter.runtime.story import JournalStories, sentence
from tests.support.playbook import VIP_NUMBER, World
from tests.support.virtual_time import virtual


@pytest.mark.parametrize("kind", get_args(CallFact))
def test_every_kind_of_fact_has_a_sentence(kind: type):
    @settings(max_examples=20, deadline=None, derandomize=True)
    @given(st.from_type(kind))
    def says_something(fact: CallFact) -> None:
        said = sentence(fact)
        assert said.endswith(".")
        assert len(said) > 10

    says_something()


def told_world() -> World:
    world = World()
    world.agent("anna").is_ready()
    bob = world.caller("bob").arrives(VIP_NUMBER)
    world.agent("anna").takes_the_call()
    bob.is_matched()
    world.passes(30)
    bob.hangs_up()
    world.agent("anna").wraps_up(bob, "sale")
    return world


@virtual
async def test_a_call_is_told_in_order_with_its_instants():
    world = told_world()
    call_id = world.caller("bob").call_id
    journal = MemoryJournal(Disk())
    for stream, fact in world.journal:
        journal.append([Entry(stream, fact, closes(fact))], lambda: None)
    await journal.flush()
    lines = await JournalStories(journal).story(call_id)
    assert [name for _, name, _ in lines] == world.caller("bob").story
    assert [at for at, _, _ in lines] == sorted(at for at, _, _ in lines)
    whole = " ".join(said for _, _, said in lines)
    for words in (
        "Preferred customers",
        "waits in Sales",
        "goes to Anna",
        "they talk",
        "filed as sale",
    ):
        assert words in whole
    assert await JournalStories(journal).story("0" * 32) == []


@virtual
async def test_an_entry_that_cannot_be_read_is_told_as_such():
    journal = MemoryJournal(Disk())
    world = told_world()
    call_id = world.caller("bob").call_id
    for stream, fact in world.journal:
        journal.append([Entry(stream, fact, closes(fact))], lambda: None)
    await journal.flush()
    rows = journal.disk.rows
    index = next(i for i, row in enumerate(rows) if row.stored[0] == "TalkEnded")
    rows[index] = type(rows[index])(
        rows[index].stream, ("TalkEnded", 1, b"{"), False, rows[index].at, 0
    )
    lines = await JournalStories(journal).story(call_id)
    assert (0, "TalkEnded", "This entry cannot be read.") in lines
    assert len(lines) == len(world.caller("bob").story)
