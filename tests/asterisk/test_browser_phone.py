"""A browser's way in: SIP over the websocket, with the account of a browser phone."""

import secrets

import aiohttp
import pytest

from tests.support.asterisk import Asterisk
from tests.support.asterisk_fixture import eventually
from tests.support.sip_message import Account, Header, Message, new_branch, respond

pytestmark = pytest.mark.asterisk

_URI = "sip:pbx.invalid"


async def test_a_browser_phone_registers_by_websocket(asterisk: Asterisk):
    """It counts as reachable when it has answered the first OPTIONS, and no longer."""
    account = Account("web1", asterisk.keys.phone_password)
    patience = aiohttp.ClientWSTimeout(ws_close=0.1)
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(asterisk.ws_url, protocols=["sip"], timeout=patience) as socket,
    ):
        await _send(socket, _register(account, 1))
        challenge = await _receive(socket, "REGISTER")
        assert challenge.status == 401
        await _send(socket, _register(account, 2, account.authorize(challenge, "REGISTER", _URI)))
        assert (await _receive(socket, "REGISTER")).status == 200
        question = await _receive(socket, "OPTIONS")
        await _send(socket, respond(question, 200, "OK", "browser"))
        await eventually(lambda: "Not in use" in asterisk.cli("pjsip show endpoint web1"))
    await eventually(lambda: "Unavailable" in asterisk.cli("pjsip show endpoint web1"))


def _register(account: Account, sequence: int, *more: Header) -> Message:
    own = f"<sip:{account.user}@pbx.invalid>"
    headers = [
        ("Via", f"SIP/2.0/WS browser.invalid;branch={new_branch()}"),
        ("Max-Forwards", "70"),
        ("From", f"{own};tag={secrets.token_hex(4)}"),
        ("To", own),
        ("Call-ID", "browser"),
        ("CSeq", f"{sequence} REGISTER"),
        ("Contact", f"<sip:{account.user}@browser.invalid;transport=ws>;expires=60"),
        *more,
    ]
    return Message(f"REGISTER {_URI} SIP/2.0", headers)


async def _send(socket: aiohttp.ClientWebSocketResponse, message: Message) -> None:
    await socket.send_str(message.encode().decode())


async def _receive(socket: aiohttp.ClientWebSocketResponse, method: str) -> Message:
    """Return the next message about a method; the PBX asks and answers in any order."""
    while True:
        text = await socket.receive_str(timeout=10)
        if not text.strip():
            continue  # the PBX keeps the connection alive with empty lines (RFC 7118, 6)
        message = Message.parse(text.encode())
        if message.method == method:
            return message
