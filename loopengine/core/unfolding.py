"""A workflow as it is for one case: what is said of each child, and asked of each, for the children it has.

Knows records and workflows. Does not know storage, or what a rule makes of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from loopengine.core.definitions import Workflow
from loopengine.core.records import Record


def unfolded(workflow: Workflow, record: Record) -> Workflow:
    """*workflow* about the items that the answers of *record* name, from whatever day on."""
    named = names_in(workflow, record)
    if not named:
        return workflow
    return workflow.about(
        {name: frozenset().union(*answers) for name, answers in named.items()},
        {
            name: frozenset().union(*answers) - frozenset.intersection(*answers)
            for name, answers in named.items()
        },
    )


def names_in(workflow: Workflow, record: Record) -> Mapping[str, list[frozenset[str]]]:
    """For each set that a list of *workflow* is taken from, what the answers that stand say is in it."""
    found: dict[str, list[frozenset[str]]] = {}
    for name in workflow.naming:
        values = [each.value for each in record.answers.get(name, ()) if isinstance(each.value, frozenset)]
        if values:
            found[name] = values
    return found
