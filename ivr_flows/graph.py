"""Draws a flow as Mermaid text, which editors, forges and browsers show as a picture."""

from collections.abc import Iterator

from ivr_flows.exits import exits
from ivr_flows.model import (
    Back,
    Callback,
    Digits,
    Flow,
    FollowUp,
    HangUp,
    Hours,
    Menu,
    Node,
    OpenRequest,
    Queue,
    Say,
)


def to_mermaid(flow: Flow) -> str:
    """Return a Mermaid flowchart: one box for each node, one arrow for each way out.

    Names of nodes are labels only; the boxes are called n0, n1, ... since a name such as "end"
    means something to Mermaid.
    """
    boxes = {node_id: f"n{number}" for number, node_id in enumerate(flow.nodes)}
    lines = ["flowchart TD", f"  begin(({_escaped(flow.flow_id)})) --> {boxes[flow.start]}"]
    for node_id, node in flow.nodes.items():
        lines.append(f"  {boxes[node_id]}{_box(node_id, node)}")
        lines.extend(_arrows(boxes, node_id, node))
    return "\n".join(lines) + "\n"


def _arrows(boxes: dict[str, str], node_id: str, node: Node) -> Iterator[str]:
    for way in exits(node):
        label = f'|"{_escaped(way.label)}"|' if way.label else ""
        yield f"  {boxes[node_id]} -->{label} {boxes[way.target]}"


def _box(node_id: str, node: Node) -> str:
    match node:
        case Say(prompts=prompts):
            return f"[{_label(node_id, 'say', *prompts)}]"
        case Menu(prompts=prompts) | Digits(prompts=prompts):
            kind = "menu" if isinstance(node, Menu) else "number"
            return f"{{{{{_label(node_id, kind, *prompts)}}}}}"
        case Queue(queue=queue):
            return f"[/{_label(node_id, 'queue', queue)}/]"
        case Hours(queue=queue) | Callback(queue=queue):
            kind = "open" if isinstance(node, Hours) else "callback"
            return f"{{{_label(node_id, kind, queue)}}}"
        case OpenRequest(subject=subject):
            return f"[[{_label(node_id, 'request', subject)}]]"
        case FollowUp(subject=subject):
            return f"[[{_label(node_id, 'follow-up', subject)}]]"
        case HangUp(prompts=prompts):
            return f"([{_label(node_id, 'hang up', *prompts)}])"
        case Back(prompts=prompts):
            return f"([{_label(node_id, 'back', *prompts)}])"


def _label(node_id: str, kind: str, *what: str) -> str:
    detail = f"{kind}: {', '.join(what)}" if what else kind
    return f'"{_escaped(node_id)}<br/>{_escaped(detail)}"'


def _escaped(text: str) -> str:
    """Return text that cannot end a label: Mermaid reads #code; as that character."""
    return "".join(
        char if char.isalnum() or char in " _-.,:" else f"#{ord(char)};" for char in text
    )
