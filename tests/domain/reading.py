"""Reading the law a second time: combinations of facts, and what becomes of them by learning more.

Nothing here asks the engine what a connective, or an unknown answer, means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import product

from loopengine import Truth, Workflow
from loopengine.core.situation import Situation
from loopengine.core.values import Value

# Facts by name; None is what nobody knows.
Facts = Mapping[str, Value | None]
Domain = Mapping[str, tuple[Value, ...]]

YES_NO = (True, False)


def combinations_of(domain: Domain) -> Iterator[dict[str, Value | None]]:
    """Every combination of the values in *domain*, with every fact known or unknown."""
    for values in product(*((None, *values) for values in domain.values())):
        yield dict(zip(domain, values, strict=True))


def complete(facts: Facts) -> bool:
    """Whether everything is known."""
    return None not in facts.values()


def situation(facts: Facts) -> Situation:
    """A case of which these *facts* are known, and of which nothing else matters."""
    return Situation(date(2017, 1, 9), {name: value for name, value in facts.items() if value is not None})


def verdict_of(workflow: Workflow, rule: str) -> Callable[[Facts], Truth]:
    """What *rule* makes of some facts, as a function."""
    asked = workflow.rule(rule).verdict
    return lambda facts: asked(situation(facts))


def answered(facts: Facts, names: Iterable[str], domain: Domain) -> Iterator[dict[str, Value | None]]:
    """Every way of answering those facts called *names* that are unknown."""
    unknown = [name for name in names if facts[name] is None]
    for values in product(*(domain[name] for name in unknown)):
        yield {**facts, **dict(zip(unknown, values, strict=True))}


# --- Kleene by hand: 2 is yes, 0 is no, 1 is "nobody knows" -------------------------------------------------

OF_DEGREE = {0: Truth.FALSE, 1: Truth.UNKNOWN, 2: Truth.TRUE}


def holds(value: Value | None, *yes: Value) -> int:
    """How far it is so that *value* is one of *yes*."""
    return 1 if value is None else 2 if value in yes else 0
