"""What a first visit downloads."""

import gzip

import pytest

from tests.agent_ui.fixture_desk import STATIC

LIMIT_BYTES = 60_000


@pytest.mark.skipif(not STATIC.exists(), reason="build the page: python scripts/build_ui.py")
def test_the_first_load_is_below_60_kb_compressed():
    files = [STATIC / "index.html", *(STATIC / "assets").iterdir()]
    sizes = {file.name: len(gzip.compress(file.read_bytes())) for file in files}
    assert len(sizes) > 2
    assert sum(sizes.values()) < LIMIT_BYTES, sizes


@pytest.mark.skipif(not STATIC.exists(), reason="build the page: python scripts/build_ui.py")
def test_the_page_needs_nothing_that_a_strict_policy_refuses():
    html = (STATIC / "index.html").read_text(encoding="utf-8")
    assert "<style" not in html
    assert "<script>" not in html
    assert "http://" not in html
    assert "https://" not in html
