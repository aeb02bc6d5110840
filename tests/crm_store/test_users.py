from datetime import timedelta
from typing import Literal

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_store import users
from crm_store.engine import reading
from crm_store.passwords import PasswordRefused, Passwords, typed_code
from crm_store.schema import app_user, one_time_code, user_session
from crm_store.users import NewUser, UserRefused
from tests.support.stores import NOW

WEAK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORDS = Passwords(WEAK)
LATER = NOW + timedelta(hours=1)


async def add(engine: AsyncEngine, login: str, role: str = "agent") -> users.User:
    new = NewUser(login, login.title(), role)
    return await users.add_user(engine, PASSWORDS, new, "correct horse", NOW)


async def test_login_is_unique_whatever_its_case(engine: AsyncEngine) -> None:
    await add(engine, "Ann")
    with pytest.raises(UserRefused, match="taken"):
        await add(engine, "aNN")
    assert [user.login for user in await users.list_users(engine)] == ["Ann"]


@pytest.mark.parametrize(
    "new",
    [
        NewUser("", "x"),
        NewUser("a" * 101, "x"),
        NewUser("ann", "x", "king"),
        NewUser("ann", "x", skills={"german": 11}),
        NewUser("ann", "x", levels={"sales": 0}),
        NewUser("ann", "x", priorities={"sales": 101}),
    ],
)
async def test_impossible_user_is_refused(engine: AsyncEngine, new: NewUser) -> None:
    with pytest.raises(UserRefused):
        await users.add_user(engine, PASSWORDS, new, "correct horse", NOW)


@pytest.mark.parametrize("password", ["", "short", "x" * 257])
async def test_impossible_password_is_refused(engine: AsyncEngine, password: str) -> None:
    with pytest.raises(PasswordRefused):
        await users.add_user(engine, PASSWORDS, NewUser("ann", "x"), password, NOW)


async def test_change_of_an_unknown_user_is_refused(engine: AsyncEngine) -> None:
    with pytest.raises(UserRefused, match="no user 'ann'"):
        await users.disable_user(engine, "ann")
    with pytest.raises(UserRefused, match="no user 'ann'"):
        await users.set_password(engine, PASSWORDS, "ann", "correct horse")


async def test_secrets_are_stored_only_as_digests(engine: AsyncEngine) -> None:
    user = await add(engine, "ann")
    token = await users.open_session(engine, user.user_id, NOW, LATER)
    code = await users.first_admin_code(engine, NOW, LATER)
    assert code is not None
    stored = ""
    async with reading(engine) as connection:
        for table in (app_user, user_session, one_time_code):
            stored += str((await connection.execute(sa.select(table))).all())
    assert "$argon2id$" in stored
    for secret in (token, code, "correct horse"):
        assert secret not in stored


async def test_digest_is_renewed_when_the_parameters_change(engine: AsyncEngine) -> None:
    await add(engine, "ann")
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    for _ in range(2):
        assert await users.authenticate(engine, stronger, "ann", "correct horse")
    async with reading(engine) as connection:
        digest = (await connection.execute(sa.select(app_user.c.password_hash))).scalar_one()
    assert "t=2" in digest


async def test_unknown_login_costs_a_verification_too(engine: AsyncEngine) -> None:
    await add(engine, "ann")
    checked: list[str] = []

    class Watching(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            checked.append(str(hash))
            return super().verify(hash, password)

    watched = Passwords(Watching(time_cost=1, memory_cost=8, parallelism=1))
    for login in ("ann", "nobody"):
        assert await users.authenticate(engine, watched, login, "wrong horse") is None
    assert len(checked) == 2
    assert checked[0].split("$")[:4] == checked[1].split("$")[:4]


async def test_code_makes_the_first_administrator_once(engine: AsyncEngine) -> None:
    code = await users.first_admin_code(engine, NOW, LATER)
    assert code is not None
    boss = NewUser("boss", "Boss")
    typed = code.lower().replace("-", " ")
    user = await users.add_first_admin(engine, PASSWORDS, typed, boss, "correct horse", NOW)
    assert user.role == "admin"
    again = NewUser("other", "Other")
    with pytest.raises(UserRefused, match="code"):
        await users.add_first_admin(engine, PASSWORDS, code, again, "correct horse", NOW)
    assert await users.first_admin_code(engine, NOW, LATER) is None


async def test_wrong_old_and_replaced_codes_are_refused(engine: AsyncEngine) -> None:
    first = await users.first_admin_code(engine, NOW, LATER)
    second = await users.first_admin_code(engine, NOW, LATER)
    assert first is not None
    assert second is not None
    boss = NewUser("boss", "Boss")
    for code, now in ((first, NOW), ("", NOW), ("x" * 500, NOW), (second, LATER)):
        with pytest.raises(UserRefused):
            await users.add_first_admin(engine, PASSWORDS, code, boss, "correct horse", now)
    assert await users.list_users(engine) == []


async def test_code_is_not_used_up_when_the_user_cannot_be_added(engine: AsyncEngine) -> None:
    await add(engine, "boss")
    code = await users.first_admin_code(engine, NOW, LATER)
    assert code is not None
    with pytest.raises(UserRefused, match="taken"):
        await users.add_first_admin(
            engine, PASSWORDS, code, NewUser("boss", "B"), "correct horse", NOW
        )
    other = NewUser("chief", "C")
    user = await users.add_first_admin(engine, PASSWORDS, code, other, "correct horse", NOW)
    assert user.login == "chief"


def test_code_may_be_typed_with_look_alikes() -> None:
    assert typed_code("o1234 il000-aaaaa") == "01234-11000-AAAAA"


async def test_a_person_is_given_other_work(engine: AsyncEngine) -> None:
    await add(engine, "ann")
    await users.change_work(
        engine,
        "Ann",
        queues=("sales", "tax"),
        skills={"german": 5},
        levels={"tax": 2},
        priorities={"sales": -1},
    )
    (ann,) = await users.list_users(engine)
    assert (ann.queues, ann.skills) == (("sales", "tax"), {"german": 5})
    assert (ann.levels, ann.priorities) == ({"tax": 2}, {"sales": -1})
    with pytest.raises(UserRefused, match="no user"):
        await users.change_work(engine, "ben", queues=(), skills={}, levels={}, priorities={})
    with pytest.raises(UserRefused, match="level in queue"):
        await users.change_work(
            engine, "ann", queues=(), skills={}, levels={"tax": 11}, priorities={}
        )
