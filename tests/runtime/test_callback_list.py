"""What is listed of the open callbacks."""

from typing import cast

from callcenter.ports.callbacks import CallbackStage
from callcenter.runtime.callback_list import CallbackList
from callcenter.runtime.node import Node
from tests.core.call.called_back import answered_by_agent, busy_world
from tests.support.callbacks import ANI, asks_for_callback
from tests.support.playbook import START, World


class OfWorld:
    """As much of a node as the list needs."""

    def __init__(self, world: World) -> None:
        self.centre = world.centre


def listed(world: World) -> CallbackList:
    return CallbackList(cast("Node", OfWorld(world)))


def test_a_callback_is_listed_in_each_stage_until_the_talk() -> None:
    world, anna = busy_world()
    caller, _ = asks_for_callback(world)
    [first] = listed(world).open()
    assert (first.number, first.queue_id, first.of) == (ANI, "sales", caller.call_id)
    assert (first.stage, first.due_at, first.next_at) == (
        CallbackStage.LATER,
        START + 10_000,
        START + 10_000,
    )
    world.passes(11)
    [waiting] = listed(world).open()
    assert (waiting.stage, waiting.next_at) == (CallbackStage.WAITING, None)
    anna.ready()
    assert listed(world).open()[0].stage is CallbackStage.RINGING


def test_one_in_a_talk_is_listed_no_more() -> None:
    world, anna = busy_world()
    customer = answered_by_agent(world, anna).may_be_called()
    assert listed(world).open()[0].stage is CallbackStage.RINGING
    customer.picks_up()
    assert listed(world).open() == []


def test_they_come_in_the_order_in_which_they_are_due() -> None:
    world, _ = busy_world()
    for n in (3, 1, 2):
        asks_for_callback(world, f"c{n}", f"+1202555014{n}")
        world.passes(1)
    assert [each.number[-1] for each in listed(world).open()] == ["3", "1", "2"]
