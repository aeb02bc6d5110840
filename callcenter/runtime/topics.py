"""A topic of what pages show: its entities, and the last numbered changes of them."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from callcenter.core.ids import Ms
from callcenter.ports.desk import (
    DeskCall,
    Entity,
    FloorAgent,
    FloorCall,
    FloorNotice,
    FloorQueue,
    MyAgent,
    MyQueue,
)

RING: Final = 256
"""Frames of a topic that can be resumed from, at most."""
KEPT_MS: Final = 60_000
"""A page that was away for longer gets a snapshot, so older frames are not kept: with hundreds of
desks full rings would be most of the service's memory."""
STALE_MS: Final = 2_000
"""A frame older than this gets a new ``now`` before it leaves: pages set their clocks by it."""

FLOOR: Final = "floor"

KINDS: Final[dict[type[Entity], str]] = {
    MyAgent: "me",
    DeskCall: "desk_call",
    MyQueue: "my_queue",
    FloorQueue: "floor_queue",
    FloorAgent: "floor_agent",
    FloorCall: "floor_call",
    FloorNotice: "floor_notice",
}
"""The name of each class of entities, the same as the tag on the wire."""

URGENT: Final = frozenset({"me", "desk_call", "floor_notice"})
"""Kinds that are not paced. Queue counts change with every call of everybody, so they are."""

EntityKey = tuple[str, str]
"""The kind and the id of an entity."""


def key_of(entity: Entity) -> EntityKey:
    """Return the kind and the id under which an entity is known."""
    return KINDS[type(entity)], entity.id


def desk_topic(agent_id: str) -> str:
    """Return the topic of one agent's desk."""
    return f"desk/{agent_id}"


@dataclass(slots=True, eq=False)
class Frame:
    """A snapshot or changes of one topic, shared by all who get it: only ``encoded`` is written."""

    topic: str
    epoch: str
    seq: int
    now: Ms
    items: Sequence[Entity]
    removed: Sequence[EntityKey]
    is_snapshot: bool
    encoded: bytes | None = None
    """Kept here by whoever encodes the frame first."""


class Topic:
    """One topic: entities as of ``seq``, what waits to be sent, and the last frames."""

    def __init__(self, name: str, epoch: str) -> None:
        self.name = name
        self.epoch = epoch
        self.seq = 0
        self.table: dict[EntityKey, Entity] = {}
        self.waiting: dict[EntityKey, Entity | None] = {}
        self.frames: deque[Frame] = deque(maxlen=RING)
        self.sent_at = float("-inf")
        self.timer: asyncio.TimerHandle | None = None
        self._snapshot: Frame | None = None

    def latest(self, key: EntityKey) -> Entity | None:
        """Return an entity, sent or still waiting."""
        return self.waiting[key] if key in self.waiting else self.table.get(key)

    def stage(self, changed: Sequence[Entity], removed: Sequence[EntityKey]) -> bool:
        """Note what is new; return whether any of it is urgent."""
        news: dict[EntityKey, Entity | None] = {
            key: None for key in removed if self.latest(key) is not None
        }
        for entity in changed:
            key = key_of(entity)
            if self.latest(key) != entity:
                news[key] = entity
            else:
                news.pop(key, None)
        self.waiting.update(news)
        return any(kind in URGENT for kind, _ in news)

    def fold(self, now: Ms, keep_encoded: int) -> bool:
        """Put what waits into the table and a new frame; return False if it comes to nothing."""
        news = {k: e for k, e in self.waiting.items() if self.table.get(k) != e}
        self.waiting.clear()
        if not news:
            return False
        items = tuple(entity for entity in news.values() if entity is not None)
        removed = tuple(key for key, entity in news.items() if entity is None)
        self.table.update({key_of(entity): entity for entity in items})
        for key in removed:
            del self.table[key]
        self.seq += 1
        self.frames.append(
            Frame(self.name, self.epoch, self.seq, now, items, removed, is_snapshot=False)
        )
        while now - self.frames[0].now > KEPT_MS:
            self.frames.popleft()
        if len(self.frames) > keep_encoded:
            self.frames[-keep_encoded - 1].encoded = None
        return True

    def snapshot(self, now: Ms) -> Frame:
        """Return all entities as of ``seq``; the same frame as before where that still holds."""
        held = self._snapshot
        if held is None or held.seq != self.seq or now - held.now > STALE_MS:
            items = tuple(self.table.values())
            held = Frame(self.name, self.epoch, self.seq, now, items, (), is_snapshot=True)
            self._snapshot = held
        return held

    def after(self, seq: int) -> Frame | None:
        """Return the frame that follows ``seq``, or None if it is not kept any more."""
        index = len(self.frames) - (self.seq - seq)
        return self.frames[index] if index >= 0 else None
