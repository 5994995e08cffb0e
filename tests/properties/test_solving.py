"""Looking at every world, and z3: the same of random rules, and what z3 shows is so by our own reading."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from support.rules import (
    FACTS,
    TODAY,
    all_leaves,
    comparisons,
    conditions,
    joined,
    memberships,
    over_sub_cases,
    read,
)

from loopengine.core.proving.decisive import decisive
from loopengine.core.proving.domains import Thing, World, situation_of
from loopengine.core.proving.worlds import FALSE, TRUE, Goal, Grounds, TooMany, Worlds
from loopengine.core.rules.expressions import Condition, facts_of
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.truth import Truth

pytest.importorskip("z3", reason="needs z3-solver")

from loopengine.core.proving.z3_solver import Z3

GROUNDS = Grounds(FACTS, today=TODAY)
SOLVER = Z3(GROUNDS)
QUICK = settings(suppress_health_check=list(HealthCheck), deadline=None)
verdicts = st.sampled_from(Truth).map(lambda verdict: frozenset({verdict}))
some = st.lists(conditions, min_size=1, max_size=3)
sums = joined(comparisons | memberships | over_sub_cases, overturned=True)


def by_hand(goals: Sequence[Goal]) -> World | None:
    """A world as looking at all of them finds it."""
    return Worlds([goal.condition for goal in goals], FACTS, today=TODAY).find(*goals)


def by_z3(goals: Sequence[Goal]) -> World | None:
    """… and as z3 does; what it shows is so, by our own reading, whatever else may be."""
    try:
        found = SOLVER.find(goals)
    except TooMany:
        assume(False)
        raise
    if found is not None:
        situation = situation_of(found, TODAY)
        assert all(evaluate(goal.condition, situation) in goal.wanted for goal in goals)
    return found


def agree(goals: Sequence[Goal]) -> None:
    """Both find a world, or neither does; where not all was looked at, z3 finds what was found."""
    worlds = Worlds([goal.condition for goal in goals], FACTS, today=TODAY)
    looked_at, solved = worlds.find(*goals), by_z3(goals)
    if worlds.is_exact(*goals) or looked_at is not None:
        assert (looked_at is None) == (solved is None)


@QUICK
@given(conditions | sums, verdicts)
def test_both_agree_on_what_a_rule_can_come_to(condition: Condition, wanted: frozenset[Truth]) -> None:
    agree([Goal(condition, wanted)])


@QUICK
@given(conditions, conditions)
def test_both_agree_on_what_is_claimed(premise: Condition, conclusion: Condition) -> None:
    agree([Goal(premise, TRUE), Goal(conclusion, FALSE)])


@QUICK
@given(some)
def test_both_agree_on_gaps(rows: list[Condition]) -> None:
    agree([Goal(row, FALSE) for row in rows])


@QUICK
@given(some)
def test_both_agree_on_overlaps(rows: list[Condition]) -> None:
    agree([Goal(row, TRUE) for row in rows])


@QUICK
@given(sums)
def test_both_agree_on_what_turns_a_rule(condition: Condition) -> None:
    assume(SOLVER.can_say([condition]))
    worlds = Worlds([condition], FACTS, today=TODAY)
    found, _ = decisive(condition, worlds)

    for name in facts_of(condition):
        if worlds.are_whole([condition]) or name in found:
            assert SOLVER.turns(condition, Thing("fact", name)) == (name in found), name


@QUICK
@given(st.lists(all_leaves, min_size=1, max_size=1), verdicts)
def test_both_agree_on_every_leaf(leaves: list[Condition], wanted: frozenset[Truth]) -> None:
    agree([Goal(leaves[0], wanted)])


# What only trying out could tell before: sums, and numbers that are set against each other.
@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("siblings + age_at_event == 7 and siblings - age_at_event == 4", False),
        ("siblings + age_at_event == 7 and siblings - age_at_event == 3", True),
        ("siblings * 7 == age_at_event + 100003 and age_at_event in (1, 2, 3)", False),
        ("siblings * 7 == age_at_event + 700021 and age_at_event == 7", True),
        ("died_on - born_on == 731 and born_on > died_on", False),
        ('count(actions, "verified") > siblings and siblings > 5', True),
        ('count(actions, "verified") > siblings and siblings > 5 and not some(actions, "verified")', False),
        ("died_on - born_on > 28 and age_at_event < 0 and died_on - born_on < 30", True),
        ("siblings < age_at_event and age_at_event < siblings", False),
    ],
)
def test_what_has_sums_is_decided(text: str, possible: bool) -> None:
    goals = [Goal(read(text), TRUE)]
    worlds = Worlds([goals[0].condition], FACTS, today=TODAY, solving=Z3)

    assert not Worlds([goals[0].condition], FACTS, today=TODAY).is_exact(*goals)
    assert worlds.is_exact(*goals)
    assert (worlds.find(*goals) is not None) == possible


def test_what_it_shows_says_no_more_than_matters() -> None:
    found = SOLVER.find([Goal(read("siblings * 7 == 700021 or (death and harm)"), TRUE)])

    assert found is not None
    assert {thing.name for thing in found} in ({"siblings"}, {"death", "harm"})


def test_what_z3_cannot_say_stays_as_it_is_told() -> None:
    ages = read("age(born_on, died_on) < 3 and age(born_on, died_on) > 2")
    worlds = Worlds([ages], FACTS, today=TODAY, solving=Z3)

    assert not SOLVER.can_say([ages])
    assert worlds.find(Goal(ages, TRUE)) is None
    assert not worlds.is_exact(Goal(ages, TRUE))
    with pytest.raises(TooMany):
        SOLVER.find([Goal(ages, TRUE)])
