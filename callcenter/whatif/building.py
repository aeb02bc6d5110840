"""From what a scenario file says to what is run: streams of callers, shifts of agents."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from callcenter.core.acd.people import AgentProfile
from callcenter.core.ids import AgentId, Ms, QueueId
from callcenter.whatif.clock_times import clock_ms, span_ms
from callcenter.whatif.crowd import RandomCrowd, Rate, Stream
from callcenter.whatif.forms import DAY_MS, Agents, Answers, Callers, ScenarioForm, Times
from callcenter.whatif.recorded import RecordedCrowd, RecordedDay
from callcenter.whatif.scenario import Answering, Kind, Scenario, Shift
from callcenter.whatif.spreads import Empirical, Exponential, Fixed, Lognormal, Spread


def crowd(form: ScenarioForm) -> RandomCrowd:
    """Return the callers who come at random."""
    return RandomCrowd(
        [_stream(name, callers, form.answering) for name, callers in form.callers.items()]
    )


def _stream(name: str, callers: Callers, answers: Answers) -> Stream:
    requires = tuple(sorted(callers.requires.items()))
    return Stream(
        Kind(name, QueueId(callers.queue), callers.priority, requires),
        rates(callers.per_hour),
        spread(callers.talk),
        spread(callers.wrap_up),
        spread(callers.patience) if _is_given(callers.patience) else None,
        spread(answers.ring),
        answers.missed,
    )


def rates(per_hour: Mapping[str, float]) -> list[Rate]:
    """Return the profile of a day in order of time; it ends at midnight at the latest."""
    found = sorted((clock_ms(at), value) for at, value in per_hour.items())
    return [Rate(at, value) for at, value in found] + [Rate(DAY_MS, 0.0)]


def _is_given(times: Times) -> bool:
    return bool(times.mean or times.always or times.values)


def spread(times: Times) -> Spread:
    """Return the distribution; of nothing given, no time at all."""
    if times.values:
        return Empirical([int(value) for value in times.values])
    if times.mean and times.cv:
        return Lognormal(int(times.mean), times.cv)
    if times.mean:
        return Exponential(int(times.mean))
    return Fixed(int(times.always))


def shifts(groups: Mapping[str, Agents]) -> list[Shift]:
    """Return who works when; agents are numbered within their group: "sales 3"."""
    return [shift for name, group in groups.items() for shift in _shifts_of(name, group)]


def _shifts_of(name: str, group: Agents) -> Iterator[Shift]:
    if group.staffing:
        yield from _by_staffing(name, group)
        return
    spans = [span_ms(text) for text in group.shifts] or [(0, DAY_MS)]
    for number in range(1, group.count + 1):
        profile = _profile(name, number, group)
        yield from (Shift(profile, begins_at, ends_at) for begins_at, ends_at in spans)


def _by_staffing(name: str, group: Agents) -> Iterator[Shift]:
    """Let agent 1 work whenever anybody does, agent 2 whenever two do, and so on."""
    steps = sorted((clock_ms(at), count) for at, count in group.staffing.items())
    steps.append((DAY_MS, 0))
    for number in range(1, max(count for _, count in steps) + 1):
        profile = _profile(name, number, group)
        yield from (Shift(profile, *span) for span in _joined(steps, number))


def _joined(steps: Sequence[tuple[Ms, int]], number: int) -> Iterator[tuple[Ms, Ms]]:
    """Yield the spans in which at least so many work."""
    begins_at: Ms | None = None
    for (at, count), (until, following) in pairwise(steps):
        if count < number or until <= at:
            continue
        begins_at = at if begins_at is None else begins_at
        if following < number or until == DAY_MS:
            yield begins_at, until
            begins_at = None


def _profile(name: str, number: int, group: Agents) -> AgentProfile:
    agent_id = f"{name} {number}"
    queues = tuple(QueueId(queue) for queue in group.queues)
    return AgentProfile(AgentId(agent_id), agent_id, f"PJSIP/{agent_id}", queues, group.skills)


def recorded_scenario(scenario: Scenario, day: RecordedDay, *, with_agents: bool) -> Scenario:
    """Return the scenario with the callers of a recorded day, and perhaps its agents."""
    rings = [ring for habits in day.habits.values() for ring in habits.rings_ms]
    missed = sum(habits.missed for habits in day.habits.values())
    answering = Answering(
        round(sum(rings) / len(rings)) if rings else 0,
        missed / (missed + len(rings)) if rings else 0.0,
    )
    return replace(
        scenario,
        crowd=RecordedCrowd(day),
        shifts=day.shifts if with_agents else scenario.shifts,
        answering=answering,
    )
