"""Why did this call go there? Told from the facts of the call and of the pools that had it.

Theory of operation. The facts come in the order of the journal: those of the call, and those of its
pools that name it. The call's own tell what happened; the pools' tell what each choice was made
from. A pool's offer comes just before the call's fact of it, so it is kept until then. Where the
pools' facts are missing, the same is told without reasons, and that is said.
"""

from collections.abc import Iterable, Sequence

from callcenter.core.acd.choice import CallBumped, Considered, NeedsEased, RingWidened
from callcenter.core.acd.facts import CallQueued, OfferMade, PoolFact
from callcenter.core.acd.model import PoolKept
from callcenter.core.acd.offer_end_messages import OfferClosed
from callcenter.core.acd.queue_messages import StaffFound, StaffMissed
from callcenter.core.call.callback_messages import CallbackFact
from callcenter.core.call.facts import (
    AgentBriefed,
    AgentConnected,
    AgentOffered,
    CallArrived,
    CallEnded,
    CallerIdentified,
    CallFact,
    ClaimFact,
    FlowAdvanced,
    QueueEntered,
    QueueExited,
    RingEnded,
    TalkEnded,
)
from callcenter.core.ids import LegId, OfferId
from callcenter.core.why import calling_back, reasons
from callcenter.core.why.explanation import Sentence
from callcenter.core.why.words import Names, capital, duration, levels, wanted

AnyFact = CallFact | ClaimFact | PoolFact | PoolKept
_NOT_RECORDED = "What it was chosen from is not recorded."


def steps(facts: Sequence[AnyFact], names: Names) -> list[Sentence]:
    """Return each step of a call's way, in order.

    Args:
        facts: Of the call, and of pools where they name it, in the order of the journal.
        names: What agents and queues are called.
    """
    teller = _Teller(facts, names)
    for fact in facts:
        teller.take(fact)
    return [*teller.said, *teller.end]


