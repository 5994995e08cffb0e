"""Reading cases: as they stand, or as they were known at an instant.

`Now` reads the rows; `Then` replays the histories up to an instant, so that nothing learnt since can colour
what is shown (Working Together 2015, quoted in the framework's 3.2: no hindsight). Both give the same `Held`
values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection

from loopengine.clock import instant_text, london_date
from loopengine.core.deadlines import standing
from loopengine.core.definitions import Party, Workflow
from loopengine.core.history import Entry, links_told, replay, struck_out
from loopengine.core.records import Record, tally_changed
from loopengine.core.rules.english import words
from loopengine.core.situation import NO_SUB_CASES, Recorded, Tally
from loopengine.core.workdays import WorkingCalendar
from loopengine.engine.results import Arisen, Case, CaseFile, Line, Link, SameAnswer
from loopengine.engine.shelf import Shelf
from loopengine.engine.work import Held, no_such_case
from loopengine.errors import CaseNotFound
from loopengine.store import books, cases
from loopengine.store.legible import legible


class Now:
    """The cases as they stand."""

    def __init__(self, connection: Connection, shelf: Shelf, now: datetime) -> None:
        self.connection = connection
        self.shelf = shelf
        self.today = london_date(now)

    def held(self, reference: str) -> Held:
        """The case called *reference*, with its answers; raises CaseNotFound."""
        stored = cases.find(self.connection, reference)
        if stored is None:
            raise no_such_case(reference)
        return self._hold([stored])[0]

    def calendar(self, held: Held) -> WorkingCalendar:
        """The working calendar by whose convention *held*'s framework counts."""
        return self.shelf.calendar(self.connection, held.framework)

    def sub_cases(self, held: Held) -> list[Held]:
        """The cases under *held*, in the order in which they were opened; without their answers."""
        under = cases.all_cases(self.connection, parent_id=held.id)
        return self._hold(under, answers=False)

    def every(self, wanted: Mapping[str, object], *, answers: bool = False) -> list[Held]:
        """The cases that are as *wanted*, in the order in which they were opened; or with *answers*."""
        return self._hold(cases.all_cases(self.connection, wanted=wanted), answers=answers)

    def in_chunks(self, wanted: Mapping[str, object], size: int) -> Iterator[list[Held]]:
        """The cases that are as *wanted*, with their answers, *size* at a time; in the order of `every`."""
        last = 0
        while stored := cases.cases_after(self.connection, last, size, wanted):
            last = stored[-1].id
            yield self._hold(stored)

    def with_rows(self, rows: Sequence[int]) -> list[Held]:
        """The cases with these *rows*, with their answers, in that order."""
        found = cases.find_by_ids(self.connection, rows)
        return self._hold([found[row] for row in rows])

    def histories(self, held: Sequence[Held]) -> dict[int, tuple[Entry, ...]]:
        """The entries of each of *held*, by row."""
        return cases.histories_of(self.connection, [each.id for each in held])

    def history(self, held: Held) -> tuple[Entry, ...]:
        """The entries of *held*."""
        return cases.history_of(self.connection, held.id)

    def tied(self, held: Held) -> list[tuple[str, Held]]:
        """The cases that *held* is tied to, by the name of the tie; without their answers."""
        ties = cases.tied(self.connection, held.id)
        found = cases.find_by_ids(self.connection, [id_ for _, id_ in ties])
        by_row = {each.id: each for each in self._hold([*found.values()], answers=False)}
        return [(name, by_row[id_]) for name, id_ in ties]

    def tells(self, held: Held, name: str, other: str) -> bool:
        """Whether *held* says that it is tied to the case *other* by *name*: every tie there is was told."""
        return True

    def _hold(self, stored: Sequence[cases.Stored], *, answers: bool = True) -> list[Held]:
        frameworks = [self.shelf.pinned(self.connection, each.record.framework) for each in stored]
        workflows = [self.shelf.workflow_of(self.connection, each.record) for each in stored]
        if not answers:
            records = [each.record for each in stored]
        else:
            wanted = {each.id: workflow for each, workflow in zip(stored, workflows, strict=True)}
            answered = cases.answers_of(self.connection, wanted)
            records = [replace(each.record, answers=answered[each.id]) for each in stored]
        return [
            Held(
                each.id, each.parent_id, each.root_id, record, each.tallies, workflow, framework, each.due_at
            )
            for each, record, workflow, framework in zip(stored, records, workflows, frameworks, strict=True)
        ]


