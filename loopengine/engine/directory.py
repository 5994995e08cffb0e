"""The directory of people: who holds which role, for which agency, from when to when, and their addresses.

One transaction for each verb. It is in the database and in no history, so that whoever is erased is gone;
what is logged of it are numbers. Does not know cases, or how anybody is told anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from loopengine.clock import london_date
from loopengine.core.needs import AGENCY_ROLES, Need, needs
from loopengine.core.values import Json
from loopengine.engine.appointments import (
    Appointment,
    address_from,
    appoint,
    appointment_from,
    bring_in,
    move_end,
    name_from,
    role_from,
    see_that_it_is_a_time,
)
from loopengine.engine.engine import Engine
from loopengine.engine.log import log
from loopengine.engine.people_files import RowsRefused, Sheet, read_sheet
from loopengine.errors import LoopEngineError, RefusedError, UnknownName
from loopengine.store import people
from loopengine.store.books import alone
from loopengine.store.people import Office, Recipient


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A role that nobody holds, for *agency* if every agency has its own, and what it is needed for."""

    role: str
    agency: str | None
    needs: tuple[Need, ...]

    def to_json(self) -> dict[str, Json]:
        """What `check --people` prints of it."""
        return {"role": self.role, "agency": self.agency, "needed": [need.to_json() for need in self.needs]}


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file of people did: how many of its rows added something, changed something, or neither."""

    added: int
    changed: int
    unchanged: int

    def to_json(self) -> dict[str, int]:
        """What `people import` prints."""
        return {"added": self.added, "changed": self.changed, "unchanged": self.unchanged}


class Directory:
    """The people in the database of *engine*, in roles that its framework knows.

    All days are included, the last ones too. People go by their names, of which there is one each.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(
        self,
        name: str,
        role: str,
        agency: str | None = None,
        *,
        address: str | None = None,
        standing: str = "holder",
        since: date | None = None,
        until: date | None = None,
    ) -> Office:
        """Have somebody hold *role*, from today if nothing else is said; who is not known yet, is added.

        *standing* is `holder`, `acting` or `deputy`. Raises UnknownName, BadValue, or RefusedError if they
        hold it then already, or have another address.
        """
        given = appointment_from(
            self._engine.framework,
            name,
            role,
            agency,
            address=address,
            standing=standing,
            since=since,
            until=until,
        )
        return self.appoint(given)

    def appoint(self, given: Appointment) -> Office:
        """The same, for an appointment that is held against the framework already."""
        begun = given.since or self._today
        with self._writing() as connection:
            appoint(connection, given, self._today)
            held = people.offices(connection, role=given.role, name=given.name)
        log("people.changed", added=1)
        mine = (given.agency, given.standing, begun)
        return next(each for each in held if (each.agency, each.standing, each.since) == mine)

    def end(self, name: str, role: str, until: date, *, agency: str | None = None) -> tuple[Office, ...]:
        """Let *until* be the last day on which somebody holds *role*: what they began last by then.

        Both as holder and as deputy, if they are both; for every agency, unless one is named. Raises
        UnknownName, or RefusedError if they did not hold it by then.
        """
        see_that_it_is_a_time(None, until)
        with self._writing() as connection:
            known = self._known(connection, name)
            held = people.offices(connection, name=known.name)
            mine = [each for each in held if each.role == role and agency in (None, each.agency)]
            if not mine:
                raise _held_otherwise(known.name, role, agency, held)
            ended = {(each.agency, each.standing): each for each in mine if each.since <= until}
            if not ended:
                first = min(each.since for each in mine)
                raise RefusedError(
                    f"{known.name} does not hold {role} by {until}, but from {first} on", "give a later day"
                )
            for each in ended.values():
                move_end(connection, each, until)
        log("people.changed", ended=len(ended))
        return tuple(each._replace(until=until) for each in ended.values())

    def rename(self, name: str, to: str) -> None:
        """Have somebody go by another name; raises UnknownName, BadValue, or RefusedError if it is taken."""
        self.change(name, name=to)

    def address(self, name: str, to: str) -> None:
        """Give somebody another address; raises UnknownName, BadValue."""
        self.change(name, address=to)

    def change(self, of: str, *, name: str | None = None, address: str | None = None) -> None:
        """Have whoever goes by the name *of* have another *name*, *address*, or both."""
        new = None if name is None else name_from(name)
        to = None if address is None else address_from(address)
        with self._writing() as connection:
            known = self._known(connection, of)
            if new is not None and new != known.name and people.find(connection, new) is not None:
                raise RefusedError(
                    f"there is a {new} already", "write the names so that they can be told apart"
                )
            people.change(connection, known.person_id, name=new or known.name, address=to or known.address)
        log("people.changed", changed=1)

    def erase(self, name: str) -> int:
        """Erase somebody, and all that they held, for good; the number of their offices. Raises UnknownName.

        Histories are not touched: they hold the names of those who acted, apart and erasable by themselves.
        """
        with self._writing() as connection:
            offices = people.erase(connection, self._known(connection, name).person_id)
        log("people.changed", erased=1)
        return offices

    def list(self, on: date | None = None, role: str | None = None) -> tuple[Office, ...]:
        """Who holds what on the day *on*, or, without one, ever held or will hold; raises UnknownName."""
        with self._engine.database.reading() as connection:
            found = people.offices(connection, on=on, role=role)
        # A role that the framework had once may still be in the directory, and needs no framework.
        return tuple(found) if found or role is None else self._none_in(role)

    def of(self, name: str) -> tuple[Office, ...]:
        """All that somebody ever held or will hold; raises UnknownName."""
        with self._engine.database.reading() as connection:
            return tuple(people.offices(connection, name=self._known(connection, name).name))

    def vacant(self, on: date | None = None) -> tuple[Vacancy, ...]:
        """The roles that the workflow files need and in which nobody is on the day *on*, or today.

        A deputy is somebody. The roles of agencies are looked at agency by agency.
        """
        framework = self._engine.framework
        with self._engine.database.reading() as connection:
            held = people.offices(connection, on=on or self._today)
        filled = {(each.role, each.agency if each.role in AGENCY_ROLES else None) for each in held}
        return tuple(
            Vacancy(role, agency, wanted)
            for role, wanted in needs(framework).items()
            for agency in (framework.agencies if role in AGENCY_ROLES and framework.agencies else (None,))
            if (role, agency) not in filled
        )

    def import_csv(self, path: str | Path) -> Imported:
        """Have the directory say what the rows of a file say, and leave be what they do not speak of.

        All or nothing, and the same file again changes nothing. Raises RowsRefused with all that is wrong,
        UsageError if the file cannot be read.
        """
        sheet = read_sheet(path, self._engine.framework)
        with self._writing() as connection:
            effects = Counter(_brought_in(connection, sheet, self._today))
            if sheet.problems:
                raise RowsRefused(sheet.problems)
        result = Imported(effects["added"], effects["changed"], effects["unchanged"])
        log("people.changed", added=result.added, changed=result.changed)
        return result

    @property
    def _today(self) -> date:
        return london_date(self._engine.clock.now())

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that nobody else's change of the directory comes between."""
        with self._engine.database.writing() as connection:
            alone(connection, "people")
            yield connection

    def _known(self, connection: Connection, name: str) -> Recipient:
        found = people.find(connection, name_from(name))
        if found is None:
            unknown = UnknownName("person", name, people.names(connection))
            if "did you mean" not in (unknown.hint or ""):  # nobody is told who else there is
                unknown.hint = "`loopengine people` lists those that there are"
            raise unknown
        return found

    def _none_in(self, role: str) -> tuple[Office, ...]:
        with self._engine.database.reading() as connection:
            ever = people.offices(connection, role=role)
        if not ever:
            role_from(role, self._engine.framework)
        return ()


def _brought_in(connection: Connection, sheet: Sheet, today: date) -> Iterator[str]:
    for line, row in sheet.rows.items():
        try:
            yield bring_in(connection, row, today)
        except LoopEngineError as error:
            sheet.wrong(line, error)


def _held_otherwise(name: str, role: str, agency: str | None, held: list[Office]) -> LoopEngineError:
    """What to say to whoever ends what *name* does not hold."""
    agencies = sorted({each.agency for each in held if each.role == role and each.agency is not None})
    if agencies and agency is not None:
        return RefusedError(
            f"{name} does not hold {role} for {agency}", f"they hold it for {' and '.join(agencies)}"
        )
    roles = sorted({each.role for each in held})
    return RefusedError(f"{name} does not hold {role}", f"they hold {' and '.join(roles)}")
