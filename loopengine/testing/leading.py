"""Leading a case where nothing has been seen yet: by the shortest ways, whatever that takes on the way.

Knows the ways through a definition, and how a step is brought about. What comes of it, `beside` judges.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import timedelta

from hypothesis import strategies as st

from loopengine.clock import london_date
from loopengine.core.definitions import Step
from loopengine.testing.beside import Beside
from loopengine.testing.clocks import due_dates
from loopengine.testing.errands import Draw, Errand, go_on
from loopengine.testing.solving import satisfying
from loopengine.testing.ways import name_of, way_to_step

# How often a step may fail in one life, and be taken; how often somebody thinks better of one; and how much
# is done in all.
MOST_FAILURES = 2
MOST_TIMES = 6
MOST_UNDONE = 40
MOST_STRIDES = 600
# How many days a case is held, and how often somebody waits for what is due next.
DAYS_HELD = 9
MOST_DUE = 8
_DETOUR = 9  # of ten choices, the one that leads elsewhere


def lead(
    beside: Beside, draw: Draw, reference: str, wanted: Collection[str], *, lingering: bool = False
) -> None:
    """Have a case take each of the steps that are called *wanted*, the nearest first, as far as it can.

    Where it has ended or can go no further, its last step is struck out, and it goes elsewhere. *lingering*,
    it waits after each for what its clocks say, and is held for a while.
    """
    if lingering:
        linger(beside, reference)
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
            elif lingering and name_of(way[0]) in wanted:
                linger(beside, reference)
        elif undone == MOST_UNDONE or not beside.undo(reference):
            return
        else:
            undone += 1


def linger(beside: Beside, reference: str) -> None:
    """Put each hold on a case for some days, and then let time pass until its clocks have said all."""
    model = beside.models[reference]
    for name, hold in model.folded.holds.items():
        if not model.state.final and beside.hold(reference, name):
            beside.pass_until(beside.today + timedelta(days=DAYS_HELD))
            for event in hold.blocks:
                if event in model.state.steps:
                    _try_all_the_same(beside, reference, model.state.steps[event])
            if not model.state.final:
                beside.release(reference, name)
    for _ in range(MOST_DUE):
        due, by_model = beside.engine.next_due_at(), due_dates(model, beside.today).values()
        if due is None or model.state.final or not by_model:
            return
        # Not only when the engine would be waited for: it may take itself to have longer.
        late = [each + timedelta(days=1) for each in by_model if each >= beside.today]
        beside.pass_until(min([london_date(due), *late]))
        beside.sweep()


def _try_all_the_same(beside: Beside, reference: str, step: Step) -> None:
    """Fire what a hold blocks, though all else that it takes is so."""
    found = None if step.when is None else satisfying(step.when, beside.models[reference].workflow.facts)
    if known := {name: value for name, value in (found or {}).items() if value is not None}:
        beside.record(reference, known)
    beside.fire(reference, step.event, by=beside.everybody)
