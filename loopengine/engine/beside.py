"""What the rules of a case read of cases that are not its own, and which of them gave the same answers.

Cases that are linked to it as a kind, in numbers; and what others of its workflow say of a fact. It is
counted when somebody asks, and never stored: an entry keeps what it read. Works on a transaction, on the
cases as they stand, and as they were known at an instant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple, TypeAlias, assert_never

from loopengine.core.definitions import Step, Workflow
from loopengine.core.durations import shift
from loopengine.core.records import Record, tally_changed
from loopengine.core.rules.expressions import Alike, Condition, kinds_of, walk
from loopengine.core.situation import NO_SUB_CASES, NOTHING_BESIDE, Beside, Other, Tally
from loopengine.core.values import Fact, Value
from loopengine.engine.reading import Now, Then
from loopengine.engine.results import SameAnswer
from loopengine.engine.work import Held, Work
from loopengine.store import cases

View: TypeAlias = Work | Now | Then
# Cases that ended so never were one, or were another one: they count for nothing.
_NO_CASE = frozenset({"withdrawn", "merged"})


class _Standing(NamedTuple):
    """The answer of another case that stood on some day."""

    reference: str
    opened_on: date
    value: Value
    so_on: date


def look_beside(view: View, held: Held, steps: Iterable[Step], on: date) -> None:
    """Let *held* know what the rules of *steps* read beside it on the day *on*."""
    readers = _readers(held.workflow)
    read = [readers[step.source, step.event] for step in steps if (step.source, step.event) in readers]
    _look(view, held, read, on)


def look_beside_for(view: Now | Then, held: Held, condition: Condition, on: date) -> None:
    """Let *held* know what *condition* reads beside it on the day *on*."""
    _look(view, held, list(filter(None, [_read_by(held.workflow, condition)])), on)


def _look(view: View, held: Held, read: Sequence[_Reads], on: date) -> None:
    if not read:
        held.beside = NOTHING_BESIDE
        return
    kinds = frozenset[str]().union(*(each.kinds for each in read))
    facts = _counted((alike for each in read for alike in each.alike), on)
    others = {
        fact: tuple(
            Other(each.value, each.opened_on)
            for each in _standing(view, held, held.workflow.facts[fact], on=on, opened_from=since)
        )
        for fact, since in facts.items()
    }
    held.beside = Beside(_tallies(view, held, kinds) if kinds else {}, others)


def same_answers(view: View, held: Held, facts: Iterable[str], today: date) -> tuple[SameAnswer, ...]:
    """Which other cases had given the same answers as *held*, to those of *facts* whose file asks for it.

    An answer counts that stood on the day from which that of *held* is so, and was so since a day that lies
    no further back than the file says.
    """
    return tuple(_same(view, held, today, facts))


def _same(view: View, held: Held, today: date, facts: Iterable[str]) -> Iterator[SameAnswer]:
    for fact in map(held.workflow.fact_asked, facts):
        mine = None if fact.recurs is None else held.record.answer(fact.name, today)
        if fact.recurs is None or mine is None or mine.value is None:
            continue
        since = shift(mine.so_on, fact.recurs, back=True)
        given = _standing(view, held, fact, on=mine.so_on, opened_from=date.min)
        found = [each.reference for each in given if each.value == mine.value and since <= each.so_on]
        if found:
            yield SameAnswer(fact.name, mine.value, fact.recurs, tuple(found))


class _Reads(NamedTuple):
    """What the rule of one step reads beside its case."""

    kinds: frozenset[str]
    alike: tuple[Alike, ...]


@lru_cache(maxsize=512)
def _readers(workflow: Workflow) -> Mapping[tuple[str, str], _Reads]:
    """The steps of *workflow* that read anything beside their case, by state and event: few do."""
    found: dict[tuple[str, str], _Reads] = {}
    for step in workflow.steps():
        read = None if step.when is None else _read_by(workflow, step.when.condition)
        if read is not None:
            found[step.source, step.event] = read
    return found


def _read_by(workflow: Workflow, condition: Condition) -> _Reads | None:
    """What *condition* reads beside its case, if it reads anything."""
    kinds = workflow.linked_kinds.intersection(kinds_of(condition))
    alike = tuple(node for node in walk(condition) if isinstance(node, Alike))
    return _Reads(kinds, alike) if kinds or alike else None


def _counted(read: Iterable[Alike], on: date) -> dict[str, date]:
    """The facts by which other cases are counted, each with the first day that matters."""
    found: dict[str, date] = {}
    for each in read:
        since = shift(on, each.duration, back=True)
        found[each.fact] = min(found.get(each.fact, since), since)
    return found


def _tallies(view: View, held: Held, kinds: Iterable[str]) -> dict[str, Tally]:
    """The cases linked to *held* in numbers, for each of *kinds*."""
    tallies = dict.fromkeys(kinds, NO_SUB_CASES)
    for kind, record in _linked(view, held):
        if kind in tallies:
            tallies[kind] = tally_changed(tallies[kind], None, record)
    return tallies


def _linked(view: View, held: Held) -> Iterator[tuple[str, Record]]:
    match view:
        case Work():
            ties = cases.tied(view.connection, held.id)
            found = cases.find_by_ids(view.connection, [id_ for _, id_ in ties])
            in_hand = view.in_hand()
            for name, id_ in ties:
                yield name, in_hand[id_].record if id_ in in_hand else found[id_].record
        case Now() | Then():
            for name, other in view.tied(held):
                yield name, other.record
        case _:
            assert_never(view)


def _standing(view: View, held: Held, fact: Fact, *, on: date, opened_from: date) -> list[_Standing]:
    """What the other cases of *held*'s workflow say of *fact* on the day *on*, in the order of opening."""
    name = held.record.workflow
    match view:
        case Work():
            found = cases.answers_beside(view.connection, name, fact, on=on, opened_from=opened_from)
            # What this transaction has in hand stands otherwise than in the rows.
            for id_, each in view.in_hand().items():
                found.pop(id_, None)
                if each.record.workflow == name:
                    found |= _given(id_, each.record, fact, on)
        case Now():
            found = cases.answers_beside(view.connection, name, fact, on=on, opened_from=opened_from)
        case Then():
            found = {}
            for id_, record in view.records(name):
                found |= _given(id_, record, fact, on)
        case _:
            assert_never(view)
    return [
        _Standing(each.reference, each.opened_on, each.value, each.so_on)
        for id_, each in sorted(found.items())
        if id_ != held.id
        and each.value is not None
        and opened_from <= each.opened_on <= on
        and not (each.ended and each.state in _NO_CASE)
    ]


def _given(id_: int, record: Record, fact: Fact, on: date) -> Mapping[int, cases.Given]:
    answer = record.answer(fact.name, on)
    if answer is None:
        return {}
    return {
        id_: cases.Given(
            record.reference, record.state, record.ended, record.opened_on, answer.value, answer.so_on
        )
    }


def facts_that_recur(workflow: Workflow) -> tuple[str, ...]:
    """The facts of *workflow* whose file asks which other cases gave the same answer."""
    return tuple(name for name, fact in workflow.facts.items() if fact.recurs is not None)
