import pytest

from callcenter.core.acd import wrap_up
from callcenter.core.acd.model import Agent
from callcenter.core.acd.people import Activity, AgentProfile, AgentStatus
from callcenter.core.acd.wrap_up_messages import WrapUpExtended
from callcenter.core.ids import AgentId, CallId
from callcenter.core.plan import PoolRules
from callcenter.core.records import replace

RULES = PoolRules(
    wrap_up_extensions=2,
    wrap_up_extension_ms=30_000,
    wrap_up_by_disposition={"long": 300_000, "short": 15_000},
)
AT_WORK = Agent(
    AgentProfile(AgentId("anna"), "Anna", "PJSIP/anna", ()),
    AgentStatus.READY,
    1_000,
    1_000,
    activity=Activity.WRAP_UP,
    call_id=CallId("c"),
    wrap_up_until=61_000,
)


def test_each_extension_adds_the_time_of_the_pool_until_there_are_none_left() -> None:
    first = wrap_up.extension(RULES, AT_WORK, 5_000)
    assert isinstance(first, WrapUpExtended)
    assert (first.until, first.number) == (91_000, 1)
    used_up = replace(AT_WORK, wrap_up_extensions=2)
    assert wrap_up.extension(RULES, used_up, 5_000) == (
        "This after-call work cannot be extended any more."
    )


@pytest.mark.parametrize(
    ("code", "now", "until"),
    [
        ("long", 5_000, 301_000),
        ("short", 5_000, 16_000),
        ("short", 40_000, 50_000),
        ("short", 60_000, None),
        ("other", 5_000, None),
    ],
)
def test_an_outcome_has_its_own_limit_from_the_start_but_never_ends_the_work_at_once(
    code: str, now: int, until: int | None
) -> None:
    limited = wrap_up.limit_by_outcome(RULES, AT_WORK, 60_000, code, now)
    assert (limited.until if limited else None) == until


def test_extensions_are_kept_when_the_outcome_changes() -> None:
    extended = replace(AT_WORK, wrap_up_extensions=1, wrap_up_until=91_000)
    limited = wrap_up.limit_by_outcome(RULES, extended, 60_000, "long", 5_000)
    assert limited is not None
    assert limited.until == 1_000 + 300_000 + 30_000
