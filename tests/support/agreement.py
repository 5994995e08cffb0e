"""What it means that the engine agrees with the model: on a decision, on a row, and on a history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from loopengine import Decision, Framework, Moved
from loopengine.core.history import Entry, entry_from, faults, replay
from loopengine.core.records import Record
from loopengine.core.values import Value
from loopengine.store import books, cases
from loopengine.store.cases import Stored
from support.model import Outcome
from support.model_case import ModelCase, Move

# What there is beside cases, their entries, and the words that are kept apart.
OTHER_TABLES = ("loop_answer", "loop_link", "loop_counter", "loop_framework", "loop_workflow")


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
    if not isinstance(decision, Moved):
        return Outcome(decision.verdict, decision.state)
    also_moved = frozenset(decision.also_moved)
    return Outcome(decision.verdict, decision.to, decision.overridden, decision.opened, also_moved)


def rows_agree(stored: Stored, case: ModelCase) -> None:
    """The row of a case says what the model says of it."""
    record, state = stored.record, case.state
    assert (record.state, record.stage) == (state.name, state.stage)
    assert (record.ended, record.excused) == (state.final, case.excused)
    assert (record.revision, record.entries) == (case.revision, case.revision + case.refusals)
    assert (record.workflow, record.opened_on) == (case.workflow.name, case.moves[0].on)
    assert (record.parent, record.kind) == (case.parent and case.parent.reference, case.kind)
    assert frozenset(record.path) == case.reached
    happened = {event: [each.on for each in times] for event, times in record.happened.items()}
    told: dict[str, list[date]] = {}
    for move in case.moves:
        told.setdefault(move.event, []).append(move.on)
    assert happened == told


def histories_agree(connection: Connection, framework: Framework, stored: Stored, case: ModelCase) -> None:
    """A history is whole; replayed, it gives the row and the answers; and it tells what the model knows."""
    texts = list(cases.entries_of(connection, stored.id))
    assert faults(texts) == []
    entries = [entry_from(*each) for each in texts]
    record = replace(stored.record, answers=cases.answers_of(connection, stored.id, case.workflow))
    assert replay(framework, entries) == record
    assert [_move(entry) for entry in entries if entry.kind in ("opened", "moved")] == case.moves
    assert sum(entry.kind == "refused" for entry in entries) == case.refusals
    assert _answers(record, connection) == {
        fact: [(each.so_on, each.value) for each in sorted(said)] for fact, said in case.said.items()
    }
    links = cases.links_of(connection, stored.id)
    assert [(name, other) for name, other, away in links if away] == case.links


def _move(entry: Entry) -> Move:
    return Move(entry.text("event") or "opened", str(entry.text("to")), entry.so_on)


def _answers(record: Record, connection: Connection) -> dict[str, list[tuple[date, Value | None]]]:
    """The answers that stand, with the texts that are kept apart."""
    told: dict[str, list[tuple[date, Value | None]]] = {}
    for fact, answers in record.answers.items():
        words = books.words_at(connection, {each.value for each in answers if isinstance(each.value, str)})
        told[fact] = [
            (each.so_on, words[each.value] if isinstance(each.value, str) else each.value) for each in answers
        ]
    return told
