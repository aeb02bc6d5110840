"""What an agent asks for on the page, in the node's words."""

from collections.abc import Callable
from typing import Final

from callcenter.adapters.web.wire import (
    Answer,
    Bump,
    CallBack,
    ChooseDisposition,
    CloseQueue,
    ConfirmPerson,
    ExtendWrapUp,
    HangUp,
    LogOut,
    OfferShown,
    Pause,
    Pick,
    Ready,
    ReopenQueue,
    RequestDraft,
    WrapUp,
)
from callcenter.core.acd.asked import BumpRequested, PickRequested
from callcenter.core.acd.messages import LogOutRequested, PauseRequested, ReadyRequested
from callcenter.core.acd.queue_messages import QueueCloseRequested, QueueInput, QueueReopenRequested
from callcenter.core.acd.wrap_up_messages import DispositionChosen, WrapUpExtensionRequested
from callcenter.core.call.callback_messages import AgentCallbackRequested
from callcenter.core.call.messages import (
    AnswerRequested,
    HangUpRequested,
    NewRequest,
    OfferSeen,
    PersonConfirmed,
    WrapUpSubmitted,
)
from callcenter.core.call.promising import MOST_AHEAD_MS
from callcenter.core.ids import CALL_ID, AgentId, CallId, OfferId, QueueId
from callcenter.core.plan import Plan
from callcenter.ports.accounts import Account, Role
from callcenter.ports.desk import DeskCall
from callcenter.ports.directory import Candidate, Directory
from callcenter.ports.requests import Request
from callcenter.runtime.fanout import Fanout
from callcenter.runtime.topics import desk_topic

QueueFrame = CloseQueue | ReopenQueue
DeskFrame = (
    Ready
    | Pause
    | LogOut
    | Answer
    | HangUp
    | WrapUp
    | ConfirmPerson
    | Pick
    | OfferShown
    | ExtendWrapUp
    | ChooseDisposition
    | CallBack
)

NOTE_LENGTH: Final = 4000
SUBJECT_LENGTH: Final = 200
REASON_LENGTH: Final = 80


class Refusal(Exception):
    """The page asks for something impossible; the message is for people."""


