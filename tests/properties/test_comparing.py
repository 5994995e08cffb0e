"""Whether two rules decide alike: a difference that is told is real, and none is overlooked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from support.rules import (
    AT_RISK,
    FACTS,
    TODAY,
    answers,
    choices,
    conditions,
    joined,
    read,
    simple_numbers,
    situations,
)

from loopengine.core.comparing.conditions import Grounds, compare_conditions
from loopengine.core.proving.domains import TODAY as SUPPOSED
from loopengine.core.proving.domains import situation_of
from loopengine.core.rules.expressions import (
    AllOf,
    AnyOf,
    Condition,
    Known,
    Not,
    Possible,
    facts_of,
)
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.situation import Situation
from loopengine.core.values import Value

GROUNDS = Grounds(FACTS)
NUMBERS: Sequence[Value] = range(-4, 23)  # the rules of the tests name -2 to 20
MOST_WORLDS = 20_000


def reworded(condition: Condition, other: Condition) -> list[Condition]:
    """The same as *condition*, and what is nearly so."""
    return [
        condition,
        Not(Not(condition)),
        Not(AllOf((Not(condition), Not(condition)))),
        AnyOf((condition, AllOf((condition, other)))),
        AllOf((condition, AnyOf((other, condition)))),
        AnyOf((condition, other)),
        AllOf((condition, Possible(other))),
        AnyOf((condition, AllOf((other, Not(other))))),
        AllOf((condition, AnyOf((other, Not(other))))),
        AnyOf((AllOf((condition, Known(condition))), condition)),
        Not(condition),
        other,
    ]


def pairs(some: SearchStrategy[Condition]) -> SearchStrategy[tuple[Condition, Condition]]:
    """Two conditions, often the same in other words."""

    def of(both: tuple[Condition, Condition]) -> SearchStrategy[tuple[Condition, Condition]]:
        return st.sampled_from(reworded(*both)).map(lambda new: (both[0], new))

    return st.tuples(some, some).flatmap(of)


def worlds(*read: Condition) -> Iterator[Situation]:
    """Every case that there is, as far as the conditions *read* it: brute force."""
    names = sorted({name for each in read for name in facts_of(each)})
    values = [_values(name) for name in names]
    assume(prod(map(len, values)) <= MOST_WORLDS)
    for each in product(*values):
        known = {name: value for name, value in zip(names, each, strict=True) if value is not None}
        yield Situation(SUPPOSED, known)


def _values(name: str) -> Sequence[Value | None]:
    fact = FACTS[name]
    if fact.type == "yes_no":
        return (True, False, None)
    return (*(fact.values or NUMBERS), None)


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(pairs(joined(answers | simple_numbers | choices | st.just(AT_RISK), overturned=True)))
def test_two_rules_over_facts_are_the_same_where_every_case_says_so(
    both: tuple[Condition, Condition],
) -> None:
    old, new = both

    found = compare_conditions(old, new, GROUNDS)

    differs = {
        evaluate(old, case) for case in worlds(old, new) if evaluate(old, case) is not evaluate(new, case)
    }
    assert found.exact
    assert {each.old for each in found.examples} == differs, "one example of each verdict that was"


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(pairs(conditions), situations())
def test_of_rules_that_are_proved_to_be_the_same_no_case_says_otherwise(
    both: tuple[Condition, Condition], case: Situation
) -> None:
    old, new = both

    found = compare_conditions(old, new, GROUNDS)

    assume(found.same and found.exact)
    assert case.today == TODAY
    assert evaluate(old, case) is evaluate(new, case)


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(pairs(conditions))
def test_every_example_of_a_difference_is_real(both: tuple[Condition, Condition]) -> None:
    old, new = both

    found = compare_conditions(old, new, GROUNDS)

    for example in found.examples:
        case = situation_of(example.world, example.on or SUPPOSED)
        assert (evaluate(old, case), evaluate(new, case)) == (example.old, example.new)
        assert example.old is not example.new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("age(born_on, died_on) < 18", "not (age(born_on, died_on) >= 18)"),
        ("siblings + age_at_event != 4", "not (siblings + age_at_event == 4)"),
        ("employer != subject", "not (employer == subject)"),
        ("born_on < died_on or born_on == died_on", "born_on <= died_on"),
        ('since("publish", "6 months") and abuse', 'not (not abuse or not since("publish", "6 months"))'),
        (
            'count(actions, "verified") > 2 and siblings < 3',
            'siblings <= 2 and not (count(actions, "verified") <= 2)',
        ),
    ],
)
def test_another_sign_with_the_same_meaning_is_proved_to_be_the_same(old: str, new: str) -> None:
    found = compare_conditions(read(old), read(new), GROUNDS)

    assert (found.same, found.exact) == (True, True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('count(actions, "verified") >= 1', 'some(actions, "verified")'),
        ("siblings + age_at_event > 3", "siblings + age_at_event >= 4"),
        ('since("publish", "12 months")', 'since("publish", "1 year")'),
    ],
)
def test_what_is_not_looked_at_whole_is_not_called_proved(old: str, new: str) -> None:
    found = compare_conditions(read(old), read(new), GROUNDS)

    assert (found.same, found.exact) == (True, False)


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(conditions)
def test_what_is_only_denied_twice_is_proved_to_be_the_same(condition: Condition) -> None:
    found = compare_conditions(condition, Not(Not(condition)), GROUNDS)

    assert (found.same, found.exact) == (True, True)
