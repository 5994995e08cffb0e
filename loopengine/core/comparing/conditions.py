"""Whether two conditions come to the same verdict whatever is so; and if not, examples in which they do not.

Three ways, the first that settles it: they say the same, word by word; they are the same whatever their
leaves come to; or every world that they can tell from others is looked at. Knows nothing of workflows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from loopengine.core.comparing.differences import Example
from loopengine.core.proving.domains import TODAY, Ways, World, situation_of, things_in
from loopengine.core.proving.worlds import Goal, TooMany, Worlds
from loopengine.core.rules.expressions import (
    AllOf,
    Among,
    Answer,
    AnyOf,
    Arithmetic,
    Compare,
    CompareOp,
    Condition,
    FactValue,
    Known,
    Leaf,
    Not,
    Operand,
    Possible,
    RuleRef,
    Since,
    SinceDay,
    Unlisted,
    WithinBefore,
    leaves_of,
    walk,
)
from loopengine.core.rules.lists import rebuilt
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.truth import Truth
from loopengine.core.values import Fact

_ANY = frozenset(Truth)
MOST_LOOKS = 8_000  # for each verdict, at worlds of which some is said: a difference is mostly found in a few
# How the left side can stand to the right where a comparison is TRUE.
_STANDS: Mapping[CompareOp, tuple[str, ...]] = {
    "==": ("equal",),
    "!=": ("less", "greater"),
    "<": ("less",),
    "<=": ("less", "equal"),
    ">": ("greater",),
    ">=": ("equal", "greater"),
}
_ANSWERED = {True: Truth.TRUE, False: Truth.FALSE, None: Truth.UNKNOWN}
# Leaves that read the day: other days than those that are tried may tell two rules apart.
_OF_DAYS = (Since, SinceDay, WithinBefore)
# A month is not always as long as another: days on which rules over time are compared.
DAYS = (TODAY, date(2015, 3, 31), date(2016, 2, 29), date(2018, 7, 1))


@dataclass(frozen=True, slots=True)
class Compared:
    """Two conditions: *examples* in which they differ; without any, *exact* says that there are none."""

    examples: tuple[Example, ...] = ()
    exact: bool = True

    @property
    def same(self) -> bool:
        """Whether no difference was found."""
        return not self.examples


@dataclass(frozen=True, slots=True)
class Grounds:
    """On what conditions are compared: the *facts* of both versions, and the *ways* of sub-cases.

    *fixed* says what is taken for granted, and *sampled* which facts are asked only of some of those of whom
    they could be: about what reads them, nothing is proved by looking.
    """

    facts: Mapping[str, Fact]
    fixed: World = field(default_factory=dict)
    ways: Ways = field(default_factory=dict)
    sampled: Callable[[str], bool] = lambda name: False


def always(like: Condition) -> Condition:
    """A condition that is TRUE whatever is so, where there is no rule beside *like*."""
    return Known(Known(like))


def compare_conditions(old: Condition, new: Condition, grounds: Grounds) -> Compared:
    """Whether *old* and *new* come to the same verdict, and where they do not."""
    if bare(old) == bare(new) or _same_whatever_leaves(old, new):
        return Compared()
    leaves = {*leaves_of(old), *leaves_of(new)}
    timely = any(isinstance(leaf, _OF_DAYS) for leaf in leaves)
    if _same_whatever_some_leaves(old, new, grounds):
        return Compared()
    found: dict[Truth, Example] = {}
    exact = not timely and all(_is_looked_at_whole(leaf, grounds) for leaf in leaves)
    for today in DAYS if timely else DAYS[:1]:
        worlds = Worlds([old, new], grounds.facts, dict(grounds.fixed), grounds.ways, today, MOST_LOOKS)
        try:
            for example in _examples(old, new, worlds, grounds.fixed):
                found.setdefault(example.old, replace(example, on=today if timely else None))
        except TooMany:
            exact = False
            for example in _examples_by_parts(old, new, grounds, today):
                found.setdefault(example.old, replace(example, on=today if timely else None))
        exact = exact and worlds.is_exact(Goal(old, _ANY), Goal(new, _ANY))
    return Compared(tuple(found.values()), exact)


def _examples(old: Condition, new: Condition, worlds: Worlds, fixed: World) -> Iterator[Example]:
    for verdict in Truth:
        world = worlds.find(Goal(old, frozenset({verdict})), Goal(new, _ANY - {verdict}))
        if world is not None:
            situation = situation_of({**fixed, **world}, worlds.today)
            yield Example(world, evaluate(old, situation), evaluate(new, situation))


def _examples_by_parts(old: Condition, new: Condition, grounds: Grounds, today: date) -> Iterator[Example]:
    """Examples of conditions that are too much to look at: the rules that both use are questions at first,
    and what answers them so is looked for only then.
    """
    questions, used = _Questions(), _rules_in(old) & _rules_in(new)

    def group(ref: RuleRef) -> RuleRef | None:
        part = bare(ref)
        return RuleRef("", Answer(questions.fact(part, "yes_no").name)) if part in used else None

    one, other = (rebuilt(each, lambda leaf: leaf, group) for each in (old, new))
    facts = {**grounds.facts, **questions.facts}
    whole = Worlds([one, other], facts, dict(grounds.fixed), grounds.ways, today, MOST_LOOKS)
    try:
        for example in _examples(one, other, whole, grounds.fixed):
            parts = {questions.asked(thing.name): state for thing, state in example.world.items()}
            goals = [
                Goal(part, frozenset({_ANSWERED[state]}))
                for part, state in parts.items()
                if part is not None and (state is None or isinstance(state, bool))
            ]
            rest = {thing: state for thing, state in example.world.items() if not questions.asked(thing.name)}
            fixed = {**grounds.fixed, **rest}
            conditions = [old, new, *(goal.condition for goal in goals)]
            world = Worlds(conditions, grounds.facts, fixed, grounds.ways, today, MOST_LOOKS).find(*goals)
            if world is not None:
                situation = situation_of({**fixed, **world}, today)
                was, now = evaluate(old, situation), evaluate(new, situation)
                if was is not now:
                    yield Example({**rest, **world}, was, now)
    except TooMany:
        return


def _rules_in(condition: Condition) -> frozenset[Condition]:
    """The rules that *condition* uses, as they decide."""
    return frozenset(
        bare(node) for node in walk(condition) if isinstance(node, RuleRef) and node is not condition
    )


def bare(condition: Condition) -> Condition:
    """*condition* as it decides: without the names, titles and authorities of the rules that it uses."""
    match condition:
        case RuleRef(condition=part, over=over) if over is not None:
            asked = replace(over, condition=bare(over.condition))
            return RuleRef("", bare(part), over=asked)
        case RuleRef(condition=part):
            return bare(part)
        case Not(part):
            return Not(bare(part))
        case Possible(part):
            return Possible(bare(part))
        case Known(part):
            return Known(bare(part))
        case AllOf(parts):
            return AllOf(_each_bare(parts))
        case AnyOf(parts):
            return AnyOf(_each_bare(parts))
        case _:
            return condition


def _each_bare(parts: Sequence[Condition]) -> tuple[Condition, ...]:
    return tuple(bare(part) for part in parts)


# --- whatever leaves come to --------------------------------------------------------------------------------


def _same_whatever_leaves(old: Condition, new: Condition) -> bool:
    """Whether they are the same were every leaf a question of its own: then they are, whatever it says.

    What is said over a list of the case's own is one question: of how many, nobody knows. So is how two
    operands stand to each other, by whatever sign they are compared.
    """
    questions = _Questions()

    def group(ref: RuleRef) -> RuleRef | None:
        return None if ref.over is None else RuleRef("", Answer(questions.fact(bare(ref), "yes_no").name))

    one, other = (rebuilt(each, questions.instead_of, group) for each in (old, new))
    return _is_proved_same(one, other, Grounds(questions.facts))


def _same_whatever_some_leaves(old: Condition, new: Condition, grounds: Grounds) -> bool:
    """The same of those leaves alone of which not everything is looked at."""
    if any(_is_sampled(leaf, grounds) for each in (old, new) for leaf in leaves_of(each)):
        return False
    questions = _Questions()

    def question(leaf: Leaf) -> Leaf:
        return leaf if _is_looked_at_whole(leaf, grounds) else questions.instead_of(leaf)

    one, other = (rebuilt(each, question) for each in (old, new))
    return _is_proved_same(one, other, replace(grounds, facts={**grounds.facts, **questions.facts}))


class _Questions:
    """Questions that are put in the place of leaves: as a leaf comes to anything, so may the answer."""

    def __init__(self) -> None:
        self._asked: dict[Condition | tuple[Operand, Operand], Fact] = {}

    @property
    def facts(self) -> dict[str, Fact]:
        """The questions, by name."""
        return {each.name: each for each in self._asked.values()}

    def asked(self, name: str) -> Condition | None:
        """The condition for which the question called *name* stands, if it is one."""
        found = (of for of, fact in self._asked.items() if fact.name == name and not isinstance(of, tuple))
        return next(found, None)

    def fact(
        self,
        of: Condition | tuple[Operand, Operand],
        type_: Literal["yes_no", "one_of"],
        values: tuple[str, ...] = (),
    ) -> Fact:
        """The one question that stands for *of*."""
        return self._asked.setdefault(of, Fact(f"question {len(self._asked) + 1}", "?", type_, values))

    def instead_of(self, leaf: Leaf) -> Leaf:
        """What is asked in the place of *leaf*: of a comparison, how one operand stands to the other."""
        if not isinstance(leaf, Compare):
            return Answer(self.fact(leaf, "yes_no").name)
        stands = self.fact((leaf.left, leaf.right), "one_of", ("less", "equal", "greater"))
        return Among(FactValue(stands.name, "one_of"), _STANDS[leaf.op])


def _is_proved_same(old: Condition, new: Condition, grounds: Grounds) -> bool:
    try:
        worlds = Worlds([old, new], grounds.facts, dict(grounds.fixed), grounds.ways, most=MOST_LOOKS)
        differ = any(True for _ in _examples(old, new, worlds, grounds.fixed))
    except TooMany:
        return False
    return not differ and worlds.is_exact(Goal(old, _ANY), Goal(new, _ANY))


def _is_looked_at_whole(leaf: Leaf, grounds: Grounds) -> bool:
    """Whether every world that *leaf* can tell from another is looked at, together with what others can.

    Of one number or day it is so; of several that are set against each other, of sums, of what sub-cases have
    reached and of what depends on the day, those are looked at that are likely to tell rules apart.
    """
    if isinstance(leaf, _OF_DAYS) or _is_sampled(leaf, grounds):
        return False
    if any(isinstance(node, Arithmetic) for node in walk(leaf)):
        return False
    things = things_in(leaf)
    if any(thing.sort != "fact" for thing in things):
        return False
    types = [grounds.facts[thing.name].type for thing in things if thing.name in grounds.facts]
    return len(things) == 1 or not {*types} & {"number", "date"}


def _is_sampled(leaf: Leaf, grounds: Grounds) -> bool:
    names = (thing.name for thing in things_in(leaf) if thing.sort in ("fact", "past"))
    return isinstance(leaf, Unlisted) or any(grounds.sampled(name) for name in names)
