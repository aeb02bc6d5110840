"""What follows from what the watchdog sees. Pure: no clock, no PBX."""

from collections.abc import Iterator
from dataclasses import dataclass

from callcenter.core.ids import CallId, LegId
from callcenter.watchdog.sight import Beat, Instance, Leg


@dataclass(frozen=True, slots=True)
class ToFallback:
    """A caller whom nobody looks after goes to the dialplan's fallback."""

    leg_id: LegId
    call_id: CallId | None
    why: str


@dataclass(frozen=True, slots=True)
class End:
    """A phone that rings, or listens, for nobody is freed."""

    leg_id: LegId
    call_id: CallId | None
    why: str


@dataclass(frozen=True, slots=True)
class KeepTalk:
    """Two who hear each other stay: their lease is renewed in the service's place."""

    leg_id: LegId


Act = ToFallback | End | KeepTalk


def is_dead(before: Beat | None, now: Beat, stale_s: float) -> bool:
    """Say whether an instance has given up beating.

    The beat must be old by the PBX's clock and the same in two looks. So a clock that is set, or
    that differs from the PBX's, never makes a living instance a dead one.

    Args:
        before: Its beat at the look before; None: not seen yet.
        now: Its beat at this look.
        stale_s: The age from which it is taken for dead.
    """
    if before is None or before.value != now.value or now.age_s is None:
        return False
    return abs(now.age_s) >= stale_s


def acts(instance: Instance) -> Iterator[Act]:
    """Yield what is to be done for the legs of a dead instance; callers first.

    Whoever is in a talk with somebody is left alone. Nobody else has anybody: callers in the menu,
    in a waiting room or left alone in a talk go to the fallback; agents' legs that ring or are left
    alone are ended.
    """
    together: set[LegId] = set()
    for talk in instance.talks:
        if len(talk) > 1:
            together |= talk
    alone = {leg for talk in instance.talks if len(talk) == 1 for leg in talk}
    for leg in sorted(instance.legs, key=lambda leg: not leg.is_caller):
        if leg.leg_id in together:
            yield KeepTalk(leg.leg_id)
        elif leg.is_caller:
            why = "left alone in a talk" if leg.leg_id in alone else "waits for nobody"
            yield ToFallback(leg.leg_id, leg.call_id, why)
        else:
            yield End(leg.leg_id, leg.call_id, _why_ended(leg))


def _why_ended(leg: Leg) -> str:
    return "talks with nobody" if leg.is_up else "rings for nobody"
