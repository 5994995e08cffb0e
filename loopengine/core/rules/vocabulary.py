"""The words and signs of which a rule is made: a closed list, held against its text before anything reads it.

Owns what is refused by name, and the names that a rule can use. Does not know what the words mean together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from keyword import iskeyword
from typing import NamedTuple

from loopengine.core.rules.expressions import Condition, Quorum, RuleRef
from loopengine.core.rules.lists import Listing
from loopengine.core.rules.strengths import Strength
from loopengine.core.values import Fact

LONGEST = 2_000  # characters of one rule
LONGEST_NUMBER = 15  # digits
SPLIT = "give a part of it a name of its own under `rules`"

# How each function is written; nothing else can be called.
FUNCTIONS = {
    "possible": "possible(condition)",
    "known": "known(fact)",
    "every": 'every(kind, "state"), or every(list, condition)',
    "some": 'some(kind, "state"), or some(list, condition)',
    "count": 'count(kind, "state")',
    "since": 'since("event", "12 months")',
    "within_before": 'within_before(fact, "6 months", date)',
    "age": "age(born, date)",
    "disjoint": "disjoint(parties, parties)",
    "agrees": 'agrees(decided, "must")',
    "size": "size(set)",
    "uppermost": "uppermost(fact)",
    "quorate": 'quorate(parties, "group")',
    "alike": 'alike(fact, "24 months")',
}

_CONNECTIVES = frozenset({"and", "or", "not", "in"})
_BY_ITSELF = "write the condition by itself, or `not` before it"
_BY_NAME = "a rule reads a fact by its name alone"
_ARITHMETIC = "numbers are added, subtracted and multiplied: + - *"
_NO_BRANCHES = "write `and`, `or` and `not`; whatever needs two answers is two rules"
_ONE_EXPRESSION = f"a rule is one expression; {SPLIT}"
# What people write all the same, and what they should write instead.
_INSTEAD = {
    "=": "write == to compare; a function takes its arguments in order, without names",
    ":=": _ONE_EXPRESSION,
    ":": _ONE_EXPRESSION,
    ";": _ONE_EXPRESSION,
    "lambda": _ONE_EXPRESSION,
    "#": "a comment stands outside the text of the rule",
    ".": _BY_NAME,
    "[": f"{_BY_NAME}, and lists values in ( )",
    "]": f"{_BY_NAME}, and lists values in ( )",
    "{": "a rule lists values in ( )",
    "}": "a rule lists values in ( )",
    "&": "write `and`",
    "&&": "write `and`",
    "|": "write `or`",
    "||": "write `or`",
    "!": "write `not`",
    "~": "write `not`",
    "is": "write == to compare",
    "<>": "write != to compare",
    "/": _ARITHMETIC,
    "//": _ARITHMETIC,
    "%": _ARITHMETIC,
    "**": _ARITHMETIC,
    "if": _NO_BRANCHES,
    "else": _NO_BRANCHES,
    "True": _BY_ITSELF,
    "False": _BY_ITSELF,
    "None": "write `not known(…)`",
}
_OTHERWISE = "a rule is made of facts, rules, values, comparisons, `and`, `or`, `not` and functions"

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    | (?P<text>"[^"\\\r\n]*"|'[^'\\\r\n]*')
    | (?P<prefixed>[bfrtuBFRTU]{1,2}(?:"[^"\r\n]*"|'[^'\r\n]*'))
    | (?P<word>[^\W\d]\w*)
    | (?P<number>[0-9][\w.]*)
    | (?P<foreign>:=|<>|<<|>>|&&|\|\||//|\*\*|(?![=!<>]=)[^<>()+*,-])
    | (?P<sign>[=!<>]=|[<>()+*,-])""",
    re.VERBOSE | re.DOTALL,
)
_OPERANDS = frozenset({"text", "word", "number"})


class RuleError(ValueError):
    """The text of a rule says something that the language does not: *column* counts characters from 0."""

    def __init__(self, message: str, hint: str | None, column: int) -> None:
        super().__init__(message if hint is None else f"{message}; {hint}")
        self.message = message
        self.hint = hint
        self.column = column


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that a rule can use: *kinds* gives for each kind of sub-case the states of its workflow.

    *quorums* are those of the framework's groups that have one. *led_to* are the rows of the routing table by
    strength: the review, and when it leads there; None in a row itself.
    """

    facts: Mapping[str, Fact] = field(default_factory=dict)
    rules: Mapping[str, RuleRef] = field(default_factory=dict)
    kinds: Mapping[str, frozenset[str]] = field(default_factory=dict)
    events: frozenset[str] = frozenset()
    lists: Mapping[str, Listing] = field(default_factory=dict)
    quorums: Mapping[str, Quorum] = field(default_factory=dict)
    led_to: Mapping[Strength, tuple[tuple[str, Condition], ...]] | None = field(default_factory=dict)

    def listing_of(self, fact: str) -> Listing | None:
        """The list of which *fact* is asked of each item, if it is."""
        return next((each for each in self.lists.values() if fact in each.facts), None)


class Token(NamedTuple):
    """One word, number, text or sign of a rule, and the column it stands in."""

    sort: str
    text: str
    column: int

    @property
    def is_operand(self) -> bool:
        """Whether it says something by itself, and so cannot stand next to another such."""
        return self.sort in _OPERANDS and self.text not in _CONNECTIVES


def tokens(text: str) -> Iterator[Token]:
    """The tokens of *text*, as far as the first that is not in the language; raises RuleError there."""
    if len(text) > LONGEST:
        raise RuleError(
            f"a rule has at most {LONGEST} characters, and this one has {len(text)}",
            SPLIT,
            LONGEST,
        )
    for found in _TOKEN.finditer(text):
        token = Token(found.lastgroup or "", found.group(), found.start())
        if token.sort != "space":
            _check(token)
            yield token


def _check(token: Token) -> None:
    match token:
        case Token("word", word, column) if iskeyword(word) and word not in _CONNECTIVES:
            raise RuleError(f"a rule has no {word!r}", _INSTEAD.get(word, _OTHERWISE), column)
        case Token("foreign", '"' | "'", column):
            raise RuleError(
                "a text begins here and does not end", "close it with the same quotation mark", column
            )
        case Token("foreign", sign, column):
            raise RuleError(f"a rule has no {sign!r}", _INSTEAD.get(sign, _OTHERWISE), column)
        case Token("prefixed", text, column):
            raise RuleError(
                f"a rule has no text such as {text}", "write it without the letter before", column
            )
        case Token("number", digits, column):
            _check_number(digits, column)
        case _:
            pass


def _check_number(digits: str, column: int) -> None:
    if not re.fullmatch(r"0|[1-9][0-9]*", digits):
        raise RuleError(f"a rule has no number {digits}", "write a whole number, such as 16", column)
    if len(digits) > LONGEST_NUMBER:
        raise RuleError(
            f"a rule has no number {digits}", f"a number has at most {LONGEST_NUMBER} digits", column
        )