class Translation:
    """Turns frames into requests. Who asks is the session's agent, never what a frame says."""

    def __init__(
        self,
        plan: Callable[[], Plan],
        request_kinds: tuple[str, ...],
        directory: Directory,
        fanout: Fanout,
    ) -> None:
        self._plan = plan
        self._request_kinds = frozenset(request_kinds)
        self._directory = directory
        self._fanout = fanout

    def queue_request(self, frame: QueueFrame, name: str) -> QueueInput:
        """Return what a supervisor's frame asks of a queue; raises Refusal.

        Args:
            frame: What the page sent.
            name: Who asks, for the record.
        """
        if frame.queue_id not in self._plan().queues:
            raise Refusal("There is no such queue.")
        queue_id = QueueId(frame.queue_id)
        if isinstance(frame, ReopenQueue):
            return QueueReopenRequested(queue_id, name)
        reason = _text(frame.reason, "reason", REASON_LENGTH)
        if not reason:
            raise Refusal("Say why the queue is closed.")
        return QueueCloseRequested(queue_id, name, reason)

    async def request(self, frame: DeskFrame, agent_id: AgentId) -> Request:
        """Return the request that a frame of this agent's stands for.

        Raises:
            Refusal: It names something that does not exist, or is too long.
        """
        match frame:
            case Ready():
                return ReadyRequested(agent_id)
            case Pause():
                return PauseRequested(agent_id, self._pause_reason(frame.reason))
            case LogOut():
                return LogOutRequested(agent_id)
            case Answer():
                return AnswerRequested(agent_id, _call_id(frame.call_id))
            case Pick():
                return PickRequested(agent_id, _call_id(frame.call_id))
            case HangUp():
                return HangUpRequested(agent_id, _call_id(frame.call_id))
            case WrapUp():
                return self._wrap_up(frame, agent_id)
            case ConfirmPerson():
                return await self._confirmed(frame, agent_id)
            case OfferShown() | ExtendWrapUp() | ChooseDisposition() | CallBack():
                return self._at_hand(frame, agent_id)

    def _at_hand(
        self, frame: OfferShown | ExtendWrapUp | ChooseDisposition | CallBack, agent_id: AgentId
    ) -> Request:
        call_id = _call_id(frame.call_id)
        match frame:
            case OfferShown():
                return OfferSeen(agent_id, call_id, OfferId(_call_id(frame.offer_id)))
            case CallBack():
                if not 0 <= frame.after_ms <= MOST_AHEAD_MS:
                    raise Refusal("The time must lie within the next thirty days.")
                return AgentCallbackRequested(agent_id, call_id, frame.after_ms)
            case ExtendWrapUp():
                return WrapUpExtensionRequested(agent_id, call_id)
            case ChooseDisposition():
                if frame.disposition not in {each.code for each in self._plan().dispositions}:
                    raise Refusal("This outcome does not exist.")
                return DispositionChosen(agent_id, call_id, frame.disposition)

    def _pause_reason(self, reason: str) -> str:
        if reason not in self._plan().pause_reasons:
            raise Refusal("This reason for a pause does not exist.")
        return reason

    def _wrap_up(self, frame: WrapUp, agent_id: AgentId) -> WrapUpSubmitted:
        known = {each.code: each for each in self._plan().dispositions}
        disposition = known.get(frame.disposition)
        if disposition is None:
            raise Refusal("This outcome does not exist.")
        note = _text(frame.note, "note", NOTE_LENGTH)
        if disposition.requires_note and not note:
            raise Refusal(f"The outcome {disposition.label!r} needs a note.")
        draft = frame.service_request
        return WrapUpSubmitted(
            agent_id=agent_id,
            call_id=_call_id(frame.call_id),
            disposition=disposition.code,
            note=note,
            request=None if draft is None else self._new_request(draft),
        )

    def _new_request(self, draft: RequestDraft) -> NewRequest:
        if draft.kind not in self._request_kinds:
            raise Refusal("This kind of service request does not exist.")
        subject = _text(draft.subject, "subject", SUBJECT_LENGTH)
        if not subject:
            raise Refusal("A service request needs a subject.")
        description = _text(draft.description, "description", NOTE_LENGTH)
        return NewRequest(draft.kind, subject, description)

    async def _confirmed(self, frame: ConfirmPerson, agent_id: AgentId) -> PersonConfirmed:
        call_id = _call_id(frame.call_id)
        candidate = self._candidate(agent_id, call_id, frame.party_id)
        try:
            card = await self._directory.card(candidate.party_id)
        except TimeoutError:
            raise Refusal("The customer data does not answer now. Try again.") from None
        if card is None:
            raise Refusal("This person is not in the customer data any more.")
        return PersonConfirmed(agent_id, call_id, card.party_id, card.name)

    def _candidate(self, agent_id: AgentId, call_id: CallId, party_id: str) -> Candidate:
        """Return one of the people whom this agent was shown for this call.

        So a page cannot attach a call to, or learn the name of, just anybody.
        """
        call = self._fanout.find(desk_topic(agent_id), ("desk_call", call_id))
        if isinstance(call, DeskCall):
            for candidate in call.candidates:
                if candidate.party_id == party_id:
                    return candidate
        raise Refusal("This person is not one of those the call may be from.")


def bump_request(frame: Bump, account: Account) -> BumpRequested:
    """Return what a supervisor's frame stands for; raises Refusal for anybody else."""
    if account.role is Role.AGENT:
        raise Refusal("Only supervisors may change the order in line.")
    return BumpRequested(_call_id(frame.call_id), AgentId(account.user_id))


def _call_id(text: str) -> CallId:
    if not CALL_ID.fullmatch(text):
        raise Refusal("There is no such call.")
    return CallId(text)


def _text(text: str, name: str, limit: int) -> str:
    text = text.strip()
    if len(text) > limit:
        raise Refusal(f"The {name} is longer than {limit} characters.")
    if "\0" in text:
        raise Refusal(f"The {name} has a character that cannot be stored.")
    return text
