import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from random import Random

import pytest
from prometheus_client import CollectorRegistry

from callcenter.adapters.ari import telephony
from callcenter.adapters.ari.actions import ActionSettings
from callcenter.adapters.ari.connection import Rhythm, TakenOver, TooOld
from callcenter.adapters.ari.echo import ECHO, MOST_UNHEARD
from callcenter.adapters.ari.prompt_uris import PromptUris
from callcenter.adapters.ari.telephony import AriSettings, AriTelephony
from callcenter.core.call.effects import (
    Announce,
    AnswerCaller,
    ClaimCall,
    ConnectLegs,
    DropBridge,
    EndLeg,
    HangUpCaller,
    HoldCaller,
    PlayPrompts,
    ReleaseCaller,
    RingAgent,
    StopPrompts,
    TelephonyEffect,
)
from callcenter.core.call.messages import (
    CallerArrived,
    CallerEnd,
    CallerGone,
    ClaimRefused,
    LegAnswered,
    LegEnd,
    LegEnded,
    PlaybackEnded,
)
from callcenter.core.ids import BridgeId, CallId, LegId, PlaybackId
from callcenter.ports.telephony import SeenBridge, TelephonyInput, TelephonyUnavailable
from tests.adapters.ari.messages import (
    CALL,
    CALLER,
    LEG,
    PLAYBACK,
    channel,
    destroyed,
    event,
    of_channel,
    start_of_caller,
    start_of_leg,
)
from tests.adapters.ari.scripted import INFO, ScriptedTransport

call_id, caller_id, leg_id = CallId(CALL), LegId(CALLER), LegId(LEG)
playback_id, hold, talk = PlaybackId(PLAYBACK), BridgeId("d" * 32), BridgeId("b" * 32)
RING = ("POST", f"/channels/{LEG}")
ring = RingAgent(call_id, leg_id, "PJSIP/1001", "", 20_000)
lost = CallerGone(caller_id, CallerEnd.LOST)


class WallClock:
    def wall_ms(self) -> int:
        return 1_795_323_368_000

    def elapsed_ms(self) -> int:
        return 0


class Line:
    """A telephony whose PBX is scripted, and what it told."""

    def __init__(self) -> None:
        self.pbx = ScriptedTransport()
        self.registry = CollectorRegistry()
        self.told: list[TelephonyInput | str] = []
        settings = AriSettings(
            ActionSettings("cc-test", PromptUris()),
            Rhythm(
                beat_every_s=0.01, echo_every_s=0.01, first_retry_s=0.001, longest_retry_s=0.002
            ),
        )
        self.telephony = AriTelephony(self.pbx, settings, WallClock(), Random(7), self.registry)

    async def run(self) -> None:
        await self.telephony.run(
            self.told.append,
            lambda: self.told.append("connected"),
            lambda: self.told.append("lost"),
        )

    async def perform(self, effect: TelephonyEffect) -> list[TelephonyInput | str]:
        """Carry out an effect and return what was told meanwhile."""
        before = len(self.told)
        await self.telephony.perform(effect)
        return self.told[before:]

    async def hear(self, *messages: bytes) -> None:
        """Have messages read."""
        self.pbx.send(*messages)
        await settle()

    def echoes(self) -> int:
        """Return how often the PBX was asked to say something."""
        return self.pbx.asked.count(("POST", f"/events/user/{ECHO}"))

    def counted(self, metric: str, **labels: str) -> float:
        return self.registry.get_sample_value(metric, labels) or 0.0


async def settle(turns: int = 10) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)


async def until(check: Callable[[], bool]) -> None:
    async with asyncio.timeout(2):
        for _ in itertools.takewhile(lambda _: not check(), itertools.count()):
            await asyncio.sleep(0.001)


@asynccontextmanager
async def running(line: Line) -> AsyncIterator[asyncio.Task[None]]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(line.run())
        await until(lambda: "connected" in line.told)
        yield task
        task.cancel()


