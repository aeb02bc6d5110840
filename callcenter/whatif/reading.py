"""Reads a scenario file; all its faults come at once, each with file, line, reason and remedy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from callcenter.config import (
    PASSWORD_VARIABLE,
    Config,
    ConfigError,
    load_config,
    read_document,
    read_text,
)
from callcenter.core.ids import Ms, QueueId
from callcenter.whatif.building import crowd, recorded_scenario, shifts, spread
from callcenter.whatif.clock_times import clock_ms
from callcenter.whatif.form_checks import check_form
from callcenter.whatif.forms import ScenarioForm
from callcenter.whatif.recorded import RecordedDay
from callcenter.whatif.scenario import Answering, Counting, Scenario
from ivr_flows.faults import Fault, FaultList, FaultyText, Marks
from ivr_flows.shapes import read_struct
from ivr_flows.yaml_source import Document, parse_document

_WITHOUT_FILE = {"asterisk": {"user": "unused"}}
"""What is simulated if a scenario names no configuration: the defaults."""


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """A scenario file that is read and checked."""

    form: ScenarioForm
    config: Config
    marks: Marks

    @property
    def midnights(self) -> tuple[Ms, Ms]:
        """The midnights around the day, in the time zone of the configuration."""
        zone = ZoneInfo(self.config.time_zone)
        day = date.fromisoformat(self.form.recorded.day or self.form.date)
        begins, ends = (
            datetime.combine(each, datetime.min.time(), zone).astimezone(UTC)
            for each in (day, day + timedelta(days=1))
        )
        return round(begins.timestamp() * 1_000), round(ends.timestamp() * 1_000)

    def scenario(self, recorded: RecordedDay | None = None) -> Scenario:
        """Return what is to be run.

        Args:
            recorded: The day that the file names, if it names one.

        Raises:
            ConfigError: The recorded day does not fit the file.
        """
        if self.form.recorded.day and (recorded is None or not recorded.visits):
            problem = f"nobody waited in a queue on {self.form.recorded.day}"
            mark = self.marks.of_value(("recorded", "day"))
            remedy = "is it the right database? callcenter simulate reads that of config"
            raise ConfigError([Fault(self.marks.source, *mark, problem, remedy)])
        form = self.form
        scenario = Scenario(
            name=form.scenario,
            queues=self.config.queue_rules(),
            pools=self.config.pool_rules(),
            crowd=crowd(form),
            shifts=shifts(form.agents),
            answering=Answering(round(spread(form.answering.ring).mean_ms), form.answering.missed),
            counted=(clock_ms(form.measured.begins), clock_ms(form.measured.ends)),
            counting=Counting(form.counting),
            midnight_at=self.midnights[0],
        )
        if recorded is None:
            return scenario
        self._check_queues(recorded)
        return recorded_scenario(scenario, recorded, with_agents=form.recorded.agents)

    def _check_queues(self, recorded: RecordedDay) -> None:
        faults = FaultList(self.marks)
        for queue_id in sorted(recorded.habits.keys() - scenario_queues(self.config)):
            faults.unknown(("recorded", "day"), "queue", queue_id, self.config.queues)
        if faults.faults:
            raise ConfigError(faults.faults)


def scenario_queues(config: Config) -> set[QueueId]:
    """Return the ids of the queues of a configuration."""
    return {QueueId(queue_id) for queue_id in config.queues}


def load_scenario(path: Path, environ: Mapping[str, str]) -> ScenarioFile:
    """Return a scenario file, read and checked.

    Args:
        path: The YAML file.
        environ: The environment: ``CALLCENTER_DATABASE_URL`` comes before what the configuration
            says.

    Raises:
        ConfigError: The file, or the configuration that it names, cannot be used; all faults.
    """
    try:
        document = parse_document(read_text(path), str(path))
    except FaultyText as error:
        raise ConfigError(error.faults) from None
    faults = FaultList(document.marks)
    form = read_struct(ScenarioForm, document.data, (), faults)
    if form is None or faults.faults:
        raise ConfigError(faults.faults)
    config = _config(form, document, path.parent, {**environ, PASSWORD_VARIABLE: "unused"})
    check_form(form, document.data, scenario_queues(config), faults)
    if faults.faults:
        raise ConfigError(faults.faults)
    return ScenarioFile(form, config, document.marks)


# ---------------------------------------------------------------- the configuration


def _config(
    form: ScenarioForm, document: Document, folder: Path, environ: Mapping[str, str]
) -> Config:
    """Return the configuration that is named, with the changes of the scenario."""
    data: object = _WITHOUT_FILE
    if form.config:
        source = folder / form.config
        config, folder = load_config(_named(source, document.marks), environ), source.parent
        if not form.settings:
            return config
        data = parse_document(read_text(source), str(source)).data
    # The reader of the configuration sees all of it, but what is wrong now is in the changes.
    return read_document(
        Document(_merged(data, form.settings), _of_changes(document.marks)), folder, environ
    )


def _named(source: Path, marks: Marks) -> Path:
    if not source.is_file():
        mark = marks.of_value(("config",))
        remedy = "file names start from the folder of the scenario"
        raise ConfigError([Fault(marks.source, *mark, f"there is no file {source.name!r}", remedy)])
    return source


def _merged(data: object, changes: object) -> object:
    """Return data with changes: mappings are merged, all else is replaced."""
    if not isinstance(data, dict) or not isinstance(changes, dict):
        return changes
    merged = dict(data)
    for key, value in changes.items():
        merged[key] = _merged(data[key], value) if key in data else value
    return merged


def _of_changes(marks: Marks) -> Marks:
    """Return the places of what stands under ``settings``, as if it were a document of its own."""
    top = ("settings",)
    whole = marks.of_key(top)
    return Marks(
        marks.source,
        {(): whole, **{path[1:]: at for path, at in marks.values.items() if path[:1] == top}},
        {path[1:]: at for path, at in marks.keys.items() if path[:1] == top and path[1:]},
    )
