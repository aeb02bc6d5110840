"""Nobody's phone rings for a caller who has left meanwhile."""

import asyncio

from callcenter.core.call.effects import AnswerCaller, RingAgent
from tests.support.playbook import VIP_NUMBER
from tests.support.runtime_world import Runtime, TinyTelephony
from tests.support.virtual_time import virtual


@virtual
async def test_what_waits_behind_a_slow_command_is_dropped_when_the_caller_leaves():
    telephony = TinyTelephony()
    runtime = await Runtime(telephony).start()
    leg_id = telephony.arrives("one", VIP_NUMBER)
    await asyncio.sleep(0.1)
    call_id = runtime.only_call()
    done = len(telephony.done)
    ring = RingAgent(call_id, runtime.centre.calls[call_id].arrived.leg_id, "PJSIP/anna", "", 9_000)
    runtime.performer.perform([AnswerCaller(call_id, leg_id)])
    telephony.caller_leaves(leg_id)
    runtime.performer.perform([ring])
    await runtime.performer.idle()
    rung = [effect for effect in telephony.done[done:] if isinstance(effect, RingAgent)]
    assert rung == []
    assert runtime.performer.dropped >= 1
    await runtime.stop()
