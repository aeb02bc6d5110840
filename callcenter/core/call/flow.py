"""A call's way through its flow: the flow's actions become facts of the call."""

from callcenter.core.acd.comfort_messages import PositionAsked
from callcenter.core.acd.messages import CallEntered, CallWithdrawn
from callcenter.core.acd.overflow_rules import ToFlow, ToMailbox, ToQueue
from callcenter.core.acd.queue_messages import OpennessAsked, QueueGaveUp
from callcenter.core.call import promising
from callcenter.core.call.decision import Decision
from callcenter.core.call.facts import (
    CallClosed,
    CallEnded,
    FlowAdvanced,
    FollowUpOpened,
    PromptDeferred,
    PromptFinished,
    PromptStarted,
    QueueEntered,
    QueueExited,
    RequestOpened,
    RingEnded,
)
from callcenter.core.call.messages import NO_TRAITS, EndedBy, LegEnd, Outcome, Traits
from callcenter.core.call.model import Phase
from callcenter.core.call.wishes import needs_of, own_agents
from callcenter.core.ids import AgentId, QueueId
from callcenter.core.plan import QueueRules
from callcenter.core.records import replace
from ivr_flows import step as language
from ivr_flows.messages import (
    Action,
    AskForCallback,
    AskForFollowUp,
    AskForRequest,
    AskIfOpen,
    AwaitKey,
    CallbackTold,
    EndCall,
    EnterQueue,
    Event,
    Play,
    QueueExit,
    QueueLeft,
    WaitOn,
)
from ivr_flows.model import Flow, Session

MOST_DEFERRED = 4
"""Sets of prompts that wait for the present ones to end; further ones are left out."""


def begin(todo: Decision) -> None:
    """Start the flow of the number that was dialled."""
    _carry_out(todo, *language.begin(_flow_for_number(todo)))


def step(todo: Decision, event: Event) -> None:
    """Go on in the flow; an event that the flow does not wait for changes nothing."""
    session = todo.call.session
    if session is None:
        return
    flow = _flow_of(todo, session)
    if (session.flow_id, session.version) != (flow.flow_id, flow.version):
        _step_changed(todo)
        return
    after, actions = language.step(flow, session, event)
    if after != session or actions:
        _carry_out(todo, after, actions)


def _step_changed(todo: Decision) -> None:
    """Go on when the operator changed the flow while the service was down."""
    if todo.call.phase is not Phase.QUEUE:
        resume(todo)
    elif todo.call.is_aside:
        _wait_on(todo)


def resume_aside(todo: Decision) -> None:
    """Play the present node again to one who went aside; if it is not there any more, wait on."""
    session = todo.call.session
    if session is None:
        return
    flow = _flow_of(todo, session)
    if session.node_id in flow.nodes and session.waiting_at in flow.nodes:
        _carry_out(todo, *language.resume(flow, session))
    else:
        _wait_on(todo)


def return_to_queue(todo: Decision) -> None:
    """Forget where a caller is who went aside: for the flow they are at the queue again."""
    session = todo.call.session
    if session is not None and todo.call.is_aside:
        todo.record(FlowAdvanced(todo.now, language.returned(session)))


def resume(todo: Decision) -> None:
    """Play the present node again, for a caller who may have missed it."""
    if todo.call.session is not None:
        flow = _flow_of(todo, todo.call.session)
        _carry_out(todo, *language.resume(flow, todo.call.session))


def _flow_for_number(todo: Decision) -> Flow:
    plan = todo.setting.plan
    number = plan.numbers.get(todo.call.arrived.dnis)
    usual = number.flow_id if number else plan.default_flow_id
    return plan.flows[todo.setting.only_flow or usual]


def _flow_of(todo: Decision, session: Session) -> Flow:
    """Return the flow that a call began in, or what is there in its place."""
    plan = todo.setting.plan
    older = todo.setting.older_flows.get((session.flow_id, session.version))
    if older is not None:
        return older
    return plan.flows.get(session.flow_id) or plan.flows[plan.default_flow_id]


