"""Flow texts that several tests use."""

from pathlib import Path

import ivr_flows

SHIPPED = (Path(ivr_flows.__file__).parent / "flows" / "main.yaml").read_text("utf-8")

SMALL = """\
flow: small
start: hello
nodes:
  hello: {say: [welcome], next: choose}
  choose:
    menu:
      prompts: [main_menu]
      wrong_key: [wrong_key]
      timeout: 4 s
      attempts: 2
      keys: {"1": sales, "#": note}
      otherwise: sales
  sales:
    queue: {name: sales, priority: 3, requires: {french: 2}, timed_out: task, unstaffed: bye}
  note: {request: {subject: Please call me, kind: request}, next: task}
  task: {follow_up: {subject: Call back}, next: bye}
  bye: {hang_up: [goodbye]}
"""
