from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.acd import comfort
from callcenter.core.acd.model import WaitingCall
from callcenter.core.ids import CallId, Ms, QueueId
from callcenter.core.plan import AnnouncePosition, ComfortStep, QueueRules
from callcenter.core.records import replace

SALES = QueueId("sales")
IMPROVED = QueueRules(SALES, "Sales", announce_position=AnnouncePosition.IMPROVED)
ALWAYS = QueueRules(SALES, "Sales", announce_position=AnnouncePosition.ALWAYS)
OFF = QueueRules(SALES, "Sales", announce_position=AnnouncePosition.OFF)
CALL = WaitingCall(CallId("c"), 1, SALES, 0, (), 1_000, 1_000, 0, None, comforted_until=1_000)

ONCE = ComfortStep(30_000, ("still_waiting", "please_wait"))
IN_TURN = ComfortStep(60_000, ("welcome", "goodbye"), repeats=True)
RULES = QueueRules(SALES, "Sales", comfort=(IN_TURN, ONCE))


def told(position: int) -> WaitingCall:
    return replace(CALL, told_position=position)


def test_only_a_better_place_is_told_where_the_queue_wants_that() -> None:
    assert comfort.tells_position(IMPROVED, CALL, 9)
    assert comfort.tells_position(IMPROVED, told(4), 3)
    assert not comfort.tells_position(IMPROVED, told(4), 4)
    assert not comfort.tells_position(IMPROVED, told(4), 6)
    assert comfort.tells_position(ALWAYS, told(4), 6)
    assert not comfort.tells_position(OFF, CALL, 1)


def test_a_place_beyond_the_limit_is_not_better_than_another_beyond_it() -> None:
    rules = replace(IMPROVED, announce_limit=5)
    assert not comfort.tells_position(rules, told(20), 6)
    assert comfort.tells_position(rules, told(20), 5)


def test_the_next_announcement_follows_the_last_one() -> None:
    assert comfort.next_announcement(ALWAYS, 7) == 45_007
    assert comfort.next_announcement(replace(ALWAYS, announce_every_ms=0), 7) is None
    assert comfort.next_announcement(OFF, 7) is None


def test_steps_are_played_by_the_time_waited_and_repeated_ones_in_turn() -> None:
    heard: list[tuple[Ms, tuple[str, ...]]] = []
    call = CALL
    while (due := comfort.next_comfort(RULES, call)) is not None and due <= 1_000 + 180_000:
        heard.append((due - 1_000, comfort.comfort_due(RULES, call, due)))
        call = replace(call, comforted_until=due)
    assert heard == [
        (30_000, ("still_waiting", "please_wait")),
        (60_000, ("welcome",)),
        (120_000, ("goodbye",)),
        (180_000, ("welcome",)),
    ]


def test_what_was_due_while_nobody_could_play_it_is_played_once_in_order() -> None:
    assert comfort.comfort_due(RULES, CALL, 1_000 + 130_000) == (
        "still_waiting",
        "please_wait",
        "goodbye",
    )


def test_one_who_comes_back_does_not_hear_again_what_was_due_before() -> None:
    back = replace(CALL, queued_at=90_000, comforted_until=90_000, comes_back=True)
    assert comfort.next_comfort(RULES, back) == 1_000 + 120_000


@given(
    waits=st.lists(st.integers(1, 50_000), min_size=1, max_size=4),
    repeats=st.lists(st.booleans(), min_size=4, max_size=4),
    looks=st.lists(st.integers(1, 90_000), max_size=12),
)
def test_nothing_is_due_after_it_was_played(
    waits: list[int], repeats: list[bool], looks: list[int]
) -> None:
    steps = tuple(ComfortStep(w, (f"p{w}",), r) for w, r in zip(waits, repeats, strict=False))
    rules = QueueRules(SALES, "Sales", comfort=steps)
    call, now = CALL, 1_000
    for wait in looks:
        now += wait
        due = comfort.next_comfort(rules, call)
        prompts = comfort.comfort_due(rules, call, now)
        assert bool(prompts) == (due is not None and due <= now)
        if prompts:
            call = replace(call, comforted_until=now)
            assert comfort.comfort_due(rules, call, now) == ()
