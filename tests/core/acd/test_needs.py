from callcenter.core.acd.model import WaitingCall
from callcenter.core.acd.needs import (
    Ability,
    Demand,
    ability,
    demand_of,
    later_demands,
    obstacle,
    rank,
)
from callcenter.core.acd.people import AgentProfile
from callcenter.core.ids import AgentId, CallId, QueueId
from callcenter.core.plan import QueueRules, Relaxation, Strategy

TAX = QueueId("tax")


def able(level: int = 1, **skills: int) -> Ability:
    return ability(AgentProfile(AgentId("a"), "", "", (TAX,), skills, levels={TAX: level}))


def call(**requires: int) -> WaitingCall:
    wants = tuple(sorted(requires.items()))
    return WaitingCall(CallId("c"), 1, TAX, 0, wants, 0, 0, 0, None, forbids=("trainee",))


def test_an_agent_with_the_skills_at_their_levels_may_take_the_call() -> None:
    demand = Demand(TAX, (("french", 3), ("tax", 1)))
    assert obstacle(demand, able(french=3, tax=5)) is None


def test_the_obstacle_names_the_skill_and_the_level_wanted() -> None:
    demand = Demand(TAX, (("french", 3),), forbids=("trainee",), most_level=1)
    assert obstacle(demand, able(french=2)) == ("lacks_skill", "french 3")
    assert obstacle(demand, able()) == ("lacks_skill", "french 3")
    assert obstacle(demand, able(french=3, trainee=1)) == ("has_forbidden_skill", "trainee")
    assert obstacle(demand, able(level=2, french=3)) == ("level_not_yet", "2")


def test_level_goes_before_preferred_skills_and_both_before_the_strategy() -> None:
    demand = Demand(TAX, prefers=(("french", 2),))
    ranks = [
        rank(demand, able(french=1), Strategy.LONGEST_IDLE),
        rank(demand, able(), Strategy.LONGEST_IDLE),
        rank(demand, able(level=2, french=10), Strategy.LONGEST_IDLE),
    ]
    assert ranks == sorted(ranks)
    assert ranks[0] == (1, -2)


def test_best_skill_counts_the_levels_of_the_skills_required() -> None:
    demand = Demand(TAX, (("french", 1),))
    assert rank(demand, able(french=9), Strategy.BEST_SKILL) < rank(
        demand, able(french=2), Strategy.BEST_SKILL
    )


def test_each_relaxation_asks_less_and_never_more() -> None:
    queue = QueueRules(
        TAX,
        "Tax",
        most_level=1,
        relaxations=(
            Relaxation(30_000, skills=(("french", 3), ("tax", 9)), most_level=2),
            Relaxation(60_000, most=1),
            Relaxation(90_000, skills=(("french", 0),), most_level=0),
        ),
    )
    demands = list(later_demands(call(french=5, tax=4), queue))
    assert [each.requires for each in demands] == [
        (("french", 5), ("tax", 4)),
        (("french", 3), ("tax", 4)),
        (("french", 1), ("tax", 1)),
        (("tax", 1),),
    ]
    assert [each.most_level for each in demands] == [1, 2, 2, None]
    assert all(each.forbids == ("trainee",) for each in demands)
    assert demand_of(call(french=5), queue, 3) == Demand(TAX, forbids=("trainee",))
