"""Each fact of a callback can be told."""

from typing import get_args

import pytest

from callcenter.core.call.callback_messages import CallbackFact, CallbackPostponed, CustomerEnd
from callcenter.core.call.facts import CallArrived, CallFact
from callcenter.runtime.callback_story import begun
from callcenter.runtime.story import sentence
from tests.journals.write import customers_who_are_called_back


def test_a_callback_is_told_from_its_facts() -> None:
    facts = [fact for stream, fact in customers_who_are_called_back().journal if "call/" in stream]
    kinds = get_args(CallbackFact)
    ours = [fact for fact in facts if isinstance(fact, kinds)]
    assert {type(fact) for fact in ours} == set(kinds), "all kinds are in the story"
    told = [sentence(fact) for fact in ours]
    assert all(line.endswith(".") for line in told)
    assert "The caller will be called back at +12025550141." in told
    assert "Not reached: the line is busy. The next try is in 900 s." in told
    [arrived, *_] = [f for f in facts if isinstance(f, CallArrived) and f.callback]
    assert sentence(arrived) == "The customer asked for a callback to +12025550141."
    assert arrived.callback is not None
    assert begun(arrived.callback) == sentence(arrived)


@pytest.mark.parametrize("reason", list(CustomerEnd))
def test_each_reason_has_words(reason: CustomerEnd) -> None:
    fact: CallFact = CallbackPostponed(1_000, 61_000, reason)
    assert sentence(fact).startswith("The callback waits for 60 s: ")
