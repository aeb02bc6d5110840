"""A call's facts as sentences, for the list of calls and for ``callcenter replay``."""

from callcenter.core.call.callback_messages import CallbackTerms
from callcenter.core.call.facts import (
    AgentBriefed,
    AgentConnected,
    AgentOffered,
    AgentRang,
    CallArrived,
    CallClosed,
    CallEnded,
    CallerIdentified,
    CallFact,
    FlowAdvanced,
    FollowUpOpened,
    OfferShown,
    PromptDeferred,
    PromptFinished,
    PromptStarted,
    QueueEntered,
    QueueExited,
    RequestOpened,
    RingEnded,
    TalkEnded,
    WrapUpFinished,
)
from callcenter.core.call.messages import (
    LegEnd,
    MatchStatus,
)
from callcenter.core.ids import CallId, Ms
from callcenter.ports.journal import Journal, Recorded
from callcenter.runtime.callback_story import begun, callback_sentence
from ivr_flows.messages import QueueExit

_RING_ENDS = {
    LegEnd.HUNG_UP: "was declined",
    LegEnd.REFUSED: "was declined or busy",
    LegEnd.NO_ANSWER: "was not answered",
    LegEnd.UNREACHABLE: "could not be reached",
    LegEnd.CANCELLED: "was cancelled",
    LegEnd.LOST: "was lost, at nobody's fault",
    LegEnd.ELSEWHERE: "was taken at another phone",
    LegEnd.NOT_RUNG: "did not ring",
    LegEnd.NOT_SHOWN: "was not shown by the agent's page",
    LegEnd.PAGE_LOST: "was taken back, because the agent's page was gone",
}
_QUEUE_EXITS = {
    QueueExit.TIMED_OUT: "The longest wait is over.",
    QueueExit.UNSTAFFED: "Nobody is there for the caller.",
    QueueExit.CLOSED: "The queue is closed.",
    QueueExit.FULL: "The queue is full.",
    QueueExit.CLOSING: "The queue closes.",
    QueueExit.CALLBACK: "The caller will be called back.",
    QueueExit.LEFT: "The caller has left the line by a key.",
    QueueExit.WAITED: "The caller has waited as long as a rule of the queue says.",
    QueueExit.POSITION: "The caller is too far behind in line.",
    QueueExit.SERVICE_LEVEL: "Too few callers of the queue were served in time of late.",
}
_MATCHES = {
    MatchStatus.PENDING: "The caller is being looked up.",
    MatchStatus.NONE: "Nobody is known under this number.",
    MatchStatus.MULTIPLE: "Several people are known under this number.",
    MatchStatus.SHARED: "This number is shared by several people.",
    MatchStatus.WITHHELD: "The number is withheld.",
    MatchStatus.UNAVAILABLE: "The network gave no number.",
}


