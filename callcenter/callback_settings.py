"""How customers are called back, and whom the service may call: read and checked."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import msgspec
import phonenumbers
from msgspec import Meta
from phonenumbers.phonemetadata import PhoneMetadata

from callcenter.core.acd.callback_rules import CallbackRules, CallFirst
from callcenter.core.dialling import NUMBER_FIELD, international
from callcenter.core.dialling import Outbound as OutboundRules
from ivr_flows.durations import Duration
from ivr_flows.faults import FaultList, shown
from ivr_flows.faults import Path as Place
from ivr_flows.forms import MaybePrompts
from ivr_flows.prompt_store import prompt_names
from ivr_flows.shapes import Within

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
Prefix = Annotated[
    str,
    Meta(
        pattern=r"^\+[1-9][0-9]{0,14}\Z",
        description='the beginning of international numbers, such as "+1" or "+4930"',
    ),
]
CallerId = Annotated[
    str,
    Meta(pattern=r"^(\+?[0-9]{1,20})?\Z", description="a number of up to 20 digits, or nothing"),
]


class Callback(msgspec.Struct, frozen=True, kw_only=True):
    """How a queue calls its callers back."""

    first: Literal["agent", "customer"] = "agent"
    ring: Annotated[Duration, Within(5_000, 2 * MINUTE_MS)] = Duration(25_000)
    attempts: Annotated[int, Meta(ge=1, le=20)] = 3
    retry: Annotated[Duration, Within(10_000, 7 * DAY_MS)] = Duration(15 * MINUTE_MS)
    starts_after: Annotated[Duration, Within(0, HOUR_MS)] = Duration(10_000)
    keep: Annotated[Duration, Within(MINUTE_MS, 14 * DAY_MS)] = Duration(DAY_MS)
    snooze: Annotated[Duration, Within(MINUTE_MS, 7 * DAY_MS)] = Duration(30 * MINUTE_MS)
    greeting: MaybePrompts = ("callback_greeting",)
    slot: Annotated[Duration, Within(MINUTE_MS, DAY_MS)] = Duration(15 * MINUTE_MS)
    per_slot: Annotated[int, Meta(ge=0, le=100_000)] = 0

    def rules(self) -> CallbackRules:
        """Return them for the core."""
        return CallbackRules(
            CallFirst(self.first),
            int(self.ring),
            self.attempts,
            int(self.retry),
            int(self.starts_after),
            int(self.keep),
            int(self.snooze),
            self.greeting,
            int(self.slot),
            self.per_slot,
        )


class Outbound(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the service may call, and how."""

    endpoint: str = ""
    """What Asterisk dials, with {number} in it; empty: nobody is called."""
    caller_id: CallerId = ""
    allow: Annotated[tuple[Prefix, ...], Meta(max_length=500)] = ()
    deny: Annotated[tuple[Prefix, ...], Meta(max_length=500)] = ()


def outbound_rules(outbound: Outbound, region: str, numbers: Iterable[str]) -> OutboundRules:
    """Return the toll rules for the core.

    Args:
        outbound: The settings.
        region: Where numbers without a country belong.
        numbers: Our own, as the trunk delivers them.
    """
    code = phonenumbers.country_code_for_region(region)
    metadata = PhoneMetadata.metadata_for_region(region)
    rules = OutboundRules(
        endpoint=outbound.endpoint,
        caller_id=outbound.caller_id,
        allow=outbound.allow,
        deny=outbound.deny,
        country_code=str(code) if code else "",
        national_prefix=(metadata.national_prefix or "") if metadata else "",
    )
    ours = (international(number, rules) for number in (*numbers, outbound.caller_id))
    own = frozenset(number for number in ours if number is not None)
    return OutboundRules(
        rules.endpoint,
        rules.caller_id,
        rules.allow,
        rules.deny,
        own,
        rules.country_code,
        rules.national_prefix,
    )


def check_outbound(outbound: Outbound, faults: FaultList) -> None:
    """Note what is wrong with the toll rules."""
    place = ("outbound", "endpoint")
    text = outbound.endpoint
    if text and not re.fullmatch(r"[A-Za-z]+/[A-Za-z0-9_.+{}@:/-]{1,200}", text):
        faults.add(place, f"expected such as PJSIP/{NUMBER_FIELD}@trunk, got {shown(text)}")
    elif text and text.count(NUMBER_FIELD) != 1:
        faults.add(place, f"{NUMBER_FIELD} must stand in it once, for the number that is called")
    if text and not outbound.allow:
        problem = "no number may be called: outbound.allow is empty"
        faults.add(place, problem, 'give the prefixes that may, such as allow: ["+1"]')
    for number, prefix in enumerate(outbound.deny):
        if not prefix.startswith(outbound.allow):
            problem = f"{shown(prefix)} is not allowed anyway"
            faults.add(
                ("outbound", "deny", number), problem, "remove it, or allow a shorter prefix"
            )
    for number, prefix in enumerate(outbound.allow):
        if outbound.deny and prefix.startswith(outbound.deny):
            problem = f"{shown(prefix)} is denied too: no number could be called by it"
            faults.add(("outbound", "allow", number), problem, "remove it, or deny a longer prefix")


def check_callbacks(callbacks: Mapping[str, Callback], faults: FaultList) -> None:
    """Note what is wrong with how queues call back, by the queue's name."""
    for queue_id, callback in callbacks.items():
        place: Place = ("queues", queue_id, "callback")
        if callback.first == "customer" and not callback.greeting:
            problem = "customers are called first, but nothing tells them the keys"
            faults.add((*place, "greeting"), problem, "give a prompt, such as callback_greeting")
        for number, name in enumerate(callback.greeting):
            if name not in prompt_names():
                faults.unknown((*place, "greeting", number), "prompt", name, prompt_names())
        if callback.keep < callback.retry:
            problem = "the promise is over before the second try"
            faults.add((*place, "keep"), problem, "make it longer than retry")
