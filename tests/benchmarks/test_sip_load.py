"""The SIP load, against a PBX that says no."""

import asyncio
import socket

import uvloop

from callcenter.benchmarks.sip_load import Outcome, Plan, SipLoad
from callcenter.benchmarks.sip_text import parse, respond
from tests.support.asterisk_files import free_port


class RefusingPbx(asyncio.DatagramProtocol):
    """Refuses every INVITE as busy."""

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        message = parse(data)
        if message.method == b"INVITE":
            self.transport.sendto(respond(message, "486 Busy Here", "p", "sip:pbx@127.0.0.1"), addr)


async def _run() -> Outcome:
    loop = asyncio.get_running_loop()
    pbx, _ = await loop.create_datagram_endpoint(RefusingPbx, local_addr=("127.0.0.1", 0))
    load = SipLoad(
        pbx.get_extra_info("socket").getsockname(),
        ("127.0.0.2", free_port("127.0.0.2", socket.SOCK_DGRAM)),
        free_port("127.0.0.1", socket.SOCK_DGRAM),
    )
    try:
        await load.open()
        plan = Plan("7000", "1", calls=3, calls_per_s=100.0, patience_s=2.0)
        return await load.run(plan, ["+12125550100", "+12125550101", "+12125550102"])
    finally:
        load.close()
        pbx.close()


def test_refused_calls_are_counted_and_end_the_run():
    # On uvloop, as the command runs it: its transports are of other classes.
    outcome = uvloop.run(_run())
    assert (outcome.sent, outcome.refused, outcome.served, outcome.unfinished) == (3, 3, 0, 0)
