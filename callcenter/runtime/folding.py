"""From the journal back to the state: folding facts, never deciding again."""

from collections.abc import Collection, Iterator

from callcenter.core.acd.evolving import evolve
from callcenter.core.acd.messages import AgentHungUp, CallWithdrawn, FromCall, WrapUpDone
from callcenter.core.acd.people import Activity
from callcenter.core.acd.pool import Pool
from callcenter.core.centre import Centre
from callcenter.core.ids import CallId
from callcenter.ports.journal import Journal, Recorded, Unreadable
from callcenter.ports.reports import Reports


async def fold_centre(journal: Journal, centre: Centre, reports: Reports) -> set[CallId]:
    """Fold all open calls and the pools into an empty centre.

    Returns:
        The calls whose facts could not be folded: they are quarantined, and no others with them.
    """
    broken: set[str] = set()
    async for entry in journal.read_open():
        if entry.stream in broken:
            continue
        if not _fold_one(centre, entry, reports):
            broken.add(entry.stream)
    _, _, last_number = await journal.last()
    centre.last_number = max(centre.last_number, last_number)
    calls = {CallId(stream.partition("/")[2]) for stream in broken if stream.startswith("call/")}
    for call_id in calls:
        centre.put_call(call_id, None)
    return calls


def _fold_one(centre: Centre, entry: Recorded | Unreadable, reports: Reports) -> bool:
    if isinstance(entry, Unreadable):
        reports.fault("a recorded fact cannot be read", None, seq=entry.seq, kind=entry.kind)
        return entry.stream.startswith("pool/")  # a pool does without it; a call cannot
    try:
        centre.evolve(entry.stream, entry.fact)
    except Exception as error:  # noqa: BLE001 - one stream's facts must not keep the node from starting
        reports.fault("a recorded fact cannot be folded", error, seq=entry.seq)
        return entry.stream.startswith("pool/")
    return True


async def fold_pool(journal: Journal, pool: Pool, reports: Reports) -> Pool:
    """Fold a pool's recorded facts into an empty pool, which is returned."""
    stream = f"pool/{pool.pool_id}"
    async for entry in journal.read_open():
        if entry.stream == stream and isinstance(entry, Recorded):
            try:
                evolve(pool, entry.fact)  # type: ignore[arg-type]
            except Exception as error:  # noqa: BLE001 - do without the one fact
                reports.fault("a recorded fact cannot be folded", error, seq=entry.seq)
    return pool


def orphans(centre: Centre, call_ids: Collection[CallId]) -> Iterator[FromCall]:
    """Yield what pools have to be told to go on without calls that are not here any more.

    The pool leaves the ends of rings, talks and after-call work to the call: without it a caller
    would wait, and an agent be busy, for ever.
    """
    for pool in centre.pools.values():
        for call_id in call_ids:
            if call_id in pool.waiting:
                yield CallWithdrawn(call_id)
        for agent_id, agent in pool.agents.items():
            if agent.call_id is None or agent.call_id not in call_ids:
                continue
            if agent.activity is Activity.TALKING:
                yield AgentHungUp(agent_id, agent.call_id)
            if agent.activity is not Activity.RINGING:
                yield WrapUpDone(agent_id, agent.call_id)


def unknown_calls(centre: Centre) -> set[CallId]:
    """Return the calls that a pool has and the centre has not."""
    known = {
        call_id
        for pool in centre.pools.values()
        for call_id in (*pool.waiting, *(agent.call_id for agent in pool.agents.values()))
        if call_id is not None
    }
    return known - centre.calls.keys()
