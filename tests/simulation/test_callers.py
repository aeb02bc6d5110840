"""Seeded callers against a small service on the model: IVR, queue, one talk after the other."""

from random import Random

import pytest

from callcenter.simulation.callers import Caller, Crowd, Habits, draw_script
from callcenter.simulation.pbx.state import Json
from tests.simulation.world import World


class Service:
    """Claims each call, plays a menu, then holds the caller, and talks when told to."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.keys: list[str] = []
        self.held: list[str] = []
        world.session.deliver = self.take

    def take(self, event: Json) -> None:
        world, channel_id = self.world, str((event.get("channel") or {}).get("id"))
        if event["type"] == "CallBroadcast":
            world.beat()
            world.ask("POST", "/events/claim", channelId=channel_id, application="cc-a")
        elif event["type"] == "StasisStart" and event["args"][0] == "in":
            world.ask("POST", f"/channels/{channel_id}/answer")
            lease = {"variable": "TIMEOUT(absolute)", "value": "0"}
            world.ask("POST", f"/channels/{channel_id}/variable", **lease)
            self.play(channel_id)
        elif event["type"] == "ChannelDtmfReceived":
            self.press(channel_id, event["digit"])

    def play(self, channel_id: str) -> None:
        media = "sound:welcome,sound:a_menu_with_three_choices"
        self.world.ask(
            "POST", f"/channels/{channel_id}/play/{self.number(channel_id)}", media=media
        )

    def press(self, channel_id: str, digit: str) -> None:
        self.keys.append(digit)
        self.world.ask("DELETE", f"/playbacks/{self.number(channel_id)}")
        if digit not in "123":
            self.play(channel_id)
            return
        bridge = self.number(channel_id)
        self.held.append(channel_id)
        self.world.ask("POST", f"/bridges/{bridge}", type="holding")
        self.world.ask(
            "POST", f"/bridges/{bridge}/addChannel", channel=channel_id, role="holding_participant"
        )

    def number(self, channel_id: str) -> str:
        return f"{int(channel_id.partition('.')[2]):032x}"


def crowd(world: World, limit: int, seed: int = 4, **habits: float) -> Crowd:
    wanted = Habits(calls_per_minute=20.0, known=(("+8613800000001", "Ann"),), **habits)  # type: ignore[arg-type]
    return Crowd(world.model, world.phones, wanted, Random(seed), limit)


def keep_beating(world: World) -> None:
    world.beat()
    world.model.pbx.later(2_000, lambda: keep_beating(world))


def test_a_crowd_calls_presses_waits_and_goes():
    world = World()
    service = Service(world)
    keep_beating(world)
    people = crowd(world, limit=120, menu_hang_up_share=0.25, wrong_key_share=0.5)
    people.start()
    people.start()
    world.run(3_600_000)
    assert people.is_done
    assert (people.started, people.open_calls) == (120, 0)
    assert world.model.pbx.channels == {}
    assert world.model.pbx.fallbacks == []
    assert 20 < 120 - len(service.held) < 45
    assert set(service.keys) == {"1", "2", "3", "7"}


def test_callers_who_wait_too_long_give_up_and_those_who_talk_say_goodbye():
    world = World()
    Service(world)
    keep_beating(world)
    people = crowd(world, limit=1, menu_hang_up_share=0.0, withheld_share=0.0, patience_s=300.0)
    people.start()
    while not people.open_calls:
        world.run(100)
    world.run(9_000)
    caller = people._open[0]
    assert caller.phone.hearing == "music"
    world.originate()
    world.run(20)
    station = world.phones.station("PJSIP/agent1")
    station.pick_up()
    world.run(20)
    world.do("POST", "/bridges/" + "d" * 32, type="mixing")
    world.enter("d" * 32, f"{caller.phone.line.id},{'c' * 32}")
    assert station.hears_party(caller.phone)
    world.run(caller.script.talk_s * 1_000 - 50)
    assert people.open_calls == 1
    world.run(200)
    assert people.open_calls == 0
    assert station.in_call


def test_stopping_lets_nobody_else_call_and_hanging_up_ends_all():
    world = World()
    Service(world)
    ended: list[Caller] = []
    people = crowd(world, limit=1_000)
    people.on_end = ended.append
    people.start()
    world.run(20_000)
    people.stop()
    started = people.started
    assert people.hang_up_all() == people.open_calls > 0
    world.run(60_000)
    assert (people.started, people.open_calls) == (started, 0)
    assert len(ended) == people.ended == started


def test_scripts_follow_the_seed_and_the_shares():
    habits = Habits(known=(("+8613800000001", "Ann"),), known_share=0.5, withheld_share=0.2)
    random = Random(9)
    scripts = [draw_script(habits, random) for _ in range(2_000)]
    assert sum(each.ani is None for each in scripts) / 2_000 == pytest.approx(0.2, abs=0.03)
    assert sum(each.name == "Ann" for each in scripts) / 2_000 == pytest.approx(0.4, abs=0.03)
    assert sum(each.patience_s for each in scripts) / 2_000 == pytest.approx(90, rel=0.1)
    assert scripts[:5] == [draw_script(habits, again) for again in [Random(9)] for _ in range(5)]


def test_the_same_seed_makes_the_same_hour():
    def hour(seed: int) -> list[str]:
        world = World(seed)
        service = Service(world)
        keep_beating(world)
        people = crowd(world, limit=40, seed=seed)
        people.start()
        world.run(1_200_000)
        return [*service.keys, *service.held]

    assert hour(1) == hour(1)
    assert hour(1) != hour(2)


def test_a_caller_in_silence_leaves_after_a_while():
    world = World()
    keep_beating(world)
    people = crowd(world, limit=1, menu_hang_up_share=0.0)
    people.start()
    while not people.open_calls:
        world.run(100)
    world.run(10)
    channel = people._open[0].phone.line
    world.do("POST", "/events/claim", channelId=channel.id, application="cc-a")
    world.do("POST", f"/channels/{channel.id}/answer")
    world.run(19_000)
    assert people.open_calls == 1
    world.run(2_000)
    assert people.open_calls == 0
