"""The caseload: what comes in, how people answer, decide and dawdle; a file that a business manager can edit.

Every figure in it says where it comes from. Knows the file, and nothing of the engine.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from loopengine.errors import UnknownName, UsageError
from loopengine.rehearsal.chance import Days
from loopengine.rehearsal.draws import Draw
from loopengine.rehearsal.reading import Reader, unsourced

_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Arrival:
    """What comes in, so many times *a_year* and board: an incident at the door, about *children*, or a case
    of another workflow.
    """

    what: str
    workflow: str
    a_year: float
    facts: Mapping[str, Draw]
    children: Mapping[str, Draw]
    siblings: float


@dataclass(frozen=True, slots=True)
class First:
    """What is done at the beginning of a stay in a state: *event*, from *least* to *most* times, in a *share*
    of the stays.
    """

    event: str
    least: int
    most: int
    share: float


@dataclass(frozen=True, slots=True)
class Holding:
    """A hold that is put on in a *share* of the stays in *state*, and released after some *days*."""

    state: str
    hold: str
    share: float
    days: Days


@dataclass(frozen=True, slots=True)
class Tie:
    """Cases of a *workflow* that are in a *state*, at most so many, tied to a case as its linked cases."""

    kind: str
    workflow: str
    state: str
    most: int


@dataclass(frozen=True, slots=True)
class Manner:
    """How people go about the cases of one workflow."""

    days: Days
    days_in: Mapping[str, Days]
    choose: Mapping[str, float]
    first: Mapping[str, tuple[First, ...]]
    again: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, Draw]
    truths: frozenset[str]
    holds: tuple[Holding, ...]
    ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class Habits:
    """How often people are wrong, as shares of what they do; how long they take to mend, and to look again.

    *may* are the shares of the reviews that there may be, and need not, for which somebody decides.
    """

    wrong_answer: float
    too_early: float
    wrong_role: float
    wrong_step: float
    may: Mapping[str, float]
    together: float
    mending: Days
    waiting: Days


@dataclass(frozen=True, slots=True)
class Caseload:
    """All that a rehearsal draws from."""

    framework: str
    sources: Mapping[str, str]
    names: tuple[str, ...]
    outside: tuple[str, ...]
    habits: Habits
    arrivals: tuple[Arrival, ...]
    answers: Mapping[str, Draw]
    answers_by_type: Mapping[str, Draw]
    truths: frozenset[str]
    door: Mapping[str, Draw]
    merged: Mapping[str, str]
    manners: Mapping[str, Manner]
    usually: Manner

    def manner(self, workflow: str) -> Manner:
        """How people go about the cases of *workflow*."""
        return self.manners.get(workflow, self.usually)


def default_caseload(framework: str) -> Path:
    """The caseload that comes with this package for *framework*; raises UnknownName."""
    shipped = {path.stem: path for path in sorted(_HERE.glob("*.toml"))}
    if framework not in shipped:
        raise UnknownName("framework with a caseload", framework, shipped)
    return shipped[framework]


def load_caseload(path: Path | str) -> Caseload:
    """The caseload in the file at *path*; raises UsageError, naming what is wrong in it."""
    try:
        told = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the caseload {str(path)!r} cannot be read", type(error).__name__) from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"the caseload {str(path)!r} is not TOML: {error}", "put it right") from None
    for where in unsourced(told):
        raise UsageError(
            f"the caseload says nowhere where the figures of {where} come from",
            "give source = one of [sources], in the same table or in one around it",
        )
    reader = Reader(told, "the caseload")
    usual = reader.table("usually")
    usually = _manner(usual, None)
    caseload = Caseload(
        framework=reader.text("framework"),
        sources={name: str(said) for name, said in reader.table("sources").told.items()},
        names=reader.texts("names"),
        outside=reader.texts("outside"),
        habits=_habits(reader.table("habits")),
        arrivals=tuple(_arrival(each) for each in reader.tables("arrivals")),
        answers=reader.draws("answers"),
        answers_by_type=reader.draws("answers_by_type"),
        truths=frozenset(reader.texts("truths")),
        door=reader.draws("door"),
        merged={name: str(each) for name, each in reader.table("merged").told.items()},
        manners={name: _manner(each, usually) for name, each in reader.table("workflow").each()},
        usually=usually,
    )
    reader.end("title")
    return caseload


def _arrival(reader: Reader) -> Arrival:
    found = Arrival(
        what=reader.text("what"),
        workflow=reader.text("workflow"),
        a_year=reader.number("a_year"),
        facts=reader.draws("facts"),
        children=reader.draws("children"),
        siblings=reader.number("siblings", 0),
    )
    reader.end()
    return found


def _manner(reader: Reader, usually: Manner | None) -> Manner:
    found = Manner(
        days=reader.days("days", None if usually is None else usually.days),
        days_in={**(usually.days_in if usually else {}), **dict(_days_in(reader.table("days_in")))},
        choose={**(usually.choose if usually else {}), **reader.weights("choose")},
        first={**(usually.first if usually else {}), **dict(_first_by_state(reader.table("first")))},
        again=dict(_texts_by_state(reader.table("again"))),
        answers=reader.draws("answers"),
        truths=frozenset(reader.texts("truths")),
        holds=tuple(_holding(each) for each in reader.tables("holds")),
        ties=tuple(_tie(each) for each in reader.tables("ties")),
    )
    reader.end()
    return found


def _days_in(reader: Reader) -> Iterator[tuple[str, Days]]:
    for state in [*reader.told]:
        yield state, reader.days(state)


def _texts_by_state(reader: Reader) -> Iterator[tuple[str, tuple[str, ...]]]:
    for state in [*reader.told]:
        yield state, reader.texts(state)


def _first_by_state(reader: Reader) -> Iterator[tuple[str, tuple[First, ...]]]:
    for state in [*reader.told]:
        yield state, tuple(map(_first, reader.tables(state)))


def _first(reader: Reader) -> First:
    found = First(
        reader.text("event"), reader.whole("least", 1), reader.whole("most", 1), reader.number("share", 1)
    )
    reader.end()
    return found


def _holding(reader: Reader) -> Holding:
    found = Holding(reader.text("state"), reader.text("hold"), reader.number("share"), reader.days("days"))
    reader.end()
    return found


def _tie(reader: Reader) -> Tie:
    found = Tie(reader.text("kind"), reader.text("workflow"), reader.text("state"), reader.whole("most", 1))
    reader.end()
    return found


def _habits(reader: Reader) -> Habits:
    found = Habits(
        wrong_answer=reader.number("wrong_answer"),
        too_early=reader.number("too_early"),
        wrong_role=reader.number("wrong_role"),
        wrong_step=reader.number("wrong_step"),
        may=reader.weights("may"),
        together=reader.number("together"),
        mending=reader.days("mending"),
        waiting=reader.days("waiting"),
    )
    reader.end()
    return found
