"""The registers as tables: a sheet for each workflow that has cases, a row for each case.

Knows what the engine says of a case. Does not know how a workbook is written. Rows wait in a temporary file
until all cases have been seen, so that memory does not grow with their number.
"""

from __future__ import annotations

import pickle
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, TypeAlias

from loopengine.clock import LONDON
from loopengine.core.definitions import Framework, Named
from loopengine.core.situation import Recorded
from loopengine.core.values import NONE_WORD, UNKNOWN_WORD, Fact
from loopengine.engine.engine import Engine
from loopengine.engine.surveying import Surveyed
from loopengine.errors import UnknownName
from loopengine.exchange.workbooks import (
    LONGEST,
    Cell,
    Column,
    Kind,
    Sheet,
    is_fitting,
    see_that_it_can_be_written,
    write_workbook,
)

TITLE = "Registers"
# What a register says of every case, before its facts.
CASE, UNDER, OPENED, STAGE, STATE, WHOSE, NEXT, DUE, LEFT, LATE, HELD, ENDED = (
    "Case", "Under", "Opened on", "Stage", "State", "Whose move", "Next deadline", "Due",
    "Working days left", "Late", "On hold", "Ended",
)  # fmt: skip
_YES_NO = ("yes", "no")
_IN_MEMORY = 1_000_000
_KINDS: dict[str, Kind] = {"text": "words", "number": "number", "date": "date"}
_Row: TypeAlias = "tuple[tuple[Cell, ...], dict[str, Cell]]"


@dataclass(frozen=True, slots=True)
class Written:
    """What a workbook of registers has in it: how many cases of each workflow, by its name."""

    title: str
    cases: dict[str, int]
    cut: int


def write_registers(
    file: IO[bytes],
    engine: Engine,
    *,
    open_only: bool = False,
    workflows: Collection[str] = (),
    as_of: datetime | None = None,
) -> Written:
    """Write the registers to *file* as a workbook: of all cases, or those that are open, or *workflows* only.

    Raises UnknownName for a workflow that no case is of and no file; UsageError if a library is missing.
    """
    see_that_it_can_be_written()
    made = engine.clock.now()
    registers: dict[str, _Register] = {}
    cut = 0
    try:
        for found in engine.survey(open_only=open_only, as_of=as_of):
            name = found.case.workflow
            if workflows and name not in workflows:
                continue
            if name not in registers:
                registers[name] = _Register(found.workflow.title)
            cut += registers[name].add(found)
        for name in workflows:
            if name not in registers and name not in engine.framework.workflows:
                raise UnknownName("workflow", name, {*engine.framework.workflows, *registers})
        ordered = sorted(registers.items(), key=lambda each: (each[1].title.casefold(), each[0]))
        counts = {name: register.number for name, register in ordered}
        listed = [register for _, register in ordered]
        about = list(_about(engine, made, as_of, open_only, listed, cut))
        sheets = (*(register.sheet() for register in listed), _columns(listed))
        write_workbook(file, title=TITLE, about=about, sheets=sheets, made=made)
    finally:
        for register in registers.values():
            register.spool.close()
    return Written(TITLE, counts, cut)


def _waiting() -> IO[bytes]:
    """Where rows wait; whoever asks for it closes it."""
    return SpooledTemporaryFile(max_size=_IN_MEMORY)  # it is open as long as its register


@dataclass(slots=True)
class _Register:
    """The cases of one workflow: their rows so far, and the facts that any of them has."""

    title: str
    number: int = 0
    facts: dict[str, tuple[Fact, tuple[str, ...]]] = field(default_factory=dict)
    states: dict[str, None] = field(default_factory=dict)
    spool: IO[bytes] = field(default_factory=_waiting)

    def add(self, found: Surveyed) -> int:
        """Add the row of a case; how many of its texts are too long for a cell."""
        workflow, framework = found.workflow, found.framework
        self.states |= {state.title or words(name): None for name, state in workflow.states.items()}
        cells: dict[str, Cell] = {}
        for name in (*workflow.facts, *(each for each in found.answers if each not in workflow.facts)):
            fact = workflow.fact_asked(name)
            if name not in self.facts:
                self.facts[name] = fact, _choices(fact, framework)
            if name in found.answers:
                cells[name] = _said(found.answers[name], fact, framework)
        row: _Row = (_standing(found), cells)
        pickle.dump(row, self.spool)
        self.number += 1
        return sum(isinstance(cell, str) and not is_fitting(cell) for cell in cells.values())

    def sheet(self) -> Sheet:
        """The register as a table."""
        return Sheet(self.title, [*_of_every_case(tuple(self.states)), *self._of_facts()], self._rows())

    def _of_facts(self) -> Iterator[Column]:
        for fact, choices in self.facts.values():
            yield Column(
                fact.ask, _KINDS.get(fact.type, "text"), choices, width=None if fact.type == "text" else 20
            )

    def _rows(self) -> Iterator[Sequence[Cell]]:
        self.spool.seek(0)
        for _ in range(self.number):
            row: _Row = pickle.load(self.spool)
            standing, cells = row
            yield [*standing, *(cells.get(name) for name in self.facts)]


