"""What must hold of the service, whatever happens; reference: the oracles of docs/reliability.md.

The truth is not the service's own word: calls are counted by the modelled PBX and its phones, facts
are read from the disk as they become durable, and after-call work is what agents were told is done.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from callcenter.adapters.codec import Codec
from callcenter.core.acd.people import Activity
from callcenter.core.acd.pool import Pool
from callcenter.core.call import callback
from callcenter.core.call.briefing import LIMIT_MS as BRIEFING_MS
from callcenter.core.call.callback_messages import CallbackPromised, CustomerDialled
from callcenter.core.call.dialling_out import CHECK_LIMIT_MS
from callcenter.core.call.facts import (
    AgentConnected,
    AgentOffered,
    CallArrived,
    CallClosed,
    CallEnded,
    CallFact,
    TalkEnded,
    WrapUpFinished,
)
from callcenter.core.call.messages import Outcome
from callcenter.core.call.model import Phase
from callcenter.core.centre import Centre
from callcenter.core.ids import AgentId
from callcenter.ports.journal import JournalFailed, Recorded
from callcenter.ports.records import CallRecord, RecordsUnavailable
from callcenter.ports.telephony import TelephonyUnavailable
from callcenter.runtime.call_record import fold_record
from callcenter.simulation.pbx.state import Channel
from callcenter.simulation.phones import Party, SimulatedCaller
from callcenter.simulation.shaky_flows import PlantedError
from callcenter.soak.customers import Customers
from callcenter.soak.life import APPLICATION, Ground, Life

CALM_S = 30.0
"""So long after the last fault nothing may be wrong any more."""
ENDED_WITHIN_S = 8.0
"""What nobody wants any more may lie about for so long while nothing goes wrong."""
SILENCE_S = 5.0
LATE_MS = 3_000
MOST_TIMERS = 1_500

_EXPLAINED = (TelephonyUnavailable, RecordsUnavailable, JournalFailed, OSError, PlantedError)
"""Errors that one of the day's faults explains; TimeoutError is an OSError."""
_EXPECTED = frozenset(
    {
        "the PBX did not show what was wanted; mended",
        "a prompt ended unreported; its call goes on",
    }
)


class Broken(Exception):
    """Something that must hold does not; the message says what."""


