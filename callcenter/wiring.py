"""Builds the service from its parts: the only module that knows them all."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
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
from callcenter.adapters.disk_reserve import DiskReserve
from callcenter.adapters.level_file import LevelFile
from callcenter.adapters.logs import LogReports
from callcenter.adapters.sql.accounts import SqlAccounts
from callcenter.adapters.sql.archive import SqlArchive
from callcenter.adapters.sql.call_facts import JournalFacts
from callcenter.adapters.sql.directory import SqlDirectory
from callcenter.adapters.sql.journal import SqliteJournal
from callcenter.adapters.sql.prepared import PreparedRecords
from callcenter.adapters.sql.records import SqlRecords
from callcenter.adapters.system_clock import SystemClock
from callcenter.adapters.web.admin_socket import AdminSocket
from callcenter.adapters.web.app import Parts, build_app
from callcenter.adapters.web.server import WebServer
from callcenter.adapters.web.settings import Settings
from callcenter.auditing import keep_auditing
from callcenter.config import Config, load_config
from callcenter.core.ids import Ms
from callcenter.core.vitals.admission import Capacity
from callcenter.database import CannotStart as CannotStart
from callcenter.database import await_database, look_for_database, refuse_damaged
from callcenter.ports.clock import Clock
from callcenter.ports.journal import JournalFailed
from callcenter.ports.stations import Stations
from callcenter.reloading import Reloadable, Reloader
from callcenter.runtime.admission import Admission
from callcenter.runtime.callback_list import CallbackList
from callcenter.runtime.drain import Drain
from callcenter.runtime.engine import Engine, Outside, Showing
from callcenter.runtime.explaining import Explainer, Sources
from callcenter.runtime.guarded_archive import GuardedArchive
from callcenter.runtime.guarded_directory import MOST_AT_ONCE, GuardedDirectory
from callcenter.runtime.leases import LeaseTimes
from callcenter.runtime.link import Link
from callcenter.runtime.node import Node
from callcenter.runtime.projector import Projector
from callcenter.runtime.story import JournalStories
from callcenter.runtime.supervisor import Supervisor
from callcenter.runtime.tally import Tally
from callcenter.runtime.vitals import Vitals
from callcenter.vital_signs import Organs, VitalSigns
from callcenter.vital_watch import Watch, WatchSettings
from crm_store.engine import create_engine
from crm_store.matching import NumberRules
from ivr_flows.prompt_store import duration_ms, prompt_folder, prompt_names

_LOOK_UP_LIMIT_S = 0.3
_ANSWER_S = 5.0
"""A database that takes longer for one statement counts as away."""


@dataclass(frozen=True, slots=True)
class Service:
    """A running service."""

    config: Config
    node: Node
    link: Link
    stores: "Stores"
    projector: Projector
    web: WebServer
    drain: Drain
    reloader: Reloader
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
    config: Config,
    transport: AriTransport | None = None,
    stations: Stations | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Service]:
    """Run the service within a block.

    Args:
        config: The settings.
        transport: The way to the PBX; over HTTP if None.
        stations: How agents' phones are worked from the page; desk phones if None.
        clock: The machine's clocks if None.

    Raises:
        CannotStart: The database is of another version, or cannot be used and there is no
            journal to go on from, or the data folder cannot be made.
        JournalUnusable: The journal is in use, damaged or not writable.
        ConfigError: A flow is faulty.
        CannotServe: The web port cannot be used.
    """
    async with AsyncExitStack() as stack:
        plan = config.plan()
        stores = await _open_stores(config, stack)
        foundation = Foundation(LogReports(), clock or SystemClock(), CollectorRegistry())
        way = transport or _http_transport(config)
        stack.push_async_callback(way.close)
        supervisor = Supervisor(foundation.reports)
        stack.push_async_callback(supervisor.stop)
        telephony = AriTelephony(
            way, _ari_settings(config), foundation.clock, SystemRandom(), foundation.registry
        )
        directory = SqlDirectory(
            stores.look_ups, NumberRules(region=config.region), _LOOK_UP_LIMIT_S
        )
        guarded = GuardedDirectory(directory, foundation.clock.elapsed_ms)
        outside = Outside(
            journal=stores.journal,
            telephony=telephony,
            stations=stations or DeskPhones(),
            directory=guarded,
            records=PreparedRecords(
                SqlRecords(stores.engine),
                partial(await_database, config.database_url),
                _why_records_wait(config, stores.reserve),
            ),
            clock=foundation.clock,
            reports=foundation.reports,
        )
        showing = Showing(token_hex(8), _day_start(config.time_zone))
        engine = Engine(outside, plan, supervisor, showing, _lease_times(config))
        await engine.recall()
        node = engine.node
        drain = Drain(node, telephony, engine.fanout, foundation.reports)
        watch = Watch(_watch_settings(config, foundation))
        organs = _organs(config, engine, stores, telephony, guarded, watch)
        node.observers.append(organs.tally.observe)
        signs, vitals = watch.over(organs)
        accounts = SqlAccounts(stores.engine)
        explainer = _explainer(config, node, organs.archive, accounts)
        parts = Parts(
            accounts=accounts,
            archive=organs.archive,
            stories=JournalStories(stores.journal),
            explanations=explainer,
            callbacks=CallbackList(node),
            directory=directory,
            requests=node,
            fanout=engine.fanout,
            clock=foundation.clock,
            plan=lambda: node.centre.setting.plan,
            readiness=signs.readiness,
            level=lambda: vitals.level,
            registry=foundation.registry,
        )
        settings = _web_settings(config)
        web = WebServer(build_app(parts, settings), settings)
        reloader = Reloader(
            config,
            partial(load_config, Path(config.marks.source), os.environ),
            Reloadable(node, organs.admission, signs, accounts, foundation.reports),
        )
        service = Service(
            config, node, engine.link, stores, engine.projector, web, drain, reloader, signs,
            vitals, foundation.registry,
        )  # fmt: skip
        await web.start()
        stack.push_async_callback(web.stop)
        await _listen_to_operator(
            AdminSocket(config.data_folder, drain, reloader, explainer), stack
        )
        engine.keep_running()
        stack.callback(engine.stop)
        supervisor.keep("drain", drain.run)
        if config.audit.every:
            supervisor.keep("audit", lambda: _keep_auditing(service, foundation))
        watch.start(vitals, supervisor, stores.reserve)
        stack.callback(watch.watchdog.stop)
        yield service


def _explainer(
    config: Config, node: Node, archive: GuardedArchive, accounts: SqlAccounts
) -> Explainer:
    sources = Sources(JournalFacts(config.journal_path), archive, accounts.profiles)
    return Explainer(sources, node.now, node.centre)


async def _listen_to_operator(admin: AdminSocket, stack: AsyncExitStack) -> None:
    await admin.start()
    stack.push_async_callback(admin.stop)


def _organs(
    config: Config,
    engine: Engine,
    stores: "Stores",
    telephony: AriTelephony,
    directory: GuardedDirectory,
    watch: Watch,
) -> Organs:
    capacity = Capacity(open_calls=config.overload.most_calls)
    return Organs(
        node=engine.node,
        link=engine.link,
        performer=engine.performer,
        leases=engine.leases,
        projector=engine.projector,
        journal=stores.journal,
        reserve=stores.reserve,
        telephony=telephony,
        directory=directory,
        archive=GuardedArchive(SqlArchive(stores.engine)),
        fanout=engine.fanout,
        admission=Admission(engine.node, engine.performer, capacity),
        tally=Tally(),
        pulse=watch.pulse,
    )


@dataclass(frozen=True, slots=True)
class Stores:
    """What outlives the process."""

    journal: SqliteJournal
    reserve: DiskReserve
    engine: AsyncEngine
    look_ups: AsyncEngine
    """For the calls at hand alone: reports and records must not take their connections."""


@dataclass(frozen=True, slots=True)
class Foundation:
    """What every part uses."""

    reports: LogReports
    clock: Clock
    registry: CollectorRegistry


async def _open_stores(config: Config, stack: AsyncExitStack) -> Stores:
    make_data_folder(config)
    reserve = DiskReserve(config.data_folder / "reserve", config.journal.reserve_mib << 20)
    journal = await SqliteJournal.open(config.journal_path, reserve.spend)
    await asyncio.to_thread(reserve.fill)
    stack.push_async_callback(journal.close)
    await refuse_damaged(config.database_file)
    await look_for_database(config.database_url, journal)
    engine = create_engine(config.database_url, answer_within_s=_ANSWER_S)
    stack.push_async_callback(engine.dispose)
    look_ups = create_engine(config.database_url, pool_size=MOST_AT_ONCE, answer_within_s=_ANSWER_S)
    stack.push_async_callback(look_ups.dispose)
    return Stores(journal, reserve, engine, look_ups)


def _why_records_wait(config: Config, reserve: DiskReserve) -> Callable[[], str]:
    """Return what says why no records are stored: the last room on their disk is the journal's."""
    file = config.database_file
    if file is None or not file.exists() or file.stat().st_dev != config.data_folder.stat().st_dev:
        return lambda: ""
    return lambda: "" if reserve.is_there else "the last room on the disk is for the journal."


