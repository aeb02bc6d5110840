"""What happens to a call, and the words for it.

Legs, bridges and playbacks carry ids of our own making (``ids.derive_id``); only the caller's leg
is named by the PBX. Whoever sends an input need know only the id of the thing it happened to.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from callcenter.core.call.callback_messages import (
    AgentCallbackRequested,
    CallbackCancelRequested,
    CallbackPutOff,
    NumberChecked,
)
from callcenter.core.ids import (
    AgentId,
    CallId,
    LegId,
    OfferId,
    PartyId,
    PlaybackId,
)


class Presentation(StrEnum):
    """What the network says of the caller's number."""

    ALLOWED = "allowed"
    WITHHELD = "withheld"
    UNAVAILABLE = "unavailable"


class LegEnd(StrEnum):
    """Why an agent's leg is gone."""

    HUNG_UP = "hung_up"
    """It was answered, and the agent (or the network) ended it."""
    REFUSED = "refused"
    """Busy or declined at the phone."""
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    """Not registered, no ringing, an error from the phone."""
    CANCELLED = "cancelled"
    """We ended it."""
    LOST = "lost"
    """It is not there any more and nobody saw it go."""
    ELSEWHERE = "elsewhere"
    """Another of the phones that rang has answered."""
    NOT_RUNG = "not_rung"
    """We ended it: the phone gave no sign of ringing."""
    NOT_SHOWN = "not_shown"
    """We ended it: the agent's page did not say that it showed the call."""
    PAGE_LOST = "page_lost"
    """We ended it: the agent's page was gone."""


class CallerEnd(StrEnum):
    """Why the caller's leg is gone."""

    HUNG_UP = "hung_up"
    LEASE_EXPIRED = "lease_expired"
    """The dialplan took the caller to its fallback, because nobody renewed the lease."""
    LOST = "lost"
    PBX_RESTART = "pbx_restart"


class MatchStatus(StrEnum):
    """What the CRM store knows about the caller's number."""

    PENDING = "pending"
    NONE = "none"
    SINGLE = "single"
    MULTIPLE = "multiple"
    SHARED = "shared"
    WITHHELD = "withheld"
    UNAVAILABLE = "unavailable"


class Outcome(StrEnum):
    """How the call ended, as the CRM entry says it."""

    ANSWERED = "answered"
    ABANDONED_IVR = "abandoned_ivr"
    ABANDONED_QUEUE = "abandoned_queue"
    SELF_SERVED = "self_served"
    """The flow ended the call after it had done something for the caller."""
    OVERFLOW = "overflow"
    """Nobody took the call: longest wait, or nobody staffed. A follow-up was left."""
    FAILED = "failed"
    """A fault: lease expired, PBX restarted, program error."""
    CALLBACK_REQUESTED = "callback_requested"
    """The caller will be called back; that is a call of its own."""
    CALLBACK_UNREACHED = "callback_unreached"
    """We called back, as often as was to be, and reached nobody. A follow-up was left."""
    CALLBACK_CANCELLED = "callback_cancelled"
    """The callback is not needed any more; the cause says why."""
    FALLBACK_ANSWERED = "fallback_answered"
    """The service was away, and a phone of the dialplan's fallback took the call."""
    FALLBACK_MESSAGE = "fallback_message"
    """The caller left a message in the mailbox of the fallback."""
    FALLBACK_ABANDONED = "fallback_abandoned"
    """The fallback had the call, and nobody took it."""


UNSEEN: Final = "unseen"
"""Cause of a failed call: we asked for the caller and never saw them. The PBX may know more."""


class EndedBy(StrEnum):
    """Who ended the call."""

    CALLER = "caller"
    AGENT = "agent"
    SYSTEM = "system"


# ---------------------------------------------------------------- inputs from telephony


@dataclass(frozen=True, slots=True)
class CallOffered:
    """The PBX asks whether we take this call. It is not ours before ``CallerArrived``."""

    leg_id: LegId
    ani: str | None
    dnis: str
    presentation: Presentation = Presentation.ALLOWED
    ani_name: str = ""


