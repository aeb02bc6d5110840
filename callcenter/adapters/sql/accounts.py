"""Passwords and sessions in the CRM database."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.adapters.sql.outages import outages_as
from callcenter.core.acd.people import AgentProfile
from callcenter.core.ids import AgentId, QueueId
from callcenter.ports.accounts import Account, Role
from crm_store import users
from crm_store.columns import instant, uuid_or_none
from crm_store.passwords import Passwords


class SqlAccounts:
    """Implements ``ports.accounts.Accounts``."""

    def __init__(self, engine: AsyncEngine, passwords: Passwords | None = None) -> None:
        self._engine = engine
        self._passwords = passwords or Passwords()

    async def authenticate(self, login: str, password: str) -> Account | None:
        """Return who it is, or None; takes the same time for an unknown login."""
        found = await users.authenticate(self._engine, self._passwords, login, password)
        return None if found is None else _account(found)

    async def profiles(self) -> Sequence[AgentProfile]:
        """Return how all who take calls do so, as stored now; raises TimeoutError if not known."""
        with outages_as(TimeoutError):
            found = [_account(user).profile for user in await users.list_users(self._engine)]
        return [profile for profile in found if profile is not None]

    async def open_session(self, user_id: str, lifetime_ms: int, now: int) -> str:
        """Return a new session token; raises LookupError for what is no user's id."""
        wanted = uuid_or_none(user_id)
        if wanted is None:
            raise LookupError(f"{user_id!r} is no user's id")
        until = instant(now + lifetime_ms)
        return await users.open_session(self._engine, wanted, instant(now), until)

    async def session(self, token: str, now: int) -> Account | None:
        """Return whose session it is, or None."""
        found = await users.session_user(self._engine, token, instant(now))
        return None if found is None else _account(found)

    async def close_session(self, token: str) -> None:
        """End a session; unknown tokens are ignored."""
        await users.close_session(self._engine, token)


def _account(user: users.User) -> Account:
    user_id = user.user_id.hex
    return Account(user_id, user.login, user.name, Role(user.role), _profile(user_id, user))


def _profile(user_id: str, user: users.User) -> AgentProfile | None:
    if not user.station:
        return None
    return AgentProfile(
        agent_id=AgentId(user_id),
        name=user.name,
        station=user.station,
        queues=tuple(QueueId(queue) for queue in user.queues),
        skills=user.skills,
        answers_by_click=user.answers_by_click,
        levels={QueueId(queue): level for queue, level in user.levels.items()},
        priorities={QueueId(queue): points for queue, points in user.priorities.items()},
    )
