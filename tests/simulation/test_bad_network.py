"""Commands that are refused, slow or unanswered; events that are lost, late or twice."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

import pytest

from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.bad_network import BadNetwork
from callcenter.simulation.phones import SimulatedPhones
from callcenter.simulation.scheduler import LoopScheduler
from callcenter.simulation.virtual_time import run
from callcenter.simulation.weather import Weather


class Line:
    def __init__(self, *, seed: int = 2, **conditions: Any) -> None:
        self.model = AsteriskModel(LoopScheduler(asyncio.get_running_loop(), 1e12), Random(1))
        self.phones = SimulatedPhones(self.model, [])
        self.weather = Weather(**conditions)
        self.told: list[tuple[str, str]] = []
        self.network = BadNetwork(
            self.model,
            self.weather,
            Random(seed),
            lambda kind, text: self.told.append((kind, text)),
        )
        self.heard: list[bytes] = []

    async def listen(self) -> asyncio.Task[None]:
        opened = asyncio.Event()

        async def is_open() -> None:
            opened.set()

        task = asyncio.create_task(
            self.network.listen("cc-soak", is_open, self.heard.append), name="listen"
        )
        await opened.wait()
        return task

    async def calls(self, count: int) -> None:
        self.model.pbx.variables["CC_BEAT"] = str(round(self.model.pbx.now() / 1000))
        for number in range(count):
            self.phones.start_call(f"+1202555010{number}", "100")
        await asyncio.sleep(1)


async def ping(line: Line) -> int:
    status, _ = await line.network.request("GET", "/asterisk/ping", None, None)
    return status


def live(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    run(lambda _loop: work())


def test_in_fine_weather_everything_gets_through() -> None:
    async def work() -> None:
        line = Line()
        _open = await line.listen()
        await line.calls(3)
        assert await ping(line) == 200
        assert [raw.count(b'"CallBroadcast"') for raw in line.heard] == [1, 1, 1]

    live(work)


def test_commands_fail_or_are_not_answered() -> None:
    async def work() -> None:
        assert await ping(Line(failing=1.0)) == 503
        with pytest.raises(TimeoutError):
            await ping(Line(unanswered=1.0))
        line = Line(is_cut=True)
        for _ in range(4):
            with pytest.raises(OSError, match=r"cut|^$"):
                await ping(line)

    live(work)


def test_a_command_without_an_answer_may_be_carried_out_later() -> None:
    async def work() -> None:
        line = Line(unanswered=1.0)

        async def write(number: int) -> None:
            params = {"variable": f"V{number}", "value": "1"}
            with pytest.raises(TimeoutError):
                await line.network.request("POST", "/asterisk/variable", params, None)

        async with asyncio.TaskGroup() as group:
            for number in range(20):
                group.create_task(write(number))
        done = sum(name.startswith("V") for name in line.model.pbx.variables)
        await asyncio.sleep(20)
        later = sum(name.startswith("V") for name in line.model.pbx.variables)
        assert 0 < done < later < 20

    live(work)


def test_events_are_lost_or_come_twice() -> None:
    async def work() -> None:
        deaf, echo = Line(lost=1.0), Line(doubled=1.0, late_s=1.0)
        for line in (deaf, echo):
            _open = await line.listen()
            await line.calls(3)
        await asyncio.sleep(2)
        assert (len(deaf.heard), len(echo.heard)) == (0, 6)

    live(work)


def test_a_dead_process_hears_and_says_nothing() -> None:
    async def work() -> None:
        line = Line()
        _open = await line.listen()
        line.network.die()
        await line.calls(1)
        assert line.heard == []
        with pytest.raises(asyncio.CancelledError):
            await ping(line)
        assert line.model.pbx.apps == {}, "its socket was closed at once"

    live(work)


def test_a_cut_socket_is_noticed_at_once_or_in_seconds_or_only_by_its_silence() -> None:
    async def work() -> None:
        ends = Counter[type[Exception]]()
        for seed in range(20):
            line = Line(seed=seed)
            task = await line.listen()
            line.network.cut_socket()
            await line.calls(1)
            try:
                async with asyncio.timeout(7):
                    await task
            except (ConnectionResetError, TimeoutError) as error:
                ends[type(error)] += 1
            assert line.heard == []
        assert set(ends) == {ConnectionResetError, TimeoutError}

    live(work)
