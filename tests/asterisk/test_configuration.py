"""What the shipped configuration forbids, and that Asterisk takes it without a complaint."""

import asyncio
import re
import socket
from pathlib import Path

import aiohttp
import pytest

from tests.support.ari_probe import AriProbe
from tests.support.asterisk import Asterisk
from tests.support.asterisk_files import SHIPPED, free_port, own_address
from tests.support.asterisk_fixture import eventually
from tests.support.phones import CallFailed
from tests.support.sip_call import Identity
from tests.support.sip_message import Account
from tests.support.sip_phone import SipPhones

pytestmark = pytest.mark.asterisk

_LISTENS = "0A"
_REACHES = (
    "CURL(http://127.0.0.1/)",
    "SHELL(id)",
    "FILE(/etc/passwd)",
    "ENV(HOME)",
    "DB(a/b)",
    "AST_CONFIG(ari.conf,callcenter,password)",
    "AST_SORCERY(res_pjsip,auth,agent1,password)",
)


def test_asterisk_starts_without_a_warning(asterisk: Asterisk):
    start = asterisk.log().split("Asterisk")[1]
    assert re.findall(r"(?:WARNING|ERROR).*", asterisk.boot_log) == [], start


def test_ari_listens_on_loopback_only(asterisk: Asterisk):
    port = f"{asterisk.at.http_port:04X}"
    tables = [Path("/proc/net", name).read_text().splitlines()[1:] for name in ("tcp", "tcp6")]
    sockets = [line.split()[1:4] for table in tables for line in table]
    listening = [local for local, _, state in sockets if state == _LISTENS]
    assert [at for at in listening if at.endswith(f":{port}")] == [f"0100007F:{port}"]


def test_ari_does_not_answer_at_the_address_others_see(asterisk: Asterisk):
    own = own_address()
    if own is None:
        pytest.skip("this machine has no other address")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((own, asterisk.at.http_port), timeout=1)


async def test_ari_wants_a_password(asterisk: Asterisk):
    url = f"{asterisk.ari_url}/channels"
    async with aiohttp.ClientSession() as http, http.get(url) as response:
        assert response.status == 401


async def test_ari_reads_no_file_no_password_and_no_address(asterisk: Asterisk, phones: SipPhones):
    async with AriProbe(asterisk) as probe:
        await probe.beat()
        await phones.dial("+4930111", "0800123")
        channel = (await probe.take_call("+4930111"))["channel"]["id"]
        assert await _read(probe, channel, "CALLERID(num)") == "+4930111"
        for reach in _REACHES:
            with pytest.raises(aiohttp.ClientResponseError, match="500"):
                await _read(probe, channel, reach)


async def _read(probe: AriProbe, channel: str, function: str) -> str:
    answer = await probe.command("GET", f"channels/{channel}/variable", variable=function)
    return str(answer["value"])


@pytest.mark.parametrize("target", ["+4930111", "0800123", "s", "T", "agent2", "carrier"])
async def test_an_agents_phone_cannot_dial(phones: SipPhones, target: str):
    assert await phones.station("PJSIP/agent1").dial(target) == 404


async def test_a_phone_with_a_wrong_password_is_not_let_in(asterisk: Asterisk):
    wrong = [Account("agent1", "wrong")]
    with pytest.raises(ExceptionGroup) as refused:
        async with SipPhones(asterisk.sip, asterisk.trunk, wrong):
            pass
    assert "401" in str(refused.value.exceptions[0])


async def test_a_call_from_an_unknown_address_is_not_let_in(asterisk: Asterisk):
    elsewhere = ("127.0.0.3", free_port("127.0.0.3", socket.SOCK_DGRAM))
    async with SipPhones(asterisk.sip, elsewhere, []) as strangers:
        caller = await strangers.dial("carrier", "0800123")
        with pytest.raises(CallFailed, match="401"):
            await caller.wait_answered(5)


async def test_a_caller_who_calls_himself_agent_stays_a_caller(
    asterisk: Asterisk, phones: SipPhones
):
    async with AriProbe(asterisk) as probe:
        await probe.beat(age_s=60)
    caller = await phones.dial("agent1", "0800123")
    await caller.wait_answered(5)


async def test_a_reload_of_the_dialplan_keeps_the_heartbeat(asterisk: Asterisk):
    async with AriProbe(asterisk) as probe:
        await probe.set_global("CC_BEAT", "1234567890")
        asterisk.cli("dialplan reload")
        assert "CC_BEAT=1234567890" in asterisk.cli("dialplan show globals")


@pytest.mark.parametrize(
    ("privacy", "told"),
    [((), "0800123:allowed:+4930998877"), ((("Privacy", "id"),), "0800123:withheld:")],
    ids=["shown", "withheld"],
)
async def test_asterisk_keeps_a_ledger_with_no_number_that_is_withheld(
    asterisk: Asterisk, phones: SipPhones, privacy: tuple[tuple[str, str], ...], told: str
):
    async with AriProbe(asterisk) as probe:
        await probe.beat(age_s=60)
    before = asterisk.cel_path.read_text() if asterisk.cel_path.exists() else ""
    who = Identity('"Erika" <sip:+4930998877@127.0.0.2>', privacy)
    caller = await phones.dial_as(who, "0800123")
    await caller.wait_answered(5)
    await caller.hang_up()
    await eventually(lambda: _last_kind(asterisk) == "LINKEDID_END")
    ledger = (await asyncio.to_thread(asterisk.cel_path.read_text)).removeprefix(before)

    kinds = [line.split(",")[1].strip('"') for line in ledger.splitlines()]
    assert kinds == [
        "CHAN_START",
        "CC_ARRIVED",
        "CC_FALLBACK",
        "ANSWER",
        "HANGUP",
        "CHAN_END",
        "LINKEDID_END",
    ]
    assert f'""extra"":""{told}""' in ledger
    assert "Erika" not in ledger
    assert ledger.count("4930998877") == told.count("4930998877")
    assert "4930998877" not in asterisk.log()


def _last_kind(asterisk: Asterisk) -> str:
    return asterisk.cel_path.read_text().splitlines()[-1].split(",")[1].strip('"')


def test_examples_hold_no_real_password():
    for example in (SHIPPED / "site").glob("*.example"):
        for password in re.findall(r"^password = (.*)$", example.read_text(), re.MULTILINE):
            assert password == "CHANGE-ME", example.name


def test_every_file_that_is_included_has_an_example():
    for shipped in SHIPPED.glob("*.conf"):
        for name in re.findall(r'^#include "(.+)"', shipped.read_text(), re.MULTILINE):
            assert (SHIPPED / f"{name}.example").is_file(), f"{shipped.name}: {name}"
