"""The test phones themselves, against the real Asterisk: what they report must be true."""

import asyncio

import pytest

from tests.support.asterisk import Asterisk
from tests.support.asterisk_fixture import eventually
from tests.support.phones import Answers
from tests.support.sip_phone import SipPhones

pytestmark = pytest.mark.asterisk


async def _call_station(asterisk: Asterisk, phones: SipPhones, name: str):
    pass


async def test_x(phones: SipPhones, asterisk: Asterisk):
    st = phones.station("PJSIP/agent1")
    await eventually(lambda: "Not in use" in asterisk.cli("queue show fallback"))
    st.behaviour = Answers()
    c = await phones.dial("+4930123456", "0800123", "Erika")
    await c.wait_answered(2.5)
    await asyncio.sleep(0.5)
    print("HEARD prompt", c.heard_ms(400), c.packets(), c.call.state)
    await st.wait_in_call(6)
    await asyncio.sleep(0.8)
    print(
        st.shown_caller,
        st.hears(c),
        c.hears(st),
        c.hears(c),
        c.packets(),
        st.packets(),
        c.largest_gap_ms(asyncio.get_running_loop().time() - 0.5),
    )
    print(asterisk.cli("core show channels verbose"))
    await st.hang_up()
    await c.wait_ended(3)
    print(open(asterisk.cel_path).read())
    print(asterisk.log()[-3000:])