class _Teller:
    """Goes along the facts of one call."""

    def __init__(self, facts: Iterable[AnyFact], names: Names) -> None:
        self.said: list[Sentence] = []
        self.end: list[Sentence] = []
        """The last sentence: a pool closes offers after the call has ended."""
        self._names = names
        self._closed = {fact.offer_id for fact in facts if isinstance(fact, OfferClosed)}
        """Offers whose end the pool has recorded: it knows more of it than the call."""
        self._chosen: dict[OfferId, Considered | None] = {}
        self._rung: dict[LegId, AgentOffered] = {}
        self._flow_id = ""
        self._path: tuple[str, ...] = ()
        self._aside = ""
        self._queue: QueueEntered | None = None

    def take(self, fact: AnyFact) -> None:
        """Tell a fact, if it is a step."""
        match fact:
            case CallArrived() | CallerIdentified() | FlowAdvanced() | CallEnded():
                self._way(fact)
            case QueueEntered() | QueueExited() | CallQueued() | StaffMissed() | StaffFound():
                self._in_queue(fact)
            case NeedsEased() | CallBumped() | RingWidened():
                self._in_line(fact)
            case OfferMade() | AgentOffered() | OfferClosed() | RingEnded():
                self._offer(fact)
            case AgentBriefed() | AgentConnected() | TalkEnded():
                self._talk(fact)
            case _ if isinstance(fact, CallbackFact):
                self._say(fact, *calling_back.told(fact, self._names))
            case _:
                pass  # no step of the way: prompts, announcements, what becomes of other things

    def _say(self, fact: AnyFact, text: str, *more: str) -> None:
        self.said.append(Sentence(text, fact.at, tuple(each for each in more if each)))

    # ------------------------------------------------------------ the menu, and the end

    def _way(self, fact: CallArrived | CallerIdentified | FlowAdvanced | CallEnded) -> None:
        match fact:
            case CallArrived() if fact.callback is not None:
                self._say(fact, *calling_back.began(fact.callback, fact.at))
            case CallArrived():
                self._say(fact, f"The call came in on {fact.service or 'an unknown service'}.")
            case CallerIdentified():
                self._identify(fact)
            case FlowAdvanced():
                self._advance(fact)
            case CallEnded():
                cause = f" ({fact.cause})" if fact.cause else ""
                how = reasons.outcome(fact.outcome)
                said = f"The call ended, by the {fact.ended_by.value}: {how}{cause}."
                self.end = [Sentence(said, fact.at)]

    def _identify(self, fact: CallerIdentified) -> None:
        traits = fact.traits
        known = [f"tier {traits.tier}"] if traits.tier else []
        if traits.language:
            known.append(f"language {traits.language}")
        if traits.owner_id:
            known.append(f"looked after by {self._names.agent(traits.owner_id)}")
        if traits.last_agent_id:
            known.append(f"talked last with {self._names.agent(traits.last_agent_id)}")
        if known:
            self._say(fact, f"The CRM knows of the caller: {', '.join(known)}.")

    def _advance(self, fact: FlowAdvanced) -> None:
        session = fact.session
        if session.flow_id != self._flow_id:
            again = "went on in" if self._flow_id else "is served by"
            self._say(fact, f"The caller {again} the flow {session.flow_id}.")
        for choice in session.path[len(self._path) :]:
            self._say(fact, f"The caller chose in the menu: {choice}.")
        if session.waiting_at and not self._aside:
            self._say(fact, "The caller pressed a key while waiting; the place in line is kept.")
        self._flow_id, self._path, self._aside = session.flow_id, session.path, session.waiting_at

    # ------------------------------------------------------------ the line

    def _in_queue(
        self, fact: QueueEntered | QueueExited | CallQueued | StaffMissed | StaffFound
    ) -> None:
        match fact:
            case QueueEntered():
                self._enter(fact)
            case QueueExited():
                goes = (
                    f"The caller went on to {fact.target.replace('_', ' ')}." if fact.target else ""
                )
                on = goes or "The caller went on in the flow."
                self._say(fact, reasons.queue_exit(fact.reason), on)
            case CallQueued():
                self._stand(fact)
            case StaffMissed():
                left = duration(fact.leaves_at - fact.at)
                text = f"Nobody who counts as staff was there any more: to leave after {left}."
                self._say(fact, text)
            case StaffFound():
                self._say(fact, "There was staff again.")

    def _enter(self, fact: QueueEntered) -> None:
        self._queue = fact
        wants = wanted(fact.requires, fact.prefers, fact.forbids)
        older = fact.at - fact.waits_since
        self._say(
            fact,
            f"The caller came to the queue {fact.queue_name}.",
            f"Priority {fact.priority}." if fact.priority else "",
            f"{capital(f'the caller {wants}')}." if wants else "",
            f"In line as if come {duration(older)} earlier: the age is kept." if older else "",
        )

    def _stand(self, fact: CallQueued) -> None:
        if fact.waits_for and fact.waits_until is not None:
            who = self._names.agents(fact.waits_for) or "an agent of their own"
            until = duration(fact.waits_until - fact.at)
            self._say(fact, f"The caller waits for {who}, for up to {until}; then for all.")
        if fact.found is not None:
            more = reasons.nobody(fact.found, self._names)
            self._say(
                fact, "Nobody was free who may take the call, so the caller had to wait.", *more
            )

    def _in_line(self, fact: NeedsEased | CallBumped | RingWidened) -> None:
        match fact:
            case NeedsEased():
                still = reasons.nobody(fact.found, self._names) if fact.found else ()
                self._say(
                    fact, _eased(fact), *(("Still nobody was free.", *still) if still else ())
                )
            case CallBumped():
                self._say(fact, "A supervisor put the caller to the head of the line.")
            case RingWidened():
                self._say(fact, "Nobody had answered yet: one phone more may ring.")

    # ------------------------------------------------------------ offers and talks

    def _offer(self, fact: OfferMade | AgentOffered | OfferClosed | RingEnded) -> None:
        match fact:
            case OfferMade():
                self._chosen[fact.offer_id] = fact.considered
            case AgentOffered():
                self._rung[fact.leg_id] = fact
                agent = self._agent(fact)
                more = self._reasons(fact, agent)
                self._say(fact, f"Offer {fact.attempt} went to {agent}, whose phone rings.", *more)
            case OfferClosed():
                rests = fact.rest_until - fact.at
                agent = self._names.agent(fact.agent_id)
                left_out = f"{agent} is left out for {duration(rests)}." if rests > 0 else ""
                self._say(fact, capital(reasons.offer_end(fact.reason, agent)), capital(left_out))
            case RingEnded():
                offer = self._rung.get(fact.leg_id)
                if offer is not None and offer.offer_id not in self._closed:
                    self._say(fact, capital(reasons.ring_end(fact.reason, self._agent(offer))))

    def _reasons(self, offer: AgentOffered, agent: str) -> Iterable[str]:
        of = self._chosen.get(offer.offer_id)
        if of is None:
            return (_NOT_RECORDED,)
        left_out = (reasons.skipped(each, self._names) for each in of.skipped)
        return (capital(reasons.chosen(of, agent)), *left_out)

    def _agent(self, offer: AgentOffered) -> str:
        return "an agent" if self._names.hides_agents else offer.agent_name

    def _talk(self, fact: AgentBriefed | AgentConnected | TalkEnded) -> None:
        match fact:
            case AgentBriefed():
                offer = self._rung.get(fact.leg_id)
                agent = self._agent(offer) if offer else "the agent"
                self._say(fact, capital(f"{agent} answered and hears whose call it is."))
            case AgentConnected():
                self._connect(fact)
            case TalkEnded():
                back = "The agent was lost: the caller waits again, at the old place."
                self._say(
                    fact,
                    f"The talk was ended by the {fact.ended_by.value}.",
                    back if fact.requeued else "",
                )

    def _connect(self, fact: AgentConnected) -> None:
        offer = self._rung.get(fact.leg_id)
        agent = self._agent(offer) if offer else "The agent"
        waited = duration(fact.at - self._queue.at) if self._queue else ""
        after = f", {waited} after coming to the queue" if waited else ""
        self._say(fact, capital(f"{agent} and the caller talk{after}."))


def _eased(fact: NeedsEased) -> str:
    if fact.wants is None:
        return "The caller's own agent is not waited for any more: all agents may be asked."
    wants = fact.wants
    needs = levels(wants.requires) if wants.requires else "no skill"
    level = f" and agents up to level {wants.most_level}" if wants.most_level is not None else ""
    return f"The wait was long enough to ask less of agents: {needs}{level} will do."