class JournalStories:
    """Tells calls from the journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def story(self, call_id: str) -> list[tuple[Ms, str, str]]:
        """Return instant, name and sentence of each fact of a call, in order; empty if unknown."""
        lines = []
        async for entry in self._journal.read_stream(f"call/{CallId(call_id)}"):
            if isinstance(entry, Recorded):
                fact = entry.fact
                lines.append((fact.at, type(fact).__name__, sentence(fact)))  # type: ignore[arg-type]
            else:
                lines.append((0, entry.kind, "This entry cannot be read."))
        return lines


def sentence(fact: CallFact) -> str:
    """Say in a sentence what a fact records."""
    match fact:
        case CallArrived() | CallEnded() | CallClosed():
            return _of_call(fact)
        case CallerIdentified():
            return _of_match(fact)
        case FlowAdvanced() | PromptStarted() | PromptFinished() | PromptDeferred():
            return _of_flow(fact)
        case QueueEntered() | QueueExited():
            return _of_queue(fact)
        case AgentOffered() | AgentRang() | OfferShown() | RingEnded():
            return _of_offer(fact)
        case AgentBriefed() | AgentConnected() | TalkEnded():
            return _of_agent(fact)
        case RequestOpened() | FollowUpOpened() | WrapUpFinished():
            return _of_work(fact)
        case _:
            return callback_sentence(fact)


def _of_call(fact: CallArrived | CallEnded | CallClosed) -> str:
    match fact:
        case CallArrived(callback=CallbackTerms() as terms):
            return begun(terms)
        case CallArrived():
            return f"{fact.ani or 'A withheld number'} called {fact.service} ({fact.dnis})."
        case CallEnded():
            outcome = fact.outcome.value.replace("_", " ")
            cause = f" ({fact.cause})" if fact.cause else ""
            return f"The call was ended by the {fact.ended_by.value}: {outcome}{cause}."
        case CallClosed():
            return "Nothing is left to do for this call."


def _of_match(fact: CallerIdentified) -> str:
    if fact.confirmed_by:
        return f"The agent confirmed the caller: {fact.name}."
    if fact.status is MatchStatus.SINGLE:
        return f"The caller was recognised: {fact.name}."
    return _MATCHES[fact.status]


def _of_flow(fact: FlowAdvanced | PromptStarted | PromptFinished | PromptDeferred) -> str:
    match fact:
        case FlowAdvanced():
            session = fact.session
            kept = f"; the place at {session.waiting_at} is kept" if session.waiting_at else ""
            at = f"{session.node_id} (try {session.attempt})"
            return f"The flow {session.flow_id} is at {at}{kept}."
        case PromptDeferred():
            return f"The caller hears {', '.join(fact.prompts)} next."
        case PromptStarted():
            return f"The caller hears {', '.join(fact.prompts)}."
        case PromptFinished():
            return "The prompt is over."


def _of_queue(fact: QueueEntered | QueueExited) -> str:
    if isinstance(fact, QueueExited):
        return f"{_QUEUE_EXITS[fact.reason]} Next: {fact.target.replace('_', ' ') or 'the flow'}."
    skills = ", ".join(f"{skill} {level}" for skill, level in fact.requires)
    wants = f", wants {skills}" if skills else ""
    is_old = fact.entered_at is not None
    place = f", in line as of {_seconds(fact.at - fact.waits_since)} before" if is_old else ""
    return f"The caller waits in {fact.queue_name} (priority {fact.priority}{wants}{place})."


def _seconds(duration_ms: Ms) -> str:
    return f"{duration_ms / 1000:.0f} s"


def _of_offer(fact: AgentOffered | AgentRang | OfferShown | RingEnded) -> str:
    match fact:
        case AgentOffered():
            return f"Offer {fact.attempt}: the call goes to {fact.agent_name} at {fact.station}."
        case AgentRang():
            return "The agent's phone rings."
        case RingEnded():
            keeps = (
                "" if fact.reason is LegEnd.ELSEWHERE else "; the caller keeps the place in line"
            )
            return f"The offer {_RING_ENDS[fact.reason]}{keeps}."
        case OfferShown():
            return "The agent's page shows the call."


def _of_agent(fact: AgentBriefed | AgentConnected | TalkEnded) -> str:
    match fact:
        case AgentBriefed():
            return f"The agent answered and hears {', '.join(fact.prompts)}."
        case AgentConnected():
            return "The agent answered; they talk."
        case TalkEnded():
            back = "; the caller waits again at the old place" if fact.requeued else ""
            return f"The talk was ended by the {fact.ended_by.value}{back}."


def _of_work(fact: RequestOpened | FollowUpOpened | WrapUpFinished) -> str:
    match fact:
        case RequestOpened():
            who = "The agent" if fact.opened_by else "The flow"
            return f"{who} opened a service request ({fact.kind}): {fact.subject}."
        case FollowUpOpened():
            return f"A follow-up task was left: {fact.subject}."
        case WrapUpFinished():
            if fact.late:
                return "The time for the after-call work ran out; nothing was filed."
            return f"The after-call work was filed as {fact.disposition or 'nothing'}."
