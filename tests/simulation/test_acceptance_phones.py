"""The model's phones keep what ``tests.support.phones`` promises."""

import asyncio

import pytest

from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.pbx.state import Json, Response
from tests.simulation.live import live_model
from tests.support.phones import CallFailed, Dead, Refusal, Refuses
from tests.support.simulated_phones import model_phones

LEG, ROOM = "a" * 32, "b" * 32


class Line:
    """A small service: claims and answers each caller, and hears keys."""

    def __init__(self) -> None:
        self.model = live_model()
        self.phones = model_phones(self.model, ["PJSIP/agent1"])
        self.keys: list[str] = []
        self.callers: list[str] = []
        self.model.connect(["cc-a"], self._take)

    def _take(self, event: Json) -> None:
        if event["type"] == "CallBroadcast":
            self.tell("/events/claim", channelId=event["channel"]["id"], application="cc-a")
        elif event["type"] == "StasisStart" and event["args"][:1] == ["in"]:
            self.callers.append(event["channel"]["id"])
            self.tell(f"/channels/{self.callers[-1]}/answer")
        elif event["type"] == "ChannelDtmfReceived":
            self.keys.append(event["digit"])

    def tell(self, path: str, **params: str) -> None:
        self.model.handle("POST", path, params, None, _ignore)

    def ring(self, leg_id: str = LEG) -> None:
        given = {"endpoint": "PJSIP/agent1", "app": "cc-a", "callerId": "13800000001"}
        self.tell(f"/channels/{leg_id}", **given)


def _ignore(response: Response) -> None:
    assert response.status < 500


def still_there(model: AsteriskModel) -> list[str]:
    return sorted(model.pbx.channels)


async def test_a_talk_is_heard_on_both_sides_and_ends_for_both():
    line = Line()
    caller = await line.phones.dial("13800000001", "100", "Ann")
    await caller.wait_answered(2)
    await caller.press("1")
    line.ring()
    station = line.phones.station("PJSIP/agent1")
    await station.wait_ringing(2)
    assert station.shown_caller == "13800000001"
    assert station.rings == 1
    await station.answer()
    await station.wait_in_call(2)
    await asyncio.sleep(0.02)
    line.tell(f"/bridges/{ROOM}", type="mixing")
    line.tell(f"/bridges/{ROOM}/addChannel", channel=f"{line.callers[0]},{LEG}")
    since = asyncio.get_running_loop().time()
    await asyncio.sleep(0.3)
    assert caller.hears(station)
    assert station.hears(caller)
    assert caller.heard_ms(200) > 150
    assert caller.packets() > 5
    assert caller.largest_gap_ms(since) < 100
    assert line.keys == ["1"]
    await caller.hang_up()
    await caller.wait_ended(2)
    await station.hang_up()
    await station.wait_idle(2)
    assert caller.ended
    assert still_there(line.model) == []


async def test_refusing_and_dead_phones():
    line = Line()
    station = line.phones.station("PJSIP/agent1")
    station.behaviour = Refuses(Refusal.DECLINED)
    line.ring()
    await asyncio.sleep(0.05)
    assert still_there(line.model) == []
    station.behaviour = Dead()
    line.ring()
    with pytest.raises(TimeoutError):
        await station.wait_ringing(0.1)
    assert still_there(line.model) == [LEG]
    with pytest.raises(RuntimeError):
        await station.answer()


async def test_a_caller_who_gives_up_before_the_answer_fails_to_wait():
    line = Line()
    caller = await line.phones.dial(None, "100")
    await caller.hang_up()
    with pytest.raises(CallFailed):
        await caller.wait_answered(2)
