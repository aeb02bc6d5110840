"""The interface of the modelled PBX: words, filters, crash, and that it is deterministic."""

import itertools
import json
import os
import subprocess
import sys

from callcenter.simulation.phones import Answers
from tests.simulation.world import BRIDGE, PLAYBACK, ROOM, World


def test_errors_use_asterisks_words():
    world = World()
    _, channel = world.arrive()
    world.hold(channel)
    waiting = world.dial()
    cases = [
        ("GET", "/channels/x", {}, 404, "Channel not found"),
        (
            "POST",
            f"/channels/{waiting.line.id}/answer",
            {},
            409,
            "Channel not in Stasis application",
        ),
        ("GET", "/channels/x/variable", {"variable": "A"}, 404, "Provided channel was not found"),
        (
            "GET",
            f"/channels/{channel.id}/variables",
            {"variables": "CC_DID,NONE"},
            404,
            "Provided variable was not found",
        ),
        ("POST", f"/bridges/{ROOM}/addChannel", {"channel": channel.id}, 404, "Bridge not found"),
        ("POST", f"/bridges/{BRIDGE}/addChannel", {"channel": "x"}, 400, "Channel not found"),
        (
            "POST",
            f"/bridges/{BRIDGE}/addChannel",
            {"channel": waiting.line.id},
            422,
            "Channel not in Stasis application",
        ),
        ("POST", f"/bridges/{BRIDGE}", {}, 409, f"Bridge with id '{BRIDGE}' already exists"),
        (
            "POST",
            "/channels",
            {"endpoint": "nobody", "app": "a"},
            400,
            "Invalid endpoint specified",
        ),
        ("GET", "/nothing", {}, 404, "Resource not found"),
        ("PUT", "/channels", {}, 405, "Invalid method"),
    ]
    for method, path, params, status, message in cases:
        answer = world.do(method, path, **params)
        assert (answer.status, answer.body) == (status, {"message": message}), path


def test_the_event_filter_lets_only_wanted_events_pass():
    world = World()
    wanted = {"allowed": [{"type": "StasisStart"}, {"type": "StasisEnd"}]}
    assert world.do("PUT", "/applications/cc-a/eventFilter", wanted).status == 200
    caller, _ = world.arrive()
    world.beat()
    caller.put_down()
    world.run(10)
    assert world.kinds() == ["StasisStart", "StasisEnd"]


def test_a_key_is_heard_during_a_prompt():
    world = World()
    caller, channel = world.arrive()
    world.do("POST", f"/channels/{channel.id}/play", media="sound:menu")
    caller.press_key("2")
    world.run(5)
    assert world.events[-1]["type"] == "ChannelDtmfReceived"
    assert world.events[-1]["digit"] == "2"


def test_continue_waits_for_the_prompt_and_goes_to_the_fallback():
    world = World()
    caller, channel = world.arrive()
    world.do("POST", f"/channels/{channel.id}/play", media="sound:menu", playbackId=PLAYBACK)
    path = f"/channels/{channel.id}/continue"
    assert world.do("POST", path, context="cc-fallback", extension="s").status == 204
    assert not world.fell_back(caller)
    world.run(2_000)
    assert world.fell_back(caller)
    assert world.kinds()[-2:] == ["PlaybackFinished", "StasisEnd"]


def test_a_deleted_bridge_leaves_its_callers_alone_in_silence():
    world = World()
    caller, channel = world.arrive()
    world.hold(channel)
    world.do("DELETE", f"/bridges/{BRIDGE}")
    assert world.kinds()[-2:] == ["ChannelLeftBridge", "BridgeDestroyed"]
    assert caller.hearing == "nothing"
    assert channel.app == "cc-a"


def test_a_crash_loses_everything_closes_the_socket_and_changes_the_start_time():
    world = World()
    closed = []
    world.session.on_closed = lambda: closed.append(True)
    caller, _ = world.arrive()
    before = world.do("GET", "/asterisk/info", only="status").body
    world.run(1_000)
    world.model.crash_and_restart()
    assert closed == [True]
    assert caller.ended
    assert world.do("GET", "/channels").body == []
    assert world.do("GET", "/asterisk/info", only="status").body != before
    assert world.do("GET", "/asterisk/variable", variable="CC_BEAT").body == {"value": "0"}


# ---------------------------------------------------------------- determinism


def busy_hour(seed: int) -> str:
    """Run a random half hour and return its events as text."""
    world = World(seed)
    chance = world.model.pbx.random
    for station in ("PJSIP/agent1", "PJSIP/agent2"):
        world.phones.station(station).behaviour = Answers(after_s=2.0)
    for number in range(40):
        caller, channel = world.arrive()
        leg = f"{number:032x}"
        world.originate(leg, f"PJSIP/agent{1 + number % 2}")
        world.run(chance.uniform(10, 3_000))
        world.do("POST", f"/bridges/{number:030x}ff", type="mixing")
        world.ask("POST", f"/bridges/{number:030x}ff/addChannel", channel=f"{channel.id},{leg}")
        world.run(chance.uniform(10, 3_000))
        caller.put_down()
        world.ask("DELETE", f"/channels/{leg}")
        world.run(20)
    return json.dumps(world.events)


def test_the_same_seed_gives_the_same_events_and_another_seed_others():
    assert busy_hour(7) == busy_hour(7)
    assert busy_hour(7) != busy_hour(8)


def test_the_order_of_hashes_does_not_matter():
    program = (
        "import hashlib; from tests.simulation.pbx.test_rest import busy_hour; "
        "print(hashlib.sha256(busy_hour(3).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_events_are_stamped_in_order_of_their_sending():
    world = World()
    world.talk()
    stamps = [event["timestamp"] for event in world.events]
    assert all(a <= b for a, b in itertools.pairwise(stamps))
