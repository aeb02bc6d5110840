import pytest

from scripts.mutants import ALL, ROOT
from scripts.planted_faults import Fault
from scripts.service_faults import SERVICE_FAULTS


@pytest.mark.parametrize("fault", SERVICE_FAULTS, ids=lambda fault: fault.name)
def test_a_fault_fits_the_code_exactly_once_and_is_for_the_simulation(fault: Fault) -> None:
    text = (ROOT / fault.file).read_text("utf-8")
    assert text.count(fault.old) == 1
    compile(text.replace(fault.old, fault.new), fault.file, "exec")
    assert fault.seeds


def test_every_fault_of_all_has_a_name_of_its_own() -> None:
    assert len({fault.name for fault in ALL}) == len(ALL)
