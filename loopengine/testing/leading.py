"""Leading a case where nothing has been seen yet: by the shortest ways, whatever that takes on the way.

Knows the ways through a definition, and how a step is brought about. What comes of it, `beside` judges.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from hypothesis import strategies as st

from loopengine.testing.beside import Beside
from loopengine.testing.errands import Draw, Errand, go_on
from loopengine.testing.ways import name_of, way_to_step

# How often a step may fail in one life, and be taken; how often somebody thinks better of one; and how much
# is done in all.
MOST_FAILURES = 2
MOST_TIMES = 6
MOST_UNDONE = 40
MOST_STRIDES = 600
_DETOUR = 9  # of ten choices, the one that leads elsewhere


def lead(beside: Beside, draw: Draw, reference: str, wanted: Collection[str]) -> None:
    """Have a case take each of the steps that are called *wanted*, the nearest first, as far as it can.

    Where it has ended or can go no further, its last step is struck out, and it goes elsewhere.
    """
    model, failed = beside.models[reference], Counter[str]()
    undone = 0
    for _ in range(MOST_STRIDES):
        taken = Counter(beside.taken.get(reference, ()))
        left = set(wanted) - set(taken)
        without = {name for name, times in failed.items() if times >= MOST_FAILURES}
        without |= {name for name, times in taken.items() if times >= MOST_TIMES}
        if not left - without:
            return
        if draw(st.integers(0, _DETOUR)) == _DETOUR and model.state.steps:
            go_on(beside, draw, reference)
            continue
        way = way_to_step(model.folded, model.state.name, left - without, without)
        if way:
            if not Errand(beside, draw, reference, model.state.steps[way[0].event]).carry_out():
                failed[name_of(way[0])] += 1
        elif undone == MOST_UNDONE or not beside.undo(reference):
            return
        else:
            undone += 1
