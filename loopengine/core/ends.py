"""The ends that every workflow has without saying so: `withdrawn`, opened in error; `merged`, into another.

A file may declare a final state of its own by either name, which then takes its place. Does not know how a
case comes to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from loopengine.core.definitions import State, Workflow

WITHDRAWN, MERGED = "withdrawn", "merged"
MERGED_INTO = "merged_into"  # the link from a case to the one that it was merged into
ENDS: Mapping[str, State] = MappingProxyType(
    {
        WITHDRAWN: State(WITHDRAWN, "Withdrawn: it was opened in error", final=True, excused=True),
        MERGED: State(MERGED, "Merged into another case", final=True, excused=True),
    }
)


class States(dict[str, State]):
    """The states of a workflow as its file has them; by name, the ends of every workflow as well."""

    def __missing__(self, name: str) -> State:
        return ENDS[name]


def state_of(workflow: Workflow, name: str) -> State | None:
    """The state or the end called *name*, if there is one."""
    return workflow.states.get(name) or ENDS.get(name)
