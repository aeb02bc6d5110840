"""The demo floor, within this process."""

import asyncio
from collections import Counter

from callcenter.demo import PEOPLE, ROBOTS, DemoOptions, running_demo


async def test_its_counts_are_those_of_the_store_and_nothing_is_left_on_the_pbx():
    said: list[str] = []
    options = DemoOptions(calls=4, exit_after_s=15.0, seed=3, web_port=0)
    async with asyncio.timeout(80), running_demo(options, said.append) as floor:
        await floor.finished(options)
        report = await floor.report()
        outcomes = Counter(floor.tally.outcomes)
    fallbacks = outcomes.pop("fallback", 0)
    assert report["calls"] == sum(outcomes.values()) + fallbacks == 4
    assert report["store"] == {"outcomes": dict(outcomes)}
    assert any("customers" in line for line in said)
    assert set(PEOPLE) & {name.lower() for name in ROBOTS} == set(), (
        "people have pages of their own"
    )
