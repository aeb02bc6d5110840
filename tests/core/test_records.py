import dataclasses

import pytest

from callcenter.core.records import replace
from tests.support.playbook import World


def test_a_changed_record_is_what_the_library_would_make() -> None:
    world = World()
    anna = world.agent("anna").is_ready()
    bob = world.caller("bob").chooses("1")
    record = anna.state
    assert replace(record) == record
    assert replace(record, rest_until=5) == dataclasses.replace(record, rest_until=5)
    assert replace(bob.state, prompt=None, offer_count=9) == dataclasses.replace(
        bob.state, prompt=None, offer_count=9
    )


def test_the_record_itself_stays_as_it_was() -> None:
    record = World().agent("anna").is_ready().state
    changed = replace(record, rest_until=5)
    assert record.rest_until is None
    assert changed is not record


def test_a_field_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KeyError):
        replace(World().agent("anna").is_ready().state, colour="red")  # type: ignore[call-arg]
