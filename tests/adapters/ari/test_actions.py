import json
from urllib.parse import unquote

import pytest
from hypothesis import given as given_any
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from callcenter.adapters.ari.actions import (
    ActionSettings,
    Request,
    bridge_name,
    is_our_bridge,
    renewal,
    requests_for,
    shown_caller,
)
from callcenter.adapters.ari.prompt_uris import PromptUris
from callcenter.core.call.effects import (
    Announce,
    AnswerCaller,
    ClaimCall,
    ConnectLegs,
    DropBridge,
    EndLeg,
    HangUpCaller,
    HoldCaller,
    LeaveRoom,
    PlayPrompts,
    ReleaseCaller,
    RingAgent,
    StopPrompts,
    TelephonyEffect,
)
from callcenter.core.ids import BridgeId, CallId, LegId, PlaybackId
from tests.adapters.ari.messages import CALL, CALLER, LEG, PLAYBACK

call_id, caller_id, leg_id = CallId(CALL), LegId(CALLER), LegId(LEG)
playback_id, hold, talk = PlaybackId(PLAYBACK), BridgeId("d" * 32), BridgeId("b" * 32)
settings = ActionSettings("cc-test", PromptUris(durations={"terms": 60_000, "menu": 4_000}))


def requests(effect: TelephonyEffect) -> tuple[Request, ...]:
    return requests_for(effect, settings)


def only(effect: TelephonyEffect) -> Request:
    (request,) = requests(effect)
    return request


def test_a_call_is_claimed_for_our_application() -> None:
    request = only(ClaimCall(caller_id))
    assert (request.method, request.path) == ("POST", "/events/claim")
    assert request.params == {"channelId": CALLER, "application": "cc-test"}


def test_a_caller_is_answered_and_then_marked_and_leased_in_one() -> None:
    answer, mark = requests(AnswerCaller(call_id, caller_id))
    assert answer.path == f"/channels/{CALLER}/answer"
    assert mark.path == f"/channels/{CALLER}/variables"
    assert json.loads(mark.body or b"") == {
        "variables": {
            "CC_CALL": {"value": CALL, "report_events": True},
            "TIMEOUT(absolute)": "45",
        }
    }


def test_prompts_are_one_playback() -> None:
    request = only(PlayPrompts(call_id, caller_id, playback_id, ("hello", "menu")))
    assert request.path == f"/channels/{CALLER}/play/{PLAYBACK}"
    assert request.params == {"media": "sound:callcenter/en/hello,sound:callcenter/en/menu"}


def test_before_a_long_prompt_the_lease_is_made_longer() -> None:
    renew, play = requests(PlayPrompts(call_id, caller_id, playback_id, ("terms",)))
    assert renew.params == {"variable": "TIMEOUT(absolute)", "value": "105"}
    assert play.name == "play"


def test_a_playback_that_is_over_counts_as_stopped() -> None:
    request = only(StopPrompts(call_id, playback_id))
    assert (request.method, request.path) == ("DELETE", f"/playbacks/{PLAYBACK}")
    assert request.fine == {404}


def test_a_caller_waits_in_a_room_with_music_of_its_own() -> None:
    create, enter = requests(HoldCaller(call_id, caller_id, hold))
    assert create.params == {"type": "holding", "name": f"cc:{CALL}:hold:cc-test"}
    assert enter.path == f"/bridges/{hold}/addChannel"
    assert enter.params == {"channel": CALLER, "role": "holding_participant"}


def test_an_announcement_is_played_into_the_room() -> None:
    request = only(Announce(call_id, hold, playback_id, ("you_are_next",)))
    assert request.path == f"/bridges/{hold}/play/{PLAYBACK}"


def test_an_agent_is_rung_with_our_id_and_a_backstop() -> None:
    request = only(RingAgent(call_id, leg_id, "PJSIP/1001", "+15550100", 20_001))
    assert request.path == f"/channels/{LEG}"
    assert request.params == {
        "endpoint": "PJSIP/1001",
        "app": "cc-test",
        "appArgs": "leg",
        "timeout": "23",
        "callerId": "+15550100",
    }
    variables = json.loads(request.body or b"")["variables"]
    assert variables["CC_CALL"] == {"value": CALL, "report_events": True}
    assert variables["TIMEOUT(absolute)"] == "68"


