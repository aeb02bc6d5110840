"""From frames to requests, and what is refused on the way."""

import pytest

from callcenter.adapters.web.translation import NOTE_LENGTH, Refusal, Translation
from callcenter.adapters.web.wire import (
    ChooseDisposition,
    ConfirmPerson,
    ExtendWrapUp,
    HangUp,
    LogOut,
    OfferShown,
    Pause,
    RequestDraft,
    WrapUp,
)
from callcenter.core.acd.messages import LogOutRequested, PauseRequested
from callcenter.core.acd.wrap_up_messages import DispositionChosen, WrapUpExtensionRequested
from callcenter.core.call.messages import (
    HangUpRequested,
    NewRequest,
    OfferSeen,
    PersonConfirmed,
    WrapUpSubmitted,
)
from callcenter.core.ids import AgentId, OfferId, PartyId
from callcenter.runtime.fanout import Fanout
from tests.support.web_fakes import (
    CALL,
    OTHER_CALL,
    PLAN,
    HandClock,
    MemoryDirectory,
    desk_call,
)

A1 = AgentId("a1")


@pytest.fixture
def directory() -> MemoryDirectory:
    return MemoryDirectory()


@pytest.fixture
async def translation(directory: MemoryDirectory) -> Translation:
    hub = Fanout("e", HandClock())
    hub.publish("desk/a1", [desk_call()])
    return Translation(lambda: PLAN, ("order", "fault"), directory, hub)


def wrap_up(disposition: str = "solved", note: str = "", request: RequestDraft | None = None):
    return WrapUp(
        request=1, call_id=CALL, disposition=disposition, note=note, service_request=request
    )


async def test_simple_requests(translation: Translation):
    assert await translation.request(LogOut(1), A1) == LogOutRequested(A1)
    assert await translation.request(Pause(1, "break"), A1) == PauseRequested(A1, "break")
    assert await translation.request(HangUp(1, CALL), A1) == HangUpRequested(A1, CALL)


async def test_wrap_up_with_a_service_request(translation: Translation):
    draft = RequestDraft(kind="order", subject=" Send it ", description=" to Graz\n")
    found = await translation.request(wrap_up("other", " hm ", draft), A1)
    request = NewRequest("order", "Send it", "to Graz")
    assert found == WrapUpSubmitted(A1, CALL, "other", "hm", request)


async def test_wrap_up_without_a_note_where_none_is_needed(translation: Translation):
    assert await translation.request(wrap_up(), A1) == WrapUpSubmitted(A1, CALL, "solved", "")


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (Pause(1, "sleep"), "reason"),
        (Pause(1, ""), "reason"),
        (wrap_up("unknown"), "outcome does not exist"),
        (wrap_up("other", " \n "), "needs a note"),
        (wrap_up(note="x" * (NOTE_LENGTH + 1)), "longer than"),
        (wrap_up(note="a\0b"), "cannot be stored"),
        (wrap_up(request=RequestDraft(kind="bribe", subject="x")), "kind"),
        (wrap_up(request=RequestDraft(kind="order", subject="  ")), "needs a subject"),
        (wrap_up(request=RequestDraft(kind="order", subject="x" * 201)), "subject is longer"),
        (
            wrap_up(request=RequestDraft(kind="order", subject="x", description="x" * 4001)),
            "description is longer",
        ),
        (HangUp(1, CALL.upper()), "no such call"),
        (HangUp(1, CALL + "\n"), "no such call"),
    ],
)
async def test_what_does_not_exist_or_fit_is_refused(translation: Translation, frame, why):
    with pytest.raises(Refusal, match=why):
        await translation.request(frame, A1)


async def test_confirmed_person_has_the_name_of_the_customer_data(translation: Translation):
    found = await translation.request(ConfirmPerson(1, CALL, "p1"), A1)
    assert found == PersonConfirmed(A1, CALL, PartyId("p1"), "Maria Huber")


@pytest.mark.parametrize(
    ("agent_id", "call_id", "party_id"),
    [("a1", CALL, "p2"), ("a1", OTHER_CALL, "p1"), ("a2", CALL, "p1"), ("a1", CALL, "")],
)
async def test_only_candidates_of_the_own_call_can_be_confirmed(
    translation: Translation, agent_id: str, call_id: str, party_id: str
):
    with pytest.raises(Refusal, match="not one of those"):
        await translation.request(ConfirmPerson(1, call_id, party_id), AgentId(agent_id))


async def test_person_who_is_gone_or_not_found_in_time_is_refused(
    translation: Translation, directory: MemoryDirectory
):
    with pytest.raises(Refusal, match="not in the customer data"):
        await translation.request(ConfirmPerson(1, CALL, "gone"), A1)
    directory.is_slow = True
    with pytest.raises(Refusal, match="Try again"):
        await translation.request(ConfirmPerson(1, CALL, "p1"), A1)


async def test_what_a_page_says_of_the_call_at_hand(translation: Translation):
    offer = "0" * 32
    shown = await translation.request(OfferShown(1, CALL, offer), A1)
    assert shown == OfferSeen(A1, CALL, OfferId(offer))
    longer = await translation.request(ExtendWrapUp(1, CALL), A1)
    assert longer == WrapUpExtensionRequested(A1, CALL)
    chosen = await translation.request(ChooseDisposition(1, CALL, "solved"), A1)
    assert chosen == DispositionChosen(A1, CALL, "solved")


@pytest.mark.parametrize(
    "frame",
    [
        OfferShown(1, "../etc", "0" * 32),
        OfferShown(1, CALL, "not an offer"),
        ExtendWrapUp(1, ""),
        ChooseDisposition(1, CALL, "no such outcome"),
    ],
)
async def test_what_a_page_says_of_something_that_does_not_exist(translation, frame):
    with pytest.raises(Refusal):
        await translation.request(frame, A1)
