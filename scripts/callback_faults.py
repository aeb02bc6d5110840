"""Faults planted in how customers are called back; see ``scripts.mutants``."""

from scripts.planted_faults import OVERFLOW, Fault

CALLBACK = "callcenter/core/call/callback.py"
CALLBACKS = "callcenter/core/callbacks.py"
DIALLING = "callcenter/core/dialling.py"
DIALLING_OUT = "callcenter/core/call/dialling_out.py"
PROMISING = "callcenter/core/call/promising.py"
STATE = "callcenter/core/call/callback_state.py"

CALLBACK_FAULTS = (
    Fault(
        "promise_loses_place",
        "A callback stands in line by the time of its promise, not of the first wait.",
        PROMISING,
        "due_at if action.after_ms else entered.waits_since if entered else todo.now",
        "due_at if action.after_ms else todo.now",
    ),
    Fault(
        "premium_called",
        "Numbers that are denied are called if they are allowed.",
        DIALLING,
        "    if number.startswith(outbound.deny):\n",
        "    if number in outbound.deny:\n",
    ),
    Fault(
        "toll_rules_once",
        "The toll rules are not looked at again before the dial.",
        DIALLING_OUT,
        "    if objection(terms.number, plan.outbound):\n",
        "    if not plan.outbound.endpoint:\n",
    ),
    Fault(
        "wish_ignored",
        "Who wants no calls is called.",
        CALLBACK,
        "    elif event.may_call:\n        dial(todo)\n",
        "    elif event.may_call is not None:\n        dial(todo)\n",
    ),
    Fault(
        "agent_kept",
        "The agent is not freed when the customer is not reached.",
        DIALLING_OUT,
        "    todo.tells.append(CallWithdrawn(todo.call.arrived.call_id, reason))\n",
        "",
    ),
    Fault(
        "rings_for_ever",
        "Nobody ends a dial that nobody answers.",
        CALLBACK,
        "        yield state.dial.ring_until\n",
        "        yield from ()\n",
    ),
    Fault(
        "tried_for_ever",
        "Customers who are not reached are called again and again.",
        STATE,
        "misses=state.misses + counts",
        "misses=state.misses",
    ),
    Fault(
        "called_beside_own_call",
        "A customer who is on the line by a call of their own is called back meanwhile.",
        CALLBACKS,
        "    elif CallArrived in kinds:\n",
        "    elif CallArrived in kinds and not kinds:\n",
    ),
    Fault(
        "called_after_talk",
        "A customer who has reached an agent by calling again is called back all the same.",
        CALLBACKS,
        "    if AgentConnected in kinds:\n        yield callback.satisfied(other, now, setting)\n"
        "    elif",
        "    if",
    ),
    Fault(
        "called_while_closed",
        "A callback stays in line when its queue closes.",
        OVERFLOW,
        "            _leave_at(todo, call, Moment.CLOSING)\n        return closed_meanwhile\n",
        "            pass\n        return False\n",
    ),
    Fault(
        "slot_overbooked",
        "A slot takes one callback more than it may.",
        PROMISING,
        "setting.callbacks.in_slot(queue.queue_id, slot_at) >= most",
        "setting.callbacks.in_slot(queue.queue_id, slot_at) > most",
    ),
)
