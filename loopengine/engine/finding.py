"""Which cases meet a rule, which do not, and of which it cannot be told, with what to ask.

The database is asked for all of them at once, as far as a rule can be said in SQL; each of the others is
looked at by itself. Reads; writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from loopengine.core.definitions import Framework
from loopengine.core.rules.assessment import question_json
from loopengine.core.rules.expressions import Condition
from loopengine.core.rules.questions import open_questions
from loopengine.core.rules.sayable import unsayable
from loopengine.core.rules.verdicts import Rule, evaluate
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth
from loopengine.core.values import Fact
from loopengine.core.wanted import about, wanted
from loopengine.engine.beside import look_beside_for
from loopengine.engine.reading import Now, Then, case_of
from loopengine.engine.results import Case, Document
from loopengine.engine.work import Held
from loopengine.errors import UnknownName, UsageError
from loopengine.store import searching
from loopengine.store.searching import Sought

ExactBy: TypeAlias = Literal["sql", "cases"]
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case that was looked for; *questions* have to be answered before it can be told."""

    case: Case
    questions: tuple[Fact, ...] = ()
    roles: tuple[str, ...] = field(repr=False, default=())

    def to_json(self) -> Document:
        """One of the cases that `find` prints."""
        asked = [question_json(fact, self.case.reference, self.roles) for fact in self.questions]
        return {**self.case.listed_json(), "open_questions": asked}


@dataclass(frozen=True, slots=True)
class Group:
    """The cases of which the same was found: how many, and the first of them."""

    count: int = 0
    cases: tuple[FoundCase, ...] = ()

    def to_json(self) -> Document:
        """One of the groups that `find` prints."""
        return {"count": self.count, "cases": [each.to_json() for each in self.cases]}


@dataclass(frozen=True, slots=True)
class Found:
    """What a *rule* of *workflow* amounts to in its cases, on the day *on*.

    *without* are those that began under files that cannot say the rule. All of it is *exact*: by SQL, or, as
    far as *looked_at* says what the database cannot be asked, by a look at each case.
    """

    workflow: str
    rule: str
    title: str | None
    on: date
    yes: Group
    no: Group
    unknown: Group
    without: Group
    looked_at: tuple[str, ...] = ()

    @property
    def exact_by(self) -> ExactBy:
        """How it was found."""
        return "cases" if self.looked_at else "sql"

    def to_json(self) -> Document:
        """What `find` prints."""
        return {
            "workflow": self.workflow,
            "rule": self.rule,
            "title": self.title,
            "on": self.on.isoformat(),
            "exact_by": self.exact_by,
            "looked_at": list(self.looked_at),
            "yes": self.yes.to_json(),
            "no": self.no.to_json(),
            "unknown": self.unknown.to_json(),
            "without": self.without.to_json(),
        }


@dataclass(frozen=True, slots=True)
class _Search:
    """What is looked for, in which cases; *rules* says it for each framework that can."""

    sought: Sought
    rules: Mapping[str, Rule]

    def condition(self, held: Held) -> Condition:
        """What is looked for, about those whom *held* is about."""
        return about(self.rules[held.record.framework].condition, held.workflow)

    def situation(self, view: Now | Then, held: Held, condition: Condition) -> Situation:
        """What *condition* reads of *held*."""
        look_beside_for(view, held, condition, self.sought.on)
        return held.position(self.sought.on).situation


@dataclass(slots=True)
class _Verdicts:
    """What was found of which rows, and what had to be looked at case by case."""

    of: dict[int, Truth | None] = field(default_factory=dict)
    looked_at: dict[str, None] = field(default_factory=dict)

    def rows(self, verdict: Truth | None) -> list[int]:
        """The rows of which *verdict* was found, in the order in which the cases were opened."""
        return sorted(row for row, found in self.of.items() if found is verdict)


