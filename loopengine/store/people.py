"""The directory as rows: people, the offices that they hold, and whom to tell something on a day.

Nothing of it stands in a history, so what is erased here is gone. Functions take a connection and never
commit. They do not know which roles and agencies there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple, cast

from sqlalchemy import Connection, Table, delete, func, insert, or_, select, update

from loopengine.core.needs import AGENCY_ROLES, Standing
from loopengine.store.books import SETTING, set_once, setting
from loopengine.store.tables import OfficeRow, PersonRow

PERSON, OFFICE = (cast(Table, row.__dict__["__table__"]) for row in (PersonRow, OfficeRow))
_LAST = "last_person"


class Recipient(NamedTuple):
    """Somebody to be told something; without an address, by other means than e-mail."""

    person_id: int
    name: str
    address: str | None


class Office(NamedTuple):
    """A role that somebody holds, from the day *since* to the day *until*, both included."""

    id: int
    person_id: int
    name: str
    address: str | None
    role: str
    agency: str | None
    standing: Standing
    since: date
    until: date | None

    def to_json(self) -> dict[str, str | None]:
        """What `people list` prints of it."""
        return {
            "name": self.name,
            "role": self.role,
            "agency": self.agency,
            "address": self.address,
            "standing": self.standing,
            "since": self.since.isoformat(),
            "until": None if self.until is None else self.until.isoformat(),
        }


def recipients(connection: Connection, role: str, agencies: Sequence[str], on: date) -> list[Recipient]:
    """Whom to tell on the day *on* what is for *role*: each person once, in the order of their names.

    Only a role that is held agency by agency is narrowed by *agencies*; where none are given, all are meant.
    """
    held = offices(connection, on=on, role=role)
    if role in AGENCY_ROLES and agencies:
        held = [each for each in held if each.agency in agencies]
    told = {Recipient(each.person_id, each.name, each.address) for each in _whose_turn(held)}
    return sorted(told, key=lambda recipient: (recipient.name, recipient.person_id))


def _whose_turn(held: Iterable[Office]) -> Iterator[Office]:
    """Those who are to be told, of all who hold a role on one day.

    Whoever acts takes the holder's place; beside several holders nobody can say whose, and all are told.
    Deputies are there for the day when there is nobody else.
    """
    seats: dict[str | None, list[Office]] = {}
    for each in held:
        seats.setdefault(each.agency if each.role in AGENCY_ROLES else None, []).append(each)
    for seat in seats.values():
        acting = [each for each in seat if each.standing == "acting"]
        holders = [each for each in seat if each.standing == "holder"]
        if acting and len({each.person_id for each in holders}) == 1:
            holders = []
        yield from [*acting, *holders] or seat


def offices(
    connection: Connection, *, on: date | None = None, role: str | None = None, name: str | None = None
) -> list[Office]:
    """The offices that meet every condition given: by role and agency, holders first, then by time."""
    query = select(OFFICE, PERSON.c.name, PERSON.c.address).join(PERSON, PERSON.c.id == OFFICE.c.person_id)
    if on is not None:
        query = query.where(OFFICE.c.since <= on, or_(OFFICE.c.until.is_(None), OFFICE.c.until >= on))
    if role is not None:
        query = query.where(OFFICE.c.role == role)
    if name is not None:
        query = query.where(PERSON.c.name == name)
    found = [
        Office(
            row.id,
            row.person_id,
            row.name,
            row.address,
            row.role,
            row.agency,
            row.standing,
            row.since,
            row.until,
        )
        for row in connection.execute(query)
    ]
    # Not by the database, each of which has an alphabet of its own.
    return sorted(found, key=_place)


def _place(office: Office) -> tuple[object, ...]:
    after = ("holder", "acting", "deputy").index(office.standing)
    return office.role, office.agency or "", after, office.since, office.name, office.id


def find(connection: Connection, name: str) -> Recipient | None:
    """The person called *name*, if there is one."""
    row = connection.execute(select(PERSON).where(PERSON.c.name == name)).first()
    return None if row is None else Recipient(row.id, row.name, row.address)


def names(connection: Connection) -> list[str]:
    """The names of everybody in the directory."""
    return sorted(connection.execute(select(PERSON.c.name)).scalars())


def add(connection: Connection, name: str, address: str | None) -> int:
    """Add a person; their key, which nobody had before: what is on its way to one is not for the next."""
    key = _last(connection) + 1
    connection.execute(insert(PERSON).values(id=key, name=name, address=address))
    return key


def change(connection: Connection, person_id: int, *, name: str, address: str | None) -> None:
    """Let the person be called *name* and have this *address*."""
    connection.execute(update(PERSON).where(PERSON.c.id == person_id).values(name=name, address=address))


def appoint(
    connection: Connection,
    person_id: int,
    *,
    role: str,
    agency: str | None,
    standing: Standing,
    since: date,
    until: date | None,
) -> int:
    """Have the person hold a role; the key of the office."""
    result = connection.execute(
        insert(OFFICE).values(
            person_id=person_id, role=role, agency=agency, standing=standing, since=since, until=until
        )
    )
    assert result.inserted_primary_key is not None
    return int(result.inserted_primary_key[0])


def end(connection: Connection, office_id: int, until: date) -> None:
    """Let *until* be the last day of an office."""
    connection.execute(update(OFFICE).where(OFFICE.c.id == office_id).values(until=until))


def erase(connection: Connection, person_id: int) -> int:
    """Erase a person and all that they held; the number of their offices."""
    _keep_last(connection)
    erased = connection.execute(delete(OFFICE).where(OFFICE.c.person_id == person_id)).rowcount
    connection.execute(delete(PERSON).where(PERSON.c.id == person_id))
    return erased


def _last(connection: Connection) -> int:
    """The highest key that anybody had, whether or not they were erased since."""
    highest = connection.execute(select(func.max(PERSON.c.id))).scalar_one_or_none() or 0
    return max(highest, int(setting(connection, _LAST) or 0))


def _keep_last(connection: Connection) -> None:
    last = str(_last(connection))
    kept = update(SETTING).where(SETTING.c.name == _LAST).values(value=last)
    if connection.execute(kept).rowcount == 0:
        set_once(connection, _LAST, last)
