"""What those who wait hear, and when: the place in line, and prompts by the time waited.

All of it follows from when the caller came into the queue, what was played last, and the queue's
rules as they are now, so a change of the rules reaches those who wait already. Nothing here is a
timer.
"""

from collections.abc import Iterator

from callcenter.core.acd.model import WaitingCall
from callcenter.core.ids import Ms
from callcenter.core.plan import AnnouncePosition, ComfortStep, QueueRules


def next_announcement(rules: QueueRules, at: Ms) -> Ms | None:
    """Return when place and wait are due after they were due at an instant; None for never."""
    is_off = rules.announce_position is AnnouncePosition.OFF and not rules.announce_estimate
    return None if is_off or not rules.announce_every_ms else at + rules.announce_every_ms


def tells_position(rules: QueueRules, call: WaitingCall, position: int) -> bool:
    """Say whether a place in line is to be told, now that it is due.

    Args:
        rules: The queue's.
        call: The caller.
        position: The place, from 1.
    """
    match rules.announce_position:
        case AnnouncePosition.OFF:
            return False
        case AnnouncePosition.ALWAYS:
            return True
        case AnnouncePosition.IMPROVED:
            told = call.told_position
            return told is None or _spoken(rules, position) < _spoken(rules, told)


def _spoken(rules: QueueRules, position: int) -> int:
    """Return what a place sounds like: all beyond the limit are alike."""
    return min(position, rules.announce_limit + 1) if rules.announce_limit else position


def next_comfort(rules: QueueRules, call: WaitingCall) -> Ms | None:
    """Return when the next prompt for this caller is due; None for never."""
    dues = (_next_due(step, call, call.comforted_until) for step in rules.comfort)
    return min((due for due in dues if due is not None), default=None)


def comfort_due(rules: QueueRules, call: WaitingCall, now: Ms) -> tuple[str, ...]:
    """Return the prompts that are due by now, in the order of their instants.

    A step that was due several times, because the service was away, is played once.
    """
    found = sorted((due, number) for number, due in _dues(rules, call, now))
    return tuple(
        prompt
        for due, number in found
        for prompt in _prompts(rules.comfort[number], due - _since(call))
    )


def _dues(rules: QueueRules, call: WaitingCall, now: Ms) -> Iterator[tuple[int, Ms]]:
    """Yield the number of each step that is due, and its latest instant until now."""
    for number, step in enumerate(rules.comfort):
        due = _next_due(step, call, call.comforted_until)
        if due is not None and due <= now:
            yield number, due + (now - due) // step.wait_ms * step.wait_ms if step.repeats else due


def _next_due(step: ComfortStep, call: WaitingCall, after: Ms) -> Ms | None:
    """Return the first instant of a step after another; the steps count from the entry."""
    if step.repeats:
        times = max(0, after - _since(call)) // step.wait_ms
        return _since(call) + (times + 1) * step.wait_ms
    due = _since(call) + step.wait_ms
    return due if due > after else None


def _prompts(step: ComfortStep, waited_ms: Ms) -> tuple[str, ...]:
    if not step.repeats:
        return step.prompts
    return (step.prompts[(waited_ms // step.wait_ms - 1) % len(step.prompts)],)


def _since(call: WaitingCall) -> Ms:
    """Return from when the time waited counts: for who lost the agent, the first entry."""
    return call.entered_at if call.comes_back else call.queued_at
