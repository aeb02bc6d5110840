"""Reads the configuration once, at start: one YAML file, secrets also from the environment.

All faults come at once, each with file, line and column; nothing is guessed for a slip.
"""

import importlib.resources
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec.structs import asdict, replace

from callcenter.callback_settings import outbound_rules
from callcenter.core.acd.hours import OpeningHours
from callcenter.core.acd.overflow_rules import Staffed
from callcenter.core.ids import PoolId, QueueId
from callcenter.core.plan import (
    AnnouncePosition,
    AnnounceToAgent,
    ComfortStep,
    Disposition,
    Plan,
    PoolRules,
    QueueRules,
    Relaxation,
    ServiceNumber,
    Strategy,
    TierRules,
)
from callcenter.hours_settings import read_hours
from callcenter.overflow_settings import (
    callback_flows,
    check_overflow_ways,
    goodbye_flows,
    overflow_rules,
)
from callcenter.settings import Asterisk, Comfort, Database, RelaxStep, Sections
from callcenter.settings_checks import check_sections, is_loopback, split_url
from ivr_flows.faults import Fault, FaultList, FaultyText, Marks
from ivr_flows.load import FlowError, load_flow
from ivr_flows.model import Flow
from ivr_flows.prompt_store import prompt_names
from ivr_flows.shapes import Secret, read_struct
from ivr_flows.yaml_source import Document, parse_document

PASSWORD_VARIABLE = "CALLCENTER_ASTERISK_PASSWORD"  # noqa: S105  (a name, not a password)
DATABASE_VARIABLE = "CALLCENTER_DATABASE_URL"
MAX_SECRET_BYTES = 4_096


class ConfigError(FaultyText):
    """The configuration cannot be used; ``faults`` says all that is wrong with it."""


class Config(Sections, frozen=True):
    """The settings, checked, with their secrets; sections are as in ``callcenter.settings``."""

    folder: Path = Path()
    """Relative file names start here: the folder of the configuration file."""
    marks: Marks = Marks()
    """Where each value stands in the file, for messages."""
    warnings: tuple[str, ...] = ()
    """What is allowed but unwise, a sentence each."""

    @property
    def data_folder(self) -> Path:
        """Where the journal, and the default database, are kept."""
        return self.folder / self.data_dir

    @property
    def database_url(self) -> str:
        """The database as ``sqlite:///`` with an absolute file or ``postgresql://``."""
        url = self.database.url.text
        if not url:
            return f"sqlite:///{(self.data_folder / 'callcenter.db').absolute()}"
        if url.startswith("sqlite:///") and url != "sqlite:///:memory:":
            return f"sqlite:///{(self.folder / url.removeprefix('sqlite:///')).absolute()}"
        return url

    @property
    def database_file(self) -> Path | None:
        """The database's file; None if a server has it."""
        url = self.database_url
        return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None

    @property
    def journal_path(self) -> Path:
        """The journal's file."""
        return self.data_folder / "journal.db"

    @property
    def flow_folder(self) -> Path:
        """Where the flows are."""
        return self.folder / self.flows if self.flows else shipped_flows()

    def queue_rules(self) -> dict[QueueId, QueueRules]:
        """Return the queues for the core; flows are not looked at."""
        return _queue_rules(self)

    def pool_rules(self) -> dict[PoolId, PoolRules]:
        """Return the pools for the core."""
        return _pool_rules(self)

    def plan(self) -> Plan:
        """Return the declaration for the core, with the flows read and checked.

        Raises:
            ConfigError: A flow is faulty, or one that is named here does not exist.
        """
        flows, faults = _read_flows(self)
        if not faults:
            faults = _check_flow_names(self, flows)
        if faults:
            raise ConfigError(faults)
        return Plan(
            queues=_queue_rules(self),
            numbers={
                number: ServiceNumber(number, service.name, service.flow, int(service.max_flow))
                for number, service in self.service_numbers.items()
            },
            flows=flows | goodbye_flows(self.queues.values()) | callback_flows(self.queues),
            default_flow_id=self.default_flow,
            pools=_pool_rules(self),
            dispositions=tuple(
                Disposition(code, outcome.label, outcome.requires_note)
                for code, outcome in self.dispositions.items()
            ),
            pause_reasons=self.pause_reasons,
            tiers=_tier_rules(self),
            outbound=outbound_rules(self.outbound, self.region, self.service_numbers),
        )


def shipped_flows() -> Path:
    """Return the folder of the flows that come with the program."""
    return Path(str(importlib.resources.files("ivr_flows"))) / "flows"


