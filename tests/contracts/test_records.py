"""What every implementation of the records promises."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callcenter.adapters.memory.records import MemoryArchive, MemoryRecords
from callcenter.ports.records import CallRecord, RequestRecord
from tests.contracts.conftest import Store
from tests.support.facts import call_id
from tests.support.records import START, call, waiting


async def test_cursor_of_a_new_journal_is_zero(store: Store) -> None:
    assert await store.records.cursor("j1") == 0


async def test_record_and_cursor_come_back_as_written(store: Store) -> None:
    await store.records.write("j1", 7, [call(1), call(2)])
    assert await store.records.cursor("j1") == 7
    assert await store.records.cursor("j2") == 0
    assert await store.archive.call(call_id(1)) == call(1)
    assert await store.archive.call(call_id(2)) == call(2)


async def test_later_record_of_a_call_replaces_the_earlier(store: Store) -> None:
    await store.records.write("j1", 1, [waiting(1)])
    assert await store.archive.call(call_id(1)) == waiting(1)
    await store.records.write("j1", 2, [call(1)])
    assert await store.archive.call(call_id(1)) == call(1)
    assert await store.archive.outcomes() == {"answered": 1}


async def test_of_two_records_of_a_call_in_one_batch_the_last_counts(store: Store) -> None:
    await store.records.write("j1", 2, [waiting(1), call(1)])
    assert await store.archive.call(call_id(1)) == call(1)


async def test_batch_without_records_moves_the_cursor(store: Store) -> None:
    await store.records.write("j1", 5, [])
    assert await store.records.cursor("j1") == 5


async def test_writer_that_is_behind_changes_nothing(store: Store) -> None:
    await store.records.write("j1", 9, [call(1)])
    await store.records.write("j1", 4, [waiting(1)])
    assert await store.records.cursor("j1") == 9
    assert await store.archive.call(call_id(1)) == call(1)


async def test_same_sequence_may_be_written_again(store: Store) -> None:
    await store.records.write("j1", 9, [call(1)])
    await store.records.write("j1", 9, [call(1), call(2)])
    assert await store.archive.outcomes() == {"answered": 2}


async def test_opened_request_keeps_its_words(store: Store) -> None:
    await store.records.write("j1", 1, [call(1)])
    later = RequestRecord(2, "complaint", "Rude agent", "", START, None)
    first = call(1).requests[0]
    changed = replace(first, subject="Other words")
    await store.records.write("j1", 2, [call(1, requests=(changed, later))])
    found = await store.archive.call(call_id(1))
    assert found is not None
    assert found.requests == (first, later)


async def test_follow_up_comes_back(store: Store) -> None:
    record = call(1, follow_up="Call back", follow_up_at=START + 5)
    await store.records.write("j1", 1, [record])
    await store.records.write("j1", 2, [record])
    assert await store.archive.call(call_id(1)) == record


async def test_missing_values_stay_missing(store: Store) -> None:
    record = call(1, ani=None, ended_by=None, disposition=None, queue_id=None, menu_path=())
    await store.records.write("j1", 1, [record])
    assert await store.archive.call(call_id(1)) == record


async def test_call_nobody_wrote_is_none(store: Store) -> None:
    assert await store.archive.call(call_id(404)) is None
    assert await store.archive.call("no id at all") is None


_history = st.lists(st.tuples(st.integers(1, 3), st.booleans()), min_size=1, max_size=8)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=_history, start=st.integers(0, 7), length=st.integers(0, 8))
async def test_writing_any_part_of_history_again_gives_the_same_rows(
    store: Store, history: list[tuple[int, bool]], start: int, length: int
) -> None:
    batches = [[call(n) if done else waiting(n)] for n, done in history]
    expected = MemoryRecords()
    journal_id = f"j{hash((tuple(history), start, length))}"
    # The store keeps what other examples wrote; requests stay, so bring both to the same start.
    for number in (1, 2, 3):
        await store.records.write(journal_id, 0, [call(number)])
        await expected.write(journal_id, 0, [call(number)])
    for seq, batch in enumerate(batches, start=1):
        await store.records.write(journal_id, seq, batch)
        await expected.write(journal_id, seq, batch)
    for seq, batch in list(enumerate(batches, start=1))[start : start + length]:
        await store.records.write(journal_id, seq, batch)
    assert await _calls(store) == [
        await MemoryArchive(expected).call(call_id(number)) for number in (1, 2, 3)
    ]
    assert await store.records.cursor(journal_id) == len(batches)


async def _calls(store: Store) -> list[CallRecord | None]:
    return [await store.archive.call(call_id(number)) for number in (1, 2, 3)]
