"""The state of one call, and the only place where it changes."""

from dataclasses import dataclass
from enum import StrEnum

from callcenter.core.call.callback_messages import (
    AgentReserved,
    AgentUnreserved,
    CallbackFact,
    CallbackPostponed,
    CallbackPromised,
    CustomerAnswered,
    CustomerConsented,
    CustomerDialled,
    CustomerUnreached,
    DialConsidered,
)
from callcenter.core.call.callback_state import CallbackState, evolve_callback
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
    MatchStatus,
)
from callcenter.core.ids import AgentId, LegId, Ms
from callcenter.core.records import replace
from ivr_flows.model import Session


class Phase(StrEnum):
    r"""Where a call is.

    ::

        FLOW <----gave up---- QUEUE <---------+
          |                     ^ |           | the agent was lost
          +------entered--------+ +--answered--> TALK
          |                       |           |
          +--- hung up -----------+-----------+--> ENDED --wrap-up done--> CLOSED

    A caller in QUEUE may go aside by a key: the flow serves them in their waiting room, and the
    place in line is kept (``Call.is_aside``).

    A callback begins in LATER and goes to QUEUE at its time, with nobody on the line. There an
    agent is found, and the customer is called (``Call.back``); then both are in TALK. From QUEUE it
    goes back to LATER when the customer was not reached.
    """

    LATER = "later"

    FLOW = "flow"
    QUEUE = "queue"
    TALK = "talk"
    ENDED = "ended"
    """The caller is gone; an agent may still have after-call work."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Ring:
    """A phone that rings, or is about to."""

    offer: AgentOffered
    rang_at: Ms | None = None
    """When it began to ring."""
    shown_at: Ms | None = None
    """When the agent's page showed the offer."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call. Times are instants in milliseconds."""

    arrived: CallArrived
    phase: Phase = Phase.FLOW
    match: CallerIdentified | None = None
    session: Session | None = None
    key_deadline_at: Ms | None = None
    """Until when a key is awaited."""
    prompt: PromptStarted | None = None
    """What plays now."""
    playback_count: int = 0
    flow_since: Ms = 0
    """When the caller last came into the flow: at the beginning, or back from a queue."""
    flow_ms: Ms = 0
    """The time in the flow before that."""
    queue: QueueEntered | None = None
    """The queue entered last; kept in the talk, for the place in line if the agent is lost."""
    rings: tuple[Ring, ...] = ()
    """The phones that ring, the first first; several where the queue rings several."""
    taken: AgentOffered | None = None
    """While they talk, the offer that was taken."""
    last_offer: AgentOffered | None = None
    """The offer made last, or the one that was taken, also when it is over."""
    offer_count: int = 0
    answered_at: Ms | None = None
    """When an agent and the caller first talked."""
    talk_since: Ms | None = None
    """When the last talk began."""
    ended_at: Ms | None = None
    """When the caller's part was over."""
    request_count: int = 0
    follow_up: str | None = None
    wrapping_up: frozenset[AgentId] = frozenset()
    """Agents with after-call work for this call."""
    overflows: int = 0
    """How often the call went from a queue to where a rule for overflow sent it."""
    briefing: AgentBriefed | None = None
    """What the agent who answered hears before the caller."""
    deferred: tuple[tuple[str, ...], ...] = ()
    """What one who waits hears next, when the present prompts are over."""
    promised: CallbackPromised | None = None
    """The caller asked to be called back, and will be."""
    back: CallbackState | None = None
    """For a callback, how far it is; None for a call that came to us."""

    @property
    def caller_leg(self) -> LegId | None:
        """The customer's leg: the one that came to us, or that of a customer who picked up."""
        return self.arrived.leg_id if self.back is None else self.back.customer

    @property
    def lacks_customer(self) -> bool:
        """Whether this is a callback with nobody on the line yet."""
        return self.back is not None and self.back.customer is None

    @property
    def offer(self) -> AgentOffered | None:
        """The offer at hand: the one that was taken, or the first whose phone rings."""
        return self.rings[0].offer if self.rings else self.taken

    @property
    def offers(self) -> tuple[AgentOffered, ...]:
        """All offers at hand."""
        ringing = tuple(ring.offer for ring in self.rings)
        return (self.taken, *ringing) if self.taken is not None else ringing

    def ring_of(self, leg_id: LegId) -> Ring | None:
        """Return the ring of a leg, or None."""
        return next((ring for ring in self.rings if ring.offer.leg_id == leg_id), None)

    @property
    def briefed(self) -> Ring | None:
        """The ring whose agent has answered: hears whose call it is, or waits for the customer."""
        if self.briefing is not None:
            return self.ring_of(self.briefing.leg_id)
        waits = self.back.agent_leg if self.back is not None else None
        return self.ring_of(waits) if waits is not None else None

    def offer_to(self, agent_id: AgentId) -> AgentOffered | None:
        """Return an agent's offer at hand, or None."""
        return next((offer for offer in self.offers if offer.agent_id == agent_id), None)

    @property
    def is_aside(self) -> bool:
        """Whether the flow serves the caller by a key, who keeps the place in line."""
        return self.phase is Phase.QUEUE and bool(self.session and self.session.waiting_at)

    @property
    def is_matched(self) -> bool:
        """Whether the CRM store has answered who calls."""
        return self.match is not None and self.match.status is not MatchStatus.PENDING


