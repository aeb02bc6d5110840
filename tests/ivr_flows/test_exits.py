from typing import Any

import pytest

from ivr_flows.exits import exits, prompts_of
from ivr_flows.load import load_flow
from ivr_flows.yaml_source import parse_document
from tests.ivr_flows.texts import SHIPPED, SMALL


@pytest.mark.parametrize("text", [SMALL, SHIPPED])
def test_each_exit_and_prompt_stands_where_its_path_says(text):
    flow = load_flow(text, "f")
    document: Any = parse_document(text, "f").data
    for node_id, node in flow.nodes.items():
        named = [(way.path, way.target) for way in exits(node)] + list(prompts_of(node))
        for path, name in named:
            value = document["nodes"][node_id]
            for part in path:
                value = value[part]
            assert value == name


def test_a_menu_leads_on_by_each_key_and_otherwise():
    ways = exits(load_flow(SMALL, "f").nodes["choose"])
    assert [(way.label, way.target) for way in ways] == [
        ("1", "sales"),
        ("#", "note"),
        ("otherwise", "sales"),
    ]


def test_a_hang_up_leads_nowhere():
    assert exits(load_flow(SMALL, "f").nodes["bye"]) == ()


def test_a_menu_plays_its_prompts_and_those_after_a_wrong_key():
    prompts = prompts_of(load_flow(SMALL, "f").nodes["choose"])
    assert [name for _, name in prompts] == ["main_menu", "wrong_key"]
