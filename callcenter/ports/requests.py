"""How pages ask the node for something."""

from typing import Protocol

from callcenter.core.acd.asked import BumpRequested
from callcenter.core.acd.messages import DeskInput
from callcenter.core.acd.queue_messages import QueueInput
from callcenter.core.call.callback_messages import (
    AgentCallbackRequested,
    CallbackCancelRequested,
    CallbackRequested,
)
from callcenter.core.call.messages import (
    AnswerRequested,
    HangUpRequested,
    OfferSeen,
    PersonConfirmed,
    WrapUpSubmitted,
)

Request = (
    DeskInput
    | QueueInput
    | BumpRequested
    | WrapUpSubmitted
    | HangUpRequested
    | AnswerRequested
    | OfferSeen
    | PersonConfirmed
    | CallbackRequested
    | CallbackCancelRequested
    | AgentCallbackRequested
)


class Requests(Protocol):
    """Takes what people ask for on their pages."""

    async def request(self, request: Request) -> str | None:
        """Return None when it is recorded, or a sentence that says why it was refused."""
        ...
