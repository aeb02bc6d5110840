"""A quiet day of the whole service on the model of Asterisk, to be recorded."""

import asyncio
from dataclasses import replace
from random import Random

from callcenter.core.call.messages import WrapUpSubmitted
from callcenter.core.ids import CallId
from callcenter.ports.records import CallRecord
from callcenter.simulation.callers import Habits
from callcenter.simulation.virtual_agents import VirtualAgent
from callcenter.simulation.virtual_time import VirtualLoop, run
from callcenter.soak.day import SETTLED_S, Day
from callcenter.soak.plan import QUEUES

CALLS_PER_AGENT_AND_MINUTE = 2.2


class SteadyAgent(VirtualAgent):
    """Works through the day without a break, on a page that shows all offers."""

    shown_share = 1.0

    def _wrap_up(self, call_id: CallId) -> None:
        agent_id = self.profile.agent_id
        self._ask(WrapUpSubmitted(agent_id, call_id, "resolved", "", None))

    def _hear(self) -> None:
        """Answer all rings but some; let the caller end the talk."""
        random, station = self._random, self.station
        if station.ringing and "phone" not in self._plans:
            if random.random() < 0.95:
                self._plan("phone", random.uniform(1.0, 5.0), self._pick_up)
        elif not station.ringing:
            self._forget("phone")


class QuietDay(Day):
    """Some hundred callers, as many agents as the seed says, no faults."""

    def __init__(self, loop: VirtualLoop, seed: int, calls: int) -> None:
        super().__init__(loop, seed)
        self.spells = []
        self.crowd.limit = calls
        self.crowd.habits = Habits(
            calls_per_minute=CALLS_PER_AGENT_AND_MINUTE * len(self.agents),
            dialled=("100",),
            keys=("1", "1", "2"),
            listen_s=(0.3, 3.0),
            patience_s=45.0,
            talk_median_s=15.0,
        )
        self.agents = [
            SteadyAgent(replace(known.profile, queues=QUEUES), known.station, self, Random(number))
            for number, known in enumerate(self.agents)
        ]

    async def live(self) -> None:
        """Live through it."""
        self._start_service()
        for agent in self.agents:
            self._loop.call_later(1.0, agent.open_page)
        self._loop.call_later(3.0, self.crowd.start)
        done = asyncio.Event()
        self.crowd.on_end = lambda _: done.set() if self.crowd.is_done else None
        await done.wait()
        await asyncio.sleep(60.0 + SETTLED_S)
        assert self._life is not None
        self._life.die(written=True)


def recorded_calls(seed: int, calls: int) -> list[CallRecord]:
    """Return what the CRM holds of a quiet day."""
    days: list[QuietDay] = []

    async def live(loop: VirtualLoop) -> None:
        days.append(QuietDay(loop, seed, calls))
        await days[0].live()

    run(live)
    return list(days[0].ground.records.calls.values())
