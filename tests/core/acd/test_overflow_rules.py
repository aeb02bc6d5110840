import pytest

from callcenter.core.acd.overflow_rules import (
    Moment,
    OverflowRule,
    ToFlow,
    ToMailbox,
    ToQueue,
    next_look,
)
from callcenter.core.ids import QueueId


@pytest.mark.parametrize(
    ("looked_at", "expected"), [(1_000, 6_000), (5_999, 6_000), (6_000, 11_000), (11_000, None)]
)
def test_the_next_look_is_at_the_next_wait_of_a_rule(looked_at: int, expected: int | None) -> None:
    rules = tuple(OverflowRule(ToMailbox(), waited_ms=ms) for ms in (10_000, 5_000, 0))
    other = OverflowRule(ToMailbox(), Moment.CLOSED)
    assert next_look((*rules, other), 1_000, looked_at) == expected


def test_targets_have_words_for_the_record() -> None:
    targets = (ToQueue(QueueId("a")), ToFlow("f"), ToFlow("f", "n"), ToMailbox())
    assert [to.words for to in targets] == ["queue a", "flow f", "flow f/n", "voicemail"]
    assert ToFlow("f", label="hang_up").words == "hang_up"
