"""Service requests and their numbers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict
from uuid import UUID, uuid5

import sqlalchemy as sa

from crm_store.columns import clean
from crm_store.engine import insert_all, insert_for
from crm_store.matching import IS_OPEN
from crm_store.schema import number_series, service_request


class NewRequest(TypedDict):
    """A request that a call opened; (interaction, number) names it for ever."""

    origin_interaction_id: UUID
    origin_number: int
    activity_id: UUID
    contact_id: UUID | None
    kind: str
    subject: str
    description: str
    opened_at: datetime
    opened_by: str | None


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A request that is not done with."""

    number: str
    subject: str
    kind: str
    status: str
    opened_at: datetime


def open_requests(connection: sa.Connection, new: Sequence[NewRequest]) -> None:
    """Open requests that are not there yet; those that are keep what people made of them.

    Only the person is filled in later, when the call learns who it was.
    """
    if not new:
        return
    there = _already_there(connection, new)
    missing = []
    for request in new:
        key = (request["origin_interaction_id"], request["origin_number"])
        if key not in there:
            missing.append(request)
        elif there[key] is None and request["contact_id"] is not None:
            _name_person(connection, request)
    prefixes = [f"SR-{request['opened_at']:%Y%m%d}-" for request in missing]
    numbers = next_numbers(connection, prefixes)
    rows = [_row(request, number) for request, number in zip(missing, numbers, strict=True)]
    insert_all(connection, service_request, rows)


def _already_there(
    connection: sa.Connection, new: Sequence[NewRequest]
) -> dict[tuple[UUID, int], UUID | None]:
    columns = service_request.c
    query = sa.select(columns.origin_interaction_id, columns.origin_number, columns.contact_id)
    calls = {request["origin_interaction_id"] for request in new}
    found = connection.execute(query.where(columns.origin_interaction_id.in_(calls)))
    return {(call, number): contact_id for call, number, contact_id in found}


def _row(request: NewRequest, number: str) -> dict[str, object]:
    texts = {name: clean(str(request[name])) for name in ("kind", "subject", "description")}
    request_id = uuid5(request["origin_interaction_id"], f"request {request['origin_number']}")
    return {**request, **texts, "id": request_id, "number": number, "status": "new"}


def _name_person(connection: sa.Connection, request: NewRequest) -> None:
    columns = service_request.c
    connection.execute(
        sa.update(service_request)
        .where(columns.origin_interaction_id == request["origin_interaction_id"])
        .where(columns.origin_number == request["origin_number"])
        .values(contact_id=request["contact_id"])
    )


def next_numbers(connection: sa.Connection, prefixes: Sequence[str]) -> Sequence[str]:
    """Return for each prefix the next number of its series, such as "SR-20261122-0001".

    The rows of the series stay locked to the end of the transaction, so no number is given twice;
    one that is rolled back is given again.
    """
    # In one order for all, so that two writers never wait for each other.
    following = {
        prefix: iter(_take(connection, prefix, count))
        for prefix, count in sorted(Counter(prefixes).items())
    }
    return [f"{prefix}{next(following[prefix]):04}" for prefix in prefixes]


def _take(connection: sa.Connection, prefix: str, count: int) -> range:
    adding = insert_for(connection, number_series).values(prefix=prefix, last=count)
    counting = adding.on_conflict_do_update(
        index_elements=["prefix"], set_={"last": number_series.c.last + adding.excluded.last}
    ).returning(number_series.c.last)
    last: int = connection.execute(counting).scalar_one()
    return range(last - count + 1, last + 1)


_OPEN = (
    sa.select(
        service_request.c.number,
        service_request.c.subject,
        service_request.c.kind,
        service_request.c.status,
        service_request.c.opened_at,
    )
    .where(service_request.c.contact_id == sa.bindparam("contact_id"))
    .where(IS_OPEN)
    .order_by(service_request.c.opened_at.desc(), service_request.c.number.desc())
    .limit(sa.bindparam("limit"))
)


def open_requests_of(
    connection: sa.Connection, contact_id: UUID, limit: int = 20
) -> Sequence[OpenRequest]:
    """Return a person's requests that are not done with, newest first."""
    found = connection.execute(_OPEN, {"contact_id": contact_id, "limit": limit})
    return [OpenRequest(*row) for row in found]
