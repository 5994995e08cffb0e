"""What lies ahead of all open cases: what is due, by when and whose move it is, and where nothing is.

Reads; writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias, TypeVar

from loopengine.core.deadlines import Running, standing
from loopengine.core.definitions import Party
from loopengine.core.durations import Duration
from loopengine.core.rules.explanation import Node
from loopengine.engine.concerned import agencies_of, whose_move
from loopengine.engine.explaining import explain_case
from loopengine.engine.reading import Now, Then, case_of
from loopengine.engine.results import Case, Document
from loopengine.engine.sweeping import Failure
from loopengine.engine.why import Outlook
from loopengine.engine.work import Held
from loopengine.errors import BrokenHistory, CaseNotFound
from loopengine.store import cases
from loopengine.store.inspecting import Illegible, all_rows
from loopengine.store.legible import legible

# Who is told of a case that cannot be read.
Unreadable: TypeAlias = Callable[[Failure], object]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline of an open case that runs: what, whose move, by when, how many working days are left.

    *days* is negative when it is *late*; while it is held, what was left when the hold began. Where a group
    has the move that meets on fixed days, *meeting* is its next one, and a *warning* says if none is left
    before the day.
    """

    case: Case
    clock: Running
    whose: tuple[str, ...]
    agencies: tuple[str, ...]
    late: bool
    meeting: date | None = None
    warning: str | None = None

    @property
    def days(self) -> int:
        """The working days left; negative by those that it is late."""
        return self.clock.days or 0

    def to_json(self) -> Document:
        """One of the deadlines that `due` prints."""
        return {
            "case": self.case.reference,
            "deadline": self.clock.deadline.name,
            "title": self.clock.deadline.title,
            "due": self.clock.due.on.isoformat(),
            "whose": list(self.whose),
            "agencies": list(self.agencies),
            "days": self.days,
            "late": self.late,
            "provisional": self.clock.due.provisional,
            "rolled_by": self.clock.due.rolled_by,
            "held": list(self.clock.held),
            "workflow": self.case.workflow,
            "state": self.case.state,
            "meeting": None if self.meeting is None else self.meeting.isoformat(),
            "warning": self.warning,
            "sources": [source.cite for source in self.clock.deadline.sources],
        }


def due_list(
    view: Now | Then, within: Duration | None, unreadable: Unreadable | None = None
) -> tuple[Due, ...]:
    """Every deadline that runs, or those due *within* so long; what is late comes first, and always."""
    found = _of_each(view, unreadable, lambda held: list(dues_of(view, held, within)))
    return tuple(sorted(found, key=lambda each: (not each.late, each.clock.due.on)))


def stalled(view: Now | Then, unreadable: Unreadable | None = None) -> tuple[Case, ...]:
    """The open cases in which nothing can happen next, and nothing is due.

    The files are checked so that there are none; where there is one, its data must have been broken.
    """
    return tuple(_of_each(view, unreadable, lambda held: [case_of(held)] if _is_stalled(view, held) else []))


def _of_each(
    view: Now | Then, unreadable: Unreadable | None, tell: Callable[[Held], list[_T]]
) -> Iterator[_T]:
    """What there is to *tell* of each open case; of one that cannot be read, *unreadable* is told."""
    for held in _open_cases(view, unreadable):
        try:
            with legible(held.record.reference):
                told = tell(held)
        except BrokenHistory as error:
            if unreadable is None:
                raise
            unreadable(Failure(held.record.reference, error.message, broken=True))
            continue
        yield from told


def _open_cases(view: Now | Then, unreadable: Unreadable | None) -> Iterable[Held]:
    try:
        return view.every({"ended": False}, answers=True)
    except BrokenHistory:
        if unreadable is None:
            raise
        return _one_by_one(view, unreadable)


def _one_by_one(view: Now | Then, unreadable: Unreadable) -> Iterator[Held]:
    """The open cases, as far as each can be read."""
    for row in all_rows(view.connection, cases.CASE):
        if isinstance(row, Illegible):
            unreadable(Failure(str(row), f"{row} is not as loopengine writes it", broken=True))
            continue
        try:
            with suppress(CaseNotFound):  # there was none yet
                held = view.held(row.reference)
                if not held.record.ended:
                    yield held
        except BrokenHistory as error:
            unreadable(Failure(row.reference, error.message, broken=True))


def dues_of(view: Now | Then, held: Held, within: Duration | None = None) -> Iterator[Due]:
    """The deadlines of *held* that run, or those due *within* so long."""
    if not held.record.clocks:
        return
    calendar = view.calendar(held)
    last = date.max
    if within is not None:
        with suppress(ValueError):  # beyond the last day that there is
            last = calendar.add(view.today, within)
    yield from dues_among(view, held, standing(held.workflow, held.record, calendar, view.today), last)


def dues_among(
    view: Now | Then, held: Held, clocks: Iterable[Running], last: date = date.max
) -> Iterator[Due]:
    """Those of the *clocks* of *held* that run and are due by the day *last*."""
    for clock in clocks:
        if clock.stopped_on is None and clock.due.on <= last:
            parties = whose_move(held, clock.deadline.until)
            meeting, warning = _meeting(held, parties, clock.due.on, view.today)
            yield Due(
                case=case_of(held),
                clock=clock,
                whose=tuple(dict.fromkeys(party.role for party in parties)),
                agencies=agencies_of(held, parties, view.today),
                late=clock.is_late(view.today),
                meeting=meeting,
                warning=warning,
            )


def _meeting(held: Held, parties: Iterable[Party], due: date, today: date) -> tuple[date | None, str | None]:
    """The next meeting of the group whose move it is, and what to say if the day comes before it.

    A group whose dates are not fixed as far as that says nothing.
    """
    roles = {party.role for party in parties}
    groups = [group for group in held.framework.groups.values() if group.role in roles and group.meets]
    ahead = {group: day for group in groups if (day := next((d for d in group.meets if d >= today), None))}
    if not ahead or len(groups) < len(roles):  # somebody else can act, who does not have to meet
        return None, None
    group, meeting = min(ahead.items(), key=lambda each: each[1])
    if today <= due < meeting:
        return meeting, f"{group.title} does not meet before the day; it meets next on {meeting}"
    return meeting, None


def _is_stalled(view: Now | Then, held: Held) -> bool:
    if any(clock.is_running for clock in held.record.clocks.values()):
        return False
    return not any(_leads_on(outlook) for outlook in explain_case(view, held).events)


def _leads_on(outlook: Outlook) -> bool:
    """Whether the event is allowed, or there is something that somebody could do or wait for."""
    return bool(
        outlook.verdict == "allowed"
        or outlook.questions
        or outlook.fixes
        or outlook.waiting_for
        or outlook.linked
        or outlook.waiting_for_events
        or outlook.not_before is not None
        or outlook.blocked_by
        or outlook.override is not None
        or (outlook.because is not None and _counts_others(outlook.because))
    )


def _counts_others(node: Node) -> bool:
    """Whether what *node* explains could change by what other cases do."""
    return node.kind == "alike" or any(map(_counts_others, node.parts))
