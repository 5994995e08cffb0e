"""What is proved of a workflow, or refuted by an example: its rules, and the steps that the engine takes.

Facts are taken exactly. What sub-cases have reached, what happened when, and what was so before are taken one
by one, as if each could be anything: a proof holds all the same, but an example may be one that no case comes
to, and says so. Knows workflows; nothing of files, or of how proofs are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Literal, TypeAlias

from loopengine.core.definitions import Framework, Step, Workflow
from loopengine.core.proving.decisive import decisive
from loopengine.core.proving.domains import Thing, World
from loopengine.core.proving.worlds import FALSE, TRUE, Goal, Worlds, all_true
from loopengine.core.rules.expressions import Condition
from loopengine.core.rules.verdicts import Rule

Sort: TypeAlias = Literal["rule", "guard", "race", "circle", "reach", "end"]
# Whom a case is supposed to be about where each case says so itself.
_LETTERS = ("A", "B")


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that has to be so of a *workflow*: *about* a rule, a step or a state of it.

    Where it does not hold, *said* says what is so instead, and *example* is a world in which it is; in an
    *abstract* one, sub-cases or times are supposed that no case may come to. Not *exact*: not every value of
    some number, day or set was looked at. *decisive* are the facts that can turn a rule by themselves.
    """

    workflow: str
    sort: Sort
    about: str
    holds: bool
    said: str
    example: World | None = None
    exact: bool = True
    decisive: tuple[str, ...] = ()

    @property
    def abstract(self) -> bool:
        """Whether the example supposes more than answers to facts."""
        return any(thing.sort != "fact" for thing in self.example or ())


def prove(workflow: Workflow, framework: Framework) -> tuple[Proof, ...]:
    """Everything that is proved of *workflow*, of *framework*, in the order of its file."""
    about, fixed = _named(workflow)
    known = {**about.repeated, **about.facts}
    rules = [*about.rules.values(), *(step.when for step in about.steps() if step.when is not None)]
    ways = {kind: ways_of(framework.workflow(each.workflow)) for kind, each in about.sub_cases.items()}
    worlds = Worlds([rule.condition for rule in rules], known, fixed, ways)
    return (
        *_rules(about, worlds),
        *_guards(about, worlds),
        *_races(about, worlds),
        *_circles(about, worlds),
        *_ways(about, worlds),
    )


def _named(workflow: Workflow) -> tuple[Workflow, World]:
    """*workflow* about two of each of those whom a case names itself, and that they are those two."""
    names = {name: _two(workflow, name) for name in workflow.naming}
    fixed: World = {Thing("fact", name): frozenset(those) for name, those in names.items()}
    return (workflow.about(names) if names else workflow), fixed


def _two(workflow: Workflow, name: str) -> tuple[str, ...]:
    return _LETTERS if workflow.facts[name].type == "labels" else workflow.facts[name].values[:2]


def _rules(workflow: Workflow, worlds: Worlds) -> Iterator[Proof]:
    for name, rule in workflow.rules.items():
        yield _both_ways(workflow, "rule", name, rule, worlds)


def _guards(workflow: Workflow, worlds: Worlds) -> Iterator[Proof]:
    for step in workflow.steps():
        if step.when is not None:
            yield _both_ways(workflow, "guard", _name(step), step.when, worlds)


def _both_ways(workflow: Workflow, sort: Sort, about: str, rule: Rule, worlds: Worlds) -> Proof:
    """A rule that is always TRUE, or never, decides nothing: it is a mistake."""
    true, false = (Goal(rule.condition, wanted) for wanted in (TRUE, FALSE))
    exact = worlds.is_exact(true)
    if worlds.find(true) is None:
        return Proof(workflow.name, sort, about, False, f"{about} can never be TRUE", exact=exact)
    if worlds.find(false) is None:
        return Proof(workflow.name, sort, about, False, f"{about} can never be FALSE", exact=exact)
    return Proof(
        workflow.name,
        sort,
        about,
        True,
        f"{about} can be TRUE and FALSE",
        exact=exact,
        decisive=decisive(rule.condition, worlds),
    )


