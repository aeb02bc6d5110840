"""How right the expected wait is, beside app_queue's: ``callcenter bench estimate``."""

from callcenter.benchmarks.estimate_floor import Scenario, Staff, Stream

_HOUR = 3_600.0
_ALL_DAY = 100 * _HOUR


def scenarios(hours: float = 8.0) -> tuple[Scenario, ...]:
    day = hours * _HOUR
    return (
        Scenario("stable", day, (Stream("a", ((_ALL_DAY, 5.9),)),), (Staff(20, ("a",)),)),
        Scenario(
            "ramp",
            day,
            (
                Stream(
                    "a",
                    tuple(
                        (day * (n + 1) / 16, 4 + 4.5 * (1 - abs(n - 7.5) / 7.5)) for n in range(16)
                    ),
                ),
            ),
            (Staff(20, ("a",)),),
        ),
        Scenario(
            "leaving",
            day,
            (Stream("a", ((_ALL_DAY, 4.5),)),),
            (Staff(20, ("a",), leave_s=tuple(day * (0.4 + 0.05 * n) for n in range(8))),),
        ),
        Scenario(
            "skills",
            day,
            (
                Stream("a", ((_ALL_DAY, 2.4),)),
                Stream("a", ((_ALL_DAY, 0.9),), requires=(("french", 3),)),
                Stream("b", ((_ALL_DAY, 1.9),), talk_s=240.0),
                Stream("c", ((_ALL_DAY, 1.0),), talk_s=120.0),
            ),
            (
                Staff(8, ("a",)),
                Staff(4, ("a", "b"), (("french", 5),)),
                Staff(6, ("b",)),
                Staff(5, ("b", "c")),
            ),
        ),
        Scenario(
            "priority",
            day,
            (Stream("a", ((_ALL_DAY, 4.4),)), Stream("a", ((_ALL_DAY, 1.5),), priority=5)),
            (Staff(20, ("a",)),),
        ),
        Scenario(
            "callbacks",
            day,
            (
                Stream("a", ((_ALL_DAY, 4.9),)),
                Stream("a", ((_ALL_DAY, 1.0),), waited_s=(300.0, 1800.0)),
            ),
            (Staff(20, ("a",)),),
        ),
        Scenario("small team", day, (Stream("a", ((_ALL_DAY, 1.15),)),), (Staff(4, ("a",)),)),
        Scenario("large", day, (Stream("a", ((_ALL_DAY, 59.5),)),), (Staff(200, ("a",)),)),
    )