class Auditor:
    """Looks at everything, all day long."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._codec = Codec()
        self._read_rows = 0
        self._facts: defaultdict[str, list[CallFact]] = defaultdict(list)
        self._legs: dict[str, str] = {}
        """Caller's leg to the stream of its call."""
        self._talks: dict[AgentId, str] = {}
        """Who talks, and in which call, by the facts."""
        self._unwanted_since: dict[str, float] = {}
        self._offered: set[str] = set()
        """Agents' legs of which a durable fact tells."""
        self._breach = ""
        """What was found where raising would only reach the service."""
        self.callers: list[SimulatedCaller] = []
        """Everybody who dialled."""
        self.customers: Customers | None = None
        """Everybody who may be called back."""
        self._promised: Counter[str] = Counter()
        """Promises of a callback, by the call in which they were made."""
        self._callbacks: Counter[str] = Counter()
        """Callbacks, by that call; "" for those that a program asked for."""

    # ------------------------------------------------------------ at each look

    def look(self, life: Life | None, *, sound_since: float | None) -> None:
        """Check what must hold at any moment, and more since nothing may be wrong any more."""
        self._read_disk()
        if self._breach:
            raise Broken(self._breach)
        if self._ground.loop.most_planned() > MOST_TIMERS:
            raise Broken(f"{self._ground.loop.most_planned()} timers are planned")
        self._look_at_bridges()
        if life is None:
            return
        self._look_at_faults(life)
        centre = life.engine.node.centre
        if life.takes_calls:
            for pool in centre.pools.values():
                self._look_at_pool(pool, centre, life.engine.node.now())
        if sound_since is None:
            self._unwanted_since.clear()
        else:
            self._look_in_calm(centre, sound_since)

    def watch(self, kind: str, text: str) -> None:
        """Look at a command as it leaves the service: nothing is let go before it is durable."""
        self._ground.trace.note(kind, text)
        if kind != "->":
            return
        verb, _, path = text.partition(" ")
        parts = path.strip("/").split("/")
        if verb == "POST" and parts[0] == "channels" and len(parts) == 2:
            self._read_disk()
            if parts[1] not in self._offered:
                self._breach = f"a phone is rung before its offer is durable: {parts[1]}"
        elif verb == "DELETE" and parts[0] == "channels":
            channel = self._ground.model.pbx.channels.get(parts[1])
            if channel and channel.inbound and channel.dialplan.app_name == "Queue":
                self._breach = f"the caller {parts[1]} is hung up in the fallback"

    def note_death(self, life: Life) -> None:
        """Look a last time at a life that has ended."""
        self._look_at_faults(life)

    def _look_at_faults(self, life: Life) -> None:
        for event, error in life.reports.faults:
            if not isinstance(error, _EXPLAINED) and event not in _EXPECTED:
                raise Broken(f"a program error: {event}: {error!r}")
        life.reports.faults.clear()

    # ------------------------------------------------------------ facts: O1 and O3

    def _read_disk(self) -> None:
        rows = self._ground.disk.rows
        while self._read_rows < len(rows):
            row = rows[self._read_rows]
            self._read_rows += 1
            entry = self._codec.decode(self._read_rows, row.stream, row.stored)
            if not isinstance(entry, Recorded):
                raise Broken(f"a fact that cannot be read: {entry}")
            self._ground.trace.note("fact", f"{row.stream} {row.stored[0]} {row.stored[2]!r}")
            if row.stream.startswith("call/"):
                self._take_fact(row.stream, entry.fact)  # type: ignore[arg-type]

    def _take_fact(self, stream: str, fact: CallFact) -> None:
        facts = self._facts[stream]
        if facts and isinstance(facts[-1], CallClosed):
            raise Broken(f"{stream}: {type(fact).__name__} after CallClosed")
        if isinstance(fact, CallArrived) == bool(facts):
            raise Broken(f"{stream}: {type(fact).__name__} where CallArrived belongs, or again")
        if isinstance(fact, CallArrived) and fact.callback is not None:
            self._callbacks[fact.callback.of or ""] += 1
        elif isinstance(fact, CallArrived) and (
            self._legs.setdefault(fact.leg_id, stream) != stream
        ):
            raise Broken(f"two calls for the caller's leg {fact.leg_id}")
        if isinstance(fact, CallEnded) and any(isinstance(f, CallEnded) for f in facts):
            raise Broken(f"{stream} ends twice")
        facts.append(fact)
        if isinstance(fact, AgentOffered | CustomerDialled):
            self._offered.add(fact.leg_id)
        if isinstance(fact, CallbackPromised):
            self._promised[stream.partition("/")[2]] += 1
        self._follow_talk(stream, fact)

    def _follow_talk(self, stream: str, fact: CallFact) -> None:
        if isinstance(fact, AgentConnected):
            agent_id = self._agent_of(stream)
            if self._talks.setdefault(agent_id, stream) != stream:
                raise Broken(f"{agent_id} talks in {stream} and in {self._talks[agent_id]}")
        elif isinstance(fact, TalkEnded):
            self._talks.pop(self._agent_of(stream), None)

    def _agent_of(self, stream: str) -> AgentId:
        facts = self._facts[stream]
        answered = [fact.leg_id for fact in facts if isinstance(fact, AgentConnected)]
        offers = {fact.leg_id: fact for fact in facts if isinstance(fact, AgentOffered)}
        if not answered or answered[-1] not in offers:
            raise Broken(f"{stream}: a talk without an offer")
        return offers[answered[-1]].agent_id

    # ------------------------------------------------------------ agents

    def _look_at_pool(self, pool: Pool, centre: Centre, now: int) -> None:
        busy = Counter(a.call_id for a in pool.agents.values() if _is_on_the_phone(a.activity))
        for call_id, count in busy.items():
            call = centre.calls.get(call_id) if call_id else None
            if count > max(1, len(call.offers) if call else 0):
                raise Broken(f"{count} agents for the call {call_id}")
        for agent_id, agent in pool.agents.items():
            call = centre.calls.get(agent.call_id) if agent.call_id else None
            queue = pool.queues[agent.queue_id] if agent.queue_id else None
            late = 0
            if agent.activity is Activity.RINGING and queue:
                late = agent.since_at + queue.ring_ms + BRIEFING_MS
                if call is not None and call.back is not None:
                    late += queue.callbacks.ring_ms + callback.KEY_LIMIT_MS + CHECK_LIMIT_MS
                    # The clock may jump between the agent's answer and the customer's call.
                    late = max([late, *callback.deadlines(call)])
            elif agent.activity is Activity.WRAP_UP:
                late = agent.wrap_up_until or 0
            if late and now > late + LATE_MS:
                raise Broken(f"{agent_id} is stuck: {agent}")
            is_theirs = call is not None and call.phase is Phase.TALK
            if agent.activity is Activity.TALKING and not is_theirs:
                raise Broken(f"{agent_id} talks in a call that is not: {agent}, {call}")
            if agent.is_free and pool.matcher.call_for(agent.profile.agent_id) is not None:
                raise Broken(f"{agent_id} is free, and somebody waits: {agent}")

    # ------------------------------------------------------------ the PBX: O3, O4 and O5

    def _look_at_bridges(self) -> None:
        for bridge in self._ground.model.pbx.bridges.values():
            callers = [c.id for c in bridge.channels if c.inbound]
            if len(callers) > 1 or len(bridge.channels) > 2:
                raise Broken(f"too many in one bridge: {[c.id for c in bridge.channels]}")

    def _look_in_calm(self, centre: Centre, sound_since: float) -> None:
        now_s = self._ground.loop.time()
        unwanted = dict(self._unwanted(centre))
        self._unwanted_since = {
            name: self._unwanted_since.get(name, now_s) for name in sorted(unwanted)
        }
        for name, since_s in self._unwanted_since.items():
            if now_s - since_s > ENDED_WITHIN_S:
                raise Broken(f"{unwanted[name]} {name} for {now_s - since_s:.0f} s")
        for caller in self.callers:
            if caller.answered:
                self._listen(caller, sound_since)
        for customer in self.customers.phones if self.customers else ():
            if customer.in_call:
                self._listen(customer, sound_since)

    def _unwanted(self, centre: Centre) -> Iterator[tuple[str, str]]:
        pbx = self._ground.model.pbx
        goals = [centre.arrangement(call_id) for call_id in centre.calls]
        rooms = {goal.room for goal in goals} | {goal.talk for goal in goals}
        for channel in pbx.channels.values():
            if _is_ours(channel) and centre.owner(channel.id) is None:
                yield channel.id, "nobody wants the channel"
        for bridge in pbx.bridges.values():
            if bridge.id not in rooms:
                yield bridge.id, "nobody wants the bridge"
        for goal in goals:
            if goal.caller and goal.caller not in pbx.channels:
                yield goal.caller, "a call goes on without its caller"
            if goal.customer and goal.customer.leg_id not in pbx.channels:
                yield goal.customer.leg_id, "a callback wants the missing leg"
            for leg in goal.agents:
                if leg.leg_id not in pbx.channels:
                    yield leg.leg_id, "a call wants the missing leg"

    def _listen(self, caller: Party, sound_since: float) -> None:
        """O4: nobody who was answered hears nothing for long."""
        line = caller.channel
        if line is None or line.ended or not _is_ours(line) or caller.hearing != "nothing":
            return
        now = self._ground.model.pbx.now()
        calm_ms = (self._ground.loop.time() - sound_since) * 1_000
        silent_ms = min(calm_ms, now - (line.media[-1][0] if line.media else line.created_at))
        if silent_ms > SILENCE_S * 1_000:
            raise Broken(f"the caller {line.id} hears nothing for {silent_ms:.0f} ms")

    # ------------------------------------------------------------ the end: O2

    def rest(self, life: Life | None) -> str:
        """Return what is not over yet, "" for nothing."""
        if life is None:
            return "no service"
        pbx, centre = self._ground.model.pbx, life.engine.node.centre
        busy = [a for p in centre.pools.values() for a in p.agents.values() if a.call_id]
        parts = {
            "open calls": list(centre.calls),
            "claims": list(centre.claims),
            "agents": [a.profile.agent_id for a in busy],
            "waiting": [c for p in centre.pools.values() for c in (*p.waiting, *p.offers)],
            "channels": list(pbx.channels),
            "bridges": list(pbx.bridges),
            "records behind": len(self._ground.disk.rows) - life.engine.projector.seq,
        }
        return ", ".join(f"{name}: {what}" for name, what in parts.items() if what)

    def check_end(self, life: Life | None) -> None:
        """Check the records against the PBX, the facts and the agents; raises Broken."""
        self.look(life, sound_since=None)
        records = self._by_leg()
        pbx = self._ground.model.pbx
        fallback = {leg_id for leg_id, _ in pbx.fallbacks}
        for leg_id in pbx.taken:
            # Who was handed over, never seen and taken to the fallback was served there.
            if leg_id not in records and leg_id not in fallback:
                raise Broken(f"the call {leg_id} was ours and has no record")
        for caller in self.callers:
            if record := records.get(caller.line.id):
                _check_record(record, caller, pbx.now())
        for stream, facts in self._facts.items():
            if not isinstance(facts[-1], CallClosed):
                raise Broken(f"{stream} is not closed")
            if fold_record(facts) != self._ground.records.calls.get(facts[0].call_id):  # type: ignore[union-attr]
                raise Broken(f"the record of {stream} is not what its facts say")
        self._check_after_call_work()
        asked = Counter({call_id: n for call_id, n in self._callbacks.items() if call_id})
        if asked != self._promised or any(count > 1 for count in asked.values()):
            raise Broken(f"promised: {self._promised}, but called back: {asked}")

    def _by_leg(self) -> dict[str, CallRecord]:
        inbound = [each for each in self._ground.records.calls.values() if not each.is_callback]
        legs = Counter(record.leg_id for record in inbound)
        for leg_id, count in legs.items():
            if count > 1:
                raise Broken(f"{count} records for the call {leg_id}")
        known = {caller.line.id for caller in self.callers}
        for leg_id in legs:
            if leg_id not in known:
                raise Broken(f"a record for {leg_id}, who never called")
        return {record.leg_id: record for record in inbound}

    def _check_after_call_work(self) -> None:
        for work in self._ground.filed:
            facts = self._facts[f"call/{work.call_id}"]
            notes = [f.note for f in facts if isinstance(f, WrapUpFinished)]
            record = self._ground.records.calls[work.call_id]
            if work.note not in notes or record.disposition is None:
                raise Broken(f"after-call work is lost: {work}")

    def fates(self) -> dict[str, int]:
        """Count calls by who had them, as the PBX knows it."""
        taken = set(self._ground.model.pbx.taken)
        fallback = {leg_id for leg_id, _ in self._ground.model.pbx.fallbacks}
        fates: Counter[str] = Counter()
        for caller in self.callers:
            leg_id = caller.line.id
            fates[_fate(leg_id in taken, leg_id in fallback)] += 1
        return dict(sorted(fates.items()))


