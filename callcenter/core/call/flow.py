"""A call's way through its flow: the flow's actions become facts of the call."""

from callcenter.core.acd.comfort_messages import PositionAsked
from callcenter.core.acd.messages import CallEntered, CallWithdrawn
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
from callcenter.core.call.messages import (
    EndedBy,
    LegEnd,
    Outcome,
)
from callcenter.core.call.model import Phase
from callcenter.core.ids import QueueId
from ivr_flows import step as language
from ivr_flows.messages import (
    Action,
    AskForFollowUp,
    AskForRequest,
    AwaitKey,
    EndCall,
    EnterQueue,
    Event,
    Play,
    QueueExit,
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
    return plan.flows[number.flow_id if number else plan.default_flow_id]


def _flow_of(todo: Decision, session: Session) -> Flow:
    plan = todo.setting.plan
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
            case AwaitKey():
                pass  # the deadline is in FlowAdvanced
            case EnterQueue():
                _leave_queue(todo)
                _enter_queue(todo, action)
            case WaitOn():
                _wait_on(todo)
            case AskForRequest():
                number = todo.call.request_count + 1
                todo.record(RequestOpened(todo.now, number, action.kind, action.subject))
            case AskForFollowUp():
                todo.record(FollowUpOpened(todo.now, action.subject))
            case EndCall():
                _end(todo)


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
    if todo.call.prompt is not None:
        todo.record(PromptFinished(todo.now))
    todo.tells.append(PositionAsked(todo.call.arrived.call_id))


def _leave_queue(todo: Decision) -> None:
    """Give the place in line up, where a key has led elsewhere."""
    call = todo.call
    if call.phase is not Phase.QUEUE:
        return
    todo.tells.append(CallWithdrawn(call.arrived.call_id, "left"))
    if call.offer is not None:
        todo.record(RingEnded(todo.now, call.offer.leg_id, LegEnd.CANCELLED))
    todo.record(QueueExited(todo.now, QueueExit.LEFT))


def _enter_queue(todo: Decision, action: EnterQueue) -> None:
    queue = todo.setting.plan.queues[QueueId(action.queue)]
    requires = tuple(sorted(action.requires.items()))
    todo.record(QueueEntered(todo.now, queue.queue_id, queue.name, action.priority, requires))
    arrived = todo.call.arrived
    todo.tells.append(
        CallEntered(
            arrived.call_id,
            arrived.number,
            queue.queue_id,
            action.priority,
            requires,
            attempts=todo.call.offer_count,
        )
    )


def _end(todo: Decision) -> None:
    _leave_queue(todo)
    outcome = Outcome.OVERFLOW if todo.call.follow_up else Outcome.SELF_SERVED
    todo.record(CallEnded(todo.now, outcome, EndedBy.SYSTEM))
    todo.record(CallClosed(todo.now))
