"""Live cases taken over in the middle of their way, and from a spreadsheet; agencies that merge."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from support.small import CHAIR, OFFICER, REVIEWER, UNIT, engine

from loopengine import Engine
from loopengine.clock import FrozenClock
from loopengine.core.records import Record
from loopengine.engine.adoption_files import CellsRefused
from loopengine.errors import BadValue, RefusedError, UnknownName, UsageError
from loopengine.store import cases

JANUARY = date(2017, 1, 2)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock("2017-03-01T09:00Z")


@pytest.fixture
def board(clock: FrozenClock) -> Engine:
    return engine(clock=clock)


def row(board: Engine, case: object) -> Record:
    with board.database.reading() as connection:
        stored = cases.find(connection, str(case))
    assert stored is not None
    return stored.record


def test_a_live_case_is_adopted_with_its_past_days(board: Engine) -> None:
    case = board.adopt(
        "review",
        {"harmed": True, "told_on": "2017-01-03"},
        by=UNIT,
        state="reviewing",
        on=JANUARY,
        happened={"accept": date(2017, 1, 20)},
    )

    record = row(board, case)
    assert (record.state, record.stage, record.path) == ("reviewing", "review", ("referred", "reviewing"))
    assert {event: [each.on for each in times] for event, times in record.happened.items()} == {
        "opened": [JANUARY],
        "accept": [date(2017, 1, 20)],
    }
    assert (record.opened_on, record.moved_on) == (JANUARY, date(2017, 1, 20))
    assert record.clocks["decide"].stopped_on == date(2017, 1, 20)
    assert board.history(case)[0].to_json()["adopted"] is True
    assert board.case(case).to_json()["adopted"] is board.cases()[0].adopted is True
    assert board.fire(case, "publish", by=UNIT).moved, "the wait has run from the true day"
    assert board.audit().ok


def test_what_is_late_already_says_so_once(board: Engine, clock: FrozenClock) -> None:
    case = board.adopt("review", {"told_on": "2017-01-03"}, by=UNIT, state="referred", on=JANUARY)

    first, second = board.sweep(), board.sweep()

    assert [(each.case, each.kind) for each in first.done] == [(case.reference, "overdue")]
    assert not second
    assert board.history(case)[-1].entry.so_on == clock.today()


def test_the_way_between_is_the_shortest_and_what_is_not_told_is_warned_of(board: Engine) -> None:
    case = board.adopt("review", by=UNIT, state="reviewing", on=JANUARY)

    assert row(board, case).path == ("referred", "reviewing")
    assert case.warnings == ("nobody has said when accept happened, and a step of reviewing waits after it",)
    assert board.case(case).case.warnings == case.warnings


def test_what_was_opened_for_each_party_is_adopted_too_and_not_opened_again(board: Engine) -> None:
    parent = board.adopt(
        "review",
        {"agencies": "police,school"},
        by=UNIT,
        state="reviewing",
        on=JANUARY,
        happened={"accept": date(2017, 1, 9), "ask_all": date(2017, 1, 10)},
    )
    assert len(board.cases()) == 1

    for owner in ("police", "school"):
        board.adopt("action", {"owner": owner}, by=UNIT, state="verified", on=date(2017, 1, 10), under=parent)

    assert board.case(parent).case.state == "done"
    assert board.audit().ok


@pytest.mark.parametrize(
    ("state", "happened", "message"),
    [
        ("reviewd", {}, "no state is called 'reviewd'"),
        ("reviewing", {"acept": date(2017, 1, 9)}, "no event is called 'acept'"),
        ("reviewing", {"accept": date(2016, 12, 9)}, "accept cannot have happened on 2016-12-09"),
        ("reviewing", {"accept": date(2017, 3, 2)}, "2017-03-02 is yet to come"),
        (
            "published",
            {"publish": date(2017, 1, 9), "accept": date(2017, 1, 10)},
            "publish cannot have happened on 2017-01-09; no way leads to it from referred",
        ),
        ("referred", {"accept": date(2017, 1, 9)}, "the case cannot be in referred"),
    ],
)
def test_a_past_that_cannot_be_so_is_refused(
    board: Engine, state: str, happened: dict[str, date], message: str
) -> None:
    with pytest.raises((BadValue, UnknownName), match=message):
        board.adopt("review", by=UNIT, state=state, on=JANUARY, happened=happened)

    assert board.cases() == ()


def test_nobody_has_taken_a_step_in_what_was_only_adopted(board: Engine) -> None:
    case = board.adopt("review", by=UNIT, state="reviewing", on=JANUARY)

    with pytest.raises(RefusedError, match="nobody has taken a step"):
        board.correct(case, by=UNIT, reason="a mistake")
    assert board.withdraw(case, by=UNIT, reason="adopted twice").state == "withdrawn"


def test_adopting_is_idempotent_under_a_key_and_for_those_entitled(board: Engine) -> None:
    first = board.adopt("review", by=UNIT, state="reviewing", on=JANUARY, key="1")

    assert board.adopt("review", by=UNIT, state="reviewing", on=JANUARY, key="1").reference == first.reference
    with pytest.raises(UsageError, match="another request"):
        board.adopt("review", by=UNIT, state="referred", on=JANUARY, key="1")
    with pytest.raises(RefusedError, match="adopt is for business_unit or independent_chair to do"):
        board.adopt("review", by=REVIEWER, state="reviewing", on=JANUARY)
    assert board.adopt("review", by=UNIT, state="referred", on=JANUARY, dry_run=True).state == "referred"
    assert len(board.cases()) == 1


# --- spreadsheets -------------------------------------------------------------------------------------------

SHEET = """\
workflow,state,opened_on,happened:accept,harmed,owner,agencies,known_as,under
review,reviewing,2017-01-02,2017-01-20,yes,,"police,school",first,
action,begun,2017-01-21,,,police,,,first
review,referred,2017-02-01,,unknown,,,,
"""


def test_a_spreadsheet_of_live_cases_is_adopted(board: Engine, tmp_path: Path) -> None:
    file = tmp_path / "live.csv"
    file.write_text(SHEET, "utf-8")

    tried = board.adopt_all(file, by=UNIT, dry_run=True)
    assert (len(tried), board.cases()) == (3, ())
    adopted = board.adopt_all(file, by=UNIT)

    assert [(each.workflow, each.state) for each in adopted] == [
        ("review", "reviewing"),
        ("action", "begun"),
        ("review", "referred"),
    ]
    assert adopted[1].parent == adopted[0].reference
    assert board.case(adopted[0]).facts["agencies"] == frozenset({"police", "school"})
    assert board.audit().ok


def test_a_workbook_is_read_like_a_csv(board: Engine, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["workflow", "state", "opened_on", "happened:accept", "harmed"])
    sheet.append(["review", "reviewing", date(2017, 1, 2), date(2017, 1, 20), True])
    book.save(tmp_path / "live.xlsx")

    (case,) = board.adopt_all(tmp_path / "live.xlsx", by=UNIT)

    assert board.case(case).facts["harmed"] is True
    assert row(board, case).moved_on == date(2017, 1, 20)


def test_what_is_wrong_is_told_by_cell_and_nothing_is_adopted(board: Engine, tmp_path: Path) -> None:
    file = tmp_path / "live.csv"
    file.write_text(
        "workflow,state,opened_on,happened:publish,happened:accept,harmed,owner\n"
        "review,reviewing,2017-01-02,,2017-01-20,yes,\n"
        "review,reviewd,2017-01-02,,,,\n"
        "reviews,referred,2017-01-02,,,,\n"
        "review,referred,2017-03-02,,,,\n"
        "review,published,2017-01-02,2017-01-10,2017-01-12,,\n"
        "review,referred,02/01/2017,,,maybe,\n"
        "review,referred,2017-01-02,,,,police\n"
        "action,proposed,2017-01-02,,2017-01-12,,\n"
        "review,referred,,,,,\n",
        "utf-8",
    )

    with pytest.raises(CellsRefused) as refused:
        board.adopt_all(file, by=UNIT)

    told = [str(each).removeprefix(f"{file}:") for each in refused.value.problems]
    assert told == [
        "B3: no state is called 'reviewd'; did you mean 'reviewing'?",
        "A4: no workflow is called 'reviews'; did you mean 'review'?",
        "C5: 2017-03-02 is yet to come; nothing can have been so after today, 2017-03-01",
        "D6: publish cannot have happened on 2017-01-10; no way leads to it from referred without an event "
        "that is told for another day",
        "C7: a day cannot be '02/01/2017'; write 2017-01-02 if 2 January 2017 is meant",
        "F7: harmed cannot be 'maybe'; it is yes, no or unknown",
        "G8: no fact is called 'owner'; did you mean 'concern'?",
        "E9: no event of action is called 'accept'; there is: begin, close, drop, return, verify",
        "C10: the case has no opened_on; fill it in",
    ]
    assert board.cases() == ()
    assert board.audit().entries == 0


def test_cells_that_do_not_say_what_they_seem_to_say_are_told(board: Engine, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["workflow", "state", "opened_on", "harmed"],
        ["review", "referred", date(2017, 1, 2), "=1=1"],
        ["review", "referred", date(2017, 1, 2), "#N/A"],
        ["review", "referred", date(2017, 1, 2), None],
    ):
        sheet.append(row)
    sheet.merge_cells("A3:A4")
    book.save(tmp_path / "live.xlsx")

    with pytest.raises(CellsRefused) as refused:
        board.adopt_all(tmp_path / "live.xlsx", by=UNIT)

    assert [f"{each.cell}: {each.message}" for each in refused.value.problems] == [
        "D2: the cell has a formula that nobody has worked out",
        "A3: the cells A3:A4 are merged, and only the first holds what they say",
        "D3: the cell shows an error, #N/A",
    ]
    assert board.cases() == ()


def test_the_first_row_has_to_name_the_columns(board: Engine, tmp_path: Path) -> None:
    file = tmp_path / "live.csv"
    file.write_text("workflow,happened:acept,harmd\n", "utf-8")

    with pytest.raises(CellsRefused) as refused:
        board.adopt_all(file, by=UNIT)

    told = [str(each).removeprefix(f"{file}:").partition(";")[0] for each in refused.value.problems]
    assert told == [
        "A1: there is no column state",
        "A1: there is no column opened_on",
        "B1: no event is called 'acept'",
        "C1: no column is called 'harmd'",
    ]
    with pytest.raises(UsageError, match="there is no file"):
        board.adopt_all(tmp_path / "other.csv", by=UNIT)


# --- agencies -----------------------------------------------------------------------------------------------


def test_one_agency_takes_the_place_of_another_in_every_open_case(board: Engine) -> None:
    case = board.open("review", {"harmed": True, "agencies": "police,school"}, by=UNIT)
    board.fire(case, "accept", by=CHAIR).require()
    police, school = board.fire(case, "ask_all", by=REVIEWER).require().opened
    board.fire(police, "begin", by=OFFICER).require()
    ended = board.open("review", {"harmed": False, "agencies": "school"}, by=UNIT)
    board.fire(ended, "decline", by=CHAIR, reason="no harm").require()

    tried = board.reassign("school", "hospital", by=UNIT, reason="they merged", dry_run=True)
    assert board.case(school).facts["owner"] == "school"
    done = board.reassign("school", "hospital", by=UNIT, reason="they merged")

    assert tried.done == done.done
    assert [(each.case, each.facts) for each in done.done] == [
        (case.reference, ("agencies",)),
        (school, ("owner",)),
    ]
    assert board.case(case).facts["agencies"] == frozenset({"police", "hospital"})
    assert board.case(school).facts["owner"] == "hospital"
    assert board.case(ended).facts["agencies"] == frozenset({"school"})
    assert len(board.case(case).sub_cases) == 2, "nothing is opened again for the agency that takes over"
    assert board.history(school)[-1].reason == "they merged"
    assert board.reassign("school", "hospital", by=UNIT, reason="they merged").done == ()
    assert board.audit().ok


def test_a_reassignment_names_agencies_that_there_are_and_a_reason(board: Engine) -> None:
    for old, new in (("school", "hopital"), ("scool", "hospital")):
        with pytest.raises(UnknownName, match="no agency is called"):
            board.reassign(old, new, by=UNIT, reason="they merged")
    with pytest.raises(BadValue, match="needs a reason"):
        board.reassign("school", "hospital", by=UNIT, reason=" ")
    with pytest.raises(RefusedError, match="reassign is for"):
        board.reassign("school", "hospital", by=REVIEWER, reason="they merged")