def _carry_out(todo: Decision, session: Session, actions: tuple[Action, ...]) -> None:
    deadline_at = next(
        (todo.now + action.timeout_ms for action in actions if isinstance(action, AwaitKey)), None
    )
    todo.record(FlowAdvanced(todo.now, session, deadline_at))
    for action in actions:
        match action:
            case Play():
                play(todo, action.prompts)
            case AwaitKey():  # the deadline is in FlowAdvanced
                _be_silent(todo)
            case EnterQueue():
                _give_up_place(todo)
                _enter_queue(todo, action)
            case WaitOn():
                _wait_on(todo)
            case AskForRequest() | AskForFollowUp():
                _leave_work(todo, action)
            case AskForCallback():
                _ask_for_callback(todo, action)
            case AskIfOpen():
                call_id = todo.call.arrived.call_id
                todo.tells.append(OpennessAsked(call_id, QueueId(action.queue)))
            case EndCall():
                _end(todo)


def _be_silent(todo: Decision) -> None:
    """Stop what plays: the first key of a number has interrupted it."""
    if todo.call.prompt is not None:
        todo.record(PromptFinished(todo.now))


def _leave_work(todo: Decision, action: AskForRequest | AskForFollowUp) -> None:
    if isinstance(action, AskForFollowUp):
        todo.record(FollowUpOpened(todo.now, action.subject))
        return
    number = todo.call.request_count + 1
    todo.record(RequestOpened(todo.now, number, action.kind, action.subject))


def _ask_for_callback(todo: Decision, action: AskForCallback) -> None:
    """Promise a callback if that can be kept, and go on in the flow either way."""
    needs = None
    if todo.call.queue is None:
        plan = todo.setting.plan
        queue = plan.queues[QueueId(action.queue)]
        needs = needs_of(EnterQueue(action.queue), _traits(todo), plan, queue)
    terms = promising.terms_for(todo, action, needs)
    if terms is not None:
        _give_up_place(todo, QueueExit.CALLBACK)
        promising.promise(todo, terms)
    step(todo, CallbackTold(is_promised=terms is not None))


def play(todo: Decision, prompts: tuple[str, ...]) -> None:
    """Play prompts where the caller is; they replace what plays now."""
    todo.record(PromptStarted(todo.now, todo.call.playback_count + 1, prompts))


def play_waiting(todo: Decision, prompts: tuple[str, ...]) -> None:
    """Let one who waits hear prompts: now, or after what plays; not in the middle of a menu."""
    if todo.call.is_aside or len(todo.call.deferred) >= MOST_DEFERRED:
        return
    if todo.call.prompt is None and not todo.call.deferred:
        play(todo, prompts)
        return
    todo.record(PromptDeferred(todo.now, prompts))
    play_next(todo)


def play_next(todo: Decision) -> None:
    """Start what one who waits hears next, if nothing plays."""
    if todo.call.prompt is None and todo.call.deferred:
        play(todo, todo.call.deferred[0])


def _wait_on(todo: Decision) -> None:
    """Wait as before going aside; the place in line may be told anew."""
    return_to_queue(todo)
    _be_silent(todo)
    todo.tells.append(PositionAsked(todo.call.arrived.call_id))


def _give_up_place(todo: Decision, why: QueueExit = QueueExit.LEFT) -> None:
    """Give the place in line up, where a key has led elsewhere."""
    call = todo.call
    if call.phase is not Phase.QUEUE:
        return
    todo.tells.append(CallWithdrawn(call.arrived.call_id, why.value))
    for ring in call.rings:
        todo.record(RingEnded(todo.now, ring.offer.leg_id, LegEnd.CANCELLED))
    todo.record(QueueExited(todo.now, why))


