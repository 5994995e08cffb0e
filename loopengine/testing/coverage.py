"""What of a definition has been seen at work, out of what there is to see.

Knows workflows and what a walk tells it. Does not know hypothesis or pytest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias, get_args

from loopengine.core.definitions import Step, Workflow
from loopengine.core.rules.english import leaf_words
from loopengine.core.rules.expressions import (
    AllOf,
    AnyOf,
    Condition,
    Known,
    Leaf,
    Not,
    Possible,
    RuleRef,
)
from loopengine.core.rules.verdicts import Rule, evaluate
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth
from loopengine.testing.strategies import LABELS

Sort: TypeAlias = Literal["states", "steps", "refusals", "leaves", "clocks", "rungs"]
SORTS: tuple[Sort, ...] = get_args(Sort)


class Part(NamedTuple):
    """Something of a definition that can be seen at work: of the *sort*, *what*, in words."""

    sort: Sort
    what: str


@dataclass(slots=True)
class Coverage:
    """By workflow, the parts of it that have been seen at work."""

    seen: dict[str, set[Part]] = field(default_factory=dict)

    def see(self, workflow: Workflow, sort: Sort, what: str) -> None:
        """One part of *workflow* was seen at work."""
        self.seen.setdefault(workflow.name, set()).add(Part(sort, what))

    def see_rules(self, workflow: Workflow, state: str, situation: Situation) -> None:
        """What the rules of *workflow*, and the guards of its *state*, were asked in *situation*."""
        seen = self.seen.setdefault(workflow.name, set())
        for where, leaf in _leaves(workflow, workflow.states[state].steps.values()):
            verdict = evaluate(leaf, situation)
            if verdict is not Truth.UNKNOWN:
                seen.add(_leaf(workflow, where, leaf, verdict))

    def add(self, workflow: str, parts: Iterable[Iterable[str]]) -> None:
        """Add *parts* that another process has seen, each as a sort and what."""
        seen = self.seen.setdefault(workflow, set())
        for sort, what in parts:
            seen.update(Part(each, what) for each in SORTS if each == sort)

    def share(self, workflow: Workflow) -> Mapping[Sort, tuple[int, int]]:
        """For each sort, how many parts of *workflow* were seen, and how many there are."""
        seen, there = self.seen.get(workflow.name, set()), parts_of(workflow)
        return {
            sort: (len([each for each in parts if Part(sort, each) in seen]), len(parts))
            for sort, parts in there.items()
        }

    def missing(self, workflow: Workflow) -> list[Part]:
        """The parts of *workflow* that were not seen, in the order of its file."""
        seen = self.seen.get(workflow.name, set())
        parts = (Part(sort, each) for sort, some in parts_of(workflow).items() for each in some)
        return [each for each in parts if each not in seen]


def parts_of(workflow: Workflow) -> Mapping[Sort, list[str]]:
    """Everything of *workflow* that can be seen at work, by sort.

    States in which a case can stand; steps, each by state and event; of these the refusals of those that
    somebody or something can be refused; the leaves of named rules and of guards, each TRUE and FALSE; clocks
    that run; and the rungs that they reach: reminders, the ladder, and the event that is fired.
    """
    workflow = _about_somebody(workflow)
    steps = list(workflow.steps())
    leaves = [_leaf(workflow, where, leaf, each).what for where, leaf in _leaves(workflow, steps)
              for each in (Truth.TRUE, Truth.FALSE)]  # fmt: skip
    return {
        "states": list(workflow.states),
        "steps": [name_of(step) for step in steps],
        "refusals": [name_of(step) for step in steps if _can_be_refused(step)],
        "leaves": list(dict.fromkeys(leaves)),
        "clocks": list(workflow.deadlines),
        "rungs": list(_rungs(workflow)),
    }


def name_of(step: Step) -> str:
    """*step*, by its state and its event."""
    return f"{step.source}.{step.event}"


def _about_somebody(workflow: Workflow) -> Workflow:
    """*workflow* about two of each of those whom a case names itself."""
    if not workflow.naming:
        return workflow
    return workflow.as_filed.about(
        {name: LABELS if (fact := workflow.facts[name]).type == "labels" else fact.values[:2]
         for name in workflow.naming}
    )  # fmt: skip


def _can_be_refused(step: Step) -> bool:
    return not step.automatic and bool(
        step.by or step.not_of or step.when or step.reason_required or step.wait
    )


def _rungs(workflow: Workflow) -> Iterator[str]:
    for deadline in workflow.deadlines.values():
        yield from (f"{deadline.name} remind-{n}" for n, _ in enumerate(deadline.reminders, 1))
        yield from (f"{deadline.name} escalate-{n}" for n, _ in enumerate(deadline.ladder, 1))
        if deadline.then is not None:
            yield f"{deadline.name} then"


def _leaves(workflow: Workflow, steps: Iterable[Step]) -> Iterator[tuple[str, Leaf]]:
    """The leaves of every named rule, and of the guards of *steps* as far as they are said in place."""
    guards: list[tuple[str, Rule]] = [(name_of(step), step.when) for step in steps if step.when is not None]
    for where, rule in [*workflow.rules.items(), *guards]:
        yield from ((where, leaf) for leaf in _said_in_place(rule.condition))


def _said_in_place(condition: Condition) -> Iterator[Leaf]:
    match condition:
        case RuleRef():  # its leaves are those of the rule
            return
        case Not(part) | Possible(part) | Known(part):
            yield from _said_in_place(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _said_in_place(part)
        case _:
            yield condition


def _leaf(workflow: Workflow, where: str, leaf: Leaf, verdict: Truth) -> Part:
    return Part("leaves", f"{where}: {leaf_words(leaf, workflow.facts)}: {verdict.name}")
