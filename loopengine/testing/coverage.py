"""What of a definition has been seen at work, out of what there is to see.

Knows workflows and what a walk tells it. Does not know hypothesis or pytest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias, get_args

from loopengine.core.definitions import Step, Workflow
from loopengine.core.rules.english import leaf_words
from loopengine.core.rules.expressions import Condition, Leaf, RuleRef
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth
from loopengine.testing.deciding import has_decided, said_in_place, sign_of
from loopengine.testing.strategies import LABELS
from loopengine.testing.ways import name_of

Sort: TypeAlias = Literal["states", "steps", "refusals", "leaves", "deciding", "clocks", "rungs"]
SORTS: tuple[Sort, ...] = get_args(Sort)
_SIGN = "sign "  # what goes before a sign where it is sent in the place of a sort


class Part(NamedTuple):
    """Something of a definition that can be seen at work: of the *sort*, *what*, in words."""

    sort: Sort
    what: str


@dataclass(slots=True)
class Coverage:
    """By workflow, the parts of it that have been seen at work.

    *signs* are what evaluations said about each leaf, by workflow and leaf; from these it is told whether one
    has decided.
    """

    seen: dict[str, set[Part]] = field(default_factory=dict)
    signs: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    _looked_at: dict[Workflow, set[tuple[str, tuple[Truth, ...]]]] = field(default_factory=dict, repr=False)

    def see(self, workflow: Workflow, sort: Sort, what: str) -> None:
        """One part of *workflow* was seen at work."""
        self.seen.setdefault(workflow.name, set()).add(Part(sort, what))

    def see_rules(self, workflow: Workflow, state: str, situation: Situation) -> None:
        """What the rules of *workflow*, and the guards of its *state*, were asked in *situation*."""
        looked_at = self._looked_at.setdefault(workflow, set())
        for where, condition in _rules(workflow, workflow.states[state].steps.values()):
            leaves = said_in_place(condition)
            verdicts = tuple(evaluate(leaf, situation) for leaf in leaves)
            if (where, verdicts) not in looked_at:
                looked_at.add((where, verdicts))
                self._see(workflow, where, condition, dict(zip(leaves, verdicts, strict=True)))

    def _see(
        self, workflow: Workflow, where: str, condition: Condition, came_to: Mapping[Condition, Truth]
    ) -> None:
        seen = self.seen.setdefault(workflow.name, set())
        signs = self.signs.setdefault(workflow.name, {})
        for leaf in _leaves(condition):
            name = _name(workflow, where, leaf)
            signs.setdefault(name, set()).add(sign_of(condition, leaf, came_to))
            if came_to[leaf] is not Truth.UNKNOWN:
                seen.add(Part("leaves", f"{name}: {came_to[leaf].name}"))
            if Part("deciding", name) not in seen and has_decided(signs[name]):
                seen.add(Part("deciding", name))

    def told(self) -> dict[str, list[list[str]]]:
        """All of it, as it can be sent from one process to another: what `add` takes."""
        found = {name: sorted([each.sort, each.what] for each in parts) for name, parts in self.seen.items()}
        for workflow, leaves in self.signs.items():
            found.setdefault(workflow, []).extend(
                [_SIGN + sign, leaf] for leaf, signs in sorted(leaves.items()) for sign in sorted(signs)
            )
        return found

    def add(self, workflow: str, parts: Iterable[Iterable[str]]) -> None:
        """Add *parts* that another process has seen, each as a sort and what."""
        seen, signs = self.seen.setdefault(workflow, set()), self.signs.setdefault(workflow, {})
        for sort, what in parts:
            seen.update(Part(each, what) for each in SORTS if each == sort)
            if sort.startswith(_SIGN):
                signs.setdefault(what, set()).add(sort.removeprefix(_SIGN))
        seen.update(Part("deciding", leaf) for leaf, some in signs.items() if has_decided(some))

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
    somebody or something can be refused; the leaves of named rules and of guards, each TRUE and FALSE, and
    each once more where it decides the rule; clocks that run; and the rungs that they reach: reminders, the
    ladder, and the event that is fired.
    """
    workflow = _about_somebody(workflow)
    steps = list(workflow.steps())
    leaves = [
        _name(workflow, where, leaf) for where, each in _rules(workflow, steps) for leaf in _leaves(each)
    ]
    leaves = list(dict.fromkeys(leaves))
    return {
        "states": list(workflow.states),
        "steps": [name_of(step) for step in steps],
        "refusals": [name_of(step) for step in steps if _can_be_refused(step)],
        "leaves": [f"{leaf}: {each.name}" for leaf in leaves for each in (Truth.TRUE, Truth.FALSE)],
        "deciding": leaves,
        "clocks": list(workflow.deadlines),
        "rungs": list(_rungs(workflow)),
    }


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


def _rules(workflow: Workflow, steps: Iterable[Step]) -> list[tuple[str, Condition]]:
    """The conditions of every named rule, and those of the guards of *steps*."""
    named = [(name, rule.condition) for name, rule in workflow.rules.items()]
    return named + [(name_of(step), step.when.condition) for step in steps if step.when is not None]


def _leaves(condition: Condition) -> list[Leaf]:
    """The leaves of *condition*; those of a rule that it names are the rule's."""
    return [leaf for leaf in said_in_place(condition) if not isinstance(leaf, RuleRef)]


def _name(workflow: Workflow, where: str, leaf: Leaf) -> str:
    return f"{where}: {leaf_words(leaf, workflow.facts)}"
