"""Queues open and close: by their hours, or because a supervisor says so."""

from callcenter.core.acd import overflow
from callcenter.core.acd.decision import Decision
from callcenter.core.acd.queue_messages import (
    OpennessAsked,
    OpennessTold,
    QueueClosed,
    QueueCloseRequested,
    QueueInput,
    QueueOpened,
    QueueReopenRequested,
)
from callcenter.core.ids import QueueId


def due(todo: Decision, queue_id: QueueId) -> None:
    """Follow the hours of a queue: it opens or closes now, or its hours were changed."""
    pool = todo.pool
    hours = pool.queues[queue_id].hours
    is_open, until = hours.stretch(todo.now) if hours else (True, None)
    if is_open:
        todo.record(QueueOpened(todo.now, queue_id, until))
    else:
        todo.record(QueueClosed(todo.now, queue_id, until))
        overflow.close(todo, queue_id)


def take(todo: Decision, event: QueueInput | OpennessAsked) -> None:
    """Close a queue before its time, take that back, or say whether it is open."""
    if event.queue_id not in todo.pool.queues:
        todo.refusal = "There is no such queue."
        return
    is_open = todo.pool.doors.is_open(event.queue_id, todo.now)
    match event:
        case OpennessAsked():
            todo.tell(OpennessTold(event.call_id, is_open))
        case QueueCloseRequested() if is_open:
            _close(todo, event)
        case QueueCloseRequested():
            todo.refusal = "This queue is closed already."
        case QueueReopenRequested() if is_open:
            todo.refusal = "This queue is open."
        case QueueReopenRequested():
            _reopen(todo, event.queue_id, event.opened_by)


def _close(todo: Decision, event: QueueCloseRequested) -> None:
    queue_id = event.queue_id
    hours = todo.pool.queues[queue_id].hours
    until = hours.next_opening(todo.now) if hours else None
    todo.record(QueueClosed(todo.now, queue_id, until, event.closed_by, event.reason))
    overflow.close(todo, queue_id)


def _reopen(todo: Decision, queue_id: QueueId, opened_by: str) -> None:
    """Open again if the hours allow it; else from now on only the hours keep it closed."""
    door = todo.pool.doors.of(queue_id)
    if door is None or not door.closed_by:
        todo.refusal = "This queue is closed by its hours, not by a person."
        return
    hours = todo.pool.queues[queue_id].hours
    is_open, until = hours.stretch(todo.now) if hours else (True, None)
    if is_open:
        todo.record(QueueOpened(todo.now, queue_id, until, opened_by))
    else:
        todo.record(QueueClosed(todo.now, queue_id, until))
