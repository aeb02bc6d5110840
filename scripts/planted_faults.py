"""The faults that ``scripts.mutants`` plants: replacements of text in the core."""

from dataclasses import dataclass

DECIDE = "callcenter/core/acd/decide.py"
POOL = "callcenter/core/acd/pool.py"
EVOLVING = "callcenter/core/acd/evolving.py"
MODEL = "callcenter/core/acd/model.py"
MATCHER = "callcenter/core/acd/matcher.py"
NEEDS = "callcenter/core/acd/needs.py"
OFFER_ENDS = "callcenter/core/acd/offer_ends.py"
ORDER = "callcenter/core/acd/order.py"
ROUTING = "callcenter/core/acd/routing.py"
STRATEGIES = "callcenter/core/acd/strategies.py"
CALLERS = "callcenter/core/acd/callers.py"
CONSIDERED = "callcenter/core/acd/considered.py"
AGENDA = "callcenter/core/agenda.py"
CENTRE = "callcenter/core/centre.py"
CALL = "callcenter/core/call/decide.py"
CALL_MODEL = "callcenter/core/call/model.py"
AGENT = "callcenter/core/call/agent.py"
FLOW = "callcenter/core/call/flow.py"
OVERFLOW = "callcenter/core/acd/overflow.py"
STAFF = "callcenter/core/acd/staff_states.py"
WANTED = "callcenter/core/call/wanted.py"


@dataclass(frozen=True)
class Fault:
    """One replacement."""

    name: str
    sentence: str
    file: str
    old: str
    new: str
    breaks_theory: bool = False
    """Waits must then differ from what queueing theory says; this is looked at too."""
    seeds: int = 0
    """Planted in the whole service: so many simulated days must find it, and nothing else need."""


