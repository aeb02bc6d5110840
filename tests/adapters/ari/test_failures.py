import pytest

from callcenter.adapters.ari.failures import NO_ANSWER, NOTHING, Consequence, consequence
from callcenter.core.call.effects import (
    Announce,
    ClaimCall,
    DropBridge,
    EndLeg,
    PlayPrompts,
    RingAgent,
    StopPrompts,
    TelephonyEffect,
)
from callcenter.core.call.messages import (
    ClaimRefused,
    LegEnd,
    LegEnded,
    PlaybackEnded,
)
from callcenter.core.ids import BridgeId, CallId, LegId, PlaybackId
from tests.adapters.ari.messages import CALL, CALLER, LEG, PLAYBACK

call_id, caller_id, leg_id = CallId(CALL), LegId(CALLER), LegId(LEG)
playback_id, hold = PlaybackId(PLAYBACK), BridgeId("d" * 32)


harmless: list[TelephonyEffect] = [
    ClaimCall(caller_id),
    StopPrompts(call_id, playback_id),
    DropBridge(call_id, hold),
]


@pytest.mark.parametrize("effect", harmless)
def test_nothing_follows_where_nothing_can_be_done(effect: TelephonyEffect) -> None:
    assert consequence(effect, 500) is NOTHING


@pytest.mark.parametrize("status", [404, 409])
def test_a_claim_that_came_second_is_told(status: int) -> None:
    told = consequence(ClaimCall(caller_id), status)
    assert told.inputs == (ClaimRefused(caller_id),)


def test_a_refused_ring_needs_no_undoing_and_an_unanswered_one_does() -> None:
    ring = RingAgent(call_id, leg_id, "PJSIP/1001", "", 20_000)
    ended = (LegEnded(leg_id, LegEnd.UNREACHABLE),)
    assert consequence(ring, 500) == Consequence(None, ended)
    unanswered = consequence(ring, NO_ANSWER)
    assert unanswered.inputs == ended
    assert unanswered.undo is not None
    assert unanswered.undo.ends == leg_id


def test_a_prompt_that_may_play_yet_is_stopped_before_it_is_called_over() -> None:
    play = PlayPrompts(call_id, caller_id, playback_id, ("menu",))
    follows = consequence(play, NO_ANSWER)
    assert follows.undo is not None
    assert follows.undo.path == f"/playbacks/{PLAYBACK}"
    assert follows.inputs == (PlaybackEnded(playback_id),)
    assert follows.suspects == (caller_id,)


def test_a_refused_announcement_is_over_and_blames_nobody() -> None:
    follows = consequence(Announce(call_id, hold, playback_id, ("x",)), 404)
    assert follows == Consequence(None, (PlaybackEnded(playback_id),))


def test_a_leg_that_cannot_be_ended_is_read_again() -> None:
    assert consequence(EndLeg(call_id, leg_id), NO_ANSWER).suspects == (leg_id,)
