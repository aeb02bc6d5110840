import shutil

import pytest

from scripts import build_ui, set_up
from scripts.steps import ROOT


@pytest.fixture
def checkout(tmp_path):
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    return tmp_path


def test_digest_changes_with_the_pins(checkout):
    before = set_up.digest("run", checkout)
    (checkout / "requirements" / "run.txt").write_text("x==1\n", encoding="utf-8")
    assert set_up.digest("run", checkout) != before


def test_digest_of_what_runs_ignores_the_test_tools(checkout):
    before = set_up.digest("run", checkout)
    (checkout / "requirements" / "dev.txt").write_text("x==1\n", encoding="utf-8")
    assert set_up.digest("run", checkout) == before


def test_digest_changes_when_the_checkout_moves(checkout, tmp_path_factory):
    moved = tmp_path_factory.mktemp("moved") / "checkout"
    before = set_up.digest("run", checkout)
    checkout.rename(moved)
    assert set_up.digest("run", moved) != before


def test_stamp_is_of_one_step_and_one_digest(tmp_path):
    assert not set_up.is_stamped("run", "abc", tmp_path)
    set_up.put_stamp("run", "abc", tmp_path)
    assert set_up.is_stamped("run", "abc", tmp_path)
    assert not set_up.is_stamped("run", "abd", tmp_path)
    assert not set_up.is_stamped("dev", "abc", tmp_path)


def test_page_is_built_only_with_a_stamp_of_todays_sources(tmp_path, monkeypatch):
    monkeypatch.setattr(set_up, "ROOT", tmp_path)
    static = tmp_path / "callcenter" / "adapters" / "web" / "static"
    source = tmp_path / "agent_ui" / "src" / "main.ts"
    for folder in (static, source.parent):
        folder.mkdir(parents=True)
    source.write_text("1", encoding="utf-8")
    assert not set_up.is_page_built()
    (static / "index.html").write_text("", encoding="utf-8")
    digest = build_ui.digest_of(tmp_path / "agent_ui")
    (static / ".digest").write_text(digest, encoding="utf-8")
    assert set_up.is_page_built()
    source.write_text("2", encoding="utf-8")
    assert not set_up.is_page_built()


def test_unknown_kind_is_refused(capsys):
    with pytest.raises(SystemExit):
        set_up.main(["everything"])
    assert "invalid choice" in capsys.readouterr().err
