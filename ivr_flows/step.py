"""Decides what a caller in a flow hears next. Pure: the same session and event, the same answer.

A session always rests at one node and waits there for one kind of event (``Session.awaiting``).
``step`` looks only at that pair:

    node      PROMPT                        KEY                       QUEUE
    Say       PromptEnded -> next
    Menu      KeyPressed; PromptEnded       KeyPressed; KeyTimedOut
    Queue                                   KeyPressed -> aside       QueueLeft -> its exit
    HangUp    PromptEnded -> end
    Back      PromptEnded -> its queue
    Digits    KeyPressed; PromptEnded       KeyPressed; KeyTimedOut

A caller who waits may go aside by a key of the queue's node: ``Session.waiting_at`` names that node
while the session rests at others. ``Back``, or coming to that queue again, ends it; ``returned``
does when an agent answers. Coming to another queue, or the end of the call, gives the place up.

Everything else is late or means nothing there (a key in a Say, the end of a prompt that a key has
interrupted): the session stays as it is and nothing is done. OpenRequest and FollowUp never hold a
caller; a step goes on through them and returns their actions in order before the one that holds.
Hours waits for OpenTold alone, which comes before anything else can happen; so does Callback for
CallbackTold. Who will be called back does not wait any more: the place has gone to the callback.
"""

from dataclasses import dataclass, replace
from typing import assert_never

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
    KeyPressed,
    KeyTimedOut,
    OpenTold,
    Play,
    PromptEnded,
    QueueExit,
    QueueLeft,
    WaitOn,
)
from ivr_flows.model import (
    Awaiting,
    Back,
    Callback,
    Digits,
    Flow,
    FollowUp,
    HangUp,
    Hours,
    Menu,
    Node,
    OpenRequest,
    Queue,
    Say,
    Session,
)

MAX_PATH = 50
"""A caller who goes round the menus for ever must not make the session grow for ever."""

Step = tuple[Session, tuple[Action, ...]]


@dataclass(frozen=True, slots=True)
class _Hold:
    """The node keeps the caller: do this and wait for that."""

    awaiting: Awaiting
    action: Action


@dataclass(frozen=True, slots=True)
class _Pass:
    """The node does this at once and sends the caller on."""

    action: Action
    target: str


def begin(flow: Flow) -> Step:
    """Return the session of a caller who has just come into a flow, and what to do first."""
    session = Session(flow.flow_id, flow.version, flow.start, Awaiting.NOTHING)
    return _go_to(flow, session, flow.start)


def step(flow: Flow, session: Session, event: Event) -> Step:
    """Return the session after an event, and what to do in this order.

    Args:
        flow: The flow that the session began in, in that version.
        session: The caller's place.
        event: What happened to the caller; any event may come at any time.

    Returns:
        The new session and actions, of which the last Play, AwaitKey, EnterQueue or EndCall is
        what goes on. An event that means nothing here returns the same session and no actions.

    Raises:
        AssertionError: The session is not of this version of this flow.
    """
    if (session.flow_id, session.version) != (flow.flow_id, flow.version):
        raise AssertionError(f"{session} is not of {flow.flow_id} {flow.version}")
    node = flow.nodes[session.node_id]
    match node:
        case Say():
            return _step_say(flow, node, session, event)
        case Menu():
            return _step_menu(flow, node, session, event)
        case Queue():
            return _step_queue(flow, node, session, event)
        case Hours() | Callback():
            return _step_answered(flow, node, session, event)
        case HangUp():
            return _step_hang_up(session, event)
        case Back():
            return _step_back(session, event)
        case Digits():
            return _step_digits(flow, node, session, event)
        case OpenRequest() | FollowUp():
            raise AssertionError(f"{session} rests at a node that holds nobody")
        case _:
            assert_never(node)