def test_both_legs_enter_the_talk_in_one_request() -> None:
    create, enter = requests(ConnectLegs(call_id, talk, (caller_id, leg_id)))
    assert create.params == {"type": "mixing", "name": f"cc:{CALL}:talk:cc-test"}
    assert create.fine == {409}
    assert enter.params == {"channel": f"{CALLER},{LEG}"}


def test_a_caller_leaves_the_room_before_it_is_dropped() -> None:
    request = only(LeaveRoom(call_id, caller_id, hold))
    assert (request.method, request.path) == ("POST", f"/bridges/{hold}/removeChannel")
    assert request.params == {"channel": CALLER}
    assert request.fine == {404, 422}, "not in the room, or no room"


@pytest.mark.parametrize(
    ("effect", "method", "path"),
    [
        (EndLeg(call_id, leg_id), "DELETE", f"/channels/{LEG}"),
        (HangUpCaller(call_id, caller_id), "DELETE", f"/channels/{CALLER}"),
        (DropBridge(call_id, talk), "DELETE", f"/bridges/{talk}"),
        (ReleaseCaller(call_id, caller_id), "POST", f"/channels/{CALLER}/continue"),
    ],
)
def test_ends_are_one_request_each(effect: TelephonyEffect, method: str, path: str) -> None:
    request = only(effect)
    assert (request.method, request.path) == (method, path)


def test_a_released_caller_goes_to_the_fallback() -> None:
    place = {"context": "cc-fallback", "extension": "s", "priority": "1"}
    assert only(ReleaseCaller(call_id, caller_id)).params == place


def test_a_whole_served_call_takes_twelve_requests() -> None:
    served: list[TelephonyEffect] = [
        ClaimCall(caller_id),
        AnswerCaller(call_id, caller_id),
        PlayPrompts(call_id, caller_id, playback_id, ("menu",)),
        HoldCaller(call_id, caller_id, hold),
        RingAgent(call_id, leg_id, "PJSIP/1001", "", 20_000),
        ConnectLegs(call_id, talk, (caller_id, leg_id)),
        DropBridge(call_id, hold),
        EndLeg(call_id, leg_id),
        DropBridge(call_id, talk),
    ]
    assert sum(len(requests(each)) for each in served) == 12


def test_a_lease_is_whole_seconds_and_never_zero() -> None:
    assert renewal(leg_id, 44_001).params == {"variable": "TIMEOUT(absolute)", "value": "45"}
    assert renewal(leg_id, 0).params == {"variable": "TIMEOUT(absolute)", "value": "1"}


def test_an_id_of_the_pbx_cannot_leave_its_place_in_the_path() -> None:
    request = only(HangUpCaller(call_id, LegId("../x?y=1/2")))
    assert request.path.count("/") == 2
    assert "?" not in request.path
    assert unquote(request.path) == "/channels/../x?y=1/2"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("+15550100", "+15550100"),
        ("", "Anonymous <anonymous>"),
        ('"Eve" <666>', "Eve 666"),
        ("\r\n<>", "Anonymous <anonymous>"),
    ],
)
def test_a_caller_id_cannot_be_more_than_a_number(given: str, shown: str) -> None:
    assert shown_caller(given) == shown


@hypothesis_settings(deadline=None)
@given_any(st.text(max_size=200))
def test_a_shown_caller_id_never_has_a_character_of_syntax(text: str) -> None:
    shown = shown_caller(text)
    assert shown == "Anonymous <anonymous>" or not set(shown) & set('<>"\\\r\n;,@:&()')
    assert 0 < len(shown) <= 64


def test_bridges_are_known_by_whose_they_are() -> None:
    name = bridge_name(call_id, "hold", "cc-test")
    assert is_our_bridge(name, "cc-test")
    assert not is_our_bridge(name, "cc-other")
    assert not is_our_bridge("someone's:cc-test", "cc-test")


@pytest.mark.parametrize("name", ["", "cc-", "main", "cc-a/b", "cc-a b", "cc-ä"])
def test_an_application_that_the_dialplan_would_not_offer_calls_to_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="must be cc-"):
        ActionSettings(name)
