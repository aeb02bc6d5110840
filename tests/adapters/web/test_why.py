"""Who may ask why, and of whom."""

import pytest

from callcenter.core.ids import AgentId
from callcenter.core.why.explanation import Explanation, Passage, Question, Sentence
from callcenter.ports.why import Explained
from tests.support.site import Site
from tests.support.web_fakes import CALL, OTHER_CALL

TOLD = Explanation(
    Question.THERE, CALL, 7, "It went there.", (Passage("How", (Sentence("So.", 5, ("Also.",)),)),)
)


@pytest.fixture
def asked(site: Site) -> Site:
    site.explanations.calls = {CALL: Explained(TOLD, frozenset({AgentId("a1")}))}
    site.explanations.agents = {"a1": TOLD, "a2": TOLD}
    site.explanations.waits = [TOLD]
    return site


@pytest.mark.parametrize("path", [f"calls/{CALL}", "agents/a1", "waiting"])
async def test_nobody_is_told_without_a_session(asked: Site, path: str):
    status, body = await (await asked.browser()).call("GET", f"/api/why/{path}")
    assert (status, body["error"]) == (401, "not_logged_in")


async def test_a_supervisor_asks_of_all(asked: Site):
    browser = await asked.browser("sue")
    status, body = await browser.call("GET", f"/api/why/calls/{CALL}")
    assert status == 200
    assert body["explanation"] == {
        "question": "why_there",
        "id": CALL,
        "at": 7,
        "headline": "It went there.",
        "passages": [{"title": "How", "sentences": [{"text": "So.", "at": 5, "more": ["Also."]}]}],
    }
    assert asked.explanations.hidden == [False]
    assert (await browser.call("GET", "/api/why/agents/a2"))[0] == 200
    status, body = await browser.call("GET", "/api/why/waiting")
    assert (status, len(body["explanations"])) == (200, 1)


async def test_an_agent_is_told_of_calls_they_had_a_part_in_and_nobody_is_named(asked: Site):
    anna, bert = await asked.browser("anna"), await asked.browser("bert")
    assert (await anna.call("GET", f"/api/why/calls/{CALL}"))[0] == 200
    assert asked.explanations.hidden == [True]
    hidden = await bert.call("GET", f"/api/why/calls/{CALL}")
    assert hidden == await bert.call("GET", f"/api/why/calls/{OTHER_CALL}")
    assert hidden[0] == 404


async def test_an_agent_asks_of_themselves_only(asked: Site):
    anna = await asked.browser("anna")
    assert (await anna.call("GET", "/api/why/agents/a1"))[0] == 200
    for path in ("agents/a2", "waiting"):
        status, body = await anna.call("GET", f"/api/why/{path}")
        assert (status, body["error"]) == (403, "forbidden")


@pytest.mark.parametrize("path", ["calls/x", "calls/..%2fetc", f"calls/{'A' * 32}", "agents/gone"])
async def test_what_is_not_there_is_told_in_words(asked: Site, path: str):
    status, body = await (await asked.browser("sue")).call("GET", f"/api/why/{path}")
    assert (status, body["error"]) == (404, "not_found")
    assert asked.explanations.hidden == []