@dataclass(frozen=True, slots=True)
class ClaimRefused:
    """The call that we asked for is somebody else's: another node's, or the fallback's."""

    leg_id: LegId


@dataclass(frozen=True, slots=True)
class ClaimUnseen:
    """The PBX has nobody any more of whom we asked for, and nobody saw them come or go."""

    leg_id: LegId


ClaimInput = CallOffered | ClaimRefused | ClaimUnseen


@dataclass(frozen=True, slots=True)
class CallerArrived:
    """A caller is in our hands, not answered yet (or found there after a restart)."""

    leg_id: LegId
    ani: str | None
    """As the trunk delivered it; None if withheld or missing."""
    presentation: Presentation
    ani_name: str
    """The name the network gave, cleaned and cut to 80 characters; may be empty."""
    dnis: str


@dataclass(frozen=True, slots=True)
class CallerGone:
    """The caller's leg has left us."""

    leg_id: LegId
    end: CallerEnd


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """The caller pressed a key."""

    leg_id: LegId
    digit: str


@dataclass(frozen=True, slots=True)
class PlaybackEnded:
    """A prompt or announcement is over: played, stopped or failed."""

    playback_id: PlaybackId


@dataclass(frozen=True, slots=True)
class LegRinging:
    """The agent's phone rings."""

    leg_id: LegId


@dataclass(frozen=True, slots=True)
class LegAnswered:
    """The agent picked up."""

    leg_id: LegId


@dataclass(frozen=True, slots=True)
class LegEnded:
    """An agent's leg is gone, or could not be made."""

    leg_id: LegId
    end: LegEnd


@dataclass(frozen=True, slots=True)
class CallRecovered:
    """After a restart or a lost event socket: what telephony really has of this call.

    A leg that is missing here ended while nobody looked.
    """

    call_id: CallId
    caller_present: bool
    ringing: frozenset[LegId]
    """Agents' legs not yet answered."""
    answered: frozenset[LegId]
    pbx_restarted: bool = False


# ---------------------------------------------------------------- inputs from desk and CRM


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A service request that an agent opens in the wrap-up."""

    kind: str
    subject: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class WrapUpSubmitted:
    """The agent finished the after-call work."""

    agent_id: AgentId
    call_id: CallId
    disposition: str
    note: str
    request: NewRequest | None = None


@dataclass(frozen=True, slots=True)
class HangUpRequested:
    """The agent ends the call from the page."""

    agent_id: AgentId
    call_id: CallId


@dataclass(frozen=True, slots=True)
class AnswerRequested:
    """The agent picks up by a click; only for stations that can."""

    agent_id: AgentId
    call_id: CallId


@dataclass(frozen=True, slots=True)
class OfferSeen:
    """The agent's page shows the call that is offered."""

    agent_id: AgentId
    call_id: CallId
    offer_id: OfferId


@dataclass(frozen=True, slots=True)
class PersonConfirmed:
    """The agent says who the caller is."""

    agent_id: AgentId
    call_id: CallId
    party_id: PartyId
    name: str


@dataclass(frozen=True, slots=True)
class Traits:
    """What the CRM store knows of a caller that counts for who is to talk with them."""

    tier: str = ""
    language: str = ""
    """A code such as "fr"; empty: not known."""
    owner_id: AgentId | None = None
    """Who looks after this customer."""
    last_agent_id: AgentId | None = None
    """Who talked with the customer last."""


NO_TRAITS = Traits()


@dataclass(frozen=True, slots=True)
class CallerMatched:
    """The CRM store was asked who calls."""

    call_id: CallId
    status: MatchStatus
    party_id: PartyId | None
    name: str
    traits: Traits = NO_TRAITS


CallInput = (
    CallerArrived
    | CallerGone
    | DigitPressed
    | PlaybackEnded
    | LegRinging
    | LegAnswered
    | LegEnded
    | CallRecovered
    | WrapUpSubmitted
    | HangUpRequested
    | AnswerRequested
    | OfferSeen
    | PersonConfirmed
    | CallerMatched
    | NumberChecked
    | CallbackCancelRequested
    | AgentCallbackRequested
    | CallbackPutOff
)
