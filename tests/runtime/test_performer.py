"""Effects: in order within a call, side by side across calls."""

import asyncio

from callcenter.core.call.effects import (
    AskMayCall,
    ClaimCall,
    DropBridge,
    LookUpCaller,
    PickUpStation,
    TelephonyEffect,
)
from callcenter.core.call.messages import (
    Presentation,
)
from callcenter.core.ids import BridgeId, CallId, LegId
from callcenter.runtime.performer import Performer
from callcenter.runtime.supervisor import Supervisor
from tests.support.runtime_world import HeardReports, NoStations, TinyTelephony
from tests.support.virtual_time import virtual

ONE, TWO = CallId("one"), CallId("two")


class Slow(TinyTelephony):
    """Takes a second for each effect and notes when each began and ended."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[tuple[str, str]] = []

    async def perform(self, effect: TelephonyEffect) -> bool:
        name = effect.bridge_id if isinstance(effect, DropBridge) else "claim"
        self.log.append(("begin", name))
        if name == "bad":
            raise KeyError("planted")
        await asyncio.sleep(1)
        self.log.append(("end", name))
        return name != "unknown"


class Rig:
    def __init__(self) -> None:
        self.reports = HeardReports()
        self.supervisor = Supervisor(self.reports)
        self.telephony = Slow()
        self.stations = NoStations()
        self.questions: list[LookUpCaller | AskMayCall] = []
        self.performer = Performer(
            self.telephony, self.stations, self.questions.append, self.supervisor.spawn
        )


def drop(call_id: CallId, name: str) -> DropBridge:
    return DropBridge(call_id, BridgeId(name))


@virtual
async def test_the_effects_of_a_call_are_carried_out_one_after_the_other():
    rig = Rig()
    rig.performer.perform([drop(ONE, "a"), drop(ONE, "b")])
    await asyncio.sleep(0.5)
    rig.performer.perform([drop(ONE, "c")])
    await rig.performer.idle()
    assert rig.telephony.log == [(word, name) for name in "abc" for word in ("begin", "end")]


@virtual
async def test_calls_do_not_wait_for_each_other():
    rig = Rig()
    rig.performer.perform([drop(ONE, "a"), drop(TWO, "b"), ClaimCall(LegId("leg"))])
    await rig.performer.idle()
    assert asyncio.get_running_loop().time() == 1.0
    assert [word for word, _ in rig.telephony.log] == ["begin"] * 3 + ["end"] * 3


@virtual
async def test_idle_waits_for_what_comes_while_it_waits():
    rig = Rig()
    await rig.performer.idle()
    rig.performer.perform([drop(ONE, "a")])
    waiting = asyncio.ensure_future(rig.performer.idle())
    await asyncio.sleep(0.5)
    rig.performer.perform([drop(TWO, "b")])
    await waiting
    assert asyncio.get_running_loop().time() == 1.5


@virtual
async def test_an_effect_that_fails_stops_its_own_lane_only_and_not_for_ever():
    rig = Rig()
    rig.performer.perform([drop(ONE, "bad"), drop(TWO, "b")])
    await rig.performer.idle()
    assert rig.reports.fault_names == ["task effects of a call failed"]
    assert ("end", "b") in rig.telephony.log
    rig.performer.perform([drop(ONE, "c")])
    await rig.performer.idle()
    assert ("end", "c") in rig.telephony.log


@virtual
async def test_an_effect_of_which_nobody_knows_whether_it_was_done_is_told():
    rig = Rig()
    doubts: list[float] = []
    rig.performer.on_doubt = lambda: doubts.append(asyncio.get_running_loop().time())
    rig.performer.perform([drop(ONE, "unknown"), drop(ONE, "b")])
    assert rig.performer.busy() == {ONE}
    await rig.performer.idle()
    assert doubts == [1.0]
    assert rig.telephony.log[-1] == ("end", "b"), "the others follow"
    assert rig.performer.busy() == set()


@virtual
async def test_what_is_no_telephony_goes_its_own_way_and_delays_nothing():
    rig = Rig()
    question = LookUpCaller(ONE, None, Presentation.WITHHELD, "100")
    rig.performer.perform([question, PickUpStation(ONE, LegId("leg"), "PJSIP/anna")])
    await rig.performer.idle()
    await asyncio.sleep(0.1)
    assert rig.questions == [question]
    assert rig.stations.picked_up == ["PJSIP/anna"]
    assert rig.telephony.log == []