def resume(flow: Flow, session: Session) -> Step:
    """Return the session as it comes anew to the node where it rests, and what to do there.

    For a caller who may have missed what happened there: after a restart, for example. The flow
    may be another version than the session's; without that node the caller begins anew.
    """
    if session.node_id not in flow.nodes:
        return begin(flow)
    here = replace(session, flow_id=flow.flow_id, version=flow.version)
    again, actions = _go_to(flow, here, session.node_id)
    return replace(again, attempt=session.attempt), actions


def divert(flow: Flow, session: Session, node_id: str = "") -> Step:
    """Return the session as it comes to a node of another flow, or of its own, and what to do.

    Args:
        flow: The flow to go on in.
        session: The caller's place until now; what they chose in menus is kept.
        node_id: Where to go on; the flow's start if it is empty, or not there any more.
    """
    here = replace(session, flow_id=flow.flow_id, version=flow.version)
    return _go_to(flow, here, node_id if node_id in flow.nodes else flow.start)


def returned(session: Session) -> Session:
    """Return the session of a caller who went aside, waiting at the queue's node as before."""
    if not session.waiting_at:
        return session
    return replace(
        session,
        node_id=session.waiting_at,
        awaiting=Awaiting.QUEUE,
        attempt=1,
        waiting_at="",
    )


# ---------------------------------------------------------------- coming to a node


def _go_to(flow: Flow, session: Session, target: str) -> Step:
    """Enter a node, and those after it until one holds the caller."""
    actions: list[Action] = []
    for _ in flow.nodes:
        if target == session.waiting_at:
            return returned(session), (*actions, WaitOn())
        entered = _enter(flow.nodes[target], session)
        if isinstance(flow.nodes[target], Digits):
            session = replace(session, keyed="")
        actions.append(entered.action)
        if isinstance(entered.action, WaitOn):
            return returned(session), tuple(actions)
        if isinstance(entered.action, EnterQueue):
            session = replace(session, waiting_at="")  # the old place is given up
        if isinstance(entered, _Hold):
            at = replace(session, node_id=target, awaiting=entered.awaiting, attempt=1)
            return at, tuple(actions)
        target = entered.target
    raise AssertionError(f"the flow {flow.flow_id} goes round without waiting at {target}")


def _enter(node: Node, session: Session) -> _Hold | _Pass:
    match node:
        case Callback():
            number = session.keyed if node.number == "keyed" else ""
            return _Hold(Awaiting.ANSWER, AskForCallback(node.queue, number, node.after_ms))
        case Say(prompts=prompts) | Menu(prompts=prompts) | Digits(prompts=prompts):
            return _Hold(Awaiting.PROMPT, Play(prompts))
        case Queue():
            wants = (node.priority, node.requires, node.prefers, node.forbids)
            return _Hold(Awaiting.QUEUE, EnterQueue(node.queue, *wants))
        case Hours(queue=queue):
            return _Hold(Awaiting.ANSWER, AskIfOpen(queue))
        case OpenRequest(subject=subject, kind=kind, next=target):
            return _Pass(AskForRequest(subject, kind), target)
        case FollowUp(subject=subject, next=target):
            return _Pass(AskForFollowUp(subject), target)
        case HangUp(prompts=()):
            return _Hold(Awaiting.NOTHING, EndCall())
        case Back(prompts=()):
            return _Hold(Awaiting.QUEUE, WaitOn())
        case HangUp(prompts=prompts) | Back(prompts=prompts):
            return _Hold(Awaiting.PROMPT, Play(prompts))
        case _:
            assert_never(node)


# ---------------------------------------------------------------- at a node


def _step_say(flow: Flow, node: Say, session: Session, event: Event) -> Step:
    if isinstance(event, PromptEnded):
        return _go_to(flow, session, node.next)
    return session, ()


