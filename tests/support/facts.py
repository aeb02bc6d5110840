"""Facts for tests of journals: single ones, whole calls, and any fact at all for Hypothesis."""

from typing import get_args

from hypothesis import strategies as st

from callcenter.core.acd.facts import CallQueued, DeskConnected
from callcenter.core.call.facts import (
    CallArrived,
    CallClosed,
    PromptFinished,
)
from callcenter.core.call.messages import (
    Presentation,
)
from callcenter.core.ids import AgentId, CallId, LegId, QueueId
from callcenter.ports.journal import Entry, Fact


def call_id(number: int) -> CallId:
    return CallId(f"{number:032x}")


def arrived(number: int, at: int = 1_000) -> CallArrived:
    return CallArrived(
        at=at,
        call_id=call_id(number),
        number=number,
        leg_id=LegId(f"leg{number}"),
        ani="+12125550101",
        presentation=Presentation.ALLOWED,
        ani_name="张伟",
        dnis="100",
        service="Shop",
    )


def turn(number: int, at: int = 1_000) -> list[Entry]:
    """Four facts as a call's arrival makes them, in two streams."""
    stream = f"call/{call_id(number)}"
    queued = CallQueued(at, call_id(number), number, QueueId("sales"), 0, (("german", 3),), at, 0)
    return [
        Entry(stream, arrived(number, at)),
        Entry(stream, PromptFinished(at)),
        Entry("pool/main", queued),
        Entry("pool/main", DeskConnected(at, AgentId("a1"))),
    ]


def closing(number: int, at: int = 2_000) -> list[Entry]:
    return [Entry(f"call/{call_id(number)}", CallClosed(at), closes=True)]


FACT_TYPES: tuple[type, ...] = get_args(Fact)

# SQLite keeps 64 bits.
_whole = st.integers(-(2**63), 2**63 - 1)
# JSON has neither infinity nor "not a number"; what is learnt is made of bounded durations.
_finite = st.floats(allow_nan=False, allow_infinity=False)


def any_fact() -> st.SearchStrategy[Fact]:
    """Any fact with any contents, of the types as they are declared."""
    st.register_type_strategy(int, _whole)
    st.register_type_strategy(float, _finite)
    return st.one_of(*(st.from_type(kind) for kind in FACT_TYPES))