def _races(workflow: Workflow, worlds: Worlds) -> Iterator[Proof]:
    """Of two steps that the engine could take out of a state, it would take either: so never both."""
    for state in workflow.states.values():
        for one, other in combinations(_automatic(state.steps.values()), 2):
            together = all_true(_conditions([one, other]))
            world, about = worlds.find(*together), f"{_name(one)} and {other.event}"
            said = (
                f"{about} are never TRUE together"
                if world is None
                else f"{about} are both automatic, and can be TRUE together"
            )
            yield Proof(workflow.name, "race", about, world is None, said, world, worlds.is_exact(*together))


def _circles(workflow: Workflow, worlds: Worlds) -> Iterator[Proof]:
    """Automatic steps that lead back to where they begin, and can all be TRUE, would never come to rest."""
    for circle in _closed_ways(workflow):
        together = all_true(_conditions(circle))
        world, about = worlds.find(*together), " -> ".join([*map(_name, circle), circle[0].source])
        said = (
            f"{about} comes to rest: not all of it can be TRUE at once"
            if world is None
            else f"{about} are all automatic, and never come to rest where all can be TRUE at once"
        )
        yield Proof(workflow.name, "circle", about, world is None, said, world, worlds.is_exact(*together))


def _closed_ways(workflow: Workflow) -> Iterator[tuple[Step, ...]]:
    """The ways of automatic steps that lead back to where they begin, each once and without detours."""
    order = list(workflow.states)

    def onward(way: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
        for step in _automatic(workflow.states[way[-1].to].steps.values()):
            if step.to == way[0].source:
                yield (*way, step)
            elif step.to not in {each.source for each in way} and order.index(step.to) > order.index(
                way[0].source
            ):
                yield from onward((*way, step))

    for state in workflow.states.values():
        for step in _automatic(state.steps.values()):
            if order.index(step.to) > order.index(state.name):  # each circle from its first state
                yield from onward((step,))


def _ways(workflow: Workflow, worlds: Worlds) -> Iterator[Proof]:
    """By steps that can be taken at all, every state is reached, and leads to an end."""
    taken = [step for step in workflow.steps() if _can_be_true(step, worlds)]
    reached = _closure({workflow.starts}, ((step.source, step.to) for step in taken))
    ends = {name for name, state in workflow.states.items() if state.final}
    ending = _closure(ends, ((step.to, step.source) for step in taken))
    for name, state in workflow.states.items():
        came = name in reached
        said = "can be reached" if came else "is reached by no step whose rule can be TRUE"
        yield Proof(workflow.name, "reach", name, came, f"{name} {said}")
        if not state.final:
            goes = name in ending
            said = "can come to an end" if goes else "comes to no end by steps whose rules can be TRUE"
            yield Proof(workflow.name, "end", name, goes, f"{name} {said}")


def _can_be_true(step: Step, worlds: Worlds) -> bool:
    return step.when is None or worlds.find(Goal(step.when.condition, TRUE)) is not None


def _closure(first: set[str], leading: Iterable[tuple[str, str]]) -> set[str]:
    arrows = list(leading)
    found = set(first)
    while new := {to for source, to in arrows if source in found} - found:
        found |= new
    return found


@lru_cache(maxsize=256)
def ways_of(workflow: Workflow) -> Mapping[str, frozenset[str]]:
    """For each state of *workflow*, the others through which every way from the start to it leads."""
    arrows = [(step.source, step.to) for step in workflow.steps()]
    everywhere = _closure({workflow.starts}, arrows)
    found: dict[str, set[str]] = {state: set() for state in workflow.states}
    for without in workflow.states:
        around = _closure({workflow.starts} - {without}, (each for each in arrows if without not in each))
        for state in everywhere - around - {without}:
            found[state].add(without)
    return {state: frozenset(others) for state, others in found.items()}


def _automatic(steps: Iterable[Step]) -> list[Step]:
    return [step for step in steps if step.automatic]


def _conditions(steps: Sequence[Step]) -> list[Condition]:
    return [step.when.condition for step in steps if step.when is not None]


def _name(step: Step) -> str:
    return f"{step.source}.{step.event}"
