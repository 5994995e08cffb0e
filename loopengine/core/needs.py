"""Which roles the workflow files need somebody in, and for what.

Knows definitions, and how a role can be held. Does not know who holds one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal, TypeAlias, assert_never, get_args

from loopengine.core.definitions import OWNER, Framework, Workflow

Standing: TypeAlias = Literal["holder", "deputy", "acting"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)
# Every agency has somebody of its own in these; of the others, a board has one or a few.
AGENCY_ROLES = frozenset({"agency", "agency_lead"})


@dataclass(frozen=True, slots=True)
class Need:
    """What a workflow needs a role for: a step, to override one, a state that it owns, to be told, a fact."""

    workflow: str
    what: Literal["step", "override", "owner", "deadline", "standing", "fact"]
    name: str

    def __str__(self) -> str:
        return f"{self._words()} ({self.workflow})"

    def _words(self) -> str:
        match self.what:
            case "step":
                return f"to take {self.name}"
            case "override":
                return f"to override {self.name}"
            case "owner":
                return f"to see to {self.name}"
            case "deadline" | "standing":
                return f"to be told of {self.name}"
            case "fact":
                return f"to answer {self.name}"
            case _:
                assert_never(self.what)

    def to_json(self) -> dict[str, str]:
        """What `check --people` prints of it."""
        return {"workflow": self.workflow, "what": self.what, "name": self.name}


def needs(framework: Framework) -> dict[str, tuple[Need, ...]]:
    """What each role is needed for that some workflow of *framework* needs, in the order of the files."""
    found: dict[str, dict[Need, None]] = {}
    for workflow in framework.workflows.values():
        for role, need in _of(workflow):
            found.setdefault(role, {})[need] = None
    return {role: tuple(several) for role, several in found.items()}


def _of(workflow: Workflow) -> Iterator[tuple[str, Need]]:
    for state in workflow.states.values():
        for party in state.owner:
            yield party.role, Need(workflow.name, "owner", state.name)
    for step in workflow.steps():
        for party in step.by:
            yield party.role, Need(workflow.name, "step", step.event)
        if step.override is not None:
            yield step.override, Need(workflow.name, "override", step.event)
    for deadline in workflow.deadlines.values():
        told = [each.tell for each in deadline.reminders] + [each.tell for each in deadline.ladder]
        for role in chain.from_iterable(told):
            yield role, Need(workflow.name, "deadline", deadline.name)
    for rule in workflow.standing.values():
        for role in rule.tell:
            if role != OWNER:
                yield role, Need(workflow.name, "standing", rule.name)
    # What is asked of each of a list is for the same roles to answer, whoever is on it.
    once = {name: fact for name, fact in workflow.facts.items() if "." not in name}
    for fact in {**once, **workflow.repeated}.values():
        for role in fact.by:
            yield role, Need(workflow.name, "fact", fact.name)
