"""Where lines run beside a column of boxes: one lane for all that lead to the same box.

Lines never run on top of each other: a lane is shared by none that overlap, and each line leaves and arrives
at a height of its own. Knows heights; does not know what is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_APART = 10.0  # between two lines that follow each other in one lane


@dataclass(frozen=True, slots=True)
class Leaving:
    """A line that leaves at the height *y*."""

    y: float
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Bus:
    """All the lines on one side that lead to one box: they meet in the *lane*, and arrive at *y*."""

    lane: int
    y: float
    leaving: tuple[Leaving, ...]

    @property
    def top(self) -> float:
        """Where it begins, from above."""
        return min(self.y, *(each.y for each in self.leaving))

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return max(self.y, *(each.y for each in self.leaving))

    @property
    def dashed(self) -> bool:
        """Whether every line in it is."""
        return all(each.dashed for each in self.leaving)


def buses(arrivals: Iterable[tuple[float, tuple[Leaving, ...]]]) -> tuple[Bus, ...]:
    """A bus for each of *arrivals*, a height and the lines that arrive there; the shortest run innermost."""
    waiting = [Bus(0, y, leaving) for y, leaving in arrivals]
    waiting.sort(key=lambda bus: (bus.bottom - bus.top, bus.top))
    lanes: list[list[Bus]] = []
    for bus in waiting:
        free = (at for at, lane in enumerate(lanes) if all(_clear(bus, other) for other in lane))
        at = next(free, len(lanes))
        if at == len(lanes):
            lanes.append([])
        lanes[at].append(Bus(at, bus.y, bus.leaving))
    return tuple(bus for lane in lanes for bus in lane)


def _clear(one: Bus, other: Bus) -> bool:
    return one.bottom + _APART <= other.top or other.bottom + _APART <= one.top
