"""How tests get an Asterisk and its phones, and what happens where none can run."""

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from tests.support.asterisk import Asterisk, why_not
from tests.support.asterisk_files import AsteriskSettings
from tests.support.sip_message import Account
from tests.support.sip_phone import SipPhones


@contextmanager
def running_asterisk(settings: AsteriskSettings | None = None) -> Iterator[Asterisk]:
    """Run an Asterisk; see ``need_asterisk`` for where none can run."""
    need_asterisk()
    with Asterisk(settings) as instance:
        yield instance


def need_asterisk() -> None:
    """Where no Asterisk can run, fail, or skip if ``ALLOW_SKIPS=1`` says so."""
    obstacle = why_not()
    if obstacle and os.environ.get("ALLOW_SKIPS") == "1":
        pytest.skip(obstacle)
    if obstacle:
        pytest.fail(f"{obstacle} (ALLOW_SKIPS=1 skips these tests)")


@asynccontextmanager
async def sip_phones(asterisk: Asterisk) -> AsyncIterator[SipPhones]:
    """Give a phone for every agent, ready to ring; afterwards no channel may be left over."""
    accounts = agent_accounts(asterisk)
    names = {account.user for account in accounts}
    async with SipPhones(asterisk.sip, asterisk.trunk, accounts) as phones:
        await eventually(lambda: names <= asterisk.online_phones())
        yield phones
    await no_channels(asterisk)


def agent_accounts(asterisk: Asterisk) -> list[Account]:
    """Return the accounts of the desk phones agent1, agent2, ..."""
    password = asterisk.keys.phone_password
    return [Account(f"agent{n + 1}", password) for n in range(asterisk.settings.agents)]


async def no_channels(asterisk: Asterisk) -> None:
    """Wait until Asterisk has no channel; raises TimeoutError if one stays."""
    await eventually(lambda: asterisk.channel_count() == 0)


async def eventually(check: Callable[[], bool], timeout_s: float = 10.0) -> None:
    """Ask until it is true; raises TimeoutError.

    For what Asterisk tells only to those who ask: its console.
    """
    async with asyncio.timeout(timeout_s):
        for pause_s in itertools.repeat(0.03):
            if await asyncio.to_thread(check):
                return
            await asyncio.sleep(pause_s)
