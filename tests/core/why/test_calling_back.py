from callcenter.core.call.callback_messages import (
    AgentReserved,
    CallbackFact,
    CallbackPostponed,
    CallbackPromised,
    CallbackTerms,
    CustomerAnswered,
    CustomerConsented,
    CustomerDialled,
    CustomerEnd,
    CustomerUnreached,
    DialConsidered,
)
from callcenter.core.call.messages import Outcome
from callcenter.core.ids import AgentId, LegId, OfferId, QueueId
from callcenter.core.why.calling_back import began, customer_end, outcome, told
from callcenter.core.why.words import Names

NUMBER = "+12025550123"
SALES = QueueId("sales")
STEPS: tuple[CallbackFact, ...] = (
    CallbackPromised(0, NUMBER, SALES, 0),
    AgentReserved(0, OfferId("o"), 1, AgentId("anna"), "Anna", "PJSIP/anna", 20_000, 0),
    DialConsidered(0, None),
    CustomerDialled(0, 2, LegId("leg"), f"PJSIP/{NUMBER}@trunk", "", 30_000),
    CustomerAnswered(0, LegId("leg")),
    CustomerConsented(0),
    CustomerUnreached(0, CustomerEnd.BUSY, 60_000),
    CallbackPostponed(0, 120_000, CustomerEnd.CLOSED),
)


def test_each_step_of_a_callback_is_told_without_the_number():
    said = [told(step, Names()) for step in STEPS]
    assert [each[0] for each in said] == [
        "The caller was promised a callback, which is a call of its own.",
        "Offer 1: Anna is kept free for the customer.",
        "It was asked whether the customer may be called.",
        "The customer's phone was rung, for the second time.",
        "The customer answered.",
        "The customer pressed the key for a talk.",
        "The customer was busy.",
        "The callback left the line for 2 min.",
    ]
    assert said[6][1] == "To be called again after 1 min."
    assert said[7][1] == "The queue is closed."
    assert NUMBER not in repr(said)


def test_an_agent_is_not_named_to_another():
    [text] = told(STEPS[1], Names(hides_agents=True))
    assert "Anna" not in text


def test_the_place_and_the_time_of_a_callback_are_told():
    terms = CallbackTerms(NUMBER, SALES, 0, 180_000, 900_000)
    assert began(terms, 120_000) == (
        "A customer is to be called back: a call of its own.",
        "In line as if come 2 min earlier: the place is kept.",
        "Not before 1 min are over.",
    )


def test_each_reason_and_outcome_has_a_sentence_of_its_own():
    ends = [customer_end(each) for each in CustomerEnd]
    assert len(set(ends)) == len(ends)
    outcomes = {
        outcome(Outcome.CALLBACK_REQUESTED),
        outcome(Outcome.CALLBACK_UNREACHED),
        outcome(Outcome.CALLBACK_CANCELLED),
    }
    assert len(outcomes) == 3
