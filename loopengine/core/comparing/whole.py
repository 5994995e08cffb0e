"""Two versions of a workflow, or of a framework, told apart: in what they mean, and in words alone.

Knows which things a workflow is made of. That none of them is forgotten is seen to here: whatever is not told
apart in a way of its own is compared as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from loopengine.core.comparing.differences import Comparison, Difference
from loopengine.core.comparing.parts import changes, sets_apart
from loopengine.core.comparing.rules import RulesApart, compare_rewritten, compare_rules, rows_of
from loopengine.core.definitions import Framework, State, Step, Workflow
from loopengine.core.records import taken_back

Found = Iterable[tuple[Difference, bool]]
# What is compared part by part, or says nothing: a digest, where a file stands, how often it was changed.
_TOLD = (
    *(
        "facts",
        "repeated",
        "rules",
        "states",
        "sub_cases",
        "standing",
        "claims",
        "deadlines",
        "holds",
        "lists",
    ),
    *("routes", "version", "file", "digest", "folded", "stand_ins"),
)
_OF_FRAMEWORK = ("workflows", "version", "texts", "digest", "to_confirm")


def compare_workflows(
    old: Workflow,
    new: Workflow,
    others: Mapping[str, Workflow] | None = None,
    alike: Mapping[str, Workflow] | None = None,
) -> Comparison:
    """What *new* means otherwise than *old*; *others* are the workflows beside the old, *alike* the new ones.

    That they mean the same is proved, or the comparison says of what it is not.
    """
    return _comparison(old, new, compare_rules(old, new, others or {}, alike or {}))


def compare_slip(
    old: Workflow, new: Workflow, others: Mapping[str, Workflow], alike: Mapping[str, Workflow]
) -> Comparison:
    """The same of one thing that is otherwise in *new*: of rules, only that whose own words are others."""
    return _comparison(old, new, compare_rewritten(old, new, others, alike))


def _comparison(old: Workflow, new: Workflow, rules: RulesApart) -> Comparison:
    found = list(chain.from_iterable(_parts(old, new)))
    return Comparison(
        new.name,
        (old.version, new.version),
        (*rules.differences, *(each for each, meant in found if meant)),
        (*rules.words, *(each for each, meant in found if not meant)),
        rules.compared,
        tuple(rules.inexact),
    )


def compare_frameworks(old: Framework, new: Framework) -> tuple[Comparison, ...]:
    """What *new* means otherwise than *old*: what all its workflows share, and then each of them."""
    shared = [
        (Difference("framework", new.name, each.said), each.meant)
        for each in changes("framework", old, new, leave=_OF_FRAMEWORK)
    ]
    shared += [
        (Difference("workflow", name, "is gone"), True) for name in old.workflows if name not in new.workflows
    ]
    shared += [
        (Difference("workflow", name, "is new"), True) for name in new.workflows if name not in old.workflows
    ]
    whole = Comparison(
        new.name,
        (old.version, new.version),
        tuple(each for each, meant in shared if meant),
        tuple(each for each, meant in shared if not meant),
    )
    both = [name for name in old.workflows if name in new.workflows]
    return whole, *(
        compare_workflows(old.workflows[name], new.workflows[name], old.workflows, new.workflows)
        for name in both
    )


def _parts(old: Workflow, new: Workflow) -> Iterator[Found]:
    yield (
        (Difference("workflow", new.name, each.said), each.meant)
        for each in changes("workflow", old, new, leave=_TOLD)
    )
    yield sets_apart("fact", {**old.repeated, **old.facts}, {**new.repeated, **new.facts})
    yield sets_apart("list", old.lists, new.lists)
    yield sets_apart("sub_cases", old.sub_cases, new.sub_cases)
    yield sets_apart("state", old.states, new.states, leave=("steps",))
    steps_before, steps_after = _steps(old), _steps(new)
    yield sets_apart("step", steps_before, steps_after, leave=("when",))
    yield sets_apart("deadline", old.deadlines, new.deadlines)
    yield sets_apart("hold", old.holds, new.holds)
    yield sets_apart("standing", old.standing, new.standing, leave=("when",))
    yield sets_apart("claim", old.claims, new.claims, leave=("premise", "conclusion"))
    yield sets_apart("route", rows_of(old), rows_of(new), leave=("rule",))
    yield _of_order(old, new)


def _steps(workflow: Workflow) -> dict[str, Step]:
    return {f"{step.source}.{step.event}": step for step in workflow.steps()}


def _of_order(old: Workflow, new: Workflow) -> Iterator[tuple[Difference, bool]]:
    """Where the order of a file means something, and is another one."""
    if {*old.states} == {*new.states} and _arrows(old) == _arrows(new) and taken_back(old) != taken_back(new):
        said = "the states stand in another order: a step back takes away what was reached otherwise"
        yield Difference("workflow", new.name, said), True
    for name in (name for name in old.states if name in new.states):
        before, after = ([*_automatic(each.states[name])] for each in (old, new))
        if before != after and {*before} == {*after}:
            yield Difference("state", name, f"the engine tries {', '.join(after)} in another order"), True
    if [*old.deadlines] != [*new.deadlines] and {*old.deadlines} == {*new.deadlines}:
        said = "the deadlines stand in another order: those of one day are told in it"
        yield Difference("workflow", new.name, said), True
    if [*old.standing] != [*new.standing] and {*old.standing} == {*new.standing}:
        yield Difference("workflow", new.name, "what stands over a case is looked at in another order"), True


def _arrows(workflow: Workflow) -> frozenset[tuple[str, str]]:
    return frozenset((step.source, step.to) for step in workflow.steps())


def _automatic(state: State) -> Iterator[str]:
    return (step.event for step in state.steps.values() if step.automatic)
