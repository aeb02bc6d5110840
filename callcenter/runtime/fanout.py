"""What pages are told: numbered changes of topics, resumable, with bounded queues.

Theory of operation. A topic keeps a table of its entities and the frames of changes of the last
``KEPT_MS``, ``RING`` at most, numbered without gaps. A subscriber keeps nothing but its place in
each topic it follows, so its queue is a stretch of the topic's ring: it cannot grow, and all
subscribers share the same frames and their encoded form. Who falls ``queue_limit`` frames behind
skips to a snapshot, which is all the missed changes folded into the latest of each entity. Who in
addition takes nothing for ``slow_s`` is ended. ``publish`` never waits for anybody.

Entities of an urgent kind go out at once, with whatever is waiting in their topic; the others at
most ``1 / pace_s`` times a second, the first after a quiet time at once.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from callcenter.core.ids import Ms
from callcenter.ports.clock import Clock
from callcenter.ports.desk import Entity
from callcenter.runtime.topics import STALE_MS, EntityKey, Frame, Topic


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a subscriber may lag, and how often paced kinds are sent."""

    queue_limit: int = 16
    """Frames that wait for one subscriber before they are folded into a snapshot."""
    slow_s: float = 2.0
    """Time with a full queue and nothing taken after which a subscriber is ended."""
    pace_s: float = 0.25
    """Least time between two frames of paced kinds."""


class SubscriberEnded(Exception):
    """Nothing more comes; ``reason`` says why: "too_slow", "closed" or the one given."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Place:
    """Where a subscriber is in one topic."""

    def __init__(self, topic: Topic, seq: int | None) -> None:
        self.topic = topic
        self.seq = seq
        """The last frame it has, or None if it needs a snapshot."""
        self.resumed_to = topic.seq
        """Frames up to here were missed while away; they do not count as lag."""

    def is_full(self, limit: int) -> bool:
        """Say whether more frames wait than a queue holds."""
        if self.seq is None:
            return False
        return self.topic.seq - max(self.seq, self.resumed_to) > limit

    def take(self, now: Ms, limit: int) -> Frame | None:
        """Return what comes next, or None if there is nothing."""
        if self.seq == self.topic.seq:
            return None
        frame = None
        if self.seq is not None and not self.is_full(limit):
            frame = self.topic.after(self.seq)
        if frame is None:
            frame = self.topic.snapshot(now)
        self.seq = frame.seq
        stale = now - frame.now > STALE_MS
        return replace(frame, now=now, encoded=None) if stale else frame


class Subscriber:
    """One page's view of the topics it follows; made by ``Fanout.open``."""

    def __init__(self, fanout: "Fanout", on_end: Callable[[str], None] | None) -> None:
        self._fanout = fanout
        self._on_end = on_end
        self._places: dict[str, _Place] = {}
        self._wake: asyncio.Future[None] | None = None
        self._ended: str | None = None
        self._taken_at = fanout.time()

    def follow(self, topic_name: str, epoch: str = "", seq: int = 0) -> None:
        """Get a topic from now on: what came after ``seq`` if that is still known, else all.

        Args:
            topic_name: The topic; it need not have been published yet.
            epoch: The epoch that ``seq`` belongs to; "" for a new start.
            seq: The last frame that the page has of the topic.
        """
        if self._ended is not None:
            return
        topic = self._fanout.join(topic_name, self)
        known = epoch == topic.epoch and 0 <= seq <= topic.seq
        resumes = known and (seq == topic.seq or topic.after(seq) is not None)
        self._places[topic_name] = _Place(topic, seq if resumes else None)
        self._rouse()

    def unfollow(self, topic_name: str) -> None:
        """Get no more of a topic."""
        if self._places.pop(topic_name, None) is not None:
            self._fanout.leave(topic_name, self)

    async def next(self) -> Frame:
        """Wait for the next frame; to be called by one task, when the last frame was sent.

        Raises:
            SubscriberEnded: Nothing more comes.
        """
        while True:
            if self._ended is not None:
                raise SubscriberEnded(self._ended)
            self._taken_at = self._fanout.time()
            frame = self._take()
            if frame is not None:
                return frame
            self._wake = asyncio.get_running_loop().create_future()
            try:
                await self._wake
            finally:
                self._wake = None

    def end(self, reason: str = "closed") -> None:
        """Follow nothing any more; the first reason stands."""
        if self._ended is not None:
            return
        self._ended = reason
        for name in tuple(self._places):
            self.unfollow(name)
        self._rouse()
        if self._on_end is not None:
            self._on_end(reason)

    def notice(self, topic: Topic) -> None:
        """Take note that a topic has a new frame."""
        if self._wake is not None:
            self._rouse()
            return
        limits = self._fanout.limits
        is_stuck = self._fanout.time() - self._taken_at > limits.slow_s
        if is_stuck and self._places[topic.name].is_full(limits.queue_limit):
            self.end("too_slow")

    def _take(self) -> Frame | None:
        now, limit = self._fanout.now(), self._fanout.limits.queue_limit
        for place in self._places.values():
            frame = place.take(now, limit)
            if frame is not None:
                return frame
        return None

    def _rouse(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)


