"""The rules of two versions of a workflow, pair by pair: which come to another verdict, and for whom.

Facts, rules, guards, claims, standing rules and routes. Knows workflows, and how conditions are compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from loopengine.core.comparing.conditions import Compared, Grounds, always, bare, compare_conditions
from loopengine.core.comparing.differences import Difference, Sort
from loopengine.core.definitions import Workflow
from loopengine.core.proving.domains import Ways, World
from loopengine.core.proving.proofs import named_by_cases, ways_of
from loopengine.core.routes import Route
from loopengine.core.rules.expressions import Condition, RuleRef, facts_of, walk
from loopengine.core.rules.verdicts import Rule
from loopengine.core.values import Fact


@dataclass(frozen=True, slots=True)
class Ruled:
    """A rule of some *sort* under a name by which both versions have it, and its text."""

    sort: Sort
    about: str
    rule: Rule | None

    @property
    def text(self) -> str:
        """What the file says; nothing if there is no rule."""
        return "" if self.rule is None else self.rule.text


@dataclass(slots=True)
class RulesApart:
    """What comparing the rules of two versions came to."""

    differences: list[Difference] = field(default_factory=list)
    words: list[Difference] = field(default_factory=list)
    compared: int = 0
    inexact: list[str] = field(default_factory=list)


def compare_rules(
    old: Workflow, new: Workflow, others: Mapping[str, Workflow], alike: Mapping[str, Workflow]
) -> RulesApart:
    """The rules of *old* and *new*, each as a case has them; *others* and *alike* are those beside them."""
    return _compared(old, new, others, alike, lambda before, after: True)


def compare_rewritten(
    old: Workflow, new: Workflow, others: Mapping[str, Workflow], alike: Mapping[str, Workflow]
) -> RulesApart:
    """The same of those rules alone whose own words are others in *new*: if each of them is proved to decide
    the same, so does whatever uses them.
    """
    return _compared(old, new, others, alike, lambda before, after: before.text != after.text)


def _compared(
    old: Workflow,
    new: Workflow,
    others: Mapping[str, Workflow],
    alike: Mapping[str, Workflow],
    wanted: Callable[[Ruled, Ruled], bool],
) -> RulesApart:
    names, (before, fixed), (after, more) = _named(old, new)
    grounds = Grounds(
        _facts(before, after),
        {**fixed, **more},
        _ways_of_both(_ways(before, others), _ways(after, alike)),
        lambda name: name in names or name.partition(".")[0] in _of_each(old, new),
    )
    found = RulesApart()
    _renamed_or_gone(before, after, grounds, found)
    guards = {(each.sort, each.about): each for each in _rules(after)}
    for each in _rules(before):
        other = guards.get((each.sort, each.about))
        if other is not None and wanted(each, other):
            _compare(each, other, grounds, _clashing(before, after), found)
    found.differences = _gathered(found.differences, before, after)
    return found


def _named(
    old: Workflow, new: Workflow
) -> tuple[frozenset[str], tuple[Workflow, World], tuple[Workflow, World]]:
    """Both about two of those whom a case names itself, and by which facts it does."""
    names = frozenset((*old.naming, *new.naming))
    return names, named_by_cases(old, new), named_by_cases(new, old)


def _of_each(*workflows: Workflow) -> frozenset[str]:
    """The facts that are asked of each of a list of the case's own."""
    lists = [each for workflow in workflows for each in workflow.lists.values()]
    return frozenset().union(*(each.facts for each in lists if each.named_by is not None))


def _ways(workflow: Workflow, others: Mapping[str, Workflow]) -> dict[str, Mapping[str, frozenset[str]]]:
    known = {kind: others.get(each.workflow) for kind, each in workflow.sub_cases.items()}
    return {kind: ways_of(each) for kind, each in known.items() if each is not None}


def _ways_of_both(old: Ways, new: Ways) -> Ways:
    """What lies on every way to a state in both versions of sub-cases."""
    return {
        kind: {state: before & new[kind].get(state, frozenset()) for state, before in states.items()}
        for kind, states in old.items()
        if kind in new
    }


def _facts(old: Workflow, new: Workflow) -> dict[str, Fact]:
    """The facts of both: of one whose values differ, all that it may have in either."""
    facts = {**old.repeated, **old.facts}
    for name, fact in {**new.repeated, **new.facts}.items():
        before = facts.get(name)
        values = fact.values if before is None else tuple(dict.fromkeys((*before.values, *fact.values)))
        facts[name] = replace(fact, values=values)
    return facts


def _clashing(old: Workflow, new: Workflow) -> frozenset[str]:
    """The facts that are of another type in *new* than in *old*."""
    before, after = {**old.repeated, **old.facts}, {**new.repeated, **new.facts}
    return frozenset(name for name in before.keys() & after.keys() if before[name].type != after[name].type)


