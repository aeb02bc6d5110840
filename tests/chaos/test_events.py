"""What the PBX tells is broken, huge, unknown, doubled, out of order or stale: calls are served."""

import asyncio
import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from callcenter.adapters.ari.events import LONGEST_MESSAGE
from callcenter.adapters.ari.wire import EVENT_TYPES
from tests.chaos.conftest import Site
from tests.support.event_relay import EventRelay, Forgery
from tests.support.program import DNIS, Pbx

pytestmark = [pytest.mark.asterisk, pytest.mark.chaos]

CALLS = 3
STRANGER = {"id": "1.1", "state": "Up", "caller": {"number": "1", "name": ""}}

GARBAGE = {
    "empty": b"",
    "a word": b"hello",
    "half": b'{"type": "StasisStart", "channel": {"id": "1',
    "null": b"null",
    "a list": b'[{"type": "StasisStart"}]',
    "no type": b'{"channel": {"id": "1.1"}}',
    "a number for a type": b'{"type": 5}',
    "not UTF-8": b'{"type": "\xff\xfe"}',
    "half a surrogate": b'{"type": "Dial\\ud800"}',
    "no number": b'{"type": "Dial", "x": NaN}',
    "very deep": b'{"type": "Dial", "x": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
}
UNKNOWN = b'{"type": "ChannelTransferred", "channel": {"id": "1.1"}}'
HUGE = json.dumps({"type": "Dial", "peer": STRANGER, "x": "y" * LONGEST_MESSAGE}).encode()


def without_fields() -> Iterator[bytes]:
    """Yield each type of event without what it is about, and with nonsense there."""
    for kind in EVENT_TYPES:
        for nonsense in ({}, {"channel": None}, {"channel": "1.1", "playback": 7, "peer": []}):
            yield json.dumps({"type": kind, **nonsense}).encode()


async def relayed(site: Site) -> EventRelay:
    """Let the program reach its PBX through a relay."""
    target = ("127.0.0.1", site.asterisk.at.http_port)
    relay = await site.stack.enter_async_context(EventRelay(target))
    keys = site.asterisk.keys
    await site.program.stop()
    url = f"http://127.0.0.1:{relay.port}"
    site.program.pbx = Pbx(url, keys.ari_user, keys.ari_password)
    site.program.configure()
    await site.program.start()
    return relay


async def serve(site: Site, calls: int) -> None:
    """Let callers be served one after the other, from menu to wrap-up, and look at the records."""
    anna = await site.agent()
    for n in range(calls):
        rings = site.station().rings
        caller = await site.waiting(f"+1212555014{n}")
        await site.station().wait_ringing(5)
        await site.station().answer()
        await anna.until_call("talking")
        await asyncio.sleep(0.6)
        assert caller.hears(site.station())
        assert site.asterisk.channel_count() == 2
        await caller.hang_up()
        await anna.wrap_up()
        await anna.until_state("ready")
        assert site.station().rings == rings + 1, "the phone rang once for it"
    records = await site.program.records(calls)
    assert [record.ani for record in records] == [f"+1212555014{n}" for n in range(calls)]
    assert {str(record.outcome) for record in records} == {"answered"}
    assert "a turn failed" not in site.program.log()
    assert "Traceback" not in site.program.log()


async def counted(site: Site, kind: str) -> float:
    """Return the service's count of events by type, or by why they were not read."""
    return await site.program.metric(f'callcenter_ari_events_total{{type="{kind}"}}')


async def test_what_makes_no_sense_is_dropped_and_counted(site: Site):
    """F36: between all events come broken, huge and unknown ones."""
    relay = await relayed(site)
    nonsense = [*GARBAGE.values(), UNKNOWN, HUGE, *without_fields()]
    sent = 0

    def forge(message: bytes) -> Iterator[Forgery]:
        nonlocal sent
        for _ in range(4):
            yield 0.0, nonsense[sent % len(nonsense)]
            sent += 1
        yield 0.0, message

    relay.forge = forge
    for each in nonsense:
        await relay.say(each)
    await serve(site, CALLS)
    rounds = 1 + sent // len(nonsense)
    assert await counted(site, "malformed") >= len(GARBAGE) * rounds
    assert await counted(site, "too_long") >= rounds
    assert await counted(site, "unknown_type") >= rounds
    with_fields = set(EVENT_TYPES) - {"ChannelUserevent"}
    assert await counted(site, "incomplete") >= 3 * len(with_fields) * rounds
    assert await site.health() == 200


async def test_events_that_lack_fields_do_no_harm(site: Site):
    """F36: each event comes before without one of its fields, of its own or of its channel's."""
    relay = await relayed(site)
    random = Random(36)

    def forge(message: bytes) -> Iterator[Forgery]:
        event = json.loads(message)
        yield 0.0, json.dumps(without_one(event, random, keep={"type"})).encode()
        for place in ("channel", "peer", "playback"):
            if place in event:
                less = without_one(event[place], random, keep={"id"})
                yield 0.0, json.dumps({**event, place: less}).encode()
        yield 0.0, message

    relay.forge = forge
    await serve(site, CALLS)


def without_one(whole: dict[str, Any], random: Random, keep: set[str]) -> dict[str, Any]:
    """Return an object without one of its fields."""
    gone = random.choice(sorted(whole.keys() - keep))
    return {name: value for name, value in whole.items() if name != gone}


async def test_events_that_come_twice_or_late_or_overtake_each_other_do_no_harm(site: Site):
    """F37: each event is held back by up to 200 ms and comes again, at once and much later."""
    relay = await relayed(site)
    random = Random(37)

    def forge(message: bytes) -> Iterator[Forgery]:
        later_s = random.choice([0.0, 0.0, random.uniform(0.01, 0.2)])
        yield later_s, message
        yield later_s, message
        yield random.uniform(0.3, 6.0), message

    relay.forge = forge
    await serve(site, CALLS)
    assert await counted(site, "repeated") >= CALLS


async def test_a_key_that_is_told_twice_was_pressed_once(site: Site):
    """F37: a wrong key uses up one of two attempts, however often it is told."""
    relay = await relayed(site)
    relay.forge = lambda message: [(0.0, message)] * 3
    anna = await site.agent()
    caller = await site.phones.dial("+12125550147", DNIS)
    await caller.wait_answered(5)
    await caller.press("0")
    await asyncio.sleep(0.5)
    await caller.press("1")
    pop = await anna.until_call("ringing")
    assert pop["queue_name"] == "Sales", "told twice, the wrong key would have used up both tries"
    await caller.hang_up()
    await site.program.records(1)
