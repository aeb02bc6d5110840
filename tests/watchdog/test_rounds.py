"""The watchdog on a scripted PBX: when it looks, when it acts, when it holds back."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import CollectorRegistry

from callcenter.adapters.ari.client import AriClient
from callcenter.adapters.ari.metrics import AriMetrics
from callcenter.watchdog.rounds import Rounds, Rules
from tests.adapters.ari.scripted import ScriptedTransport
from tests.support.asterisk_fixture import eventually
from tests.support.runtime_world import HeardReports
from tests.support.web_fakes import HandClock

CALLER, AGENT, ALONE = "1795323368.1", "a" * 32, "1795323368.2"
RULES = Rules(acts_per_s=10_000, talk_lease_ms=600_000)
ACTS = ("POST", "DELETE")


@dataclass
class Scene:
    """One dead instance: a caller with an agent, and a caller in the menu."""

    pbx: ScriptedTransport = field(default_factory=ScriptedTransport)
    reports: HeardReports = field(default_factory=HeardReports)
    clock: HandClock = field(default_factory=HandClock)
    talk: tuple[str, ...] = (CALLER, AGENT)

    def __post_init__(self) -> None:
        self.rounds = Rounds(
            AriClient(self.pbx, AriMetrics(CollectorRegistry())), RULES, self.clock, self.reports
        )
        self.beats("1000")
        self.say("/asterisk/ping", {"timestamp": "1970-01-01T00:20:00.000+0000"})
        ids = [CALLER, AGENT, ALONE]
        self.say("/applications", [{"name": "cc-main", "channel_ids": ids}, {"name": "other"}])
        channels = [{"id": each, "name": "PJSIP/x-1", "state": "Up"} for each in ids]
        self.say("/channels", channels)
        name = "cc:call:talk:cc-main"
        self.say("/bridges", [{"id": "b", "name": name, "channels": list(self.talk)}])

    def say(self, path: str, body: Any) -> None:
        """Have the PBX answer so from now on."""
        self.pbx.answers.pop(("GET", path), None)
        self.pbx.answer("GET", path, 200, body)

    def beats(self, *values: str) -> None:
        """Have the heartbeat be these values, one at each question; the last one stays."""
        self.pbx.answers.pop(("GET", "/asterisk/variable"), None)
        for value in values:
            self.pbx.answer("GET", "/asterisk/variable", 200, {"value": value})

    async def looks(self, count: int) -> list[tuple[str, str]]:
        """Look some times; return what was done in all."""
        for _ in range(count):
            await self.rounds.look()
        return [asked for asked in self.pbx.asked if asked[0] in ACTS]


async def test_it_acts_at_the_second_look_and_takes_callers_first():
    scene = Scene()
    assert await scene.looks(1) == []
    assert await scene.looks(1) == [
        ("POST", f"/channels/{CALLER}/variable"),
        ("POST", f"/channels/{ALONE}/continue"),
        ("POST", f"/channels/{AGENT}/variable"),
    ]
    place = {"context": "cc-fallback", "extension": "s", "priority": "1"}
    assert place in scene.pbx.params
    assert scene.reports.notes == ["a caller of a dead service goes to the fallback"]


async def test_a_talk_is_renewed_once_in_a_third_of_its_lease():
    scene = Scene()
    await scene.looks(2)
    scene.say("/applications", [{"name": "cc-main", "channel_ids": [CALLER, AGENT]}])
    renewals = [("POST", f"/channels/{each}/variable") for each in (CALLER, AGENT)]
    scene.pbx.asked.clear()
    assert await scene.looks(3) == []
    scene.clock.go(RULES.talk_lease_ms // 3)
    assert await scene.looks(2) == renewals


async def test_a_partner_who_goes_later_sends_the_caller_to_the_fallback():
    scene = Scene()
    await scene.looks(2)
    scene.pbx.asked.clear()
    scene.say("/applications", [{"name": "cc-main", "channel_ids": [CALLER]}])
    assert await scene.looks(1) == [("POST", f"/channels/{CALLER}/continue")]


async def test_a_service_that_comes_back_while_it_acts_is_not_fought():
    scene = Scene(talk=())
    await scene.looks(1)
    scene.beats("1000", "1000", "1199")
    assert await scene.looks(1) == [("POST", f"/channels/{CALLER}/continue")]
    assert "the service is back" in scene.reports.notes


async def test_a_living_service_costs_three_questions_a_look_and_no_list_of_channels():
    scene = Scene()
    scene.beats("1190", "1192", "1194")
    assert await scene.looks(3) == []
    assert set(scene.pbx.asked) == {
        ("GET", "/asterisk/ping"),
        ("GET", "/applications"),
        ("GET", "/asterisk/variable"),
    }
    assert len(scene.pbx.asked) == 9


async def test_an_instance_without_a_beat_of_its_own_lives_by_the_shared_one():
    scene = Scene()
    scene.beats("", "1000", "", "1000", "", "1000")
    await scene.looks(1)
    assert ("POST", f"/channels/{ALONE}/continue") in await scene.looks(1)
    asked = [params["variable"] for params in scene.pbx.params if "variable" in params]
    assert asked[:2] == ["CC_BEAT_main", "CC_BEAT"]


async def test_a_pbx_that_is_away_is_told_once_and_asked_again():
    scene = Scene()
    scene.pbx.answers[("GET", "/asterisk/ping")].clear()
    for _ in range(3):
        scene.pbx.fail("GET", "/asterisk/ping", ConnectionRefusedError("refused"))
    scene.pbx.answer("GET", "/asterisk/ping", 200, {"timestamp": "1970-01-01T00:20:00.000+0000"})
    quick = Rounds(
        AriClient(scene.pbx, AriMetrics(CollectorRegistry())),
        Rules(look_every_ms=1, acts_per_s=10_000),
        scene.clock,
        scene.reports,
    )
    task = asyncio.get_running_loop().create_task(quick.run(), name="rounds")
    await eventually(lambda: "the PBX is watched again" in scene.reports.notes)
    task.cancel()
    assert len(scene.reports.fault_names) == 1
    assert "does the PBX run" in scene.reports.fault_names[0]
