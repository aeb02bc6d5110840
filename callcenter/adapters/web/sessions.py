"""Logging in and out: /api/session.

The cookie is an opaque token; only its digest is stored (``Accounts``). Failed logins are limited
per login and per address, by tokens that come back with time, so that nobody is locked out for
long. A login that succeeds costs no token: a whole shift may come from one address.
"""

from collections.abc import Callable
from typing import Final

from aiohttp import web

from callcenter.adapters.web.addresses import client_address, limit_key
from callcenter.adapters.web.bodies import json_response, read_json
from callcenter.adapters.web.limits import Buckets
from callcenter.adapters.web.problems import Problem, bad_request, forbidden, not_logged_in
from callcenter.adapters.web.settings import Settings
from callcenter.adapters.web.wire import PROTOCOL, DispositionItem, LogIn, SessionInfo
from callcenter.core.plan import Plan
from callcenter.ports.accounts import Account, Accounts, Role
from callcenter.ports.clock import Clock

LOGIN_LENGTH: Final = 128
PASSWORD_LENGTH: Final = 1024
TOKEN_LENGTH: Final = 256

PER_LOGIN: Final = (10, 30_000)
"""Wrong passwords for one login: ten at once, then one every 30 s."""
PER_ADDRESS: Final = (30, 10_000)
MOST_CHECKING: Final = 20
"""Passwords that are being checked or wait for it: two at a time, some 50 ms each."""


class Sessions:
    """Who is logged in, by the cookie."""

    def __init__(
        self,
        accounts: Accounts,
        clock: Clock,
        settings: Settings,
        plan: Callable[[], Plan],
        on_closed: Callable[[str], None],
        count_login: Callable[[str], None],
    ) -> None:
        """Start without sessions.

        Args:
            accounts: Checks passwords and keeps the sessions.
            clock: Time.
            settings: Lifetime, TLS.
            plan: What pages need to know: pause reasons and dispositions.
            on_closed: Called with the token of a session that was ended.
            count_login: Called for each try with "right", "wrong" or "limited".
        """
        self._accounts = accounts
        self._clock = clock
        self._settings = settings
        self._plan = plan
        self._on_closed = on_closed
        self._count_login = count_login
        self._checking = 0
        self._by_login = Buckets(*PER_LOGIN)
        self._by_address = Buckets(*PER_ADDRESS)
        # With the prefix, browsers take the cookie only over TLS and from this very host.
        self._cookie = "__Host-callcenter" if settings.uses_tls else "callcenter"

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of this part."""
        return [
            web.post("/api/session", self._log_in),
            web.get("/api/session", self._show),
            web.delete("/api/session", self._log_out),
        ]

    def token(self, request: web.Request) -> str:
        """Return the request's session token, or "" if it has none."""
        token = request.cookies.get(self._cookie, "")
        return token if len(token) <= TOKEN_LENGTH and token.isascii() else ""

    async def account_of(self, token: str) -> Account | None:
        """Return whose session a token is, or None."""
        return await self._accounts.session(token, self._clock.wall_ms()) if token else None

    async def require(self, request: web.Request, *roles: Role) -> Account:
        """Return who asks.

        Args:
            request: The request.
            roles: The roles that may ask; none for all.

        Raises:
            Problem: Nobody is logged in, or the role may not.
        """
        account = await self.account_of(self.token(request))
        if account is None:
            raise not_logged_in()
        if roles and account.role not in roles:
            raise forbidden()
        return account

    async def _log_in(self, request: web.Request) -> web.Response:
        body = await read_json(request, LogIn)
        if len(body.login) > LOGIN_LENGTH or len(body.password) > PASSWORD_LENGTH:
            raise bad_request("The login or the password is too long.")
        if "\0" in body.login:
            raise bad_request("The login has a character that is not text.")
        account = await self._authenticate(request, body)
        now = self._clock.wall_ms()
        token = await self._accounts.open_session(account.user_id, self._settings.session_ms, now)
        await self._close(self.token(request))
        response = json_response(self._info(account))
        response.set_cookie(
            self._cookie,
            token,
            max_age=self._settings.session_ms // 1000,
            path="/",
            secure=self._settings.uses_tls,
            httponly=True,
            samesite="Strict",
        )
        return response

    async def _authenticate(self, request: web.Request, body: LogIn) -> Account:
        address = limit_key(client_address(request, self._settings))
        login = body.login.strip().casefold()
        self._refuse_if_busy()
        self._spend(address, login)
        account = await self._check(body, address, login)
        self._count_login("wrong" if account is None else "right")
        if account is None:
            raise Problem(401, "wrong_login", "The login or the password is wrong.")
        self._return_tokens(address, login)
        return account

    def _refuse_if_busy(self) -> None:
        """Before a token is spent: a shift that logs in at once must not be taken for an attack."""
        if self._checking >= MOST_CHECKING:
            message = "Many people are logging in just now. Try again in a few seconds."
            raise Problem(503, "busy", message, {"Retry-After": "3"})

    def _return_tokens(self, address: str, login: str) -> None:
        self._by_address.give_back(address)
        self._by_login.give_back(login)

    async def _check(self, body: LogIn, address: str, login: str) -> Account | None:
        self._checking += 1
        try:
            return await self._accounts.authenticate(body.login, body.password)
        except Exception:
            self._return_tokens(address, login)  # nobody learnt whether it was right
            raise
        finally:
            self._checking -= 1

    def _spend(self, address: str, login: str) -> None:
        """Take a token before the password is checked, so that parallel tries count too."""
        now = self._clock.elapsed_ms()
        wait_ms = self._by_address.take(address, now)
        if wait_ms == 0:
            wait_ms = self._by_login.take(login, now)
        if wait_ms:
            self._count_login("limited")
            wait_s = -(-wait_ms // 1000)
            raise Problem(
                429,
                "too_many_logins",
                f"Too many failed logins. Try again in {wait_s} seconds.",
                {"Retry-After": str(wait_s)},
            )

    async def _show(self, request: web.Request) -> web.Response:
        return json_response(self._info(await self.require(request)))

    async def _log_out(self, request: web.Request) -> web.Response:
        await self._close(self.token(request))
        response = web.Response(status=204)
        response.del_cookie(
            self._cookie,
            path="/",
            secure=self._settings.uses_tls,
            httponly=True,
            samesite="Strict",
        )
        return response

    async def _close(self, token: str) -> None:
        if token:
            await self._accounts.close_session(token)
            self._on_closed(token)

    def _info(self, account: Account) -> SessionInfo:
        plan = self._plan()
        return SessionInfo(
            user_id=account.user_id,
            login=account.login,
            name=account.name,
            role=account.role,
            takes_calls=account.profile is not None,
            protocol=PROTOCOL,
            pause_reasons=plan.pause_reasons,
            dispositions=[
                DispositionItem(code=d.code, label=d.label, requires_note=d.requires_note)
                for d in plan.dispositions
            ],
            request_kinds=self._settings.request_kinds,
        )
