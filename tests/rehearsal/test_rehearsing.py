"""A year rehearsed: made up by chance, lived through the real engine, and the same each time."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from support.shipped import SHIPPED as BOARD

from loopengine.errors import UsageError
from loopengine.rehearsal import Rehearsal, default_caseload, load_caseload, rehearse

START = date(2016, 4, 1)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """A year of a smaller board."""
    path = tmp_path_factory.mktemp("year") / "year.db"
    rehearsal = rehearse(path, framework=BOARD, start=START, years=1, scale=0.6)
    yield rehearsal
    rehearsal.engine.close()


def digests(path: Path) -> list[tuple[int, int, str]]:
    """The digest of every entry, by case and number."""
    query = "select case_id, n, digest from loop_entry order by case_id, n"
    return sqlite3.connect(path).execute(query).fetchall()


def test_a_year_has_something_of_nearly_everything_in_it(year: Rehearsal) -> None:
    missing = BOARD.workflows.keys() - year.by_workflow.keys()

    # The one comes round in 2018; of the others there are few, and not in every year: see the soak.
    rare = {"appreciative-inquiry", "individual-management-review", "notifiable-incident"}
    assert missing <= {"framework-review"} | rare
    assert year.by_workflow["child-death-review"] > 10
    assert year.cases > 200


def test_people_are_refused_and_put_themselves_right(year: Rehearsal) -> None:
    assert year.kinds["refused"] > 10
    assert year.corrected > 2
    assert {"held", "released", "linked", "reminded", "overdue", "escalated"} <= year.kinds.keys()


def test_cases_come_to_their_ends(year: Rehearsal) -> None:
    for workflow in ("agency-information", "agency-audit-return", "incident", "national-learning"):
        assert year.ended[workflow] > year.by_workflow[workflow] / 2, workflow
    assert ("child-death-review", "closed", True) in year.standing


def test_no_sweep_fails_and_the_history_verifies(year: Rehearsal) -> None:
    audit = year.engine.audit()

    assert year.failures == ()
    assert (audit.ok, audit.cases, audit.entries) == (True, year.cases, year.entries)
    assert year.engine.rehearsal


def test_nothing_is_left_to_do_and_no_case_is_stalled(year: Rehearsal) -> None:
    assert not year.engine.sweep(dry_run=True)
    assert year.engine.stalled() == ()


def test_time_has_passed_as_it_was_told_to(year: Rehearsal) -> None:
    assert (year.start, year.end) == (START, date(2017, 4, 1))
    assert year.engine.clock.now().date() == year.end


def test_the_same_number_gives_the_same_history_and_another_number_another(tmp_path: Path) -> None:
    first, second, other = (tmp_path / f"{name}.db" for name in ("first", "second", "other"))
    told: list[int] = []

    # In a process of its own, so that nothing hangs on how Python orders a set there.
    rehearse(first, framework=BOARD, start=START, years=1, scale=0.1, progress=told.append).engine.close()
    again = [sys.executable, "-m", "loopengine", "simulate", "--years", "1", "--scale", "0.1", "--json"]
    subprocess.run(
        [*again, "--db", str(second)],
        cwd=tmp_path,
        check=True,
        env={"PYTHONHASHSEED": "5"},
        capture_output=True,
    )
    rehearse(other, framework=BOARD, start=START, years=1, scale=0.1, rng=8).engine.close()

    assert digests(first) == digests(second) != digests(other)
    assert set(told) == {1}
    assert 250 <= len(told) <= 255


def test_a_database_that_is_there_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "board.db"
    path.write_text("something else")

    with pytest.raises(UsageError) as caught:
        rehearse(path, framework=BOARD, start=START, years=1)

    assert caught.value.message == f"{str(path)!r} is there already"
    assert path.read_text() == "something else"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"years": 0}, "0 years cannot be rehearsed"),
        ({"years": 1.5}, "1.5 years cannot be rehearsed"),
        ({"scale": 0}, "the scale cannot be 0"),
        ({"scale": -1}, "the scale cannot be -1"),
        ({"scale": float("nan")}, "the scale cannot be nan"),
        ({"start": "2016-04-01"}, "a rehearsal cannot start on '2016-04-01'"),
        ({"rng": "seven"}, "the number of a rehearsal cannot be 'seven'"),
    ],
)
def test_what_cannot_be_rehearsed_is_told_before_anything_is_made(
    tmp_path: Path, wrong: dict[str, object], message: str
) -> None:
    asked: dict[str, object] = {"start": START, "years": 1, **wrong}

    with pytest.raises(UsageError) as caught:
        rehearse(tmp_path / "new.db", framework=BOARD, **asked)

    assert caught.value.message == message
    assert not (tmp_path / "new.db").exists()


def test_a_caseload_that_has_nothing_come_in_leaves_a_board_at_peace(tmp_path: Path) -> None:
    shipped = default_caseload("south-tyneside").read_text("utf-8")
    begun, _, rest = shipped.partition("[[arrivals]]")
    quiet = tmp_path / "quiet.toml"
    quiet.write_text(begun + rest[rest.index("[workflow.incident]") :], "utf-8")

    rehearsal = rehearse(
        tmp_path / "quiet.db", framework=BOARD, start=START, years=1, caseload=load_caseload(quiet)
    )

    assert rehearsal.cases == 0
    rehearsal.engine.close()
