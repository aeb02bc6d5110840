"""YAML text to a checked flow. Whatever the text is, the answer is a flow or a ``FlowError``."""

import hashlib
from collections.abc import Collection
from typing import Annotated

import msgspec
from msgspec import Meta

from ivr_flows.check import KnownNames, check_flow, check_names, check_paths, check_targets
from ivr_flows.faults import FaultList, FaultyText, suggestion
from ivr_flows.forms import FORMS, Name
from ivr_flows.model import Flow, Node
from ivr_flows.shapes import read_struct
from ivr_flows.yaml_source import Document, parse_document

__all__ = ["FlowError", "check_flow", "load_flow"]

MAX_NODES = 2_000


class FlowError(FaultyText):
    """A flow cannot be used; ``faults`` holds file, line, column, what is wrong and the remedy."""


class _FlowForm(msgspec.Struct, frozen=True):
    flow: Name
    start: Name
    nodes: Annotated[dict[Name, object], Meta(min_length=1, max_length=MAX_NODES)]


def load_flow(
    text: str,
    source: str,
    queues: Collection[str] | None = None,
    prompts: Collection[str] | None = None,
    kinds: Collection[str] | None = None,
) -> Flow:
    """Return the flow that a YAML text describes.

    Args:
        text: One flow in YAML, at most 1 MB.
        source: The file's name, for messages.
        queues: The queues that are declared, or None not to check them here.
        prompts: The prompts that can be played, or None not to check them here.
        kinds: The kinds of service request, or None not to check them here.

    Raises:
        FlowError: The text does not describe a flow; all its faults at once.
    """
    try:
        document = parse_document(text, source)
    except FaultyText as error:
        raise FlowError(error.faults) from None
    faults = FaultList(document.marks)
    flow = _read_flow(document, text, KnownNames(queues, prompts, kinds), faults)
    if flow is None:
        raise FlowError(faults.faults)
    return flow


def _read_flow(document: Document, text: str, known: KnownNames, faults: FaultList) -> Flow | None:
    form = read_struct(_FlowForm, document.data, (), faults)
    declared = _declared_nodes(document.data)
    nodes = {
        node_id: node
        for node_id, data in declared.items()
        if (node := _read_node(node_id, data, faults)) is not None
    }
    start = form.start if form and declared else None
    check_targets(nodes, declared.keys(), start, faults)
    check_names(nodes, known, faults)
    if form is None or faults.faults:
        return None
    check_paths(nodes, form.start, faults)
    if faults.faults:
        return None
    version = hashlib.sha256(text.encode()).hexdigest()[:16]
    marks = document.marks
    return Flow(form.flow, version, form.start, nodes, marks.source, marks)


def _declared_nodes(data: object) -> dict[str, object]:
    nodes = data.get("nodes") if isinstance(data, dict) else None
    if not isinstance(nodes, dict) or len(nodes) > MAX_NODES:
        return {}
    return nodes


def _read_node(node_id: str, data: object, faults: FaultList) -> Node | None:
    path = ("nodes", node_id)
    if not isinstance(data, dict):
        faults.add(path, "expected a node, a mapping with one of its kinds", _KINDS)
        return None
    kinds = [key for key in data if key in FORMS]
    if len(kinds) != 1:
        _note_kind(node_id, data, kinds, faults)
        return None
    form = read_struct(FORMS[kinds[0]], data, path, faults)
    return form.node() if form else None


_KINDS = f"the kinds are: {', '.join(FORMS)}"


def _note_kind(node_id: str, data: dict[str, object], kinds: list[str], faults: FaultList) -> None:
    path = ("nodes", node_id)
    if kinds:
        problem = f"a node is of one kind, but this one has {' and '.join(kinds)}"
        faults.add_at_key((*path, kinds[1]), problem, "make two nodes of it")
        return
    guesses = [key for key in data if key != "next"]
    if guesses:
        problem = f"there is no kind of node {guesses[0][:64]!r}"
        faults.add_at_key((*path, guesses[0]), problem, suggestion(guesses[0], FORMS))
    else:
        faults.add_at_key(path, "this node has no kind", _KINDS)
