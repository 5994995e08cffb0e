"""The boxes of a drawn workflow: one for each state, one under the other, with its steps written in it.

Owns what stands on which line of a box, and how high each is. Does not know what a line looks like.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from loopengine.core.definitions import Stage, State, Step, Workflow
from loopengine.core.one_line import one_line
from loopengine.reports.captions import caption, notes, words
from loopengine.reports.lettering import lines_of, width_of

Look: TypeAlias = Literal["title", "note", "event", "leads", "term"]

WIDTH = 540.0
INSIDE = 14.0  # between the frame and the text
_TAG = 96.0  # beside the title, for what is said of a state as such
SIZES: Mapping[Look, float] = {"title": 15, "note": 12, "event": 13, "leads": 13, "term": 12}
_HEIGHTS: Mapping[Look, float] = {"title": 20, "note": 16, "event": 18, "leads": 18, "term": 16}
_BEFORE_STEPS, _BETWEEN_STEPS = 8.0, 7.0


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of one look with their feet on *y*, reckoned from the top of the box.

    *follows* says that they stand on the line of the words before them, after a space.
    """

    text: str
    look: Look
    y: float
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A step as it leaves its box at the height *y*."""

    step: Step
    y: float
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """The box of a state; arrows arrive at the height *arrival*, and *rule* is above its steps, if any."""

    state: State
    stage: Stage | None
    pieces: tuple[Piece, ...]
    ways: tuple[Way, ...]
    height: float
    arrival: float
    rule: float | None


def card_of(state: State, workflow: Workflow) -> Card:
    """The box of *state*."""
    y = INSIDE - 2
    pieces: list[Piece] = []
    beside = _TAG if state.final or state.name == workflow.starts else 0
    for line in lines_of(title_of(state), WIDTH - 2 * INSIDE - beside, SIZES["title"], bold=True):
        y += _HEIGHTS["title"]
        pieces.append(Piece(line, "title", y - 5))
    for note in notes(state, workflow):
        for line in lines_of(note, WIDTH - 2 * INSIDE, SIZES["note"]):
            y += _HEIGHTS["note"]
            pieces.append(Piece(line, "note", y - 4))
    moves = [step for step in state.steps.values() if step.to != state.name]
    rule = y + _BEFORE_STEPS if moves else None
    ways: list[Way] = []
    for step in moves:
        y += 2 * _BEFORE_STEPS if not ways else _BETWEEN_STEPS
        way = _way(step, workflow, y)
        y = max(piece.y for piece in way.pieces) + 4
        ways.append(way)
    arrival = INSIDE - 2 + _HEIGHTS["title"] / 2
    return Card(state, state.stage, tuple(pieces), tuple(ways), y + INSIDE - 4, arrival, rule)


def title_of(state: State) -> str:
    """What the box of *state* is called."""
    return one_line(state.title) or words(state.name)


def _way(step: Step, workflow: Workflow, y: float) -> Way:
    return Way(step, y + _HEIGHTS["event"] / 2, tuple(_written(step, workflow, y)))


def _written(step: Step, workflow: Workflow, y: float) -> Iterator[Piece]:
    """The event and, beside it, where it leads; under it by whom and on what terms."""
    said = caption(step, workflow)
    width = WIDTH - 2 * INSIDE
    beside = 0.0
    for line in lines_of(said.event, width, SIZES["event"], bold=True):
        y += _HEIGHTS["event"]
        yield Piece(line, "event", y - 5)
        beside = width_of(f"{line} ", SIZES["event"], bold=True)
    leads = f"→ {title_of(workflow.states[step.to])}"
    first, *more = lines_of(leads, width, SIZES["leads"], indent=beside)
    if first:
        yield Piece(first, "leads", y - 5, follows=True)
    for line in more:
        y += _HEIGHTS["leads"]
        yield Piece(line, "leads", y - 5)
    for line in lines_of(" · ".join(said.terms), width, SIZES["term"]):
        y += _HEIGHTS["term"]
        yield Piece(line, "term", y - 4)
