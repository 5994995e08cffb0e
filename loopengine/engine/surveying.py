"""All cases, one after the other, each with what is known of it: for pages, reports, registers and exports.

They are read in chunks, so that memory does not grow with their number. Reads; writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from loopengine.core.chronicle import Stay, stays
from loopengine.core.deadlines import Running, standing
from loopengine.core.definitions import Framework, Workflow
from loopengine.core.history import links_told
from loopengine.core.retelling import retell
from loopengine.core.rules.explanation import Node
from loopengine.core.situation import Recorded
from loopengine.core.values import Value
from loopengine.engine.beside import facts_that_recur, same_answers
from loopengine.engine.explaining import named as with_names
from loopengine.engine.looking_ahead import Due, dues_among
from loopengine.engine.reading import (
    Now,
    Then,
    answers_on_file,
    case_of,
    file_of,
    lines_with,
    named,
    owners_of,
    refs_of_answers,
    refs_of_entries,
)
from loopengine.engine.results import Case, CaseFile, Line
from loopengine.engine.work import Held
from loopengine.store import books, cases
from loopengine.store.legible import legible

_AT_ONCE = 200
_DECIDED = frozenset({"moved", "refused", "arose"})


@dataclass(frozen=True, slots=True)
class Surveyed:
    """One case as a survey finds it; *root* is the case at the top of its family, which may be itself.

    *answers* are the latest ones, with words in full unless erased; *clocks* all deadlines that have begun,
    *dues* those that run, with whose move it is; *holds* those that are on. Only where histories were asked
    for, there are *lines* of it, *stays* in states and stages, and *ties*: the links that it tells, by name.
    """

    case: Case
    root: str
    workflow: Workflow
    framework: Framework
    answers: Mapping[str, Recorded]
    owners: tuple[str, ...]
    clocks: tuple[Running, ...]
    dues: tuple[Due, ...]
    holds: tuple[str, ...]
    lines: tuple[Line, ...] = ()
    stays: tuple[Stay, ...] = ()
    ties: tuple[tuple[str, str], ...] = ()

    @property
    def facts(self) -> dict[str, Value]:
        """What is known, by fact."""
        return {name: each.value for name, each in self.answers.items() if each.value is not None}


@dataclass(frozen=True, slots=True)
class Dossier:
    """One case as somebody reads it through: its *file*, and what a survey *found*, with its history.

    *because* says for its moves, refusals and what arose why they were so, by entry, where a rule was asked:
    as it was then, with what was known then.
    """

    file: CaseFile
    found: Surveyed
    because: Mapping[int, Node]


def dossier(view: Now | Then, held: Held) -> Dossier:
    """Everything about *held*."""
    found = next(_surveyed(view, [held], histories=True))
    recur = facts_that_recur(held.workflow)
    file = file_of(view, held, same_answers(view, held, recur, view.today))
    entries = view.history(held)
    with legible(held.record.reference):
        told = {each.n: retell(held.framework, entries, each.n) for each in entries if each.kind in _DECIDED}
    because = {n: with_names(view.connection, node) for n, node in told.items() if node is not None}
    return Dossier(file, found, because)


def survey(view: Now | Then, *, open_only: bool = False, histories: bool = False) -> Iterator[Surveyed]:
    """The cases, or with *open_only* those that have not ended, in the order in which they were opened."""
    wanted: Mapping[str, object] = {"ended": False} if open_only else {}
    for held in view.in_chunks(wanted, _AT_ONCE):
        yield from _surveyed(view, held, histories)


def _surveyed(view: Now | Then, chunk: Sequence[Held], histories: bool) -> Iterator[Surveyed]:
    told = view.histories(chunk) if histories else {}
    answers = {each.id: answers_on_file(each, view.today) for each in chunk}
    refs = {ref for each in chunk for ref in refs_of_answers(each.workflow, answers[each.id])}
    refs |= {ref for entries in told.values() for ref in refs_of_entries(entries)}
    kept = books.words_at(view.connection, refs)
    roots = cases.references_of(view.connection, sorted({each.root_id for each in chunk}))
    for held in chunk:
        entries = told.get(held.id, ())
        with legible(held.record.reference):
            clocks = standing(held.workflow, held.record, view.calendar(held), view.today)
            found = Surveyed(
                case=case_of(held),
                root=roots[held.root_id],
                workflow=held.workflow,
                framework=held.framework,
                answers=named(answers[held.id], held.workflow, kept),
                owners=() if held.record.ended else owners_of(held, view.today),
                clocks=clocks,
                dues=() if held.record.ended else tuple(dues_among(view, held, clocks)),
                holds=tuple(sorted(held.record.holds_on)),
                lines=lines_with(entries, kept),
                stays=stays(held.workflow, entries),
                ties=tuple(links_told(entries)),
            )
        yield found
