"""Which answers are settled: known, and once something has happened not to be changed any more.

What was recorded wrongly is still corrected, and what nobody knew is still answered, once. Knows facts and
what has happened; does not know who records, or how they are refused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from loopengine.core.values import Fact, Value


def settled_by(fact: Fact, happened: Collection[str]) -> str | None:
    """The event of *happened* after which the answer to *fact* changes no more, if there is one."""
    return next((event for event in fact.settled_after if event in happened), None)


def settled_facts(
    facts: Mapping[str, Fact], known: Mapping[str, Value], happened: Collection[str]
) -> frozenset[str]:
    """Those of *facts* whose answer is *known* and changes no more, as so much has *happened*."""
    return frozenset(
        name for name, fact in facts.items() if name in known and settled_by(fact, happened) is not None
    )
