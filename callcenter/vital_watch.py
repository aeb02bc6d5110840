"""Everything by which the service watches itself, put together."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from callcenter.adapters.disk_reserve import DiskReserve, keep_reserve
from callcenter.adapters.level_file import LevelFile
from callcenter.adapters.vital_metrics import Durations, VitalCollector
from callcenter.adapters.watchdog import Watchdog
from callcenter.core.vitals.levels import Level
from callcenter.ports.clock import Clock
from callcenter.ports.reports import Reports
from callcenter.runtime.pulse import Pulse
from callcenter.runtime.supervisor import Supervisor
from callcenter.runtime.vitals import Vitals
from callcenter.settings import Overload
from callcenter.vital_figures import families, figures
from callcenter.vital_signs import Organs, VitalSigns


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """What the watch needs of its surroundings."""

    overload: Overload
    level_file: LevelFile
    clock: Clock
    reports: Reports
    registry: CollectorRegistry


class Watch:
    """The watchdog, the measurements, the level and the metrics of a service."""

    def __init__(self, settings: WatchSettings) -> None:
        self._settings = settings
        self._durations = Durations(settings.registry)
        self.watchdog = Watchdog(settings.reports)
        self.pulse = Pulse(self._beaten)

    def over(self, organs: Organs) -> tuple[VitalSigns, Vitals]:
        """Return what measures the parts, and what keeps the level; both still at rest."""
        settings = self._settings
        signs = VitalSigns(organs, settings.overload.short_flow)
        vitals = Vitals(signs.measure, self._by_hand, settings.clock.elapsed_ms, settings.reports)
        vitals.followers.append(signs.apply)
        settings.registry.register(VitalCollector(figures(signs, self.watchdog), families(signs)))

        def timed(took_s: float) -> None:
            self._durations.commit.observe(took_s)
            signs.commits.note(took_s)

        organs.journal.time_commits(timed)
        return signs, vitals

    def start(
        self, vitals: Vitals, supervisor: Supervisor, reserve: DiskReserve | None = None
    ) -> None:
        """Begin to watch; end it with ``watchdog.stop``."""
        self.watchdog.start()
        supervisor.keep("pulse", self.pulse.run)
        supervisor.keep("level by hand", self._settings.level_file.follow)
        supervisor.keep("vitals", vitals.run)
        if reserve is not None:
            supervisor.keep("reserve", lambda: keep_reserve(reserve, self._settings.reports))

    def _by_hand(self) -> Level | None:
        by_file, usual = self._settings.level_file.level, self._settings.overload.level
        if by_file is not None or usual == "auto":
            return by_file
        return Level(int(usual))

    def _beaten(self, lag_s: float) -> None:
        self.watchdog.beat()
        self._durations.loop_lag.observe(lag_s)
