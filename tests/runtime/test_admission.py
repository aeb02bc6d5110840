"""Offers are taken or left, and counted."""

import asyncio

from callcenter.core.call.effects import ClaimCall
from callcenter.core.call.messages import CallOffered
from callcenter.core.ids import LegId
from callcenter.core.vitals.admission import Capacity
from callcenter.core.vitals.levels import Level
from callcenter.runtime.admission import Admission
from tests.support.playbook import VIP_NUMBER
from tests.support.runtime_world import Runtime, TinyTelephony
from tests.support.virtual_time import virtual


def offer(telephony: TinyTelephony, leg: str) -> None:
    telephony.tell(CallOffered(LegId(leg), None, VIP_NUMBER))


def claimed(telephony: TinyTelephony) -> list[str]:
    return [effect.leg_id for effect in telephony.done if isinstance(effect, ClaimCall)]


async def admitting(telephony: TinyTelephony, capacity: Capacity) -> tuple[Runtime, Admission]:
    runtime = await Runtime(telephony).start()
    admission = Admission(runtime.node, runtime.performer, capacity)
    runtime.link.admits = admission.admits
    admission.journal_turns = lambda: runtime.journal.waiting_count
    return runtime, admission


@virtual
async def test_an_offer_is_claimed_while_there_is_room():
    telephony = TinyTelephony()
    runtime, admission = await admitting(telephony, Capacity(open_calls=1))
    offer(telephony, "one")
    telephony.arrives("one")
    offer(telephony, "two")
    await asyncio.sleep(0.1)
    assert claimed(telephony) == ["one"]
    assert (admission.offered, admission.left["open_calls"]) == (2, 1)
    await runtime.stop()


@virtual
async def test_claims_under_way_count_too():
    telephony = TinyTelephony()
    runtime, admission = await admitting(telephony, Capacity(lanes=3))
    for leg in range(10):
        offer(telephony, str(leg))
    await asyncio.sleep(0.1)
    assert len(claimed(telephony)) == 3
    assert admission.left["lanes"] == 7
    offer(telephony, "later")
    await asyncio.sleep(0.1)
    assert claimed(telephony)[-1] == "later", "the limit lets go as soon as there is room"
    await runtime.stop()


@virtual
async def test_nothing_is_claimed_while_draining_or_degraded():
    telephony = TinyTelephony()
    runtime, admission = await admitting(telephony, Capacity())
    runtime.node.takes_calls = False
    offer(telephony, "one")
    runtime.node.takes_calls = True
    admission.level = Level.NOT_CLAIMING
    offer(telephony, "two")
    admission.level = Level.SHORT_FLOW
    admission.waiting_commands = lambda: 32
    offer(telephony, "three")
    await asyncio.sleep(0.1)
    assert claimed(telephony) == []
    assert {why: count for why, count in admission.left.items() if count} == {
        "draining": 1,
        "level": 1,
        "commands": 1,
    }
    await runtime.stop()