def load_config(path: Path, environ: Mapping[str, str]) -> Config:
    """Return the settings of a configuration file.

    Args:
        path: The YAML file.
        environ: The environment: ``CALLCENTER_ASTERISK_PASSWORD`` and ``CALLCENTER_DATABASE_URL``
            come before what the file says.

    Raises:
        ConfigError: The file cannot be read or is faulty; all its faults at once.
    """
    config = parse_config(read_text(path), str(path), path.parent, environ)
    return replace(config, warnings=tuple(_warnings(config, path)))


def read_text(path: Path) -> str:
    """Return the text of a file; raises ConfigError if it is none."""
    try:
        return path.read_text("utf-8")
    except OSError as error:
        problem = f"the file cannot be read: {error.strerror}"
        raise ConfigError([Fault(str(path), 1, 1, problem)]) from None
    except UnicodeDecodeError:
        problem = "the file is not UTF-8 text"
        raise ConfigError([Fault(str(path), 1, 1, problem, "save it as UTF-8")]) from None


def parse_config(text: str, source: str, folder: Path, environ: Mapping[str, str]) -> Config:
    """Return the settings of a YAML text; raises ConfigError.

    Args:
        text: The YAML text.
        source: The file's name, for messages.
        folder: The folder that relative file names start from.
        environ: The environment, see ``load_config``.
    """
    try:
        document = parse_document(text, source)
    except FaultyText as error:
        raise ConfigError(error.faults) from None
    return read_document(document, folder, environ)


def read_document(document: Document, folder: Path, environ: Mapping[str, str]) -> Config:
    """Return the settings of a YAML text that is parsed already; raises ConfigError.

    Args:
        document: What the text says, perhaps with changes, and where.
        folder: The folder that relative file names start from.
        environ: The environment, see ``load_config``.
    """
    faults = FaultList(document.marks)
    sections = read_struct(Sections, document.data, (), faults)
    if sections is None:
        raise ConfigError(faults.faults)
    sections = _with_secrets(sections, folder, environ, faults)
    check_sections(sections, folder, faults)
    if faults.faults:
        raise ConfigError(faults.faults)
    return Config(**asdict(sections), folder=folder, marks=document.marks)


# ---------------------------------------------------------------- secrets


def _with_secrets(
    sections: Sections, folder: Path, environ: Mapping[str, str], faults: FaultList
) -> Sections:
    password = environ.get(PASSWORD_VARIABLE) or _password(sections.asterisk, folder, faults)
    url = environ.get(DATABASE_VARIABLE) or sections.database.url.text
    asterisk = replace(sections.asterisk, password=Secret(password))
    return replace(sections, asterisk=asterisk, database=Database(url=Secret(url)))


def _password(asterisk: Asterisk, folder: Path, faults: FaultList) -> str:
    """Return the password from its file or the configuration; with a fault a stand-in."""
    place = ("asterisk", "password_file")
    if not asterisk.password_file:
        return asterisk.password.text
    if asterisk.password.text:
        faults.add(place, "both password and password_file are given", "remove password")
    try:
        with (folder / asterisk.password_file).open(encoding="utf-8") as file:
            secret = file.read(MAX_SECRET_BYTES).strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a text file"
        faults.add(place, f"the password cannot be read: {reason}")
        return "unreadable"
    if not secret:
        faults.add(place, "the password file is empty")
    return secret or "empty"


def _warnings(config: Config, path: Path) -> Iterator[str]:
    document = config.marks.values
    holds_password = ("asterisk", "password") in document or "@" in config.database.url.text
    if holds_password and _is_open_to_all(path):
        yield f"{path} holds a password and everybody may read it: chmod o-r {path}"
    password_file = config.folder / config.asterisk.password_file
    if config.asterisk.password_file and _is_open_to_all(password_file):
        yield f"everybody may read the password in {password_file}: chmod o-r {password_file}"
    url = split_url(config.asterisk.url, ("http",))
    if url is not None and not is_loopback(url.hostname or ""):
        yield f"the password for Asterisk travels in the clear to {url.hostname}: use https"
    if not is_loopback(config.web.address[0]) and not config.web.uses_tls:
        yield "web.allow_plain_http is set: passwords of agents travel in the clear"


def _is_open_to_all(path: Path) -> bool:
    return bool(path.stat().st_mode & stat.S_IROTH)


# ---------------------------------------------------------------- the plan