class Fanout:
    """All topics of this service; to be used on one event loop."""

    def __init__(self, epoch: str, clock: Clock, limits: Limits | None = None) -> None:
        """Start with no topics.

        Args:
            epoch: A name for this run of the service that no other run has.
            clock: Stamps the frames.
            limits: The defaults if None.
        """
        self.epoch = epoch
        self.limits = limits or Limits()
        self.pace_s = self.limits.pace_s
        """As in the limits, or slower while the service is degraded."""
        self._clock = clock
        self._topics: dict[str, Topic] = {}
        self._followers: dict[str, set[Subscriber]] = {}

    def publish(
        self,
        topic_name: str,
        changed: Sequence[Entity] = (),
        removed: Sequence[EntityKey] = (),
    ) -> None:
        """Tell the followers of a topic what is new in it.

        Args:
            topic_name: "floor" or ``desk_topic(...)``.
            changed: Entities, whole; those equal to what was published before are dropped.
            removed: Entities that are gone; unknown ones are ignored. One that is in ``changed``
                too is kept.
        """
        topic = self._topic(topic_name)
        is_urgent = topic.stage(changed, removed)
        if not topic.waiting:
            return
        due_in_s = topic.sent_at + self.pace_s - self.time()
        if is_urgent or due_in_s <= 0:
            self._send(topic)
        elif topic.timer is None:
            loop = asyncio.get_running_loop()
            topic.timer = loop.call_later(due_in_s, self._send, topic)

    def find(self, topic_name: str, key: EntityKey) -> Entity | None:
        """Return an entity as it was last published, or None."""
        topic = self._topics.get(topic_name)
        return topic.latest(key) if topic is not None else None

    def open(self, on_end: Callable[[str], None] | None = None) -> Subscriber:
        """Return a new subscriber that follows nothing yet.

        Args:
            on_end: Called once, with the reason, when it ends; it may be inside ``publish``.
        """
        return Subscriber(self, on_end)

    def close(self) -> None:
        """Drop what waits to be sent and end every subscriber with "stopping"."""
        for topic in self._topics.values():
            if topic.timer is not None:
                topic.timer.cancel()
                topic.timer = None
        for followers in tuple(self._followers.values()):
            for subscriber in tuple(followers):
                subscriber.end("stopping")

    def join(self, topic_name: str, subscriber: Subscriber) -> Topic:
        """Let a subscriber know of new frames in a topic; return the topic."""
        self._followers.setdefault(topic_name, set()).add(subscriber)
        return self._topic(topic_name)

    def leave(self, topic_name: str, subscriber: Subscriber) -> None:
        """Undo ``join``."""
        followers = self._followers.get(topic_name, set())
        followers.discard(subscriber)
        if not followers:
            self._followers.pop(topic_name, None)

    def now(self) -> Ms:
        """Return the instant that frames are stamped with."""
        return self._clock.wall_ms()

    def time(self) -> float:
        """Return the event loop's seconds, by which sending is paced."""
        return asyncio.get_running_loop().time()

    def _topic(self, name: str) -> Topic:
        if name not in self._topics:
            self._topics[name] = Topic(name, self.epoch)
        return self._topics[name]

    def _send(self, topic: Topic) -> None:
        if topic.timer is not None:
            topic.timer.cancel()
            topic.timer = None
        if not topic.fold(self.now(), self.limits.queue_limit):
            return
        topic.sent_at = self.time()
        for subscriber in tuple(self._followers.get(topic.name, ())):
            subscriber.notice(topic)
