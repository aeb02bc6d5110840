"""Speaks with the running service of this machine through its socket in the data folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import aiohttp
import msgspec

from callcenter.adapters.web.admin_socket import (
    SOCKET_NAME,
    DrainOrder,
    DrainStatus,
    ReloadOrder,
)
from callcenter.adapters.web.why_bodies import WhyFound, WhyWaiting
from callcenter.core.ids import AgentId, CallId
from callcenter.core.why.explanation import Explanation
from callcenter.ports.reloading import Reloaded

_LIMIT_S = 10.0
Answer = TypeVar("Answer")


class AdminUnavailable(Exception):
    """The service could not be asked; the message says why and what to do."""


class NotRunning(AdminUnavailable):
    """There is no service on this data folder."""


class AdminClient:
    """The requests that ``callcenter drain``, ``callcenter reload`` and ``callcenter why`` make."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / SOCKET_NAME

    async def status(self) -> DrainStatus:
        """Return how far the drain has come; raises AdminUnavailable."""
        return await self._ask(DrainStatus, "GET", "drain")

    async def begin(self, limit_s: int) -> DrainStatus:
        """Let the service take no new calls; raises AdminUnavailable.

        Args:
            limit_s: How long to serve those who wait.
        """
        order = msgspec.json.encode(DrainOrder(limit_s))
        return await self._ask(DrainStatus, "PUT", "drain", order)

    async def undo(self) -> DrainStatus:
        """Let the service take calls again; raises AdminUnavailable."""
        return await self._ask(DrainStatus, "DELETE", "drain")

    async def reload(self, *, only_check: bool) -> Reloaded:
        """Let the service read its configuration again; raises AdminUnavailable.

        Args:
            only_check: Say what would be, and change nothing.
        """
        order = msgspec.json.encode(ReloadOrder(only_check))
        return await self._ask(Reloaded, "POST", "reload", order)

    async def why_call(self, call_id: CallId) -> Explanation | None:
        """Return why a call went where it is; None if unknown. Raises AdminUnavailable."""
        return (await self._ask(WhyFound, "GET", f"why/calls/{call_id}")).explanation

    async def why_agent(self, agent_id: AgentId) -> Explanation | None:
        """Return why an agent gets no calls; None if not logged in. Raises AdminUnavailable."""
        return (await self._ask(WhyFound, "GET", f"why/agents/{agent_id}")).explanation

    async def why_waiting(self) -> Sequence[Explanation]:
        """Return why those who wait still do. Raises AdminUnavailable."""
        return (await self._ask(WhyWaiting, "GET", "why/waiting")).explanations

    async def _ask(
        self, kind: type[Answer], method: str, path: str, body: bytes | None = None
    ) -> Answer:
        try:
            return msgspec.json.decode(await self._exchange(method, path, body), type=kind)
        except PermissionError as error:
            raise self._not_allowed() from error
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, PermissionError):
                raise self._not_allowed() from error
            raise NotRunning(
                f"No service answers at {self._path}: is it running, and is this its "
                "configuration file (data_dir)?"
            ) from error
        except (aiohttp.ClientError, TimeoutError, msgspec.DecodeError) as error:
            raise AdminUnavailable(
                f"The service at {self._path} gave no answer ({error!r}). Look at its log."
            ) from error

    async def _exchange(self, method: str, path: str, body: bytes | None) -> bytes:
        async with (
            aiohttp.ClientSession(
                connector=aiohttp.UnixConnector(str(self._path)),
                timeout=aiohttp.ClientTimeout(total=_LIMIT_S),
            ) as http,
            http.request(method, f"http://service/{path}", data=body) as answer,
        ):
            answer.raise_for_status()
            return await answer.read()

    def _not_allowed(self) -> AdminUnavailable:
        return AdminUnavailable(
            f"{self._path} is for the service's own user: run this as that user "
            "(runuser -u callcenter -- callcenter ...) or as root."
        )
