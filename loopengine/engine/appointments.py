"""Appointments: that somebody holds a role, as people write it, typed and held against what is there.

Knows the framework and the directory's rows. Does not know whether it was typed or read from a file, and
opens no transaction.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

from sqlalchemy import Connection

from loopengine.core.definitions import Framework
from loopengine.core.needs import AGENCY_ROLES, STANDINGS, Standing
from loopengine.errors import BadValue, RefusedError, UnknownName, nearest
from loopengine.store import people
from loopengine.store.people import Office

Effect: TypeAlias = Literal["added", "changed", "unchanged"]
_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
# One person, and nothing that a mail program would take for a second address or the beginning of a header.
_ADDRESS = re.compile(r"[^@,;<>\"]+@[^@,;<>\"]+")
_LONGEST = 254


@dataclass(frozen=True, slots=True)
class Appointment:
    """That *name* holds *role*, for an *agency* if it is one's own there, from *since* to *until*."""

    name: str
    role: str
    agency: str | None
    address: str | None
    standing: Standing
    since: date | None
    until: date | None

    @property
    def what(self) -> str:
        """What is held, in words."""
        return office_words(self.role, self.agency, self.standing)


def name_from(text: str) -> str:
    """The name of a person, with single spaces; raises BadValue for none."""
    if any(unicodedata.category(char) in _UNSEEN for char in text):
        raise BadValue(f"a name cannot be {text!r}", "write it on one line, without control characters")
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if not name:
        raise BadValue("a person has no name", "say who it is")
    return name


def address_from(text: str) -> str:
    """An e-mail address; raises BadValue for what cannot be one."""
    address = text.strip()
    odd = any(unicodedata.category(char)[0] in "CZ" for char in address)
    if odd or len(address) > _LONGEST or not _ADDRESS.fullmatch(address):
        raise BadValue(
            f"an address cannot be {text!r}", "it is an e-mail address such as ann.lee@example.org"
        )
    return address


def standing_from(text: str) -> Standing:
    """How a role is held; raises UnknownName."""
    for each in STANDINGS:
        if each == text:
            return each
    raise UnknownName("standing", text, STANDINGS)


def role_from(text: str, framework: Framework) -> str:
    """A role of *framework*; raises UnknownName, or BadValue for none."""
    if not text:
        raise BadValue("no role is named", nearest("", framework.roles))
    if text not in framework.roles:
        raise UnknownName("role", text, framework.roles)
    return text


def agency_from(text: str, framework: Framework) -> str:
    """An agency of *framework*; raises UnknownName."""
    if text not in framework.agencies:
        raise UnknownName("agency", text, framework.agencies)
    return text


def see_that_agency_is_said(role: str, agency: str | None, framework: Framework) -> None:
    """Raise BadValue for a role that every agency has of its own, if nobody says which agency is meant."""
    if role in AGENCY_ROLES and agency is None and framework.agencies:
        way_out = nearest("", framework.agencies)
        raise BadValue(f"{role} is held for an agency, and none is named", f"name it; {way_out}")


def see_that_it_is_a_time(since: date | None, until: date | None) -> None:
    """Raise BadValue for what is no day, and for a last day before the first."""
    for day in (since, until):
        if day is not None and (isinstance(day, datetime) or not isinstance(day, date)):
            raise BadValue(f"{day!r} is not a day", "give a datetime.date")
    if since is not None and until is not None and until < since:
        raise BadValue(f"the last day, {until}, is before the first, {since}", "turn them round, or mend one")


def appointment_from(
    framework: Framework,
    name: str,
    role: str,
    agency: str | None = None,
    *,
    address: str | None = None,
    standing: str = "holder",
    since: date | None = None,
    until: date | None = None,
) -> Appointment:
    """The appointment of which people say this; raises UnknownName, BadValue."""
    see_that_it_is_a_time(since, until)
    given = Appointment(
        name_from(name),
        role_from(role, framework),
        None if agency is None else agency_from(agency, framework),
        None if address is None else address_from(address),
        standing_from(standing),
        since,
        until,
    )
    see_that_agency_is_said(role, agency, framework)
    return given


