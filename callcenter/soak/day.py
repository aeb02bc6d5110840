"""One day of the whole service, drawn from a seed: people, calls, and what goes wrong.

Everything runs on one virtual clock in one thread; the same seed gives the same day, to the letter.
"""

import asyncio
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

from callcenter.adapters.memory.directory import Customer, MemoryDirectory
from callcenter.adapters.memory.journal import Disk
from callcenter.adapters.memory.records import MemoryRecords
from callcenter.core.acd.people import AgentProfile
from callcenter.core.ids import AgentId, PartyId, QueueId
from callcenter.ports.directory import CustomerCard
from callcenter.simulation.asterisk_model import AsteriskModel
from callcenter.simulation.callers import Crowd, Habits
from callcenter.simulation.phones import Dead, Refuses, Rings, SimulatedPhones
from callcenter.simulation.scheduler import LoopScheduler
from callcenter.simulation.shaky_flows import ShakyFlows
from callcenter.simulation.virtual_agents import VirtualAgent
from callcenter.simulation.virtual_time import LoopClock, Stalled, VirtualLoop, run
from callcenter.simulation.weather import Mishap, Spell, Weather, draw_spells, mend, worsen
from callcenter.soak.customers import Customers, program_request
from callcenter.soak.life import Ground, Life
from callcenter.soak.oracles import CALM_S, Auditor, Broken
from callcenter.soak.plan import LINES, NAMES, PLAN, QUEUES
from callcenter.soak.trace import Trace

START_MS = 1_795_338_000_000
CUSTOMERS = 12
LOOK_EVERY_S = 1.0
SETTLED_S = 3.0
"""The last decision is on the disk and in the CRM by then."""
_MOST_RESERVE = 200
"""Facts that a full disk may still take: some days do not notice it, others die of it."""
LONGEST_TAIL_S = 900.0
"""After the last fault and the last call, all must be over by then."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a seed."""

    seed: int
    calls: int
    """Calls dialled in, by the model's own ledger."""
    fates: dict[str, int]
    """Calls by who had them: "service", "fallback", "neither" (gone before anybody took them)."""
    mishaps: list[str]
    deaths: int
    steps: int
    digest: str
    failure: str = ""
    trace: list[str] = field(default_factory=list)
    """The last steps, where it failed."""


def run_seed(seed: int, tail: int = 200) -> Result:
    """Live through a seed's day and return what became of it; raises nothing."""
    days: list[Day] = []

    async def live(loop: VirtualLoop) -> None:
        day = Day(loop, seed)
        days.append(day)
        await day.live()

    failure = ""
    try:
        run(live)
    except (Broken, Stalled) as error:
        failure = f"{type(error).__name__}: {error}"
    except Exception as error:  # noqa: BLE001 - a fault of the harness is a failure of the seed too
        failure = f"program error: {type(error).__name__}: {error}"
    return days[0].result(failure, tail)


