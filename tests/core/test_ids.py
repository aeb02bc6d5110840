import re
from itertools import product

from callcenter.core.ids import derive_id


def test_an_id_is_32_lower_case_hex_digits() -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", derive_id("5ca1ab1e", 1, "leg"))


def test_the_same_arguments_give_the_same_id() -> None:
    assert derive_id("5ca1ab1e", 7, "leg", 2) == derive_id("5ca1ab1e", 7, "leg", 2)


def test_an_id_never_changes_between_versions_of_the_program() -> None:
    assert derive_id("5ca1ab1e", 7, "leg", 2) == "7ccc0996778b78ed90c16113ce3a2289"


def test_each_argument_makes_another_id() -> None:
    journals, numbers = ("5ca1ab1e", "5ca1ab1e1"), (1, 11, 111)
    roles, attempts = ("leg", "hold", "talk", "play", "offer", "call"), (0, 1, 11)
    all_of_them = list(product(journals, numbers, roles, attempts))
    assert len({derive_id(*one) for one in all_of_them}) == len(all_of_them)
