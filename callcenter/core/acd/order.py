"""Where a caller stands in line: a key that never changes while nothing but time passes.

Theory of operation. A caller counts as having arrived earlier than in truth: by
``priority_step_ms`` for each point of priority, the caller's own and the queue's weight together.
So urgent callers overtake, but nobody is overtaken for ever. **The bound**: a caller c who waits
can be overtaken only by callers who arrive within ``(w_max - w_c) * step`` after c, where w is the
sum of the points; whoever arrives later stands behind c, whatever their priority. Each key is known
when the caller enters, so the line is never sorted again. With ``strict_priorities`` the points
are compared first and age only among equals; there is no bound then, and that is for the operator
to want.

The age is that of the caller's first entry (``entered_at``): it follows the call through transfers,
other queues, callbacks. A supervisor's bump goes before all of that; the latest bump is first.
"""

from callcenter.core.acd.line import Place
from callcenter.core.acd.model import WaitingCall
from callcenter.core.plan import PoolRules, QueueRules

_BUMPED = -1_000_000
"""A rank before that of every priority."""


def place(call: WaitingCall, rules: PoolRules, queue: QueueRules) -> Place:
    """Return a caller's place in line; the least is served first."""
    if call.bumped_at is not None:
        return (_BUMPED, -call.bumped_at, call.call_number, call.call_id)
    points = call.priority + queue.weight
    if rules.strict_priorities:
        return (-points, call.entered_at, call.call_number, call.call_id)
    key = call.entered_at - points * rules.priority_step_ms
    return (0, key, call.call_number, call.call_id)