def appoint(connection: Connection, given: Appointment, today: date) -> None:
    """Have somebody hold a role from now on, or from the day given.

    Raises RefusedError if they hold it so at that time already, or are known under another address.
    """
    known = people.find(connection, given.name)
    if known is not None and known.address and given.address and known.address != given.address:
        raise RefusedError(
            f"{given.name} has the address {known.address}, not {given.address}",
            "change it, or, if this is somebody else, write the names so that they can be told apart",
        )
    person = _person(connection, given)[0]
    _add(connection, person, given, given.since or today)


def bring_in(connection: Connection, given: Appointment, today: date) -> Effect:
    """Have the directory say what *given* says; what that leaves open stays as it is.

    Raises RefusedError for what contradicts it.
    """
    person, effect = _person(connection, given)
    same = _same_office(connection, given)
    found = _meant(given, same, today)
    if found is None:
        _add(connection, person, given, given.since or today)
        return "added"
    if given.until is None or given.until == found.until:
        return effect
    move_end(connection, found, given.until)
    return "changed"


def move_end(connection: Connection, office: Office, until: date) -> None:
    """Let *until* be the last day of *office*.

    Raises BadValue, or RefusedError if the same is held again by then.
    """
    see_that_it_is_a_time(office.since, until)
    own = Appointment(
        office.name, office.role, office.agency, office.address, office.standing, office.since, until
    )
    others = [each for each in _same_office(connection, own) if each.id != office.id]
    _see_that_it_is_free(own, office.since, others)
    people.end(connection, office.id, until)


def office_words(role: str, agency: str | None, standing: Standing) -> str:
    """What is held, in words: `acting independent_chair`, `agency_lead of police`."""
    how = "" if standing == "holder" else f"{standing} "
    return f"{how}{role}" + (f" of {agency}" if agency is not None else "")


def time_words(since: date, until: date | None) -> str:
    """From when to when, in words."""
    return f"from {since}" + (f" until {until}" if until is not None else " on")


def _person(connection: Connection, given: Appointment) -> tuple[int, Effect]:
    """The key of whom *given* names, who has its address from now on, and what that changed."""
    known = people.find(connection, given.name)
    if known is None:
        return people.add(connection, given.name, given.address), "added"
    if given.address is None or given.address == known.address:
        return known.person_id, "unchanged"
    people.change(connection, known.person_id, name=known.name, address=given.address)
    return known.person_id, "changed"


def _same_office(connection: Connection, given: Appointment) -> list[Office]:
    held = people.offices(connection, role=given.role, name=given.name)
    return [each for each in held if (each.agency, each.standing) == (given.agency, given.standing)]


def _meant(given: Appointment, same: list[Office], today: date) -> Office | None:
    """Which of the offices that are the *same* but for their time *given* means; None for a new one."""
    if given.since is not None:
        return next((each for each in same if each.since == given.since), None)
    if not same:
        return None
    last = max(same, key=lambda each: each.since)
    if last.until is not None and last.until < today and last.until != given.until:
        raise RefusedError(
            f"{given.name} was {given.what} until {last.until}, and is not any more",
            "say since when they are again, or leave the line out",
        )
    return last


def _add(connection: Connection, person: int, given: Appointment, since: date) -> None:
    if given.since is None and given.until is not None and given.until < since:
        raise BadValue(f"the last day, {given.until}, is over, and no first day is given", "say since when")
    see_that_it_is_a_time(since, given.until)
    _see_that_it_is_free(given, since, _same_office(connection, given))
    people.appoint(
        connection,
        person,
        role=given.role,
        agency=given.agency,
        standing=given.standing,
        since=since,
        until=given.until,
    )


def _see_that_it_is_free(given: Appointment, since: date, others: list[Office]) -> None:
    """Raise RefusedError if one of *others* is held within the time of *given*."""
    for each in others:
        begins_before_its_end = each.until is None or since <= each.until
        if begins_before_its_end and (given.until is None or each.since <= given.until):
            raise RefusedError(
                f"{given.name} is {given.what} {time_words(each.since, each.until)} already",
                "end that first, or give another time",
            )
