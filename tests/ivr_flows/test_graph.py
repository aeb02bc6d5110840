import re

import pytest

from ivr_flows.exits import exits
from ivr_flows.graph import to_mermaid
from ivr_flows.load import load_flow
from ivr_flows.model import Flow, FollowUp, HangUp, Node
from tests.ivr_flows.texts import SHIPPED, SMALL


def test_the_small_flow_is_drawn_so():
    assert to_mermaid(load_flow(SMALL, "f")) == (
        "flowchart TD\n"
        "  begin((small)) --> n0\n"
        '  n0["hello<br/>say: welcome"]\n'
        "  n0 --> n1\n"
        '  n1{{"choose<br/>menu: main_menu"}}\n'
        '  n1 -->|"1"| n2\n'
        '  n1 -->|"#35;"| n3\n'
        '  n1 -->|"otherwise"| n2\n'
        '  n2[/"sales<br/>queue: sales"/]\n'
        '  n2 -->|"timed out"| n4\n'
        '  n2 -->|"unstaffed"| n5\n'
        '  n3[["note<br/>request: Please call me"]]\n'
        "  n3 --> n4\n"
        '  n4[["task<br/>follow-up: Call back"]]\n'
        "  n4 --> n5\n"
        '  n5(["bye<br/>hang up: goodbye"])\n'
    )


@pytest.mark.parametrize("text", [SMALL, SHIPPED])
def test_every_node_is_a_box_and_every_exit_an_arrow(text):
    flow = load_flow(text, "f")
    drawn = to_mermaid(flow)
    assert len(re.findall(r"^  n\d+\W", drawn, re.M)) >= len(flow.nodes)
    assert drawn.count("-->") == 1 + sum(len(exits(node)) for node in flow.nodes.values())


def test_no_text_can_break_out_of_its_label():
    nodes: dict[str, Node] = {
        "end": FollowUp('"] --> x; click n0 "javascript:1"\n<b>', "bye"),
        "bye": HangUp(),
    }
    drawn = to_mermaid(Flow("f", "1", "end", nodes))
    label = drawn.splitlines()[2].removeprefix('  n0[["').removesuffix('"]]')
    assert not set(label.replace("<br/>", "")) & set('"<>[]()\n')
    assert len(drawn.splitlines()) == 5
