"""The model against what was measured on Asterisk 22.10.1; each test names the experiment."""

import pytest

from callcenter.simulation.pbx.state import Json
from callcenter.simulation.phones import Answers, Dead, Refusal, Refuses
from tests.simulation.world import BRIDGE, LEG, PLAYBACK, ROOM, Pending, World

# ---------------------------------------------------------------- E1: the service is killed


def test_e1_a_killed_service_touches_no_call_and_new_calls_go_to_the_fallback():
    world = World()
    caller, channel = world.arrive()
    world.hold(channel)
    world.model.disconnect(world.session)
    heard = len(world.events)
    world.run(5_000)
    assert channel.state == "Up"
    assert caller.hearing == "music"
    app = world.do("GET", "/applications/cc-a").body
    assert app["channel_ids"] == [channel.id]
    assert app["bridge_ids"] == [BRIDGE]
    assert (
        world.do("POST", f"/channels/{channel.id}/variable", variable="X", value="1").status == 204
    )
    new = world.dial()
    world.beat()
    world.run(1_300)
    assert world.fell_back(new)
    assert new.answered
    assert len(world.events) == heard


def test_e1_a_reconnect_replays_nothing_and_hears_the_end():
    world = World()
    caller, channel = world.arrive()
    world.hold(channel)
    world.model.disconnect(world.session)
    world.run(1_000)
    since = len(world.events)
    world.connect()
    world.run(2_000)
    assert world.kinds(since) == []
    caller.put_down()
    world.run(10)
    assert [word.partition("(")[0] for word in world.kinds(since)] == [
        "ChannelHangupRequest",
        "ChannelLeftBridge",
        "StasisEnd",
    ]


def test_e1_the_survivor_of_a_talk_stays_alone_without_packets_and_its_bridge_stays():
    world = World()
    caller, channel = world.talk()
    station = world.phones.station("PJSIP/agent1")
    assert caller.hears_party(station)
    assert station.hears_party(caller)
    world.run(1_000)
    station.put_down()
    world.run(1_000)
    packets = caller.packets()
    world.run(1_000)
    assert caller.packets() == packets
    assert channel.state == "Up"
    assert [b["id"] for b in world.do("GET", "/bridges").body] == [ROOM]
    assert world.of(LEG)[-2:] == ["StasisEnd", "ChannelDestroyed"]


def test_an_inactive_application_with_nothing_left_is_forgotten():
    world = World()
    caller, _ = world.arrive()
    world.model.disconnect(world.session)
    caller.put_down()
    world.run(50)
    answer = world.do("GET", "/applications/cc-a")
    assert answer.status == 404
    assert answer.body == {"message": "Application not found"}


# ---------------------------------------------------------------- E3: takeover by name


def test_e3_a_second_socket_takes_the_name_and_the_first_hears_nothing_more():
    world = World()
    caller, channel = world.arrive()
    second: list[Json] = []
    session = world.model.connect(["cc-a"], second.append)
    assert world.kinds()[-1] == "ApplicationReplaced"
    heard = len(world.events)
    caller.press_key("1")
    world.run(10)
    assert [event["type"] for event in second] == ["ChannelDtmfReceived"]
    assert len(world.events) == heard
    world.model.disconnect(world.session)
    assert world.do("GET", f"/channels/{channel.id}").status == 200
    caller.put_down()
    world.run(10)
    assert second[-1]["type"] == "StasisEnd"
    world.model.disconnect(session)


def test_e3_a_leg_answered_while_nobody_listens_is_hung_up_and_the_caller_waits_on():
    world = World()
    caller, channel = world.arrive()
    world.hold(channel)
    world.originate()
    world.run(20)
    world.model.disconnect(world.session)
    station = world.phones.station("PJSIP/agent1")
    station.pick_up()
    world.run(10)
    assert not station.in_call
    assert caller.hearing == "music"


# ---------------------------------------------------------------- E4, E13: broadcast and claim


