"""The oracles can fail: facts and pictures that break a rule are found."""

from dataclasses import replace as changed

import pytest

from callcenter.adapters.memory.journal import MemoryJournal
from callcenter.core.call.facts import CallClosed, CallEnded
from callcenter.core.call.messages import EndedBy, Outcome
from callcenter.core.ids import LegId
from callcenter.ports.journal import Entry, Fact
from callcenter.simulation.virtual_time import VirtualLoop, run
from callcenter.soak.day import Day
from callcenter.soak.oracles import Auditor, Broken
from tests.support.facts import arrived

ENDED = CallEnded(5, Outcome.FAILED, EndedBy.SYSTEM, "")


def audit(*facts: tuple[int, Fact]) -> None:
    """Let the auditor read facts of numbered calls."""

    async def work(loop: VirtualLoop) -> None:
        day = Day(loop, 1)
        journal = MemoryJournal(day.ground.disk)
        for number, fact in facts:
            journal.append([Entry(f"call/{number}", fact)], lambda: None)
        await journal.flush()
        Auditor(day.ground).look(None, sound_since=None)

    run(work)


def test_a_sound_call_is_no_breach() -> None:
    audit((1, arrived(1)), (1, ENDED), (1, CallClosed(6)), (2, arrived(2)))


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ([(1, arrived(1)), (1, ENDED), (1, ENDED)], "ends twice"),
        ([(1, arrived(1)), (1, CallClosed(6)), (1, ENDED)], "after CallClosed"),
        ([(1, ENDED)], "where CallArrived belongs"),
        ([(1, arrived(1)), (1, arrived(1))], "or again"),
        ([(1, arrived(1)), (2, changed(arrived(2), leg_id=LegId("leg1")))], "two calls for"),
    ],
)
def test_what_may_not_be_recorded_is_found(facts: list[tuple[int, Fact]], why: str) -> None:
    with pytest.raises(Broken, match=why):
        audit(*facts)


def test_a_fact_that_cannot_be_read_is_found() -> None:
    async def work(loop: VirtualLoop) -> None:
        day = Day(loop, 1)
        journal = MemoryJournal(day.ground.disk)
        journal.append([Entry("call/1", arrived(1))], lambda: None)
        await journal.flush()
        [row] = day.ground.disk.rows
        day.ground.disk.rows[0] = changed(row, stored=("CallArrived", 1, b"{"))
        Auditor(day.ground).look(None, sound_since=None)

    with pytest.raises(Broken, match="cannot be read"):
        run(work)


def test_a_caller_who_was_ours_and_has_no_record_is_found() -> None:
    async def work(loop: VirtualLoop) -> None:
        day = Day(loop, 1)
        day.ground.model.pbx.taken.append("1795338000.0")
        day.auditor.check_end(None)

    with pytest.raises(Broken, match="was ours and has no record"):
        run(work)
