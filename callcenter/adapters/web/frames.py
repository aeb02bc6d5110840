"""Frames of the websocket, to and from bytes."""

from typing import Final

import msgspec

from callcenter.adapters.web.wire import (
    Changes,
    ClientFrame,
    DeskCallItem,
    FloorAgentItem,
    FloorCallItem,
    FloorNoticeItem,
    FloorQueueItem,
    Item,
    MyAgentItem,
    MyQueueItem,
    Removed,
    ServerFrame,
    Snapshot,
)
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
from callcenter.runtime.topics import Frame

MESSAGE_LIMIT: Final = 64 * 1024
"""Bytes of a frame from a page."""

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[ClientFrame] = msgspec.json.Decoder(ClientFrame)


class _Numbered(msgspec.Struct):
    """What is left of a request that cannot be understood: enough to refuse it."""

    request: int


class BadFrame(Exception):
    """A frame that is not in the protocol; ``request`` is its number, if it has one."""

    def __init__(self, reason: str, request: int | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.request = request


def decode(text: str) -> ClientFrame:
    """Return a page's frame.

    Raises:
        BadFrame: It is not JSON, or not one of the frames.
    """
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise BadFrame(str(error), _request_number(text)) from None


def encode(frame: ServerFrame) -> bytes:
    """Return the bytes of a frame for one page."""
    return _encoder.encode(frame)


def encode_shared(frame: Frame) -> bytes:
    """Return the bytes of a topic's frame, encoded once for all its followers."""
    if frame.encoded is None:
        frame.encoded = _encoder.encode(_on_the_wire(frame))
    return frame.encoded


def _on_the_wire(frame: Frame) -> Snapshot | Changes:
    topic = frame.topic.partition("/")[0]
    items = [_item(entity) for entity in frame.items]
    if frame.is_snapshot:
        return Snapshot(topic=topic, epoch=frame.epoch, seq=frame.seq, now=frame.now, items=items)
    removed = [Removed(kind=kind, id=id_) for kind, id_ in frame.removed]
    return Changes(topic=topic, seq=frame.seq, now=frame.now, items=items, removed=removed)


def _item(entity: Entity) -> Item:
    match entity:
        case MyAgent():
            return MyAgentItem(value=entity)
        case DeskCall():
            return DeskCallItem(value=entity)
        case MyQueue():
            return MyQueueItem(value=entity)
        case FloorQueue():
            return FloorQueueItem(value=entity)
        case FloorAgent():
            return FloorAgentItem(value=entity)
        case FloorCall():
            return FloorCallItem(value=entity)
        case FloorNotice():
            return FloorNoticeItem(value=entity)


def _request_number(text: str) -> int | None:
    try:
        return msgspec.json.decode(text, type=_Numbered).request
    except (msgspec.DecodeError, UnicodeError):
        return None