class Day:
    """One seed."""

    def __init__(self, loop: VirtualLoop, seed: int) -> None:
        self.seed = seed
        random = self._random = Random(seed)
        self._loop = loop
        trace = Trace(loop.time)
        weather = Weather()
        scheduler = LoopScheduler(loop, START_MS)
        model = AsteriskModel(scheduler, Random(random.getrandbits(64)))
        stations = [f"PJSIP/{name}" for name in NAMES[: random.randint(2, len(NAMES))]]
        phones = SimulatedPhones(model, stations)
        disk = Disk(journal_id=f"{random.getrandbits(128):032x}")
        disk_chance = Random(random.getrandbits(64))
        disk.write_s = lambda: disk_chance.uniform(0.0002, weather.write_s)
        directory, known = _customers(random)
        self.ground = Ground(
            loop=loop,
            clock=LoopClock(START_MS),
            model=model,
            phones=phones,
            weather=weather,
            random=Random(random.getrandbits(64)),
            plan=replace(PLAN, flows=ShakyFlows(PLAN.flows, weather, _chance(random))),
            trace=trace,
            disk=disk,
            records=MemoryRecords(),
            directory=directory,
            watch=lambda kind, text: self.auditor.watch(kind, text),
        )
        habits = _habits(random, known)
        self.crowd = Crowd(
            model, phones, habits, Random(random.getrandbits(64)), limit=random.randint(30, 42)
        )
        self.agents = [
            VirtualAgent(_profile(random, name), phones.station(name), self, _chance(random))
            for name in stations
        ]
        day_s = 60.0 * (self.crowd.limit or 0) / habits.calls_per_minute
        self.spells = draw_spells(random, day_s)
        self.auditor = Auditor(self.ground)
        self._life: Life | None = None
        self._lives = 0
        self._open_spells = 0
        self._calm_since = 0.0
        self._last_fault_s = 0.0
        self._live_since: float | None = None
        self._early_hang_ups = _chance(random)
        self.customers = Customers(phones, _chance(random))
        self.auditor.customers = self.customers

    # ------------------------------------------------------------ the day

    async def live(self) -> None:
        """Live through it; raises Broken."""
        self._start_service()
        for spell in self.spells:
            self._loop.call_at(spell.at_s, self._begin_spell, spell)
        for agent in self.agents:
            self._loop.call_later(self._random.uniform(0.0, 5.0), agent.open_page)
        self._loop.call_later(3.0, self.crowd.start)
        self._watch_callers()
        self._plan_requests()
        try:
            while not self._is_over():
                await asyncio.sleep(LOOK_EVERY_S)
                self._look()
            await asyncio.sleep(SETTLED_S)
            self.auditor.check_end(self._life)
        finally:
            if self._life is not None:
                self._life.die(written=True)

    def _is_over(self) -> bool:
        """Say whether all callers are gone and all is done; hang up on those who stay too long."""
        last_fault_s = max((s.at_s + s.lasts_s for s in self.spells), default=0.0)
        now_s, crowd = self._loop.time(), self.crowd
        if now_s < last_fault_s + 1 or not self._is_calm(1.0) or crowd.started < (crowd.limit or 0):
            return False
        if self._is_calm(240.0):
            crowd.hang_up_all()
        if self._is_calm(LONGEST_TAIL_S):
            raise Broken(f"not over after {LONGEST_TAIL_S:.0f} s: {self.auditor.rest(self._life)}")
        return crowd.is_done and self._is_calm(20.0) and not self.auditor.rest(self._life)

    def _look(self) -> None:
        now_s, life = self._loop.time(), self._life
        is_live = life is not None and life.takes_calls
        if self._open_spells:
            self._last_fault_s = now_s
        if self._open_spells or not is_live:
            self._calm_since = now_s
        if not is_live:
            self._live_since = None
        elif self._live_since is None:
            self._live_since = now_s
        self._loop.forget_done()
        self.auditor.look(life, sound_since=self._sound_since())

    def _sound_since(self) -> float | None:
        """Return since when nothing may be wrong any more, None if something may.

        A comparison with the PBX that came after the last fault has mended all at once; else the
        reconciler needs its time.
        """
        if self._live_since is not None and self._live_since > self._last_fault_s + 1:
            return self._live_since
        return self._calm_since + CALM_S if self._is_calm(CALM_S) else None

    def _is_calm(self, for_s: float) -> bool:
        return self._loop.time() - self._calm_since >= for_s

    def _watch_callers(self) -> None:
        """Let some callers hang up, or press keys, at any moment: while claimed, moved, waiting."""
        chance, call = self._early_hang_ups, self.ground.phones.start_call

        def start_call(ani: str | None, dnis: str, name: str = "") -> object:
            caller = call(ani, dnis, name)
            self.auditor.callers.append(caller)
            self.customers.know(ani)
            if chance.random() < 0.3:
                self._loop.call_later(0.001 * 60_000 ** chance.random(), caller.put_down)
            if chance.random() < 0.4:
                for _ in range(chance.randint(1, 4)):
                    press = partial(caller.press_key, chance.choice("1234456"))
                    self._loop.call_later(chance.uniform(1.0, 40.0), press)
            return caller

        self.ground.phones.start_call = start_call  # type: ignore[method-assign,assignment]

    def _plan_requests(self) -> None:
        """Let a program ask for callbacks, at any moment, and take some back."""
        for after_s, number, queue_id in self.customers.wanted(QUEUES):
            self._loop.call_later(after_s, self._request, number, queue_id)

    def _request(self, number: str, queue_id: QueueId | None) -> None:
        if self._life is not None and self._life.is_up:
            asked = program_request(self._life.engine.node.centre, number, queue_id)
            if asked is not None:
                self._life.ask(asked)

    # ------------------------------------------------------------ the service

    def _start_service(self) -> None:
        if self._life is not None:
            return
        if self.ground.disk.is_full and self.ground.disk.reserve <= 0:
            self._loop.call_later(2.0, self._start_service)
            return
        self._lives += 1
        self.ground.trace.note("life", f"begins: {self._lives}")
        self._life = Life(self.ground, self._lives)
        self._life.begin()
        self._life.on_failed(partial(self._journal_failed, self._life))
        self._calm_since = self._loop.time()

    def _journal_failed(self, life: Life) -> None:
        if life is self._life:
            self._kill(2.0)

    def _kill(self, away_s: float) -> None:
        if self._life is None:
            return
        written = self._random.random() < 0.5
        self.ground.trace.note("life", f"dies: {self._lives}")
        life, self._life = self._life, None
        life.die(written=written)
        self.auditor.note_death(life)
        self._calm_since = self._loop.time()
        self._loop.call_later(away_s, self._start_service)

    def open_page(self, agent: VirtualAgent) -> bool:
        """Open an agent's page, if the service is there."""
        if self._life is None or not self._life.is_up:
            return False
        self._life.open_page(agent)
        return True

    # ------------------------------------------------------------ faults

    def _begin_spell(self, spell: Spell) -> None:
        self.ground.trace.note("fault", f"{spell.mishap} for {spell.lasts_s:.3f} s")
        self._open_spells += 1
        self._last_fault_s = self._calm_since = self._loop.time()
        worsen(self.ground.weather, spell)
        self._strike(spell)
        self._loop.call_later(spell.lasts_s, self._end_spell, spell)

    def _end_spell(self, spell: Spell) -> None:
        self._open_spells -= 1
        self._last_fault_s = self._calm_since = self._loop.time()
        mend(self.ground.weather, spell)
        if spell.mishap is Mishap.DISK_FULL:
            self.ground.disk.is_full = False
        elif spell.mishap is Mishap.PHONE_GONE:
            station = self._agent_of(spell).station
            station.registered, station.behaviour = True, Rings()

    def _strike(self, spell: Spell) -> None:
        match spell.mishap:
            case Mishap.KILL:
                # Between two callbacks: at any await point.
                steps = self._random.randrange(40)
                self._loop.interrupt_at(
                    self._loop.steps + steps, partial(self._kill, spell.lasts_s)
                )
            case Mishap.KILL_EARLY:
                self._kill(spell.lasts_s)
                self._loop.call_later(spell.lasts_s, self._kill_early, spell)
            case Mishap.SOCKET_CUT:
                self._cut_socket(spell)
            case Mishap.NETWORK_CUT:
                if self._life is not None:
                    self._life.network.cut_socket()
            case Mishap.PBX_RESTART:
                self._restart_pbx()
            case Mishap.DISK_FULL:
                self.ground.disk.is_full = True
                self.ground.disk.reserve = round(spell.strength * _MOST_RESERVE)
            case _:
                self._strike_people(spell)

    def _strike_people(self, spell: Spell) -> None:
        agent = self._agent_of(spell)
        match spell.mishap:
            case Mishap.PAGE_LOST:
                if spell.strength < 0.3:
                    agent.reload_page()
                else:
                    agent.lose_page(spell.lasts_s)
            case Mishap.PHONE_GONE:
                agent.station.registered = spell.strength > 0.6
                agent.station.behaviour = Dead() if spell.strength > 0.8 else Refuses()
            case Mishap.HANG_UPS:
                self.crowd.hang_up_all()
            case Mishap.CLOCK_JUMP:
                self.ground.clock.jump(round((spell.strength - 0.5) * 7_200_000))
            case _:
                pass

    def _restart_pbx(self) -> None:
        """Phones get no BYE: each notices some seconds later that nothing is heard any more."""
        self.ground.model.crash_and_restart()
        stations = [agent.station for agent in self.agents]
        for phone in (*self.auditor.callers, *stations, *self.customers.phones):
            if phone.channel is not None and phone.channel.ended:
                self._loop.call_later(self._random.uniform(0.1, 8.0), phone.was_ended, 0)

    def _kill_early(self, spell: Spell) -> None:
        steps = round(3_000 * spell.strength**3)
        again = partial(self._kill, spell.lasts_s)
        self._loop.interrupt_at(self._loop.steps + steps, again)

    def _cut_socket(self, spell: Spell) -> None:
        """Cut the event socket; for a long cut, again whenever it comes back."""
        if self._life is not None:
            self._life.network.cut_socket()
        self.ground.weather.no_socket_until_s = self._loop.time() + spell.lasts_s

    def _agent_of(self, spell: Spell) -> VirtualAgent:
        return self.agents[int(spell.strength * 1_000) % len(self.agents)]

    # ------------------------------------------------------------ the end

    def result(self, failure: str, tail: int) -> Result:
        """Return what became of it."""
        ground = self.ground
        errors = [f"{type(e).__name__}: {e}" for e in self._loop.errors]
        failure = failure or (f"raised where nobody caught it: {errors[0]}" if errors else "")
        return Result(
            seed=self.seed,
            calls=self.crowd.started,
            fates=self.auditor.fates(),
            mishaps=[spell.mishap.value for spell in self.spells],
            deaths=max(0, self._lives - 1),
            steps=self._loop.steps,
            digest=ground.trace.digest(),
            failure=failure,
            trace=ground.trace.last(tail) if failure else [],
        )


