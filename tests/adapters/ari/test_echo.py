import asyncio

import pytest

from callcenter.adapters.ari.echo import MOST_UNHEARD, Echoes
from tests.support.virtual_time import virtual


async def live(echoes: Echoes) -> None:
    async with echoes.life:
        await asyncio.sleep(60)


@virtual
async def test_a_connection_that_carries_nothing_is_ended():
    echoes = Echoes()
    life = asyncio.ensure_future(live(echoes))
    await asyncio.sleep(1)
    assert [echoes.ask() for _ in range(MOST_UNHEARD + 1)] == [True] * MOST_UNHEARD + [False]
    with pytest.raises(TimeoutError):
        await life
    assert echoes.was_deaf
    assert asyncio.get_running_loop().time() == 1.0


@virtual
async def test_anything_that_arrives_counts_and_what_was_not_asked_does_not():
    echoes = Echoes()
    told: list[bytes] = []
    hear = echoes.heard_by(told.append)
    life = asyncio.ensure_future(live(echoes))
    await asyncio.sleep(1)
    for _ in range(MOST_UNHEARD * 3):
        assert echoes.ask()
        hear(b"late, but it comes")
    for _ in range(MOST_UNHEARD * 3):
        assert echoes.ask()
        echoes.take_back()
    await life
    assert not echoes.was_deaf
    assert len(told) == MOST_UNHEARD * 3
