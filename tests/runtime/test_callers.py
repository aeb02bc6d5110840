"""Who calls: asked when a caller arrives, kept for the pop, forgotten with the call."""

import asyncio

from callcenter.adapters.memory.directory import Customer, MemoryDirectory
from callcenter.core.call.facts import (
    CallerIdentified,
)
from callcenter.core.call.messages import (
    MatchStatus,
    PersonConfirmed,
    Presentation,
)
from callcenter.core.ids import AgentId, PartyId
from callcenter.ports.directory import CallerMatch, CustomerCard
from callcenter.ports.directory import Directory as DirectoryPort
from callcenter.runtime.callers import Callers
from tests.support.playbook import VIP_NUMBER
from tests.support.runtime_world import Lasting, Runtime, TinyTelephony
from tests.support.virtual_time import virtual

NUMBER = "+12025550123"
"""What callers of ``TinyTelephony`` call from."""
ADA, EVE = PartyId("p-ada"), PartyId("p-eve")


def customer(party_id: PartyId, name: str, *numbers: str) -> Customer:
    return Customer(CustomerCard(party_id, name, "gold", "", "en", numbers, False, (), ()))


class Directory(MemoryDirectory):
    """Counts questions, and can fail or be slow."""

    def __init__(self, *customers: Customer) -> None:
        super().__init__(customers)
        self.questions = 0
        self.match_fails: Exception | None = None
        self.card_fails: Exception | None = None
        self.takes_s = 0.0

    async def match(self, ani: str | None, presentation: Presentation, dnis: str) -> CallerMatch:
        self.questions += 1
        await asyncio.sleep(self.takes_s)
        if self.match_fails:
            raise self.match_fails
        return await super().match(ani, presentation, dnis)

    async def card(self, party_id: PartyId) -> CustomerCard | None:
        if self.card_fails:
            raise self.card_fails
        return await super().card(party_id)


async def called(directory: DirectoryPort, number: str = VIP_NUMBER):
    telephony = TinyTelephony()
    runtime = await Runtime(telephony, Lasting(directory=directory)).start()
    await runtime.agent_ready()
    known: list[str] = []
    runtime.callers.on_known = known.append
    telephony.arrives("one", number)
    await asyncio.sleep(0.1)
    return telephony, runtime, known


def match_of(runtime: Runtime) -> CallerIdentified:
    match = runtime.centre.calls[runtime.only_call()].match
    assert match is not None
    return match


@virtual
async def test_a_single_match_comes_with_its_card():
    _, runtime, known = await called(Directory(customer(ADA, "Ada", NUMBER)))
    call_id = runtime.only_call()
    assert (match_of(runtime).status, match_of(runtime).party_id) == (MatchStatus.SINGLE, ADA)
    card = runtime.callers.card(call_id, ADA)
    assert card is not None
    assert card.name == "Ada"
    assert runtime.callers.card(call_id, EVE) is None, "a card is shown of no other person"
    assert set(known) == {call_id}
    await runtime.stop()


@virtual
async def test_several_people_are_candidates_until_one_is_confirmed():
    people = customer(ADA, "Ada", NUMBER), customer(EVE, "Eve", NUMBER)
    _, runtime, _ = await called(Directory(*people))
    call_id = runtime.only_call()
    assert match_of(runtime).status is MatchStatus.MULTIPLE
    assert [who.name for who in runtime.callers.candidates(call_id)] == ["Ada", "Eve"]
    confirmed = PersonConfirmed(AgentId("anna"), call_id, EVE, "Eve")
    assert await runtime.node.request(confirmed) is None
    await asyncio.sleep(0.1)
    assert runtime.callers.card(call_id, EVE) is not None
    await runtime.stop()


@virtual
async def test_a_directory_that_fails_or_is_late_is_told_and_the_call_goes_on():
    for failure in (TimeoutError(), KeyError("planted")):
        directory = Directory(customer(ADA, "Ada", NUMBER))
        directory.match_fails = failure
        _, runtime, _ = await called(directory)
        assert match_of(runtime).status is MatchStatus.NONE
        assert runtime.agent_leg(), "offered all the same"
        assert len(runtime.reports.faults) == 1
        await runtime.stop()


@virtual
async def test_a_card_that_cannot_be_read_does_not_cost_the_match():
    directory = Directory(customer(ADA, "Ada", NUMBER))
    directory.card_fails = TimeoutError()
    _, runtime, _ = await called(directory)
    assert match_of(runtime).party_id == ADA
    assert runtime.callers.card(runtime.only_call(), ADA) is None
    await runtime.stop()


@virtual
async def test_a_phone_rings_before_a_slow_answer():
    directory = Directory(customer(ADA, "Ada", NUMBER))
    directory.takes_s = 5.0
    telephony, runtime, _ = await called(directory)
    telephony.rings(runtime.agent_leg())
    assert runtime.centre.calls[runtime.only_call()].match is None
    await asyncio.sleep(6)
    assert match_of(runtime).party_id == ADA
    await runtime.stop()


@virtual
async def test_a_caller_who_is_gone_is_forgotten_and_a_late_answer_is_nobodys():
    directory = Directory(customer(ADA, "Ada", NUMBER))
    telephony, runtime, _ = await called(directory)
    call_id = runtime.only_call()
    telephony.caller_leaves(runtime.centre.calls[call_id].arrived.leg_id)
    await asyncio.sleep(0.1)
    assert runtime.callers.candidates(call_id) == ()
    assert runtime.callers.card(call_id, ADA) is None
    directory.takes_s = 5.0
    late = telephony.arrives("two", VIP_NUMBER)
    await asyncio.sleep(1)
    telephony.caller_leaves(late)
    await asyncio.sleep(6)
    assert empty(runtime.callers)
    assert runtime.reports.faults == []
    await runtime.stop()


def empty(callers: Callers) -> bool:
    return not callers._candidates and not callers._cards


@virtual
async def test_after_a_restart_it_is_asked_again_what_the_process_knew():
    directory = Directory(customer(ADA, "Ada", NUMBER))
    telephony, runtime, _ = await called(directory)
    await runtime.stop()
    again = await Runtime(telephony, runtime.lasting).start()
    await asyncio.sleep(0.1)
    assert directory.questions == 2
    assert again.callers.card(again.only_call(), ADA) is not None
    assert [type(fact) for fact in again.facts()].count(CallerIdentified) == 0, "known already"
    await again.stop()
