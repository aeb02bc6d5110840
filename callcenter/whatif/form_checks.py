"""What must hold for a scenario beyond the form of each value."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise

from callcenter.core.ids import QueueId
from callcenter.whatif.clock_times import clock_ms, span_ms
from callcenter.whatif.forms import Agents, Callers, ScenarioForm, Times
from ivr_flows.faults import FaultList, Path, shown


def check_form(
    form: ScenarioForm, data: object, queues: Iterable[QueueId], faults: FaultList
) -> None:
    """Note all that is wrong with a scenario.

    Args:
        form: The scenario, each value of the right form.
        data: The document, to see what is given.
        queues: Those of the configuration.
        faults: Takes the faults.
    """
    known = {str(queue) for queue in queues}
    _check_dates(form, data, faults)
    _check_sources(form, data, faults)
    for name, callers in form.callers.items():
        _check_callers(("callers", name), callers, known, faults)
        if callers.queue in known:
            _check_served(("callers", name), callers, form, faults)
    for name, group in form.agents.items():
        _check_agents(("agents", name), group, known, faults)
    _check_times(("answering", "ring"), form.answering.ring, faults)
    if clock_ms(form.measured.begins) >= clock_ms(form.measured.ends):
        faults.add_at_key(("measured",), "what is measured ends before it begins")


def _check_dates(form: ScenarioForm, data: object, faults: FaultList) -> None:
    for path, text in ((("date",), form.date), (("recorded", "day"), form.recorded.day)):
        if text and not _is_date(text):
            faults.add(path, f"there is no day {shown(text)}", "write year-month-day: 2026-03-02")
    if form.recorded.day and isinstance(data, dict) and "date" in data:
        faults.add_at_key(("date",), "the recorded day has its own date", "remove date")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _check_sources(form: ScenarioForm, data: object, faults: FaultList) -> None:
    """Callers come from one source, and so do agents."""
    del data
    if form.recorded.day:
        if form.callers:
            problem = "callers are given, and those of a recorded day too"
            faults.add_at_key(("callers",), problem, "remove one of them")
        if not form.config:
            problem = "a recorded day needs the configuration of its service"
            faults.add_at_key(("recorded",), problem, "give config: its file")
        if form.agents and form.recorded.agents:
            problem = "agents are given, and those of the recorded day work too"
            faults.add_at_key(("agents",), problem, "say agents: no under recorded, or remove this")
    elif not form.callers:
        faults.add((), "nobody calls", "give callers, or recorded: {day: ...}")
    if not form.agents and not (form.recorded.day and form.recorded.agents):
        faults.add((), "nobody works", "give agents")


def _check_callers(path: Path, callers: Callers, known: Iterable[str], faults: FaultList) -> None:
    if callers.queue not in known:
        faults.unknown((*path, "queue"), "queue", callers.queue, known)
    for key in ("talk", "wrap_up", "patience"):
        _check_times((*path, key), getattr(callers, key), faults)
    talk = callers.talk
    if not (talk.mean or talk.always or talk.values):
        faults.add_at_key((*path, "talk"), "talks take no time", 'give mean: "4 min"')
    _check_profile((*path, "per_hour"), callers.per_hour, faults)


def _check_served(path: Path, callers: Callers, form: ScenarioForm, faults: FaultList) -> None:
    """Somebody must be able to take them, or the run says nothing."""
    if form.recorded.day:
        return
    takers = [group for group in form.agents.values() if callers.queue in group.queues]
    if not takers and form.agents:
        problem = f"no agents take the queue {shown(callers.queue)}"
        faults.add((*path, "queue"), problem, "add it to the queues of some agents")
        return
    for skill, least in callers.requires.items():
        most = max((group.skills.get(skill, 0) for group in takers), default=least)
        if most < least:
            problem = (
                f"nobody who takes {shown(callers.queue)} has {shown(skill)} at {least} or more"
            )
            remedy = f"the most is {most}" if most else "give it to some agents"
            faults.add((*path, "requires", skill), problem, remedy)


def _check_agents(path: Path, group: Agents, known: Iterable[str], faults: FaultList) -> None:
    for number, queue in enumerate(group.queues):
        if queue not in known:
            faults.unknown((*path, "queues", number), "queue", queue, known)
    if group.staffing and (group.count or group.shifts):
        problem = "both staffing, and count or shifts are given"
        faults.add_at_key(path, problem, "staffing says how many work when: remove the others")
    if not group.staffing and not group.count:
        faults.add_at_key(path, "these are no agents", "give count: 5, or staffing")
    _check_profile((*path, "staffing"), group.staffing, faults)
    spans = sorted((*span_ms(text), number) for number, text in enumerate(group.shifts))
    for begins, ends, number in spans:
        if ends <= begins:
            problem = f"the shift {shown(group.shifts[number])} ends before it begins"
            faults.add(
                (*path, "shifts", number), problem, "a night is two shifts: to 24:00, from 00:00"
            )
    for (_, ends, _), (begins, _, number) in pairwise(spans):
        if begins < ends:
            problem = f"the shift {shown(group.shifts[number])} begins in another"
            faults.add((*path, "shifts", number), problem, "make one of the two")


def _check_profile(path: Path, profile: Mapping[str, float], faults: FaultList) -> None:
    seen: dict[int, str] = {}
    for at in profile:
        same = seen.setdefault(clock_ms(at), at)
        if same != at:
            faults.add_at_key((*path, at), f"{shown(at)} is the same time as {shown(same)}")


def _check_times(path: Path, times: Times, faults: FaultList) -> None:
    given = [key for key in ("mean", "always", "values") if getattr(times, key)]
    if len(given) > 1:
        problem = f"{' and '.join(given)} are given"
        faults.add_at_key(path, problem, "one of them says how long it takes")
    if times.cv and not times.mean:
        faults.add((*path, "cv"), "cv needs a mean", "give mean")
