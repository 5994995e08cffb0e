"""The board gathered from a survey of all open cases, in one reading of it.

What is kept while reading grows with the cases at the top alone. Does not know what a page looks like.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from loopengine.core.definitions import STAGES, Stage
from loopengine.engine.looking_ahead import Due
from loopengine.engine.surveying import Surveyed
from loopengine.reports.board import Board, Counts, Family, NextDue, Row, Section
from loopengine.reports.naming import hold_titles, owner_words, stage_title

MOST_BENEATH = 8  # that are named of the cases beneath another


def board_of(
    surveyed: Iterable[Surveyed], *, limit: int, only: str | None = None, whose: str | None = None
) -> Board:
    """The board of the open cases that were *surveyed*, at most *limit* cases at the top of each stage.

    With *only*, a role or an agency that is called *whose*, just those in which the move is theirs, each by
    itself. What is kept while reading grows with the cases at the top alone.
    """
    gathered: dict[str, _Gathered] = {}
    top: dict[str, str] = {}
    for n, each in enumerate(surveyed):
        if only is not None and not _is_move_of(each, only):
            continue
        row = _row(each, n, only)
        # Who stands at the top of a family has no open case above: the ones above are opened before it.
        above = None if only is not None else top.get(each.root)
        if above is None:
            top[each.root] = row.case
            gathered[row.case] = _Gathered(row)
        else:
            gathered[above].add(row)
    return Board(tuple(_sections(gathered.values(), limit)), whose)


@dataclass(slots=True)
class _Gathered:
    """A family while it is read."""

    head: Row
    kinds: Counter[str] = field(default_factory=Counter)
    late: int = 0
    soon: int = 0
    held: int = 0
    pressing: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._count(self.head)

    def add(self, row: Row) -> None:
        self._count(row)
        self.kinds[row.title] += 1
        self.pressing.append(row)
        if len(self.pressing) > 4 * MOST_BENEATH:
            self.pressing = self.most_pressing()

    def most_pressing(self) -> list[Row]:
        return heapq.nsmallest(MOST_BENEATH, self.pressing, key=lambda each: each.urgency)

    def family(self) -> Family:
        beneath = self.kinds.total()
        counts = Counts(1, beneath, self.late, self.soon, self.held)
        return Family(self.head, counts, tuple(self.kinds.items()), tuple(self.most_pressing()))

    def _count(self, row: Row) -> None:
        self.late += row.standing == "late"
        self.soon += row.next_due is not None and row.next_due.soon
        self.held += bool(row.holds)


def _sections(gathered: Iterable[_Gathered], limit: int) -> Iterator[Section]:
    by_stage: dict[Stage | None, list[Family]] = {stage: [] for stage in (*STAGES, None)}
    for each in gathered:
        by_stage[each.head.stage].append(each.family())
    for stage, families in by_stage.items():
        shown = heapq.nsmallest(limit, families, key=lambda each: each.urgency)
        counts = sum((each.counts for each in families), Counts())
        yield Section(stage, stage_title(stage), counts, tuple(shown))


def _row(found: Surveyed, n: int, only: str | None) -> Row:
    case = found.case
    # Of a group's own page, what it has to see to goes before what others have.
    theirs = [each for each in found.dues if only is not None and only in (*each.whose, *each.agencies)]
    due = min((_next_due(each, found) for each in theirs or found.dues), key=_pressing, default=None)
    return Row(
        case=case.reference,
        n=n,
        title=case.title,
        workflow=case.workflow,
        state=case.state,
        doing=case.doing,
        stage=case.stage,
        whose=tuple(owner_words(each, found.framework) for each in found.owners),
        next_due=due,
        holds=hold_titles(found.workflow, found.holds),
        under=case.parent,
    )


def _pressing(due: NextDue) -> tuple[bool, bool, date]:
    return not due.late, bool(due.held), due.due


def _next_due(due: Due, found: Surveyed) -> NextDue:
    clock = due.clock
    return NextDue(
        deadline=clock.deadline.name,
        title=clock.deadline.title or clock.deadline.name.replace("_", " "),
        due=clock.due.on,
        days=due.days,
        late=due.late,
        provisional=clock.due.provisional,
        held=hold_titles(found.workflow, clock.held),
        warning=due.warning,
    )


def _is_move_of(found: Surveyed, only: str) -> bool:
    named = (owner.partition(" of ") for owner in found.owners)
    owners = {each for role, _, agencies in named for each in (role, *agencies.split(", "))}
    return only in owners or any(only in (*due.whose, *due.agencies) for due in found.dues)