class Then:
    """The cases as they were known at the instant *at*."""

    def __init__(self, connection: Connection, shelf: Shelf, at: datetime) -> None:
        self.connection = connection
        self.shelf = shelf
        self.at = at
        self.today = london_date(at)

    def held(self, reference: str) -> Held:
        """The case called *reference* as it was; raises CaseNotFound if there was none yet."""
        stored = cases.find(self.connection, reference)
        if stored is None:
            raise no_such_case(reference)
        held = self._held(stored)
        if held is None:
            raise CaseNotFound(
                f"{reference} did not exist at {instant_text(self.at)}", "ask for a later instant"
            )
        return held

    def calendar(self, held: Held) -> WorkingCalendar:
        """The working calendar by whose convention *held*'s framework counts."""
        return self.shelf.calendar(self.connection, held.framework)

    def sub_cases(self, held: Held) -> list[Held]:
        """The cases under *held* as they were."""
        found = (self._held(stored) for stored in cases.all_cases(self.connection, parent_id=held.id))
        return [each for each in found if each is not None]

    def every(self, wanted: Mapping[str, object], *, answers: bool = True) -> list[Held]:
        """The cases that there were, and that were as *wanted*; replayed, they have their answers anyway."""
        found = (self._held(stored) for stored in cases.all_cases(self.connection))
        return [
            each
            for each in found
            if each is not None and all(getattr(each.record, name) == value for name, value in wanted.items())
        ]

    def in_chunks(self, wanted: Mapping[str, object], size: int) -> Iterator[list[Held]]:
        """The cases that there were and that were as *wanted*, at most *size* at a time."""
        last = 0
        while stored := cases.cases_after(self.connection, last, size):
            last = stored[-1].id
            yield [
                held
                for held in map(self._held, stored)
                if held is not None and all(getattr(held.record, key) == wanted[key] for key in wanted)
            ]

    def with_rows(self, rows: Sequence[int]) -> list[Held]:
        """The cases with these *rows* as they were, if there were any, in that order."""
        found = cases.find_by_ids(self.connection, rows)
        return [held for row in rows if (held := self._held(found[row])) is not None]

    def histories(self, held: Sequence[Held]) -> dict[int, tuple[Entry, ...]]:
        """The entries of each of *held* that there were, by row."""
        told = cases.histories_of(self.connection, [each.id for each in held])
        return {
            id_: tuple(entry for entry in entries if entry.recorded_at <= self.at)
            for id_, entries in told.items()
        }

    def history(self, held: Held) -> tuple[Entry, ...]:
        """The entries of *held* that there were."""
        return tuple(
            entry for entry in cases.history_of(self.connection, held.id) if entry.recorded_at <= self.at
        )

    def tied(self, held: Held) -> list[tuple[str, Held]]:
        """The cases that *held* was tied to by then, by the name of the tie."""
        ties = cases.tied(self.connection, held.id)
        found = cases.find_by_ids(self.connection, [id_ for _, id_ in ties])
        there = ((name, self._held(found[id_])) for name, id_ in ties)
        told = links_told(self.history(held))
        return [(name, each) for name, each in there if each and (name, each.record.reference) in told]

    def tells(self, held: Held, name: str, other: str) -> bool:
        """Whether *held* had said by then that it is tied to the case *other* by *name*."""
        return (name, other) in links_told(self.history(held))

    def records(self, workflow: str) -> Iterator[tuple[int, Record]]:
        """The cases of *workflow* that there were, by row, in the order in which they were opened."""
        for stored in cases.all_cases(self.connection, wanted={"workflow": workflow}):
            if (record := self._record(stored)) is not None:
                yield stored.id, record

    def _held(self, stored: cases.Stored) -> Held | None:
        workflow = self.shelf.workflow_of(self.connection, stored.record)
        record = self._record(stored)
        if record is None:
            return None
        tallies = tallied(
            self._record(each) for each in cases.all_cases(self.connection, parent_id=stored.id)
        )
        return Held(
            stored.id,
            stored.parent_id,
            stored.root_id,
            record,
            tallies,
            workflow,
            self.shelf.pinned(self.connection, record.framework),
        )

    def _record(self, stored: cases.Stored) -> Record | None:
        framework = self.shelf.pinned(self.connection, stored.record.framework)
        entries = [
            each for each in cases.history_of(self.connection, stored.id) if each.recorded_at <= self.at
        ]
        with legible(f"the history of {stored.record.reference}"):
            return replay(framework, entries) if entries else None


