"""What is said over the items of a list, written out: each item has the condition for itself.

Nothing but `and` and `or` is left then, so whoever judges, explains or asks knows of no lists. Knows trees;
which items a case has is for others to say.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from loopengine.core.rules.expressions import (
    Age,
    Alike,
    AllOf,
    Among,
    Answer,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    Constant,
    Disjoint,
    FactValue,
    Known,
    KnownFact,
    Leaf,
    Member,
    Not,
    Operand,
    Over,
    Possible,
    Quantifier,
    RuleRef,
    SinceDay,
    Size,
    Unlisted,
    WithinBefore,
    facts_of,
)
from loopengine.core.values import Fact


@dataclass(frozen=True, slots=True)
class Item:
    """One of a list; *passing* says that it is not, or was not always, in the set that names it."""

    name: str
    title: str
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that something can be said over, and the *facts* that are asked of each of its items.

    Its *items* are the framework's. If each case has items of its own, they are in the fact *named_by*, and
    have the *titles* that are known; where that names none, what is said over the list is said of what is
    asked *plainly*, if it may be.
    """

    name: str
    items: tuple[Item, ...] = ()
    facts: frozenset[str] = frozenset()
    named_by: FactValue | None = None
    plainly: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)

    def naming(self, names: Iterable[str], passing: Collection[str] = ()) -> Listing:
        """This list for a case that has items called *names*, some of them *passing*."""
        items = tuple(Item(name, self.titles.get(name, name), name in passing) for name in names)
        return replace(self, items=items)


@dataclass(frozen=True, slots=True)
class Unfolding:
    """The *lists* that each case has of its own, with the items that one of them has."""

    lists: Mapping[str, Listing] = field(default_factory=dict)

    def of(self, condition: Condition) -> Condition:
        """*condition*, with what is said over these lists written out for their items."""

        def group(ref: RuleRef) -> RuleRef | None:
            over = ref.over
            if over is None or over.list not in self.lists:
                return None
            return quantified(over.quantifier, self.lists[over.list], over.condition, self.of)

        return rebuilt(condition, lambda leaf: leaf, group)


def quantified(
    quantifier: Quantifier,
    listing: Listing,
    condition: Condition,
    then: Callable[[Condition], Condition] = lambda condition: condition,
) -> RuleRef:
    """What is said over a list, as a group of what that means for each item, of which *then* is made more."""
    over = Over(quantifier, listing.name, condition, tuple(item.name for item in listing.items))
    return RuleRef(quantifier, _over_items(quantifier, listing, condition, then), over=over)


def _over_items(
    quantifier: Quantifier,
    listing: Listing,
    condition: Condition,
    then: Callable[[Condition], Condition],
) -> Condition:
    if not listing.items:
        return then(condition) if listing.plainly or listing.named_by is None else Unlisted(listing.named_by)
    parts = tuple(
        RuleRef(item.name, _for_item(quantifier, listing, item, condition, then), title=item.title)
        for item in listing.items
    )
    return AllOf(parts) if quantifier == "every" else AnyOf(parts)


def _for_item(
    quantifier: Quantifier,
    listing: Listing,
    item: Item,
    condition: Condition,
    then: Callable[[Condition], Condition],
) -> Condition:
    own = then(renamed(condition, {fact: concrete(fact, item.name) for fact in listing.facts}))
    if not item.passing or listing.named_by is None:
        return own
    # On a day on which the set is known, and does not have it, an item does not count.
    counts = Possible(Member(Constant(item.name), listing.named_by))
    return AnyOf((Not(counts), own)) if quantifier == "every" else AllOf((counts, own))


def concrete(fact: str, item: str) -> str:
    """What *fact* is called as it is asked of *item*."""
    return f"{fact}.{item}"


def asked_of(fact: Fact, item: Item) -> Fact:
    """*fact* as it is asked of *item*."""
    return replace(fact, name=concrete(fact.name, item.name), ask=f"{fact.ask} ({item.title})")


