"""A call's way through its flow: the flow's actions become facts of the call."""

from callcenter.core.acd.messages import CallEntered
from callcenter.core.call.decision import Decision
from callcenter.core.call.facts import (
    CallClosed,
    CallEnded,
    FlowAdvanced,
    FollowUpOpened,
    PromptStarted,
    QueueEntered,
    RequestOpened,
)
from callcenter.core.call.messages import (
    NO_TRAITS,
    EndedBy,
    Outcome,
)
from callcenter.core.call.wishes import needs_of, own_agents
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
)
from ivr_flows.model import Flow, Session


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
        resume(todo)  # the operator changed the flow while the service was down
        return
    after, actions = language.step(flow, session, event)
    if after != session or actions:
        _carry_out(todo, after, actions)


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
                _enter_queue(todo, action)
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


def _enter_queue(todo: Decision, action: EnterQueue) -> None:
    plan, before = todo.setting.plan, todo.call.queue
    queue = plan.queues[QueueId(action.queue)]
    traits = todo.call.match.traits if todo.call.match else NO_TRAITS
    needs = needs_of(action, traits, plan, queue)
    since_at = before.waits_since if before else None
    entered = QueueEntered(
        todo.now,
        queue.queue_id,
        queue.name,
        needs.priority,
        needs.requires,
        needs.prefers,
        needs.forbids,
        since_at,
    )
    todo.record(entered)
    arrived = todo.call.arrived
    todo.tells.append(
        CallEntered(
            arrived.call_id,
            arrived.number,
            queue.queue_id,
            needs.priority,
            needs.requires,
            attempts=todo.call.offer_count,
            entered_at=since_at,
            prefers=needs.prefers,
            forbids=needs.forbids,
            own_agents=own_agents(traits, queue),
        )
    )


def _end(todo: Decision) -> None:
    outcome = Outcome.OVERFLOW if todo.call.follow_up else Outcome.SELF_SERVED
    todo.record(CallEnded(todo.now, outcome, EndedBy.SYSTEM))
    todo.record(CallClosed(todo.now))
