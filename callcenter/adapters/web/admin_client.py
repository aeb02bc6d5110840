"""Speaks with the running service of this machine through its socket in the data folder."""

from pathlib import Path

import aiohttp
import msgspec

from callcenter.adapters.web.admin_socket import SOCKET_NAME, DrainOrder, DrainStatus

_LIMIT_S = 10.0


class AdminUnavailable(Exception):
    """The service could not be asked; the message says why and what to do."""


class NotRunning(AdminUnavailable):
    """There is no service on this data folder."""


class AdminClient:
    """The requests that ``callcenter drain`` makes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / SOCKET_NAME

    async def status(self) -> DrainStatus:
        """Return how far the drain has come; raises AdminUnavailable."""
        return await self._ask("GET")

    async def begin(self, limit_s: int) -> DrainStatus:
        """Let the service take no new calls; raises AdminUnavailable.

        Args:
            limit_s: How long to serve those who wait.
        """
        return await self._ask("PUT", msgspec.json.encode(DrainOrder(limit_s)))

    async def undo(self) -> DrainStatus:
        """Let the service take calls again; raises AdminUnavailable."""
        return await self._ask("DELETE")

    async def _ask(self, method: str, body: bytes | None = None) -> DrainStatus:
        try:
            return await self._exchange(method, body)
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

    async def _exchange(self, method: str, body: bytes | None) -> DrainStatus:
        async with (
            aiohttp.ClientSession(
                connector=aiohttp.UnixConnector(str(self._path)),
                timeout=aiohttp.ClientTimeout(total=_LIMIT_S),
            ) as http,
            http.request(method, "http://service/drain", data=body) as answer,
        ):
            answer.raise_for_status()
            return msgspec.json.decode(await answer.read(), type=DrainStatus)

    def _not_allowed(self) -> AdminUnavailable:
        return AdminUnavailable(
            f"{self._path} is for the service's own user: run this as that user "
            "(runuser -u callcenter -- callcenter drain ...) or as root."
        )
