"""A rule as a table: of all rows exactly one answers, and it says what the rule says."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from support.rules import AT_RISK, FACTS, conditions, read, situations

from loopengine.core.rules.columns import Column, FactColumn, RuleColumn, Stretch
from loopengine.core.rules.expressions import Condition
from loopengine.core.rules.tabling import Row, Table, tables_of
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.situation import Situation


def place(column: Column, at: Situation) -> int:
    """In which of its states *column* is."""
    match column:
        case RuleColumn(states=states):
            return states.index(evaluate(AT_RISK, at))
        case FactColumn(fact, states):
            value = at.facts.get(fact.name)
            (found,) = (n for n, state in enumerate(states) if within(value, state))
            return found
        case _:
            return column.states.index(evaluate(column.claim, at))


def within(value: object, state: object) -> bool:
    if not isinstance(state, Stretch) or value is None:
        return type(value) is type(state) and value == state
    first, last = state.first, state.last
    return (first is None or first <= value) and (last is None or value <= last)


def answering(table: Table, at: Situation) -> list[Row]:
    places = {column: place(column, at) for column in table.columns}
    return [row for row in table.rows if all(places[column] in cell for column, cell in row.cells.items())]


@given(conditions, situations())
def test_exactly_one_row_answers_and_says_what_the_rule_says(condition: Condition, at: Situation) -> None:
    for rules in ((), ("at_risk",)):
        (table,) = tables_of([condition], FACTS, rules)

        assert [row.verdict for row in answering(table, at)] == [evaluate(condition, at)]


def test_what_does_not_matter_is_not_asked() -> None:
    (table,) = tables_of([read("abuse and (death or harm)")], FACTS, ())
    said = [
        (tuple(str(column.states[n]) for column, cell in row.cells.items() for n in cell), row.verdict.word)
        for row in table.rows
    ]

    assert said[:2] == [(("True", "True"), "true"), (("True", "False", "True"), "true")]
    assert (("False",), "false") in said
    assert len(said) == 10


@pytest.mark.parametrize(
    ("rule", "states"),
    [
        ("age_at_event < 18", [(None, 17), (18, None), None]),
        ("age_at_event in (16, 17)", [(None, 15), (16, 17), (18, None), None]),
        ("age_at_event == 16 or age_at_event >= 18", [(None, 15), (16, 16), (17, 17), (18, None), None]),
        ("known(age_at_event)", [(None, None), None]),
    ],
)
def test_numbers_that_a_rule_judges_alike_are_one_state(rule: str, states: list[object]) -> None:
    (table,) = tables_of([read(rule)], FACTS, ())
    ((column),) = table.columns

    assert [
        (each.first, each.last) if isinstance(each, Stretch) else each for each in column.states
    ] == states


@pytest.mark.parametrize(
    ("rule", "states", "verdicts"),
    [
        # No day is before the first that there is: it is its own eve.
        (
            'born_on == born_on - "1 day"',
            [(None, date.min), (date(1, 1, 2), None), None],
            ["true", "false", "unknown"],
        ),
        ('born_on <= born_on + "1 day"', [(None, None), None], ["true", "unknown"]),
    ],
)
def test_days_that_are_moved_are_told_apart_up_to_the_ends_of_the_calendar(rule, states, verdicts) -> None:
    (table,) = tables_of([read(rule)], FACTS, ())
    ((column),) = table.columns

    assert [
        (each.first, each.last) if isinstance(each, Stretch) else each for each in column.states
    ] == states
    assert [row.verdict.word for row in table.rows] == verdicts


def test_two_rules_that_ask_for_the_same_number_have_one_column() -> None:
    young, old = tables_of([read("age_at_event < 18"), read("age_at_event >= 21")], FACTS, ())

    assert young.columns == old.columns
    assert len(young.columns[0].states) == 4