def _chance(random: Random) -> Random:
    return Random(random.getrandbits(64))


def _habits(random: Random, known: list[tuple[str, str]]) -> Habits:
    return Habits(
        calls_per_minute=random.choice((12.0, 20.0, 40.0)),
        dialled=LINES,
        known=known,
        keys=("1", "1", "2", "2", "3"),
        listen_s=(0.3, 6.0),
        patience_s=random.choice((15.0, 60.0)),
        talk_median_s=15.0,
    )


def _profile(random: Random, station: str) -> AgentProfile:
    name = station.partition("/")[2]
    queues = tuple(random.sample(QUEUES, random.randint(1, len(QUEUES))))
    return AgentProfile(AgentId(name), name.title(), station, queues, answers_by_click=True)


def _customers(random: Random) -> tuple[MemoryDirectory, list[tuple[str, str]]]:
    numbers = [f"+1202555{n:04d}" for n in random.sample(range(100, 200), CUSTOMERS)]
    cards = [
        CustomerCard(
            party_id=PartyId(f"party-{n}"),
            name=f"Customer {n}",
            tier="gold",
            company="",
            language="en",
            numbers=(number,),
            do_not_call=n % 6 == 5,
            activities=(),
            requests=(),
        )
        for n, number in enumerate(numbers)
    ]
    return MemoryDirectory(Customer(card) for card in cards), [(n, "") for n in numbers]
