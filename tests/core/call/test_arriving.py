from callcenter.core.call.arriving import Loss, account_for, arrive
from callcenter.core.call.decision import Setting
from callcenter.core.call.effects import LookUpCaller
from callcenter.core.call.facts import CallEnded
from callcenter.core.call.messages import UNSEEN, CallerArrived, Outcome, Presentation
from callcenter.core.call.model import Phase
from callcenter.core.ids import LegId
from tests.support.playbook import JOURNAL_ID, PLAN, START

SETTING = Setting(JOURNAL_ID, PLAN)


def test_a_new_call_gets_its_id_from_the_journal_and_its_number() -> None:
    event = CallerArrived(LegId("x"), None, Presentation.WITHHELD, "", "100")
    one, two = (arrive(event, number, START, SETTING) for number in (1, 2))
    assert one.call.arrived.call_id != two.call.arrived.call_id
    assert one.call.arrived.service == "Main line"
    assert one.effects == [
        LookUpCaller(one.call.arrived.call_id, None, Presentation.WITHHELD, "100")
    ]


def test_a_call_that_nobody_could_serve_is_begun_failed_and_closed() -> None:
    event = CallerArrived(LegId("x"), None, Presentation.WITHHELD, "", "100")
    todo = account_for(event, 1, START, SETTING, Loss(START - 5_000, UNSEEN))
    (ended,) = (fact for fact in todo.facts if isinstance(fact, CallEnded))
    assert (todo.call.arrived.at, todo.call.phase) == (START - 5_000, Phase.CLOSED)
    assert (ended.outcome, ended.cause) == (Outcome.FAILED, UNSEEN)
    assert not todo.effects
