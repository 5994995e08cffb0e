"""What it means that the engine agrees with the model: on a decision, on a row, and on a history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from loopengine import Decision, Framework, Moved
from loopengine.core.history import Entry, entry_from, faults, replay
from loopengine.core.records import Record
from loopengine.core.situation import Tally
from loopengine.core.values import Value
from loopengine.store import books, cases, outbox
from loopengine.store.cases import Stored
from support.model import Outcome
from support.model_case import Line, ModelCase, Move, Told
from support.model_clocks import stopped_on

# What there is beside cases, their entries, and the words that are kept apart.
OTHER_TABLES = (
    *("loop_answer", "loop_link", "loop_counter", "loop_framework", "loop_workflow", "loop_notice"),
)


class Rows(NamedTuple):
    """All cases as they are stored, by reference; and how many rows the other tables have."""

    stored: dict[str, Stored]
    others: dict[str, int]

    def once_refused(self, reference: str, after: Rows) -> Rows:
        """These rows with one more entry in the history of a case, and nothing else as it is *after*."""
        was, now = self.stored[reference], after.stored[reference].record
        record = replace(
            was.record, entries=was.record.entries + 1, head=now.head, recorded_at=now.recorded_at
        )
        return Rows({**self.stored, reference: replace(was, record=record)}, self.others)


def rows(connection: Connection) -> Rows:
    """The rows that there are."""
    stored = {each.record.reference: each for each in cases.all_cases(connection)}
    count = "select count(*) from "
    return Rows(
        stored, {table: connection.exec_driver_sql(count + table).scalar_one() for table in OTHER_TABLES}
    )


def outcome_of(decision: Decision) -> Outcome:
    """*decision* as the model would put it."""
    also_moved = frozenset(decision.also_moved)
    if not isinstance(decision, Moved):
        return Outcome(decision.verdict, decision.state, also_moved=also_moved)
    return Outcome(
        decision.verdict, decision.state, decision.to, decision.overridden, decision.opened, also_moved
    )


def rows_agree(stored: Stored, case: ModelCase) -> None:
    """The row of a case says what the model says of it."""
    record, state = stored.record, case.state
    assert (record.state, record.stage) == (state.name, state.stage)
    assert (record.ended, record.excused) == (state.final, case.excused)
    assert (record.revision, record.entries) == (case.revision, len(case.lines))
    assert (record.workflow, record.opened_on) == (case.workflow.name, case.moves[0].on)
    assert (record.parent, record.kind) == (case.parent and case.parent.reference, case.kind)
    assert frozenset(record.path) == case.reached
    happened = {event: [each.on for each in times] for event, times in record.happened.items()}
    told: dict[str, list[date]] = {}
    for move in case.moves[: -1 if case.in_error else None]:
        told.setdefault(move.event, []).append(move.on)
    assert happened == told
    holds = {name: [(span.since, span.until) for span in spans] for name, spans in record.holds.items()}
    assert holds == {name: [(span.since, span.until) for span in spans] for name, spans in case.holds.items()}
    standing = {name: [(span.since, span.until) for span in spans] for name, spans in record.standing.items()}
    assert standing == {
        name: [(span.since, span.until) for span in spans] for name, spans in case.standing.items()
    }
    clocks_agree(record, case)
    tallies_agree(stored.tallies, case)


def tallies_agree(tallies: Mapping[str, Tally], case: ModelCase) -> None:
    """What is counted of the cases below is what comes of counting them one by one."""
    for kind in {each.kind for each in case.under if each.kind}:
        below = case.sub_cases(kind)
        excused = [each for each in below if each.excused]
        assert tallies[kind] == Tally(
            len(below),
            Counter(state for each in below for state in each.reached),
            len(excused),
            Counter(state for each in excused for state in each.reached),
        )


def clocks_agree(record: Record, case: ModelCase) -> None:
    """The clocks of a case were armed, fall due and were stopped as the model says, and have said as much."""
    clocks = {
        name: (clock.n, clock.started_on, clock.due.on, clock.stopped_on, list(clock.said))
        for name, clock in record.clocks.items()
    }
    assert clocks == {
        name: (
            clock.armed,
            clock.start.on,
            clock.due,
            stopped_on(case.workflow.deadlines[name], clock.start, case),
            clock.said,
        )
        for name, clock in case.clocks.items()
    }


def histories_agree(connection: Connection, framework: Framework, stored: Stored, case: ModelCase) -> None:
    """A history is whole; replayed, it gives the row and the answers; and it tells what the model knows."""
    texts = list(cases.entries_of(connection, stored.id))
    assert faults(texts) == []
    entries = [entry_from(*each) for each in texts]
    answers = cases.answers_of(connection, {stored.id: case.workflow})
    record = replace(stored.record, answers=answers[stored.id])
    assert replay(framework, entries) == record
    assert [_move(entry) for entry in entries if entry.kind in ("opened", "moved", "withdrawn")] == case.moves
    assert [line_of(entry) for entry in entries] == case.lines
    assert _told(connection, stored.id) == case.told
    assert _answers(record, connection) == {
        fact: [(each.so_on, each.value) for each in sorted(said)] for fact, said in case.said.items()
    }
    links = cases.links_of(connection, stored.id)
    assert [(name, other) for name, other, away in links if away] == case.links


def line_of(entry: Entry) -> Line:
    """*entry* as the model would put it."""
    what = (
        "opened"
        if entry.kind == "opened"
        else entry.text("event") or entry.text("hold") or entry.text("standing")
    )
    said = entry.text("notice")
    notice = None if said is None else f"{entry.text('deadline')}/{said}"
    return Line(entry.kind, entry.so_on, entry.due_at, what, notice)


def _move(entry: Entry) -> Move:
    return Move(entry.text("event") or entry.kind, str(entry.text("to")), entry.so_on, entry.n)


def _told(connection: Connection, id_: int) -> list[Told]:
    """What is in the outbox about a case, in the order of its history."""
    rows = connection.execute(outbox.NOTICE.select().where(outbox.NOTICE.c.case_id == id_)).mappings()
    told = [Told(*(row[name] for name in Told._fields)) for row in rows]
    return sorted(told)


def _answers(record: Record, connection: Connection) -> dict[str, list[tuple[date, Value | None]]]:
    """The answers that stand, with the texts that are kept apart."""
    told: dict[str, list[tuple[date, Value | None]]] = {}
    for fact, answers in record.answers.items():
        words = books.words_at(connection, {each.value for each in answers if isinstance(each.value, str)})
        told[fact] = [
            (each.so_on, words[each.value] if isinstance(each.value, str) else each.value) for each in answers
        ]
    return told
