"""What the node is told of agents' pages, in whatever order they come and go."""

import asyncio
from itertools import pairwise

import pytest

from callcenter.adapters.web.desks import Desks
from callcenter.core.acd.messages import DeskFound, DeskLost
from callcenter.core.ids import AgentId
from callcenter.ports.requests import Request
from tests.support.web_fakes import ANNA, ListeningNode

assert ANNA.profile is not None
PROFILE = ANNA.profile
A1 = AgentId("a1")


class RecordingPage:
    """A page that remembers what it was told."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def close(self, reason: str) -> None:
        self.reasons.append(reason)


class SlowNode(ListeningNode):
    """A node whose answers take a few turns of the loop, as a commit does."""

    async def request(self, request: Request) -> str | None:
        answer = await super().request(request)
        for _ in range(5):
            await asyncio.sleep(0)
        return answer


async def test_first_page_is_found_and_last_is_lost():
    node = ListeningNode()
    desks, page = Desks(node), RecordingPage()
    assert await desks.arrive(PROFILE, page) is None
    await desks.depart(A1, page)
    await desks.depart(A1, page)
    assert node.kinds() == ["LogInRequested", "DeskFound", "DeskLost"]
    assert page.reasons == []


async def test_same_page_twice_renews_the_login_only():
    node = ListeningNode()
    desks, page = Desks(node), RecordingPage()
    await desks.arrive(PROFILE, page)
    await desks.arrive(PROFILE, page)
    assert node.kinds() == ["LogInRequested", "DeskFound", "LogInRequested"]
    assert page.reasons == []


async def test_page_that_was_taken_over_takes_nothing_with_it():
    node = ListeningNode()
    desks, first, second = Desks(node), RecordingPage(), RecordingPage()
    await desks.arrive(PROFILE, first)
    await desks.arrive(PROFILE, second)
    await desks.depart(A1, first)
    assert first.reasons == ["taken_over"]
    assert DeskLost(A1) not in node.heard
    await desks.depart(A1, second)
    assert node.heard[-1] == DeskLost(A1)


async def test_refused_login_finds_no_desk():
    node = ListeningNode(refusal="closed")
    desks, page = Desks(node), RecordingPage()
    assert await desks.arrive(PROFILE, page) == "closed"
    await desks.depart(A1, page)
    assert node.kinds() == ["LogInRequested"]


async def test_page_taken_over_while_it_waits_says_nothing():
    node = SlowNode()
    desks = Desks(node)
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(desks.arrive(PROFILE, RecordingPage()))
    assert node.kinds() == ["LogInRequested", "DeskFound", "LogInRequested"]


async def test_page_that_goes_while_it_is_being_found_is_lost():
    node = SlowNode()
    desks, page = Desks(node), RecordingPage()
    arriving = asyncio.create_task(desks.arrive(PROFILE, page))
    await node.until("LogInRequested", "DeskFound")
    await desks.depart(A1, page)
    await arriving
    assert node.kinds() == ["LogInRequested", "DeskFound", "DeskLost"]


@pytest.mark.parametrize("stays", [True, False])
async def test_what_is_told_last_is_true_however_pages_overlap(stays: bool):
    node = SlowNode()
    desks = Desks(node)
    pages = [RecordingPage() for _ in range(6)]

    async def visit(page: RecordingPage, pause: int, *, leaves: bool) -> None:
        for _ in range(pause):
            await asyncio.sleep(0)
        await desks.arrive(PROFILE, page)
        if leaves:
            await desks.depart(A1, page)

    async with asyncio.TaskGroup() as group:
        for number, page in enumerate(pages):
            last = number == len(pages) - 1
            group.create_task(visit(page, number * 4, leaves=not (last and stays)))
    told = [each for each in node.heard if isinstance(each, DeskFound | DeskLost)]
    assert told[-1] == (DeskFound(A1) if stays else DeskLost(A1))
    assert all(type(a) is not type(b) for a, b in pairwise(told))
