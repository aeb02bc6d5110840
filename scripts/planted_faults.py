"""The faults that ``scripts.mutants`` plants: replacements of text in the core."""

from dataclasses import dataclass

DECIDE = "callcenter/core/acd/decide.py"
POOL = "callcenter/core/acd/pool.py"
MODEL = "callcenter/core/acd/model.py"
MATCHER = "callcenter/core/acd/matcher.py"
AGENDA = "callcenter/core/agenda.py"
CENTRE = "callcenter/core/centre.py"
CALL = "callcenter/core/call/decide.py"
CALL_MODEL = "callcenter/core/call/model.py"
AGENT = "callcenter/core/call/agent.py"
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
        MATCHER,
        "levels.get(skill, 0) >= least for",
        "levels.get(skill, 0) >= least - 1 for",
    ),
    Fault(
        "queue_ignored",
        "Skills alone decide who may take a caller.",
        MATCHER,
        "if queue_id in queues and all(",
        "if all(",
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
        POOL,
        "replace(call, offer_id=fact.offer_id, attempts=fact.attempt)",
        "replace(call, offer_id=fact.offer_id)",
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
        """        heads = [self._profile_list[i].free[0] for i in _bits(mask)]
        return min(heads)[1]""",
        """        heads = [self._profile_list[i].free[-1] for i in _bits(mask)]
        return max(heads)[1]""",
    ),
    Fault(
        "priority_ignored",
        "The order in line is by age alone.",
        MODEL,
        "return (-self.priority, self.entered_at, self.call_number, self.call_id)",
        "return (0, self.entered_at, self.call_number, self.call_id)",
    ),
    Fault(
        "place_lost",
        "A caller whose agent was lost goes to the end of the line.",
        AGENT,
        """            entered_at=queue.at,
""",
        "",
    ),
    Fault(
        "queued_twice",
        "A caller who is in line already may enter it again.",
        CALL,
        """                todo.record(QueueExited(todo.now, event.reason))
                flow.step(todo, QueueLeft(event.reason))""",
        """                todo.record(QueueExited(todo.now, event.reason))
                flow.resume(todo) if not todo.call.follow_up else None
                flow.step(todo, QueueLeft(event.reason))""",
    ),
    Fault(
        "deferred_log_out_lost",
        "A log-out asked for in a call is forgotten after it.",
        DECIDE,
        """    if agent.logs_out_after:
        _log_out(todo, agent, "requested")
    else:
        _route_agent(todo, agent_id)""",
        """    _route_agent(todo, agent_id)""",
    ),
    Fault(
        "never_in_line",
        "A caller who has to wait is not noted as waiting, and never found again.",
        MATCHER,
        """        insort(call_class.line, call.place)
        self._waiting |= call_class.bit""",
        """        insort(call_class.line, call.place)""",
        breaks_theory=True,
    ),
    Fault(
        "last_come_first_served",
        "The latest of those in line is served first.",
        MATCHER,
        """        heads = [self._class_list[i].line[0] for i in _bits(mask)]
        return min(heads)[3] if heads else None""",
        """        heads = [self._class_list[i].line[-1] for i in _bits(mask)]
        return max(heads)[3] if heads else None""",
        breaks_theory=True,
    ),
    Fault(
        "unstaffed_wait",
        "Callers are left waiting when the last agent who could take them is gone.",
        DECIDE,
        """    todo.record(AgentLoggedOut(todo.now, agent_id, reason))
    _give_up_unstaffed(todo)""",
        """    todo.record(AgentLoggedOut(todo.now, agent_id, reason))""",
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
        """    if call.rang_at is None:
        yield offer.at + RING_WITHIN_MS""",
        """    if call.rang_at is not None:
        yield offer.at + RING_WITHIN_MS""",
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
        """        for handle in before:
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
        "phase=Phase.QUEUE, queue=fact, prompt=None, key_deadline_at=None)",
        "phase=Phase.QUEUE, queue=fact, prompt=None)",
    ),
    Fault(
        "order_of_coming",
        "Free agents are kept in the order in which they came, not the longest idle first.",
        MATCHER,
        "insort(profile.free, (agent.idle_since, agent.profile.agent_id))",
        "profile.free.append((agent.idle_since, agent.profile.agent_id))",
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
)
