"""``callcenter why``: the reasons for where calls went, who waits, and who gets none."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import msgspec

from callcenter.adapters.sql.accounts import SqlAccounts
from callcenter.adapters.sql.archive import SqlArchive
from callcenter.adapters.sql.call_facts import JournalFacts
from callcenter.adapters.sql.outages import outages_as
from callcenter.adapters.system_clock import SystemClock
from callcenter.adapters.web.admin_client import AdminClient, NotRunning
from callcenter.cli.common import config_option, json_option, print_json, read_config, run, say
from callcenter.config import Config
from callcenter.core.ids import CALL_ID, AgentId, CallId
from callcenter.core.why.explained import of_absent
from callcenter.core.why.explanation import Explanation, as_text
from callcenter.ports.records import RecordsUnavailable
from callcenter.runtime.explaining import MOST_WAITING, Explainer, Sources
from crm_store import users
from crm_store.engine import create_engine


class WhyResult(msgspec.Struct):
    """What is printed with ``--json``."""

    explanations: Sequence[Explanation]


@click.command()
@click.argument("call_id", default="")
@click.option("--agent", "login", default="", help="Why this agent gets no calls: their login.")
@click.option("--waiting", is_flag=True, help="Why each caller who waits now still does.")
@config_option
@json_option
def why(call_id: str, login: str, *, waiting: bool, config_path: Path, as_json: bool) -> None:
    """Say why a call went where it went, in sentences.

    CALL_ID is the id of a call, open or past: it is in its address on the page
    of calls, in the log, and in what --waiting prints. A past call is told from
    the journal, also when the service does not run.

    With --agent or --waiting the running service is asked about the present.
    """
    if sum((bool(call_id), bool(login), waiting)) != 1:
        raise click.UsageError("Give one of CALL_ID, --agent LOGIN and --waiting.")
    config = read_config(config_path)
    if waiting:
        found = run(_waiting(config))
    else:
        found = [run(_of_agent(config, login) if login else _of_call(config, call_id))]
    if as_json:
        print_json(WhyResult(found))
    else:
        _tell(found, config)


def _tell(found: Sequence[Explanation], config: Config) -> None:
    zone = ZoneInfo(config.time_zone)
    for number, each in enumerate(found):
        if number:
            click.echo("")
        if len(found) > 1:
            click.echo(f"Call {each.id}")
        for line in as_text(each, zone):
            click.echo(line)


async def _waiting(config: Config) -> Sequence[Explanation]:
    found = await AdminClient(config.data_folder).why_waiting()
    if not found:
        say("Nobody waits.")
    if len(found) == MOST_WAITING:
        say(f"Only the first {MOST_WAITING} are told of.")
    return found


async def _of_call(config: Config, call_id: str) -> Explanation:
    if not CALL_ID.fullmatch(call_id):
        raise click.ClickException(
            f"{call_id!r} is no call's id: one is 32 of the characters 0-9 and a-f. It stands in "
            "the address of the call's page; callcenter why --waiting prints those who wait."
        )
    try:
        found = await AdminClient(config.data_folder).why_call(CallId(call_id))
    except NotRunning:
        say("The service does not run: this is told from what is recorded.")
        found = await _recorded(config, CallId(call_id))
    if found is None:
        raise click.ClickException(
            f"Nothing is known of the call {call_id}: neither the journal {config.journal_path} "
            "nor the CRM has it. Is it of another node, or is this another configuration file?"
        )
    return found


async def _recorded(config: Config, call_id: CallId) -> Explanation | None:
    engine = create_engine(config.database_url)
    try:
        sources = Sources(
            JournalFacts(config.journal_path), SqlArchive(engine), SqlAccounts(engine).profiles
        )
        found = await Explainer(sources, SystemClock().wall_ms, None).call(call_id)
    finally:
        await engine.dispose()
    return found.explanation if found else None


async def _of_agent(config: Config, login: str) -> Explanation:
    agent_id, name = await _agent(config, login)
    found = await AdminClient(config.data_folder).why_agent(agent_id)
    return found or of_absent(agent_id, name, SystemClock().wall_ms())


async def _agent(config: Config, login: str) -> tuple[AgentId, str]:
    engine = create_engine(config.database_url)
    try:
        with outages_as(RecordsUnavailable):
            people = await users.list_users(engine)
    finally:
        await engine.dispose()
    found = next((each for each in people if each.login == login), None)
    if found is None:
        known = ", ".join(each.login for each in people if each.station)
        raise click.ClickException(
            f"Nobody has the login {login!r}. These take calls: {known or 'nobody yet'}."
        )
    if not found.station:
        raise click.ClickException(
            f"{login} takes no calls: the account has no phone. An account for calls is made with "
            "callcenter user add --station."
        )
    return AgentId(found.user_id.hex), found.name
