"""Taking in what other bodies have learnt: each item opens a case once, and says there where it came from.

An item is known by the body that learnt it and by its reference there, whichever way it comes. Does not know
the form in which it travels: `exchange/` reads that.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from loopengine.clock import instant_text
from loopengine.core.actors import Actor
from loopengine.core.definitions import Framework
from loopengine.core.exchange import FromElsewhere, Opening
from loopengine.core.history import canonical, digest_of, digest_of_words
from loopengine.core.values import Value, spell
from loopengine.engine.catching_up import bring_up
from loopengine.engine.cycling import open_due
from loopengine.engine.letters import LearningProblem, LearningRefused, Learnt, Letter, Outcome, TakenIn
from loopengine.engine.log import log
from loopengine.engine.opening import open_case
from loopengine.engine.recording import record, typed
from loopengine.engine.settling import settle
from loopengine.engine.work import Held, Work
from loopengine.errors import LoopEngineError, UsageError
from loopengine.store import books
from loopengine.store.legible import legible


@dataclass(frozen=True, slots=True)
class _Before:
    """What the last letter about an item came to: the case, and a digest of each fact that it told."""

    n: int
    case: str
    made_at: str
    by_way_of: str | None
    facts: Mapping[str, str]
    salt: str


class LearningFromElsewhere(ABC):
    """What an engine can take in from other bodies."""

    @abstractmethod
    def _tried(self, session: Session | None, dry_run: bool) -> AbstractContextManager[Work]:
        """A transaction; of a *dry_run* nothing stays."""

    def learn_from(
        self, letter: Letter, *, by: Actor, dry_run: bool = False, session: Session | None = None
    ) -> tuple[TakenIn, ...]:
        """Open a case for each item of *letter* that is not known yet, and record what has changed in others.

        All of it, or nothing; the same letter again changes nothing. As a *dry_run*, say what would be done.
        Raises UsageError if the framework does not say what is opened, LearningRefused for what does not fit
        it.
        """
        with self._tried(session, dry_run) as work:
            framework = work.shelf.present
            opening = opening_of(framework)
            Actor.expected(by).within(framework)
            taken = _take_in(work, framework, opening, letter, by)
            settle(work, work.today)
        log(
            "learning.taken_in",
            items=len(taken),
            opened=sum(each.outcome == "opened" for each in taken),
            changed=sum(each.outcome == "changed" for each in taken),
            dry_run=dry_run,
        )
        return taken


def opening_of(framework: Framework) -> Opening:
    """What *framework* opens for the learning of others; raises UsageError if it does not say."""
    if framework.exchange is None or framework.exchange.opens is None:
        raise UsageError(
            f"the framework {framework.name} does not say what is opened for the learning of other bodies",
            "say so in its framework.yaml, under `exchange: opens:`",
        )
    return framework.exchange.opens


def _take_in(
    work: Work, framework: Framework, opening: Opening, letter: Letter, by: Actor
) -> tuple[TakenIn, ...]:
    items = [(item, _values(framework, opening, item)) for item in letter.items]
    _check(work, framework, opening, letter, items, by)
    # Two who import the same letter: the second finds all of it known.
    books.alone(work.connection, "learning from elsewhere")
    open_due(work)
    assert framework.exchange is not None
    own = framework.exchange.body.id
    # A clock that was fast must not make everything that comes later look older.
    made_at = instant_text(min(letter.made_at, work.now))
    return tuple(
        _own(item) if item.body.id == own else _take(work, opening, item, values, made_at, by)
        for item, values in items
    )


def _own(item: Learnt) -> TakenIn:
    return TakenIn(item.body.id, item.reference, "own")


def _values(framework: Framework, opening: Opening, item: Learnt) -> dict[str, object]:
    """What *item* tells each fact of the case that it opens; None where it does not say."""
    values: dict[str, object] = {}
    for name, given in opening.sets.items():
        values[name] = item.told.get(given.told) if isinstance(given, FromElsewhere) else given
    return values


def _check(
    work: Work,
    framework: Framework,
    opening: Opening,
    letter: Letter,
    items: Sequence[tuple[Learnt, Mapping[str, object]]],
    by: Actor,
) -> None:
    """Raise LearningRefused with everything that the workflow does not take."""
    workflow = framework.workflow(opening.workflow)
    problems: list[LearningProblem] = []
    for item, values in items:
        for name in values:
            try:
                typed({name: workflow.fact(name)}, values, evidence=item.evidence(work.today), by=by)
            except LoopEngineError as error:
                what = opening.sets[name]
                place = item.place(what.told if isinstance(what, FromElsewhere) else "")
                problems.append(LearningProblem(letter.file, place, error.message, error.hint))
    if problems:
        raise LearningRefused(problems)


def _take(
    work: Work, opening: Opening, item: Learnt, given: Mapping[str, object], made_at: str, by: Actor
) -> TakenIn:
    """What comes of one item."""
    before = _before(work, item)
    result = TakenIn(item.body.id, item.reference, "says_nothing", None if before is None else before.case)
    via = None if item.by_way_of is None else item.by_way_of[0].id
    if before is not None and via is not None and via != before.by_way_of:
        return _so(result, "known")
    if item.withdrawn:
        return _so(result, "withdrawn")
    if "message" not in item.told:
        return result
    workflow = work.shelf.present.workflow(opening.workflow)
    values = {name: workflow.fact(name).accept_or_unknown(value) for name, value in given.items()}
    if before is None:
        return _open(work, opening, item, values, made_at, by)
    if via == before.by_way_of and made_at < before.made_at:
        return _so(result, "older")
    differ = [name for name, value in values.items() if before.facts.get(name) != _digest(before.salt, value)]
    if not differ:
        return _so(result, "unchanged")
    held = work.load(before.case)
    if held.record.ended:
        return _so(result, "changed_too_late", tuple(differ))
    return _change(work, held, item, values, differ, before.n + 1, made_at, by)


def _so(result: TakenIn, outcome: Outcome, facts: tuple[str, ...] = ()) -> TakenIn:
    return TakenIn(result.body, result.reference, outcome, result.case, facts)


def _open(
    work: Work,
    opening: Opening,
    item: Learnt,
    values: Mapping[str, Value | None],
    made_at: str,
    by: Actor,
) -> TakenIn:
    held = open_case(
        work,
        opening.workflow,
        {name: value for name, value in values.items() if value is not None},
        by=work.signed(by),
        on=work.today,
        evidence=work.keep(item.evidence(work.today)),
        more={"came_from": {"body": item.body.id, "reference": item.reference}},
    )
    _remember(work, item, 1, held, values, made_at)
    return TakenIn(item.body.id, item.reference, "opened", held.record.reference)


def _change(
    work: Work,
    held: Held,
    item: Learnt,
    values: Mapping[str, Value | None],
    differ: Sequence[str],
    n: int,
    made_at: str,
    by: Actor,
) -> TakenIn:
    """Record what *item* says differently now, in the case that it opened."""
    bring_up(work, held)
    # It may live under a framework of before, which does not ask everything.
    changed = {name: values[name] for name in differ if name in held.workflow.facts}
    if changed:
        record(work, held, changed, by=by, on=work.today, evidence=item.evidence(work.today))
    _remember(work, item, n, held, values, made_at)
    return TakenIn(item.body.id, item.reference, "changed", held.record.reference, tuple(changed))


def _key(item: Learnt, n: int) -> str:
    return f"learning:{item.body.id}:{item.reference}:{n}"


def _before(work: Work, item: Learnt) -> _Before | None:
    """What the last letter about *item* came to."""
    last: _Before | None = None
    n = 1
    while (kept := books.kept_under(work.connection, _key(item, n))) is not None:
        with legible("what was learnt from another body"):
            told = json.loads(kept[2])
            facts = dict(told["facts"])
            last = _Before(n, str(told["case"]), str(told["made_at"]), told["by_way_of"], facts, kept[1])
        n += 1
    return last


def _remember(
    work: Work, item: Learnt, n: int, held: Held, values: Mapping[str, Value | None], made_at: str
) -> None:
    """Keep what came of *item*: digests of what it said, and nothing that could be read."""
    salt = work.salt()
    answer = canonical(
        {
            "case": held.record.reference,
            "made_at": made_at,
            "by_way_of": None if item.by_way_of is None else item.by_way_of[0].id,
            "facts": {name: _digest(salt, value) for name, value in values.items()},
        }
    )
    books.remember(work.connection, _key(item, n), digest_of(answer), salt, answer)


def _digest(salt: str, value: Value | None) -> str:
    return digest_of_words(salt, "" if value is None else f"={spell(value)}")
