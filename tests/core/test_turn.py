"""Which facts end a stream."""

from callcenter.core.turn import closes
from tests.support.playbook import World


def test_only_the_last_fact_of_a_call_closes_its_stream() -> None:
    world = World()
    world.caller("bob").arrives().hangs_up()
    assert [closes(fact) for _, fact in world.journal] == [False, False, False, False, True]


# ---------------------------------------------------------------- the caller hangs up
