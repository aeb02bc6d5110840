"""Lists the open callbacks of the node."""

from collections.abc import Sequence

from callcenter.core.call.model import Call, Phase
from callcenter.ports.callbacks import CallbackStage, OpenCallback
from callcenter.runtime.node import Node


class CallbackList:
    """Implements ``ports.callbacks.Callbacks``."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def open(self) -> Sequence[OpenCallback]:
        """Return them in the order in which they are due."""
        calls = self._node.centre.calls
        listed = [_shown(calls[call_id]) for call_id in self._node.centre.setting.callbacks]
        return sorted(listed, key=lambda each: (each.due_at, each.call_id))


def _shown(call: Call) -> OpenCallback:
    terms, back = call.arrived.callback, call.back
    assert terms is not None, f"no callback: {call}"  # noqa: S101
    assert back is not None, f"no callback: {call}"  # noqa: S101
    is_busy = call.rings or back.reserved or back.is_dialling or back.customer
    stage = CallbackStage.RINGING if is_busy else CallbackStage.WAITING
    waits = call.phase is Phase.LATER
    return OpenCallback(
        call.arrived.call_id,
        terms.number,
        (call.match.name if call.match else "") or terms.name,
        terms.queue_id,
        CallbackStage.LATER if waits else stage,
        terms.due_at,
        back.later_until if waits else None,
        back.misses,
        terms.asked_by,
        terms.of,
    )