def _rules(workflow: Workflow) -> Iterator[Ruled]:
    for name, rule in workflow.rules.items():
        yield Ruled("rule", name, rule)
    for step in workflow.steps():
        yield Ruled("guard", f"{step.source}.{step.event}", step.when)
    for name, standing in workflow.standing.items():
        yield Ruled("standing", name, standing.when)
    for name, claim in workflow.claims.items():
        yield Ruled("claim", f"{name}: if", claim.premise)
        yield Ruled("claim", f"{name}: then", claim.conclusion)
    for name, row in rows_of(workflow).items():
        yield Ruled("route", name, row.rule)


def rows_of(workflow: Workflow) -> dict[str, Route]:
    """The rows of the routing table of *workflow*, by the review to which each leads, and its name there."""
    named: dict[str, Route] = {}
    numbers = Counter[str]()
    for row in workflow.routes:
        numbers[row.review] += 1
        named[f"{row.review}: {row.rule.name or f'row {numbers[row.review]}'}"] = row
    return named


def _compare(old: Ruled, new: Ruled, grounds: Grounds, clashing: frozenset[str], found: RulesApart) -> None:
    if old.rule is None and new.rule is None:
        return
    found.compared += 1
    one, other = _condition(old, new), _condition(new, old)
    clash = sorted(clashing & {*facts_of(one), *facts_of(other)})
    if clash:
        said = f"reads {', '.join(clash)}, which is not of the type that it was: it cannot be compared"
        found.differences.append(Difference(old.sort, old.about, said))
        return
    compared = compare_conditions(one, other, grounds)
    if not compared.same:
        found.differences.append(
            Difference(old.sort, old.about, _change_of_text(old, new), compared.examples)
        )
        return
    if not compared.exact:
        found.inexact.append(old.about)
    if old.text != new.text:
        said = f"other words, the same meaning: {_change_of_text(old, new)}"
        found.words.append(Difference(old.sort, old.about, said))
    elif _is_cited_otherwise(old.rule, new.rule):
        found.words.append(Difference(old.sort, old.about, "another title, or other authorities"))


def _is_cited_otherwise(old: Rule | None, new: Rule | None) -> bool:
    return old is not None and new is not None and (old.title, old.sources) != (new.title, new.sources)


def _change_of_text(old: Ruled, new: Ruled) -> str:
    if old.text == new.text:
        return f"decides otherwise: {new.text}"
    if new.rule is None:
        return f"the rule is dropped: was {old.text}"
    if old.rule is None:
        return f"a rule is added: {new.text}"
    return f"was {old.text}; is {new.text}"


def _condition(ruled: Ruled, other: Ruled) -> Condition:
    if ruled.rule is not None:
        return ruled.rule.condition
    assert other.rule is not None
    return always(other.rule.condition)


# --- rules that are gone, and those that only have another name ---------------------------------------------


def _renamed_or_gone(old: Workflow, new: Workflow, grounds: Grounds, found: RulesApart) -> None:
    gone = [rule for name, rule in old.rules.items() if name not in new.rules]
    come = {name: rule for name, rule in new.rules.items() if name not in old.rules}
    clashing = _clashing(old, new)
    for rule in gone:
        again = next((name for name, each in come.items() if _is_same(rule, each, grounds, clashing)), None)
        if again is None:
            found.differences.append(Difference("rule", str(rule.name), f"is gone: was {rule.text}"))
        else:
            del come[again]
            found.compared += 1
            found.words.append(Difference("rule", str(rule.name), f"is called {again} now"))
    for name, rule in come.items():
        found.differences.append(Difference("rule", name, f"is new: {rule.text}"))


def _is_same(old: Rule, new: Rule, grounds: Grounds, clashing: frozenset[str]) -> bool:
    if bare(old.condition) == bare(new.condition):
        return True
    if clashing & {*facts_of(old.condition), *facts_of(new.condition)}:
        return False
    compared: Compared = compare_conditions(old.condition, new.condition, grounds)
    return compared.same and compared.exact


# --- what differs because of a rule that it uses ------------------------------------------------------------


def _gathered(differences: list[Difference], old: Workflow, new: Workflow) -> list[Difference]:
    """*differences*, those that a rule brings about told with it: their own text is as it was."""
    before, after = ({(each.sort, each.about): each for each in _rules(one)} for one in (old, new))
    otherwise = {
        each.about
        for each in differences
        if each.sort == "rule" and each.examples and _text(each, before) != _text(each, after)
    }
    through: dict[str, list[str]] = {}
    kept: list[Difference] = []
    for each in differences:
        said, says = _text(each, before), _text(each, after)
        ruled = after.get((each.sort, each.about))
        used = () if ruled is None or said != says else _used(ruled.rule)
        cause = next((name for name in used if name in otherwise), None)
        if cause is None:
            kept.append(each)
        else:
            through.setdefault(cause, []).append(each.about)
    return [
        replace(each, through=tuple(through.get(each.about, ()))) if each.sort == "rule" else each
        for each in kept
    ]


def _text(difference: Difference, rules: Mapping[tuple[Sort, str], Ruled]) -> str | None:
    found = rules.get((difference.sort, difference.about))
    return None if found is None else found.text


def _used(rule: Rule | None) -> Iterator[str]:
    if rule is not None:
        yield from (node.name for node in walk(rule.condition) if isinstance(node, RuleRef))
