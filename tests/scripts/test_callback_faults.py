import pytest

from scripts.callback_faults import CALLBACK_FAULTS
from scripts.mutants import ROOT
from scripts.planted_faults import Fault


@pytest.mark.parametrize("fault", CALLBACK_FAULTS, ids=lambda fault: fault.name)
def test_a_fault_fits_the_code_exactly_once(fault: Fault) -> None:
    text = (ROOT / fault.file).read_text("utf-8")
    assert text.count(fault.old) == 1
    compile(text.replace(fault.old, fault.new), fault.file, "exec")
    assert not fault.seeds, "the tests of the core are to find it"
