"""Snapshots that show exactly what a centre wants, or nearly so."""

from dataclasses import replace

from callcenter.core.call.messages import (
    CallerArrived,
)
from callcenter.core.call.model import Call, Phase
from callcenter.core.centre import Centre
from callcenter.core.ids import LegId
from callcenter.ports.telephony import SeenBridge, SeenLeg, Snapshot
from callcenter.runtime.reconcile import Seen


def wanted_picture(centre: Centre) -> Snapshot:
    """Return the snapshot of a PBX that has carried out all that is wanted."""
    legs: list[SeenLeg] = []
    bridges: list[SeenBridge] = []
    for call_id, call in centre.calls.items():
        goal = centre.arrangement(call_id)
        if goal.caller is None:
            continue
        legs.append(SeenLeg(goal.caller, True, True, call_id, arrival(call)))
        inside = {goal.caller}
        if goal.agent is not None:
            is_answered = call.phase is Phase.TALK or call.briefing is not None
            legs.append(SeenLeg(goal.agent.leg_id, False, is_answered, call_id))
            inside |= {goal.agent.leg_id} if goal.talk is not None else set()
        place = goal.talk or goal.room
        if place is not None:
            bridges.append(SeenBridge(place, frozenset(inside)))
    return Snapshot(legs, bridges, "started")


def arrival(call: Call) -> CallerArrived:
    """Return how a caller would be announced."""
    arrived = call.arrived
    return CallerArrived(
        arrived.leg_id, arrived.ani, arrived.presentation, arrived.ani_name, arrived.dnis
    )


def without(picture: Snapshot, leg_id: LegId) -> Snapshot:
    """Return a picture in which a leg is gone."""
    legs = [leg for leg in picture.legs if leg.leg_id != leg_id]
    bridges = [replace(b, leg_ids=b.leg_ids - {leg_id}) for b in picture.bridges]
    return replace(picture, legs=legs, bridges=bridges)


def seen(picture: Snapshot) -> Seen:
    return Seen.of(picture)
