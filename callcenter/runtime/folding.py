"""From the journal back to the state: folding facts, never deciding again."""

from callcenter.core.acd.pool import Pool, evolve
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
