"""What every implementation of the archive promises."""

import pytest

from callcenter.core.call.messages import (
    Outcome,
)
from callcenter.ports.archive import CallPage
from tests.contracts.conftest import Store
from tests.support.facts import call_id
from tests.support.records import call, waiting


def numbers(page: CallPage) -> list[int]:
    return [int(line.call_id, 16) for line in page.lines]


async def test_empty_archive_has_no_lines(store: Store) -> None:
    page = await store.archive.search("", None, 10)
    assert list(page.lines) == []
    assert page.next_cursor is None
    assert await store.archive.outcomes() == {}


async def test_pages_follow_each_other_newest_first_without_gap_or_repeat(store: Store) -> None:
    # 4 and 14 came in the same millisecond.
    twin = call(14, arrived_at=call(4).arrived_at)
    await store.records.write("j", 1, [*(call(n) for n in range(1, 8)), twin])
    seen: list[int] = []
    cursor = None
    for _ in range(4):
        page = await store.archive.search("", cursor, 2)
        seen += numbers(page)
        cursor = page.next_cursor
    assert seen == [7, 6, 5, 14, 4, 3, 2, 1]
    assert cursor is None


async def test_line_tells_what_the_list_shows(store: Store) -> None:
    await store.records.write("j", 1, [call(1), waiting(2)])
    waits, done = (await store.archive.search("", None, 5)).lines
    assert (waits.outcome, waits.ended_at, waits.disposition, waits.agent_name) == (
        "",
        None,
        "",
        "",
    )
    record = call(1)
    assert done.call_id == call_id(1)
    assert (done.arrived_at, done.ended_at) == (record.arrived_at, record.ended_at)
    assert (done.ani, done.caller_name, done.service) == (record.ani, "张伟", "Shop")
    assert (done.queue_name, done.agent_name) == ("Sales", "Ann Ärlig")
    assert (done.outcome, done.disposition) == ("answered", "sale")
    assert (done.wait_ms, done.talk_ms) == (25_000, 60_000)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("张伟", True),
        ("伟", True),
        ("2125550101", True),
        ("SALES ann", True),
        ("arlig", True),
        ("answered sale", True),
        ("  ", True),
        ("sales bob", False),
        ("%", False),
        ("s_les", False),
        ("\\", False),
        ("'; DROP TABLE interaction; --", False),
        ("\0", True),
    ],
)
async def test_search_finds_each_word_and_takes_no_wildcards(
    store: Store, text: str, found: bool
) -> None:
    await store.records.write("j", 1, [call(1)])
    assert numbers(await store.archive.search(text, None, 5)) == ([1] if found else [])


async def test_percent_in_a_name_is_found_as_it_is(store: Store) -> None:
    await store.records.write("j", 1, [call(1, party_name="100% Wool_Shop"), call(2)])
    assert numbers(await store.archive.search("100%", None, 5)) == [1]
    assert numbers(await store.archive.search("l_s", None, 5)) == [1]


@pytest.mark.parametrize("cursor", ["", "x", "-", "5-zz", "99999999999999999-" + "0" * 32, "1'--"])
async def test_strange_cursor_gives_the_first_page(store: Store, cursor: str) -> None:
    await store.records.write("j", 1, [call(1)])
    assert numbers(await store.archive.search("", cursor, 5)) == [1]


async def test_limit_is_brought_into_bounds(store: Store) -> None:
    await store.records.write("j", 1, [call(1), call(2)])
    assert numbers(await store.archive.search("", None, 0)) == [2]
    assert numbers(await store.archive.search("", None, 10**9)) == [2, 1]


async def test_outcomes_count_ended_calls(store: Store) -> None:
    gone = call(3, outcome=Outcome.ABANDONED_QUEUE)
    await store.records.write("j", 1, [call(1), call(2), gone, waiting(4)])
    assert await store.archive.outcomes() == {"answered": 2, "abandoned_queue": 1}
