"""The rules by which callers leave a queue, read and checked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from callcenter.core.acd.overflow_rules import (
    Moment,
    OverflowRule,
    Target,
    ToFlow,
    ToMailbox,
    ToQueue,
)
from callcenter.core.ids import QueueId
from callcenter.settings import Overflow, Queue, Sections
from ivr_flows.check import rings, talks_on
from ivr_flows.durations import format_duration
from ivr_flows.faults import FaultList
from ivr_flows.faults import Path as Place
from ivr_flows.model import Callback, Flow, FollowUp, HangUp, Node
from ivr_flows.model import Queue as QueueNode
from ivr_flows.prompt_store import prompt_names

_TARGETS = ("queue", "flow", "voicemail", "callback", "hang_up")
_REMEDY = "the targets are: queue, flow (with node), voicemail, callback, hang_up"


def overflow_rules(queue_id: str, queue: Queue) -> tuple[OverflowRule, ...]:
    """Return a queue's rules for the core; they have been checked."""
    return tuple(
        OverflowRule(
            to=_target(queue_id, rule),
            moment=Moment(rule.when),
            waited_ms=int(rule.waited),
            position=rule.position,
            service_level=rule.service_level_below,
            window_ms=int(rule.over_last),
        )
        for rule in queue.overflow
    )


def goodbye_flows(queues: Iterable[Queue]) -> dict[str, Flow]:
    """Return a flow for each list of prompts after which a rule hangs up."""
    flows = {}
    for queue in queues:
        for rule in queue.overflow:
            if rule.to.hang_up:
                flow_id = _goodbye(rule.to.hang_up)
                flows[flow_id] = Flow(flow_id, "1", "end", {"end": HangUp(rule.to.hang_up)})
    return flows


def callback_flows(queues: Mapping[str, Queue]) -> dict[str, Flow]:
    """Return a flow for each queue with a rule that promises callbacks."""
    flows = {}
    for queue_id, queue in queues.items():
        if any(rule.to.callback for rule in queue.overflow):
            flow_id = _call_back(queue_id)
            flows[flow_id] = Flow(flow_id, "1", "ask", _callback_nodes(queue_id))
    return flows


def _call_back(queue_id: str) -> str:
    return f"call back: {queue_id}"


def _callback_nodes(queue_id: str) -> dict[str, Node]:
    return {
        "ask": Callback(queue_id, taken="promised", refused="left"),
        "promised": HangUp(("callback_promised",)),
        "left": FollowUp("Call back: a callback could not be promised", next="sorry"),
        "sorry": HangUp(("sorry_nobody_free", "goodbye")),
    }


def _goodbye(prompts: tuple[str, ...]) -> str:
    """Return a name that no flow of the operator's can have: there is a space in it."""
    return f"hang up: {' '.join(prompts)}"


def _target(queue_id: str, rule: Overflow) -> Target:
    to = rule.to
    if to.callback:
        return ToFlow(_call_back(queue_id), label="callback")
    if to.queue:
        return ToQueue(QueueId(to.queue))
    if to.flow:
        return ToFlow(to.flow, to.node)
    return ToFlow(_goodbye(to.hang_up), label="hang_up") if to.hang_up else ToMailbox()


# ---------------------------------------------------------------- each rule by itself


def check_overflow(sections: Sections, faults: FaultList) -> None:
    """Note what is wrong with the rules, as far as that is known without the flows."""
    for queue_id, queue in sections.queues.items():
        for number, rule in enumerate(queue.overflow):
            path = ("queues", queue_id, "overflow", number)
            _check_conditions(queue, rule, path, faults)
            _check_target(sections, queue_id, rule, (*path, "to"), faults)