def test_e4_a_frozen_service_does_not_claim_and_the_caller_falls_back_after_1200_ms():
    world = World()
    caller = world.dial()
    world.run(1_190)
    assert not world.fell_back(caller)
    world.run(20)
    assert world.fell_back(caller)
    late = world.do("POST", "/events/claim", channelId=caller.line.id, application="cc-a")
    assert late.status == 404


def test_e13_the_first_claim_gets_204_and_the_next_409():
    world = World()
    caller = world.dial()
    answers = [
        world.ask("POST", "/events/claim", channelId=caller.line.id, application=name)
        for name in ("cc-a", "cc-a", "cc-b")
    ]
    world.run(10)
    assert [answer.status for answer in answers] == [204, 409, 409]
    assert world.events[-1]["type"] == "StasisStart"
    assert world.events[-1]["args"] == ["in", "100", "allowed_not_screened"]
    assert world.do("POST", "/events/claim", channelId="9.9", application="cc-a").status == 404
    assert world.do("POST", "/events/claim", channelId="9.9").status == 400


def test_e13_a_winner_without_a_listener_gets_204_and_the_caller_the_fallback():
    world = World()
    caller = world.dial()
    won = world.do("POST", "/events/claim", channelId=caller.line.id, application="cc-none")
    assert won.status == 204
    assert world.fell_back(caller)


def test_e13_a_claim_just_after_the_caller_cancelled_gets_204_then_start_and_end():
    world = World()
    caller = world.dial()
    caller.put_down()
    world.run(20)
    claim = world.do("POST", "/events/claim", channelId=caller.line.id, application="cc-a")
    world.run(50)
    assert claim.status == 204
    assert world.of(caller.line.id) == ["CallBroadcast", "StasisStart", "StasisEnd"]
    assert caller.ended


def test_a_stale_heartbeat_sends_the_caller_to_the_fallback_at_once():
    world = World()
    world.run(9_500)
    caller = world.dial()
    world.run(5)
    assert world.fell_back(caller)
    assert world.events == []


def test_a_withheld_number_is_marked_in_the_arguments():
    world = World()
    caller = world.dial(ani=None)
    world.do("POST", "/events/claim", channelId=caller.line.id, application="cc-a")
    start = world.events[-1]
    assert start["args"] == ["in", "100", "prohib_not_screened"]
    assert start["channel"]["caller"]["number"] == "anonymous"
    assert start["channel"]["channelvars"]["CC_PRES"] == "prohib_not_screened"


# ---------------------------------------------------------------- E5: the lease


def _lease(world: World, channel_id: str, seconds: str) -> Pending:
    path = f"/channels/{channel_id}/variable"
    return world.ask("POST", path, variable="TIMEOUT(absolute)", value=seconds)


@pytest.mark.parametrize("state", ["idle", "prompt", "holding", "mixing"])
def test_e5_a_lease_that_runs_out_takes_the_caller_to_the_fallback(state):
    world = World()
    caller, channel = world.talk() if state == "mixing" else world.arrive()
    _lease(world, channel.id, "5")
    world.run(10)
    if state == "prompt":
        world.model.pbx.prompt_ms = lambda _uri: 30_000
        world.do("POST", f"/channels/{channel.id}/play", media="sound:long")
    if state == "holding":
        world.hold(channel)
    since = len(world.events)
    world.run(4_900)
    assert not world.fell_back(caller)
    world.run(150)
    assert world.fell_back(caller)
    ends = {"prompt": ["PlaybackFinished"], "idle": []}.get(state, ["ChannelLeftBridge"])
    assert world.kinds(since) == [*ends, "StasisEnd"]
    if state == "mixing":
        assert world.phones.station("PJSIP/agent1").in_call


def test_e5_a_renewed_lease_counts_from_the_renewal():
    world = World()
    caller, channel = world.arrive()
    _lease(world, channel.id, "5")
    world.run(3_000)
    _lease(world, channel.id, "5")
    world.run(4_900)
    assert not world.fell_back(caller)
    world.run(150)
    assert world.fell_back(caller)