def asked_plainly(condition: Condition, lists: Mapping[str, Listing]) -> tuple[str, ...]:
    """The facts of *condition* that are asked of each item of one of *lists*, and not said over that."""
    match condition:
        case RuleRef(over=Over(list=name, condition=part)):
            own = lists[name].facts if name in lists else frozenset()
            return tuple(fact for fact in asked_plainly(part, lists) if fact not in own)
        case RuleRef(condition=part) | Not(part) | Possible(part) | Known(part):
            return asked_plainly(part, lists)
        case AllOf(parts) | AnyOf(parts):
            return tuple(dict.fromkeys(fact for part in parts for fact in asked_plainly(part, lists)))
        case _:
            repeated = frozenset().union(*(listing.facts for listing in lists.values()))
            return tuple(fact for fact in facts_of(condition) if fact in repeated)


def uppermost_among(fact: str, items: Iterable[Item], wanted: Collection[str]) -> Condition:
    """That the first of *items* for which *fact* is so is one of those *wanted*.

    Each item stands in it once: so what is not known leaves open what has to be, and nothing else.
    """
    runs = [
        (is_wanted, [Answer(concrete(fact, item.name)) for item in run])
        for is_wanted, run in groupby(items, lambda item: item.name in wanted)
    ]
    if runs and not runs[-1][0]:
        runs.pop()  # after the last that is wanted, nothing helps
    found: Condition = AnyOf(())
    for is_wanted, run in reversed(runs):
        rest = () if found == AnyOf(()) else (found,)
        each: Sequence[Condition] = run if is_wanted else [Not(answer) for answer in run]
        parts = (*each, *rest)
        found = parts[0] if len(parts) == 1 else AnyOf(parts) if is_wanted else AllOf(parts)
    return found


# --- the same tree, with other leaves -----------------------------------------------------------------------


def rebuilt(
    condition: Condition,
    of_leaf: Callable[[Leaf], Leaf],
    of_group: Callable[[RuleRef], RuleRef | None] = lambda group: None,
) -> Condition:
    """*condition* with each leaf as *of_leaf* makes it, and each group as *of_group* does where it does."""

    def again(part: Condition) -> Condition:
        return rebuilt(part, of_leaf, of_group)

    match condition:
        case RuleRef():
            return of_group(condition) or _rebuilt_group(condition, again)
        case Not(part):
            return Not(again(part))
        case Possible(part):
            return Possible(again(part))
        case Known(part):
            return Known(again(part))
        case AllOf(parts):
            return AllOf(tuple(map(again, parts)))
        case AnyOf(parts):
            return AnyOf(tuple(map(again, parts)))
        case _:
            return of_leaf(condition)


def _rebuilt_group(group: RuleRef, again: Callable[[Condition], Condition]) -> RuleRef:
    over = None if group.over is None else replace(group.over, condition=again(group.over.condition))
    return replace(group, condition=again(group.condition), over=over)


def renamed(condition: Condition, names: Mapping[str, str]) -> Condition:
    """*condition* about the facts that *names* gives in place of some."""
    return rebuilt(condition, lambda leaf: _leaf(leaf, names))


def _leaf(leaf: Leaf, names: Mapping[str, str]) -> Leaf:
    match leaf:
        case Answer(fact):
            return Answer(names.get(fact, fact))
        case KnownFact(fact):
            return KnownFact(_fact(fact, names))
        case Compare(op, left, right):
            return Compare(op, _operand(left, names), _operand(right, names))
        case Among(operand, values):
            return Among(_operand(operand, names), values)
        case Member(party, parties):
            return Member(_operand(party, names), _operand(parties, names))
        case Disjoint(left, right):
            return Disjoint(_operand(left, names), _operand(right, names))
        case SinceDay(day, duration):
            return SinceDay(_operand(day, names), duration)
        case WithinBefore(fact, duration, anchor):
            return WithinBefore(names.get(fact, fact), duration, _operand(anchor, names))
        case Unlisted(listed):
            return Unlisted(_fact(listed, names))
        case _:
            return leaf


def _operand(operand: Operand, names: Mapping[str, str]) -> Operand:
    match operand:
        case FactValue():
            return _fact(operand, names)
        case Arithmetic(op, left, right):
            return Arithmetic(op, _operand(left, names), _operand(right, names))
        case Age(born, anchor):
            return Age(_operand(born, names), _operand(anchor, names))
        case Alike(fact, duration):
            return Alike(names.get(fact, fact), duration)
        case Size(listed, among):
            return Size(_fact(listed, names), among)
        case _:
            return operand


def _fact(fact: FactValue, names: Mapping[str, str]) -> FactValue:
    return FactValue(names.get(fact.name, fact.name), fact.type)
