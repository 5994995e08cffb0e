"""The verbs that take over what there was before: `Engine` has them by way of `PuttingRight`.

Each is one transaction, for the roles that the framework names. A dry run is one of which nothing stays.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from loopengine.core.actors import Actor
from loopengine.core.definitions import Framework
from loopengine.core.remedies import entitle
from loopengine.engine.adopting import Happened, adopt, adoption_of
from loopengine.engine.adoption_files import adopt_rows, table_of
from loopengine.engine.adoption_tables import Table, TakenOver
from loopengine.engine.answered import Request, case_again, case_kept, recall, remember
from loopengine.engine.catching_up import bring_up
from loopengine.engine.log import log
from loopengine.engine.opening import framework_for
from loopengine.engine.reading import case_of
from loopengine.engine.results import Case, CaseFile
from loopengine.engine.settling import settle
from loopengine.engine.spreadsheets import read_grid
from loopengine.engine.work import Work


class _TakenBack(Exception):
    """Ends a transaction that was only tried."""


class TakingOver(ABC):
    """How an engine takes over live cases."""

    @property
    @abstractmethod
    def framework(self) -> Framework:
        """The framework under which new cases begin."""

    @abstractmethod
    def _work(self, session: Session | None) -> AbstractContextManager[Work]:
        """A transaction."""

    def adopt(
        self,
        workflow: str,
        facts: Mapping[str, object] | None = None,
        *,
        by: Actor,
        state: str,
        on: date,
        happened: Happened | None = None,
        under: Case | CaseFile | str | None = None,
        evidence: str | None = None,
        key: str | None = None,
        dry_run: bool = False,
        session: Session | None = None,
    ) -> Case:
        """Take over a live case of *workflow* that was opened *on* a day in the past and stands in *state*.

        *happened* are the days on which events happened: clocks and waits run from those, and what is late
        already says so once. The way between them is the shortest that there is. What a step opens for each
        party is not opened again: it is adopted, too, *under* this one.

        Raises UnknownName, BadValue, NotAnswered, CaseNotFound, UsageError, or RefusedError if the actor is
        not entitled to it.
        """
        asked, days = facts or {}, happened or {}
        said = [state, str(under), evidence, {event: str(day) for event, day in days.items()}]
        request = Request(key, "adopt", workflow, asked, by, on, said)
        with self._tried(session, dry_run) as work:
            if (before := recall(work, request)) is not None:
                return case_again(before, work)
            parent = None if under is None else work.load(str(under))
            if parent is not None:
                bring_up(work, parent)
            framework = framework_for(work, parent)
            entitle("adopt", Actor.expected(by).within(framework), framework)
            adoption = adoption_of(
                work, framework, workflow, state, on, days, asked, evidence=evidence, by=by
            )
            held, warnings = adopt(work, adoption, by=work.signed(by), under=parent)
            settle(work, work.today)
            case = case_of(held, warnings)
            if not dry_run:
                remember(work, request, case_kept(case))
        log("case.adopted", case=case.reference, workflow=workflow, state=case.state, dry_run=dry_run)
        return case

    def adopt_all(
        self, path: str | Path, *, by: Actor, dry_run: bool = False, session: Session | None = None
    ) -> tuple[Case, ...]:
        """Take over every case in the spreadsheet at *path*, a .csv or .xlsx file: all of them, or none.

        Raises CellsRefused with all that is wrong, by cell; UsageError if the file cannot be read.
        """
        table = table_of(read_grid(path), self.framework)
        return self.adopt_table(table, by=by, dry_run=dry_run, session=session).cases

    def adopt_table(
        self,
        table: Table,
        *,
        by: Actor,
        dry_run: bool = False,
        progress: Callable[[int], None] | None = None,
        session: Session | None = None,
    ) -> TakenOver:
        """Take over every case of a *table* that was read from a file: all of them, or none. *progress* is
        told how many more rows were read.

        Raises CellsRefused with all that is wrong, by cell; CaseNotFound for the case that all are under.
        """
        with self._tried(session, dry_run) as work:
            framework = work.shelf.present
            entitle("adopt", Actor.expected(by).within(framework), framework)
            adopted = adopt_rows(work, table, framework, by=by, progress=progress)
            settle(work, work.today)
            found = tuple(case_of(held, warnings) for held, warnings in adopted.cases)
        log("cases.adopted", cases=len(found), already=len(adopted.already), dry_run=dry_run)
        return TakenOver(found, tuple(adopted.already), dry_run)

    @contextmanager
    def _tried(self, session: Session | None, dry_run: bool) -> Iterator[Work]:
        """A transaction; of a *dry_run* nothing stays."""
        with suppress(_TakenBack), self._work(session) as work:
            yield work
            if dry_run:
                raise _TakenBack
