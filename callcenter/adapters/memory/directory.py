"""Customers in memory."""

from collections.abc import Iterable
from dataclasses import dataclass

from callcenter.core.call.messages import (
    MatchStatus,
    Presentation,
    Traits,
)
from callcenter.core.ids import AgentId, PartyId
from callcenter.ports.directory import CallerMatch, Candidate, CustomerCard
from crm_store.matching import NumberRules
from crm_store.numbers import Missing, Number, missing


@dataclass(frozen=True, slots=True)
class Customer:
    """A person with the card that is shown of them; the card's numbers are those they call from."""

    card: CustomerCard
    confidence: str = "confirmed"
    owner_id: AgentId | None = None
    last_agent_id: AgentId | None = None


class MemoryDirectory:
    """Implements ``ports.directory.Directory`` over customers that are given to it."""

    def __init__(
        self,
        customers: Iterable[Customer] = (),
        *,
        shared: Iterable[str] = (),
        own: Iterable[str] = (),
        rules: NumberRules | None = None,
    ) -> None:
        self._rules = rules or NumberRules()
        self._cards: dict[PartyId, CustomerCard] = {}
        self._traits: dict[PartyId, Traits] = {}
        self._by_line: dict[tuple[str, str], list[tuple[str, Candidate]]] = {}
        self._shared = {self._line(number) for number in shared}
        self._own = {self._line(number) for number in own}
        for customer in customers:
            self.add(customer)

    def add(self, customer: Customer) -> None:
        """Add a person under all numbers on the card."""
        card = customer.card
        self._cards[card.party_id] = card
        self._traits[card.party_id] = Traits(
            card.tier, card.language, customer.owner_id, customer.last_agent_id
        )
        who = Candidate(card.party_id, card.name, card.tier, customer.confidence)
        for text in card.numbers:
            number = self._rules.normalise(text)
            if number is not None:
                known = self._by_line.setdefault((number.kind, number.canonical), [])
                known.append((number.extension, who))

    async def match(self, ani: str | None, presentation: Presentation, dnis: str) -> CallerMatch:
        """Return who may be calling."""
        if presentation is not Presentation.ALLOWED:
            return CallerMatch(MatchStatus(presentation.value), ())
        absent = missing(ani)
        if absent is Missing.WITHHELD:
            return CallerMatch(MatchStatus.WITHHELD, ())
        number = self._rules.normalise(ani, dnis) if ani is not None and absent is None else None
        if number is None:
            return CallerMatch(MatchStatus.UNAVAILABLE, ())
        return self._match(number)

    async def wants_no_calls(self, number: str) -> bool:
        """Say whether one of the people with a number wants no calls."""
        found = await self.match(number, Presentation.ALLOWED, "")
        return any(self._cards[who.party_id].do_not_call for who in found.candidates)

    async def card(self, party_id: PartyId) -> CustomerCard | None:
        """Return what is known of one person, or None."""
        return self._cards.get(party_id)

    def _match(self, number: Number) -> CallerMatch:
        line = (number.kind, number.canonical)
        known = self._by_line.get(line, [])
        if not known or line in self._own:
            return CallerMatch(MatchStatus.NONE, ())
        exact = [
            who for extension, who in known if number.extension and extension == number.extension
        ]
        people = exact or [who for _, who in known]
        if line in self._shared and not exact:
            return CallerMatch(MatchStatus.SHARED, people)
        if len(people) == 1:
            return CallerMatch(MatchStatus.SINGLE, people, self._traits[people[0].party_id])
        return CallerMatch(MatchStatus.MULTIPLE, people)

    def _line(self, text: str) -> tuple[str, str]:
        number = self._rules.normalise(text)
        if number is None:
            raise ValueError(f"{text!r} is no number")
        return number.kind, number.canonical
