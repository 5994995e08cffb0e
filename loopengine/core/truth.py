"""Three truth values, and the only connectives the engine knows.

Knows nothing of facts, rules or cases. Strong Kleene logic: S. C. Kleene, Introduction to
Metamathematics (1952), section 64.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NoReturn


class Truth(Enum):
    """A strong-Kleene truth value: what is not yet known is neither true nor false."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    def __and__(self, other: Truth) -> Truth:
        # `_value_` is `value` without the detour that makes it read-only: rules ask often.
        return self if self._value_ <= other._value_ else other

    def __or__(self, other: Truth) -> Truth:
        return self if self._value_ >= other._value_ else other

    def __invert__(self) -> Truth:
        return _NOT[self._value_]

    def __bool__(self) -> NoReturn:
        raise TypeError("a Truth is not a bool: compare it with `is`, and say what UNKNOWN should mean")

    @property
    def word(self) -> str:
        """`true`, `false` or `unknown`: how JSON and people spell it."""
        return self.name.lower()


# To read a member off its class takes longer than what is done with it here.
_FALSE, _UNKNOWN, _TRUE = Truth
_NOT = (_TRUE, _UNKNOWN, _FALSE)


def truth(value: bool | None) -> Truth:
    """The Truth of *value*, None being unknown."""
    if value is None:
        return _UNKNOWN
    return _TRUE if value else _FALSE


def possible(verdict: Truth) -> Truth:
    """TRUE unless *verdict* is FALSE: the statutory "unless it is ruled out"."""
    return _FALSE if verdict is _FALSE else _TRUE


def known(verdict: Truth) -> Truth:
    """TRUE if *verdict* is settled either way; never UNKNOWN."""
    return _FALSE if verdict is _UNKNOWN else _TRUE


def all_of(verdicts: Iterable[Truth]) -> Truth:
    """The conjunction of *verdicts*, as far as it has to look; TRUE over none."""
    least = _TRUE
    for verdict in verdicts:
        least &= verdict
        if least is _FALSE:
            break
    return least


def any_of(verdicts: Iterable[Truth]) -> Truth:
    """The disjunction of *verdicts*, as far as it has to look; FALSE over none."""
    most = _FALSE
    for verdict in verdicts:
        most |= verdict
        if most is _TRUE:
            break
    return most
