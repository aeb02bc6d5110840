"""Every key of a scenario is explained in the manual."""

import re
from pathlib import Path

import msgspec
import pytest

from callcenter.whatif import forms

MANUAL = (Path(__file__).parents[2] / "docs/simulate.md").read_text("utf-8")
PARTS = [
    kind
    for kind in vars(forms).values()
    if isinstance(kind, type)
    and issubclass(kind, msgspec.Struct)
    and kind.__module__ == forms.__name__
]


@pytest.mark.parametrize(
    "key", sorted({field.name for part in PARTS for field in msgspec.structs.fields(part)})
)
def test_the_manual_explains_the_key(key: str):
    assert re.search(rf"\b{key}\b[`:]", MANUAL), f"docs/simulate.md does not tell of {key}"