def test_e14_a_leg_made_by_us_ends_with_its_lease():
    world = World()
    world.phones.station("PJSIP/agent1").behaviour = Answers()
    body = {
        "variables": {"TIMEOUT(absolute)": "14", "CC_CALL": {"value": "x", "report_events": True}}
    }
    world.ask("POST", f"/channels/{LEG}", body, endpoint="PJSIP/agent1", app="cc-a")
    world.run(13_900)
    listed = world.do("GET", "/channels").body
    assert [c["channelvars"]["CC_CALL"] for c in listed if c["id"] == LEG] == ["x"]
    world.run(200)
    assert world.of(LEG)[-2:] == ["StasisEnd", "ChannelDestroyed"]
    assert "ChannelHangupRequest" not in world.of(LEG)


# ---------------------------------------------------------------- E6, E17: what blocks


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/channels/{id}/answer", {}),
        ("/channels/{id}/variable", {"variable": "X", "value": "1"}),
        (f"/bridges/{BRIDGE}/addChannel", {"channel": "{id}"}),
    ],
)
def test_e6_a_prompt_on_the_channel_blocks_until_its_end(path, params):
    world = World()
    _, channel = world.arrive()
    world.model.pbx.prompt_ms = lambda _uri: 5_000
    world.do("POST", f"/bridges/{BRIDGE}", type="mixing")
    world.do("POST", f"/channels/{channel.id}/play", media="sound:long", playbackId=PLAYBACK)
    params = {name: value.format(id=channel.id) for name, value in params.items()}
    blocked = world.ask("POST", path.format(id=channel.id), **params)
    world.run(4_900)
    assert blocked.response is None
    world.run(150)
    assert blocked.status == 204


def test_e6_stopping_the_prompt_frees_what_waits_at_once():
    world = World()
    _, channel = world.arrive()
    world.model.pbx.prompt_ms = lambda _uri: 30_000
    world.do("POST", f"/channels/{channel.id}/play", media="sound:long", playbackId=PLAYBACK)
    blocked = world.ask("POST", f"/channels/{channel.id}/variable", variable="X", value="1")
    world.run(1_000)
    assert world.do("DELETE", f"/playbacks/{PLAYBACK}").status == 204
    assert blocked.status == 204
    assert world.events[-1]["playback"]["state"] == "done"
    gone = world.do("DELETE", f"/playbacks/{PLAYBACK}")
    assert (gone.status, gone.body) == (404, {"message": "Playback not found"})


def test_e6_what_waits_when_the_caller_hangs_up_is_answered_204():
    world = World()
    caller, channel = world.arrive()
    world.do("POST", f"/channels/{channel.id}/play", media="sound:a_long_prompt")
    blocked = world.ask("POST", f"/channels/{channel.id}/answer")
    world.run(100)
    caller.put_down()
    world.run(20)
    assert blocked.status == 204
    assert channel.ended


def test_e17_a_prompt_on_a_holding_bridge_blocks_nothing_and_ends_when_the_caller_leaves():
    world = World()
    caller, channel = world.arrive()
    world.hold(channel)
    world.do("POST", f"/bridges/{BRIDGE}/play", media="sound:position_is", playbackId=PLAYBACK)
    assert caller.hearing == "prompt:sound:position_is"
    assert (
        world.do("POST", f"/channels/{channel.id}/variable", variable="X", value="1").status == 204
    )
    world.do("POST", f"/bridges/{ROOM}", type="mixing")
    assert world.enter(ROOM, channel.id).status == 204
    assert world.do("GET", f"/playbacks/{PLAYBACK}").status == 404
    assert channel.bridge is world.model.pbx.bridges[ROOM]


def test_music_by_command_on_a_holding_bridge_makes_announcements_fail_at_once():
    world = World()
    _, channel = world.arrive()
    world.hold(channel)
    world.do("POST", f"/bridges/{BRIDGE}/moh")
    world.do("POST", f"/bridges/{BRIDGE}/play", media="sound:hello", playbackId=PLAYBACK)
    assert world.events[-1]["playback"]["state"] == "failed"


