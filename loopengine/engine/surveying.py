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
from loopengine.core.situation import Recorded
from loopengine.core.values import Value
from loopengine.engine.looking_ahead import Due, dues_of
from loopengine.engine.reading import (
    Now,
    Then,
    answers_on_file,
    case_of,
    lines_with,
    named,
    owners_of,
    refs_of_answers,
    refs_of_entries,
)
from loopengine.engine.results import Case, Line
from loopengine.engine.work import Held
from loopengine.store import books, cases
from loopengine.store.legible import legible

_AT_ONCE = 200


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
            found = Surveyed(
                case=case_of(held),
                root=roots[held.root_id],
                workflow=held.workflow,
                framework=held.framework,
                answers=named(answers[held.id], held.workflow, kept),
                owners=() if held.record.ended else owners_of(held, view.today),
                clocks=standing(held.workflow, held.record, view.calendar(held), view.today),
                dues=() if held.record.ended else tuple(dues_of(view, held)),
                holds=tuple(sorted(held.record.holds_on)),
                lines=lines_with(entries, kept),
                stays=stays(held.workflow, entries),
                ties=tuple(links_told(entries)),
            )
        yield found
