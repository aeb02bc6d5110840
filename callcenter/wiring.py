"""Builds the service from its parts: the only module that knows them all."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from secrets import SystemRandom, token_hex
from zoneinfo import ZoneInfo

from prometheus_client import CollectorRegistry
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.adapters.ari.actions import ActionSettings
from callcenter.adapters.ari.desk_phones import DeskPhones
from callcenter.adapters.ari.http_transport import HttpSettings, HttpTransport
from callcenter.adapters.ari.prompt_uris import PromptUris
from callcenter.adapters.ari.telephony import AriSettings, AriTelephony
from callcenter.adapters.ari.transport import AriTransport
from callcenter.adapters.level_file import LevelFile
from callcenter.adapters.logs import LogReports
from callcenter.adapters.sql.accounts import SqlAccounts
from callcenter.adapters.sql.archive import SqlArchive
from callcenter.adapters.sql.directory import SqlDirectory
from callcenter.adapters.sql.journal import SqliteJournal
from callcenter.adapters.sql.outages import outages_as
from callcenter.adapters.sql.records import SqlRecords
from callcenter.adapters.system_clock import SystemClock
from callcenter.adapters.web.app import Parts, build_app
from callcenter.adapters.web.server import WebServer
from callcenter.adapters.web.settings import Settings
from callcenter.config import Config
from callcenter.core.acd.messages import DeskLost
from callcenter.core.acd.pool import keep
from callcenter.core.call.decision import Setting
from callcenter.core.call.facts import (
    CallClosed,
    CallEnded,
)
from callcenter.core.call.messages import (
    EndedBy,
    Outcome,
)
from callcenter.core.centre import Centre
from callcenter.core.ids import CallId, Ms
from callcenter.core.plan import Plan
from callcenter.core.vitals.admission import Capacity
from callcenter.ports.journal import Entry, JournalFailed, Recorded
from callcenter.ports.stations import Stations
from callcenter.runtime.admission import Admission
from callcenter.runtime.callers import Callers
from callcenter.runtime.fanout import Fanout
from callcenter.runtime.floor import DayCounts, Floor
from callcenter.runtime.folding import fold_centre, unknown_calls
from callcenter.runtime.guarded_archive import GuardedArchive
from callcenter.runtime.guarded_directory import MOST_AT_ONCE, GuardedDirectory
from callcenter.runtime.leases import Leases
from callcenter.runtime.link import Link
from callcenter.runtime.node import Node
from callcenter.runtime.performer import Performer
from callcenter.runtime.projector import Projector
from callcenter.runtime.reasons import present_reasons
from callcenter.runtime.story import JournalStories
from callcenter.runtime.supervisor import Supervisor
from callcenter.runtime.tally import Tally
from callcenter.runtime.vitals import Vitals
from callcenter.vital_signs import Organs, VitalSigns
from callcenter.vital_watch import Watch, WatchSettings
from crm_store import migrate
from crm_store.engine import create_engine
from crm_store.matching import NumberRules
from ivr_flows.prompt_store import duration_ms, prompt_folder, prompt_names

_LOOK_UP_LIMIT_S = 0.3
_SNAPSHOT_EVERY_S = 600.0


class CannotStart(Exception):
    """The service cannot start; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Service:
    """A running service."""

    config: Config
    node: Node
    link: Link
    stores: "Stores"
    projector: Projector
    web: WebServer
    signs: VitalSigns
    vitals: Vitals
    registry: CollectorRegistry

    @property
    def url(self) -> str:
        """Where the pages are."""
        host, _ = self.config.web.address
        return f"{'https' if self.config.web.uses_tls else 'http'}://{host}:{self.web.port}"

    async def settled(self) -> None:
        """Wait until the CRM store has all that the journal has."""
        await self.stores.journal.flush()
        seq, _, _ = await self.stores.journal.last()
        await self.projector.wait_for(seq)

    async def wait_failed(self) -> JournalFailed:
        """Wait for the failure that nothing can go on after."""
        return await self.stores.journal.failed()