def test_a_list_of_prompts_is_one_playback_and_a_missing_file_fails_it():
    world = World()
    _, channel = world.arrive()
    since = len(world.events)
    uris = "sound:one,sound:two,sound:missing"
    world.do("POST", f"/channels/{channel.id}/play", media=uris, playbackId=PLAYBACK)
    world.run(5_000)
    assert world.kinds(since) == [
        "PlaybackStarted",
        "PlaybackContinuing",
        "PlaybackStarted",
        "PlaybackContinuing",
        "PlaybackStarted",
        "PlaybackFinished",
    ]
    assert world.events[-1]["playback"]["state"] == "failed"


def test_a_prompt_for_a_channel_whose_bridge_was_just_dropped_may_never_be_played():
    states = [_state_of_a_prompt_after_a_dropped_bridge(seed) for seed in range(20)]
    assert set(states) == {"queued for ever", "over"}


def _state_of_a_prompt_after_a_dropped_bridge(seed: int) -> str:
    world = World(seed)
    _, channel = world.arrive()
    world.do("POST", f"/bridges/{ROOM}", type="holding")
    world.do("POST", f"/bridges/{ROOM}/addChannel", channel=channel.id)
    world.ask("DELETE", f"/bridges/{ROOM}")
    world.ask("POST", f"/channels/{channel.id}/play/{PLAYBACK}", media="sound:x")
    world.run(20_000)
    found = world.do("GET", f"/playbacks/{PLAYBACK}")
    return "over" if found.status == 404 else f"{found.body['state']} for ever"


# ---------------------------------------------------------------- E18: orders and causes


def test_e18_an_answered_leg_and_a_caller_who_ends_the_talk():
    world = World()
    caller, channel = world.talk()
    caller.put_down()
    world.run(10)
    world.do("DELETE", f"/channels/{LEG}")
    world.do("DELETE", f"/bridges/{ROOM}")
    assert world.of(LEG) == [
        "Dial",
        *["Dial", "ChannelStateChange"][:: 1 if world.of(LEG)[1] == "Dial" else -1],
        "ChannelStateChange",
        "Dial",
        "StasisStart",
        "ChannelEnteredBridge",
        "ChannelConnectedLine",
        "ChannelHangupRequest",
        "ChannelLeftBridge",
        "StasisEnd",
        "ChannelDestroyed",
    ]
    assert world.of(channel.id)[-3:] == ["ChannelHangupRequest", "ChannelLeftBridge", "StasisEnd"]
    assert world.kinds()[-2:] == ["ChannelDestroyed(16)", "BridgeDestroyed"]


@pytest.mark.parametrize(
    ("how", "cause", "status"),
    [
        (Refusal.BUSY, 17, "BUSY"),
        (Refusal.DECLINED, 21, "NOANSWER"),
        (Refusal.UNAVAILABLE, 19, "NOANSWER"),
    ],
)
def test_e18_a_refusal_ends_the_leg_with_its_cause(how, cause, status):
    world = World()
    world.phones.station("PJSIP/agent1").behaviour = Refuses(how)
    world.originate()
    world.run(50)
    assert world.kinds() == [
        "Dial(start)",
        f"ChannelHangupRequest({cause})",
        f"Dial({status})",
        f"ChannelDestroyed({cause})",
    ]
    assert world.events[-1]["tech_cause"] == how.value


def test_e18_no_answer_ends_at_the_time_out_without_a_hangup_request():
    world = World()
    world.originate(timeout="3")
    world.run(2_990)
    assert set(world.kinds()) == {"Dial(start)", "Dial(RINGING)", "Ringing"}
    world.run(50)
    assert world.kinds()[-1] == "ChannelDestroyed(19)"
    assert len(world.events) == 4


def test_e18_a_dead_phone_never_rings_and_ends_at_the_full_time_out():
    world = World()
    world.phones.station("PJSIP/agent1").behaviour = Dead()
    world.originate(timeout="8")
    world.run(7_990)
    assert world.kinds() == ["Dial(start)"]
    world.run(50)
    assert world.kinds() == ["Dial(start)", "ChannelDestroyed(19)"]