def tallied(records: Iterable[Record | None]) -> dict[str, Tally]:
    """The sub-cases with these *records* in numbers, by kind."""
    tallies: dict[str, Tally] = {}
    for record in records:
        if record is not None and record.kind is not None:
            tally = tallies.get(record.kind, NO_SUB_CASES)
            tallies[record.kind] = tally_changed(tally, None, record)
    return tallies


def case_of(held: Held, warnings: tuple[str, ...] = ()) -> Case:
    """*held* as the engine answers it."""
    record = held.record
    return Case(
        reference=record.reference,
        workflow=record.workflow,
        title=held.workflow.title,
        state=record.state,
        doing=held.workflow.states[record.state].title,
        stage=record.stage,
        ended=record.ended,
        revision=record.revision,
        opened_on=record.opened_on,
        parent=record.parent,
        kind=record.kind,
        warnings=warnings,
        adopted=record.adopted,
    )


def file_of(view: Now | Then, held: Held, alike: tuple[SameAnswer, ...] = ()) -> CaseFile:
    """Everything on file about *held*; *alike* is what other cases have to do with it."""
    record, workflow = held.record, held.workflow
    answers = answers_on_file(held, view.today)
    kept = books.words_at(view.connection, refs_of_answers(workflow, answers))
    first = view.history(held)[0]
    warnings = first.body.get("warnings")
    return CaseFile(
        case=case_of(held, tuple(str(each) for each in warnings) if isinstance(warnings, list) else ()),
        answers=named(answers, workflow, kept),
        clocks=standing(workflow, record, view.calendar(held), view.today),
        sub_cases=tuple(case_of(each) for each in view.sub_cases(held)),
        links=tuple(_links(view, held)),
        asks=workflow.facts,
        owner=owners_of(held, view.today),
        today=view.today,
        holds=tuple(sorted(record.holds_on)),
        alike=alike,
        standing=tuple(_arisen(workflow, record)),
    )


def answers_on_file(held: Held, today: date) -> dict[str, Recorded]:
    """What *held* says today, by fact; words are the references under which they are kept."""
    record, workflow = held.record, held.workflow
    # What was asked before anybody was named is on file as well.
    asked = dict.fromkeys((*workflow.facts, *(fact for fact in record.answers if fact in workflow.repeated)))
    latest = {fact: record.answer(fact, today) for fact in asked}
    return {
        fact: Recorded(each.value, each.so_on, each.recorded_at, each.said_by, each.evidence)
        for fact, each in latest.items()
        if each is not None
    }


def refs_of_answers(workflow: Workflow, answers: Mapping[str, Recorded]) -> set[str]:
    """The references in *answers* under which words are kept."""
    refs = {ref for each in answers.values() for ref in (each.by, each.evidence) if ref}
    return refs | {
        str(each.value) for fact, each in answers.items() if workflow.fact_asked(fact).type == "text"
    }