def make_data_folder(config: Config) -> None:
    """Make the data folder if it is not there; raises CannotStart."""
    try:
        config.data_folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(
            f"The data folder {config.data_folder} cannot be made: {error.strerror}. Let the user "
            "of the service write there, or change data_dir in the configuration."
        ) from error


async def _keep_auditing(service: Service, foundation: Foundation) -> None:
    clock, reports = foundation.clock, foundation.reports
    await keep_auditing(service.config, service.stores.engine, clock.wall_ms, reports)


def _http_transport(config: Config) -> HttpTransport:
    asterisk = config.asterisk
    return HttpTransport(HttpSettings.of_pbx(asterisk.url, asterisk.user, asterisk.password.text))


def _ari_settings(config: Config) -> AriSettings:
    durations = {name: duration_ms(name) for name in prompt_names()}
    if config.asterisk.prompts == "http":
        uris = PromptUris(f"sound:{config.web.base_url}/prompts/en/", ".ulaw", durations)
    else:
        uris = PromptUris(durations=durations)
    return AriSettings(
        ActionSettings(
            config.node.application,
            uris,
            lease_ms=int(config.asterisk.waiting_lease),
            fallback_context=config.asterisk.fallback_context,
        )
    )


def _lease_times(config: Config) -> LeaseTimes:
    asterisk = config.asterisk
    return LeaseTimes(int(asterisk.waiting_lease), int(asterisk.talk_lease))


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
