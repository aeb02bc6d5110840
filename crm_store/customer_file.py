"""Reading a CSV file of customers: every row is checked, every fault named with its line."""

import _csv
import csv
import io
import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from uuid import UUID

from crm_store.columns import clean
from crm_store.matching import NumberRules
from crm_store.numbers import Number, NumberKind
from crm_store.parties import LONGEST_NAME
from crm_store.text import fold

COLUMNS = ("name", "phone", "company", "tier", "language", "external_id", "owner")
LONGEST_FILE = 200_000_000
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_MOST_PHONES = 20
_NOBODY: Mapping[str, UUID] = {}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be imported."""

    line: int
    """Where the row begins, from 1; the header is line 1."""
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A row that can be imported; empty texts say nothing and change nothing."""

    line: int
    name: str
    numbers: tuple[Number, ...]
    company: str
    tier: str
    language: str
    external_id: str
    owner_id: UUID | None = None


class _Refused(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def read_customers(
    text: str, rules: NumberRules, tiers: Set[str], owners: Mapping[str, UUID] = _NOBODY
) -> tuple[list[CustomerRow], list[Problem]]:
    """Return the rows that are right, and what is wrong with the others.

    Args:
        text: CSV with a header; columns as in ``COLUMNS`` in any order, "name" is a must. Several
            phones in a cell are parted by ";". A byte order mark is ignored.
        rules: How numbers without a country code are read.
        tiers: The codes there are.
        owners: Who may look after customers: folded login to id.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = _header(next(reader, []))
    except (_Refused, csv.Error) as error:
        return [], [Problem(1, getattr(error, "column", ""), str(error))]
    rows: list[CustomerRow] = []
    problems: list[Problem] = []
    seen = _Seen()
    for line, cells in _records(reader, problems):
        try:
            row = _row(line, _by_column(header, cells), rules, tiers, owners)
            seen.note(row)
            rows.append(row)
        except _Refused as refused:
            problems.append(Problem(line, refused.column, str(refused)))
    return rows, problems


def _header(cells: list[str]) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    for name in header:
        if name not in COLUMNS:
            raise _Refused(name, f"There is no column {name!r}; there are {', '.join(COLUMNS)}.")
        if header.count(name) > 1:
            raise _Refused(name, f"The column {name!r} is there more than once.")
    if "name" not in header:
        raise _Refused("name", "The first line must name the columns; there is no column 'name'.")
    return header


def _records(reader: "_csv.Reader", problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # After a broken quote nobody knows where the next row begins.
            problems.append(Problem(line, "", f"Not CSV from here on: {error}."))
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


def _by_column(header: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(header):
        raise _Refused("", f"{len(cells)} cells where the header has {len(header)}.")
    found = {name: clean(cell).strip() for name, cell in zip(header, cells, strict=True)}
    return dict.fromkeys(COLUMNS, "") | found


def _row(
    line: int,
    cells: dict[str, str],
    rules: NumberRules,
    tiers: Set[str],
    owners: Mapping[str, UUID],
) -> CustomerRow:
    if not 1 <= len(cells["name"]) <= LONGEST_NAME:
        raise _Refused("name", f"A name has 1 to {LONGEST_NAME} characters.")
    numbers = _numbers(cells["phone"], rules)
    if not numbers and not cells["external_id"]:
        raise _Refused("phone", "Without a phone or an external_id the row has no key.")
    if cells["tier"] and cells["tier"] not in tiers:
        known = ", ".join(sorted(tiers))
        raise _Refused("tier", f"There is no tier {cells['tier']!r}; there are {known}.")
    if cells["language"] and not _LANGUAGE.fullmatch(cells["language"]):
        raise _Refused(
            "language", f"{cells['language']!r} is no language code such as en or zh-CN."
        )
    if cells["owner"] and fold(cells["owner"]) not in owners:
        raise _Refused("owner", f"There is no user {cells['owner']!r}.")
    for name in ("company", "external_id"):
        if len(cells[name]) > LONGEST_NAME:
            raise _Refused(name, f"More than {LONGEST_NAME} characters.")
    return CustomerRow(
        line=line,
        name=cells["name"],
        numbers=numbers,
        company=cells["company"],
        tier=cells["tier"],
        language=cells["language"],
        external_id=cells["external_id"],
        owner_id=owners.get(fold(cells["owner"])),
    )


def _numbers(cell: str, rules: NumberRules) -> tuple[Number, ...]:
    texts = [text.strip() for text in cell.split(";") if text.strip()]
    if len(texts) > _MOST_PHONES:
        raise _Refused("phone", f"More than {_MOST_PHONES} phones.")
    return tuple(dict.fromkeys(_number(text, rules) for text in texts))


def _number(text: str, rules: NumberRules) -> Number:
    number = rules.normalise(text)
    if number is None or number.kind is NumberKind.RAW:
        raise _Refused("phone", f"{text[:64]!r} is no valid number in region {rules.region}.")
    return number


class _Seen:
    """Finds rows that mean the same person as one before."""

    def __init__(self) -> None:
        self._lines: dict[tuple[object, ...], int] = {}

    def note(self, row: CustomerRow) -> None:
        """Refuse a row whose external id, or name with a number, was there before."""
        named = [(fold(row.name), number) for number in row.numbers]
        keys: list[tuple[object, ...]] = [(row.external_id,)] if row.external_id else []
        for key in (*keys, *named):
            if key in self._lines:
                column = "external_id" if len(key) == 1 else "phone"
                raise _Refused(column, f"The same customer as in line {self._lines[key]}.")
        self._lines |= dict.fromkeys((*keys, *named), row.line)
