"""Looks at everything while a run goes on: calls as they end, agents, the figures of a minute."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.long_soak import figures, oracles
from tests.long_soak.faults import carry_out
from tests.long_soak.figures import Body, Buckets
from tests.long_soak.ground import Ground
from tests.long_soak.media import Span
from tests.long_soak.oracles import End, Story
from tests.long_soak.plan import Fault, Kind
from tests.long_soak.silences import Gap, Silences, Talked

LOOK_EVERY_S = 5.0
RECOVERED_S = {Kind.KILL: 20.0, Kind.PBX_KILL: 20.0, Kind.STARVED: 75.0, Kind.SLOW: 75.0}
"""A process starts on a busy machine; or new calls are left to the fallback for the minute without
a reason that a level of degradation takes to go down (docs/operations.md, "Overload")."""
RECOVERED_ELSE_S = 10.0
HEALTHY_FOR_S = 3.0
"""Being healthy at one moment is not enough: what waited meanwhile is still to come."""
SETTLED_S = 120.0
"""A call that is over for so long should be in the store: an agent may let a minute of after-call
work run out."""
AGED_S = 360.0
"""After so long it must be, whatever went wrong meanwhile."""
BLIND_AFTER_S = 15.0
"""For so long after a fault the service may still find out what it did not see."""
AUDITED_S = 600.0
ROTATED_S = 600.0
TALKS_END_S = 40.0
"""A talk that went on so long ago is over."""
LEFTOVERS_S = 120
AUDIT_LEAVES_S = 65.0
"""The audit leaves alone what has just happened."""
_IN_TIME = frozenset({"not_written_yet", "still_open", "missing"})
_BY_BLINDNESS = frozenset({"end_differs", "talk_differs", "arrival_differs"})


@dataclass(frozen=True, slots=True)
class Broken:
    """Something that must hold did not."""

    at_s: float
    """Since callers began."""
    what: str
    """The oracle, in a word or two."""
    text: str

    def __str__(self) -> str:
        return f"{self.at_s:.0f} s, {self.what}: {self.text}"


@dataclass
class Tally:
    """What a run came to."""

    broken: list[Broken] = field(default_factory=list)
    calls: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    talks: int = 0
    talk_s: float = 0.0
    silences: Silences = field(default_factory=Silences)
    slowest_answer_s: float = 0.0
    recovery_s: dict[str, float] = field(default_factory=dict)
    """The longest by kind of fault."""
    explained: Counter[str] = field(default_factory=Counter)
    """Differences of times that a fault explains."""
    second_rings: int = 0
    bodies: list[tuple[float, Body]] = field(default_factory=list)
    """With the seconds since callers began; of the present life of the service."""
    first_body: Body | None = None
    lag: Buckets = field(default_factory=dict)
    cpu_s: float = 0.0


class Watch:
    """One run under observation."""

    def __init__(self, ground: Ground) -> None:
        self.tally = Tally()
        self._ground = ground
        self._pending: dict[str, Story] = {}
        self._calm_since = time.time()
        self._fault: Fault | None = None
        self._blind: list[Span] = []
        self._lag_before: Buckets = {}
        self._second_rings_seen: dict[str, int] = {}
        self._fallback = {phone.name for phone in ground.floor.fallback}
        self._told: set[str] = set()
        self._told_broken = 0
        self._rotated_at = time.time()
        self._is_over = False

    # ------------------------------------------------------------ what is broken

    def break_(self, what: str, text: str, about: str = "") -> None:
        """Take down that something does not hold; once for what it is about."""
        if (about or text) not in self._told:
            self._told.add(about or text)
            self.tally.broken.append(Broken(round(self._now_s, 1), what, text))

    @property
    def _now_s(self) -> float:
        return time.time() - self._ground.begun_at

    # ------------------------------------------------------------ faults

    async def harm(self, faults: Sequence[Fault]) -> None:
        """Carry out the faults, each in its time; see that the service recovers."""
        for fault in faults:
            await asyncio.sleep(max(0.0, self._ground.begun_at + fault.at_s - time.time()))
            if self._is_over:
                return
            await self._one_fault(fault)

    async def _one_fault(self, fault: Fault) -> None:
        self._fault, began_at = fault, time.time()
        self.tally.faults[fault.kind] += 1
        try:
            await carry_out(self._ground, fault)
        except Exception as error:  # noqa: BLE001 - one fault must not end hours of calls
            self.break_("error of the soak itself", f"{fault.kind}: {error!r}")
        healed_at = time.time()
        took_s = await self._until_healthy(fault, healed_at)
        worst_s = self.tally.recovery_s.get(fault.kind, 0.0)
        self.tally.recovery_s[fault.kind] = round(max(worst_s, took_s), 2)
        self._blind.append(Span(began_at - 1.0, time.time() + BLIND_AFTER_S))
        self._fault, self._calm_since = None, time.time()

    async def _until_healthy(self, fault: Fault, healed_at: float) -> float:
        """Wait until the service takes calls and goes on to; return how long that took."""
        limit_s = RECOVERED_S.get(fault.kind, RECOVERED_ELSE_S)
        healthy_at: float | None = None
        while healthy_at is None or time.time() - healthy_at < HEALTHY_FOR_S:
            is_well = await self._ground.health() == 200
            healthy_at = (healthy_at or time.time()) if is_well else None
            if healthy_at is None and time.time() - healed_at > limit_s:
                text = f"{fault.kind} ({fault.lasts_s:.1f} s): not healthy after {limit_s:.0f} s"
                self.break_("recovery", f"{text}, at {self._now_s:.0f} s")
                return limit_s
            await asyncio.sleep(0.2)
        return healthy_at - healed_at

    # ------------------------------------------------------------ looks

    async def look(self) -> None:
        """Look every few seconds until the run is over."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self.take_stories()
            self._look_at_agents()
            self._look_at_processes()

    def take_stories(self) -> None:
        """Check the calls that have ended."""
        while self._ground.over:
            self._take_story(self._ground.over.pop())
        while self._ground.crowd.errors:
            self.break_("error of the soak itself", self._ground.crowd.errors.pop())

    def _take_story(self, story: Story) -> None:
        self.tally.calls += 1
        self.tally.ends[story.end or End.CALLER] += 1
        self._pending[story.ani] = story
        answered_at = story.answered_at or story.ended_at
        pause_ms = self._ground.studio.paused_ms(Span(story.dialled_at, answered_at))
        for text in oracles.of_the_phone(story, pause_ms):
            self.break_("caller", text)
        if story.answered_at and story.end is not End.CUT_OFF:
            waited_s = story.answered_at - story.dialled_at
            self.tally.slowest_answer_s = max(self.tally.slowest_answer_s, waited_s)
        self._take_talks(story)

    def _take_talks(self, story: Story) -> None:
        for talk in story.talks:
            self.tally.talks += 1
            self.tally.talk_s += talk.ended_at - talk.began_at
            if story.end is End.CUT_OFF:
                continue
            gaps = [*self._gaps("caller", talk.caller_gaps), *self._gaps("agent", talk.agent_gaps)]
            span = Span(talk.began_at, talk.ended_at)
            who = f"{story.ani} and {talk.station} at {talk.began_at - self._ground.begun_at:.0f} s"
            is_control = talk.station in self._fallback
            self.tally.silences.add(Talked(who, span, tuple(gaps), is_control))

    def _gaps(self, side: str, spans: Sequence[Span]) -> Iterator[Gap]:
        for span in spans:
            pause_ms = self._ground.studio.paused_ms(span)
            yield Gap(span, side, oracles.excess_ms(span, pause_ms))

    def _look_at_agents(self) -> None:
        now = time.time()
        for agent in self._ground.floor.agents:
            agent.note(now)
            if self._fault is None:
                for text in agent.stuck(now, self._calm_since):
                    about = f"{agent.login} stuck since {agent.since:.0f}"
                    self.break_("agent stuck", text, about)
            seen = self._second_rings_seen.get(agent.login, 0)
            for at in agent.phone.second_rings[seen:]:
                self.tally.second_rings += 1
                if self._fault is None and at > self._calm_since + BLIND_AFTER_S:
                    self.break_("second ring", f"{agent.login} was called while in a call")
            self._second_rings_seen[agent.login] = len(agent.phone.second_rings)

    def _look_at_processes(self) -> None:
        if self._ground.asterisk.pid is None and not self._is_of(Kind.PBX_KILL):
            self.break_("death", f"the PBX ended by itself, at {self._now_s:.0f} s")
        process = self._ground.program.process
        if process is not None and process.returncode is not None and not self._is_of(Kind.KILL):
            text = f"the service ended by itself with {process.returncode}"
            self.break_("death", f"{text}, at {self._now_s:.0f} s")
        try:
            body = figures.body_of(self._ground.pid)
        except (OSError, LookupError):
            return
        if self.tally.bodies and body.cpu_s < self.tally.bodies[-1][1].cpu_s:
            self._end_life()
        self.tally.first_body = self.tally.first_body or body
        self.tally.bodies.append((self._now_s, body))

    def _end_life(self) -> None:
        self.tally.cpu_s += self.tally.bodies[-1][1].cpu_s
        self.tally.bodies.clear()

    def _is_of(self, kind: Kind) -> bool:
        return self._fault is not None and self._fault.kind is kind

    # ------------------------------------------------------------ minutes

    async def every_minute(self, tell: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        """Check records and tell the figures, each minute."""
        minute = 0
        while True:
            minute += 1
            at = self._ground.begun_at + 60.0 * minute
            await asyncio.sleep(max(0.0, at - time.time()))
            await self.check_records()
            await tell(await self.line(minute))
            self._rotate()

    def _rotate(self) -> None:
        if time.time() - self._rotated_at > ROTATED_S:
            self._rotated_at = time.time()
            self._ground.ledger.rotate()

    async def check_records(self, *, at_the_end: bool = False) -> None:
        """Hold the store to what phones and the PBX's ledger say."""
        now = time.time()
        for text in self.tally.silences.judge(now if at_the_end else now - TALKS_END_S):
            self.break_("gap", text)
        since = self._ground.begun_at - 60.0 if at_the_end else now - AUDITED_S
        try:
            differences = await self._ground.ledger.audit(since)
        except (RuntimeError, TimeoutError) as error:
            self.break_("audit", str(error))
            return
        rows = await self._ground.ledger.rows(since)
        by_id = {row.call_id: ani for ani, each in rows.items() for row in each}
        for found in differences:
            self._take_difference(found, by_id, at_the_end=at_the_end)
        for story in list(self._pending.values()):
            self._settle(story, rows.get(story.ani, []), now, at_the_end=at_the_end)
        for text in oracles.in_two_calls(await self._ground.ledger.talks(since)):
            self.break_("two calls", text)

    def _settle(
        self, story: Story, rows: list[oracles.Row], now: float, *, at_the_end: bool
    ) -> None:
        over_s = now - story.ended_at
        if over_s < SETTLED_S and not at_the_end:
            return
        wrong = list(oracles.of_the_record(story, rows))
        if wrong and over_s < AGED_S and not at_the_end:
            return
        for text in wrong:
            self.break_("record", text)
        del self._pending[story.ani]
        self.tally.outcomes[rows[0].outcome if rows else "gone before anybody took it"] += 1

    def _take_difference(
        self, found: dict[str, Any], by_id: dict[str, str], *, at_the_end: bool
    ) -> None:
        kind, call_id = found["kind"], found["call_id"]
        story = self._pending.get(by_id.get(call_id, ""))
        if kind in _IN_TIME and not at_the_end:
            return  # what is still missing when a call has aged is found by its record
        if kind in _BY_BLINDNESS and story is None:
            return  # told when the call was new
        if kind in _BY_BLINDNESS and story is not None and self._was_unseen(story):
            self.tally.explained[kind] += call_id not in self._told
            self._told.add(call_id)
            return
        self.break_("audit", f"{kind} {call_id or found['leg_id']}: {found['text']}")

    def _was_unseen(self, story: Story) -> bool:
        """Say whether something of a call happened while the service could not see it."""
        instants = [story.dialled_at, story.answered_at, story.ended_at]
        instants += [at for talk in story.talks for at in (talk.began_at, talk.ended_at)]
        return any(span.begin <= at <= span.end for at in instants for span in self._blind)

    async def line(self, minute: int) -> dict[str, Any]:
        """Return the figures of a minute."""
        ground, tally = self._ground, self.tally
        text = await ground.metrics()
        buckets, told = figures.lag_buckets(text), figures.values(text)
        added = figures.since(buckets, self._lag_before)
        self._lag_before = buckets or self._lag_before
        tally.lag = figures.together(tally.lag, added)
        body = tally.bodies[-1][1] if tally.bodies else None
        pause_ms, ground.studio.longest_pause_ms = ground.studio.longest_pause_ms, 0.0
        return {
            "minute": minute,
            "dialled": ground.crowd.dialled,
            "live": len(ground.crowd.live),
            "talking": ground.crowd.talking,
            "faults": tally.faults.total(),
            "life_min": round((time.time() - ground.lives[-1]) / 60, 1),
            "rss_mib": round(body.rss_mib, 1) if body else None,
            "threads": body.threads if body else None,
            "files": body.files if body else None,
            "lag_p99_ms": round(1000 * figures.quantile(added, 0.99), 1),
            "lag_max_ms": round(1000 * told.get("callcenter_loop_lag_max_seconds", 0.0), 1),
            "largest_gap_ms": round(tally.silences.largest_ms),
            "shared_gap_ms": round(tally.silences.largest_shared_ms),
            "own_pause_ms": round(pause_ms),
            "journal_mib": round(figures.size_mib(ground.folder / "data", "journal.db"), 1),
            "store_mib": round(figures.size_mib(ground.folder / "data", "callcenter.db"), 1),
            "broken": [str(each) for each in self._untold()],
        }

    def _untold(self) -> list[Broken]:
        """Return what was found broken since the last line."""
        new = self.tally.broken[self._told_broken :]
        self._told_broken += len(new)
        return new

    # ------------------------------------------------------------ the end

    async def finish(self) -> None:
        """See that all is over when nobody calls any more."""
        self._is_over = True
        self.take_stories()
        await self._until_nothing_is_left()
        await asyncio.sleep(AUDIT_LEAVES_S)
        await self.check_records(at_the_end=True)
        self._look_at_processes()
        if self.tally.bodies:
            self.tally.cpu_s += self.tally.bodies[-1][1].cpu_s

    async def _until_nothing_is_left(self) -> None:
        left = ""
        for pause_s in itertools.repeat(1.0, LEFTOVERS_S):
            left = await self._leftovers()
            if not left:
                return
            await asyncio.sleep(pause_s)
        self.break_("leftovers", f"without a caller: {left}")

    async def _leftovers(self) -> str:
        """Return what is not over: calls of the service, channels of the PBX; "" for nothing."""
        told = figures.values(await self._ground.metrics())
        open_calls = told.get("callcenter_open_calls")
        channels = await asyncio.to_thread(self._ground.asterisk.channel_count)
        all_over = open_calls == 0 and not channels
        return "" if all_over else f"open calls {open_calls}, channels {channels}"