def _step_menu(flow: Flow, node: Menu, session: Session, event: Event) -> Step:
    match event, session.awaiting:
        case KeyPressed(key=key), _ if key in node.keys:
            path = (*session.path, f"{session.node_id}: {key}")[-MAX_PATH:]
            return _go_to(flow, replace(session, path=path), node.keys[key])
        case KeyPressed(), _:
            return _try_again(flow, node, session, node.wrong_key)
        case PromptEnded(), Awaiting.PROMPT:
            return replace(session, awaiting=Awaiting.KEY), (AwaitKey(node.timeout_ms),)
        case KeyTimedOut(), Awaiting.KEY:
            return _try_again(flow, node, session, ())
        case _:
            return session, ()


def _try_again(flow: Flow, node: Menu, session: Session, first: tuple[str, ...]) -> Step:
    if session.attempt >= node.attempts:
        return _go_to(flow, session, node.otherwise)
    again = replace(session, awaiting=Awaiting.PROMPT, attempt=session.attempt + 1)
    return again, (Play((*first, *node.prompts)),)


def _step_queue(flow: Flow, node: Queue, session: Session, event: Event) -> Step:
    match event:
        case QueueLeft(reason=QueueExit.UNSTAFFED):
            return _go_to(flow, session, node.unstaffed)
        case QueueLeft(reason=QueueExit.CLOSED):
            return _go_to(flow, session, node.closed or node.unstaffed)
        case QueueLeft(reason=QueueExit.FULL):
            return _go_to(flow, session, node.full or node.unstaffed)
        case QueueLeft():
            return _go_to(flow, session, node.timed_out)
        case KeyPressed(key=key) if key in node.keys:
            path = (*session.path, f"{session.node_id}: {key}")[-MAX_PATH:]
            aside = replace(session, path=path, waiting_at=session.node_id)
            return _go_to(flow, aside, node.keys[key])
        case _:
            return session, ()


def _step_digits(flow: Flow, node: Digits, session: Session, event: Event) -> Step:
    match event, session.awaiting:
        case KeyPressed(key="#"), _:
            return _digits_over(flow, node, session)
        case KeyPressed(key="*"), _:
            return replace(session, keyed="", awaiting=Awaiting.KEY), (AwaitKey(node.timeout_ms),)
        case KeyPressed(key=key), _ if key.isdigit():
            more = replace(session, keyed=session.keyed + key, awaiting=Awaiting.KEY)
            if len(more.keyed) >= node.most:
                return _go_to(flow, more, node.next)
            return more, (AwaitKey(node.timeout_ms),)
        case PromptEnded(), Awaiting.PROMPT:
            return replace(session, awaiting=Awaiting.KEY), (AwaitKey(node.timeout_ms),)
        case KeyTimedOut(), Awaiting.KEY:
            return _digits_over(flow, node, session)
        case _:
            return session, ()


def _digits_over(flow: Flow, node: Digits, session: Session) -> Step:
    if len(session.keyed) >= node.least:
        return _go_to(flow, session, node.next)
    if session.attempt >= node.attempts:
        return _go_to(flow, session, node.otherwise)
    attempt = session.attempt + 1
    again = replace(session, awaiting=Awaiting.PROMPT, attempt=attempt, keyed="")
    return again, (Play(node.prompts),)


def _step_answered(flow: Flow, node: Hours | Callback, session: Session, event: Event) -> Step:
    match node, event:
        case Hours(), OpenTold(is_open=is_open):
            return _go_to(flow, session, node.open if is_open else node.closed)
        case Callback(), CallbackTold(is_promised=True):
            return _go_to(flow, replace(session, waiting_at=""), node.taken)
        case Callback(), CallbackTold():
            return _go_to(flow, session, node.refused)
        case _:
            return session, ()


def _step_back(session: Session, event: Event) -> Step:
    if isinstance(event, PromptEnded):
        return returned(session), (WaitOn(),)
    return session, ()


def _step_hang_up(session: Session, event: Event) -> Step:
    if isinstance(event, PromptEnded) and session.awaiting is Awaiting.PROMPT:
        return replace(session, awaiting=Awaiting.NOTHING), (EndCall(),)
    return session, ()
