"""What every implementation of the accounts promises."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.adapters.sql.accounts import SqlAccounts
from callcenter.ports.accounts import Account, Role
from crm_store import users
from crm_store.columns import instant, milliseconds
from crm_store.passwords import Passwords
from crm_store.users import NewUser
from tests.support.stores import BOTH_ENGINES, NOW

# As weak as argon2 goes: these tests check the logic, not the strength.
PASSWORDS = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
NOW_MS = milliseconds(NOW)
HOUR_MS = 3_600_000
ANN = NewUser("Ann", "Ann Ärlig", "agent", "PJSIP/1001", True, ("sales",), {"german": 3})


@pytest.fixture(params=BOTH_ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
async def accounts(engine: AsyncEngine) -> SqlAccounts:
    await users.add_user(engine, PASSWORDS, ANN, "correct horse", NOW)
    return SqlAccounts(engine, PASSWORDS)


async def log_in(accounts: SqlAccounts) -> tuple[Account, str]:
    account = await accounts.authenticate("ann", "correct horse")
    assert account is not None
    return account, await accounts.open_session(account.user_id, HOUR_MS, NOW_MS)


async def test_right_password_says_who_it_is(accounts: SqlAccounts) -> None:
    account = await accounts.authenticate("Ann", "correct horse")
    assert account is not None
    assert (account.login, account.name, account.role) == ("Ann", "Ann Ärlig", Role.AGENT)
    profile = account.profile
    assert profile is not None
    assert (profile.agent_id, profile.name) == (account.user_id, "Ann Ärlig")
    assert (profile.station, profile.answers_by_click) == ("PJSIP/1001", True)
    assert (profile.queues, profile.skills) == (("sales",), {"german": 3})


async def test_who_takes_no_calls_has_no_profile(
    accounts: SqlAccounts, engine: AsyncEngine
) -> None:
    boss = NewUser("boss", "The Boss", "supervisor")
    await users.add_user(engine, PASSWORDS, boss, "correct horse", NOW)
    account = await accounts.authenticate("boss", "correct horse")
    assert account is not None
    assert (account.role, account.profile) == (Role.SUPERVISOR, None)


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("ann", "wrong horse"),
        ("ann", ""),
        ("ann", "correct horse" + " " * 300),
        ("ann\0", "wrong"),
        ("bob", "correct horse"),
        ("", ""),
        ("a" * 5000, "b" * 5000),
        ("' OR 1=1 --", "x"),
        ("\ud800", "\ud800"),
    ],
)
async def test_wrong_password_or_login_is_nobody(
    accounts: SqlAccounts, login: str, password: str
) -> None:
    assert await accounts.authenticate(login, password) is None


async def test_session_opens_for_its_token_until_it_ends(accounts: SqlAccounts) -> None:
    account, token = await log_in(accounts)
    assert len(token) >= 43
    assert await accounts.session(token, NOW_MS + HOUR_MS - 1) == account
    assert await accounts.session(token, NOW_MS + HOUR_MS) is None
    assert await accounts.session("", NOW_MS) is None
    assert await accounts.session(token + "x", NOW_MS) is None


async def test_each_session_is_its_own(accounts: SqlAccounts) -> None:
    account, first = await log_in(accounts)
    _, second = await log_in(accounts)
    assert first != second
    await accounts.close_session(first)
    await accounts.close_session("unknown")
    assert await accounts.session(first, NOW_MS) is None
    assert await accounts.session(second, NOW_MS) == account


async def test_disabled_user_is_out_at_once(accounts: SqlAccounts, engine: AsyncEngine) -> None:
    _, token = await log_in(accounts)
    await users.disable_user(engine, "ANN")
    assert await accounts.session(token, NOW_MS) is None
    assert await accounts.authenticate("ann", "correct horse") is None


async def test_new_password_ends_sessions_and_replaces_the_old(
    accounts: SqlAccounts, engine: AsyncEngine
) -> None:
    _, token = await log_in(accounts)
    await users.set_password(engine, PASSWORDS, "ann", "battery staple")
    assert await accounts.session(token, NOW_MS) is None
    assert await accounts.authenticate("ann", "correct horse") is None
    assert await accounts.authenticate("ann", "battery staple") is not None


async def test_session_for_nobody_is_refused(accounts: SqlAccounts) -> None:
    with pytest.raises(LookupError):
        await accounts.open_session("nobody", HOUR_MS, NOW_MS)
    with pytest.raises(LookupError):
        await accounts.open_session("0" * 32, HOUR_MS, NOW_MS)


async def test_ended_sessions_are_cleared_away(accounts: SqlAccounts, engine: AsyncEngine) -> None:
    account, old = await log_in(accounts)
    later = NOW_MS + 2 * HOUR_MS
    await accounts.open_session(account.user_id, HOUR_MS, later)
    # Not even for a clock that was set back.
    assert await accounts.session(old, NOW_MS) is None
    assert instant(later) == NOW + timedelta(hours=2)


async def test_the_profiles_are_those_of_all_who_take_calls(
    accounts: SqlAccounts, engine: AsyncEngine
) -> None:
    await users.add_user(engine, PASSWORDS, NewUser("Sue", "Sue", "supervisor"), "a b c d e f", NOW)
    [ann] = await accounts.profiles()
    assert (ann.name, ann.queues, ann.skills) == ("Ann Ärlig", ("sales",), {"german": 3})
