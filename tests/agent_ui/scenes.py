"""Every page and state of the page, as one can bring it about on a fixture."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from playwright.async_api import Page

from callcenter.adapters.web import wire
from callcenter.ports.desk import AgentState, CallPhase
from tests.agent_ui import canned
from tests.agent_ui.fixture_desk import FixtureDesk, clock

Act = Callable[[FixtureDesk, Page], Awaitable[None]]


async def _login(desk: FixtureDesk, page: Page) -> None:
    desk.logged_in = False
    await page.reload()
    await page.fill("input[name=username]", "dana")
    await page.fill("input[name=password]", "wrong")
    await page.click("button[type=submit]")
    await page.get_by_text("is wrong").wait_for()


async def _idle(desk: FixtureDesk, page: Page) -> None:
    await desk.show(AgentState.READY)


async def _paused(desk: FixtureDesk, page: Page) -> None:
    await desk.show(AgentState.PAUSED)
    await page.get_by_role("button", name="Pause").click()


async def _ringing(desk: FixtureDesk, page: Page) -> None:
    await desk.show(AgentState.RINGING, canned.desk_call(clock()))


async def _unsure(desk: FixtureDesk, page: Page) -> None:
    no_click = replace(canned.me(clock(), AgentState.RINGING), answers_by_click=False)
    await desk.show(AgentState.RINGING, canned.unsure_call(clock()))
    await desk.change(wire.MyAgentItem(no_click))


async def _not_answering(desk: FixtureDesk, page: Page) -> None:
    await desk.show(AgentState.NOT_ANSWERING)


async def _connecting(desk: FixtureDesk, page: Page) -> None:
    await desk.show(AgentState.RINGING, canned.desk_call(clock(), CallPhase.CONNECTING))


async def _talking(desk: FixtureDesk, page: Page) -> None:
    await desk.show(AgentState.TALKING, canned.desk_call(clock(), CallPhase.TALKING))
    await desk.change(
        wire.MyAgentItem(
            replace(canned.me(clock(), AgentState.TALKING), next_status="paused: lunch")
        )
    )


async def _wrap_up(desk: FixtureDesk, page: Page) -> None:
    await desk.show(AgentState.WRAP_UP, canned.desk_call(clock(), CallPhase.WRAP_UP))
    await page.keyboard.press("2")
    await page.get_by_label("Open a service request").check()
    await page.get_by_role("button", name="File and finish").click()


async def _hostile(desk: FixtureDesk, page: Page) -> None:
    await desk.show(AgentState.RINGING, canned.hostile_call(clock()))


async def _left_over(desk: FixtureDesk, page: Page) -> None:
    await _wrap_up(desk, page)
    await page.fill("#note", "She wants the summary before the 15th.")
    await desk.show(AgentState.READY)
    desk.refuse = "The time for this call's wrap-up is over."
    await page.get_by_role("button", name="File it now").click()


async def _lost(desk: FixtureDesk, page: Page) -> None:
    await _talking(desk, page)
    await page.route("**/api/ticket", lambda route: route.abort())
    await desk.close_sockets()
    await page.get_by_text("Connection lost").wait_for()


async def _floor(desk: FixtureDesk, page: Page) -> None:
    await page.get_by_role("link", name="Floor").click()


async def _closing(desk: FixtureDesk, page: Page) -> None:
    await _floor(desk, page)
    await page.get_by_role("button", name="Close early: Billing").click()
    await page.get_by_label("Why Billing is closed").fill("Fire drill")


async def _calls(desk: FixtureDesk, page: Page) -> None:
    await page.get_by_role("link", name="Calls").click()
    await page.get_by_text("Show older calls").wait_for()


async def _story(desk: FixtureDesk, page: Page) -> None:
    await _calls(desk, page)
    await page.get_by_role("link", name="Amelie Brandt").first.click()
    await page.get_by_text("Nothing is left to do.").wait_for()


async def _help(desk: FixtureDesk, page: Page) -> None:
    await page.keyboard.press("?")


async def _why_no_calls(desk: FixtureDesk, page: Page) -> None:
    await _idle(desk, page)
    await page.keyboard.press("w")
    await page.get_by_text("The phone is").wait_for()


async def _why_waiting(desk: FixtureDesk, page: Page) -> None:
    await _floor(desk, page)
    await page.get_by_role("button", name="still wait?").first.click()
    await page.get_by_text("What comes next").wait_for()


async def _why_there(desk: FixtureDesk, page: Page) -> None:
    await _story(desk, page)
    await page.get_by_role("button", name="Why did this call go there?").click()
    await page.get_by_text("How it came there").wait_for()


SCENES: Mapping[str, Act] = {
    "login": _login,
    "idle": _idle,
    "paused": _paused,
    "ringing": _ringing,
    "unsure": _unsure,
    "not-answering": _not_answering,
    "connecting": _connecting,
    "talking": _talking,
    "wrap-up": _wrap_up,
    "hostile": _hostile,
    "left-over": _left_over,
    "lost": _lost,
    "floor": _floor,
    "closing": _closing,
    "calls": _calls,
    "story": _story,
    "help": _help,
    "why-no-calls": _why_no_calls,
    "why-waiting": _why_waiting,
    "why-there": _why_there,
}
