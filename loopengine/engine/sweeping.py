"""A sweep: everything that has fallen due, in due order, in short transactions.

Idempotent: what was done is in the histories, and a second sweep finds nothing left to do. Killed at any
moment, it has done what it has committed, and the next one does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeAlias

from loopengine.clock import instant_text
from loopengine.core.history import Entry
from loopengine.engine.catching_up import catch_up
from loopengine.engine.results import Document
from loopengine.engine.work import Held, Work
from loopengine.errors import BrokenHistory, LoopEngineError, StorageError
from loopengine.store import cases, inspecting

# Cases in one transaction: more are not quicker, and keep others waiting for longer.
AT_ONCE = 250
ALL = 10**9

Begin: TypeAlias = Callable[[], AbstractContextManager[Work]]


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that a sweep did: the *kind* of its entry, and when it had fallen due."""

    case: str
    kind: str
    due_at: datetime | None
    deadline: str | None = None
    standing: str | None = None
    event: str | None = None
    to: str | None = None
    told: tuple[str, ...] = ()

    def to_json(self) -> Document:
        """One of the things that `sweep` prints."""
        return {
            "case": self.case,
            "kind": self.kind,
            "due": None if self.due_at is None else instant_text(self.due_at),
            "deadline": self.deadline,
            "standing": self.standing,
            "event": self.event,
            "to": self.to,
            "told": list(self.told),
        }


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that a sweep could not bring up to now, and why; the others went on without it.

    *broken* says that it cannot be read: somebody has changed it behind our back.
    """

    case: str
    message: str
    broken: bool = False

    def to_json(self) -> Document:
        """One of the failures that `sweep` prints."""
        return {"case": self.case, "message": self.message}


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep did, or as a *dry_run* would do, at the instant *at*, in the order in which it did it."""

    at: datetime
    done: tuple[Done, ...]
    failures: tuple[Failure, ...] = ()
    dry_run: bool = False

    def __bool__(self) -> bool:
        return bool(self.done or self.failures)

    def to_json(self) -> Document:
        """What `sweep` prints."""
        return {
            "at": instant_text(self.at),
            "dry_run": self.dry_run,
            "done": [each.to_json() for each in self.done],
            "failures": [each.to_json() for each in self.failures],
        }


def chunk(
    work: Work, *, at_once: int, without: set[int], families: set[int], until: datetime | None = None
) -> tuple[list[Done], bool, set[int]]:
    """Bring the first cases that something is due in up to now, or *until* an instant, *without* some rows
    and without some *families*, by their roots: what was done, whether there may be more, and which families
    somebody else has in hand, who brings them up to now.

    What falls due later than the last of them waits for the next chunk, so that due order holds throughout.
    """
    until = _until(work, until)
    due = cases.due(work.connection, until, at_once, without=without, without_families=families)
    roots = {root for _, root in due}
    theirs = roots - cases.lock(work.connection, sorted(roots), others_too=False)
    full = len(due) == at_once
    late = work.load_rows(row for row, root in due if root not in theirs)
    instants = [held.due_at for held in late if held.due_at is not None]
    if instants:
        catch_up(work, late, until=min(max(instants), until) if full else until)
    return [_done(held, entry) for held, entry in work.written], full, theirs


def one(begin: Begin, until: datetime | None, rows: Sequence[int], root: int) -> list[Done]:
    """Bring the cases in *rows*, of the family under *root*, up to now, or *until* an instant: what was done.

    Waits for whoever has the family in hand.
    """
    with begin() as work:
        cases.lock(work.connection, [root])
        catch_up(work, work.load_rows(rows), until=_until(work, until))
    return [_done(held, entry) for held, entry in work.written]


def do_due(
    begin: Begin,
    failures: dict[int, Failure],
    *,
    at_once: int,
    progress: Callable[[int], None] | None,
    until: datetime | None = None,
) -> list[Done]:
    """Do everything that is due by now, or *until* an instant; what fails is added to the *failures*, which
    are not tried again.
    """
    done: list[Done] = []
    theirs: set[int] = set()
    alone = partial(one, begin, until)
    more = True
    while more:
        try:
            with begin() as work:
                found, more, others = chunk(
                    work, at_once=at_once, without=set(failures), families=theirs, until=until
                )
            theirs |= others
            if theirs and not more:  # whoever had them may not have done everything: now one waits for them
                found += _one_by_one(begin, failures, ALL, alone, until)
        except StorageError:
            raise
        except Exception:  # one of them is broken: the others are done one by one, without it
            found = _one_by_one(begin, failures, at_once, alone, until)
        done += found
        if progress is not None and found:
            progress(len(found))
    return done


def _until(work: Work, until: datetime | None) -> datetime:
    return work.now if until is None else min(until, work.now)


def _one_by_one(
    begin: Begin,
    failures: dict[int, Failure],
    at_once: int,
    do: Callable[[Sequence[int], int], list[Done]],
    until: datetime | None = None,
) -> list[Done]:
    """Do what is due family by family, each in due order; where a case cannot be, its family without it."""
    with begin() as work:
        due = cases.due(work.connection, _until(work, until), at_once, without=set(failures))
    families: dict[int, None] = dict.fromkeys(root for _, root in due)
    done: list[Done] = []
    for root in families:
        with begin() as work:
            rows = cases.due_in_family(work.connection, root, _until(work, until))
        rows = [row for row in rows if row not in failures]
        lots = [rows] if rows else []
        while lots:
            lot = lots.pop(0)
            try:
                done += do(lot, root)
            except StorageError:
                raise
            except Exception as error:
                if len(lot) > 1:  # one of them is broken, or several are
                    lots = [[row] for row in lot]
                else:
                    failures[lot[0]] = _failure(_name(begin, lot[0]), error)
    return done


def _failure(case: str, error: Exception) -> Failure:
    said = error.message if isinstance(error, LoopEngineError) else type(error).__name__
    return Failure(case, said, broken=isinstance(error, BrokenHistory))


def _name(begin: Begin, row: int) -> str:
    """What the case in *row* is called; if that cannot be read, where it stands."""
    with begin() as work:
        (found,) = inspecting.rows(work.connection, cases.CASE, cases.CASE.c.id == row)
    return str(found) if isinstance(found, inspecting.Illegible) else str(found.reference)


class _TakenBack(Exception):
    """Ends a transaction that was only tried."""


def try_due(begin: Begin, failures: dict[int, Failure]) -> list[Done]:
    """What would be done; and if one of the cases is broken, what would be done one by one."""
    with begin() as work:
        rows = [row for row, _ in cases.due(work.connection, work.now, limit=ALL)]
    try:
        return _taken_back(begin, rows)
    except StorageError:
        raise
    except Exception:
        return _one_by_one(begin, failures, ALL, lambda rows, _: _taken_back(begin, rows))


def _taken_back(begin: Begin, rows: Iterable[int]) -> list[Done]:
    done: list[Done] = []
    with suppress(_TakenBack), begin() as work:
        catch_up(work, work.load_rows(rows), until=work.now)
        done = [_done(held, entry) for held, entry in work.written]
        raise _TakenBack
    return done


def _done(held: Held, entry: Entry) -> Done:
    told = entry.body.get("told")
    return Done(
        case=held.record.reference,
        kind=entry.kind,
        due_at=entry.due_at,
        deadline=entry.text("deadline"),
        standing=entry.text("standing"),
        event=entry.text("event"),
        to=entry.text("to"),
        told=tuple(map(str, told)) if isinstance(told, list) else (),
    )
