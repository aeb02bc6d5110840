"""Who gets which lease, and when it is renewed."""

import asyncio
from collections.abc import Sequence

from callcenter.core.ids import LegId, Ms
from callcenter.runtime.leases import TALK_LEASE_MS, WAITING_LEASE_MS
from tests.support.playbook import MAIN_NUMBER, VIP_NUMBER
from tests.support.runtime_world import Runtime, TinyTelephony
from tests.support.virtual_time import virtual

ONE = LegId("one")


async def started() -> tuple[TinyTelephony, Runtime]:
    telephony = TinyTelephony()
    runtime = await Runtime(telephony).start()
    await runtime.agent_ready()
    return telephony, runtime


def of(telephony: TinyTelephony, leg_id: LegId) -> Sequence[Ms]:
    return [lease_ms for leg, lease_ms in telephony.renewed if leg == leg_id]


@virtual
async def test_a_caller_in_the_menu_keeps_a_short_lease_renewed_at_a_third():
    telephony, runtime = await started()
    telephony.arrives(ONE, MAIN_NUMBER)
    await asyncio.sleep(5.1)
    assert of(telephony, ONE) == [WAITING_LEASE_MS]
    await asyncio.sleep(14.5)
    assert of(telephony, ONE) == [WAITING_LEASE_MS]
    await asyncio.sleep(1)
    assert of(telephony, ONE) == [WAITING_LEASE_MS] * 2
    await runtime.stop()


@virtual
async def test_a_leg_that_rings_has_no_lease_and_a_talk_has_a_long_one_on_both_legs():
    telephony, runtime = await started()
    telephony.arrives(ONE, VIP_NUMBER)
    await asyncio.sleep(0.5)
    leg_id = runtime.agent_leg()
    telephony.rings(leg_id)
    await runtime.sees_the_call()
    await asyncio.sleep(6)
    assert of(telephony, leg_id) == []
    telephony.answers(leg_id)
    await asyncio.sleep(5.1)
    assert of(telephony, leg_id) == [TALK_LEASE_MS]
    assert of(telephony, ONE) == [WAITING_LEASE_MS, TALK_LEASE_MS], "at once, when it is longer"
    await asyncio.sleep(190)
    assert of(telephony, leg_id) == [TALK_LEASE_MS]
    await asyncio.sleep(20)
    assert of(telephony, leg_id) == [TALK_LEASE_MS] * 2
    await runtime.stop()


@virtual
async def test_legs_that_are_gone_are_not_renewed():
    telephony, runtime = await started()
    telephony.arrives(ONE, MAIN_NUMBER)
    await asyncio.sleep(6)
    telephony.caller_leaves(ONE)
    before = len(telephony.renewed)
    await asyncio.sleep(60)
    assert len(telephony.renewed) == before
    await runtime.stop()


@virtual
async def test_a_pbx_that_does_not_answer_does_not_stop_the_renewals():
    telephony, runtime = await started()
    for number in range(40):
        telephony.arrives(f"leg{number}", MAIN_NUMBER)
    await asyncio.sleep(0.5)
    telephony.is_away = True
    await asyncio.sleep(30)
    telephony.is_away = False
    telephony.renewed.clear()
    await asyncio.sleep(31)
    assert {leg for leg, _ in telephony.renewed} == {f"leg{number}" for number in range(40)}
    await runtime.stop()


@virtual
async def test_a_renewal_that_the_pbx_did_not_confirm_is_tried_again_in_seconds():
    telephony, runtime = await started()
    telephony.arrives(ONE, MAIN_NUMBER)
    telephony.is_away = True
    await asyncio.sleep(9)
    telephony.is_away = False
    telephony.renewed.clear()
    await asyncio.sleep(8)
    assert of(telephony, ONE) == [WAITING_LEASE_MS], "not only after a third of the lease"
    await runtime.stop()


@virtual
async def test_a_renewal_that_fails_is_tried_again_and_delays_no_other():
    telephony, runtime = await started()
    telephony.arrives(ONE, MAIN_NUMBER)
    telephony.arrives("two", MAIN_NUMBER)
    is_faulty = True

    def fails(leg_id: LegId) -> None:
        if leg_id == ONE and is_faulty:
            raise KeyError("planted")

    telephony.on_renewal = fails
    await asyncio.sleep(32)
    assert of(telephony, ONE) == []
    assert of(telephony, LegId("two")) == [WAITING_LEASE_MS] * 2
    is_faulty = False
    await asyncio.sleep(6)
    assert of(telephony, ONE) == [WAITING_LEASE_MS]
    assert "task leases failed" in runtime.reports.fault_names
    await runtime.stop()