def named(
    answers: Mapping[str, Recorded], workflow: Workflow, kept: Mapping[str, str]
) -> dict[str, Recorded]:
    """*answers* with the words that are *kept* in place of their references."""
    return {
        fact: replace(
            each,
            by=kept.get(each.by or "", each.by),
            evidence=kept.get(each.evidence or "", each.evidence),
            value=kept.get(str(each.value))
            if each.value is not None and workflow.fact_asked(fact).type == "text"
            else each.value,
        )
        for fact, each in answers.items()
    }


def _arisen(workflow: Workflow, record: Record) -> Iterator[Arisen]:
    """What has arisen, in the order of the file."""
    for rule in workflow.standing.values():
        if record.has_arisen(rule.name):
            title = rule.title or rule.name.replace("_", " ")
            yield Arisen(rule.name, title, record.standing[rule.name][-1].since)


def _links(view: Now | Then, held: Held) -> Iterator[Link]:
    """The ties of *held* to cases that there were."""
    for name, case, away in cases.links_of(view.connection, held.id):
        with suppress(CaseNotFound):
            other = view.held(case)
            says, of = (held, case) if away else (other, held.record.reference)
            if view.tells(says, name, of):
                yield Link(name, case, away, _tie_words(says, name, away=away))


def _tie_words(says: Held, name: str, *, away: bool) -> str | None:
    """What a tie by *name* that *says* has is called, read from it or, not *away*, from the other case."""
    tie = says.framework.links.get(name)
    if tie is not None:
        return tie.title if away else tie.inverse
    if name in says.workflow.linked_kinds:
        return f"has among its {words(name)}" if away else f"is among the {words(name)} of"
    return words(name) if away else None


def lines_of(connection: Connection, entries: tuple[Entry, ...]) -> tuple[Line, ...]:
    """*entries* with the words that are kept apart from them."""
    return lines_with(entries, books.words_at(connection, refs_of_entries(entries)))


def refs_of_entries(entries: Iterable[Entry]) -> set[str]:
    """The references in *entries* under which words are kept."""
    return {ref for entry in entries for ref in _refs(entry.body)}


def lines_with(entries: Sequence[Entry], kept: Mapping[str, str]) -> tuple[Line, ...]:
    """*entries* with those words that are *kept* apart from them."""
    struck = struck_out(entries)
    return tuple(
        Line(
            entry,
            _by(entry, kept),
            _reason(entry, kept),
            {ref: kept[ref] for ref in _refs(entry.body)},
            struck.get(entry.n),
        )
        for entry in entries
    )


def _refs(body: object) -> Iterator[str]:
    if isinstance(body, Mapping):
        if set(body) == {"ref", "digest"}:
            yield str(body["ref"])
        for value in body.values():
            yield from _refs(value)


def _by(entry: Entry, kept: Mapping[str, str]) -> str:
    by = entry.body["by"]
    assert isinstance(by, Mapping)
    name = by["name"]
    return kept[str(name["ref"])] if isinstance(name, Mapping) else str(name)


def _reason(entry: Entry, kept: Mapping[str, str]) -> str | None:
    reason = entry.words("reason")
    return None if reason is None else kept[reason.ref]


def owners_of(held: Held, on: date) -> tuple[str, ...]:
    """Whose move it is in *held* on the day *on*."""
    facts = held.record.facts(on)
    return tuple(_owner(party, facts) for party in held.workflow.states[held.record.state].owner)


def _owner(party: Party, facts: Mapping[str, object]) -> str:
    if party.of is None:
        return party.role
    value = facts.get(party.of)
    agencies = sorted(value) if isinstance(value, frozenset) else [] if value is None else [str(value)]
    return f"{party.role} of {', '.join(agencies)}" if agencies else party.role