def find(
    view: Now | Then,
    present: Framework | None,
    workflow: str,
    rule: str,
    *,
    on: date,
    ended: bool = False,
    limit: int | None = None,
) -> Found:
    """Which cases of *workflow* meet *rule* on the day *on*; of each group, *limit* cases are told.

    Raises UnknownName, BadValue or UsageError for what neither the *present* framework nor that of any case
    can say.
    """
    digests = searching.frameworks_of(view.connection, workflow)
    frameworks = {digest: view.shelf.pinned(view.connection, digest) for digest in digests}
    rules = _rules(present, frameworks, workflow, rule)
    search = _Search(Sought(workflow, on, ended), {each: rules[each] for each in digests if each in rules})
    verdicts = _Verdicts()
    match view:
        case Now():
            for digest, framework in frameworks.items():
                _ask(view, search, framework, digest, verdicts)
        case Then():
            verdicts.looked_at["what was known at an instant"] = None
            wanted_rows = {} if ended else {"ended": False}
            for held in _held_then(view, workflow, wanted_rows):
                _look(view, search, held, verdicts)
    yes, no, unknown, without = (
        _group(view, search, verdicts, each, limit) for each in (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN, None)
    )
    said = next(iter(rules.values()))
    return Found(
        workflow=workflow,
        rule=said.name or said.text,
        title=said.title,
        on=on,
        yes=yes,
        no=no,
        unknown=unknown,
        without=without,
        looked_at=tuple(verdicts.looked_at),
    )


def _rules(
    present: Framework | None, frameworks: Mapping[str, Framework], workflow: str, text: str
) -> dict[str, Rule]:
    """What *text* says under each framework that can say it, the present one first; at least one can."""
    every = {**({} if present is None else {present.digest: present}), **frameworks}
    found: dict[str, Rule] = {}
    refused: UsageError | None = None
    for digest, framework in every.items():
        try:
            found[digest] = wanted(framework, framework.workflow(workflow), text)
        except UsageError as error:
            refused = refused or error
    if found:
        return found
    raise refused or UnknownName("workflow", workflow, ())


def _ask(view: Now, search: _Search, framework: Framework, digest: str, verdicts: _Verdicts) -> None:
    """Find what is so of the cases that began under *framework*."""
    sought, connection = search.sought, view.connection
    rule, workflow = search.rules.get(digest), framework.workflows.get(search.sought.workflow)
    if rule is None or workflow is None:
        verdicts.of |= dict.fromkeys(searching.rows_of(connection, sought, digest), None)
        return
    condition = rule.condition
    against = unsayable(condition)
    if not against:
        verdicts.of |= searching.verdicts(connection, sought, digest, condition, workflow.linked_kinds)
    own = unsayable(condition, workflow.naming)
    if against or own:
        # Where nobody is named, what is said over each is said as the file has it.
        naming = None if against else workflow.naming
        rows = searching.rows_of(connection, sought, digest, naming=naming)
        verdicts.looked_at |= dict.fromkeys(own if rows else ())
        for start in range(0, len(rows), _AT_ONCE):
            for held in view.with_rows(rows[start : start + _AT_ONCE]):
                _look(view, search, held, verdicts)


def _look(view: Now | Then, search: _Search, held: Held, verdicts: _Verdicts) -> None:
    """Find what is so of one case."""
    if held.record.opened_on > search.sought.on:
        return
    if held.record.framework not in search.rules:
        verdicts.of[held.id] = None
        return
    condition = search.condition(held)
    verdicts.of[held.id] = evaluate(condition, search.situation(view, held, condition))


def _held_then(view: Then, workflow: str, wanted_rows: Mapping[str, object]) -> Iterator[Held]:
    for chunk in view.in_chunks({"workflow": workflow, **wanted_rows}, _AT_ONCE):
        yield from chunk


def _group(
    view: Now | Then, search: _Search, verdicts: _Verdicts, verdict: Truth | None, limit: int | None
) -> Group:
    rows = verdicts.rows(verdict)
    shown = rows if limit is None else rows[:limit]
    return Group(len(rows), tuple(_told(view, search, held, verdict) for held in view.with_rows(shown)))


def _told(view: Now | Then, search: _Search, held: Held, verdict: Truth | None) -> FoundCase:
    if verdict is not Truth.UNKNOWN:
        return FoundCase(case_of(held))
    condition = search.condition(held)
    names = open_questions(condition, search.situation(view, held, condition))
    questions = tuple(held.workflow.fact_asked(name) for name in names)
    return FoundCase(case_of(held), questions, tuple(held.framework.roles))
