"""Every number of the annual report, recomputed from the raw history: whatever has happened on a board."""

from __future__ import annotations

import os
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import integers
from support import small
from support.annual_oracle import Oracle, raw_cases
from support.living_board import SHIPPED, LivingBoard
from support.small import salts

from loopengine import Actor, Engine
from loopengine.clock import FrozenClock, london_date
from loopengine.reports.annual.compiling import compile_annual
from loopengine.reports.annual.figures import NOT_SHOWN, Period

SMALLER = os.environ.get("LOOPENGINE_SOAK") == "small"
# What the oracle does not name, because it says the same again in words.
IN_WORDS = {"case", "decided", "review", "hold"}


def told(board: Engine, since: date, until: date) -> dict[str, Any]:
    period = Period(since, until, london_date(board.clock.now()))
    return compile_annual(board.survey(histories=True), board.framework, period).to_json()


def rows_of(report: dict[str, Any]) -> dict[str, dict[str, dict[str, Any]]]:
    """What the report prints, by table and row, without titles."""
    return {
        f"{section}.{name}": {
            row["row"]: {key: cell for key, cell in row.items() if key not in ("row", "title")}
            for row in table["rows"]
        }
        for section, each in report["sections"].items()
        for name, table in each["tables"].items()
    }


def agree(board: Engine, since: date, until: date) -> int:
    """Hold every number of the report against the oracle's; how many there were."""
    report = told(board, since, until)
    with board.database.reading() as connection:
        cases = raw_cases(connection)
    until = min(until, london_date(board.clock.now()))
    oracle = Oracle(cases, since, until)
    expected = {name: rows for name, rows in oracle.tables().items() if rows}
    printed = {name: rows for name, rows in rows_of(report).items() if rows}
    assert printed.keys() == expected.keys()
    numbers = 0
    for name, rows in expected.items():
        left_out = report["sections"][name.split(".")[0]]["tables"][name.split(".")[1]]["left_out"]
        assert len(printed[name]) + left_out == len(rows), name
        assert left_out == 0 or len(printed[name]) >= 100
        for row, cells in printed[name].items():
            for column, cell in cells.items():
                numbers += 1
                if cell != NOT_SHOWN and column not in IN_WORDS:
                    assert cell == rows[row][column], (name, row, column)
    assert report["cases"] == sum(case.opened <= until for case in oracle.cases)
    return numbers