def test_e18_ending_a_ringing_leg():
    world = World()
    world.originate()
    world.run(20)
    assert world.do("DELETE", f"/channels/{LEG}").status == 204
    assert world.kinds()[-3:] == [
        "ChannelHangupRequest(32)",
        "Dial(NOANSWER)",
        "ChannelDestroyed(16)",
    ]
    assert not world.phones.station("PJSIP/agent1").ringing
    assert "StasisStart" not in world.of(LEG)


def test_e18_an_unknown_or_unregistered_phone_gets_500_and_no_event():
    world = World()
    world.phones.station("PJSIP/agent2").registered = False
    for endpoint in ("PJSIP/nobody", "PJSIP/agent2"):
        leg = world.originate(endpoint=endpoint)
        world.run(20)
        assert leg.response is not None
        assert (leg.status, leg.response.body) == (500, {"error": "Allocation failed"})
    assert world.events == []


def test_e18_r6_an_end_may_come_before_the_leg_exists_and_then_is_404():
    outcomes = set()
    for seed in range(30):
        world = World(seed)
        leg = world.originate()
        world.run(0.8)
        ended = world.ask("DELETE", f"/channels/{LEG}")
        world.run(100)
        outcomes.add((ended.status, leg.status, world.phones.station("PJSIP/agent1").ringing))
    assert outcomes == {(404, 200, True), (204, 200, False)}


@pytest.mark.parametrize("seed", range(40))
def test_e18_orders_that_never_break_when_answer_and_hangup_race(seed):
    world = World(seed)
    caller, channel = world.arrive()
    world.do("POST", f"/bridges/{ROOM}", type="mixing")
    world.originate()
    world.run(20)
    pbx = world.model.pbx
    station = world.phones.station("PJSIP/agent1")

    def pick_up() -> None:
        if station.ringing:
            station.pick_up()

    def end_leg() -> None:
        world.ask("DELETE", f"/channels/{LEG}")

    def connect() -> None:
        world.ask("POST", f"/bridges/{ROOM}/addChannel", channel=f"{channel.id},{LEG}")

    for act in (pick_up, caller.put_down, end_leg, connect):
        pbx.later(pbx.random.uniform(0, 6), act)
    world.run(100)
    for leg_id in (channel.id, LEG):
        kinds = world.of(leg_id)
        assert kinds.count("StasisStart") <= 1
        assert kinds.count("StasisEnd") == kinds.count("StasisStart")
        if "StasisStart" in kinds:
            assert kinds.index("StasisStart") < kinds.index("StasisEnd")
    assert world.of(LEG)[-1] == "ChannelDestroyed"
    assert "ChannelDestroyed" not in world.of(channel.id)
    assert world.do("GET", "/channels").body == []


# ---------------------------------------------------------------- E19, E20, E11


def test_e19_an_id_that_is_a_prefix_of_a_live_one_is_refused():
    world = World()
    for new, status in [("ag-10", 200), ("ag-1", 409), ("AG-1", 409), ("ag-100", 200)]:
        leg = world.originate(new, "PJSIP/agent1")
        world.run(10)
        assert leg.status == status
    assert world.do("GET", "/channels/ag-1").status == 404
    assert world.do("GET", "/channels/AG-10").status == 200
    assert world.model.pbx.refused_ids == 2


def test_e20_an_event_may_come_before_the_reply():
    first = set()
    for seed in range(30):
        world = World(seed)
        leg = world.originate()
        while leg.response is None and not world.events:
            world.run(0.05)
        first.add("event" if world.events else "reply")
    assert first == {"event", "reply"}


def test_e11_a_bridged_channel_moves_to_another_application():
    world = World()
    caller, channel = world.arrive()
    world.hold(channel)
    other: list[Json] = []
    world.model.connect(["cc-b"], other.append)
    world.do("POST", f"/channels/{channel.id}/move", app="cc-b", appArgs="resume")
    assert world.events[-1]["type"] == "StasisEnd"
    assert [(event["type"], event["args"]) for event in other] == [("StasisStart", ["resume"])]
    assert caller.hearing == "music"
    world.do("POST", f"/channels/{channel.id}/move", app="cc-c")
    assert other[-1]["type"] == "ApplicationMoveFailed"
