"""What must hold for a flow beyond its form: names exist, nothing is unreachable, no loops spin."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from ivr_flows.exits import exits, prompts_of
from ivr_flows.faults import Fault, FaultList, Path, shown
from ivr_flows.model import Back, Callback, Flow, FollowUp, Hours, Node, OpenRequest, Queue, Say

Nodes = Mapping[str, Node]
Names = Collection[str] | None


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What a flow may name outside itself; None where anything goes."""

    queues: Names = None
    prompts: Names = None
    kinds: Names = None
    """The kinds of service request."""


def check_flow(
    flow: Flow,
    queues: Names = None,
    prompts: Names = None,
    kinds: Names = None,
) -> tuple[Fault, ...]:
    """Return all that is wrong with a flow; nothing if it can be used.

    Args:
        flow: The flow, as ``load_flow`` made it: its marks give each fault a line and a column.
        queues: The queues that are declared, or None not to check.
        prompts: The prompts that can be played, or None not to check.
        kinds: The kinds of service request, or None not to check.
    """
    faults = FaultList(flow.marks)
    check_targets(flow.nodes, flow.nodes, flow.start, faults)
    check_names(flow.nodes, KnownNames(queues, prompts, kinds), faults)
    if not faults.faults:
        check_paths(flow.nodes, flow.start, faults)
    return tuple(sorted(faults.faults))


def check_targets(
    nodes: Nodes, declared: Collection[str], start: str | None, faults: FaultList
) -> None:
    """Note exits, and the start, that lead to no node.

    Args:
        nodes: The nodes that could be read.
        declared: The names of all nodes, those with faults of their own too.
        start: The first node, or None if that is not known.
        faults: Takes the faults.
    """
    if start is not None and start not in declared:
        faults.unknown(("start",), "node", start, declared)
    for node_id, node in nodes.items():
        for way in exits(node):
            if way.target not in declared:
                faults.unknown(("nodes", node_id, *way.path), "node", way.target, declared)


def check_names(nodes: Nodes, known: KnownNames, faults: FaultList) -> None:
    """Note queues, prompts and kinds of request that are not known."""
    for node_id, node in nodes.items():
        place = ("nodes", node_id)
        for path, what, word, names in _named(node, known):
            if names is not None and word not in names:
                faults.unknown((*place, *path), what, word, names)


def _named(node: Node, known: KnownNames) -> Iterator[tuple[Path, str, str, Names]]:
    """Yield what a node names outside the flow: where, what it is, its name, what there is."""
    for path, prompt in prompts_of(node):
        yield path, "prompt", prompt, known.prompts
    match node:
        case Queue(queue=queue):
            yield ("queue", "name"), "queue", queue, known.queues
        case Hours(queue=queue):
            yield ("hours", "queue"), "queue", queue, known.queues
        case Callback(queue=queue):
            yield ("callback", "queue"), "queue", queue, known.queues
        case OpenRequest(kind=kind):
            yield ("request", "kind"), "kind of request", kind, known.kinds
        case _:
            pass


def check_paths(nodes: Nodes, start: str, faults: FaultList) -> None:
    """Note nodes that no caller can reach and loops that never wait; every target exists."""
    for node_id in nodes.keys() - _reachable(nodes, start):
        faults.add_at_key(
            ("nodes", node_id), f"no way leads to the node {shown(node_id)}", "remove it or link it"
        )
    _check_backs(nodes, start, faults)
    for loop in sorted({*_loops(nodes, talks_on), *_loops(nodes, _falls_through)}):
        faults.add_at_key(
            ("nodes", loop[0]),
            f"the nodes {' -> '.join((*loop, loop[0]))} go round without waiting for the caller",
            "lead one of them to a menu or a hang_up",
        )


def _reachable(nodes: Nodes, start: str) -> set[str]:
    seen = {start}
    todo = [start]
    while todo:
        for way in exits(nodes[todo.pop()]):
            if way.target not in seen:
                seen.add(way.target)
                todo.append(way.target)
    return seen


def _check_backs(nodes: Nodes, start: str, faults: FaultList) -> None:
    """Note backs to which callers come who wait in no queue."""
    seen = {(start, False)}
    todo = [(start, False)]
    while todo:
        node_id, waits = todo.pop()
        if isinstance(nodes[node_id], Back) and not waits:
            problem = f"callers come to {shown(node_id)} who wait in no queue to go back to"
            faults.add_at_key(
                ("nodes", node_id), problem, "lead only keys of a queue here, or end it otherwise"
            )
        for place in set(_onward(nodes[node_id], waits=waits)) - seen:
            seen.add(place)
            todo.append(place)


def _onward(node: Node, *, waits: bool) -> Iterator[tuple[str, bool]]:
    """Yield where a node leads, and whether the caller still waits in a queue there."""
    for way in exits(node):
        is_key = isinstance(node, Queue) and way.path[:2] == ("queue", "keys")
        is_over = isinstance(node, Queue) or way.path == ("callback", "taken")
        yield way.target, is_key or (waits and not is_over)


def talks_on(node: Node) -> tuple[str, ...]:
    """Return where a node may lead that takes nothing from the caller."""
    match node:
        case Say(next=target) | OpenRequest(next=target) | FollowUp(next=target):
            return (target,)
        case Hours():
            return (node.open, node.closed)
        case Callback():
            return (node.taken, node.refused)
        case _:
            return ()


def _falls_through(node: Node) -> tuple[str, ...]:
    """Return where a node may lead in no time, as a queue does when nobody is logged in."""
    match node:
        case OpenRequest(next=target) | FollowUp(next=target):
            return (target,)
        case Hours():
            return (node.open, node.closed)
        case Callback():
            return (node.taken, node.refused)
        case Queue():
            return (node.unstaffed, node.closed or node.unstaffed, node.full or node.unstaffed)
        case _:
            return ()


def _loops(nodes: Nodes, onward: Callable[[Node], tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Yield rings that ``onward`` leads round in, from the first name in order; not all there are.

    Each node in a ring of any kind is in one that is found, or leads into one.
    """
    return rings({node_id: onward(node) for node_id, node in nodes.items()})


def rings(onward: Mapping[str, Collection[str]]) -> Iterator[tuple[str, ...]]:
    """Yield rings in a graph, one for each way back that a search in depth meets."""
    done: set[str] = set()
    for first in onward:
        if first not in done:
            yield from _search(first, onward, done)


def _search(
    first: str, onward: Mapping[str, Collection[str]], done: set[str]
) -> Iterator[tuple[str, ...]]:
    trail = [first]
    ways = [iter(onward.get(first, ()))]
    while ways:
        at = next(ways[-1], None)
        if at is None:
            ways.pop()
            done.add(trail.pop())
        elif at in trail:
            yield _from_least(trail[trail.index(at) :])
        elif at not in done:
            trail.append(at)
            ways.append(iter(onward.get(at, ())))


def _from_least(ring: list[str]) -> tuple[str, ...]:
    turn = ring.index(min(ring))
    return (*ring[turn:], *ring[:turn])
