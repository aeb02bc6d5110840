"""A modelled PBX on virtual time with one listening application, for tests of the model."""

from random import Random

from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.pbx.state import Channel, Json, Response, Session
from callcenter.simulation.phones import SimulatedCaller, SimulatedPhones
from callcenter.simulation.scheduler import VirtualScheduler

LEG = "c" * 32
BRIDGE = "b" * 32
PLAYBACK = "e" * 32
ROOM = "d" * 32


class Pending:
    """A request that may not be answered yet."""

    def __init__(self, scheduler: VirtualScheduler) -> None:
        self._scheduler = scheduler
        self._asked_at = scheduler.now_ms()
        self.response: Response | None = None
        self.took_ms = -1.0

    def reply(self, response: Response) -> None:
        assert self.response is None, "answered twice"
        self.response = response
        self.took_ms = self._scheduler.now_ms() - self._asked_at

    @property
    def status(self) -> int:
        assert self.response is not None, "not answered"
        return self.response.status


class World:
    """The PBX, its phones and what the application has heard."""

    def __init__(self, seed: int = 1, app: str = "cc-a") -> None:
        self.scheduler = VirtualScheduler()
        self.model = AsteriskModel(self.scheduler, Random(seed))
        self.phones = SimulatedPhones(self.model, ["PJSIP/agent1", "PJSIP/agent2"])
        self.events: list[Json] = []
        self.app = app
        self.session = self.connect()
        self.beat()

    def connect(self) -> Session:
        return self.model.connect([self.app], self.events.append)

    def beat(self) -> None:
        seconds = str(int(self.scheduler.now_ms() / 1_000))
        self.model.pbx.variables["CC_BEAT"] = seconds

    def run(self, milliseconds: float) -> None:
        self.scheduler.run_for(milliseconds)

    def ask(self, method: str, path: str, body: object = None, **params: str) -> Pending:
        """Send a request and do not wait."""
        pending = Pending(self.scheduler)
        self.model.handle(method, path, params, body, pending.reply)
        return pending

    def do(self, method: str, path: str, body: object = None, **params: str) -> Response:
        """Send a request and let 10 ms pass: enough for one that does not block."""
        pending = self.ask(method, path, body, **params)
        self.run(10)
        assert pending.response is not None, f"{method} {path} blocks"
        return pending.response

    def dial(self, ani: str | None = "13800000001") -> SimulatedCaller:
        caller = self.phones.start_call(ani, "100")
        self.run(5)
        return caller

    def arrive(self) -> tuple[SimulatedCaller, Channel]:
        """Let a caller come in, be claimed and be answered."""
        self.beat()
        caller = self.dial()
        channel = caller.line
        self.do("POST", "/events/claim", channelId=channel.id, application=self.app)
        assert self.do("POST", f"/channels/{channel.id}/answer").status == 204
        return caller, channel

    def fell_back(self, caller: SimulatedCaller) -> bool:
        """Say whether the dialplan took the caller to its fallback."""
        return caller.in_fallback

    def hold(self, channel: Channel) -> None:
        self.do("POST", f"/bridges/{BRIDGE}", type="holding", name="cc:hold")
        entered = self.do(
            "POST",
            f"/bridges/{BRIDGE}/addChannel",
            channel=channel.id,
            role="holding_participant",
        )
        assert entered.status == 204

    def enter(self, bridge_id: str, channel_id: str) -> Response:
        return self.do("POST", f"/bridges/{bridge_id}/addChannel", channel=channel_id)

    def originate(self, leg_id: str = LEG, endpoint: str = "PJSIP/agent1", **more: str) -> Pending:
        given = {"endpoint": endpoint, "app": self.app, "appArgs": "leg", "timeout": "20"} | more
        return self.ask("POST", "/channels", channelId=leg_id, **given)

    def talk(self) -> tuple[SimulatedCaller, Channel]:
        """Let a caller and agent1 talk in the mixing bridge ROOM."""
        caller, channel = self.arrive()
        self.originate()
        self.run(20)
        self.phones.station("PJSIP/agent1").pick_up()
        self.run(10)
        self.do("POST", f"/bridges/{ROOM}", type="mixing")
        self.enter(ROOM, f"{channel.id},{LEG}")
        return caller, channel

    def kinds(self, since: int = 0) -> list[str]:
        """Return the events as words: type, and the state of what it tells."""
        return [_word(event) for event in self.events[since:]]

    def of(self, channel_id: str) -> list[str]:
        """Return the types of the events of one channel."""
        return [
            event["type"]
            for event in self.events
            if (event.get("channel") or event.get("peer") or {}).get("id") == channel_id
        ]


def _word(event: Json) -> str:
    kind = event["type"]
    if kind == "Dial":
        return f"Dial({event['dialstatus'] or 'start'})"
    if kind == "ChannelStateChange":
        return str(event["channel"]["state"])
    if kind in {"ChannelDestroyed", "ChannelHangupRequest"}:
        return f"{kind}({event.get('cause')})"
    return str(kind)