@asynccontextmanager
async def running(
    config: Config, transport: AriTransport | None = None, stations: Stations | None = None
) -> AsyncIterator[Service]:
    """Run the service within a block.

    Args:
        config: The settings.
        transport: The way to the PBX; over HTTP if None.
        stations: How agents' phones are worked from the page; desk phones if None.

    Raises:
        CannotStart: The database cannot be used or is of another version, or the data folder
            cannot be made.
        JournalUnusable: The journal is in use, damaged or not writable.
        ConfigError: A flow is faulty.
        CannotServe: The web port cannot be used.
    """
    async with AsyncExitStack() as stack:
        plan = config.plan()
        stores = await _open_stores(config, stack)
        foundation = Foundation(LogReports(), SystemClock(), CollectorRegistry())
        way = transport or _http_transport(config)
        stack.push_async_callback(way.close)
        supervisor = Supervisor(foundation.reports)
        stack.push_async_callback(supervisor.stop)
        node = await _recall(stores.journal, plan, foundation, supervisor)
        telephony = AriTelephony(
            way, _ari_settings(config), foundation.clock, SystemRandom(), foundation.registry
        )
        directory = SqlDirectory(
            stores.look_ups, NumberRules(region=config.region), _LOOK_UP_LIMIT_S
        )
        guarded = GuardedDirectory(directory, foundation.clock.elapsed_ms)
        callers = Callers(node, guarded, foundation.reports, supervisor.spawn)
        performer = Performer(
            telephony, stations or DeskPhones(), callers.look_up, supervisor.spawn
        )
        performer.has_reason = present_reasons(node.centre)
        node.perform = performer.perform
        fanout = await _show(node, stores.journal, callers, config, foundation)
        link = Link(node, telephony, performer, foundation.reports, supervisor.spawn)
        projector = Projector(stores.journal, SqlRecords(stores.engine), foundation.reports)
        archive = GuardedArchive(SqlArchive(stores.engine))
        capacity = Capacity(open_calls=config.overload.most_calls)
        watch = Watch(_watch_settings(config, foundation))
        organs = Organs(
            node=node,
            link=link,
            performer=performer,
            leases=Leases(node, telephony),
            projector=projector,
            journal=stores.journal,
            telephony=telephony,
            directory=guarded,
            archive=archive,
            fanout=fanout,
            admission=Admission(node, performer, capacity),
            tally=Tally(),
            pulse=watch.pulse,
        )
        signs, vitals = watch.over(organs)
        parts = Parts(
            accounts=SqlAccounts(stores.engine),
            archive=archive,
            stories=JournalStories(stores.journal),
            directory=directory,
            requests=node,
            fanout=fanout,
            clock=foundation.clock,
            plan=plan,
            readiness=signs.readiness,
            level=lambda: vitals.level,
            registry=foundation.registry,
        )
        settings = _web_settings(config)
        web = WebServer(build_app(parts, settings), settings)
        service = Service(
            config, node, link, stores, projector, web, signs, vitals, foundation.registry
        )
        await web.start()
        stack.push_async_callback(web.stop)
        node.start()
        stack.callback(node.stop)
        _keep_running(service, supervisor)
        watch.start(vitals, supervisor)
        stack.callback(watch.watchdog.stop)
        yield service


@dataclass(frozen=True, slots=True)
class Stores:
    """What outlives the process."""

    journal: SqliteJournal
    engine: AsyncEngine
    look_ups: AsyncEngine
    """For the calls at hand alone: reports and records must not take their connections."""


@dataclass(frozen=True, slots=True)
class Foundation:
    """What every part uses."""

    reports: LogReports
    clock: SystemClock
    registry: CollectorRegistry


async def _open_stores(config: Config, stack: AsyncExitStack) -> Stores:
    make_data_folder(config)
    with outages_as(CannotStart):
        await _prepare_database(config.database_url)
    engine = create_engine(config.database_url)
    stack.push_async_callback(engine.dispose)
    journal = await SqliteJournal.open(config.data_folder / "journal.db")
    stack.push_async_callback(journal.close)
    look_ups = create_engine(config.database_url, pool_size=MOST_AT_ONCE)
    stack.push_async_callback(look_ups.dispose)
    return Stores(journal, engine, look_ups)


def make_data_folder(config: Config) -> None:
    """Make the data folder if it is not there; raises CannotStart."""
    try:
        config.data_folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(
            f"The data folder {config.data_folder} cannot be made: {error.strerror}. Let the user "
            "of the service write there, or change data_dir in the configuration."
        ) from error


async def _recall(
    journal: SqliteJournal, plan: Plan, foundation: Foundation, supervisor: Supervisor
) -> Node:
    """Return a node in the state that the journal tells."""
    centre = Centre(Setting(journal.journal_id, plan))
    broken = await fold_centre(journal, centre, foundation.reports)
    node = Node(centre, journal, foundation.clock, foundation.reports, supervisor.spawn)
    _, last_at, _ = await journal.last()
    node.start_clock(last_at)
    await _close_broken(node, journal, broken)
    return node


async def _show(
    node: Node, journal: SqliteJournal, callers: Callers, config: Config, foundation: Foundation
) -> Fanout:
    """Return what pages are told from; it follows the node's turns."""
    fanout = Fanout(token_hex(8), foundation.clock)
    floor = Floor(node.centre, fanout, callers, DayCounts(_day_start(config.time_zone), node.now))
    callers.on_known = floor.publish_call
    await floor.fold_day(journal)
    floor.publish_all()
    node.observers = [callers.observe, floor.observe]
    _lose_all_desks(node)
    node.free(unknown_calls(node.centre))
    return fanout


