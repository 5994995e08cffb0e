"""The tree that a rule is read into: one frozen value for each thing that the language can say.

The tree is typed already: `parsing.py` refuses what does not fit. Everything else about a rule (verdict,
explanation, open questions, English) is a function over these nodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias, assert_never

from loopengine.core.durations import Duration
from loopengine.core.values import FactType, Value

CompareOp: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">="]
ArithmeticOp: TypeAlias = Literal["+", "-", "*"]
# What an operand can be; days is a difference of two dates, and a number like any other.
OperandType: TypeAlias = Literal[
    "number", "date", "one_of", "some_of", "text", "party", "parties", "labels", "label"
]
Quantifier: TypeAlias = Literal["every", "some"]


@dataclass(frozen=True, slots=True)
class Source:
    """An authority: *cite* in words, *confirm* what still has to be looked up; `local` is the board's own."""

    name: str
    cite: str
    confirm: str | None = None


@dataclass(frozen=True, slots=True)
class Quorum:
    """Who must be at a meeting of the *group*: *at_least* so many *of* these, and each that it *needs*."""

    group: str
    at_least: int
    of: tuple[str, ...]
    needs: tuple[str, ...] = ()


# --- what has a value ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FactValue:
    """The value of a fact that is not a yes_no."""

    name: str
    type: FactType


@dataclass(frozen=True, slots=True)
class Constant:
    """A value written in the rule."""

    value: Value


@dataclass(frozen=True, slots=True)
class Span:
    """A duration written in the rule, added to or taken from a date."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """number ± or * number; date - date, in days; date ± span."""

    op: ArithmeticOp
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Count:
    """`count(kind, "state")`: how many sub-cases have reached the state; 0 over none."""

    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class Age:
    """`age(born_on, anchor)`: completed years on the anchor's day."""

    born: Operand
    anchor: Operand


@dataclass(frozen=True, slots=True)
class Size:
    """`size(fact)`: how many are in a set, of those *among* some if there are any; unknown while it is."""

    set: FactValue
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alike:
    """`alike(fact, "24 months")`: how many other cases, opened within that time, have the same answer."""

    fact: str
    duration: Duration


Operand: TypeAlias = FactValue | Constant | Span | Arithmetic | Count | Age | Size | Alike


# --- what has a verdict -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """A yes_no fact."""

    fact: str


@dataclass(frozen=True, slots=True)
class Over:
    """What a condition over a list was made of: the *condition* that is asked of each item of the *list*.

    *items* are those that it has been written out for; none while a case has not said which there are.
    """

    quantifier: Quantifier
    list: str
    condition: Condition
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleRef:
    """Another rule, by name, with its own tree, authorities and title.

    Also what stands for several things at once, under a title: `quorate(…)`, `uppermost(…)`, and what is said
    *over* a list, whose condition is that of all the items that the list has.
    """

    name: str
    condition: Condition
    sources: tuple[Source, ...] = ()
    title: str | None = None
    over: Over | None = None


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Possible:
    """TRUE unless *part* is FALSE: the statutory "unless it is ruled out"."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Known:
    """TRUE if *part* is settled either way, otherwise FALSE; never UNKNOWN."""

    part: Condition


@dataclass(frozen=True, slots=True)
class KnownFact:
    """TRUE if the fact (of any type but yes_no) has a known value, otherwise FALSE."""

    fact: FactValue


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values of one type; UNKNOWN if either is unknown."""

    op: CompareOp
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Among:
    """`x in (a, b)`: a value among those written in the rule."""

    operand: Operand
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """`party in parties`: a party among a set of them."""

    party: Operand
    parties: Operand


@dataclass(frozen=True, slots=True)
class Disjoint:
    """`disjoint(a, b)`: two sets of parties have nobody in common; a single party is a set of one."""

    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Every:
    """`every(kind, "state")`: each sub-case has reached it or is excused; UNKNOWN over none."""

    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class Some:
    """`some(kind, "state")`: at least one sub-case has reached it; FALSE over none."""

    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class Since:
    """`since("event", "12 months")`: TRUE from that day on; FALSE before, or if it never happened."""

    event: str
    duration: Duration


@dataclass(frozen=True, slots=True)
class SinceDay:
    """`since(notified_on, "12 months")`: TRUE from that day on, FALSE before; UNKNOWN while the date is."""

    day: Operand
    duration: Duration


@dataclass(frozen=True, slots=True)
class WithinBefore:
    """`within_before(fact, "6 months", anchor)`: a yes_no fact was so on some day of the time before that.

    TRUE if an interval in which it was yes touches the window (the anchor's own day included); FALSE if it
    was no throughout; otherwise UNKNOWN. `leaves.within_before` says what an answer tells of the time before.
    """

    fact: str
    duration: Duration
    anchor: Operand


@dataclass(frozen=True, slots=True)
class Unlisted:
    """What is said over the items of a set of which nobody has said yet who is in it: UNKNOWN."""

    set: FactValue


Leaf: TypeAlias = (
    Answer
    | KnownFact
    | Compare
    | Among
    | Member
    | Disjoint
    | Every
    | Some
    | Since
    | SinceDay
    | WithinBefore
    | Unlisted
)
Condition: TypeAlias = RuleRef | Not | AllOf | AnyOf | Possible | Known | Leaf


def operands_of(node: Leaf | Operand) -> tuple[Operand, ...]:
    """The operands directly under *node*, in the order of the rule."""
    match node:
        case Compare(_, left, right) | Arithmetic(_, left, right) | Disjoint(left, right):
            return (left, right)
        case Member(left, right) | Age(left, right):
            return (left, right)
        case KnownFact(operand) | Among(operand, _) | SinceDay(operand, _) | WithinBefore(_, _, operand):
            return (operand,)
        case Size(operand) | Unlisted(operand):
            return (operand,)
        case FactValue() | Constant() | Span() | Count() | Alike():
            return ()
        case Answer() | Every() | Some() | Since():
            return ()
        case _:
            assert_never(node)


def parts_of(node: Condition | Operand) -> tuple[Condition | Operand, ...]:
    """The nodes directly under *node*, in the order of the rule."""
    match node:
        case RuleRef(condition=part) | Not(part) | Possible(part) | Known(part):
            return (part,)
        case AllOf(parts) | AnyOf(parts):
            return parts
        case _:
            return operands_of(node)


def walk(node: Condition | Operand) -> Iterator[Condition | Operand]:
    """*node* and everything under it, in the order of the rule."""
    yield node
    for part in parts_of(node):
        yield from walk(part)


def leaves_of(condition: Condition) -> Iterator[Leaf]:
    """The leaves of *condition*, in the order of the rule."""
    match condition:
        case RuleRef(condition=part) | Not(part) | Possible(part) | Known(part):
            yield from leaves_of(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves_of(part)
        case _:
            yield condition


# Asked again and again of the few rules that there are.
@lru_cache(maxsize=4096)
def facts_of(node: Condition | Operand) -> tuple[str, ...]:
    """The names of the facts that *node* reads, each once, in the order of the rule."""
    names: dict[str, None] = {}
    for each in walk(node):
        match each:
            case Answer(name) | FactValue(name) | WithinBefore(fact=name) | Alike(fact=name):
                names[name] = None
            case _:
                pass
    return tuple(names)


def kinds_of(node: Condition | Operand) -> tuple[str, ...]:
    """The kinds of sub-case that *node* reads, each once."""
    return tuple({each.kind: None for each in walk(node) if isinstance(each, Every | Some | Count)})
