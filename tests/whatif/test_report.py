from callcenter.whatif.measures import Measured
from callcenter.whatif.report import compared, found
from callcenter.whatif.runs import Days
from tests.whatif.world import scenario, shift

SCENARIO = scenario([], [shift("anna")])
DAYS: Days = [{"overall": {"asa_s": value, "occupancy": None}} for value in (9.0, 10.0, 11.0)]


def test_a_recorded_day_is_compared_with_one_day_not_with_the_mean():
    one_day = found(SCENARIO, DAYS, {"overall": {"asa_s": 17.0}})
    assert one_day.outside == (), "half of the interval of the mean is 5.7 s, of one day 11.5 s"
    assert found(SCENARIO, DAYS, {"overall": {"asa_s": 22.0}}).outside == ("overall asa_s",)


def test_what_was_not_measured_is_not_outside():
    recorded: dict[str, Measured] = {
        "overall": {"asa_s": None, "occupancy": 0.5, "other": 1.0},
        "none": {"asa_s": 1.0},
    }
    assert found(SCENARIO, DAYS, recorded).outside == ()


def test_the_formula_of_the_service_level_is_named():
    assert found(SCENARIO, DAYS, {}).service_level == "answered within the limit, of all callers"


def test_differences_say_whether_they_may_be_chance():
    more: Days = [{"overall": {"asa_s": value, "occupancy": None}} for value in (12.0, 13.1, 14.0)]
    table = compared(DAYS, more)["overall"]
    assert table["occupancy"] is None
    assert table["asa_s"] is not None
    assert table["asa_s"].is_significant
    same = compared(DAYS, DAYS)["overall"]["asa_s"]
    assert same is not None
    assert not same.is_significant
