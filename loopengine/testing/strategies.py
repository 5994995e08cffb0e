"""What anybody might answer or be: hypothesis strategies that are made from definitions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache, reduce
from itertools import pairwise

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from loopengine.core.actors import Actor
from loopengine.core.definitions import Framework, Workflow
from loopengine.core.rules.expressions import Constant, walk
from loopengine.core.values import Fact, Value

# As many as are tried of those whom a case names itself.
LABELS = ("A", "B")
_TEXTS = ("as it is in the minutes", "as it was told us")
_NUMBERS = frozenset({0, 1, 2, 17, 18})
_DAYS = (date(2016, 7, 1), date(2018, 6, 30))


def answers(fact: Fact, *, near: Collection[int] = _NUMBERS) -> SearchStrategy[Value | None]:
    """What may be answered to *fact*, None for "not known"; of numbers, those that are *near* something."""
    return st.none() | values_of(fact, near=near)


def values_of(fact: Fact, *, near: Collection[int] = _NUMBERS) -> SearchStrategy[Value]:
    """The same, but known."""
    names: SearchStrategy[str] = st.sampled_from(fact.values) if fact.values else st.nothing()
    match fact.type:
        case "yes_no":
            return st.booleans()
        case "one_of" | "party":
            return names
        case "parties":
            return st.frozensets(names, min_size=1, max_size=3)
        case "some_of":
            return st.frozensets(names, max_size=3)
        case "labels":
            return st.frozensets(st.sampled_from(LABELS), min_size=1)
        case "number":
            return st.sampled_from(sorted(near))
        case "date":
            return st.dates(*_DAYS)
        case "text":
            return st.sampled_from(_TEXTS)


def facts_of(workflow: Workflow, *, among: Collection[str] = ()) -> SearchStrategy[dict[str, Value | None]]:
    """Answers to some of the facts of *workflow*, or of those *among* them; numbers on either side of every
    limit that a rule names.
    """
    near = _limits(workflow.as_filed)
    wanted = {name: fact for name, fact in workflow.facts.items() if not among or name in among}
    optional = {name: answers(fact, near=near) for name, fact in wanted.items() if _can_be_answered(fact)}
    # Whom a case names itself is not taken back: it would not be asked about them any more.
    optional |= {name: values_of(wanted[name]) for name in workflow.naming if name in optional}
    drawn: SearchStrategy[dict[str, Value | None]] = st.fixed_dictionaries({}, optional=optional)
    return drawn.map(lambda facts: _asked(workflow, facts))


def actors(framework: Framework) -> SearchStrategy[Actor]:
    """Anybody, in at most two roles of *framework*, of one of its agencies or of none."""
    roles = st.frozensets(st.sampled_from(list(framework.roles)), max_size=2)
    agencies: SearchStrategy[str | None] = st.none()
    if framework.agencies:
        agencies |= st.sampled_from(list(framework.agencies))
    return st.builds(Actor, st.just("Somebody"), roles, agencies)


def _can_be_answered(fact: Fact) -> bool:
    return fact.type not in ("party", "parties") or bool(fact.values)


def _asked(workflow: Workflow, facts: Mapping[str, Value | None]) -> dict[str, Value | None]:
    """Those of *facts* that are asked: where somebody is named, nothing is asked of the only one there is."""
    about = workflow.given(facts).facts
    return {name: value for name, value in facts.items() if name in about}


@lru_cache(maxsize=256)
def _limits(workflow: Workflow) -> frozenset[int]:
    """The numbers that rules of *workflow* name, and those on either side."""
    rules = [*workflow.rules.values(), *(step.when for step in workflow.steps() if step.when is not None)]
    named = {
        node.value
        for rule in rules
        for node in walk(rule.condition)
        if isinstance(node, Constant) and type(node.value) is int
    }
    found = reduce(lambda some, limit: some | {limit - 1, limit, limit + 1}, sorted(named), set[int]())
    between = {(low + high) // 2 for low, high in pairwise(sorted(named))}
    return _NUMBERS | found | between
