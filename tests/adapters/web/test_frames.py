"""Frames to and from bytes."""

from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.adapters.web.frames import BadFrame, decode, encode_shared
from callcenter.adapters.web.wire import (
    Changes,
    Item,
    Ready,
    ServerFrame,
    Snapshot,
    Subscribe,
)
from callcenter.ports.desk import (
    AgentState,
    CallPhase,
    Entity,
    FloorAgent,
    FloorCall,
    MyQueue,
)
from callcenter.runtime.topics import KINDS, Frame, key_of
from tests.support.web_fakes import desk_call, floor_queue, my_agent

ENTITIES: list[Entity] = [
    my_agent(),
    desk_call(caller_name="Zoë 😀 </script>"),
    MyQueue("sales", "Sales", 3, 17),
    floor_queue(),
    FloorAgent("a1", "Anna", AgentState.LOST, 1, "", ("sales",), "PJSIP/1", "", False),
    FloorCall("c", CallPhase.WAITING, "", "", "100", "Shop", "sales", "", 1, 1, 0),
]


def frame(*, is_snapshot: bool) -> Frame:
    removed = () if is_snapshot else (("floor_call", "c9"),)
    return Frame("desk/a1", "e", 4, 99, ENTITIES, removed, is_snapshot=is_snapshot)


@pytest.mark.parametrize("is_snapshot", [True, False])
def test_every_entity_survives_the_wire(is_snapshot: bool):
    raw = encode_shared(frame(is_snapshot=is_snapshot))
    found = msgspec.json.decode(raw, type=ServerFrame)
    assert isinstance(found, Snapshot if is_snapshot else Changes)
    assert (found.topic, found.seq, found.now) == ("desk", 4, 99)
    values = [item.value for item in found.items]
    assert [type(value) for value in values] == [type(entity) for entity in ENTITIES]
    assert msgspec.json.encode(values) == msgspec.json.encode(ENTITIES)


def test_names_of_kinds_are_the_tags_on_the_wire():
    tags = {each.__struct_config__.tag for each in Item.__args__}
    assert tags == set(KINDS.values())
    items = msgspec.json.decode(encode_shared(frame(is_snapshot=True)))["items"]
    assert [item["kind"] for item in items] == [key_of(entity)[0] for entity in ENTITIES]


def test_frame_is_encoded_once():
    shared = frame(is_snapshot=False)
    assert encode_shared(shared) is encode_shared(shared)


def test_client_frames_are_read():
    assert decode('{"type": "ready", "request": 3}') == Ready(3)
    assert decode('{"type":"subscribe","topic":"desk"}') == Subscribe("desk", "", 0)


def test_number_of_a_bad_request_is_found():
    with pytest.raises(BadFrame) as bad:
        decode('{"type": "pause", "request": 3, "reason": null}')
    assert bad.value.request == 3
    assert "reason" in bad.value.reason


@given(st.text() | st.recursive(st.none() | st.text(), lambda x: st.lists(x)).map(repr))
def test_no_text_breaks_the_reader(text: str):
    with suppress(BadFrame):
        decode(text)
