"""Which reviews are opened, where a fact has chosen them for each child: one for each, or one for several.

Pure. Does not know who chose, or whether the choice was allowed: a step's rule has seen to that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from loopengine.core.definitions import Framework, Opens, Workflow
from loopengine.core.rules.lists import concrete
from loopengine.core.values import Value


class Choice(NamedTuple):
    """A case of *review* about some items of a list; about none by name, if there is one that has none."""

    review: str
    about: tuple[str, ...]

    @property
    def marks(self) -> tuple[str, ...]:
        """What is noted of it, so that nothing is opened twice for anybody."""
        return tuple(f"{self.review}.{item}" for item in self.about) or (self.review,)


def choices(
    workflow: Workflow,
    opens: Opens,
    facts: Mapping[str, Value],
    framework: Framework,
    already: Collection[str],
) -> Iterator[Choice]:
    """The cases that *opens* opens by choice, in the order of the reviews, without those *already* marked.

    *framework* has the reviews: one that is never about several is opened for each by itself.
    """
    assert opens.chosen is not None
    chosen = _chosen(workflow, opens.chosen, facts)
    shared = _set(facts.get(opens.together or ""))
    for review in workflow.fact_asked(opens.chosen).values:
        about = [item for item, those in chosen.items() if review in those]
        new = [item for item in about if not {*Choice(review, (item,) if item else ()).marks} & {*already}]
        if review in shared and set_of(framework.workflow(review)) is not None and all(new) and new:
            yield Choice(review, tuple(new))
        else:
            yield from (Choice(review, (item,) if item else ()) for item in new)


def set_of(workflow: Workflow) -> str | None:
    """The fact of *workflow* that names whom a case is about, if it may be about several."""
    return next((name for name in workflow.naming if workflow.lists[name].plainly), None)


def _chosen(workflow: Workflow, fact: str, facts: Mapping[str, Value]) -> dict[str, frozenset[str]]:
    """What is chosen for each item of the list that *fact* is asked of; "" is the one without a name."""
    listing = next((each for each in workflow.lists.values() if fact in each.facts), None)
    if listing is None or not listing.items:
        return {"": _set(facts.get(fact))}
    return {item.name: _set(facts.get(concrete(fact, item.name))) for item in listing.items}


def _set(value: Value | None) -> frozenset[str]:
    return value if isinstance(value, frozenset) else frozenset()