def words(name: str) -> str:
    """A *name* of the files as one reads it."""
    return name.replace("_", " ")


def _of_every_case(states: tuple[str, ...]) -> list[Column]:
    return [
        Column(CASE, width=16),
        Column(UNDER, width=16),
        Column(OPENED, "date"),
        Column(STAGE, width=20),
        Column(STATE, choices=states, width=34),
        Column(WHOSE, width=30),
        Column(NEXT, width=36),
        Column(DUE, "date"),
        Column(LEFT, "number", width=10),
        Column(LATE, choices=_YES_NO, width=7),
        Column(HELD, width=18),
        Column(ENDED, choices=_YES_NO, width=8),
    ]


def _standing(found: Surveyed) -> tuple[Cell, ...]:
    """What there is to say of every case, in the order of the columns."""
    case = found.case
    # What a hold keeps still is due at no known day: it comes after what runs.
    due = min(found.dues, key=lambda each: (bool(each.clock.held), each.clock.due.on), default=None)
    whose = "; ".join(_owner(each, found.framework) for each in found.owners)
    return (
        case.reference,
        case.parent,
        case.opened_on,
        None if case.stage is None else words(case.stage),
        case.doing or words(case.state),
        whose or None,
        None if due is None else due.clock.deadline.title or words(due.clock.deadline.name),
        None if due is None or due.clock.held else due.clock.due.on,
        None if due is None else due.days,
        None if due is None else _YES_NO[not any(each.late for each in found.dues)],
        "; ".join(map(words, found.holds)) or None,
        _YES_NO[not case.ended],
    )


def _owner(owner: str, framework: Framework) -> str:
    """Whose move it is, in titles: the engine says `agency of police`."""
    role, of, agencies = owner.partition(" of ")
    titles = ", ".join(_title(each, framework.agencies) for each in agencies.split(", "))
    return _title(role, framework.roles) + of + titles


def _title(name: str, named: object) -> str:
    found = named.get(name) if isinstance(named, dict) else None
    return found.title if isinstance(found, Named) and found.title else words(name)


def _said(answer: Recorded, fact: Fact, framework: Framework) -> Cell:
    match answer.value:
        case None:
            return UNKNOWN_WORD
        case bool() as yes:
            return _YES_NO[not yes]
        case frozenset() as names:
            titles = framework.agencies if fact.type == "parties" else {}
            return "; ".join(_title(each, titles) if titles else each for each in sorted(names)) or NONE_WORD
        case str() as name if fact.type == "party":
            return _title(name, framework.agencies)
        case value:
            return value


def _choices(fact: Fact, framework: Framework) -> tuple[str, ...]:
    """All that may be said of *fact*, if there is an end of it, and one thing is said at a time."""
    match fact.type:
        case "yes_no":
            return (*_YES_NO, UNKNOWN_WORD)
        case "one_of":
            return (*fact.values, UNKNOWN_WORD)
        case "party":
            return (*(_title(each, framework.agencies) for each in fact.values), UNKNOWN_WORD)
        case _:
            return ()


def _about(
    engine: Engine,
    made: datetime,
    as_of: datetime | None,
    open_only: bool,
    registers: Sequence[_Register],
    cut: int,
) -> Iterator[tuple[str, ...]]:
    """What the first sheet says."""
    yield "What this is", f"The registers of {engine.framework.title}, as loopengine has them."
    yield "Made", _minute(made)
    yield "As of", _minute(made if as_of is None else min(as_of, made))
    yield "Which cases", "those that have not ended" if open_only else "all, those that have ended included"
    yield (
        "Who may see it",
        "For insiders: what people wrote is in here word for word. Do not send it out as it is.",
    )
    yield (
        "What it is not",
        "A copy. Nothing that is changed in here changes a case; the history of each is in loopengine.",
    )
    if cut:
        yield "Cut", f"{cut} texts are longer than a cell can hold ({LONGEST} characters), and end with …"
    yield ("",)
    yield "Register", "Cases"
    for register in registers:
        yield register.title, str(register.number)
    yield "All", str(sum(register.number for register in registers))


def _columns(registers: Sequence[_Register]) -> Sheet:
    """What the columns are called in loopengine: for whoever takes them further."""
    headings = [
        Column("Register", width=34),
        Column("Column", "words"),
        Column("Fact", width=30),
        Column("Type"),
    ]
    rows = (
        (register.title, fact.ask, name, words(fact.type))
        for register in registers
        for name, (fact, _) in register.facts.items()
    )
    return Sheet("Columns", headings, rows)


def _minute(instant: datetime) -> str:
    return f"{instant.astimezone(LONDON):%d %B %Y, %H:%M} in London"