@pytest.fixture
async def line(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    monkeypatch.setattr(telephony, "GRACE_S", 0.01)
    monkeypatch.setattr(telephony, "LATER_S", 0.01)
    line = Line()
    async with running(line):
        yield line


async def test_connected_is_told_before_the_first_input() -> None:
    line = Line()
    line.pbx.send(start_of_caller())
    async with running(line):
        await until(lambda: len(line.told) == 2)
    assert line.told[0] == "connected"
    assert isinstance(line.told[1], CallerArrived)


async def test_the_filter_is_set_before_anything_is_read(line: Line) -> None:
    assert line.pbx.asked[:2] == [
        ("GET", "/asterisk/info"),
        ("PUT", "/applications/cc-test/eventFilter"),
    ]


async def test_the_dialplan_is_told_that_we_live(line: Line) -> None:
    await until(lambda: ("POST", "/asterisk/variable") in line.pbx.asked)
    await until(lambda: line.told == ["connected"])
    beats = [params for params in line.pbx.params if "value" in params]
    assert beats == [
        {"variable": "CC_BEAT_test", "value": "1795323368"},
        {"variable": "CC_BEAT", "value": "1795323368"},
    ]


@pytest.mark.parametrize("error", [None, ConnectionResetError("cut"), TimeoutError()])
async def test_a_lost_socket_is_told_and_opened_again(error: OSError | None) -> None:
    line = Line()
    async with running(line):
        line.pbx.cut(error)
        await until(lambda: line.told.count("connected") == 2)
    assert line.told == ["connected", "lost", "connected"]


async def test_a_socket_on_which_the_pbx_says_nothing_is_opened_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    line = Line()
    async with running(line):
        await until(lambda: line.echoes() >= 4)
        assert line.told == ["connected"], "it hears the echoes"
        line.pbx.is_mute = True
        await until(lambda: line.told.count("connected") == 2)
        line.pbx.is_mute = False
        asked = line.echoes()
        await until(lambda: line.echoes() >= asked + 4)
    assert line.told[:3] == ["connected", "lost", "connected"]
    assert "says nothing on the event socket" in caplog.text


@pytest.mark.parametrize(
    ("answer", "connections"), [((500, None), 1), (TimeoutError(), 1), ((404, None), 2)]
)
async def test_silence_counts_only_where_the_pbx_took_the_question(
    answer: tuple[int, None] | OSError, connections: int
) -> None:
    line = Line()
    line.pbx.is_mute = True
    request = ("POST", f"/events/user/{ECHO}")
    line.pbx.answers[request] = deque([answer])
    async with running(line):
        await until(lambda: line.echoes() >= 2 * MOST_UNHEARD)
    assert line.told.count("connected") >= connections
    assert (line.told.count("connected") > 1) is (connections > 1)


async def test_a_pbx_that_is_down_or_refuses_us_is_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    line = Line()
    refused, wrong = ConnectionRefusedError("no route"), PermissionError("401")
    line.pbx.refusals.extend([refused, refused, wrong])
    async with running(line):
        assert line.told == ["connected"]
    warnings = [each.message for each in caplog.records if each.levelname == "WARNING"]
    assert len(warnings) == 2, "the same reason is logged once"
    assert "no route; does it run" in warnings[0]
    assert "ari.conf" in warnings[1]


async def test_a_failing_filter_ends_the_attempt_and_not_the_service() -> None:
    line = Line()
    filtering = ("PUT", "/applications/cc-test/eventFilter")
    line.pbx.answers[filtering].appendleft((500, None))
    async with running(line):
        assert line.told == ["connected"]
        assert line.pbx.opened == 2


async def test_nothing_waits_longer_than_one_command_that_is_not_answered(line: Line) -> None:
    line.pbx.fail("POST", f"/channels/{CALLER}/answer", TimeoutError())
    line.pbx.hold("GET", f"/channels/{CALLER}")
    async with asyncio.timeout(0.5):
        await line.perform(AnswerCaller(call_id, caller_id))
    await until(lambda: ("GET", f"/channels/{CALLER}") in line.pbx.asked)
    assert ("POST", f"/channels/{CALLER}/variables") not in line.pbx.asked


async def test_an_asterisk_without_claims_is_refused() -> None:
    line = Line()
    line.pbx.answers["GET", "/asterisk/info"].clear()
    line.pbx.answer("GET", "/asterisk/info", 200, {"system": {"version": "22.9.0"}})
    with pytest.raises(TooOld, match=r"22\.9\.0.*upgrade"):
        await line.run()


async def test_a_second_process_with_our_name_ends_ours() -> None:
    line = Line()
    line.pbx.send(event("ApplicationReplaced"))
    with pytest.raises(TakenOver, match="cc-test"):
        await line.run()


async def test_a_try_of_our_own_that_arrives_late_is_no_second_process(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The network held a try back; the PBX takes it for a newer connection than the one in use."""
    line = Line()
    line.pbx.refusals.extend([TimeoutError(), ConnectionRefusedError("nobody there")])
    line.pbx.send(event("ApplicationReplaced"))
    line.pbx.send(event("ApplicationReplaced"))
    with pytest.raises(TakenOver, match="cc-test"):
        await line.run()
    assert line.pbx.opened == 2, (
        "one late try explains it once; the second time it is somebody else"
    )
    assert "an earlier try of our own" in caplog.text


async def test_a_refused_ring_is_a_leg_that_cannot_be_reached(line: Line) -> None:
    line.pbx.answer(*RING, 500, {"error": "Allocation failed"})
    assert await line.perform(ring) == [LegEnded(leg_id, LegEnd.UNREACHABLE)]


async def test_a_conflict_of_channel_ids_raises_the_alarm(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    line.pbx.answer(*RING, 409)
    assert await line.perform(ring) == [LegEnded(leg_id, LegEnd.UNREACHABLE)]
    assert line.counted("callcenter_ari_channel_id_conflicts_total") == 1
    assert "restart this PBX" in caplog.text


async def test_a_lost_claim_is_normal(line: Line) -> None:
    line.pbx.answer("POST", "/events/claim", 409)
    assert await line.perform(ClaimCall(caller_id)) == [ClaimRefused(caller_id)]
    assert line.counted("callcenter_ari_channel_id_conflicts_total") == 0
    assert line.counted("callcenter_ari_refusals_total", name="claim", status="409") == 1


async def test_a_ring_without_a_reply_is_taken_back(line: Line) -> None:
    line.pbx.fail(*RING, TimeoutError())
    line.pbx.answer("DELETE", RING[1], 404)
    line.pbx.answer("DELETE", RING[1], 204)
    await line.perform(ring)
    await until(lambda: line.pbx.asked.count(("DELETE", RING[1])) == 2)
    await line.hear(destroyed(LEG, 16))
    assert line.told[1:] == [LegEnded(leg_id, LegEnd.UNREACHABLE)], "its end is told once"


async def test_a_leg_that_is_ended_while_it_is_made_is_ended_again(line: Line) -> None:
    # 38 of 100 such races left a ringing leg behind before.
    made = line.pbx.hold(*RING)
    line.pbx.answer("DELETE", RING[1], 404)
    line.pbx.answer("DELETE", RING[1], 204)
    async with asyncio.TaskGroup() as group:
        group.create_task(line.telephony.perform(ring))
        await settle()
        assert await line.perform(EndLeg(call_id, leg_id)) == []
        made.set()
    assert line.pbx.asked.count(("DELETE", RING[1])) == 2
    await line.hear(destroyed(LEG, 16))
    assert line.told[-1] == LegEnded(leg_id, LegEnd.CANCELLED)


async def test_a_leg_that_ended_while_it_was_made_is_left_alone(line: Line) -> None:
    made = line.pbx.hold(*RING)
    async with asyncio.TaskGroup() as group:
        group.create_task(line.telephony.perform(ring))
        await settle()
        await line.hear(destroyed(LEG, 17, tech_cause=486))
        made.set()
    assert line.told[-1] == LegEnded(leg_id, LegEnd.REFUSED)
    assert ("DELETE", RING[1]) not in line.pbx.asked


async def test_a_leg_that_answers_after_its_end_is_ended_again(line: Line) -> None:
    await line.perform(EndLeg(call_id, leg_id))
    await line.hear(start_of_leg())
    await until(lambda: line.pbx.asked.count(("DELETE", RING[1])) == 2)
    assert LegAnswered(leg_id) not in line.told


@pytest.mark.parametrize("status", [400, 404, 409, 412, 422])
@pytest.mark.parametrize(
    ("effect", "refused"),
    [
        (AnswerCaller(call_id, caller_id), f"/channels/{CALLER}/answer"),
        (HoldCaller(call_id, caller_id, hold), f"/bridges/{hold}/addChannel"),
        (ReleaseCaller(call_id, caller_id), f"/channels/{CALLER}/continue"),
    ],
)
async def test_a_caller_who_is_not_there_any_more_is_lost(
    line: Line, effect: TelephonyEffect, refused: str, status: int
) -> None:
    line.pbx.answer("POST", refused, status)
    line.pbx.answer("GET", f"/channels/{CALLER}", 404)
    assert await line.perform(effect) == [lost]


async def test_a_caller_who_is_still_there_is_not_lost(line: Line) -> None:
    line.pbx.answer("POST", f"/bridges/{hold}/addChannel", 409)
    line.pbx.answer("GET", f"/channels/{CALLER}", 200, channel())
    assert await line.perform(HoldCaller(call_id, caller_id, hold)) == []


async def test_a_caller_who_is_in_the_fallback_is_lost_to_us(line: Line) -> None:
    elsewhere = channel(dialplan={"app_name": "Queue", "context": "cc-fallback"})
    line.pbx.answer("POST", f"/bridges/{hold}/addChannel", 422)
    line.pbx.answer("GET", f"/channels/{CALLER}", 200, elsewhere)
    assert await line.perform(HoldCaller(call_id, caller_id, hold)) == [lost]


async def test_the_true_end_of_a_caller_wins_over_a_refusal(line: Line) -> None:
    line.pbx.answer("POST", f"/channels/{CALLER}/answer", 404)
    line.pbx.answer("GET", f"/channels/{CALLER}", 404)
    async with asyncio.TaskGroup() as group:
        group.create_task(line.telephony.perform(AnswerCaller(call_id, caller_id)))
        await settle()
        await line.hear(of_channel("ChannelHangupRequest"), of_channel("StasisEnd"))
    assert line.told[1:] == [CallerGone(caller_id, CallerEnd.HUNG_UP)]


async def test_the_missing_one_of_two_parties_is_reported(line: Line) -> None:
    line.pbx.answer("POST", f"/bridges/{talk}/addChannel", 400)
    line.pbx.answer("GET", f"/channels/{CALLER}", 200, channel())
    line.pbx.answer("GET", f"/channels/{LEG}", 404)
    told = await line.perform(ConnectLegs(call_id, talk, (caller_id, leg_id)))
    assert told == [LegEnded(leg_id, LegEnd.LOST)]


async def test_an_existing_bridge_is_used(line: Line) -> None:
    line.pbx.answer("POST", f"/bridges/{talk}", 409)
    assert await line.perform(ConnectLegs(call_id, talk, (caller_id, leg_id))) == []
    assert ("POST", f"/bridges/{talk}/addChannel") in line.pbx.asked


@pytest.mark.parametrize("status", [404, 409, 500])
async def test_a_prompt_that_cannot_play_is_over(line: Line, status: int) -> None:
    line.pbx.answer("POST", f"/channels/{CALLER}/play/{PLAYBACK}", status)
    line.pbx.answer("GET", f"/channels/{CALLER}", 200, channel())
    told = await line.perform(PlayPrompts(call_id, caller_id, playback_id, ("menu",)))
    assert told == [PlaybackEnded(playback_id)]


async def test_an_announcement_without_a_reply_is_stopped_and_over(line: Line) -> None:
    line.pbx.fail("POST", f"/bridges/{hold}/play/{PLAYBACK}", TimeoutError())
    await line.perform(Announce(call_id, hold, playback_id, ("you_are_next",)))
    await until(lambda: PlaybackEnded(playback_id) in line.told)
    await until(lambda: ("DELETE", f"/playbacks/{PLAYBACK}") in line.pbx.asked)


async def test_a_prompt_is_played_on_a_lease_that_outlasts_it(line: Line) -> None:
    renewal = ("POST", f"/channels/{CALLER}/variable")
    play = PlayPrompts(call_id, caller_id, playback_id, ("welcome",))
    await line.perform(play)
    asked = [each for each in line.pbx.asked if CALLER in each[1]]
    assert asked[0] == renewal, "nobody knows how long the lease still is"
    await line.perform(play)
    assert line.pbx.asked.count(renewal) == 1


async def test_who_was_just_answered_needs_no_renewal_before_the_first_prompt(line: Line) -> None:
    await line.perform(AnswerCaller(call_id, caller_id))
    await line.perform(PlayPrompts(call_id, caller_id, playback_id, ("welcome",)))
    assert ("POST", f"/channels/{CALLER}/variable") not in line.pbx.asked


async def test_stopping_what_is_over_is_nothing(line: Line) -> None:
    line.pbx.answer("DELETE", f"/playbacks/{PLAYBACK}", 404)
    assert await line.perform(StopPrompts(call_id, playback_id)) == []


async def test_hanging_up_on_one_who_left_unseen_reports_the_loss(line: Line) -> None:
    line.pbx.answer("DELETE", f"/channels/{CALLER}", 404)
    assert await line.perform(HangUpCaller(call_id, caller_id)) == [lost]


async def test_an_unreachable_pbx_raises_nothing(line: Line) -> None:
    line.pbx.fail("POST", f"/channels/{CALLER}/answer", ConnectionRefusedError())
    line.pbx.fail("GET", f"/channels/{CALLER}", ConnectionRefusedError())
    line.pbx.fail("POST", f"/channels/{LEG}/variable", TimeoutError())
    assert await line.perform(AnswerCaller(call_id, caller_id)) == []
    assert not await line.telephony.renew_lease(leg_id, 45_000)
    assert line.counted("callcenter_ari_refusals_total", name="renew", status="0") == 1


async def test_messages_are_counted_by_type(line: Line) -> None:
    await line.hear(start_of_caller(), b"{", b'{"type": "Odd"}')
    for kind in ("StasisStart", "malformed", "unknown_type"):
        assert line.counted("callcenter_ari_events_total", type=kind) == 1


@pytest.mark.parametrize(
    ("pbx_says", "ages"), [("04:57:10.151", [1.5]), ("04:57:08.000", [0.0]), ("05:57:10.151", [])]
)
async def test_the_age_of_an_offered_call_is_measured_by_the_clock_of_the_pbx(
    pbx_says: str, ages: list[float]
) -> None:
    """Ours is a minute behind; and if the PBX's own was set, that is no reason to take no calls."""
    line = Line()
    now = {"ping": "pong", "timestamp": f"2026-11-22T{pbx_says}+0000"}
    line.pbx.answer("GET", "/asterisk/ping", 200, now)
    async with running(line):
        await line.hear(event("CallBroadcast", channel=channel()), event("CallBroadcast"))
        assert line.counted("callcenter_ari_event_age_seconds_count") == len(ages)
        assert line.counted("callcenter_ari_event_age_seconds_sum") == pytest.approx(sum(ages))


async def test_the_heartbeat_tells_the_time_of_the_pbx_however_wrong_ours_is() -> None:
    line = Line()
    now = {"ping": "pong", "timestamp": "2026-11-22T06:30:00.700+0100"}
    line.pbx.answer("GET", "/asterisk/ping", 200, now)
    async with running(line):
        await until(lambda: line.told == ["connected"])
        beats = {params["value"] for params in line.pbx.params if "value" in params}
    assert beats == {str(int(datetime(2026, 11, 22, 5, 30, tzinfo=UTC).timestamp()))}


async def test_nothing_personal_is_logged(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    line.pbx.answer("POST", f"/channels/{CALLER}/answer", 404)
    line.pbx.fail("GET", f"/channels/{CALLER}", ConnectionRefusedError("down"))
    odd = event("StasisStart", args=["odd"], channel=channel())
    await line.hear(start_of_caller(), odd, b'{"+15550100')
    await line.perform(AnswerCaller(call_id, caller_id))
    assert "5550100" not in caplog.text


def put_on_the_pbx(line: Line) -> None:
    ringing = channel(LEG, "Ringing", channelvars={"CC_CALL": CALL})
    strange = channel("1795323368.9", "Up")
    line.pbx.answer("GET", "/channels", 200, [channel(), ringing, strange])
    rooms = [
        {"id": hold, "name": f"cc:{CALL}:hold:cc-test", "channels": [CALLER, "announcer"]},
        {"id": "other", "name": f"cc:{CALL}:talk:cc-other", "channels": []},
    ]
    line.pbx.answer("GET", "/bridges", 200, rooms)
    ours = {"name": "cc-test", "channel_ids": [CALLER, LEG]}
    line.pbx.answer("GET", "/applications/cc-test", 200, ours)


async def test_a_snapshot_shows_what_is_ours(line: Line) -> None:
    put_on_the_pbx(line)
    snapshot = await line.telephony.snapshot()
    caller, leg = snapshot.legs
    assert (caller.leg_id, caller.is_caller, caller.answered) == (caller_id, True, True)
    assert caller.arrival is not None
    assert caller.arrival.dnis == "4000"
    assert (leg.leg_id, leg.is_caller, leg.answered, leg.call_id) == (leg_id, False, False, call_id)
    assert snapshot.bridges == (SeenBridge(hold, frozenset({caller_id})),)
    assert snapshot.pbx_started_at == INFO["status"]["startup_time"]


@pytest.mark.parametrize(
    ("status", "state", "is_heard"),
    [(200, "playing", True), (200, "continuing", True), (200, "queued", False), (404, "", False)],
)
async def test_prompts_that_only_wait_are_not_heard(
    line: Line, status: int, state: str, is_heard: bool
) -> None:
    found = {"id": playback_id, "state": state}
    line.pbx.answer("GET", f"/playbacks/{playback_id}", status, found)
    assert await line.telephony.plays(playback_id) is is_heard


async def test_a_leg_that_a_snapshot_showed_ringing_ends_unanswered(line: Line) -> None:
    put_on_the_pbx(line)
    await line.telephony.snapshot()
    await line.hear(destroyed(LEG, 19))
    assert line.told[-1] == LegEnded(leg_id, LegEnd.NO_ANSWER)


@pytest.mark.parametrize(
    ("answer", "is_known"), [(204, True), (409, True), (500, False), (TimeoutError(), False)]
)
async def test_it_says_whether_it_is_known_what_became_of_a_command(
    line: Line, answer: OSError | int, *, is_known: bool
) -> None:
    for request in (("DELETE", f"/bridges/{hold}"), ("POST", "/events/claim")):
        if isinstance(answer, int):
            line.pbx.answer(*request, answer)
        else:
            line.pbx.fail(*request, answer)
    assert await line.telephony.perform(DropBridge(call_id, hold)) is is_known
    assert await line.telephony.perform(ClaimCall(caller_id)) is is_known


async def test_a_pbx_that_forgot_our_application_has_nothing_of_ours(line: Line) -> None:
    put_on_the_pbx(line)
    line.pbx.answers["GET", "/applications/cc-test"].clear()
    line.pbx.answer("GET", "/applications/cc-test", 404)
    assert (await line.telephony.snapshot()).legs == ()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (ConnectionRefusedError("refused"), "does the PBX run"),
        (TimeoutError(), "no answer in time"),
        ((401, None), "ari.conf"),
        ((500, None), "unexpected status 500"),
        ((404, None), "right address"),
        ((200, {"odd": 1}), "makes no sense"),
    ],
)
async def test_a_snapshot_that_cannot_be_taken_says_what_to_check(
    line: Line, answer: OSError | tuple[int, object], says: str
) -> None:
    put_on_the_pbx(line)
    line.pbx.answers["GET", "/channels"].clear()
    line.pbx.answers["GET", "/channels"].append(answer)
    with pytest.raises(TelephonyUnavailable, match=says):
        await line.telephony.snapshot()
