"""Why did this call go there, why does this caller wait, why do I get no calls."""

from aiohttp import web

from callcenter.adapters.web.bodies import json_response
from callcenter.adapters.web.problems import forbidden, not_found
from callcenter.adapters.web.sessions import Sessions
from callcenter.adapters.web.why_bodies import Why, WhyWaiting
from callcenter.core.ids import CALL_ID, AgentId, CallId
from callcenter.ports.accounts import Role
from callcenter.ports.why import Explanations


class WhyPages:
    """Explains: supervisors may ask of all, agents of themselves and of calls that were theirs."""

    def __init__(self, sessions: Sessions, explanations: Explanations) -> None:
        self._sessions = sessions
        self._explanations = explanations

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of this part."""
        return [
            web.get("/api/why/calls/{call_id}", self._call),
            web.get("/api/why/agents/{agent_id}", self._agent),
            web.get("/api/why/waiting", self._waiting),
        ]

    async def _call(self, request: web.Request) -> web.Response:
        account = await self._sessions.require(request)
        call_id, is_agent = request.match_info["call_id"], account.role is Role.AGENT
        found = None
        if CALL_ID.fullmatch(call_id):
            found = await self._explanations.call(CallId(call_id), hides_agents=is_agent)
        mine = account.profile.agent_id if account.profile else None
        if found is None or (is_agent and mine not in found.agent_ids):
            raise not_found("There is no such call, or it is not one of yours.")
        return json_response(Why(found.explanation))

    async def _agent(self, request: web.Request) -> web.Response:
        account = await self._sessions.require(request)
        agent_id = AgentId(request.match_info["agent_id"])
        is_own = account.profile is not None and account.profile.agent_id == agent_id
        if account.role is Role.AGENT and not is_own:
            raise forbidden("You may ask this of yourself only.")
        told = self._explanations.agent(agent_id)
        if told is None:
            raise not_found("This agent is not logged in, so no call can come.")
        return json_response(Why(told))

    async def _waiting(self, request: web.Request) -> web.Response:
        await self._sessions.require(request, Role.SUPERVISOR, Role.ADMIN)
        return json_response(WhyWaiting(self._explanations.waiting()))
