"""A drain: what is refused, who is served, who goes to the fallback, and when nothing is left."""

import asyncio

from callcenter.core.call.effects import ClaimCall, ReleaseCaller
from callcenter.core.call.facts import CallEnded
from callcenter.core.call.messages import CallOffered, Outcome
from callcenter.core.call.model import Phase
from callcenter.core.ids import LegId
from callcenter.ports.desk import FloorNotice
from callcenter.runtime.drain import NOTICE, Drain, Left
from callcenter.runtime.fanout import Fanout, Limits
from tests.support.playbook import MAIN_NUMBER, VIP_NUMBER
from tests.support.runtime_world import Runtime, TinyTelephony
from tests.support.virtual_time import virtual

ONE, TWO = LegId("one"), LegId("two")
LIMIT_MS = 60_000
NOTHING = Left(0, 0, 0, 0, 0)


class World:
    """A node with an agent, and its drain."""

    def __init__(self) -> None:
        self.telephony = TinyTelephony()
        self.runtime = Runtime(self.telephony)
        self.fanout = Fanout("epoch", self.runtime.clock, Limits())
        self.drain = Drain(self.runtime.node, self.telephony, self.fanout, self.runtime.reports)

    async def start(self, *, agent: bool = True) -> "World":
        await self.runtime.start()
        self.runtime.supervisor.keep("drain", self.drain.run)
        if agent:
            await self.runtime.agent_ready()
        return self

    async def talk(self) -> LegId:
        """Have a caller talk with the agent; return the agent's leg."""
        self.telephony.arrives(ONE, VIP_NUMBER)
        await asyncio.sleep(0.2)
        leg_id = self.runtime.agent_leg()
        self.telephony.rings(leg_id)
        self.telephony.answers(leg_id)
        await asyncio.sleep(0.2)
        assert self.runtime.centre.calls[self.runtime.only_call()].phase is Phase.TALK
        return leg_id

    def claims(self) -> list[LegId]:
        return [each.leg_id for each in self.telephony.done if isinstance(each, ClaimCall)]

    def released(self) -> list[LegId]:
        return [each.leg_id for each in self.telephony.done if isinstance(each, ReleaseCaller)]


def offered(leg_id: LegId) -> CallOffered:
    return CallOffered(leg_id, None, MAIN_NUMBER)


@virtual
async def test_new_calls_are_left_to_others_until_it_is_taken_back():
    world = await World().start()
    world.drain.begin(LIMIT_MS)
    world.telephony.tell(offered(ONE))
    await asyncio.sleep(1)
    assert world.claims() == []
    world.drain.undo()
    world.telephony.tell(offered(TWO))
    await asyncio.sleep(1)
    assert world.claims() == [TWO]
    await world.runtime.stop()


@virtual
async def test_who_waits_is_served_until_the_limit_and_then_goes_to_the_fallback():
    world = await World().start(agent=False)
    await world.runtime.agent_ready()
    await world.talk()
    world.telephony.arrives(TWO, VIP_NUMBER)
    await asyncio.sleep(1)
    world.drain.begin(LIMIT_MS)
    left = await world.drain.left()
    assert (left.waiting, left.talking, left.on_pbx) == (1, 1, None)
    await asyncio.sleep(LIMIT_MS / 1000 - 1)
    assert world.released() == []
    await asyncio.sleep(2)

    assert world.released() == [TWO]
    assert world.drain.released == 1
    ended = [fact for fact in world.runtime.facts() if isinstance(fact, CallEnded)]
    assert [(fact.outcome, fact.cause) for fact in ended] == [(Outcome.FAILED, "drained")]
    assert not (await world.drain.left()).is_nothing, "they still talk"
    await world.runtime.stop()


@virtual
async def test_a_talk_ends_by_itself_and_then_nothing_is_left():
    world = await World().start()
    leg_id = await world.talk()
    world.drain.begin(0)
    await asyncio.sleep(600)
    assert world.released() == []
    world.telephony.agent_leaves(leg_id)
    await asyncio.sleep(1)

    left = await world.drain.left()
    assert left == Left(0, 0, 0, wrap_up=1, on_pbx=0)
    assert left.is_nothing, "after-call work survives a restart"
    await world.runtime.stop()


@virtual
async def test_a_caller_in_the_menu_is_taken_out_of_the_running_prompt():
    world = await World().start()
    world.telephony.arrives(ONE, MAIN_NUMBER)
    await asyncio.sleep(0.2)
    assert world.telephony.pbx.playing
    world.drain.begin(0)
    await asyncio.sleep(1)
    assert world.released() == [ONE]
    kinds = [type(each).__name__ for each in world.telephony.done]
    # Else the PBX lets them go at the end of the prompt only.
    assert kinds[-2:] == ["StopPrompts", "ReleaseCaller"]
    await world.runtime.stop()


@virtual
async def test_the_supervisor_is_told():
    world = await World().start()
    world.drain.begin(LIMIT_MS)
    notice = world.fanout.find("floor", ("floor_notice", "drain"))
    assert isinstance(notice, FloorNotice)
    assert (notice.text, notice.since_at) == (NOTICE, world.drain.since_at)
    await asyncio.sleep(5)
    world.drain.begin(0)
    assert world.drain.release_in_ms == 0
    now = world.fanout.find("floor", ("floor_notice", "drain"))
    assert now == notice, "since when, does not change with the limit"
    world.drain.undo()
    world.drain.undo()
    assert world.fanout.find("floor", ("floor_notice", "drain")) is None
    await world.runtime.stop()


@virtual
async def test_a_pbx_that_does_not_answer_is_not_taken_for_empty():
    world = await World().start()
    world.drain.begin(0)
    world.telephony.is_away = True
    left = await world.drain.left()
    assert left.on_pbx is None
    assert not left.is_nothing
    world.telephony.is_away = False
    assert await world.drain.left() == NOTHING
    await world.runtime.stop()


@virtual
async def test_callbacks_begin_again_when_it_is_taken_back_and_hold_up_nothing():
    world = await World().start()
    node = world.runtime.node
    for holds in (True, False):
        world.drain.begin(LIMIT_MS) if holds else world.drain.undo()
        assert node.centre.setting.holds_callbacks is holds
    await world.runtime.stop()
