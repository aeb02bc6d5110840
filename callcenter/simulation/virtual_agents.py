"""Virtual humans at agents' desks: a phone, sometimes a page, and habits drawn from a seed.

They work on the runtime's own terms, without web or sockets: frames of the desk topic come in,
requests go out. A person hears the phone ring whether or not there is a page, and goes on when
the page comes back. Everything a person plans is a timer of the loop, so it runs on virtual time.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Protocol

from callcenter.core.acd.messages import LogOutRequested, PauseRequested, ReadyRequested
from callcenter.core.acd.people import AgentProfile
from callcenter.core.acd.wrap_up_messages import WrapUpExtensionRequested
from callcenter.core.call.messages import (
    AnswerRequested,
    HangUpRequested,
    NewRequest,
    OfferSeen,
    WrapUpSubmitted,
)
from callcenter.core.ids import CallId, OfferId
from callcenter.ports.desk import AgentState, CallPhase, DeskCall, MyAgent
from callcenter.ports.requests import Request
from callcenter.runtime.topics import Frame
from callcenter.simulation.phones import Refusal, SimulatedStation

DISPOSITIONS = ("resolved", "call_back", "wrong_number", "sold")
LOST_AFTER_S = 1.0
"""Between two attempts to open a page."""


class Page(Protocol):
    """An open page of an agent."""

    def ask(self, request: Request) -> None:
        """Send a request to the service; what becomes of it is seen in the frames."""
        ...

    def close(self, reason: str) -> None:
        """Begin to close; returns at once."""
        ...


class Reception(Protocol):
    """The service as a browser finds it."""

    def open_page(self, agent: "VirtualAgent") -> bool:
        """Begin to open a page for an agent; return False if nobody is there.

        ``agent.page_opened`` follows, then frames, at last ``agent.page_closed``.
        """
        ...


class VirtualAgent:
    """One agent."""

    shown_share = 0.9
    """Of all offers that are seen to ring; the others are faults of the page."""

    def __init__(
        self,
        profile: AgentProfile,
        station: SimulatedStation,
        reception: Reception,
        random: Random,
    ) -> None:
        self.profile = profile
        self.station = station
        self._reception = reception
        self._random = random
        self._loop = asyncio.get_running_loop()
        self._plans: dict[str, asyncio.TimerHandle] = {}
        self._seen: dict[str, CallPhase] = {}
        self._page: Page | None = None
        self._may_open = True
        station.on_change = self._hear

    # ------------------------------------------------------------ the page

    def open_page(self) -> None:
        """Open a page, or try again until the service is there."""
        self._may_open = True
        if self._page is None and not self._reception.open_page(self):
            self._plan("open", LOST_AFTER_S, self.open_page)

    def lose_page(self, for_s: float) -> None:
        """Lose the page and open it again later."""
        self._may_open = False
        if self._page is not None:
            self._page.close("left")
        self._plan("open", for_s, self.open_page)

    def reload_page(self) -> None:
        """Open a second page: it takes over from the first."""
        self._page = None
        self.open_page()

    def page_opened(self, page: Page) -> None:
        """The service answered: want calls."""
        self._page = page
        self._seen.clear()
        self._forget("open")
        page.ask(ReadyRequested(self.profile.agent_id))

    def page_closed(self, page: Page) -> None:
        """A page is gone; if it was the present one a new one is opened."""
        if self._page is page:
            self._page = None
            if self._may_open:
                self._plan("open", self._random.uniform(0.2, 3.0), self.open_page)

    def sees(self, page: Page, frame: Frame) -> None:
        """Read what changed on the page."""
        if page is not self._page:
            return
        for item in frame.items:
            if isinstance(item, MyAgent):
                self._see_me(item)
            elif isinstance(item, DeskCall) and self._seen.get(item.id) != item.phase:
                self._seen[item.id] = item.phase
                self._see_call(item)

    def _see_me(self, me: MyAgent) -> None:
        if me.state in (AgentState.PAUSED, AgentState.NOT_ANSWERING):
            ready = partial(self._ask, ReadyRequested(self.profile.agent_id))
            self._plan("ready", self._random.uniform(3.0, 25.0), ready)

    def _see_call(self, call: DeskCall) -> None:
        random, call_id = self._random, CallId(call.id)
        agent_id = self.profile.agent_id
        if call.phase is CallPhase.RINGING and random.random() < self.shown_share:
            self._ask(OfferSeen(agent_id, call_id, OfferId(call.offer_id)))
        if call.phase is CallPhase.WRAP_UP and random.random() < 0.1:
            self._ask(WrapUpExtensionRequested(agent_id, call_id))
        if call.phase is CallPhase.RINGING and random.random() < 0.2:
            self._plan("click", random.uniform(0.5, 4.0), self._asking_to_answer(call_id))
        elif call.phase is CallPhase.TALKING and random.random() < 0.3:
            hang_up = partial(self._ask, HangUpRequested(agent_id, call_id))
            self._plan("click", random.uniform(2.0, 40.0), hang_up)
        elif call.phase is CallPhase.WRAP_UP and random.random() < 0.85:
            self._plan("wrap_up", random.uniform(0.5, 15.0), partial(self._wrap_up, call_id))

    def _asking_to_answer(self, call_id: CallId) -> Callable[[], None]:
        return partial(self._ask, AnswerRequested(self.profile.agent_id, call_id))

    def _wrap_up(self, call_id: CallId) -> None:
        random, agent_id = self._random, self.profile.agent_id
        wants_more = random.random()
        if wants_more < 0.06:
            self._ask(PauseRequested(agent_id, "break"))
        elif wants_more < 0.09:
            self._ask(LogOutRequested(agent_id))
            self.lose_page(random.uniform(5.0, 40.0))
        request = NewRequest("request", "Look at this") if random.random() < 0.2 else None
        code = random.choice(DISPOSITIONS)
        note = f"note {random.randrange(10**6)}"
        self._ask(WrapUpSubmitted(agent_id, call_id, code, note, request))

    def _ask(self, request: Request) -> None:
        if self._page is not None:
            self._page.ask(request)

    # ------------------------------------------------------------ the phone

    def _hear(self) -> None:
        random, station = self._random, self.station
        if station.ringing and "phone" not in self._plans:
            what = random.random()
            if what < 0.85:
                self._plan("phone", random.uniform(0.3, 6.0), self._pick_up)
            elif what < 0.92:
                self._plan("phone", random.uniform(0.3, 3.0), self._reject)
        elif station.in_call and "put_down" not in self._plans:
            self._plan("put_down", random.uniform(2.0, 60.0), station.put_down)
        elif not station.ringing and not station.in_call:
            self._forget("phone")
            self._forget("put_down")

    def _pick_up(self) -> None:
        if self.station.ringing:
            self.station.pick_up()

    def _reject(self) -> None:
        if self.station.ringing:
            self.station.reject(self._random.choice(list(Refusal)))

    # ------------------------------------------------------------ plans

    def _plan(self, name: str, after_s: float, action: Callable[[], None]) -> None:
        self._forget(name)
        self._plans[name] = self._loop.call_later(after_s, self._carry_out, name, action)

    def _carry_out(self, name: str, action: Callable[[], None]) -> None:
        self._plans.pop(name, None)
        action()

    def _forget(self, name: str) -> None:
        plan = self._plans.pop(name, None)
        if plan is not None:
            plan.cancel()
