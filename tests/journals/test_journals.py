"""Journals of earlier days are still folded to what they came to then."""

import json
from pathlib import Path

import pytest

from callcenter.adapters.codec import KINDS, Codec
from callcenter.core.acd.model import PoolKept
from callcenter.ports.journal import Recorded
from tests.journals.write import FOLDER, PLANS, STORIES, picture
from tests.support.playbook import PLAN, World

JOURNALS = sorted(FOLDER.glob("*.jsonl"))


def read(path: Path) -> tuple[dict[str, object], list[dict[str, object]]]:
    first, *rest = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    return first["comes_to"], rest


@pytest.mark.parametrize("path", JOURNALS, ids=lambda path: path.stem)
def test_a_journal_comes_to_what_it_came_to_when_it_was_written(path: Path) -> None:
    codec, world = Codec(), World(PLANS.get(path.stem, PLAN))
    comes_to, lines = read(path)
    for seq, line in enumerate(lines):
        stored = (str(line["kind"]), int(str(line["version"])), json.dumps(line["body"]).encode())
        entry = codec.decode(seq, str(line["stream"]), stored)
        assert isinstance(entry, Recorded), entry
        world.centre.evolve(entry.stream, entry.fact)
    assert picture(world) == comes_to


def test_every_story_is_written_down() -> None:
    assert {path.stem for path in JOURNALS} >= STORIES.keys()


def test_the_journals_hold_every_kind_of_fact() -> None:
    held = {line["kind"] for path in JOURNALS for line in read(path)[1]}
    kept = {kind for kind, fact in KINDS.items() if fact is PoolKept}
    assert KINDS.keys() - held - kept == set()
