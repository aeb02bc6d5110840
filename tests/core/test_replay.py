"""The same inputs give the same facts, whatever order the process gives its sets."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from random import Random

from callcenter.core.acd.people import Activity
from callcenter.core.call.messages import (
    LegEnd,
)
from tests.core.invariants import assert_same_state
from tests.support.playbook import MAIN_NUMBER, SALES, SPANISH_NUMBER, SUPPORT, VIP_NUMBER, World

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = (MAIN_NUMBER, VIP_NUMBER, SPANISH_NUMBER)


def a_seeded_story(seed: int, steps: int = 500) -> World:
    """Tell a story whose every choice is drawn from a seed."""
    random, world = Random(seed), World()
    staff = {"anna": {"french": 2, "spanish": 3}, "ben": {}, "carla": {"spanish": 4, "german": 1}}
    agents = [
        world.agent(name).can(SALES, SUPPORT, **can).is_ready() for name, can in staff.items()
    ]
    for number in range(steps):
        world.passes(random.choice((0, 0.5, 3, 15)))
        busy = [a for a in agents if a.record and a.activity is not Activity.IDLE]
        if random.random() < 0.3:
            caller = world.caller(f"c{number}").arrives(random.choice(NUMBERS))
            if caller.hears == ("welcome",):
                caller.hears_the_end().presses(random.choice("12"))
        elif busy:
            agent = random.choice(busy)
            caller = next(c for c in world.callers.values() if c.call_id == agent.call_id)
            if agent.activity is Activity.WRAP_UP:
                agent.wraps_up(caller)
            elif agent.activity is Activity.TALKING:
                caller.hangs_up()
            elif random.random() < 0.6:
                agent.takes_the_call()
            else:
                agent.phone_ends(random.choice((LegEnd.REFUSED, LegEnd.LOST)))
    return world


def digest(world: World) -> str:
    """Return what all facts and effects of a story come to."""
    return hashlib.sha256(repr((world.journal, world.effects)).encode()).hexdigest()


def test_the_same_story_gives_the_same_facts_in_processes_that_order_sets_differently() -> None:
    program = "from tests.core.test_replay import *; print(digest(a_seeded_story(7)))"
    digests = set()
    for hash_seed in ("1", "2"):
        ended = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(ended.stdout.strip())
    assert digests == {digest(a_seeded_story(7))}


def test_the_story_is_worth_telling() -> None:
    kinds = [type(fact).__name__ for _, fact in a_seeded_story(7).journal]
    assert kinds.count("AgentConnected") > 10
    assert kinds.count("OfferClosed") > 10
    assert len(set(kinds)) > 20


def test_facts_alone_rebuild_the_state() -> None:
    world = a_seeded_story(8)
    assert_same_state(world.refolded(), world.centre)


def test_throwing_the_state_away_now_and_then_changes_no_decision() -> None:
    whole, torn = a_seeded_story(9, steps=60), World()
    for event, at in zip(whole.inputs, whole.told_at, strict=True):
        torn.passes((at - torn.now) / 1000)
        torn.tell(event)
        torn.restarts()
    torn.passes((whole.now - torn.now) / 1000)
    assert torn.journal == whole.journal
