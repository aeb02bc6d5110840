import pytest

from callcenter.core.ids import AgentId, QueueId
from callcenter.core.plan import QueueRules
from callcenter.core.why import words
from callcenter.core.why.words import Names

ANNA = AgentId("4f1c" * 8)


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (-5, "0 s"),
        (8_400, "8 s"),
        (60_000, "1 min"),
        (130_000, "2 min 10 s"),
        (3_600_000, "1 h"),
        (3_900_000, "1 h 5 min"),
    ],
)
def test_a_duration_is_said_as_people_say_it(ms: int, said: str) -> None:
    assert words.duration(ms) == said


@pytest.mark.parametrize(
    ("number", "said"), [(0, "no agents"), (1, "one agent"), (3, "three agents"), (12, "12 agents")]
)
def test_small_numbers_are_words(number: int, said: str) -> None:
    assert words.count(number, "agent") == said


def test_a_list_ends_with_and() -> None:
    assert words.listed([]) == ""
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b"]) == "a and b"
    assert words.listed(["a", "b", "c"], "or") == "a, b or c"


def test_what_is_wanted_is_one_clause() -> None:
    assert words.wanted((), (), ()) == ""
    wants = words.wanted((("french", 3), ("tax", 1)), (("law", 2),), ("trainee", "new"))
    assert wants == "needs french 3 and tax 1, prefers law, must not get trainee or new"


def test_an_agent_without_a_known_name_is_told_by_the_id() -> None:
    assert Names().agent(ANNA) == "agent 4f1c4f1c"
    assert Names({ANNA: "Anna"}.get).agent(ANNA) == "Anna"
    assert Names({ANNA: "Anna"}.get).agents([ANNA]) == "Anna"


def test_names_can_be_kept_back() -> None:
    names = Names({ANNA: "Anna"}.get, hides_agents=True)
    assert (names.agent(ANNA), names.agents([ANNA])) == ("an agent", "")


def test_a_queue_is_told_by_its_name_if_it_is_declared() -> None:
    sales = QueueId("sales")
    names = Names(queues={sales: QueueRules(sales, "Sales desk")})
    assert names.queue(sales) == "Sales desk"
    assert names.queue(QueueId("gone")) == "gone"
