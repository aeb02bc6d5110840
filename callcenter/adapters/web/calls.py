"""Past calls: the list, and one call as a story."""

from typing import Final

from aiohttp import web

from callcenter.adapters.web.bodies import json_response
from callcenter.adapters.web.problems import bad_request, not_found
from callcenter.adapters.web.sessions import Sessions
from callcenter.adapters.web.wire import (
    CallList,
    CallListLine,
    CallStory,
    StoryLine,
    StorySegment,
)
from callcenter.core.ids import CALL_ID
from callcenter.ports.accounts import Account, Role
from callcenter.ports.archive import Archive, CallLine
from callcenter.ports.records import CallRecord, Segment
from callcenter.ports.stories import Stories

PAGE_LINES: Final = 50
QUERY_LENGTH: Final = 200
CURSOR_LENGTH: Final = 200


class Calls:
    """Shows past calls: supervisors all, agents single ones that they had a part in."""

    def __init__(self, sessions: Sessions, archive: Archive, stories: Stories) -> None:
        self._sessions = sessions
        self._archive = archive
        self._stories = stories

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of this part."""
        return [
            web.get("/api/calls", self._list),
            web.get("/api/calls/{call_id}", self._show),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        # The archive cannot filter by agent, so there is no list for agents.
        await self._sessions.require(request, Role.SUPERVISOR, Role.ADMIN)
        text = request.query.get("q", "").strip()
        cursor = request.query.get("cursor") or None
        if len(text) > QUERY_LENGTH or len(cursor or "") > CURSOR_LENGTH or "\0" in text:
            raise bad_request("The search is too long, or has a character that is not text.")
        try:
            page = await self._archive.search(text, cursor, PAGE_LINES)
        except ValueError:
            raise bad_request("The cursor is not one that this list gave.") from None
        lines = [_list_line(line) for line in page.lines]
        return json_response(CallList(lines=lines, next_cursor=page.next_cursor))

    async def _show(self, request: web.Request) -> web.Response:
        account = await self._sessions.require(request)
        call_id = request.match_info["call_id"]
        record = await self._archive.call(call_id) if CALL_ID.fullmatch(call_id) else None
        if record is None or not _may_see(account, record):
            raise not_found("There is no such call, or it is not one of yours.")
        return json_response(_story(record, await self._facts(call_id)))

    async def _facts(self, call_id: str) -> list[StoryLine]:
        told = await self._stories.story(call_id)
        return [StoryLine(at=at, kind=kind, text=text) for at, kind, text in told]


def _may_see(account: Account, record: CallRecord) -> bool:
    if account.role is not Role.AGENT:
        return True
    if account.profile is None:
        return False
    agent_ids = {record.agent_id, *(segment.agent_id for segment in record.segments)}
    return account.profile.agent_id in agent_ids


def _list_line(line: CallLine) -> CallListLine:
    return CallListLine(
        call_id=line.call_id,
        arrived_at=line.arrived_at,
        ani=line.ani,
        caller_name=line.caller_name,
        service=line.service,
        queue_name=line.queue_name,
        agent_name=line.agent_name,
        outcome=line.outcome,
        disposition=line.disposition,
        wait_ms=line.wait_ms,
        talk_ms=line.talk_ms,
    )


def _story(record: CallRecord, facts: list[StoryLine]) -> CallStory:
    return CallStory(
        call_id=record.call_id,
        arrived_at=record.arrived_at,
        ended_at=record.ended_at,
        ani=record.ani or "",
        caller_name=record.party_name or record.ani_name,
        dnis=record.dnis,
        service=record.service,
        queue_name=record.queue_name,
        agent_name=record.agent_name,
        outcome=record.outcome or "",
        disposition=record.disposition or "",
        note=record.note,
        wrap_up_late=record.wrap_up_late,
        menu_path=record.menu_path,
        segments=[_segment(segment) for segment in record.segments],
        requests=[each.subject for each in record.requests],
        follow_up=record.follow_up or "",
        facts=facts,
    )


def _segment(segment: Segment) -> StorySegment:
    return StorySegment(
        kind=segment.kind,
        started_at=segment.started_at,
        ended_at=segment.ended_at,
        end_reason=segment.end_reason,
        queue_id=segment.queue_id or "",
        agent_name=segment.agent_name,
    )