def _keep_running(service: Service, supervisor: Supervisor) -> None:
    node, journal, organs = service.node, service.stores.journal, service.signs.organs
    node.observers.append(organs.tally.observe)
    supervisor.keep("projector", service.projector.run)
    supervisor.keep("PBX link", service.link.run)
    supervisor.keep("reconciler", service.link.reconcile)
    supervisor.keep("leases", organs.leases.run)
    supervisor.keep("pool snapshots", lambda: _keep_pools(node, journal))


async def _prepare_database(url: str) -> None:
    """Make the tables of an empty database; refuse one of another version."""
    revision = await migrate.current(url)
    if revision is None:
        await migrate.upgrade(url)
    elif revision != migrate.head():
        raise CannotStart(
            f"The database is at revision {revision}, this program needs {migrate.head()}. "
            "Run: callcenter db upgrade --config FILE"
        )


async def _close_broken(node: Node, journal: SqliteJournal, broken: set[CallId]) -> None:
    """Close the records of calls whose facts could not be folded."""
    now = node.now()
    for call_id in sorted(broken):
        stream = f"call/{call_id}"
        entries = [Entry(stream, CallClosed(now), closes=True)]
        if not await _has_ended(journal, stream):
            ended = CallEnded(now, Outcome.FAILED, EndedBy.SYSTEM, "unreadable")
            entries.insert(0, Entry(stream, ended))
        journal.append(entries, lambda: None)


async def _has_ended(journal: SqliteJournal, stream: str) -> bool:
    async for entry in journal.read_stream(stream):
        if isinstance(entry, Recorded) and isinstance(entry.fact, CallEnded):
            return True
    return False


def _lose_all_desks(node: Node) -> None:
    """No page is connected yet: each comes back by itself within seconds."""
    for pool in node.centre.pools.values():
        for agent_id, agent in list(pool.agents.items()):
            if agent.page_connected:
                node.submit(DeskLost(agent_id))


async def _keep_pools(node: Node, journal: SqliteJournal) -> None:
    while True:
        await asyncio.sleep(_SNAPSHOT_EVERY_S)
        async with node.held():
            await journal.flush()
            seq, _, _ = await journal.last()
            for pool in node.centre.pools.values():
                await journal.save_snapshot(f"pool/{pool.pool_id}", seq, [keep(pool, node.now())])


def _http_transport(config: Config) -> HttpTransport:
    asterisk = config.asterisk
    url = f"{asterisk.url.rstrip('/')}/ari"
    return HttpTransport(HttpSettings(url, asterisk.user, asterisk.password.text))


def _ari_settings(config: Config) -> AriSettings:
    durations = {name: duration_ms(name) for name in prompt_names()}
    if config.asterisk.prompts == "http":
        uris = PromptUris(f"sound:{config.web.base_url}/prompts/en/", ".ulaw", durations)
    else:
        uris = PromptUris(durations=durations)
    return AriSettings(
        ActionSettings(
            config.node.application, uris, fallback_context=config.asterisk.fallback_context
        )
    )


def _web_settings(config: Config) -> Settings:
    host, port = config.web.address
    web = config.web
    return Settings(
        host=host,
        port=port,
        certificate=config.folder / web.tls_certificate if web.tls_certificate else None,
        private_key=config.folder / web.tls_key if web.tls_key else None,
        behind_tls_proxy=web.public_url.startswith("https:") and not web.uses_tls,
        allow_plain=web.allow_plain_http,
        origins=tuple(sorted(web.origins)) if port else (),
        prompt_folder=prompt_folder().parent,
        request_kinds=config.request_kinds,
    )


def _watch_settings(config: Config, foundation: Foundation) -> WatchSettings:
    return WatchSettings(
        config.overload,
        LevelFile(config.data_folder),
        foundation.clock,
        foundation.reports,
        foundation.registry,
    )


def _day_start(time_zone: str) -> Callable[[Ms], Ms]:
    """Return a function from an instant to the midnight before it, in a time zone."""
    zone = ZoneInfo(time_zone)
    known = (0, 0)

    def day_start(at: Ms) -> Ms:
        nonlocal known
        if not known[0] <= at < known[1]:
            day = datetime.fromtimestamp(at / 1000, zone).date()
            known = (midnight(day), midnight(day + timedelta(days=1)))
        return known[0]

    def midnight(day: date) -> Ms:
        return round(datetime.combine(day, time(), zone).timestamp() * 1000)

    return day_start
