"""The outbox as it stands at an instant: what is open, whom it is for, and what has come of it so far.

Reads in one transaction; writes nothing. Does not know how anything is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection

from loopengine.core.definitions import Framework
from loopengine.core.records import Record
from loopengine.engine.engine import Engine
from loopengine.engine.shelf import Shelf
from loopengine.errors import LoopEngineError, UsageError
from loopengine.notices.messages import Told, told
from loopengine.store import cases, outbox
from loopengine.store.outbox import Address, Delivery, Posted
from loopengine.store.people import Recipient, recipients

PROGRAM = "program"  # the recipient of whatever goes to no person
NO_ADDRESS = "no address"  # why a notice cannot go to a person by a channel that needs one


@dataclass(frozen=True, slots=True)
class Addressed:
    """An open notice: the people whom it is for today, by role, and what has come of it.

    A role with nobody is vacant.
    """

    told: Told
    people: Mapping[str, tuple[Recipient, ...]]
    deliveries: Mapping[Address, Delivery]

    @property
    def notice(self) -> Posted:
        """The notice itself."""
        return self.told.notice

    @property
    def vacant(self) -> tuple[str, ...]:
        """The roles that nobody holds."""
        return tuple(role for role, people in self.people.items() if not people)

    @property
    def everybody(self) -> tuple[Recipient, ...]:
        """Whom it is for, each once."""
        return tuple(dict.fromkeys(each for people in self.people.values() for each in people))

    def is_pending(self, to: Address) -> bool:
        """Whether it has not arrived at *to*, and is not parked."""
        delivery = self.deliveries.get(to)
        return delivery is None or (delivery.delivered_at is None and delivery.parked_at is None)

    def is_due(self, to: Address, now: datetime) -> bool:
        """Whether it is to be sent to *to* now."""
        delivery = self.deliveries.get(to)
        return delivery is None or delivery.is_due(now)

    def attempts(self, to: Address) -> int:
        """How often it was sent to *to*."""
        delivery = self.deliveries.get(to)
        return 0 if delivery is None else delivery.attempts

    def error(self, to: Address) -> str | None:
        """Why it has not arrived at *to*, if that is known."""
        delivery = self.deliveries.get(to)
        return None if delivery is None else delivery.error

    def told_to(self, recipient: Recipient) -> Told:
        """The notice as it is told to somebody: in those of its roles that are theirs."""
        mine = tuple(each for each in self.told.roles if recipient in self.people[each[0]])
        return replace(self.told, roles=mine)


def name_of(recipient: Recipient | None) -> str:
    """How the outbox calls *recipient*: by a key, which says nothing once the person is erased."""
    return PROGRAM if recipient is None else f"person-{recipient.person_id}"


def addressed(engine: Engine, on: date) -> list[Addressed]:
    """Every open notice as it stands *on* a day."""
    shelf = _shelf(engine)
    with engine.database.reading() as connection:
        notices = outbox.open_notices(connection)
        deliveries = outbox.open_deliveries(connection)
        people = _People(connection, on)
        records = {
            id_: stored.record
            for id_, stored in cases.find_by_ids(
                connection, list(dict.fromkeys(each.case_id for each in notices))
            ).items()
        }
        return [
            Addressed(
                _told(connection, shelf, each, records.get(each.case_id), on),
                {role: people.of(role, each.agencies) for role in each.roles},
                deliveries.get(each.id, {}),
            )
            for each in notices
        ]


def _told(connection: Connection, shelf: Shelf, notice: Posted, record: Record | None, on: date) -> Told:
    # A case that cannot be read stops no other, and not even its own notice.
    if record is not None:
        with suppress(LoopEngineError, LookupError, ValueError):
            return told(notice, shelf.pinned(connection, record.framework), record, on)
    return told(notice, None, None, on)


def _shelf(engine: Engine) -> Shelf:
    present: Framework | None = None
    with suppress(UsageError):
        present = engine.framework
    return Shelf(present)


class _People:
    """Who is to be told on a day, each role asked for once."""

    def __init__(self, connection: Connection, on: date) -> None:
        self._connection = connection
        self._on = on
        self._known: dict[tuple[str, tuple[str, ...]], tuple[Recipient, ...]] = {}

    def of(self, role: str, agencies: tuple[str, ...]) -> tuple[Recipient, ...]:
        """The people of *role*, for *agencies*."""
        if (role, agencies) not in self._known:
            self._known[role, agencies] = tuple(recipients(self._connection, role, agencies, self._on))
        return self._known[role, agencies]


def by_recipient(
    notices: Iterable[Addressed], *, people: bool
) -> Iterator[tuple[Recipient | None, list[Addressed]]]:
    """The *notices* of each person, or, if they are not for *people*, each by itself."""
    if not people:
        yield from ((None, [each]) for each in notices)
        return
    found: dict[Recipient, list[Addressed]] = {}
    for each in notices:
        for recipient in each.everybody:
            found.setdefault(recipient, []).append(each)
    yield from found.items()