def boards(examples: int) -> settings:
    """So many boards, the same ones every time."""
    return settings(
        max_examples=examples,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@boards(3)
@given(integers(0, 10**9))
def test_every_number_is_that_of_the_raw_history(seed: int) -> None:
    hold_against_the_history(seed, acts=150)


@pytest.mark.soak
@boards(4 if SMALLER else 40)
@given(integers(0, 10**9))
def test_every_number_of_many_boards_is_that_of_the_raw_history(seed: int) -> None:
    hold_against_the_history(seed, acts=250)


def hold_against_the_history(seed: int, acts: int) -> None:
    """Let a board live, and hold every number of some reports on it against the oracle's."""
    rng = Random(seed)
    board = LivingBoard(rng)
    board.live(acts)
    days = (board.today - board.first).days

    for _ in range(4):
        since = board.first + timedelta(days=rng.randrange(-30, days))
        agree(board.engine, since, since + timedelta(days=rng.choice([0, 6, 90, 364])))
    everything = agree(board.engine, board.first - timedelta(days=30), board.today)

    assert everything > 100
    board.engine.close()


EVERYBODY = Actor("Everybody", SHIPPED.roles)
OPENED = date(2017, 1, 9)


def test_what_was_decided_against_a_rule_and_what_was_refused_is_counted() -> None:
    clock = FrozenClock("2017-01-09T09:00Z")
    board = small.engine(clock=clock)
    case = board.open("review", {"harmed": False}, by=small.UNIT)
    assert not board.fire(case, "accept", by=small.CHAIR).moved
    executive = Actor("The Executive", "executive")
    board.fire(case, "accept", by=executive, reason="public concern").require()

    agree(board, OPENED, OPENED)
    decisions = told(board, OPENED, OPENED)["sections"]["decisions"]

    assert decisions["tables"]["overrides"]["rows"][0]["number"] == 1
    assert decisions["tables"]["refused"]["rows"][0]["number"] == 1
    assert decisions["tables"]["against"]["rows"][0]["reason"] == "public concern"


def test_a_case_that_was_taken_over_counts_from_the_day_on_which_it_began() -> None:
    clock = FrozenClock("2017-06-09T09:00Z")
    board = Engine("sqlite://", framework=SHIPPED, clock=clock, salt=salts())
    happened = {"begin": date(2017, 2, 1), "submit_evidence": date(2017, 3, 1), "agree": date(2017, 1, 20)}
    facts = {"owner": "police", "due_on": "2017-04-01", "change": "as agreed", "kind": "training"}
    ordered = dict(sorted(happened.items(), key=lambda each: each[1]))
    board.adopt("action", facts, by=EVERYBODY, state="evidence_submitted", on=OPENED, happened=ordered)

    for since in (date(2017, 1, 1), date(2017, 2, 10), date(2017, 5, 1)):
        assert agree(board, since, since + timedelta(days=30)) > 0
    (row, total) = told(board, OPENED, OPENED)["sections"]["actions"]["tables"]["by_agency"]["rows"]

    assert (row["title"], row["opened"], row["open_after"], total["opened"]) == ("Police", 1, 1, 1)


def test_a_period_cuts_a_case_in_two() -> None:
    clock = FrozenClock("2017-01-09T09:00Z")
    board = Engine("sqlite://", framework=SHIPPED, clock=clock, salt=salts())
    case = board.open("challenge", {"about_agency": "police"}, by=EVERYBODY)
    clock.advance(days=40)
    board.fire(
        case, "take_back", by=Actor("Unit", "business_unit", "schools"), reason="it is settled"
    ).require()

    def flow(since: date, until: date) -> list[int]:
        agree(board, since, until)
        tables = told(board, since, until)["sections"]["challenges"]["tables"]
        total = tables["by_agency"]["rows"][-1] if tables else {}
        return [total.get(key, 0) for key in ("open_before", "opened", "ended", "open_after", "overdue")]

    ended = OPENED + timedelta(days=40)
    eve = ended - timedelta(days=1)
    assert flow(OPENED, ended) == [0, 1, 1, 0, 0]
    assert flow(OPENED, eve) == [0, 1, 0, 1, 1]
    assert flow(ended, ended) == [1, 0, 1, 0, 0]
    assert flow(date(2017, 1, 10), eve) == [1, 0, 0, 1, 1]
    assert flow(date(2016, 1, 1), date(2016, 12, 31)) == [0, 0, 0, 0, 0]


def test_what_is_put_right_after_the_period_is_as_it_is_known_now() -> None:
    clock = FrozenClock("2017-01-09T09:00Z")
    board = Engine("sqlite://", framework=SHIPPED, clock=clock, salt=salts())
    point = board.open("learning-point", {"theme": "neglect"}, by=EVERYBODY)
    clock.advance(days=300)
    board.record(point, {"theme": "supervision"}, by=EVERYBODY, on=OPENED, correction=True)

    agree(board, OPENED, OPENED)
    (theme, _) = told(board, OPENED, OPENED)["sections"]["learning"]["tables"]["themes"]["rows"]

    assert theme["row"] == "supervision"


def test_what_difference_a_review_has_made_is_told_in_the_annual_report() -> None:
    clock = FrozenClock("2017-01-09T09:00Z")
    board = Engine("sqlite://", framework=SHIPPED, clock=clock, salt=salts())
    review = board.open("serious-case-review", by=EVERYBODY)
    made = {"difference_made": "Babies are weighed, and their mothers asked"}
    board.record(review, made, by=EVERYBODY, on=OPENED)

    agree(board, OPENED, OPENED)
    evaluation = told(board, OPENED, OPENED)["sections"]["evaluation"]
    (row,) = evaluation["tables"]["differences"]["rows"]

    assert row["difference"] == made["difference_made"]
    assert "1 review says what difference it has made to children" in evaluation["says"]


def test_what_a_hold_found_late_is_late_and_what_it_found_in_time_is_held() -> None:
    clock = FrozenClock("2017-01-09T09:00Z")
    board = Engine("sqlite://", framework=SHIPPED, clock=clock, salt=salts())
    late, in_time = (
        board.open("child-death-review", {"died_on": "2016-12-01"}, by=EVERYBODY) for _ in range(2)
    )
    board.hold(in_time, "inquest", by=EVERYBODY, reason="the coroner has opened one")
    clock.advance(days=200)
    board.hold(late, "inquest", by=EVERYBODY, reason="the coroner has opened one", on=date(2017, 6, 20))

    agree(board, date(2017, 6, 1), date(2017, 6, 30))
    tables = told(board, date(2017, 6, 1), date(2017, 6, 30))["sections"]["late_and_held"]["tables"]
    (overview,) = tables["by_deadline"]["rows"]

    assert (overview["row"], overview["fell_due"]) == ("child-death-review/overview", 2)
    assert (overview["not_met"], overview["held"]) == (1, 1)


def test_a_review_is_late_while_a_hold_keeps_only_its_publication_still() -> None:
    clock = FrozenClock("2017-01-09T09:00Z")
    board = Engine("sqlite://", framework=SHIPPED, clock=clock, salt=salts())
    happened = {"commission": date(2016, 10, 3)}
    known = {"notified_on": "2016-09-05", "normally_resident": True}
    review = board.adopt(
        "serious-case-review", known, by=EVERYBODY, state="analysing", on=date(2016, 9, 5), happened=happened
    )
    board.hold(review, "criminal_proceedings", by=EVERYBODY, reason="charges were brought")
    clock.advance(days=120)

    sections = told(board, date(2017, 4, 1), date(2017, 4, 30))["sections"]
    completion, *_ = sections["late_and_held"]["tables"]["by_deadline"]["rows"]
    (held,) = sections["late_and_held"]["tables"]["holds"]["rows"]

    assert sections["reviews"]["says"] == "0 reviews were opened and 0 ended; 1 is open at the end."
    assert completion["row"] == "serious-case-review/completion"
    assert (completion["not_met"], completion["held"], held["still_on"]) == (1, 0, 1)


@pytest.mark.parametrize(("before", "came_back"), [("2014-01-09", 1), ("2014-01-08", 0)])
def test_a_theme_comes_back_within_three_years_to_the_day(before: str, came_back: int) -> None:
    clock = FrozenClock("2017-01-09T09:00Z")
    board = Engine("sqlite://", framework=SHIPPED, clock=clock, salt=salts())
    board.open("learning-point", {"theme": "neglect"}, by=EVERYBODY, on=date.fromisoformat(before))
    board.open("learning-point", {"theme": "neglect"}, by=EVERYBODY)

    agree(board, OPENED, OPENED)
    (theme, _) = told(board, OPENED, OPENED)["sections"]["learning"]["tables"]["themes"]["rows"]

    assert (theme["identified"], theme["came_back"]) == (1, came_back)
