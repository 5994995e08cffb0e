"""Every number of the annual report, recomputed from the raw history: whatever has happened on a board."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import integers
from support.annual_oracle import Oracle, raw_cases
from support.living_board import LivingBoard

from loopengine.reports.annual.compiling import compile_annual
from loopengine.reports.annual.figures import NOT_SHOWN, Period

# What the oracle does not name, because it says the same again in words.
IN_WORDS = {"case", "decided", "review", "hold"}


def told(board: LivingBoard, since: date, until: date) -> dict[str, Any]:
    period = Period(since, until, board.today)
    survey = board.engine.survey(histories=True)
    return compile_annual(survey, board.engine.framework, period).to_json()


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


def agree(board: LivingBoard, since: date, until: date) -> int:
    """Hold every number of the report against the oracle's; how many there were."""
    report = told(board, since, until)
    with board.engine.database.reading() as connection:
        cases = raw_cases(connection)
    oracle = Oracle(cases, since, min(until, board.today))
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
    assert report["cases"] == sum(case.opened <= min(until, board.today) for case in oracle.cases)
    return numbers


@settings(
    max_examples=10,
    phases=[Phase.generate],
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(integers(0, 10**9))
def test_every_number_is_that_of_the_raw_history(seed: int) -> None:
    rng = Random(seed)
    board = LivingBoard(rng)
    board.live(150)
    days = (board.today - board.first).days

    for _ in range(4):
        since = board.first + timedelta(days=rng.randrange(-30, days))
        agree(board, since, since + timedelta(days=rng.choice([0, 6, 90, 364])))
    everything = agree(board, board.first - timedelta(days=30), board.today)

    assert everything > 100
    board.engine.close()
