"""What a node names: the nodes it leads to and the prompts it plays, each with its YAML path."""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr_flows.faults import Path
from ivr_flows.model import (
    Back,
    Callback,
    Digits,
    FollowUp,
    HangUp,
    Hours,
    Menu,
    Node,
    OpenRequest,
    Queue,
    Say,
)


@dataclass(frozen=True, slots=True)
class Exit:
    """One way out of a node."""

    path: Path
    """Where it stands below the node: ("menu", "keys", "1")."""
    label: str
    """What makes a caller take it, for people; empty for the only way."""
    target: str


def exits(node: Node) -> tuple[Exit, ...]:
    """Return the ways out of a node, in the order they are written."""
    match node:
        case Say(next=target):
            return (Exit(("next",), "", target),)
        case Menu():
            return _menu_exits(node)
        case Queue():
            return tuple(_queue_exits(node))
        case Hours():
            return (
                Exit(("hours", "open"), "open", node.open),
                Exit(("hours", "closed"), "closed", node.closed),
            )
        case OpenRequest(next=target) | FollowUp(next=target):
            return (Exit(("next",), "", target),)
        case Digits():
            return (
                Exit(("digits", "next"), "", node.next),
                Exit(("digits", "otherwise"), "otherwise", node.otherwise),
            )
        case Callback():
            return (
                Exit(("callback", "taken"), "taken", node.taken),
                Exit(("callback", "refused"), "refused", node.refused),
            )
        case HangUp() | Back():
            return ()


def _queue_exits(queue: Queue) -> Iterator[Exit]:
    yield Exit(("queue", "timed_out"), "timed out", queue.timed_out)
    yield Exit(("queue", "unstaffed"), "unstaffed", queue.unstaffed)
    for name, target in (("closed", queue.closed), ("full", queue.full)):
        if target:
            yield Exit(("queue", name), name, target)
    for key, target in queue.keys.items():
        yield Exit(("queue", "keys", key), key, target)


def _menu_exits(menu: Menu) -> tuple[Exit, ...]:
    by_key = [Exit(("menu", "keys", key), key, target) for key, target in menu.keys.items()]
    return (*by_key, Exit(("menu", "otherwise"), "otherwise", menu.otherwise))


def prompts_of(node: Node) -> tuple[tuple[Path, str], ...]:
    """Return the prompts that a node plays, each with its path below the node."""
    match node:
        case Say(prompts=prompts):
            return _numbered(("say",), prompts)
        case Menu(prompts=prompts, wrong_key=wrong_key):
            paths = _numbered(("menu", "prompts"), prompts)
            return (*paths, *_numbered(("menu", "wrong_key"), wrong_key))
        case Digits(prompts=prompts):
            return _numbered(("digits", "prompts"), prompts)
        case HangUp(prompts=prompts):
            return _numbered(("hang_up",), prompts)
        case Back(prompts=prompts):
            return _numbered(("back",), prompts)
        case Queue() | Hours() | OpenRequest() | FollowUp() | Callback():
            return ()


def _numbered(path: Path, prompts: tuple[str, ...]) -> tuple[tuple[Path, str], ...]:
    return tuple(((*path, index), prompt) for index, prompt in enumerate(prompts))
