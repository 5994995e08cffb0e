"""A rule as a condition of SQL: the database says what the evaluator says, and what comes of it by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.postgresql import server
from support.rules import (
    AGENCIES,
    AT_RISK,
    DATES,
    TODAY,
    days,
    durations,
    fact_values,
    joined,
    known_facts_leaves,
    over_facts,
    over_sub_cases,
    read,
    since_days,
    since_events,
    small_numbers,
)
from support.small import engine
from support.sought import DIGEST, WORKFLOW, Said, Written, by_hand, cases, write

from loopengine import Engine
from loopengine.core.durations import Duration, shift
from loopengine.core.rules.expressions import (
    AllOf,
    Answer,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    Constant,
    FactValue,
    Known,
    Not,
    Operand,
    Possible,
    Size,
    Span,
    Unlisted,
    facts_of,
)
from loopengine.core.rules.sayable import MOST, unsayable
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.truth import Truth
from loopengine.core.values import LARGEST_NUMBER
from loopengine.store.rules_sql import latest_before
from loopengine.store.searching import Sought, verdicts

SIZES: st.SearchStrategy[Condition] = st.builds(
    Compare,
    st.sampled_from(["==", "<", ">="]),
    st.builds(
        Size,
        fact_values("agencies", "employers"),
        st.lists(st.sampled_from(AGENCIES), max_size=2, unique=True).map(tuple),
    ),
    small_numbers.map(Constant),
)
# Sums of sums and days of days, in which brackets matter.
SUMS: st.SearchStrategy[Operand] = st.recursive(
    fact_values("age_at_event", "siblings") | small_numbers.map(Constant),
    lambda inner: st.builds(Arithmetic, st.sampled_from(["+", "-"]), inner, inner),
    max_leaves=4,
)
MOVED: st.SearchStrategy[Operand] = st.recursive(
    fact_values(*DATES) | days.map(Constant),
    lambda inner: st.builds(Arithmetic, st.sampled_from(["+", "-"]), inner, durations.map(Span)),
    max_leaves=3,
)
RECKONED: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Compare, st.sampled_from(["==", "<"]), SUMS, SUMS),
    st.builds(Compare, st.sampled_from(["==", "<"]), MOVED, MOVED),
    st.builds(
        Compare, st.just("<"), st.builds(Arithmetic, st.just("-"), MOVED, MOVED), small_numbers.map(Constant)
    ),
)
LEAVES = st.one_of(
    RECKONED,
    over_facts,
    known_facts_leaves,
    over_sub_cases,
    since_days,
    since_events,
    SIZES,
    st.just(Unlisted(FactValue("agencies", "parties"))),
    st.just(AT_RISK),
)
# As long as a rule that somebody reads; what is longer is not asked of a database.
RULES = joined(LEAVES, overturned=True).filter(lambda rule: not unsayable(rule))


@st.composite
def ruled(draw: st.DrawFn) -> tuple[Condition, list[Written]]:
    """A rule, and cases that say something of what it reads."""
    rule = draw(RULES)
    return rule, draw(st.lists(cases(facts_of(rule)), min_size=1, max_size=6))


@pytest.fixture(scope="module")
def sqlite() -> Engine:
    return engine()


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Engine]:
    with server() as url:
        board = Engine(url, framework=None)
        yield board
        board.close()


def answers(board: Engine, rule: Condition, written: list[Written], on: date = TODAY) -> list[Truth | None]:
    """What the database of *board* says of each of the cases, of which nothing is left."""
    with board.database.reading() as connection:
        rows = write(connection, written)
        found = verdicts(connection, Sought(WORKFLOW, on), DIGEST, rule, ())
        connection.rollback()
    return [found.get(row) for row in rows]


def agree(board: Engine, rule: Condition, written: list[Written], on: date = TODAY) -> None:
    """See that the database, the evaluator and a hand with a pencil say the same."""
    said = answers(board, rule, written, on)

    assert said == [evaluate(rule, case.situation(on)) for case in written]
    assert said == [by_hand(rule, case, on) for case in written]


# `not case … end is not null` is another thing without brackets.
IN_BRACKETS = AllOf((Answer("abuse"), Known(read('"police" in agencies'))))


@settings(max_examples=100)
@example(asked=(IN_BRACKETS, [Written()]))
@given(asked=ruled())
def test_sqlite_the_evaluator_and_a_pencil_agree(
    sqlite: Engine, asked: tuple[Condition, list[Written]]
) -> None:
    agree(sqlite, *asked)


@settings(max_examples=40)
@example(asked=(IN_BRACKETS, [Written()]))
@given(asked=ruled())
def test_postgresql_the_evaluator_and_a_pencil_agree(
    postgresql: Engine, asked: tuple[Condition, list[Written]]
) -> None:
    agree(postgresql, *asked)


FIRST, LAST = date.min, date.max
ENDS = [FIRST, date(1, 1, 31), date(1, 2, 28), date(4, 2, 29), date(9999, 11, 30), date(9999, 12, 1), LAST]
SPANS = [
    Duration(**{unit: amount})
    for unit in ("days", "weeks", "months", "years")
    for amount in (1, 12, 13, 30, 9999)
]
ANY_DAY = st.sampled_from(ENDS) | st.dates() | st.dates(date(2015, 12, 1), date(2016, 4, 1))
ANY_SPAN = st.sampled_from(SPANS) | durations


def moved_alike(board: Engine, day: date, span: Duration, *, back: bool) -> None:
    """See that *day* is moved to the same day by the database as by `shift`."""
    there = Arithmetic("-" if back else "+", FactValue("born_on", "date"), Span(span))
    case = Written(said=(Said("born_on", day, FIRST),))

    rule = Compare("==", there, Constant(shift(day, span, back=back)))

    assert answers(board, rule, [case]) == [Truth.TRUE]


@given(day=ANY_DAY, span=ANY_SPAN, back=st.booleans())
def test_sqlite_moves_any_day_by_any_time_as_a_rule_does(
    sqlite: Engine, day: date, span: Duration, back: bool
) -> None:
    moved_alike(sqlite, day, span, back=back)


@settings(max_examples=60)
@given(day=ANY_DAY, span=ANY_SPAN, back=st.booleans())
def test_postgresql_moves_any_day_by_any_time_as_a_rule_does(
    postgresql: Engine, day: date, span: Duration, back: bool
) -> None:
    moved_alike(postgresql, day, span, back=back)


@given(on=ANY_DAY, span=ANY_SPAN, day=ANY_DAY)
def test_a_time_has_passed_since_the_days_up_to_the_latest(on: date, span: Duration, day: date) -> None:
    latest = latest_before(on, span)

    assert (shift(day, span) <= on) is (latest is not None and day <= latest)


def deep(levels: int) -> Condition:
    """A condition in so many brackets, of the sort that takes most room in a statement."""
    rule: Condition = read('"police" in agencies')
    for n in range(levels - 1):
        rule = Possible(rule) if n % 3 == 0 else Not(rule) if n % 3 == 1 else AnyOf((AT_RISK, Known(rule)))
    return rule


def test_the_deepest_rule_that_a_database_is_asked_is_answered(sqlite: Engine) -> None:
    rule = next(each for each in map(deep, range(60, 0, -1)) if not unsayable(each))

    agree(sqlite, rule, [Written(), Written(said=(Said("agencies", frozenset({"police"}), TODAY),))])


def test_the_longest_rule_that_a_database_is_asked_is_answered(sqlite: Engine) -> None:
    rule = AnyOf(tuple(Not(Answer("abuse")) for _ in range((MOST - 1) // 2)))

    assert unsayable(rule) == ()
    agree(sqlite, rule, [Written(), Written(said=(Said("abuse", True, TODAY),))])


def test_a_day_that_is_moved_again_and_again_is_not_written_out_for_a_database(sqlite: Engine) -> None:
    few, many = (read("died_on" + ' + "1 month"' * n + ' < "2017-06-30"') for n in (3, 40))

    assert (unsayable(few), unsayable(many)) == ((), ("a rule of so many parts",))
    agree(sqlite, few, [Written(said=(Said("died_on", date(2017, 1, 31), TODAY),))])


def test_what_no_database_can_be_asked_is_named() -> None:
    asked = 'within_before(abuse, "6 months", died_on) or alike(setting, "2 years") > 1'

    assert unsayable(read(asked)) == ('within_before(abuse, "6 months", …)', 'alike(setting, "2 years")')
    assert unsayable(read("siblings * age_at_event > 4")) == ("a product that may be too large",)
    assert unsayable(read("siblings * 12 - age_at_event > 4")) == ()


def test_the_largest_numbers_are_reckoned_with_in_full(sqlite: Engine, postgresql: Engine) -> None:
    said = (Said("siblings", LARGEST_NUMBER, TODAY), Said("age_at_event", -LARGEST_NUMBER, TODAY))
    difference = read("(siblings - age_at_event) * 999 == 1")
    assert isinstance(difference, Compare)
    exact, more = (2 * LARGEST_NUMBER * 999 + n for n in (0, 1))

    for board in (sqlite, postgresql):
        for rule in (
            Compare("==", difference.left, Constant(exact)),
            Compare("<", difference.left, Constant(more)),
        ):
            assert answers(board, rule, [Written(said=said)]) == [Truth.TRUE]


def test_what_happened_today_counts_and_what_will_happen_does_not(sqlite: Engine, postgresql: Engine) -> None:
    week_ago, tomorrow = TODAY - timedelta(7), TODAY + timedelta(1)
    again = Written(happened={"submit": (week_ago, TODAY)})
    ahead = Written(happened={"submit": (week_ago, tomorrow)})

    for board in (sqlite, postgresql):
        agree(board, read('since("submit", "1 day")'), [again, ahead])
