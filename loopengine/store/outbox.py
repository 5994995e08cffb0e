"""The outbox: what clocks had to tell whom, put there in the transaction of the entry that says so.

And the deliveries: each notice on its way to each of its recipients by each channel, until when somebody has
taken it in hand, and what came of it. Functions take a connection and never commit.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Row, Table, and_, insert, or_, select, text, update

from loopengine.store.statements import Statement
from loopengine.store.tables import CaseRow, DeliveryRow, NoticeRow

NOTICE, DELIVERY, CASE = (cast(Table, row.__dict__["__table__"]) for row in (NoticeRow, DeliveryRow, CaseRow))
_IN_ONE_STATEMENT = 500
# The same words on SQLite and PostgreSQL, which SQLAlchemy has only apart.
_FIRST_TIME = text(
    f"insert into {DELIVERY.name} (notice_id, channel, recipient, attempts) "
    "values (:notice_id, :channel, :recipient, 0) on conflict do nothing"
)


class Sent(NamedTuple):
    """A notice as it goes into the outbox: see `NoticeRow`."""

    case_id: int
    n: int
    kind: str
    deadline: str
    armed: int
    name: str
    due_on: date
    due_at: datetime
    recorded_at: datetime
    roles: tuple[str, ...]
    agencies: tuple[str, ...]


class Posted(NamedTuple):
    """A notice as it lies in the outbox, with the reference of its case."""

    id: int
    case_id: int
    case: str
    kind: str
    deadline: str
    armed: int
    name: str
    due_on: date
    recorded_at: datetime
    roles: tuple[str, ...]
    agencies: tuple[str, ...]
    settled: bool

    @property
    def is_change(self) -> bool:
        """Whether a standing rule gave it: *deadline* is that rule then, *due_on* the day."""
        return self.kind in ("arose", "ceased")

    @property
    def key(self) -> str:
        """What a receiver can tell it by, however often it comes: case, deadline, arming and name."""
        return f"{self.case}/{self.deadline}/{self.armed}/{self.name}"


class Address(NamedTuple):
    """Where notices go: a *channel*, and who is told by it, as a key that says nothing of a person."""

    channel: str
    recipient: str


class Delivery(NamedTuple):
    """A notice on its way to an address: see `DeliveryRow`."""

    notice_id: int
    to: Address
    attempts: int
    next_at: datetime | None
    delivered_at: datetime | None
    parked_at: datetime | None
    error: str | None

    def is_due(self, now: datetime) -> bool:
        """Whether it is to be tried now."""
        waits = self.next_at is not None and self.next_at > now
        return self.delivered_at is None and self.parked_at is None and not waits


def put(connection: Connection, notices: Sequence[Sent]) -> None:
    """Write *notices*; the database refuses one that was written before."""
    rows = [
        each._asdict() | {"roles": _listed(each.roles), "agencies": _listed(each.agencies), "settled": False}
        for each in notices
    ]
    _PUT.add(connection, rows)


@lru_cache(maxsize=256)
def _listed(names: tuple[str, ...]) -> str:
    return json.dumps(names)


def open_notices(connection: Connection) -> list[Posted]:
    """The notices that have yet to reach somebody, in the order in which they were given."""
    return [_posted(row) for row in connection.execute(_NOTICES.where(_OPEN).order_by(NOTICE.c.id))]


def notices_of(connection: Connection, case: str) -> list[Posted]:
    """Every notice of the case with this reference."""
    return [
        _posted(row)
        for row in connection.execute(_NOTICES.where(CASE.c.reference == case).order_by(NOTICE.c.id))
    ]


def open_deliveries(connection: Connection) -> dict[int, dict[Address, Delivery]]:
    """What has come of the open notices so far, by notice and address."""
    query = select(DELIVERY).join(NOTICE, NOTICE.c.id == DELIVERY.c.notice_id).where(_OPEN)
    found: dict[int, dict[Address, Delivery]] = {}
    for row in connection.execute(query.order_by(DELIVERY.c.id)):
        delivery = _delivery(row)
        found.setdefault(delivery.notice_id, {})[delivery.to] = delivery
    return found


def reached_since(connection: Connection, channel: str, instant: datetime) -> set[str]:
    """The recipients whom something has reached by *channel* since *instant*."""
    query = select(DELIVERY.c.recipient).where(
        DELIVERY.c.channel == channel, DELIVERY.c.delivered_at >= instant
    )
    return set(connection.execute(query.distinct()).scalars())


def claim(
    connection: Connection, to: Address, notices: Collection[int], *, now: datetime, until: datetime
) -> list[Delivery]:
    """Take those of *notices* in hand that nobody else has: nobody will touch them before *until*.

    Each counts as tried, so that one which ends whoever sends it does not do so for ever.
    """
    rows = [{"notice_id": each, **to._asdict()} for each in sorted(notices)]
    if not rows:
        return []
    connection.execute(_FIRST_TIME, rows)
    found: list[Delivery] = []
    for some in _some(sorted(notices)):
        free = and_(
            DELIVERY.c.delivered_at.is_(None),
            DELIVERY.c.parked_at.is_(None),
            or_(DELIVERY.c.next_at.is_(None), DELIVERY.c.next_at <= now),
        )
        query = select(DELIVERY).where(_at(to), DELIVERY.c.notice_id.in_(some), free)
        # SQLite has one writer at a time, and leaves these words out.
        locked = connection.execute(query.order_by(DELIVERY.c.id).with_for_update(skip_locked=True)).all()
        mine = [row.id for row in locked]
        taken = {"attempts": DELIVERY.c.attempts + 1, "next_at": until}
        connection.execute(update(DELIVERY).where(DELIVERY.c.id.in_(mine)).values(taken))
        found += [_delivery(row)._replace(attempts=row.attempts + 1, next_at=until) for row in locked]
    return found


def mark_delivered(connection: Connection, to: Address, notices: Iterable[int], *, at: datetime) -> None:
    """Write that *notices* have arrived."""
    _change(connection, to, notices, {"delivered_at": at, "next_at": None, "parked_at": None, "error": None})


def mark_failed(
    connection: Connection, to: Address, notices: Iterable[int], *, error: str, next_at: datetime | None
) -> None:
    """Write that *notices* did not arrive, which kind of *error* that was, and when to try again."""
    _change(connection, to, notices, {"next_at": next_at, "error": error})


def mark_not_tried(connection: Connection, to: Address, notices: Iterable[int], *, error: str) -> None:
    """Give *notices* back: it was not for them that they did not arrive, and the attempt does not count."""
    values = {"attempts": DELIVERY.c.attempts - 1, "next_at": None, "error": error}
    _change(connection, to, notices, values)


def mark_parked(
    connection: Connection, to: Address, notices: Iterable[int], *, error: str, at: datetime
) -> None:
    """Put *notices* aside until somebody has looked at them."""
    _change(connection, to, notices, {"next_at": None, "parked_at": at, "error": error})


def mark_unreachable(connection: Connection, to: Address, notices: Collection[int], *, error: str) -> None:
    """Write why *notices* cannot even be tried."""
    connection.execute(_FIRST_TIME, [{"notice_id": each, **to._asdict()} for each in sorted(notices)])
    _change(connection, to, notices, {"error": error})


def unpark(connection: Connection, notice: int) -> int:
    """Have a notice tried again from the beginning wherever it has not arrived; how many places these are."""
    waiting = and_(DELIVERY.c.notice_id == notice, DELIVERY.c.delivered_at.is_(None))
    anew = {"attempts": 0, "next_at": None, "parked_at": None, "error": None}
    return connection.execute(update(DELIVERY).where(waiting).values(anew)).rowcount


def settle(connection: Connection, notices: Iterable[int]) -> None:
    """Write that *notices* have reached everybody whom they are for."""
    for some in _some(notices):
        connection.execute(update(NOTICE).where(NOTICE.c.id.in_(some)).values(settled=True))


_PUT = Statement(insert(NOTICE), keys=[column.key for column in NOTICE.c if column.key != "id"])
_OPEN = text("not settled")
_NOTICES = select(NOTICE, CASE.c.reference).join(CASE, CASE.c.id == NOTICE.c.case_id)


def _change(connection: Connection, to: Address, notices: Iterable[int], values: dict[str, Any]) -> None:
    # What has arrived has arrived, whoever else thought it his to send.
    here = and_(_at(to), DELIVERY.c.delivered_at.is_(None))
    for some in _some(notices):
        connection.execute(update(DELIVERY).where(here, DELIVERY.c.notice_id.in_(some)).values(values))


def _at(to: Address) -> Any:
    return and_(DELIVERY.c.channel == to.channel, DELIVERY.c.recipient == to.recipient)


def _some(ids: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while some := list(islice(rest, _IN_ONE_STATEMENT)):
        yield some


def _posted(row: Row[Any]) -> Posted:
    return Posted(
        id=row.id,
        case_id=row.case_id,
        case=row.reference,
        kind=row.kind,
        deadline=row.deadline,
        armed=row.armed,
        name=row.name,
        due_on=row.due_on,
        recorded_at=row.recorded_at,
        roles=tuple(json.loads(row.roles)),
        agencies=tuple(json.loads(row.agencies)),
        settled=row.settled,
    )


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        notice_id=row.notice_id,
        to=Address(row.channel, row.recipient),
        attempts=row.attempts,
        next_at=row.next_at,
        delivered_at=row.delivered_at,
        parked_at=row.parked_at,
        error=row.error,
    )
