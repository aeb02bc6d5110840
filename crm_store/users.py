"""People who log in, their sessions, and the code that lets the first administrator in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from crm_store.columns import clean
from crm_store.engine import reading, writing
from crm_store.passwords import Passwords, new_code, new_token, sha256, typed_code
from crm_store.schema import app_user, one_time_code, user_session
from crm_store.text import fold
from crm_store.transactions import read

ROLES = ("agent", "supervisor", "admin")
_FIRST_ADMINISTRATOR = "first_admin"


class UserRefused(ValueError):
    """A user cannot be added or changed so; the message says why."""


@dataclass(frozen=True, slots=True)
class NewUser:
    """A person to be added."""

    login: str
    name: str
    role: str = "agent"
    station: str = ""
    """The phone, as the PBX names it; empty for one who takes no calls."""
    answers_by_click: bool = False
    queues: Sequence[str] = ()
    skills: Mapping[str, int] = field(default_factory=dict)
    levels: Mapping[str, int] = field(default_factory=dict)
    """Level in a queue, 1 to 10; 1 where none is given."""
    priorities: Mapping[str, int] = field(default_factory=dict)
    """Points of priority that a queue has for this agent, -100 to 100."""


@dataclass(frozen=True, slots=True)
class User:
    """A person who may log in."""

    user_id: UUID
    login: str
    name: str
    role: str
    station: str
    answers_by_click: bool
    queues: tuple[str, ...]
    skills: Mapping[str, int]
    levels: Mapping[str, int] = field(default_factory=dict)
    priorities: Mapping[str, int] = field(default_factory=dict)


async def add_user(
    engine: AsyncEngine, passwords: Passwords, new: NewUser, password: str, now: datetime
) -> User:
    """Add a person.

    Raises:
        UserRefused: The login is taken (in any case) or empty, or the role is unknown.
        PasswordRefused: Too short or too long.
    """
    row = _row(new, await passwords.digest(password), now)
    async with writing(engine) as connection:
        return await _insert(connection, row)


def _row(new: NewUser, digest: str, now: datetime) -> dict[str, object]:
    login = clean(new.login).strip()
    if not 1 <= len(login) <= 100:
        raise UserRefused("A login has 1 to 100 characters.")
    if new.role not in ROLES:
        raise UserRefused(f"{new.role!r} is no role; there are {', '.join(ROLES)}.")
    _check_work(new.skills, new.levels, new.priorities)
    return {
        "id": uuid4(),
        "login": login,
        "login_key": fold(login),
        "password_hash": digest,
        "role": new.role,
        "display_name": clean(new.name).strip()[:200] or login,
        "station": new.station,
        "answers_by_click": new.answers_by_click,
        "queues": list(new.queues),
        "skills": dict(new.skills),
        "levels": dict(new.levels),
        "priorities": dict(new.priorities),
        "created_at": now,
    }


async def _insert(connection: AsyncConnection, row: dict[str, object]) -> User:
    try:
        await connection.execute(sa.insert(app_user), row)
    except sa.exc.IntegrityError as error:
        raise UserRefused(f"The login {row['login']!r} is taken.") from error
    added = sa.select(app_user).where(app_user.c.id == row["id"])
    return _user((await connection.execute(added)).one())


def _user(row: "sa.Row[tuple[object, ...]]") -> User:
    return User(
        user_id=row.id,
        login=row.login,
        name=row.display_name,
        role=row.role,
        station=row.station,
        answers_by_click=row.answers_by_click,
        queues=tuple(row.queues),
        skills=dict(row.skills),
        levels=dict(row.levels),
        priorities=dict(row.priorities),
    )


def _check_work(
    skills: Mapping[str, int], levels: Mapping[str, int], priorities: Mapping[str, int]
) -> None:
    for skill, level in skills.items():
        if not 1 <= level <= 10:
            raise UserRefused(f"The level of skill {skill!r} is 1 to 10, not {level}.")
    for queue, level in levels.items():
        if not 1 <= level <= 10:
            raise UserRefused(f"The level in queue {queue!r} is 1 to 10, not {level}.")
    for queue, points in priorities.items():
        if not -100 <= points <= 100:
            raise UserRefused(f"The priority of queue {queue!r} is -100 to 100, not {points}.")


async def change_work(
    engine: AsyncEngine,
    login: str,
    *,
    queues: Sequence[str],
    skills: Mapping[str, int],
    levels: Mapping[str, int],
    priorities: Mapping[str, int],
) -> None:
    """Give a person other queues and skills; they hold from the next log-in.

    Raises:
        UserRefused: There is no such login, or a number is out of its range.
    """
    _check_work(skills, levels, priorities)
    changing = (
        sa.update(app_user)
        .where(app_user.c.login_key == fold(login))
        .values(
            version=app_user.c.version + 1,
            queues=list(queues),
            skills=dict(skills),
            levels=dict(levels),
            priorities=dict(priorities),
        )
        .returning(app_user.c.id)
    )
    async with writing(engine) as connection:
        if (await connection.execute(changing)).scalar_one_or_none() is None:
            raise UserRefused(f"There is no user {login!r}.")


async def list_users(engine: AsyncEngine) -> Sequence[User]:
    """Return all who may log in, by login."""
    query = sa.select(app_user).where(app_user.c.disabled.is_(False))
    async with reading(engine) as connection:
        found = await connection.execute(query.order_by(app_user.c.login_key))
        return [_user(row) for row in found]


async def user_ids(connection: AsyncConnection) -> dict[str, UUID]:
    """Return the ids of all who may log in, by folded login."""
    query = sa.select(app_user.c.login_key, app_user.c.id).where(app_user.c.disabled.is_(False))
    return {row.login_key: row.id for row in await connection.execute(query)}


async def disable_user(engine: AsyncEngine, login: str) -> None:
    """Keep a person out from now on; open sessions end. Raises UserRefused for no such login."""
    await _change(engine, login, disabled=True)


async def set_password(
    engine: AsyncEngine, passwords: Passwords, login: str, password: str
) -> None:
    """Give a person a new password; open sessions end. Raises UserRefused, PasswordRefused."""
    await _change(engine, login, password_hash=await passwords.digest(password))


async def _change(engine: AsyncEngine, login: str, **values: object) -> None:
    columns = app_user.c
    changing = (
        sa.update(app_user)
        .where(columns.login_key == fold(login))
        .values(version=columns.version + 1, **values)
        .returning(columns.id)
    )
    async with writing(engine) as connection:
        user_id = (await connection.execute(changing)).scalar_one_or_none()
        if user_id is None:
            raise UserRefused(f"There is no user {login!r}.")
        ended = sa.delete(user_session).where(user_session.c.user_id == user_id)
        await connection.execute(ended)


# ---------------------------------------------------------------- logging in


async def authenticate(
    engine: AsyncEngine, passwords: Passwords, login: str, password: str
) -> User | None:
    """Return who it is, or None; takes the same time for an unknown or disabled login."""
    query = sa.select(app_user).where(app_user.c.login_key == fold(clean(login[:200])))
    async with reading(engine) as connection:
        row = (await connection.execute(query)).one_or_none()
    known = row is not None and not row.disabled
    fits = await passwords.check(row.password_hash if row and known else None, password)
    if row is None or not fits:
        return None
    if passwords.needs_renewal(row.password_hash):
        await _renew_digest(engine, row.id, await passwords.digest(password))
    return _user(row)


async def _renew_digest(engine: AsyncEngine, user_id: UUID, digest: str) -> None:
    renewing = sa.update(app_user).where(app_user.c.id == user_id).values(password_hash=digest)
    async with writing(engine) as connection:
        await connection.execute(renewing)


async def open_session(
    engine: AsyncEngine, user_id: UUID, now: datetime, expires_at: datetime
) -> str:
    """Return a new session's token; only its digest is stored. Ended sessions are cleared away.

    Raises:
        LookupError: There is no such user.
    """
    token = new_token()
    row = {
        "token_sha256": sha256(token),
        "user_id": user_id,
        "opened_at": now,
        "expires_at": expires_at,
    }
    async with writing(engine) as connection:
        await connection.execute(sa.delete(user_session).where(user_session.c.expires_at <= now))
        try:
            await connection.execute(sa.insert(user_session), row)
        except sa.exc.IntegrityError as error:
            raise LookupError(f"there is no user {user_id}") from error
    return token


_OF_SESSION = (
    sa.select(app_user)
    .join(user_session, user_session.c.user_id == app_user.c.id)
    .where(user_session.c.token_sha256 == sa.bindparam("token_sha256"))
    .where(user_session.c.expires_at > sa.bindparam("now"))
    .where(app_user.c.disabled.is_(False))
)


async def session_user(engine: AsyncEngine, token: str, now: datetime) -> User | None:
    """Return whose session a token opens, or None if it opens none (any more)."""
    values = {"token_sha256": sha256(token), "now": now}
    row = await read(engine, lambda c: c.execute(_OF_SESSION, values).one_or_none())
    return None if row is None else _user(row)


async def close_session(engine: AsyncEngine, token: str) -> None:
    """End a session; unknown tokens are ignored."""
    ending = sa.delete(user_session).where(user_session.c.token_sha256 == sha256(token))
    async with writing(engine) as connection:
        await connection.execute(ending)


# ---------------------------------------------------------------- the first administrator


async def first_admin_code(engine: AsyncEngine, now: datetime, expires_at: datetime) -> str | None:
    """Return a code that makes its user administrator once, or None if there is one already.

    An older code that was not used ceases to be valid.
    """
    code = new_code()
    row = {
        "code_sha256": sha256(code),
        "purpose": _FIRST_ADMINISTRATOR,
        "expires_at": expires_at,
    }
    async with writing(engine) as connection:
        if await _has_admin(connection):
            return None
        older = sa.delete(one_time_code).where(one_time_code.c.purpose == _FIRST_ADMINISTRATOR)
        await connection.execute(older.where(one_time_code.c.used_at.is_(None)))
        await connection.execute(sa.insert(one_time_code), row)
    return code


async def _has_admin(connection: AsyncConnection) -> bool:
    admins = sa.select(app_user.c.id).where(app_user.c.role == "admin")
    found = await connection.execute(admins.where(app_user.c.disabled.is_(False)).limit(1))
    return found.first() is not None


async def add_first_admin(
    engine: AsyncEngine,
    passwords: Passwords,
    code: str,
    new: NewUser,
    password: str,
    now: datetime,
) -> User:
    """Add the first administrator and use the code up, both or neither.

    Raises:
        UserRefused: The code is wrong, used or too old, or the login cannot be.
        PasswordRefused: Too short or too long.
    """
    row = {**_row(new, await passwords.digest(password), now), "role": "admin"}
    columns = one_time_code.c
    using = (
        sa.update(one_time_code)
        .where(columns.code_sha256 == sha256(typed_code(code)))
        .where(columns.purpose == _FIRST_ADMINISTRATOR)
        .where(columns.used_at.is_(None), columns.expires_at > now)
        .values(used_at=now)
        .returning(columns.code_sha256)
    )
    async with writing(engine) as connection:
        if (await connection.execute(using)).first() is None:
            raise UserRefused("This code is wrong, was used, or is too old. Ask for a new one.")
        return await _insert(connection, row)
