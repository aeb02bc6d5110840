"""A service for the page alone: it speaks the wire with canned entities and decides nothing.

For tests and pictures of the page, and to look at it while working on it::

    python -m tests.agent_ui.fixture_desk --port 21700 --role supervisor
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
from aiohttp import WSMsgType, web

from callcenter.adapters.web import wire
from callcenter.ports.accounts import Role
from callcenter.ports.desk import AgentState, CallPhase, DeskCall, MyAgent
from tests.agent_ui import canned, canned_calls, canned_why

STATIC = Path(__file__).resolve().parents[2] / "callcenter/adapters/web/static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PASSWORD = "a password"


def clock() -> int:
    """Return now, in ms."""
    return int(time.time() * 1000)


class FixtureDesk:
    """What the page sees, changed from outside by the test."""

    def __init__(self, role: Role = Role.AGENT, *, logged_in: bool = True) -> None:
        now = clock()
        self.session = canned.session(role)
        self.logged_in = logged_in
        self.refuse = ""
        """Why the next request is refused; "" for not."""
        self.received: list[wire.ClientFrame] = []
        self.desk: dict[tuple[str, str], wire.Item] = {}
        self.floor: dict[tuple[str, str], wire.Item] = {}
        self.sockets: set[web.WebSocketResponse] = set()
        self.connections = 0
        self._seq = {"desk": 0, "floor": 0}
        self._put(self.desk, [wire.MyAgentItem(canned.me(now))])
        self._put(self.desk, [wire.MyQueueItem(queue) for queue in canned.my_queues(now)])
        self._put(self.floor, [wire.FloorQueueItem(queue) for queue in canned.floor_queues(now)])
        self._put(self.floor, [wire.FloorAgentItem(agent) for agent in canned.floor_agents(now)])
        self._put(self.floor, [wire.FloorCallItem(call) for call in canned.floor_calls(now)])

    @staticmethod
    def _put(items: dict[tuple[str, str], wire.Item], changed: Sequence[wire.Item]) -> None:
        for item in changed:
            items[kind_of(item), item.value.id] = item

    async def change(self, *items: wire.Item, removed: Sequence[wire.Removed] = ()) -> None:
        """Change the desk and tell its pages."""
        self._put(self.desk, items)
        for gone in removed:
            self.desk.pop((gone.kind, gone.id), None)
        self._seq["desk"] += 1
        frame = wire.Changes("desk", self._seq["desk"], clock(), items, removed)
        await self._send_all(frame)

    async def show(self, state: AgentState, call: DeskCall | None = None) -> None:
        """Put the agent into a state, with the call at hand."""
        items: list[wire.Item] = [wire.MyAgentItem(canned.me(clock(), state))]
        if call is not None:
            items.append(wire.DeskCallItem(call))
        await self.change(*items, removed=[] if call else self._all_calls())

    def _all_calls(self) -> list[wire.Removed]:
        return [wire.Removed(kind, each) for kind, each in self.desk if kind == "desk_call"]

    async def close_sockets(self, reason: str = "") -> None:
        """Cut all pages off, with or without a word."""
        if reason:
            await self._send_all(wire.Closing(reason))
        for socket in list(self.sockets):
            await socket.close()

    async def _send_all(self, frame: wire.ServerFrame) -> None:
        for socket in list(self.sockets):
            await socket.send_str(msgspec.json.encode(frame).decode())

    def me(self) -> MyAgent:
        """Return the agent as the page sees them."""
        item = self.desk["me", "u1"]
        assert isinstance(item, wire.MyAgentItem)
        return item.value

    # ------------------------------------------------------------ what the page asks

    async def handle(self, socket: web.WebSocketResponse, frame: wire.ClientFrame) -> None:
        """Answer one frame of the page."""
        self.received.append(frame)
        if isinstance(frame, wire.Subscribe):
            await self._snapshot(socket, frame.topic)
        elif self.refuse:
            await _send(socket, wire.Refused(frame.request, self.refuse))
        else:
            await _send(socket, wire.Done(frame.request))
            await self._react(frame)

    async def _snapshot(self, socket: web.WebSocketResponse, topic: str) -> None:
        items = self.desk if topic == "desk" else self.floor
        frame = wire.Snapshot(topic, "epoch-1", self._seq[topic], clock(), list(items.values()))
        await _send(socket, frame)

    async def _react(self, frame: wire.ClientFrame) -> None:
        now = clock()
        match frame:
            case wire.Ready():
                await self.show(AgentState.READY)
            case wire.Pause(reason=reason):
                paused = replace(canned.me(now, AgentState.PAUSED), pause_reason=reason)
                await self.change(wire.MyAgentItem(replace(paused, since_at=now)))
            case wire.Answer():
                await self.show(AgentState.TALKING, canned.desk_call(now, CallPhase.TALKING))
            case wire.HangUp():
                await self.show(AgentState.WRAP_UP, canned.desk_call(now, CallPhase.WRAP_UP))
            case wire.ConfirmPerson():
                await self.show(self.me().state, canned.desk_call(now))
            case wire.WrapUp():
                await self.show(AgentState.READY)
            case wire.ExtendWrapUp():
                await self._extend()
            case _:
                pass

    async def _extend(self) -> None:
        for item in list(self.desk.values()):
            if isinstance(item, wire.DeskCallItem) and item.value.wrap_up_until is not None:
                call = item.value
                until = item.value.wrap_up_until + call.extension_ms
                left = call.extensions_left - 1
                longer = replace(call, wrap_up_until=until, extensions_left=left)
                await self.change(wire.DeskCallItem(longer))


def kind_of(item: wire.Item) -> str:
    """Return the wire's word for the kind of an entity."""
    return str(msgspec.to_builtins(item)["kind"])


