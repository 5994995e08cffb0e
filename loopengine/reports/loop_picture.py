"""The learning loop as a picture: where its seven stages stand on a circle, and the arrows between them.

Geometry alone. Does not know what draws it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, cos, pi, sin

from loopengine.reports.board import Section

SIZE = 420  # the picture is a square of so many units
_AROUND, _NODE = 148.0, 46.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where one stage is drawn: its middle, the lines of its title, and how many cases stand there."""

    x: float
    y: float
    lines: tuple[str, ...]
    cases: int
    late: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The places of the stages, and the arcs from each to the next as SVG paths."""

    places: tuple[Place, ...]
    arcs: tuple[str, ...]
    node: float = _NODE
    size: int = SIZE


def loop_picture(sections: Sequence[Section]) -> Picture:
    """The picture of *sections*, those of the stages in the order of the loop; the first is at the top."""
    turn = 2 * pi / len(sections)
    places, arcs = [], []
    # An arc leaves and reaches the rim of a circle, with a little room.
    gap = 2 * asin((_NODE + 5) / (2 * _AROUND))
    for n, section in enumerate(sections):
        x, y = _at(n * turn)
        lines = tuple(section.title.split(" "))
        places.append(Place(x, y, lines, section.counts.cases, section.counts.late))
        (x1, y1), (x2, y2) = _at(n * turn + gap), _at((n + 1) * turn - gap - 0.03)
        arcs.append(f"M{x1} {y1}A{_AROUND:g} {_AROUND:g} 0 0 1 {x2} {y2}")
    return Picture(tuple(places), tuple(arcs))


def _at(angle: float) -> tuple[float, float]:
    """The point of the circle at *angle*, clockwise from the top."""
    middle = SIZE / 2
    return round(middle + _AROUND * sin(angle), 1), round(middle - _AROUND * cos(angle), 1)
