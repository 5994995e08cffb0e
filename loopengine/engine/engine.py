"""The engine: a database, a framework, a clock, and one transaction for each verb."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import TypeAlias

from sqlalchemy import Connection
from sqlalchemy import Engine as SqlEngine
from sqlalchemy.orm import Session

from loopengine.clock import Clock, SystemClock, london_date, london_midnight
from loopengine.core.actors import Actor
from loopengine.core.definitions import STAGES, Framework, Stage, Workflow
from loopengine.core.durations import Duration
from loopengine.core.machine import Decision
from loopengine.engine.answered import (
    Request,
    answers_again,
    answers_kept,
    case_again,
    case_kept,
    decision_again,
    decision_kept,
    intake_again,
    intake_kept,
    recall,
    remember,
)
from loopengine.engine.auditing import audit
from loopengine.engine.backtesting import Backtest, backtest
from loopengine.engine.beside import facts_that_recur, same_answers
from loopengine.engine.catching_up import bring_up
from loopengine.engine.cycling import next_day, open_due, sweep
from loopengine.engine.explaining import explain_case, told_by_name
from loopengine.engine.finding import Found, find
from loopengine.engine.firing import fire
from loopengine.engine.groups import GroupRegister, register_of
from loopengine.engine.holding import put_on, release
from loopengine.engine.intaking import (
    Intake,
    children_of,
    incident_facts,
    intake_of,
    only_said,
    opened_by,
    take_in,
)
from loopengine.engine.learning_from_elsewhere import LearningFromElsewhere
from loopengine.engine.linking import link
from loopengine.engine.log import log
from loopengine.engine.looking_ahead import Due, Unreadable, due_list, stalled
from loopengine.engine.opening import framework_for, kind_under, open_case
from loopengine.engine.putting_right import PuttingRight
from loopengine.engine.reading import Now, Then, case_of, file_of, lines_of
from loopengine.engine.recalculating import Closed, close_day, follow_the_published
from loopengine.engine.recording import correct, record, typed
from loopengine.engine.rehearsing import marked
from loopengine.engine.results import Answers, Audit, Case, CaseFile, Line
from loopengine.engine.settling import settle
from loopengine.engine.shelf import Shelf
from loopengine.engine.surveying import Dossier, Surveyed, dossier, survey
from loopengine.engine.sweeping import AT_ONCE, Sweep
from loopengine.engine.why import Why
from loopengine.engine.work import Held, Work
from loopengine.errors import BadValue, StaleCase, UnknownName, UsageError
from loopengine.store import cases
from loopengine.store.closures import Closure, closures
from loopengine.store.database import Database, begin_writing, told

Reference: TypeAlias = Case | CaseFile | str


def _salt() -> str:
    return secrets.token_hex(16)


def _is_instant(value: object) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None


class Engine(PuttingRight, LearningFromElsewhere):
    """Cases of *framework* in the database at *url*; without one, only of those that they began under.

    *url* is an SQLAlchemy URL, or an engine that the host has; the tables are made if they are missing (with
    *create* False, a file that is not there is an error; *beside* True allows other tables in the database).
    *clock* says what time it is. A database made as a *rehearsal*, on a clock that is not the real one, is
    marked as one for good: asking for it on any other raises UsageError, and so does writing to one without.
    *salt* gives a fresh random text, and is only ever replaced to repeat a rehearsal.

    Every writing verb is one transaction. It takes an optional *session* of the caller's, and then never
    commits. *by* is who acts; *on* the day on which it was so (default today); *key* makes a request
    idempotent: the same again is answered alike, and writes nothing; *revision* refuses with StaleCase if the
    case has moved on.
    """

    def __init__(
        self,
        url: str | SqlEngine,
        *,
        framework: Framework | None,
        clock: Clock | None = None,
        create: bool = True,
        beside: bool = False,
        rehearsal: bool = False,
        salt: Callable[[], str] = _salt,
    ) -> None:
        if framework is not None and not isinstance(framework, Framework):
            raise BadValue(f"{framework!r} is not a framework", "give what `load_framework` returns")
        self.database = Database(url, create=create, beside=beside)
        self.clock: Clock = clock or SystemClock()
        self._shelf = Shelf(framework)
        self._salt = salt
        self.rehearsal = marked(self.database, rehearsal)

    @property
    def framework(self) -> Framework:
        """The framework under which new cases begin; raises UsageError if the engine was given none."""
        return self._shelf.present

    def open(
        self,
        workflow: str,
        facts: Mapping[str, object] | None = None,
        *,
        by: Actor,
        under: Reference | None = None,
        on: date | None = None,
        evidence: str | None = None,
        key: str | None = None,
        session: Session | None = None,
    ) -> Case:
        """Open a case of *workflow*, on its own or *under* another, with what is known.

        Raises UnknownName, BadValue, NotAnswered, CaseNotFound, or UsageError for a workflow that the parent
        does not take.
        """
        asked = facts or {}
        request = Request(key, "open", workflow, asked, by, on, [str(under), evidence])
        with self._work(session) as work:
            before = recall(work, request)
            if before is not None:
                return case_again(before, work)
            parent = None if under is None else work.load(str(under))
            if parent is not None:
                bring_up(work, parent)
            Actor.expected(by)
            definition = framework_for(work, parent).workflow(workflow)
            kind = None if parent is None else kind_under(parent, workflow)
            by.within(framework_for(work, parent))
            about = definition.given(asked)
            known = {name: about.fact(name) for name in asked}
            values = typed(known, asked, evidence=evidence, by=by)
            day = work.day(on)
            if parent is None:
                open_due(work)
            words, warned = None if evidence is None else work.keep(evidence), len(work.warnings)
            held = open_case(
                work, workflow, values, by=work.signed(by), on=day, under=parent, kind=kind, evidence=words
            )
            warnings = tuple(work.warnings[warned:])
            settle(work, day)
            case = case_of(held, warnings)
            remember(work, request, case_kept(case))
        log("case.opened", case=case.reference, workflow=workflow, state=case.state)
        return case

    def intake(
        self,
        facts: Mapping[str, object],
        children: Mapping[str, Mapping[str, object]] | None = None,
        *,
        by: Actor,
        on: date | None = None,
        evidence: str | None = None,
        reason: str | None = None,
        key: str | None = None,
        session: Session | None = None,
    ) -> Intake:
        """Take in an incident with the *facts* that are known of it, and of each of its *children* by letter.

        It says where the incident leads for each child. If the facts say which reviews there will be, these
        are opened, in the same transaction; against what should be, that needs a *reason*; against what must
        be, it is refused, and the incident waits to be decided. Raises UnknownName, BadValue, NotAnswered;
        UsageError if the framework has no intake, or if nothing is told; then nothing is written.
        """
        each = children_of(children)
        framework = self.framework
        told = incident_facts(intake_of(framework), facts, each)
        if not told:
            raise UsageError("nothing is told of the incident", "give at least one fact=value")
        request = Request(key, "intake", framework.intake or "", told, by, on, [evidence, reason])
        with self._work(session) as work:
            day = work.day(on)
            said = only_said(framework, facts, each, day)
            before = recall(work, request)
            if before is not None:
                case, decision = intake_again(before, work)
            else:
                Actor.expected(by).within(framework)
                case, decision, n = take_in(
                    work, framework, told, by=by, on=day, evidence=evidence, reason=reason
                )
                remember(work, request, intake_kept(case, decision, n))
            opened = opened_by(work, framework, told, decision)
        if before is None:
            log("incident.taken_in", case=case.reference, children=len(each), decided=decision is not None)
        return replace(said, case=case, decision=decision, opened=opened)

    def record(
        self,
        case: Reference,
        facts: Mapping[str, object],
        *,
        by: Actor,
        on: date | None = None,
        evidence: str | None = None,
        correction: bool = False,
        key: str | None = None,
        revision: int | None = None,
        session: Session | None = None,
    ) -> Answers:
        """Record answers to facts: what became so *on* a day, or as a *correction* what had been wrong.

        Raises CaseNotFound, UnknownName, BadValue, NotAnswered, StaleCase; then nothing is recorded.
        """
        request = Request(key, "record", str(case), facts, by, on, [correction, evidence])
        with self._work(session) as work:
            before = recall(work, request)
            held = work.load(str(case)) if before is not None else self._take(work, case, by, revision)
            if not facts:
                raise UsageError("nothing to record", "give at least one fact=value")
            about = held.about(facts)
            # What was answered before was asked so then.
            known = {name: about.fact(name) if before is None else about.fact_asked(name) for name in facts}
            values = typed(known, facts, evidence=evidence, by=by)
            if before is not None:
                return answers_again(before, values)
            day = work.day(on)
            if correction:
                correct(work, held, values, by=by, on=None if on is None else day, evidence=evidence)
            else:
                record(work, held, values, by=by, on=day, evidence=evidence)
            settle(work, day)
            result = Answers(
                held.record.reference,
                values,
                held.record.revision,
                tuple(work.moved),
                same_answers(work, held, values, work.today),
            )
            remember(work, request, answers_kept(result))
        log("case.recorded", case=result.case, facts=len(values), correction=correction)
        return result

    def fire(
        self,
        case: Reference,
        event: str,
        *,
        by: Actor,
        reason: str | None = None,
        on: date | None = None,
        key: str | None = None,
        revision: int | None = None,
        session: Session | None = None,
    ) -> Decision:
        """Fire *event* on a case: it moves, or is refused and says why; both are written to its history.

        Raises CaseNotFound, UnknownName, BadValue, StaleCase; a refusal by the board's rules is an answer.
        """
        request = Request(key, "fire", str(case), {}, by, on, [event, reason])
        with self._work(session) as work:
            before = recall(work, request)
            if before is not None:
                return told_by_name(decision_again(before, work), work.connection)
            held = self._take(work, case, by, revision)
            decision, n = fire(work, held, event, by=by, on=work.day(on), reason=reason)
            remember(work, request, decision_kept(decision, n))
            decision = told_by_name(decision, work.connection)
        if decision.moved:
            log("case.moved", case=decision.case, step=event, to=decision.to, overridden=decision.overridden)
        else:
            log("case.refused", case=decision.case, step=event, verdict=decision.verdict)
        return decision

    def hold(
        self,
        case: Reference,
        name: str,
        *,
        by: Actor,
        reason: str,
        on: date | None = None,
        key: str | None = None,
        revision: int | None = None,
        session: Session | None = None,
    ) -> CaseFile:
        """Put the hold called *name* on a case: until it is released, the clocks that it stops stand still,
        and the events that it blocks are refused.

        Raises CaseNotFound, UnknownName, BadValue, StaleCase, or RefusedError if it is on already.
        """
        request = Request(key, "hold", str(case), {}, by, on, [name, reason])
        with self._work(session) as work:
            if recall(work, request) is None:
                held = self._take(work, case, by, revision)
                put_on(work, held, name, by=by, on=work.day(on), reason=reason)
                remember(work, request, {})
        log("case.held", case=str(case), hold=name)
        return self.case(case, session=session)

    def release(
        self,
        case: Reference,
        name: str,
        *,
        by: Actor,
        reason: str | None = None,
        on: date | None = None,
        key: str | None = None,
        revision: int | None = None,
        session: Session | None = None,
    ) -> CaseFile:
        """Release the hold called *name*: the clocks that it stopped go on with what was left to them.

        Raises CaseNotFound, UnknownName, BadValue, StaleCase, or RefusedError if it is not on.
        """
        request = Request(key, "release", str(case), {}, by, on, [name, reason])
        with self._work(session) as work:
            if recall(work, request) is None:
                held = self._take(work, case, by, revision)
                release(work, held, name, by=by, on=work.day(on), reason=reason)
                remember(work, request, {})
        log("case.released", case=str(case), hold=name)
        return self.case(case, session=session)

    def link(
        self,
        case: Reference,
        other: Reference,
        name: str,
        *,
        by: Actor,
        reason: str,
        on: date | None = None,
        key: str | None = None,
        revision: int | None = None,
        session: Session | None = None,
    ) -> CaseFile:
        """Tie a case to an *other* by a link called *name*, or as one of its linked cases of that kind.

        Raises CaseNotFound, UnknownName, BadValue, UsageError, StaleCase, or RefusedError if it is already.
        """
        request = Request(key, "link", str(case), {}, by, on, [str(other), name, reason])
        with self._work(session) as work:
            if recall(work, request) is None:
                held = self._take(work, case, by, revision)
                link(work, held, str(other), name, by=by, on=work.day(on), reason=reason)
                remember(work, request, {})
        log("case.linked", case=str(case), other=str(other), link=name)
        return self.case(case, session=session)

    def sweep(
        self, *, dry_run: bool = False, progress: Callable[[int], None] | None = None, at_once: int = AT_ONCE
    ) -> Sweep:
        """Do everything that has fallen due, in due order, *at_once* cases in a transaction; or, as a
        *dry_run*, say what that would be.

        A case that cannot be brought up to now is among the failures, and stops no other. *progress* is told
        how much more was done.
        """
        if type(at_once) is not int or at_once < 1:
            raise BadValue(f"{at_once!r} cases cannot be swept at once", "give a whole number from 1 on")
        result = sweep(
            lambda: self._work(None),
            self.clock.now,
            cycles_too=self._shelf.has_present,
            dry_run=dry_run,
            at_once=at_once,
            progress=progress,
        )
        if not dry_run:
            with self._work(None) as work:
                follow_the_published(work)
        log("sweep.finished", done=len(result.done), failures=len(result.failures), dry_run=dry_run)
        return result

    def next_due_at(self, *, after: datetime | None = None) -> datetime | None:
        """The first instant later than *after*, or than now, at which a sweep will have something to do.

        What fell due by then, and could not be done, is not among it.
        """
        if after is not None and not _is_instant(after):
            raise BadValue(f"{after!r} is not an instant", "give a datetime with an offset from UTC")
        after = self.clock.now() if after is None else after
        with self.database.reading() as connection:
            due = cases.next_due_at(connection, after=after)
        day = next_day(self._shelf.present, london_date(after)) if self._shelf.has_present else None
        return min(filter(None, (due, None if day is None else london_midnight(day))), default=None)

    def close_day(self, day: date, *, reason: str, by: Actor, session: Session | None = None) -> Closed:
        """Close on a *day* of the board's own, such as the day of an office move: it is no working day then.

        Deadlines that this moves are reckoned anew, each with an entry that says why. Raises BadValue, or
        RefusedError for a day that is not worked anyway. It cannot be taken back.
        """
        with self._work(session) as work:
            Actor.expected(by).within(self.framework)
            closed = close_day(work, work.a_day(day), reason, by=by)
        log("calendar.closed", moved=len(closed.moved))
        return closed

    def closures(self, *, session: Session | None = None) -> tuple[Closure, ...]:
        """The days on which the board is closed, beside the bank holidays."""
        with self._view(None, session) as view:
            return tuple(closures(view.connection))

    def due(
        self,
        *,
        within: Duration | None = None,
        as_of: datetime | None = None,
        unreadable: Unreadable | None = None,
        session: Session | None = None,
    ) -> tuple[Due, ...]:
        """Every deadline that runs, or those due *within* so long and all that are late; the most pressing
        first.

        Raises BrokenHistory if a case cannot be read, unless *unreadable* is there to be told of it.
        """
        if within is not None and not isinstance(within, Duration):
            raise BadValue(f"{within!r} is not a duration", "give a Duration, as Duration(working_days=10)")
        with self._view(as_of, session) as view:
            return due_list(view, within, unreadable)

    def group(
        self, name: str, *, as_of: datetime | None = None, session: Session | None = None
    ) -> GroupRegister:
        """What reports to the group called *name*, its open cases and those whose move is its, and when it
        meets next; raises UnknownName.
        """
        group = self.framework.group(name)
        with self._view(as_of, session) as view:
            return register_of(view, self.framework, group)

    def stalled(
        self,
        *,
        as_of: datetime | None = None,
        unreadable: Unreadable | None = None,
        session: Session | None = None,
    ) -> tuple[Case, ...]:
        """The open cases in which nothing can happen next, and nothing is due; *unreadable* as in `due`."""
        with self._view(as_of, session) as view:
            return stalled(view, unreadable)

    def explain(
        self,
        case: Reference,
        event: str | None = None,
        *,
        brief: bool = False,
        as_of: datetime | None = None,
        session: Session | None = None,
    ) -> Why:
        """What may happen next to a case (or whether *event* may), and why or why not; *as_of* an instant.

        A *brief* answer, for a program that goes on by it, comes sooner: without why, without what would
        change it, and without fixes while there is something to answer.
        """
        with self._view(as_of, session) as view:
            return explain_case(view, view.held(str(case)), event, brief=brief)

    def case(
        self, case: Reference, *, as_of: datetime | None = None, session: Session | None = None
    ) -> CaseFile:
        """Everything on file about a case, now or *as_of* an instant: facts, clocks, sub-cases, links."""
        with self._view(as_of, session) as view:
            held = view.held(str(case))
            recur = facts_that_recur(held.workflow)
            return file_of(view, held, same_answers(view, held, recur, view.today))

    def cases(
        self,
        *,
        workflow: str | None = None,
        state: str | None = None,
        stage: Stage | None = None,
        open_only: bool = False,
        as_of: datetime | None = None,
        session: Session | None = None,
    ) -> tuple[Case, ...]:
        """The cases that meet every condition given, in the order in which they were opened."""
        if stage is not None and stage not in STAGES:
            raise UnknownName("stage", str(stage), STAGES)
        named = {"workflow": workflow, "state": state, "stage": stage, "ended": False if open_only else None}
        wanted = {name: value for name, value in named.items() if value is not None}
        with self._view(as_of, session) as view:
            return tuple(case_of(held) for held in view.every(wanted))

    def find(
        self,
        workflow: str,
        rule: str,
        *,
        on: date | None = None,
        ended: bool = False,
        limit: int | None = None,
        as_of: datetime | None = None,
        session: Session | None = None,
    ) -> Found:
        """Which open cases of *workflow* meet *rule* (a name, or an expression), which do not, and of which
        that cannot be told; *ended* ones, too, if asked for.

        Asked of the facts as they are so *on* a day (default today), in cases opened by then; of each group,
        *limit* cases are told. Raises UnknownName, BadValue, UsageError for what no rule can say.
        """
        if limit is not None and (type(limit) is not int or limit < 0):
            raise BadValue(f"{limit!r} cases cannot be told", "give a whole number, or None for all")
        with self._view(as_of, session) as view:
            day = view.today if on is None else Work.a_day(on)
            present = self.framework if self._shelf.has_present else None
            return find(view, present, workflow, rule, on=day, ended=ended, limit=limit)

    def survey(
        self,
        *,
        open_only: bool = False,
        histories: bool = False,
        as_of: datetime | None = None,
        session: Session | None = None,
    ) -> Iterator[Surveyed]:
        """Each case with what is known of it, or with *open_only* each that has not ended; in the order in
        which they were opened, all as they were at one moment. *histories* come with them if asked for.

        Reads as it is read from: memory does not grow with the cases. Raises BrokenHistory where one is not
        as it was written.
        """
        with self._view(as_of, session) as view:
            yield from survey(view, open_only=open_only, histories=histories)

    def backtest(
        self,
        workflow: Workflow,
        *,
        progress: Callable[[int], None] | None = None,
        as_of: datetime | None = None,
        session: Session | None = None,
    ) -> Backtest:
        """What a proposed version of a *workflow* makes of every decision and deadline of its cases, with
        what was known then. *progress* hears how many more cases were looked at. Changes nothing.

        Memory does not grow with the cases, but with what would come out otherwise.
        """
        with self._view(as_of, session) as view:
            return backtest(view, workflow, progress)

    def dossier(
        self, case: Reference, *, as_of: datetime | None = None, session: Session | None = None
    ) -> Dossier:
        """Everything about a case, at one moment: its file, its history, and why what was decided was so."""
        with self._view(as_of, session) as view:
            return dossier(view, view.held(str(case)))

    def history(
        self, case: Reference, *, as_of: datetime | None = None, session: Session | None = None
    ) -> tuple[Line, ...]:
        """The history of a case from its first entry on, refusals included."""
        with self._view(as_of, session) as view:
            return lines_of(view.connection, view.history(view.held(str(case))))

    def audit(self, *, session: Session | None = None) -> Audit:
        """Verify every history: chains, replays, digests, and the triggers that guard them."""
        with self._view(None, session) as view:
            result = audit(view.connection, self._shelf)
        log("audit.finished", cases=result.cases, entries=result.entries, ok=result.ok)
        return result

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def _take(self, work: Work, case: Reference, by: Actor, revision: int | None) -> Held:
        """The case, brought up to now, if *by* is somebody and nobody has moved it on since *revision*."""
        held = work.load(str(case))
        Actor.expected(by).within(held.framework)
        if revision is not None and type(revision) is not int:
            raise BadValue(f"{revision!r} is not a revision", "give a whole number")
        if revision is not None and revision != held.record.revision:
            raise StaleCase(
                f"{held.record.reference} is at revision {held.record.revision}, not {revision}",
                "look again, and decide anew",
            )
        # So that nobody overtakes a clock that nobody has swept.
        bring_up(work, held)
        return held

    @contextmanager
    def _work(self, session: Session | None) -> Iterator[Work]:
        self.database.see_writable()
        with self._connected(session, self.database.writing) as connection, ExitStack() as stack:
            if session is not None:
                begin_writing(connection)
                stack.enter_context(connection.begin_nested())
            work = Work(connection, self._shelf, self.clock, self._salt)
            yield work
            work.finish()

    @contextmanager
    def _view(self, as_of: datetime | None, session: Session | None) -> Iterator[Now | Then]:
        with self._connected(session, self.database.reading) as connection:
            if as_of is None:
                yield Now(connection, self._shelf, self.clock.now())
            else:
                if not _is_instant(as_of):
                    raise BadValue(f"{as_of!r} is not an instant", "give a datetime with an offset from UTC")
                # Nobody knows more than what is known now.
                yield Then(connection, self._shelf, min(as_of, self.clock.now()))

    @contextmanager
    def _connected(
        self, session: Session | None, own: Callable[[], AbstractContextManager[Connection]]
    ) -> Iterator[Connection]:
        if session is None:
            with own() as connection:
                yield connection
            return
        if not isinstance(session, Session):
            raise BadValue(f"{session!r} is not a session", "give an sqlalchemy.orm.Session, or none")
        with told("the session's database"):
            yield session.connection()