def _fate(is_taken: bool, is_fallback: bool) -> str:  # noqa: FBT001
    if is_taken:
        return "service, then fallback" if is_fallback else "service"
    return "fallback" if is_fallback else "neither"


def _is_ours(channel: Channel) -> bool:
    return APPLICATION in (channel.app, channel.originated_by)


def _is_on_the_phone(activity: Activity) -> bool:
    return activity in (Activity.RINGING, Activity.TALKING)


def _check_record(record: CallRecord, caller: SimulatedCaller, now: float) -> None:
    talked_ms = _talked_ms(caller, now)
    if not record.closed or record.outcome is None or record.ended_at is None:
        raise Broken(f"the record of {record.leg_id} is not closed: {record}")
    if talked_ms > 1_000 and record.answered_at is None:
        raise Broken(f"{record.leg_id} talked for {talked_ms:.0f} ms, and the record says no")
    if record.outcome is Outcome.ANSWERED and record.agent_id is None:
        raise Broken(f"{record.leg_id} was answered by nobody")
    if record.ended_at < record.arrived_at:
        raise Broken(f"{record.leg_id} ended before it began")


def _talked_ms(caller: SimulatedCaller, now: float) -> float:
    log = caller.line.media
    ends = [at for at, _ in log[1:]] + [now]
    return sum(
        end - start
        for (start, what), end in zip(log, ends, strict=True)
        if what.startswith("talk:")
    )
