"""What is proved of a workflow, or refuted by an example: its rules, its claims, and the steps of the engine.

Facts are taken exactly. What sub-cases have reached, what happened when, and what was so before are taken one
by one, as if each could be anything: a proof holds all the same, but an example may be one that no case comes
to, and says so. Knows workflows; nothing of files, or of how proofs are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import combinations
from typing import TypeAlias

from loopengine.core.definitions import Claim, Step, Workflow
from loopengine.core.proving.clocks import of_deadlines
from loopengine.core.proving.decisive import decisive
from loopengine.core.proving.domains import Thing, World, things_in
from loopengine.core.proving.findings import Proof, Sort, tried
from loopengine.core.proving.lasting import longest
from loopengine.core.proving.leading import events_to, legs
from loopengine.core.proving.orders import of_monitors
from loopengine.core.proving.settling import of_settled
from loopengine.core.proving.worlds import FALSE, TRUE, UNKNOWN, Goal, Solving, TooMany, Worlds, all_true
from loopengine.core.reaching import closure
from loopengine.core.rules.expressions import Condition, leaves_of
from loopengine.core.rules.verdicts import Rule

# Whom a case is supposed to be about where each case says so itself.
_LETTERS = ("A", "B")
_Deciding: TypeAlias = Callable[[Condition, Worlds], tuple[tuple[str, ...], bool]]


def prove(
    workflow: Workflow,
    others: Mapping[str, Workflow],
    *,
    solving: Solving | None = None,
    decisively: bool = True,
) -> tuple[Proof, ...]:
    """Everything that is proved of *workflow*, in the order of its file; *others* are its framework's.

    What looking at every world does not decide, *solving* is asked, if it is there. Unless *decisively*, it
    is not looked for which facts can turn a rule by themselves: that takes longest.
    """
    about, fixed = named_by_cases(workflow)
    rules = [*about.rules.values(), *(step.when for step in about.steps() if step.when is not None)]
    rules += [rule for claim in about.claims.values() for rule in (claim.premise, claim.conclusion)]
    kinds = {kind: others.get(each.workflow) for kind, each in about.sub_cases.items()}
    ways = {kind: ways_of(each) for kind, each in kinds.items() if each is not None}
    known = {**about.repeated, **about.facts}
    worlds = Worlds([rule.condition for rule in rules], known, fixed, ways, solving=solving)
    taken = [step for step in about.steps() if _can_be_true(step, worlds)]
    return (
        *_of_rules(about, worlds, decisive if decisively else _nothing_decisive),
        *_with_way(about, worlds, taken, _of_automatic_steps(about, worlds)),
        *_with_way(about, worlds, taken, _of_states(about, taken)),
        *of_monitors(about, worlds),
        *of_deadlines(about, worlds, taken),
        *of_settled(about, worlds),
        *longest(about, taken),
    )


def _with_way(
    workflow: Workflow, worlds: Worlds, taken: Sequence[Step], proofs: Iterable[Proof]
) -> Iterator[Proof]:
    """*proofs*, of what does not hold with the way to the state in which it does not."""
    events = events_to(workflow, taken)
    for proof in proofs:
        state = proof.about.partition(".")[0]
        wrong = not proof.holds and state in events
        yield replace(proof, way=legs(workflow, worlds, events[state])) if wrong else proof


def named_by_cases(workflow: Workflow, like: Workflow | None = None) -> tuple[Workflow, World]:
    """*workflow* about two of each of those whom a case names itself, and that they are those two; if it can
    be, about two whom one *like* it may name, too.
    """
    names = {name: _two(workflow, name, like) for name in workflow.naming}
    fixed: World = {Thing("fact", name): frozenset(those) for name, those in names.items()}
    return (workflow.about(names) if names else workflow), fixed


def _two(workflow: Workflow, name: str, like: Workflow | None) -> tuple[str, ...]:
    values = workflow.facts[name].values
    if like is not None and name in like.facts:
        values = tuple(each for each in values if each in like.facts[name].values) or values
    return _LETTERS if workflow.facts[name].type == "labels" else values[:2]


# --- rules and claims ---------------------------------------------------------------------------------------


def _of_rules(workflow: Workflow, worlds: Worlds, deciding: _Deciding) -> Iterator[Proof]:
    for name, rule in workflow.rules.items():
        yield tried("rule", name, partial(_both_ways, "rule", name, rule, worlds, deciding))
    for step in workflow.steps():
        if step.when is not None:
            about = _name(step)
            yield tried("guard", about, partial(_both_ways, "guard", about, step.when, worlds, deciding))
    for claim in workflow.claims.values():
        yield tried("claim", claim.name, partial(_follows, claim, worlds))


def _nothing_decisive(condition: Condition, worlds: Worlds) -> tuple[tuple[str, ...], bool]:
    return (), True


def _both_ways(sort: Sort, about: str, rule: Rule, worlds: Worlds, deciding: _Deciding) -> Proof:
    """A rule that is always TRUE, or never, decides nothing: it is a mistake."""
    true, false = (Goal(rule.condition, wanted) for wanted in (TRUE, FALSE))
    read = (thing for leaf in leaves_of(rule.condition) for thing in things_in(leaf))
    supposes = any(thing.sort != "fact" for thing in read)
    proof = Proof(sort, about, True, f"{about} can be TRUE and FALSE", supposes=supposes)
    for goal, word in ((true, "TRUE"), (false, "FALSE")):
        if worlds.find(goal) is None:
            exact = worlds.is_exact(goal)
            said = f"{about} can never be {word}"
            return replace(proof, holds=False, said=said, exact=exact, supposes=False)
    names, exact = deciding(rule.condition, worlds)
    return replace(proof, decisive=names, exact=exact)


def _follows(claim: Claim, worlds: Worlds) -> Proof:
    """Implication is of TRUE: FALSE where the premise is TRUE refutes it; UNKNOWN is only a note."""
    premise = Goal(claim.premise.condition, TRUE)
    refuted, unsettled = (Goal(claim.conclusion.condition, wanted) for wanted in (FALSE, UNKNOWN))
    said = f"{claim.premise.text} implies {claim.conclusion.text}"
    proof = Proof("claim", claim.name, True, said, exact=worlds.is_exact(premise, refuted))
    world = worlds.find(premise, refuted)
    if world is not None:
        return replace(proof, holds=False, said=f"it is not so that {said}", example=world, exact=True)
    if worlds.find(premise) is None:
        only = f"{said}, but only since {claim.premise.text} can never be TRUE"
        return replace(proof, said=only, noted=True)
    if worlds.find(premise, unsettled) is not None:
        return replace(proof, said=f"{said}, unless too little is known to say", noted=True)
    return proof


# --- what the engine does of itself -------------------------------------------------------------------------


def _of_automatic_steps(workflow: Workflow, worlds: Worlds) -> Iterator[Proof]:
    for state in workflow.states.values():
        for one, other in combinations(_automatic(state.steps.values()), 2):
            about = f"{_name(one)} and {other.event}"
            yield tried("race", about, partial(_race, about, (one, other), worlds))
    for circle in _closed_ways(workflow):
        about = " -> ".join([*map(_name, circle), circle[0].source])
        yield tried("circle", about, partial(_circle, about, circle, worlds))


def _race(about: str, steps: Sequence[Step], worlds: Worlds) -> Proof:
    """Of two steps that could be taken out of one state, the engine would take either: so never both."""
    together = all_true(_conditions(steps))
    world = worlds.find(*together)
    said = "are never TRUE together" if world is None else "are both automatic, and can be TRUE together"
    return Proof("race", about, world is None, f"{about} {said}", world, _decided(world, together, worlds))


def _circle(about: str, steps: Sequence[Step], worlds: Worlds) -> Proof:
    """Automatic steps that lead back to where they begin, and can all be TRUE, would never come to rest."""
    together = all_true(_conditions(steps))
    world = worlds.find(*together)
    said = "comes to rest" if world is None else "never comes to rest: all of it can be TRUE at once"
    return Proof("circle", about, world is None, f"{about} {said}", world, _decided(world, together, worlds))


def _decided(world: World | None, goals: Sequence[Goal], worlds: Worlds) -> bool:
    """Whether it is certain that there is such a *world*, or none."""
    return world is not None or worlds.is_exact(*goals)


def _closed_ways(workflow: Workflow) -> Iterator[tuple[Step, ...]]:
    """The ways of automatic steps back to where they begin, each from its first state and without detours."""
    order = {name: place for place, name in enumerate(workflow.states)}

    def onward(way: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
        for step in _automatic(workflow.states[way[-1].to].steps.values()):
            if step.to == way[0].source:
                yield (*way, step)
            elif order[step.to] > order[way[0].source] and step.to not in {each.source for each in way}:
                yield from onward((*way, step))

    for state in workflow.states.values():
        for step in _automatic(state.steps.values()):
            if order[step.to] > order[state.name]:
                yield from onward((step,))


def _automatic(steps: Iterable[Step]) -> list[Step]:
    return [step for step in steps if step.automatic]


def _conditions(steps: Sequence[Step]) -> list[Condition]:
    return [step.when.condition for step in steps if step.when is not None]


# --- where a case comes, and where it ends ------------------------------------------------------------------


def _of_states(workflow: Workflow, taken: Sequence[Step]) -> Iterator[Proof]:
    """By the steps *taken*, which are those that can be, every state is reached, and leads to an end."""
    reached = closure({workflow.starts}, _along((step.source, step.to) for step in taken))
    ends = {name for name, state in workflow.states.items() if state.final}
    ending = closure(ends, _along((step.to, step.source) for step in taken))
    for name, state in workflow.states.items():
        came = name in reached
        said = "can be reached" if came else "is reached by no step whose rule can be TRUE"
        yield Proof("reach", name, came, f"{name} {said}")
        if not state.final:
            goes = name in ending
            said = "can come to an end" if goes else "comes to no end by steps whose rules can be TRUE"
            yield Proof("end", name, goes, f"{name} {said}")


def _can_be_true(step: Step, worlds: Worlds) -> bool:
    try:
        return step.when is None or worlds.find(Goal(step.when.condition, TRUE)) is not None
    except TooMany:
        return True  # it was told of the step itself


@lru_cache(maxsize=256)
def ways_of(workflow: Workflow) -> Mapping[str, frozenset[str]]:
    """For each state of *workflow*, the others through which every way from the start to it leads."""
    arrows = [(step.source, step.to) for step in workflow.steps()]
    everywhere = closure({workflow.starts}, _along(arrows))
    found: dict[str, set[str]] = {state: set() for state in workflow.states}
    for without in workflow.states:
        around = closure(
            {workflow.starts} - {without}, _along(each for each in arrows if without not in each)
        )
        for state in everywhere - around - {without}:
            found[state].add(without)
    return {state: frozenset(others) for state, others in found.items()}


def _along(arrows: Iterable[tuple[str, str]]) -> Callable[[str], Iterable[str]]:
    """Where each of *arrows* leads, by where it begins."""
    leading: dict[str, list[str]] = {}
    for source, to in arrows:
        leading.setdefault(source, []).append(to)
    return lambda source: leading.get(source, ())


def _name(step: Step) -> str:
    return f"{step.source}.{step.event}"
