"""A robot against a desk that speaks the service's frames, with a modelled phone."""

import asyncio
from collections.abc import AsyncIterator
from random import Random

import msgspec
import pytest
from aiohttp import WSMsgType, web

from callcenter.adapters.web import wire
from callcenter.ports.accounts import Role
from callcenter.ports.desk import AgentState, CallPhase, DeskCall, MyAgent
from callcenter.simulation.agents import Identity, RobotAgent, Team, WorkHabits
from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.phones import SimulatedPhones, SimulatedStation
from tests.simulation.live import live_model

SWIFT = WorkHabits(
    answer_s=(0.01, 0.02),
    ignore_share=0.0,
    talk_s=(5.0, 6.0),
    wrap_up_s=(0.01, 0.02),
    pause_share=1.0,
    pause_s=(0.01, 0.02),
)
CALL = "f" * 32


class Desk:
    """A service with one desk: its HTTP interface and its socket."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[wire.ClientFrame] = asyncio.Queue()
        self.origins: list[str] = []
        self.socket: web.WebSocketResponse | None = None
        self._seq = 0
        self._decoder = msgspec.json.Decoder(wire.ClientFrame)

    async def log_in(self, request: web.Request) -> web.Response:
        self.origins.append(request.headers.get("Origin", ""))
        body = msgspec.json.decode(await request.read(), type=wire.LogIn)
        if body != wire.LogIn("robot", "pw"):
            return web.json_response({"error": "wrong_login", "message": "No."}, status=401)
        outcome = wire.DispositionItem("done", "Done", requires_note=True)
        info = wire.SessionInfo(
            "u1", "robot", "Robot", Role.AGENT, True, wire.PROTOCOL, ["lunch"], [outcome], []
        )
        answer = web.Response(body=msgspec.json.encode(info), content_type="application/json")
        answer.set_cookie("callcenter", "token")
        return answer

    async def ticket(self, request: web.Request) -> web.Response:
        assert request.cookies["callcenter"] == "token"
        return web.json_response({"ticket": "t1"})

    async def desk(self, request: web.Request) -> web.WebSocketResponse:
        assert request.query["ticket"] == "t1"
        self.socket = web.WebSocketResponse()
        await self.socket.prepare(request)
        await self.send(wire.Hello(wire.PROTOCOL, 0))
        async for message in self.socket:
            if message.type is WSMsgType.TEXT:
                self.frames.put_nowait(self._decoder.decode(message.data))
        return self.socket

    async def send(self, frame: wire.ServerFrame) -> None:
        assert self.socket is not None
        await self.socket.send_str(msgspec.json.encode(frame).decode())

    async def show(self, *items: wire.Item, removed: tuple[wire.Removed, ...] = ()) -> None:
        self._seq += 1
        await self.send(wire.Changes("desk", self._seq, 0, items, removed))

    async def next(self) -> wire.ClientFrame:
        return await asyncio.wait_for(self.frames.get(), 3)


def me(state: AgentState) -> wire.MyAgentItem:
    agent = MyAgent("a1", "Robot", state, 0, "", "", "PJSIP/agent1", False, None)
    return wire.MyAgentItem(agent)


def call(phase: CallPhase) -> wire.DeskCallItem:
    shown = DeskCall(
        CALL, phase, "1", "allowed", "Ann", "none", "", [], "100", "Sales", "Sales", [], 0, 0,
        None, None, None, None, OFFER,
    )  # fmt: skip
    return wire.DeskCallItem(shown)


OFFER = "0" * 32


class Scene:
    """The desk, the PBX, the phone and the robot, and what they do in turn."""

    def __init__(self, desk: Desk, model: AsteriskModel, station: SimulatedStation) -> None:
        self.desk = desk
        self.model = model
        self.station = station
        self.robot: RobotAgent | None = None

    def ring(self) -> None:
        given = {"endpoint": "PJSIP/agent1", "app": "cc-a", "channelId": CALL, "timeout": "20"}
        self.model.handle("POST", "/channels", given, None, lambda _response: None)


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    desk, model = Desk(), live_model()
    model.connect(["cc-a"], lambda _event: None)
    app = web.Application()
    app.router.add_post("/api/session", desk.log_in)
    app.router.add_post("/api/ticket", desk.ticket)
    app.router.add_get("/ws", desk.desk)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    phones = SimulatedPhones(model, ["PJSIP/agent1"])
    scene = Scene(desk, model, phones.station("PJSIP/agent1"))
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    scene.robot = RobotAgent(base, Identity("robot", "pw"), scene.station, SWIFT, Random(1))
    team = Team([scene.robot])
    team.start()
    yield scene
    await team.stop()
    await runner.cleanup()
    left = [task.get_name() for task in asyncio.all_tasks() if "robot" in task.get_name()]
    assert left == []


async def test_a_robot_works_one_call_from_ready_to_wrap_up(scene: Scene):
    desk, station = scene.desk, scene.station
    assert await desk.next() == wire.Subscribe("desk")
    assert await desk.next() == wire.Ready(1)
    assert desk.origins[0].startswith("http://127.0.0.1:")
    scene.ring()
    await station.wait_ringing(1)
    await desk.show(me(AgentState.RINGING), call(CallPhase.RINGING))
    await station.wait_in_call(1)
    await desk.show(call(CallPhase.TALKING))
    await desk.show(call(CallPhase.TALKING))
    scene.model.handle("DELETE", f"/channels/{CALL}", {}, None, lambda _response: None)
    await station.wait_idle(1)
    await desk.show(me(AgentState.WRAP_UP), call(CallPhase.WRAP_UP))
    shown = await desk.next()
    assert shown == wire.OfferShown(2, CALL, OFFER), "said when the page showed the call"
    pause, wrap_up = await desk.next(), await desk.next()
    assert isinstance(pause, wire.Pause)
    assert pause.reason == "lunch"
    assert isinstance(wrap_up, wire.WrapUp)
    assert (wrap_up.call_id, wrap_up.disposition) == (CALL, "done")
    assert wrap_up.note
    await desk.show(me(AgentState.PAUSED), removed=(wire.Removed("desk_call", CALL),))
    assert isinstance(await desk.next(), wire.Ready)


async def test_a_robot_hangs_up_when_the_talk_gets_long(scene: Scene):
    assert scene.robot is not None
    scene.robot._habits = WorkHabits(answer_s=(0.01, 0.02), ignore_share=0.0, talk_s=(0.05, 0.1))
    await scene.desk.next()
    await scene.desk.next()
    scene.ring()
    await scene.station.wait_ringing(1)
    await scene.desk.show(call(CallPhase.RINGING))
    await scene.station.wait_in_call(1)
    await scene.desk.show(call(CallPhase.TALKING))
    await scene.station.wait_idle(2)


async def test_a_robot_comes_back_when_its_socket_is_lost(scene: Scene):
    await scene.desk.next()
    await scene.desk.next()
    assert scene.desk.socket is not None
    await scene.desk.socket.close()
    assert await scene.desk.next() == wire.Subscribe("desk")
    assert isinstance(await scene.desk.next(), wire.Ready)


async def test_a_robot_that_lets_it_ring_does_not_answer(scene: Scene):
    assert scene.robot is not None
    scene.robot._habits = WorkHabits(answer_s=(0.0, 0.0), ignore_share=1.0)
    await scene.desk.next()
    await scene.desk.next()
    scene.ring()
    await scene.station.wait_ringing(1)
    await scene.desk.show(call(CallPhase.RINGING))
    with pytest.raises(TimeoutError):
        await scene.station.wait_in_call(0.1)


async def test_a_refusal_is_kept_for_the_report(scene: Scene):
    await scene.desk.next()
    await scene.desk.next()
    await scene.desk.send(wire.Refused(1, "You are not logged in."))
    await asyncio.sleep(0.1)
    assert scene.robot is not None
    assert scene.robot.refusals == ["You are not logged in."]