def _queue_rules(config: Config) -> dict[QueueId, QueueRules]:
    return {
        QueueId(queue_id): QueueRules(
            queue_id=QueueId(queue_id),
            name=queue.name or queue_id,
            pool_id=PoolId(queue.pool),
            ring_ms=int(queue.ring),
            wrap_up_ms=int(queue.wrap_up),
            max_wait_ms=int(queue.max_wait),
            announce_every_ms=int(queue.announce_every),
            service_level_ms=int(queue.service_level),
            announce_estimate=queue.announce_estimate == "range",
            hours=_hours(config, queue.hours),
            max_waiting=queue.max_waiting,
            overflow=overflow_rules(queue_id, queue),
            join_with=frozenset(map(Staffed, queue.join_with)),
            stay_with=frozenset(map(Staffed, queue.stay_with)),
            leave_after_ms=int(queue.leave_after),
            strategy=Strategy(queue.strategy),
            weight=queue.weight,
            relaxations=tuple(_relaxation(step) for step in queue.relax),
            most_level=queue.levels,
            agent_wait_ms=int(queue.agent_wait),
            own_agents=queue.own_agents,
            language=queue.language,
            most_phones=queue.most_phones,
            widen_every_ms=int(queue.ring_more_every),
            announce_position=AnnouncePosition(queue.announce_position),
            announce_limit=queue.announce_limit,
            comfort=tuple(_comfort_step(each) for each in queue.comfort),
            announce_to_agent=AnnounceToAgent(queue.announce_to_agent),
            name_prompt=queue.name_prompt,
            callbacks=queue.callback.rules(),
        )
        for queue_id, queue in config.queues.items()
    }


def _hours(config: Config, name: str) -> OpeningHours | None:
    if not name:
        return None
    path = ("opening_hours", name)
    return read_hours(config.opening_hours[name], config.time_zone, path, FaultList(config.marks))


def _comfort_step(step: Comfort) -> ComfortStep:
    repeats = bool(step.every)
    return ComfortStep(int(step.every if repeats else step.after), step.all_prompts, repeats)


def _pool_rules(config: Config) -> dict[PoolId, PoolRules]:
    return {
        PoolId(pool_id): PoolRules(
            pool_id=PoolId(pool_id),
            no_answer_rest_ms=int(pool.no_answer_rest),
            refused_rest_ms=int(pool.refused_rest),
            unreachable_rest_ms=int(pool.unreachable_rest),
            lost_log_out_ms=int(pool.lost_log_out),
            priority_step_ms=int(pool.priority_step),
            strict_priorities=pool.strict_priorities,
            shown_within_ms=int(pool.shown_within),
            longest_fault_rest_ms=int(pool.longest_fault_rest),
            misses_before_pause=pool.misses_before_pause,
            wrap_up_extension_ms=int(pool.wrap_up_extension),
            wrap_up_extensions=pool.wrap_up_extensions,
            wrap_up_by_disposition={
                code: int(outcome.wrap_up)
                for code, outcome in config.dispositions.items()
                if outcome.wrap_up
            },
        )
        for pool_id, pool in config.pools.items()
    }


def _relaxation(step: RelaxStep) -> Relaxation:
    return Relaxation(
        int(step.after), tuple(sorted(step.skills.items())), step.every_skill, step.levels
    )


def _tier_rules(config: Config) -> dict[str, TierRules]:
    return {
        code: TierRules(
            tier.priority, tuple(sorted(tier.requires.items())), tuple(sorted(tier.prefers.items()))
        )
        for code, tier in config.tiers.items()
    }


def _read_flows(config: Config) -> tuple[dict[str, Flow], list[Fault]]:
    flows: dict[str, Flow] = {}
    faults: list[Fault] = []
    for path in sorted(config.flow_folder.glob("*.yaml")):
        try:
            flow = _read_flow(path, config)
        except FlowError as error:
            faults.extend(error.faults)
            continue
        if flow.flow_id in flows:
            problem = f"the flow {flow.flow_id!r} is also in {flows[flow.flow_id].source}"
            faults.append(Fault(str(path), *flow.marks.of_value(("flow",)), problem))
        flows[flow.flow_id] = flow
    return flows, faults


def _read_flow(path: Path, config: Config) -> Flow:
    try:
        text = path.read_text("utf-8")
    except (OSError, ValueError):
        raise FlowError([Fault(str(path), 1, 1, "the file is not readable UTF-8 text")]) from None
    return load_flow(text, str(path), config.queues, prompt_names(), config.request_kinds)


def _check_flow_names(config: Config, flows: Mapping[str, Flow]) -> list[Fault]:
    faults = FaultList(config.marks)
    if not flows:
        problem = f"there is no flow (*.yaml) in {config.flow_folder}"
        faults.add(("flows",), problem, "leave the key out for the flows that are shipped")
    elif config.default_flow not in flows:
        faults.unknown(("default_flow",), "flow", config.default_flow, flows)
    for number, service in config.service_numbers.items():
        if flows and service.flow not in flows:
            faults.unknown(("service_numbers", number, "flow"), "flow", service.flow, flows)
    short = config.overload.short_flow
    if flows and short and short not in flows:
        faults.unknown(("overload", "short_flow"), "flow", short, flows)
    check_overflow_ways(config, flows, faults)
    return faults.faults
