"""A deterministic model of Asterisk 22.10 as ARI shows it.

The same scheduler, seed and requests give the same events. It does what the real one does where a
call centre can notice: see the parts in ``pbx``. What it does not have: recording, snooping,
transfers, external media, several tenants, SIP itself.
"""

from collections.abc import Callable, Mapping
from random import Random

from callcenter.simulation.pbx import apps, dialplan, originate, rest
from callcenter.simulation.pbx.dialplan import IncomingCall
from callcenter.simulation.pbx.events import publish_channel
from callcenter.simulation.pbx.state import (
    Channel,
    Delays,
    DialplanRules,
    FarEnd,
    Json,
    Pbx,
    Phone,
    Reply,
    Session,
)
from callcenter.simulation.scheduler import Scheduler


class AsteriskModel:
    """One modelled PBX."""

    def __init__(
        self,
        scheduler: Scheduler,
        random: Random,
        *,
        rules: DialplanRules | None = None,
        delays: Delays | None = None,
        prompt_ms: Callable[[str], int | None] | None = None,
    ) -> None:
        """Start the PBX.

        Args:
            scheduler: Its time.
            random: Its chance; seeded by the caller.
            rules: What the dialplan does.
            delays: Ranges of the small delays.
            prompt_ms: Length of a media URI in milliseconds, None for one that is not there.
        """
        self.pbx = Pbx(scheduler, random, started_at=scheduler.now_ms())
        self.pbx.dialplan = rules or self.pbx.dialplan
        self.pbx.delays = delays or self.pbx.delays
        self.pbx.prompt_ms = prompt_ms or self.pbx.prompt_ms

    # ------------------------------------------------------------ the service's side

    def handle(
        self, method: str, path: str, params: Mapping[str, str], body: object, reply: Reply
    ) -> None:
        """Serve one REST request; ``reply`` is called once, when Asterisk would answer."""
        rest.serve(self.pbx, method, path, params, body, reply)

    def connect(
        self,
        app_names: list[str],
        deliver: Callable[[Json], None],
        on_closed: Callable[[], None] | None = None,
    ) -> Session:
        """Open an event websocket for applications; ``deliver`` gets their events in order."""
        session = Session(deliver, list(app_names), on_closed)
        apps.connect(self.pbx, session)
        return session

    def disconnect(self, session: Session) -> None:
        """Close an event websocket: no call is touched, events are lost from now on."""
        apps.disconnect(self.pbx, session)

    # ------------------------------------------------------------ the phones' side

    def add_phone(self, endpoint: str, phone: Phone) -> None:
        """Know a phone as an endpoint, such as "PJSIP/agent1"."""
        self.pbx.phones[endpoint] = phone

    def dial_in(self, call: IncomingCall, far_end: FarEnd) -> Channel:
        """Let a call come in from a trunk."""
        return dialplan.enter(self.pbx, call, far_end)

    def caller_hangs_up(self, channel: Channel) -> None:
        """The caller ends the call."""
        dialplan.hang_up_by_caller(self.pbx, channel)

    def press(self, channel: Channel, digit: str, duration_ms: int = 100) -> None:
        """A key is pressed at the phone; heard only in Stasis, also during a prompt."""
        if channel.ended:
            return
        fields: Json = {"digit": digit, "duration_ms": duration_ms}
        publish_channel(self.pbx, channel, "ChannelDtmfReceived", fields)

    def phone_rings(self, channel: Channel) -> None:
        """The rung phone says 180."""
        originate.ringing(self.pbx, channel)

    def phone_answers(self, channel: Channel) -> None:
        """The rung phone says 200."""
        originate.answered(self.pbx, channel)

    def phone_refuses(self, channel: Channel, sip_status: int = 486) -> None:
        """The rung phone refuses."""
        originate.refused(self.pbx, channel, sip_status)

    def phone_hangs_up(self, channel: Channel) -> None:
        """The phone ends an answered leg."""
        originate.hung_up(self.pbx, channel)

    # ------------------------------------------------------------ faults

    def crash_and_restart(self) -> None:
        """Lose all channels, bridges, applications and global variables, and start anew.

        Phones get no BYE; websockets are closed. Calls go to the fallback until the first beat.
        """
        pbx = self.pbx
        for channel in list(pbx.channels.values()):
            _forget(channel)
        for playback in list(pbx.playbacks.values()):
            if playback.timer is not None:
                playback.timer.cancel()
        for broadcast in pbx.broadcasts.values():
            if broadcast.timer is not None:
                broadcast.timer.cancel()
        sessions = {id(app.session): app.session for app in pbx.apps.values() if app.session}
        for part in (pbx.channels, pbx.bridges, pbx.playbacks, pbx.apps, pbx.broadcasts):
            part.clear()
        pbx.variables = {"CC_BEAT": "0"}
        pbx.refused_ids = 0
        pbx.started_at = pbx.now()
        for session in sessions.values():
            session.connected = False
            if session.on_closed is not None:
                session.on_closed()


def _forget(channel: Channel) -> None:
    channel.ended = True
    channel.commands.clear()
    channel.media.append((channel.media[-1][0] if channel.media else 0.0, "nothing"))
    for timer in (channel.lease, channel.dial_timer):
        if timer is not None:
            timer.cancel()
