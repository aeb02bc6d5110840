"""Who calls: asks the directory when a caller arrives, and keeps the answer for the pop."""

from collections.abc import Callable, Sequence

from callcenter.core.call.callback_messages import NumberChecked
from callcenter.core.call.effects import (
    AskMayCall,
    LookUpCaller,
)
from callcenter.core.call.messages import (
    CallerMatched,
    MatchStatus,
)
from callcenter.core.ids import CallId, PartyId
from callcenter.core.turn import Turn
from callcenter.ports.directory import Candidate, CustomerCard, Directory
from callcenter.ports.reports import Reports
from callcenter.runtime.guarded_directory import LookUpSkipped
from callcenter.runtime.node import Node
from callcenter.runtime.supervisor import Spawn


class Callers:
    """What is known of the people in the open calls. Nothing in it is lost with it."""

    def __init__(self, node: Node, directory: Directory, reports: Reports, spawn: Spawn) -> None:
        self._node = node
        self._directory = directory
        self._reports = reports
        self._spawn = spawn
        self._candidates: dict[CallId, Sequence[Candidate]] = {}
        self._cards: dict[CallId, CustomerCard] = {}
        self.on_known: Callable[[CallId], None] = lambda _: None
        """Called when more is known of a caller."""

    def candidates(self, call_id: CallId) -> Sequence[Candidate]:
        """Return the people whom the number may belong to, best first."""
        return self._candidates.get(call_id, ())

    def card(self, call_id: CallId, party_id: PartyId | None) -> CustomerCard | None:
        """Return what is known of the caller, if it is the person given."""
        card = self._cards.get(call_id)
        return card if card and card.party_id == party_id else None

    def look_up(self, question: LookUpCaller | AskMayCall) -> None:
        """Ask the directory; the answer becomes an input, and the card is fetched with it."""
        if isinstance(question, AskMayCall):
            self._spawn("ask whether to call a customer", self._check(question))
            return
        self._spawn("look up a caller", self._look_up(question))

    def observe(self, turn: Turn) -> None:
        """Forget callers whose calls are closed; fetch the card of one who was confirmed."""
        for call_id in turn.calls:
            call = self._node.centre.calls.get(call_id)
            if call is None:
                self._candidates.pop(call_id, None)
                self._cards.pop(call_id, None)
                continue
            person = call.match.party_id if call.match and call.match.confirmed_by else None
            if person and self.card(call_id, person) is None:
                self._spawn("fetch a card", self._fetch(call_id, person))

    async def _look_up(self, question: LookUpCaller) -> None:
        try:
            match = await self._directory.match(question.ani, question.presentation, question.dnis)
        except Exception as error:  # noqa: BLE001 - no answer from the CRM must not stop a call
            if not isinstance(error, LookUpSkipped):
                self._reports.fault("nobody could be looked up; the call goes on without", error)
            self._node.submit(CallerMatched(question.call_id, MatchStatus.NONE, None, ""))
            return
        if question.call_id not in self._node.centre.calls:
            return
        self._candidates[question.call_id] = match.candidates
        single = match.candidates[0] if match.status is MatchStatus.SINGLE else None
        if single:
            await self._fetch(question.call_id, single.party_id)
        party_id, name = (single.party_id, single.name) if single else (None, "")
        self._node.submit(
            CallerMatched(question.call_id, match.status, party_id, name, match.traits)
        )
        self.on_known(question.call_id)

    async def _check(self, question: AskMayCall) -> None:
        may_call: bool | None = None
        try:
            may_call = not await self._directory.wants_no_calls(question.number)
        except Exception as error:  # noqa: BLE001 - whom nobody can check is called later
            self._reports.fault("it is not known whether a customer may be called", error)
        self._node.submit(NumberChecked(question.call_id, may_call))

    async def _fetch(self, call_id: CallId, party_id: PartyId) -> None:
        try:
            card = await self._directory.card(party_id)
        except Exception as error:  # noqa: BLE001 - the pop comes without the card
            if not isinstance(error, LookUpSkipped):
                self._reports.fault("a customer's card could not be read", error)
            return
        if card is not None and call_id in self._node.centre.calls:
            self._cards[call_id] = card
            self.on_known(call_id)
