"""A real Asterisk for the comparison with app_queue: the shipped configuration and a few lines.

The instance itself is made by the tests' support code, so this runs in a checkout only.
"""

import importlib
import os
import shutil
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType
from typing import Protocol

from callcenter.benchmarks.figures import BenchmarkFailed
from callcenter.benchmarks.sip_load import AGENTS_HOST
from ivr_flows.prompt_store import prompt_folder

ROOT_VARIABLE = "CALLCENTER_ASTERISK_ROOT"
"""Where the tests' support code looks for Asterisk first."""
OURS = "7000"
"""Dialled to reach the service, by way of StasisBroadcast."""
APP_QUEUE = "7001"
"""Dialled to reach app_queue behind an IVR in the dialplan."""
QUEUE_KEY, BACKLOG_KEY = "1", "2"

_MEDIA = "media_address = 127.0.0.1\nbind_rtp_to_media_address = yes\n"
# app_queue gets the leanest dialplan that serves the same call: same answer, same prompt, same key.
_DIALPLAN = f"""
[from-trunk](+)
exten => {APP_QUEUE},1,Answer(,i)
 same => n,Goto(bench-ivr,s,1)

[bench-ivr]
exten => s,1,Background(callcenter/en/main_menu)
 same => n,WaitExten(5)
exten => {QUEUE_KEY},1,Queue(bench,,,,600)
 same => n,Hangup()
exten => {BACKLOG_KEY},1,Queue(backlog,,,,600)
 same => n,Hangup()
"""
_QUEUE = """
[{name}]
strategy = leastrecent
musicclass = default
timeout = 20
retry = 1
wrapuptime = 0
autofill = yes
ringinuse = no
joinempty = yes
leavewhenempty = no
announce-frequency = 0
"""


class Keys(Protocol):
    """Passwords of an instance."""

    @property
    def ari_user(self) -> str: ...  # noqa: D102
    @property
    def ari_password(self) -> str: ...  # noqa: D102


class LabAsterisk(AbstractContextManager["LabAsterisk"], Protocol):
    """What is used of ``tests.support.asterisk.Asterisk``; entering it starts the process."""

    folder: Path
    ari_url: str
    sip: tuple[str, int]
    trunk: tuple[str, int]
    keys: Keys

    @property
    def pid(self) -> int | None:
        """The process."""
        ...

    @property
    def sounds(self) -> Path:
        """Where prompts lie."""
        ...

    def close(self) -> None:
        """Stop it and remove all it has written."""
        ...

    def cli(self, command: str) -> str:
        """Return what a console command prints."""
        ...

    def log(self) -> str:
        """Return notices, warnings and errors so far."""
        ...


def lab_asterisk(
    root: Path | None, agents: Sequence[str], backlog_agents: Sequence[str], agents_port: int
) -> LabAsterisk:
    """Return an Asterisk that is not started yet.

    Args:
        root: The folder that Asterisk is installed in, None for the one in the cache.
        agents: Phones of the queue under load, such as "ag0".
        backlog_agents: Phones of the queue with a backlog.
        agents_port: Where all these phones listen.

    Raises:
        BenchmarkFailed: There is no checkout or no Asterisk.
    """
    if root is not None:
        os.environ[ROOT_VARIABLE] = str(root.absolute())
    support = _support("asterisk")
    obstacle = support.why_not()
    if obstacle:
        raise BenchmarkFailed(str(obstacle))
    settings = _support("asterisk_files").AsteriskSettings(
        agents=0, browsers=0, fallback_members=()
    )
    instance: LabAsterisk = support.Asterisk(settings)
    etc = instance.folder / "etc"
    phones = [*agents, *backlog_agents]
    _write(etc / "site" / "agents.conf", "".join(_phone(name, agents_port) for name in phones))
    _append(etc / "site" / "trunk.conf", "[carrier](+)\ndtmf_mode = info\n")
    _append(etc / "extensions.conf", _DIALPLAN)
    queues = _queue("bench", agents) + _queue("backlog", backlog_agents)
    _append(etc / "queues.conf", queues)
    shutil.copytree(prompt_folder(), instance.sounds / "callcenter" / "en")
    return instance


def _support(name: str) -> ModuleType:
    try:
        return importlib.import_module(f"tests.support.{name}")
    except ModuleNotFoundError as error:
        raise BenchmarkFailed(
            f"the Asterisk of the tests is needed and {error.name} is not there: run "
            "python -m callcenter.cli bench setup in the root of a checkout"
        ) from error


def _phone(name: str, port: int) -> str:
    # A contact of its own: phones that register would only add load that is not measured.
    return (
        f"[{name}](agent)\naors = {name}\n{_MEDIA}\n"
        f"[{name}](agent-aor)\nqualify_frequency = 0\n"
        f"contact = sip:{name}@{AGENTS_HOST}:{port}\n\n"
    )


def _queue(name: str, agents: Sequence[str]) -> str:
    members = "".join(f"member => PJSIP/{agent}\n" for agent in agents)
    return _QUEUE.format(name=name) + members


def _append(path: Path, text: str) -> None:
    _write(path, path.read_text() + "\n" + text)


def _write(path: Path, text: str) -> None:
    path.write_text(text)
