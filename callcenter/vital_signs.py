"""What the service knows of itself: it measures its parts, and switches them as the level says."""

from collections.abc import Sequence
from dataclasses import dataclass

from callcenter.adapters.ari.gate import Gate
from callcenter.adapters.ari.telephony import AriTelephony
from callcenter.adapters.disk_reserve import DiskReserve
from callcenter.core.records import replace
from callcenter.core.vitals.levels import WHAT_IS_OFF, Degradation, Level, Measurements
from callcenter.core.vitals.windows import Lag, Peaks
from callcenter.ports.journal import WatchedJournal
from callcenter.runtime.admission import Admission
from callcenter.runtime.drain import NOTICE
from callcenter.runtime.fanout import Fanout
from callcenter.runtime.guarded_archive import GuardedArchive
from callcenter.runtime.guarded_directory import MOST_AT_ONCE, GuardedDirectory
from callcenter.runtime.leases import Leases
from callcenter.runtime.link import MOST_HELD, RECONCILE_EVERY_S, Link
from callcenter.runtime.node import MOST_WAITING, Node
from callcenter.runtime.notices import Notices
from callcenter.runtime.performer import Performer
from callcenter.runtime.projector import Projector
from callcenter.runtime.pulse import Pulse
from callcenter.runtime.tally import Tally

SLOW_VIEWS_S = 2.0
"""Between two frames of live views from level 1 on."""
RARE_RECONCILE_S = 60.0
STUCK_S = 5.0
"""A commit that takes longer means that the journal cannot be written."""

_OWN_QUEUES = ("ari_events", "held_inputs", "held_turns", "journal", "commands")


@dataclass(frozen=True, slots=True)
class Organs:
    """The parts that are measured or switched."""

    node: Node
    link: Link
    performer: Performer
    leases: Leases
    projector: Projector
    journal: WatchedJournal
    telephony: AriTelephony
    directory: GuardedDirectory
    archive: GuardedArchive
    fanout: Fanout
    admission: Admission
    tally: Tally
    pulse: Pulse
    reserve: DiskReserve | None = None
    """The journal's room; None if it has no disk."""


class VitalSigns:
    """The measurements of all parts, and whether calls can be taken."""

    def __init__(self, organs: Organs, short_flow: str = "") -> None:
        """Take the parts.

        Args:
            organs: The parts.
            short_flow: The flow for new callers from level 3 on; "" for none.
        """
        self.organs = organs
        self.commits = Peaks()
        """In seconds."""
        self.behind_ms = 0
        """How long the CRM database has been behind the journal."""
        self._lag = Lag()
        self.short_flow = short_flow
        """The flow for new callers from level 3 on; "" for their usual one."""
        self._notices = Notices(organs.fanout, organs.node.now)
        organs.admission.waiting_commands = self._waiting_commands
        organs.admission.journal_turns = lambda: organs.journal.waiting_count
        organs.link.admits = organs.admission.admits

    def _waiting_commands(self) -> int:
        return self.organs.telephony.throttle.commands.waiting

    def measure(self) -> Measurements:
        """Return how the service has been doing; to be called once a second."""
        organs = self.organs
        for peaks in (organs.pulse.lags, organs.telephony.event_ages, self.commits):
            peaks.turn()
        organs.telephony.throttle.turn()
        self.behind_ms = self._lag.look(organs.node.now(), organs.journal.seq, organs.projector.seq)
        self._notices.show("disk", self._disk_trouble())
        self._notices.show("crm", organs.projector.trouble)
        return Measurements(
            loop_lag_ms=organs.pulse.lags.sustained * 1_000,
            event_age_ms=organs.telephony.event_ages.sustained * 1_000,
            command_p95_ms=organs.telephony.throttle.slowness.sustained * 1_000,
            commit_ms=max(self.commits.sustained, organs.journal.stuck_s) * 1_000,
            fullest_queue=max(self._own_queues(), default=0.0),
        )

    def _own_queues(self) -> Sequence[float]:
        """Return how full the queues are whose filling means that we are too slow, 0 to 1."""
        queues = self.queues()
        return [size / limit for size, limit in (queues[name] for name in _OWN_QUEUES)]

    def queues(self) -> dict[str, tuple[int, int]]:
        """Return the size and the limit of every bounded queue."""
        organs = self.organs
        throttle, capacity = organs.telephony.throttle, organs.admission.capacity
        return {
            "ari_events": (len(organs.telephony.inbox), organs.telephony.inbox.most),
            "held_inputs": (organs.link.held_count, MOST_HELD),
            "held_turns": (organs.node.waiting_count, MOST_WAITING),
            "journal": (organs.journal.waiting_count, capacity.journal_turns),
            "commands": _waiting(throttle.commands),
            "rings": _waiting(throttle.rings),
            "lanes": (organs.performer.lane_count, capacity.lanes),
            "look_ups": (organs.directory.under_way, MOST_AT_ONCE),
            "open_calls": (len(organs.node.centre.calls), capacity.open_calls),
        }

    def readiness(self) -> tuple[bool, Sequence[str]]:
        """Say whether calls are taken; if not why not, else what is switched off."""
        against = tuple(self._obstacles())
        if against:
            return False, against
        level = self.organs.admission.level
        off = WHAT_IS_OFF[level] if level else ""
        found = (off, self._disk_trouble(), self.organs.projector.trouble)
        return True, tuple(text for text in found if text)

    def _disk_trouble(self) -> str:
        reserve = self.organs.reserve
        return reserve.trouble if reserve else ""

    def _obstacles(self) -> Sequence[str]:
        organs = self.organs
        level = organs.admission.level
        stuck_s = organs.journal.stuck_s
        found = {
            organs.link.trouble: not organs.link.is_live,
            "The journal cannot be written.": organs.journal.has_failed,
            f"The journal's disk has not answered for {stuck_s:.0f} s.": stuck_s > STUCK_S,
            f"Draining. {NOTICE}": organs.admission.is_draining,
            f"Level {level:d}: {WHAT_IS_OFF[level]}": level >= Level.NOT_CLAIMING,
        }
        return [reason for reason, is_so in found.items() if is_so]

    def apply(self, state: Degradation) -> None:
        """Switch off what a level switches off, and on what it does not; tell supervisors."""
        organs, level = self.organs, state.level
        is_short = level >= Level.SHORT_FLOW
        usual_s = organs.fanout.limits.pace_s
        organs.admission.level = level
        organs.fanout.pace_s = SLOW_VIEWS_S if level >= Level.SLOW_VIEWS else usual_s
        organs.directory.is_off = organs.archive.is_off = level >= Level.NO_LOOK_UPS
        only_flow = self.short_flow if is_short else ""
        organs.node.centre.setting = replace(organs.node.centre.setting, only_flow=only_flow)
        # When the trouble is over and the level only waits to go down, what the trouble left behind
        # (a caller on a line that nobody ended) must not wait with it.
        is_rare = is_short and bool(state.reasons)
        organs.link.reconcile_every_s = RARE_RECONCILE_S if is_rare else RECONCILE_EVERY_S
        organs.telephony.say_alive(alive=level < Level.PBX_ALONE)
        off = (f"Level {level:d} of 5.", WHAT_IS_OFF[level], *_sentence(state.reasons))
        self._notices.show("level", " ".join(off) if level else "")


def _waiting(gate: Gate) -> tuple[int, int]:
    return gate.waiting, gate.most_waiting


def _sentence(reasons: Sequence[str]) -> Sequence[str]:
    return (f"Because: {'; '.join(reasons)}.",) if reasons else ()
