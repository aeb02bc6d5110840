"""Bodies of the HTTP interface that say why; ``wire`` names them for the page's types."""

from collections.abc import Sequence

import msgspec

from callcenter.core.why.explanation import Explanation


class Why(msgspec.Struct, frozen=True):
    """GET /api/why/calls/{call_id} and /api/why/agents/{agent_id}."""

    explanation: Explanation


class WhyWaiting(msgspec.Struct, frozen=True):
    """GET /api/why/waiting: all who wait, the first in line first."""

    explanations: Sequence[Explanation]


class WhyFound(msgspec.Struct, frozen=True):
    """The same on the operator's socket, which says that there is nothing with None."""

    explanation: Explanation | None
