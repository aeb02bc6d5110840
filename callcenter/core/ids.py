"""Identifiers and instants, and how the ids of things we create are made."""

import hashlib
import re
from functools import lru_cache
from typing import Final, NewType

CallId = NewType("CallId", str)
"""One caller's contact, 32 hex digits."""
LegId = NewType("LegId", str)
"""One phone's part of a call: the caller's, named by the PBX, or an agent's, named by us."""
BridgeId = NewType("BridgeId", str)
PlaybackId = NewType("PlaybackId", str)
OfferId = NewType("OfferId", str)
AgentId = NewType("AgentId", str)
QueueId = NewType("QueueId", str)
PoolId = NewType("PoolId", str)
PartyId = NewType("PartyId", str)

CALL_ID: Final = re.compile(r"[0-9a-f]{32}")
"""What the id of a call looks like; offers have ids of the same form."""

Ms = int
"""Milliseconds: an instant since 1970 UTC (``..._at``), or a duration (``..._ms``)."""


@lru_cache(maxsize=4_096)  # a turn asks for the same few ids again and again: those of 500 calls
def derive_id(journal_id: str, call_number: int, role: str, attempt: int = 0) -> str:
    """Return the id of something we create for a call: the same arguments give the same id.

    Fixed length and lower case, because Asterisk answers 409 to a new id that is a prefix of a
    live one, and such a 409 spoils its channel count.

    Args:
        journal_id: The random id of the journal that numbers the calls.
        call_number: The call's number in that journal, from 1.
        role: What it is for: "call", "leg", "hold", "talk", "play", "offer".
        attempt: Which one of its kind in the call, from 0.

    Returns:
        32 lower-case hexadecimal digits.
    """
    name = f"{journal_id}/{call_number}/{role}/{attempt}"
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def ledger_call_id(leg_id: LegId) -> CallId:
    """Return the id of a call that only the PBX's ledger tells of: always the same for one leg."""
    return CallId(derive_id(leg_id, 0, "ledger"))