async def _send(socket: web.WebSocketResponse, frame: wire.ServerFrame) -> None:
    await socket.send_str(msgspec.json.encode(frame).decode())


def _json(body: object, status: int = 200) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(body), status=status, content_type="application/json"
    )


def _error(status: int, error: str, message: str) -> web.Response:
    return _json(wire.ErrorBody(error, message), status)


class Routes:
    """The HTTP interface of the fixture."""

    def __init__(self, desk: FixtureDesk) -> None:
        self.desk = desk

    async def session(self, request: web.Request) -> web.Response:
        """Log in, log out, or say who is logged in."""
        if request.method == "POST":
            body = msgspec.json.decode(await request.read(), type=wire.LogIn)
            if body.password != PASSWORD:
                return _error(401, "bad_credentials", "The login or the password is wrong.")
            self.desk.logged_in = True
        elif request.method == "DELETE":
            self.desk.logged_in = False
            return web.Response(status=204)
        if not self.desk.logged_in:
            return _error(401, "not_logged_in", "Log in first.")
        return _json(self.desk.session)

    async def ticket(self, _: web.Request) -> web.Response:
        """Let one socket in."""
        if not self.desk.logged_in:
            return _error(401, "not_logged_in", "Log in first.")
        return _json(wire.Ticket("a-ticket"))

    async def calls(self, request: web.Request) -> web.Response:
        """List past calls."""
        query = request.query
        return _json(canned_calls.page(query.get("q", ""), query.get("cursor"), clock()))

    async def call(self, request: web.Request) -> web.Response:
        """Tell one call's story."""
        story = canned_calls.story(request.match_info["call_id"], clock())
        return _json(story) if story else _error(404, "not_found", "There is no such call.")

    async def why_call(self, request: web.Request) -> web.Response:
        """Say why a call waits, or went where it went."""
        call_id = request.match_info["call_id"]
        return _json(wire.Why(canned_why.of_call(call_id, clock())))

    async def why_agent(self, request: web.Request) -> web.Response:
        """Say why an agent gets no calls."""
        return _json(wire.Why(canned_why.of_agent(request.match_info["agent_id"], clock())))

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """Speak frames."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.desk.sockets.add(socket)
        self.desk.connections += 1
        try:
            await _send(socket, wire.Hello(wire.PROTOCOL, clock()))
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    frame = msgspec.json.decode(message.data, type=wire.ClientFrame)
                    await self.desk.handle(socket, frame)
        finally:
            self.desk.sockets.discard(socket)
        return socket


async def _add_policy(_: web.Request, response: web.StreamResponse) -> None:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"


async def _index(_: web.Request) -> web.FileResponse:
    return web.FileResponse(STATIC / "index.html")


def application(desk: FixtureDesk) -> web.Application:
    """Return the fixture as an application."""
    routes = Routes(desk)
    app = web.Application()
    app.on_response_prepare.append(_add_policy)
    app.router.add_route("*", "/api/session", routes.session)
    app.router.add_post("/api/ticket", routes.ticket)
    app.router.add_get("/api/calls", routes.calls)
    app.router.add_get("/api/calls/{call_id}", routes.call)
    app.router.add_get("/api/why/calls/{call_id}", routes.why_call)
    app.router.add_get("/api/why/agents/{agent_id}", routes.why_agent)
    app.router.add_get("/ws", routes.socket)
    app.router.add_get("/", _index)
    app.router.add_static("/assets", STATIC / "assets")
    return app


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="Serve the page with canned entities.")
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--role", type=Role, default=Role.SUPERVISOR, choices=list(Role))
    options = parser.parse_args()
    desk = FixtureDesk(options.role)
    web.run_app(application(desk), host="127.0.0.1", port=options.port)


if __name__ == "__main__":
    main()