def evolve(call: Call | None, fact: CallFact) -> Call:
    """Return the call with a fact applied. No decisions here.

    Raises:
        AssertionError: The fact cannot follow: the journal does not belong to this code.
    """
    if isinstance(fact, CallArrived):
        return _begun(fact)
    assert call is not None, f"{type(fact).__name__} before CallArrived"  # noqa: S101
    match fact:
        case FlowAdvanced() | QueueEntered() | QueueExited():
            return _evolve_flow(call, fact)
        case PromptStarted() | PromptFinished() | PromptDeferred():
            return _evolve_prompt(call, fact)
        case AgentOffered() | AgentRang() | OfferShown() | RingEnded():
            return _evolve_offer(call, fact)
        case AgentBriefed() | AgentConnected() | TalkEnded():
            return _evolve_talk(call, fact)
        case CallerIdentified() | RequestOpened() | FollowUpOpened() | WrapUpFinished():
            return _evolve_work(call, fact)
        case CallEnded() | CallClosed():
            return _evolve_end(call, fact)
        case (
            CallbackPromised()
            | CallbackPostponed()
            | AgentReserved()
            | AgentUnreserved()
            | DialConsidered()
            | CustomerDialled()
            | CustomerAnswered()
            | CustomerConsented()
            | CustomerUnreached()
        ):
            return _evolve_callback(call, fact)


def _begun(fact: CallArrived) -> Call:
    if fact.callback is None:
        return Call(fact, flow_since=fact.at)
    back = CallbackState(later_until=fact.callback.due_at)
    return Call(fact, Phase.LATER, flow_since=fact.at, back=back)


def _evolve_callback(call: Call, fact: CallbackFact) -> Call:
    if isinstance(fact, CallbackPromised):
        return replace(call, promised=fact)
    assert call.back is not None, f"{fact} of a call that came to us"  # noqa: S101
    back = evolve_callback(call.back, fact)
    if isinstance(fact, CallbackPostponed | CustomerUnreached):
        return replace(call, phase=Phase.LATER, back=back, rings=(), prompt=None, briefing=None)
    if isinstance(fact, AgentReserved):
        return replace(call, back=back, offer_count=fact.attempt)
    briefing = None if isinstance(fact, DialConsidered) else call.briefing
    return replace(call, back=back, briefing=briefing)


def _evolve_work(
    call: Call, fact: CallerIdentified | RequestOpened | FollowUpOpened | WrapUpFinished
) -> Call:
    match fact:
        case CallerIdentified():
            return replace(call, match=fact)
        case RequestOpened():
            return replace(call, request_count=fact.number)
        case FollowUpOpened():
            return replace(call, follow_up=fact.subject)
        case WrapUpFinished():
            return replace(call, wrapping_up=call.wrapping_up - {fact.agent_id})


