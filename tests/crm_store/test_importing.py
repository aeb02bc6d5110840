import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_store.engine import reading, writing
from crm_store.importing import ImportReport, import_customers
from crm_store.matching import MatchResult, NumberRules, match_caller
from crm_store.parties import contact_card
from crm_store.schema import contact, phone_identity, phone_number, tier
from tests.support.stores import NOW

GOOD = (
    "\ufeffname,phone,company,tier,language,external_id\r\n"
    'Ada Lovelace,+12125550101; (212) 555-0102,"Acme, Inc.",gold,en,c1\r\n'
    "\r\n"
    "张伟,212 555 0101 ext 7,大地贸易,,zh-CN,\r\n"
    '"محمد ""M"" الفارسي",,,ordinary,ar,c3\r\n'
)


async def load(engine: AsyncEngine, text: str, *, dry_run: bool = False) -> ImportReport:
    return await import_customers(engine, text, dry_run=dry_run, now=NOW)


async def rows(engine: AsyncEngine, table: sa.Table) -> int:
    async with reading(engine) as connection:
        query = sa.select(sa.func.count()).select_from(table)
        return (await connection.execute(query)).scalar_one()


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.created, report.updated, report.unchanged


async def test_dry_run_tells_what_would_be_done_and_writes_nothing(engine: AsyncEngine) -> None:
    report = await load(engine, GOOD, dry_run=True)
    assert (counts(report), report.problems, report.written) == ((3, 0, 0), [], False)
    assert await rows(engine, contact) == 0


async def test_dry_run_knows_the_tiers_of_a_store_that_never_had_customers(
    engine: AsyncEngine,
) -> None:
    async with writing(engine) as connection:
        await connection.execute(sa.delete(tier))
    assert (await load(engine, GOOD, dry_run=True)).problems == []


async def test_customers_are_found_by_their_numbers_afterwards(engine: AsyncEngine) -> None:
    report = await load(engine, GOOD)
    assert (counts(report), report.written) == ((3, 0, 0), True)
    async with reading(engine) as connection:
        found = await connection.run_sync(match_caller, "2125550102", NumberRules())
        assert found.result is MatchResult.SINGLE
        card = await connection.run_sync(contact_card, found.people[0].contact_id)
    assert card is not None
    assert (card.name, card.company, card.tier, card.language) == (
        "Ada Lovelace",
        "Acme, Inc.",
        "gold",
        "en",
    )
    assert list(card.numbers) == ["+12125550101", "+12125550102"]


async def test_importing_again_changes_nothing(engine: AsyncEngine) -> None:
    await load(engine, GOOD)
    before = [await rows(engine, table) for table in (contact, phone_number, phone_identity)]
    assert counts(await load(engine, GOOD)) == (0, 0, 3)
    assert before == [await rows(engine, t) for t in (contact, phone_number, phone_identity)]


async def test_changed_row_updates_its_customer_and_empty_cells_keep(engine: AsyncEngine) -> None:
    await load(engine, GOOD)
    changed = "external_id,name,phone,tier\nc1,Ada King,+12125550109,\n"
    assert counts(await load(engine, changed)) == (0, 1, 0)
    async with reading(engine) as connection:
        query = sa.select(contact).where(contact.c.external_id == "c1")
        row = (await connection.execute(query)).one()
        card = await connection.run_sync(contact_card, row.id)
    assert (row.display_name, row.tier_code, row.version) == ("Ada King", "gold", 2)
    assert "ada king" in row.search
    assert card is not None
    assert len(card.numbers) == 3


async def test_row_without_id_is_the_one_with_the_same_name_and_number(
    engine: AsyncEngine,
) -> None:
    await load(engine, GOOD)
    same = "name,phone,external_id\nADA  lovelace,+12125550101,\n张伟,+12125550101x7,c2\n"
    assert counts(await load(engine, same)) == (0, 2, 0)
    assert await rows(engine, contact) == 3


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",+12125550101,,", "name", "1 to 200"),
        ("N" * 201 + ",+12125550101,,", "name", "1 to 200"),
        ("Ada,,,", "phone", "no key"),
        ("Ada,12345678901234,,", "phone", "no valid number in region US"),
        ("Ada,+12125550101; anonymous,,", "phone", "'anonymous'"),
        ("Ada,+12125550101,platinum,", "tier", "gold, ordinary, potential_gold"),
        ("Ada,+12125550101,,klingonese!", "language", "language code"),
        ("Ada,+12125550101", "", "2 cells where the header has 4"),
        ("good,+12125550111,,", "phone", "same customer as in line 2"),
        ('Ada,"+12125550101,,', "", "Not CSV"),
    ],
)
async def test_bad_row_is_named_and_keeps_everything_out(
    engine: AsyncEngine, row: str, column: str, reason: str
) -> None:
    text = f"name,phone,tier,language\nGood,+12125550111,gold,en\n{row}\n"
    report = await load(engine, text)
    (problem,) = report.problems
    assert (problem.line, problem.column) == (3, column)
    assert reason in problem.reason
    assert report.written is False
    assert await rows(engine, contact) == 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no column 'name'"),
        ("nom;tel\n", "no column 'nom;tel'"),
        ("name,name\n", "more than once"),
        ("phone\n1\n", "no column 'name'"),
    ],
)
async def test_bad_header_is_explained(engine: AsyncEngine, text: str, reason: str) -> None:
    (problem,) = (await load(engine, text)).problems
    assert problem.line == 1
    assert reason in problem.reason


async def test_lines_are_counted_as_an_editor_does(engine: AsyncEngine) -> None:
    text = 'name,phone\n"Ada\nLovelace",+12125550101\nBen,bad\n'
    (problem,) = (await load(engine, text)).problems
    assert problem.line == 4
