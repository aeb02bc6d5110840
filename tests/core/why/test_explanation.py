from datetime import UTC

from callcenter.core.why.explanation import (
    Explanation,
    Passage,
    Question,
    Sentence,
    as_text,
    passages,
)


def test_a_passage_without_sentences_is_left_out() -> None:
    said = Sentence("So it is.")
    assert passages(("Nothing", []), ("Something", [said])) == (Passage("Something", (said,)),)


def test_as_text_it_has_the_times_and_what_belongs_to_a_sentence_below_it() -> None:
    way = Passage("The way", (Sentence("It came.", 3_661_000, ("From afar.",)), Sentence("So.")))
    told = Explanation(Question.THERE, "c1", 0, "It is over.", (way,))
    assert list(as_text(told, UTC)) == [
        "It is over.",
        "",
        "The way",
        "  01:01:01  It came.",
        "              From afar.",
        "  So.",
    ]
