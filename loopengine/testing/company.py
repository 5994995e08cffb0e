"""What a step asks of other cases: that sub-cases come to a state or go back from one, or that there are any.

Knows the errand on whose behalf it is. Does not know what the rules of those other cases say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from loopengine.core.rules.expressions import Alike, Every, walk
from loopengine.core.rules.expressions import Some as SomeOf
from loopengine.engine.why import Outlook
from loopengine.testing.model import CaseModel
from loopengine.testing.strategies import LABELS, values_of
from loopengine.testing.ways import name_of, way_to_state

if TYPE_CHECKING:
    from loopengine.testing.errands import Errand

# How far down the sub-cases anything is done, and how many steps are taken in one of them in a row.
DEEPEST = 3
MOST_STRIDES = 12


def act_below(errand: Errand, outlook: Outlook) -> bool:
    """Do what is asked for the sub-cases that are waited for; whether any came further."""
    states = dict(outlook.awaits)
    known = [each for each in outlook.waiting_for if each in errand.beside.models]
    if errand.depth == DEEPEST:
        return False
    linked = [kind for kind in outlook.linked if kind in states]
    if not known and linked:
        return _tie(errand, linked[0])
    return bool([each for each in known if _lead(errand, each, states, linked)])


def _lead(errand: Errand, reference: str, states: Mapping[str, str], linked: list[str]) -> bool:
    """Have a sub-case go by the shortest way to the state that is waited for; whether it came any further."""
    model, failed = errand.beside.models[reference], set[str]()
    kinds = linked if model.kind not in states else [model.kind]
    wanted, moves = states.get(kinds[0] or "", "") if kinds else "", len(model.moves)
    for _ in range(MOST_STRIDES):
        way = way_to_state(model.folded, model.state.name, wanted, failed)
        if not way or model.state.name == wanted or errand.draw(st.integers(0, 9)) == 9:
            break
        if not errand.below(reference, model.state.steps[way[0].event]):
            failed.add(name_of(way[0]))
    return len(model.moves) > moves


def _tie(errand: Errand, kind: str) -> bool:
    """Open a case of a linked *kind*, and tie it to the one that waits for such."""
    other = errand.beside.open(errand.model.folded.sub_cases[kind].workflow, {})
    errand.beside.link(errand.reference, other, kind)
    return True


def stir(errand: Errand) -> bool:
    """Where a rule is not TRUE for what other cases are or have reached: change that; whether it could be.

    A sub-case that has reached a state goes back; or one more is opened, for somebody who has none yet; or
    cases of the same workflow are given the same answer.
    """
    if errand.depth == DEEPEST or errand.step.when is None:
        return False
    for node in walk(errand.step.when.condition):
        match node:
            case Every(kind, state) | SomeOf(kind, state):
                some = [each for each in errand.beside.models.values() if _is_of(each, errand, kind)]
                if (
                    any(_take_back(errand, each, state) for each in some)
                    or _name_one_more(errand, kind)
                    or any(each.state.name == state and errand.beside.undo(each.reference) for each in some)
                ):
                    return True
            case Alike(fact):
                return _say_the_same(errand, fact)
            case _:
                pass
    return False


def _is_of(model: CaseModel, errand: Errand, kind: str) -> bool:
    return model.parent == errand.reference and model.kind == kind


def _take_back(errand: Errand, model: CaseModel, state: str) -> bool:
    """Have a sub-case go to where *state* is still ahead of it; whether it did."""
    order = list(model.folded.states)
    back = [
        step
        for step in model.state.steps.values()
        if order.index(step.to) < min(order.index(state), order.index(model.state.name))
    ]
    return any(errand.below(model.reference, step) for step in back)


def _name_one_more(errand: Errand, kind: str) -> bool:
    """Add one to those for each of whom sub-cases of *kind* are opened; whether there is one more."""
    model = errand.model
    each_of = {
        each.for_each
        for step in model.folded.steps()
        for each in step.opens
        if each.kind == kind and each.for_each is not None
    }
    for name in sorted(each_of):
        fact, known = model.workflow.fact_asked(name), model.facts(errand.beside.today).get(name)
        named = known if isinstance(known, frozenset) else frozenset[str]()
        others = [each for each in fact.values or LABELS if each not in named]
        if others:
            errand.beside.record(errand.reference, {name: named | {others[0]}})
            return True
    return False


def _say_the_same(errand: Errand, name: str) -> bool:
    """Open another case of the workflow with the same answer."""
    model = errand.model
    value = model.facts(errand.beside.today).get(name)
    if value is None:
        value = errand.draw(values_of(model.workflow.fact_asked(name)))
        errand.beside.record(errand.reference, {name: value})
    errand.beside.open(model.folded.name, {name: value})
    return True
