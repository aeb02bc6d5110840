"""Callbacks for other programs, and for supervisors: ask for one, list them, take one back."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec
from aiohttp import web

from callcenter.adapters.web.bodies import json_response, read_json
from callcenter.adapters.web.problems import Problem, bad_request, not_found
from callcenter.adapters.web.sessions import Sessions
from callcenter.core.call.callback_messages import CallbackCancelRequested, CallbackRequested
from callcenter.core.dialling import international
from callcenter.core.ids import CALL_ID, CallId, Ms, QueueId
from callcenter.core.plan import Plan
from callcenter.ports.accounts import Role
from callcenter.ports.callbacks import Callbacks, OpenCallback
from callcenter.ports.requests import Requests

NUMBER_LENGTH: Final = 40
NAME_LENGTH: Final = 80


class NewCallback(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /api/callbacks: call this customer."""

    number: str
    queue: str
    due_at: datetime | None = None
    """ISO 8601 with an offset; not before. Left out: as soon as an agent is there."""
    name: str = ""


class CallbackItem(msgspec.Struct, frozen=True):
    """An open callback."""

    call_id: str
    number: str
    name: str
    queue: str
    stage: str
    due_at: datetime
    next_at: datetime | None
    attempts: int
    asked_by: str
    callback_of: str | None


class CallbackItems(msgspec.Struct, frozen=True):
    """GET /api/callbacks: all that are open, in the order in which they are due."""

    callbacks: Sequence[CallbackItem]


class CallbackRoutes:
    """Serves supervisors and administrators; a program logs in as one of them."""

    def __init__(
        self,
        sessions: Sessions,
        callbacks: Callbacks,
        requests: Requests,
        plan: Callable[[], Plan],
    ) -> None:
        self._sessions = sessions
        self._callbacks = callbacks
        self._requests = requests
        self._plan = plan

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of this part."""
        return [
            web.get("/api/callbacks", self._list),
            web.post("/api/callbacks", self._add),
            web.delete("/api/callbacks/{call_id}", self._cancel),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        await self._sessions.require(request, Role.SUPERVISOR, Role.ADMIN)
        return json_response(CallbackItems([_item(each) for each in self._callbacks.open()]))

    async def _add(self, request: web.Request) -> web.Response:
        await self._sessions.require(request, Role.SUPERVISOR, Role.ADMIN)
        asked = await read_json(request, NewCallback)
        refusal = await self._requests.request(_request(asked))
        if refusal is not None:
            raise Problem(409, "refused", refusal)
        number = international(asked.number, self._plan().outbound)
        made = [each for each in self._callbacks.open() if each.number == number]
        if not made:  # it has come to an agent, or to its end, already
            return web.Response(status=202)
        return json_response(_item(made[0]), status=201)

    async def _cancel(self, request: web.Request) -> web.Response:
        account = await self._sessions.require(request, Role.SUPERVISOR, Role.ADMIN)
        call_id = request.match_info["call_id"]
        known = {each.call_id for each in self._callbacks.open()}
        if not CALL_ID.fullmatch(call_id) or CallId(call_id) not in known:
            raise not_found("There is no such callback, or it is over.")
        asked = CallbackCancelRequested(CallId(call_id), account.name)
        refusal = await self._requests.request(asked)
        if refusal is not None:
            raise Problem(409, "refused", refusal)
        return web.Response(status=204)


def _request(asked: NewCallback) -> CallbackRequested:
    for text, limit in ((asked.number, NUMBER_LENGTH), (asked.name, NAME_LENGTH)):
        if len(text) > limit or not text.isprintable():
            raise bad_request("The number or the name is too long, or is not plain text.")
    if asked.due_at is not None and asked.due_at.tzinfo is None:
        raise bad_request("due_at needs an offset, such as 2026-11-22T15:00:00+01:00.")
    due_at = None if asked.due_at is None else _ms(asked.due_at)
    return CallbackRequested(asked.number, QueueId(asked.queue), due_at, name=asked.name)


def _item(shown: OpenCallback) -> CallbackItem:
    return CallbackItem(
        call_id=shown.call_id,
        number=shown.number,
        name=shown.name,
        queue=shown.queue_id,
        stage=shown.stage.value,
        due_at=_instant(shown.due_at),
        next_at=None if shown.next_at is None else _instant(shown.next_at),
        attempts=shown.attempts,
        asked_by=shown.asked_by,
        callback_of=shown.of,
    )


def _ms(instant: datetime) -> Ms:
    return round(instant.timestamp() * 1000)


def _instant(at: Ms) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)