FAULTS = (
    Fault(
        "caller_lost",
        "A caller who hangs up in the queue is not taken out of the line.",
        CALL,
        """            todo.tells.append(CallWithdrawn(todo.call.arrived.call_id))
            outcome = Outcome.ABANDONED_QUEUE""",
        """            outcome = Outcome.ABANDONED_QUEUE""",
    ),
    Fault(
        "never_closed",
        "A call is not closed when its last after-call work is filed.",
        AGENT,
        """    todo.tells.append(WrapUpDone(event.agent_id, event.call_id))
    close_if_done(todo)""",
        """    todo.tells.append(WrapUpDone(event.agent_id, event.call_id))""",
    ),
    Fault(
        "offered_without_page",
        "An agent without a page is offered calls.",
        MODEL,
        """            and self.page_connected
""",
        "",
    ),
    Fault(
        "skill_ignored",
        "One level too low is good enough.",
        NEEDS,
        "if skills.get(skill, 0) < least:",
        "if skills.get(skill, 0) < least - 1:",
    ),
    Fault(
        "queue_ignored",
        "Skills alone decide who may take a caller.",
        "callcenter/core/acd/classes.py",
        """    if able.level_in(demand.queue_id) is None:
        return
""",
        "",
    ),
    Fault(
        "agent_left_idle",
        "An agent whose after-call work is over is not given a waiting caller.",
        DECIDE,
        """    if is_over:
        _agent_is_back(todo, event.agent_id)""",
        """    if not is_over:
        _agent_is_back(todo, event.agent_id)""",
    ),
    Fault(
        "offer_id_repeats",
        "The offers of a call are not counted on.",
        EVOLVING,
        "replace(call, offer_id=rings[0], also_rings=rings[1:], attempts=fact.attempt)",
        "replace(call, offer_id=rings[0], also_rings=rings[1:])",
    ),
    Fault(
        "hidden_change",
        "The pool is changed beside the facts: the deciding pool forgets a rest.",
        DECIDE,
        """    _agent_is_back(todo, offer.agent_id)  # first: others may stand before this caller
""",
        """    agent = todo.pool.agents.get(offer.agent_id)
    if agent is not None and agent.rest_until is not None:
        from dataclasses import replace
        todo.pool.put_agent(replace(agent, rest_until=None))
    _agent_is_back(todo, offer.agent_id)  # first: others may stand before this caller
""",
    ),
    Fault(
        "idlest_last",
        "Of the free agents the one who was idle for the shortest time is asked.",
        MATCHER,
        """        heads = [profiles[index].free[order][0] for index in _bits(mask)]
        return min(heads)[2]""",
        """        heads = [profiles[index].free[order][-1] for index in _bits(mask)]
        return max(heads)[2]""",
    ),
    Fault(
        "priority_ignored",
        "The order in line is by age alone.",
        ORDER,
        "    points = call.priority + queue.weight",
        "    points = queue.weight",
        breaks_theory=True,
    ),
    Fault(
        "place_lost",
        "A caller whose agent was lost goes to the end of the line.",
        AGENT,
        """replace(again, entered_at=queue.waits_since, comes_back=True""",
        """replace(again, comes_back=True""",
    ),
    Fault(
        "queued_twice",
        "A caller who is in line already may enter it again.",
        FLOW,
        """        case None:
            step(todo, QueueLeft(event.reason))""",
        """        case None:
            resume(todo) if not todo.call.follow_up else None
            step(todo, QueueLeft(event.reason))""",
    ),
    Fault(
        "deferred_log_out_lost",
        "A log-out asked for in a call is forgotten after it.",
        DECIDE,
        """    if agent.logs_out_after:
        _log_out(todo, agent, "requested")
    else:
        route_agent(todo, agent_id)""",
        """    route_agent(todo, agent_id)""",
    ),
    Fault(
        "never_in_line",
        "A caller who has to wait is not noted as waiting, and never found again.",
        MATCHER,
        "        self._note_line(call_class)\n\n    def drop_call(",
        "\n    def drop_call(",
        breaks_theory=True,
    ),
    Fault(
        "last_come_first_served",
        "The latest of those in line is served first.",
        MATCHER,
        """        return min(heads)[3] if heads else None

    def is_staffed""",
        """        masks = profile.classes & self._waiting
        lines = (self._class_list[i].line for i in _bits(masks))
        last = [place for line in lines for place in list(line)[-1:]]
        return max(last)[3] if last else (min(heads)[3] if heads else None)

    def is_staffed""",
        breaks_theory=True,
    ),
    Fault(
        "unstaffed_wait",
        "Callers are left waiting when the last agent who could take them is gone.",
        DECIDE,
        """    release_callers_of(todo, agent_id)
    overflow.give_up_unstaffed(todo)


# -""",
        """    release_callers_of(todo, agent_id)


# -""",
    ),
    Fault(
        "stale_deadline",
        "A deadline that was put off still wakes, and the new one does not.",
        AGENDA,
        """        self._at[key] = at
        heappush(self._heap, (at, key))""",
        """        self._at[key] = at
        if not any(entry[1] == key for entry in self._heap):
            heappush(self._heap, (at, key))""",
    ),
    Fault(
        "dead_phone_waits",
        "A phone that never rings is waited for.",
        AGENT,
        """    if ring.rang_at is None:
        yield ring.offer.at + RING_WITHIN_MS""",
        """    if ring.rang_at is not None:
        yield ring.offer.at + RING_WITHIN_MS""",
    ),
    Fault(
        "prompt_for_ever",
        "A prompt whose end is not reported is waited for, for ever.",
        CALL,
        """    if call.prompt is not None:
        yield call.prompt.at + PROMPT_LIMIT_MS
""",
        "",
    ),
    Fault(
        "handle_left_behind",
        "A playback that is over still leads to its call.",
        CENTRE,
        """        for handle in self._handles.pop(call_id, ()):
            self._owner.pop(handle, None)
""",
        "",
    ),
    Fault(
        "speaks_over",
        "A prompt is not stopped before the caller is moved.",
        WANTED,
        """    if actual.room is None or actual.room == goal.room:
        yield StopPrompts""",
        """    if actual.room is not None and actual.room == goal.room:
        yield StopPrompts""",
    ),
    Fault(
        "room_left_over",
        "The waiting room is not dropped after the answer.",
        WANTED,
        "for bridge_id in (actual.room, actual.talk):",
        "for bridge_id in (actual.talk,):",
    ),
    Fault(
        "key_deadline_kept",
        "The deadline of a key lives on in the queue.",
        CALL_MODEL,
        "prompt=None,\n                key_deadline_at=None,\n                flow_ms=",
        "prompt=None,\n                flow_ms=",
    ),
    Fault(
        "order_of_coming",
        "Free agents are kept in the order in which they came, not the longest idle first.",
        MATCHER,
        "insort(seat.profile.free.setdefault(order, []), key)",
        "seat.profile.free.setdefault(order, []).append(key)",
    ),
    Fault(
        "answered_twice_closed",
        "A talk that ends by a fault records the end twice.",
        AGENT,
        """    todo.record(CallEnded(todo.now, Outcome.ANSWERED, ended_by, cause))
""",
        """    todo.record(CallEnded(todo.now, Outcome.ANSWERED, ended_by, cause))
    if cause:
        todo.record(CallEnded(todo.now, Outcome.ANSWERED, ended_by, cause))
""",
    ),
    Fault(
        "wrong_outcome",
        "A caller for whom the flow opened a request has abandoned.",
        CALL,
        "return Outcome.SELF_SERVED if call.request_count else Outcome.ABANDONED_IVR",
        "return Outcome.ABANDONED_IVR",
    ),
    Fault(
        "hung_up_in_fallback",
        "A caller who has left us is hung up to make sure.",
        CENTRE,
        "            was = replace(was, caller=None)\n",
        "            pass\n",
    ),
    Fault(
        "overflows_for_ever",
        "A call may overflow as often as rules say, round and round.",
        OVERFLOW,
        """    if call.overflows >= MOST_OVERFLOWS:
        return None
""",
        "",
    ),
    Fault(
        "age_lost_by_overflow",
        "A caller who overflows into another queue goes to the end of its line.",
        FLOW,
        "at=todo.now, entered_at=before.waits_since)",
        "at=todo.now, entered_at=None)",
    ),
    Fault(
        "closed_queue_entered",
        "Callers come into a queue that is closed.",
        OVERFLOW,
        """        if not pool.doors.is_open(call.queue_id, now):
            return Moment.CLOSED
""",
        "",
    ),
    Fault(
        "staff_not_watched",
        "Nobody notices that the staff of a queue has gone to a pause.",
        STAFF,
        "if not is_same or len(counted) == 2:",
        "if not is_same:",
    ),
    Fault(
        "rule_not_due",
        "A rule's wait passes and nobody looks at it.",
        "callcenter/core/acd/overflow_rules.py",
        "for rule in rules if rule.moment is Moment.WAITING)",
        "for rule in rules if rule.moment is Moment.CLOSED)",
    ),
)
