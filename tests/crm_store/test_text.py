import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.text import fold, matches, search_text


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Ada\tLovelace\n", "ada lovelace"),
        ("Müller", "muller"),
        ("STRASSE", fold("Straße")),
        ("\u200fמשה\u200f", "משה"),
        ("张 伟", "张 伟"),
        ("İstanbul", "istanbul"),
        ("a\0b", "ab"),
    ],
)
def test_folding_keeps_what_people_compare(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.lists(st.text(min_size=1)), st.integers(0, 5))
def test_each_part_is_found(parts: list[str], index: int) -> None:
    for part in parts[:index]:
        assert matches(search_text(parts), part[:50])