def _enter_queue(todo: Decision, action: EnterQueue) -> None:
    plan, before = todo.setting.plan, todo.call.queue
    queue = plan.queues[QueueId(action.queue)]
    needs = needs_of(action, _traits(todo), plan, queue)
    wait(
        todo,
        QueueEntered(
            todo.now,
            queue.queue_id,
            queue.name,
            needs.priority,
            needs.requires,
            entered_at=before.waits_since if before else promising.old_place(todo, queue.queue_id),
            prefers=needs.prefers,
            forbids=needs.forbids,
        ),
    )


def _traits(todo: Decision) -> Traits:
    return todo.call.match.traits if todo.call.match else NO_TRAITS


def wait(todo: Decision, entered: QueueEntered) -> None:
    """Let the caller wait in a queue."""
    todo.record(entered)
    todo.tells.append(asked_of_pool(todo, entered))


def asked_of_pool(todo: Decision, entered: QueueEntered) -> CallEntered:
    """Return what the pool of a queue is told when the caller comes to it."""
    arrived = todo.call.arrived
    return CallEntered(
        arrived.call_id,
        arrived.number,
        entered.queue_id,
        entered.priority,
        entered.requires,
        attempts=todo.call.offer_count,
        entered_at=entered.entered_at,
        overflows=todo.call.overflows,
        prefers=entered.prefers,
        forbids=entered.forbids,
        own_agents=_own_agents(todo, todo.setting.plan.queues[entered.queue_id]),
        is_callback=todo.call.lacks_customer,
    )


def _own_agents(todo: Decision, queue: QueueRules) -> tuple[AgentId, ...]:
    terms = todo.call.arrived.callback
    wanted = terms.agent_id if terms is not None and queue.agent_wait_ms else None
    others = own_agents(_traits(todo), queue)
    return tuple(dict.fromkeys((wanted, *others))) if wanted is not None else others


# ---------------------------------------------------------------- out of a queue without an agent


def leave_queue(todo: Decision, event: QueueGaveUp) -> None:
    """Go on in the flow, or where a rule for overflow sends the caller."""
    before = todo.call.queue
    assert before is not None, f"{event} for who never waited: {todo.call}"  # noqa: S101
    return_to_queue(todo)
    todo.record(QueueExited(todo.now, event.reason, event.to.words if event.to else ""))
    match event.to:
        case None:
            step(todo, QueueLeft(event.reason))
        case ToQueue():
            queue = todo.setting.plan.queues[event.to.queue_id]
            moved = replace(before, queue_id=queue.queue_id, queue_name=queue.name)
            wait(todo, replace(moved, at=todo.now, entered_at=before.waits_since))
        case ToFlow():
            _divert(todo, event.to)
        case ToMailbox():
            _to_mailbox(todo, before.queue_name)


def _divert(todo: Decision, to: ToFlow) -> None:
    session = todo.call.session
    assert session is not None, f"a queue without a flow: {todo.call}"  # noqa: S101
    flow = todo.setting.plan.flows[to.flow_id]
    _carry_out(todo, *language.divert(flow, session, to.node_id))


def _to_mailbox(todo: Decision, queue_name: str) -> None:
    """Let the telephone system take a message: the call is over for us, with work left behind."""
    if todo.call.follow_up is None:
        subject = f"Listen to the mailbox: a caller of {queue_name} was asked to leave a message"
        todo.record(FollowUpOpened(todo.now, subject))
    todo.leaves_to_mailbox = True
    todo.record(CallEnded(todo.now, Outcome.OVERFLOW, EndedBy.SYSTEM, "voicemail"))
    todo.record(CallClosed(todo.now))


def _end(todo: Decision) -> None:
    has_overflowed = todo.call.follow_up or todo.call.overflows
    outcome = Outcome.OVERFLOW if has_overflowed else Outcome.SELF_SERVED
    if todo.call.promised:
        outcome = Outcome.CALLBACK_REQUESTED
    _give_up_place(todo)
    todo.record(CallEnded(todo.now, outcome, EndedBy.SYSTEM))
    todo.record(CallClosed(todo.now))