def _evolve_end(call: Call, fact: CallEnded | CallClosed) -> Call:
    if isinstance(fact, CallClosed):
        return replace(call, phase=Phase.CLOSED)
    return replace(
        call,
        phase=Phase.ENDED,
        ended_at=fact.at,
        prompt=None,
        key_deadline_at=None,
        rings=(),
        taken=None,
        briefing=None,
        deferred=(),
        back=replace(call.back, dial=None, customer=None) if call.back else None,
    )


def _evolve_flow(call: Call, fact: FlowAdvanced | QueueEntered | QueueExited) -> Call:
    match fact:
        case FlowAdvanced():
            # A key that led on is an answer to what plays: nothing more follows it.
            deadline_at = fact.key_deadline_at
            return replace(call, session=fact.session, key_deadline_at=deadline_at, deferred=())
        case QueueEntered():
            return replace(
                call,
                phase=Phase.QUEUE,
                queue=fact,
                prompt=None,
                key_deadline_at=None,
                flow_ms=call.flow_ms + max(0, fact.at - call.flow_since),
            )
        case QueueExited():
            return replace(
                call,
                phase=Phase.FLOW,
                prompt=None,
                flow_since=fact.at,
                overflows=call.overflows + bool(fact.target),
                deferred=(),
            )


def _evolve_prompt(call: Call, fact: PromptStarted | PromptFinished | PromptDeferred) -> Call:
    match fact:
        case PromptStarted():
            is_next = call.deferred[:1] == (fact.prompts,)
            deferred = call.deferred[1:] if is_next else call.deferred
            return replace(call, prompt=fact, playback_count=fact.number, deferred=deferred)
        case PromptFinished():
            return replace(call, prompt=None)
        case PromptDeferred():
            return replace(call, deferred=(*call.deferred, fact.prompts))


def _evolve_offer(call: Call, fact: AgentOffered | AgentRang | OfferShown | RingEnded) -> Call:
    match fact:
        case AgentOffered():
            rings = (*call.rings, Ring(fact))
            return replace(call, rings=rings, last_offer=fact, offer_count=fact.attempt)
        case AgentRang() | OfferShown():
            return replace(call, rings=tuple(_noted(ring, fact) for ring in call.rings))
        case RingEnded():
            rings = tuple(ring for ring in call.rings if ring.offer.leg_id != fact.leg_id)
            is_briefed = call.briefing is not None and call.briefing.leg_id == fact.leg_id
            return replace(call, rings=rings, briefing=None if is_briefed else call.briefing)


def _evolve_talk(call: Call, fact: AgentBriefed | AgentConnected | TalkEnded) -> Call:
    match fact:
        case AgentBriefed():
            return replace(call, briefing=fact, playback_count=fact.number)
        case AgentConnected():
            ring = call.ring_of(fact.leg_id)
            assert ring is not None, f"{fact} without a ring"  # noqa: S101
            return replace(
                call,
                phase=Phase.TALK,
                back=replace(call.back, agent_leg=None, reserved=None) if call.back else None,
                rings=(),
                taken=ring.offer,
                last_offer=ring.offer,
                prompt=None,
                briefing=None,
                deferred=(),
                talk_since=fact.at,
                answered_at=fact.at if call.answered_at is None else call.answered_at,
            )
        case TalkEnded():
            assert call.taken is not None, f"{fact} without an agent"  # noqa: S101
            return replace(
                call,
                phase=Phase.QUEUE if fact.requeued else Phase.ENDED,
                taken=None,
                wrapping_up=call.wrapping_up | {call.taken.agent_id},
            )


def _noted(ring: Ring, fact: AgentRang | OfferShown) -> Ring:
    if isinstance(fact, OfferShown):
        is_it = ring.offer.offer_id == fact.offer_id
        return replace(ring, shown_at=fact.at) if is_it else ring
    return replace(ring, rang_at=fact.at) if ring.offer.leg_id == fact.leg_id else ring