def _check_conditions(queue: Queue, rule: Overflow, path: Place, faults: FaultList) -> None:
    given = [name for name in ("waited", "position", "service_level_below") if getattr(rule, name)]
    if rule.when == "waiting" and not given:
        remedy = "give waited, position or service_level_below, or another when"
        faults.add(path, "this rule would send everybody away at once", remedy)
    if rule.when != "waiting" and given:
        problem = f"{given[0]} means nothing when {rule.when}: that is one moment for all"
        faults.add((*path, given[0]), problem, "remove it, or when")
    if rule.waited > queue.max_wait:
        problem = f"nobody waits so long: max_wait is {format_duration(queue.max_wait)}"
        faults.add((*path, "waited"), problem, "wait less, or give a longer max_wait")


def _check_target(
    sections: Sections, queue_id: str, rule: Overflow, path: Place, faults: FaultList
) -> None:
    to = rule.to
    given = [name for name in _TARGETS if getattr(to, name)]
    if len(given) != 1:
        problem = f"expected one target, got {' and '.join(given) or 'none'}"
        faults.add(path, problem, _REMEDY)
    if to.callback and not sections.outbound.endpoint:
        problem = "nobody can be called back: outbound.endpoint is not given"
        faults.add((*path, "callback"), problem, "say whom the service may call")
    if to.node and not to.flow:
        faults.add((*path, "node"), "a node of which flow?", "give flow too")
    if to.queue and to.queue not in sections.queues:
        faults.unknown((*path, "queue"), "queue", to.queue, sections.queues)
    if to.queue == queue_id:
        faults.add((*path, "queue"), "a queue cannot overflow into itself", "name another")
    for number, prompt in enumerate(to.hang_up):
        if prompt not in prompt_names():
            faults.unknown((*path, "hang_up", number), "prompt", prompt, prompt_names())


# ---------------------------------------------------------------- all rules together


@dataclass(frozen=True, slots=True)
class _Way:
    """A rule leads from one queue to another."""

    path: Place
    to: str


def check_overflow_ways(sections: Sections, flows: Mapping[str, Flow], faults: FaultList) -> None:
    """Note rules that name no flow or node, and those that lead round in a ring.

    A ring is refused wherever a caller could go round it without pressing a key.
    """
    ways = {
        queue_id: tuple(_ways(queue_id, queue, flows, faults))
        for queue_id, queue in sections.queues.items()
    }
    for ring in rings({queue_id: [way.to for way in found] for queue_id, found in ways.items()}):
        next_one = ring[1 % len(ring)]
        path = next(way.path for way in ways[ring[0]] if way.to == next_one)
        faults.add(
            path,
            f"callers would overflow in a ring: {' -> '.join((*ring, ring[0]))}",
            "let one of them lead to voicemail, a hang_up, or a menu",
        )


def _ways(
    queue_id: str, queue: Queue, flows: Mapping[str, Flow], faults: FaultList
) -> Iterator[_Way]:
    for number, rule in enumerate(queue.overflow):
        path = ("queues", queue_id, "overflow", number, "to")
        if rule.to.queue:
            yield _Way((*path, "queue"), rule.to.queue)
        elif rule.to.flow:
            for to in _queues_behind(rule, path, flows, faults):
                yield _Way((*path, "flow"), to)


def _queues_behind(
    rule: Overflow, path: Place, flows: Mapping[str, Flow], faults: FaultList
) -> Iterator[str]:
    """Yield the queues that a caller comes to from the rule's node without pressing a key."""
    flow = flows.get(rule.to.flow)
    if flow is None:
        faults.unknown((*path, "flow"), "flow", rule.to.flow, flows)
        return
    start = rule.to.node or flow.start
    if start not in flow.nodes:
        faults.unknown((*path, "node"), f"node of the flow {flow.flow_id}", start, flow.nodes)
        return
    seen, todo = {start}, [start]
    while todo:
        node = flow.nodes[todo.pop()]
        if isinstance(node, QueueNode):
            yield node.queue
        new = [target for target in talks_on(node) if target not in seen]
        seen.update(new)
        todo.extend(new)
