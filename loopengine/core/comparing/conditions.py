"""Whether two conditions come to the same verdict whatever is so; and if not, examples in which they do not.

Three ways, the first that settles it: they say the same, word by word; they are the same whatever their
leaves come to; or every world that they can tell from others is looked at. Knows nothing of workflows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from loopengine.core.comparing.differences import Example
from loopengine.core.proving.domains import TODAY, Ways, World, situation_of, things_in
from loopengine.core.proving.worlds import Goal, TooMany, Worlds
from loopengine.core.rules.expressions import (
    AllOf,
    Answer,
    AnyOf,
    Condition,
    Known,
    Leaf,
    Not,
    Possible,
    RuleRef,
    Since,
    SinceDay,
    Unlisted,
    WithinBefore,
    leaves_of,
)
from loopengine.core.rules.lists import rebuilt
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.truth import Truth
from loopengine.core.values import Fact

_ANY = frozenset(Truth)
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
    if timely and _same_whatever_days(old, new, grounds):
        return Compared()
    found: dict[Truth, Example] = {}
    exact = not timely and not any(_is_sampled(leaf, grounds) for leaf in leaves)
    for today in DAYS if timely else DAYS[:1]:
        worlds = Worlds([old, new], grounds.facts, dict(grounds.fixed), grounds.ways, today)
        try:
            for example in _examples(old, new, worlds, grounds.fixed):
                found.setdefault(example.old, replace(example, on=today if timely else None))
        except TooMany:
            exact = False
        exact = exact and worlds.is_exact(Goal(old, _ANY), Goal(new, _ANY))
    return Compared(tuple(found.values()), exact)


def _examples(old: Condition, new: Condition, worlds: Worlds, fixed: World) -> Iterator[Example]:
    for verdict in Truth:
        world = worlds.find(Goal(old, frozenset({verdict})), Goal(new, _ANY - {verdict}))
        if world is not None:
            situation = situation_of({**fixed, **world}, worlds.today)
            yield Example(world, evaluate(old, situation), evaluate(new, situation))


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

    What is said over a list of the case's own is one question: of how many, nobody knows.
    """
    asked: dict[Condition, Answer] = {}

    def question(of: Condition) -> Answer:
        return asked.setdefault(of, Answer(f"question {len(asked) + 1}"))

    def group(ref: RuleRef) -> RuleRef | None:
        return None if ref.over is None else RuleRef("", question(bare(ref)))

    one, other = (rebuilt(each, question, group) for each in (old, new))
    return _is_proved_same(one, other, Grounds(_questions(asked.values())))


def _same_whatever_days(old: Condition, new: Condition, grounds: Grounds) -> bool:
    """The same of those leaves alone that read the day."""
    if any(_is_sampled(leaf, grounds) for each in (old, new) for leaf in leaves_of(each)):
        return False
    asked: dict[Condition, Answer] = {}

    def question(leaf: Leaf) -> Leaf:
        if not isinstance(leaf, _OF_DAYS):
            return leaf
        return asked.setdefault(leaf, Answer(f"question {len(asked) + 1}"))

    one, other = (rebuilt(each, question) for each in (old, new))
    facts = {**grounds.facts, **_questions(asked.values())}
    return _is_proved_same(one, other, replace(grounds, facts=facts))


def _questions(asked: Iterable[Answer]) -> dict[str, Fact]:
    return {each.fact: Fact(each.fact, "?", "yes_no") for each in asked}


def _is_proved_same(old: Condition, new: Condition, grounds: Grounds) -> bool:
    try:
        worlds = Worlds([old, new], grounds.facts, dict(grounds.fixed), grounds.ways)
        differ = any(True for _ in _examples(old, new, worlds, grounds.fixed))
    except TooMany:
        return False
    return not differ and worlds.is_exact(Goal(old, _ANY), Goal(new, _ANY))


def _is_sampled(leaf: Leaf, grounds: Grounds) -> bool:
    names = (thing.name for thing in things_in(leaf) if thing.sort in ("fact", "past"))
    return isinstance(leaf, Unlisted) or any(grounds.sampled(name) for name in names)
