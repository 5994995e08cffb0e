"""From Python's tree to ours, as far as what is said over lists and sets: quantifiers, `uppermost`, quorums.

What is said is written out at once for the items of a list that the framework has. Does not know what stands
in a condition: for that it is given a reader.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TypeAlias

from loopengine.core.rules.expressions import (
    AllOf,
    Answer,
    AnyOf,
    Compare,
    CompareOp,
    Condition,
    Constant,
    FactValue,
    Known,
    Member,
    Not,
    Possible,
    Quantifier,
    RuleRef,
    Size,
)
from loopengine.core.rules.lists import Listing, asked_plainly, concrete, quantified, uppermost_among
from loopengine.core.rules.operands import arguments, read_operand, refusal, text_of, written
from loopengine.core.rules.vocabulary import Scope
from loopengine.errors import nearest

_Read: TypeAlias = Callable[[ast.expr, Scope], Condition]
_QUANTIFIERS: Mapping[str, Quantifier] = {"every": "every", "some": "some"}


def is_over_list(node: ast.Call, scope: Scope) -> bool:
    """Whether the `every` or `some` that *node* calls is said over a list, and not over sub-cases."""
    if len(node.args) != 2 or text_of(node.args[1]) is not None:
        return False
    # What is no name of a list and no kind of sub-case either: a condition can only have meant a list.
    return written(node.args[0]) in scope.lists or not isinstance(node.args[1], ast.Name)


def read_over_list(node: ast.Call, scope: Scope, read: _Read) -> Condition:
    """The condition of each item that *node* says, over every one of a list or some."""
    first, second = arguments(node, 2)
    listing = scope.lists.get(written(first))
    if listing is None:
        raise refusal(first, f"no list is called {written(first)}", nearest(written(first), scope.lists))
    condition = read(second, scope)
    if listing.facts.isdisjoint(asked_plainly(condition, scope.lists)):
        asked = (
            f"name a fact or a rule of each: {', '.join(sorted(listing.facts))}" if listing.facts else None
        )
        hint = asked or f"give a fact `for_each: {listing.name}`"
        raise refusal(second, f"{written(second)} says nothing of each of {listing.name}", hint)
    return quantified(_QUANTIFIERS[written(node.func)], listing, condition)


def is_uppermost(node: ast.expr) -> bool:
    """Whether *node* calls `uppermost`."""
    return isinstance(node, ast.Call) and written(node.func) == "uppermost"


def compare_uppermost(left: ast.expr, sign: CompareOp, right: ast.expr, scope: Scope) -> Condition:
    """`uppermost(fact) == "item"`, or == a fact that has items of the same list for its values."""
    call, other = (left, right) if is_uppermost(left) else (right, left)
    if sign not in ("==", "!="):
        raise refusal(call, f"{written(call)} is one of a list", "write == or !=, or list values after `in`")
    if is_uppermost(other):
        raise refusal(other, "two of these are not compared", "compare each with a fact, or a value")
    if text_of(other) is not None:
        found = uppermost_in(call, ast.Tuple([other]), scope)
    else:
        found = _as_chosen(call, other, scope)
    return found if sign == "==" else Not(found)


def uppermost_in(call: ast.expr, values: ast.Tuple, scope: Scope) -> Condition:
    """`uppermost(fact) in ("item", "item")`."""
    fact, listing = _of_uppermost(call, scope)
    names = [item.name for item in listing.items]
    for value in values.elts:
        if text_of(value) not in names:
            raise refusal(
                value, f"{written(call)} is never {written(value)}", nearest(text_of(value) or "", names)
            )
    wanted = [value.value for value in values.elts if isinstance(value, ast.Constant)]
    return _uppermost(call, fact, listing, [str(each) for each in wanted])


def uppermost_known(call: ast.expr, scope: Scope) -> Condition:
    """`known(uppermost(fact))`: that there is one, and that it is settled which."""
    fact, listing = _of_uppermost(call, scope)
    answers = [Answer(concrete(fact, item.name)) for item in listing.items]
    each = tuple(
        AllOf((*(Not(Possible(before)) for before in answers[:n]), Known(answer), answer))
        for n, answer in enumerate(answers)
    )
    title = f"it is settled which of the {_words(listing)} applies before any other"
    return RuleRef("uppermost", AnyOf(each), title=title)


def _as_chosen(call: ast.expr, other: ast.expr, scope: Scope) -> Condition:
    fact, listing = _of_uppermost(call, scope)
    chosen, names = read_operand(other, scope), [item.name for item in listing.items]
    if not isinstance(chosen.operand, FactValue) or chosen.type != "one_of":
        raise refusal(
            other, f"{chosen.described}, and not one of {listing.name}", "name a one_of fact, or an item"
        )
    if not set(names) <= set(chosen.values):
        raise refusal(other, f"{chosen.written} has values of its own", f"give it `values: {listing.name}`")
    return AnyOf(
        tuple(
            AllOf((Compare("==", chosen.operand, Constant(name)), _uppermost(call, fact, listing, [name])))
            for name in names
        )
    )


def _of_uppermost(call: ast.expr, scope: Scope) -> tuple[str, Listing]:
    assert isinstance(call, ast.Call)
    (part,) = arguments(call, 1)
    name = written(part)
    fact, listing = scope.facts.get(name), scope.listing_of(name)
    if fact is None or fact.type != "yes_no" or listing is None or listing.named_by is not None:
        hint = "name a yes_no fact that has `for_each` a list of the framework"
        raise refusal(part, f"{name} is not asked of each of a list in order", hint)
    return name, listing


def _uppermost(call: ast.expr, fact: str, listing: Listing, wanted: list[str]) -> RuleRef:
    titles = [item.title for item in listing.items if item.name in wanted]
    title = f"the uppermost of the {_words(listing)} that applies is {' or '.join(titles)}"
    return RuleRef("uppermost", uppermost_among(fact, listing.items, wanted), title=title)


def _words(listing: Listing) -> str:
    return listing.name.replace("_", " ")


def read_quorate(node: ast.Call, scope: Scope) -> Condition:
    """`quorate(parties, "group")`: enough of those who count are there, and each who has to be."""
    present, named = arguments(node, 2)
    parties = read_operand(present, scope)
    if parties.type != "parties" or not isinstance(parties.operand, FactValue):
        raise refusal(
            present, f"{parties.described}, and not a set of parties", "name a fact of type parties"
        )
    quorum = scope.quorums.get(text_of(named) or "")
    if quorum is None:
        raise refusal(
            named,
            f"no group with a quorum is called {written(named)}",
            nearest(written(named), scope.quorums),
        )
    enough = Compare(">=", Size(parties.operand, quorum.of), Constant(quorum.at_least))
    needed = (Member(Constant(name), parties.operand) for name in quorum.needs)
    return RuleRef("quorate", AllOf((enough, *needed)), title=f"{quorum.group} is quorate")
