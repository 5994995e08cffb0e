"""An action tracker brought in: what is recognised, what is refused by cell, and that nothing comes twice."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
import xlsxwriter
from openpyxl import Workbook
from support.shipped import SHIPPED

from loopengine import Actor, Engine, Framework
from loopengine.clock import FrozenClock
from loopengine.engine.adoption_tables import CellsRefused
from loopengine.errors import CaseNotFound, RefusedError, UnknownName, UsageError
from loopengine.exchange.actions_in import BroughtIn, import_actions
from loopengine.exchange.registers import write_registers
from loopengine.exchange.tracker_words import HEADINGS, HOMELESS, STATUSES, UNSURE, plainly

UNIT = Actor("Uma Unit", ["business_unit"])
OFFICER = Actor("Pat Police", ["agency"], "police")
# As practice.md 7.1 has it: what, who, how, when, success measure, status, outcome.
HEADED = ("What", "Who", "How", "When", "Success measure", "Status", "Outcome")
ALPHA = ("Write a guide on bruising", "Police", "Post", "01/02/2017", "Seen in audits", "In progress", "")
BETA = ("Train all leads", "Schools and colleges", "Course", "31 March 2017", "80 %", "Not started", "")
GAMMA = ("Agree a protocol", "general practices", "", "28-Feb-17", "It is used", "Complete", "Done")


@lru_cache(maxsize=1)
def south_tyneside() -> Framework:
    return SHIPPED


@pytest.fixture
def board() -> Engine:
    """A board with one review, SCR-2017-001."""
    at_work = Engine("sqlite://", framework=south_tyneside(), clock=FrozenClock("2017-01-09T09:00Z"))
    at_work.open("serious-case-review", {"notified_on": "2017-01-03"}, by=UNIT)
    return at_work


Bring = Callable[..., BroughtIn]


@pytest.fixture
def bring(board: Engine, tmp_path: Path) -> Bring:
    """Bring in rows under the review: as a .csv file."""

    def brought(*rows: Sequence[str], under: str | None = "SCR-2017-001", **asked: object) -> BroughtIn:
        text = StringIO()
        csv.writer(text).writerows(rows)
        file = tmp_path / "tracker.csv"
        file.write_text(text.getvalue(), "utf-8")
        return import_actions(board, file, by=UNIT, under=under, **asked)  # type: ignore[arg-type]  # any

    return brought


def refused(bring: Callable[[], object]) -> list[str]:
    """The problems, by cell, for which all of it is refused."""
    with pytest.raises(CellsRefused) as error:
        bring()
    return [
        f"{each.cell}: {each.message}" + (f"; {each.hint}" if each.hint else "")
        for each in error.value.problems
    ]


def workbook(path: Path, *rows: Sequence[object], **sheets: Sequence[Sequence[object]]) -> Path:
    book = Workbook()
    first = book.active
    assert first is not None
    for row in rows:
        first.append(list(row))
    for name, more in sheets.items():
        sheet = book.create_sheet(name)
        for row in more:
            sheet.append(list(row))
    book.save(path)
    return path


# --- what is recognised -------------------------------------------------------------------------------------


def test_a_tracker_as_boards_keep_it_becomes_actions_under_the_review(board: Engine, bring: Bring) -> None:
    done = bring(HEADED, ALPHA, BETA, GAMMA)

    assert [(each.reference, each.parent, each.state) for each in done.cases] == [
        ("ACT-2017-001", "SCR-2017-001", "in_progress"),
        ("ACT-2017-002", "SCR-2017-001", "agreed"),
        ("ACT-2017-003", "SCR-2017-001", "evidence_submitted"),
    ]
    assert dict(board.case("ACT-2017-001").facts) == {
        "change": "Write a guide on bruising",
        "owner": "police",
        "due_on": date(2017, 2, 1),
        "success_measure": "Seen in audits",
    }
    assert board.case("ACT-2017-002").facts["owner"] == "schools"
    assert board.case("ACT-2017-003").facts["due_on"] == date(2017, 2, 28)
    assert board.audit().ok


def test_it_says_how_it_took_what_could_be_taken_otherwise(bring: Bring) -> None:
    done = bring(HEADED, ALPHA, (*ALPHA[:3], "03/04/2017", *ALPHA[4:]), GAMMA)

    assert [(each.cell, each.said, each.as_, each.times) for each in done.tracker.taken] == [
        ("D2", "01/02/2017", "1 February 2017, the day before the month", 1),
        ("D3", "03/04/2017", "3 April 2017, the day before the month", 1),
        ("F4", "Complete", "evidence_submitted: Said to be done; the evidence is being looked at", 1),
    ]
    assert [(each.cell, each.heading) for each in done.tracker.left_out] == [("C1", "How"), ("G1", "Outcome")]
    assert done.tracker.notes[0].startswith(
        "no column says since when they are open: it is taken to be 2017-01-09"
    )


def test_clocks_run_from_the_day_of_the_tracker(board: Engine, bring: Bring) -> None:
    headed = ("Action", "Agency", "Due date", "Status", "Date completed", "Date added")
    bring(
        headed,
        ("Alpha", "Police", "01/02/2017", "Complete", "05/01/2017", "01/12/2016"),
        ("Beta", "Police", "05/01/2017", "In progress", "", "01/12/2016"),
    )

    due = {(each.case.reference, each.clock.deadline.name): each for each in board.due() if each.case.parent}

    assert set(due) == {("ACT-2016-001", "verification"), ("ACT-2016-002", "completion")}
    assert due["ACT-2016-001", "verification"].clock.started_on == date(2017, 1, 5)
    assert due["ACT-2016-002", "completion"].late


@pytest.mark.parametrize(
    "heading", ["ACTION", " action: ", "Action*", "Action (what we will do)", "Agreed Action"]
)
def test_a_heading_is_known_however_it_is_written(bring: Bring, heading: str) -> None:
    done = bring((heading, "Owner"), ("Alpha", "Police"))

    assert done.tracker.columns == {"change": heading.strip(), "owner": "Owner"}


def test_every_heading_and_status_that_we_know_is_written_as_it_is_compared_and_means_one_thing() -> None:
    action = south_tyneside().workflow("action")

    for table in (HEADINGS, STATUSES):
        words = [word for listed in table.values() for word in listed]
        assert len(words) == len(set(words))
        assert [word for word in words if plainly(word) != word] == []
    headings = {word for listed in HEADINGS.values() for word in listed}
    assert not headings & set(HOMELESS)
    assert not {word for listed in STATUSES.values() for word in listed} & set(UNSURE)
    assert set(STATUSES) <= set(action.states)


@pytest.mark.parametrize(
    ("status", "state"), [(status, state) for state, listed in STATUSES.items() for status in listed]
)
def test_every_status_leads_to_a_state(bring: Bring, status: str, state: str) -> None:
    assert [each.state for each in bring(("Action", "Status"), ("Alpha", status.upper())).cases] == [state]


def test_the_headings_may_stand_below_a_title(bring: Bring) -> None:
    done = bring(("Action plan 2016/17",), (), ("Version 17",), HEADED, ALPHA)

    assert len(done.cases) == 1
    assert done.tracker.notes[0] == "the headings are in row 4; what stands above them is left out"


def test_a_column_is_what_one_says_it_is(board: Engine, bring: Bring) -> None:
    done = bring(
        ("Action", "Accountable", "Lead", "Priority"),
        ("Alpha", "Police", "Ann", "procedure"),
        mapping={"Accountable": "owner", "D": "kind", "lead": ""},
    )

    assert board.case(done.cases[0]).facts["owner"] == "police"
    assert board.case(done.cases[0]).facts["kind"] == "procedure"
    assert [(each.heading, each.why) for each in done.tracker.left_out] == [("Lead", "as you said")]


def test_two_columns_that_could_be_the_same_are_refused_with_what_to_say(bring: Bring) -> None:
    headed = ("Action", "Agency", "Owner", "Status", "Status")
    row = ("Alpha", "Police", "Ann", "In progress", "Complete")

    assert refused(lambda: bring(headed, row)) == [
        'C1: Agency and Owner could each be owner; say which with --map "Agency=owner"',
        'E1: Status and Status could each be state; say which with --map "D=state"',
    ]
    done = bring(headed, row, mapping={"Agency": "owner", "E": "state"})
    assert [each.state for each in done.cases] == ["evidence_submitted"]
    assert [each.heading for each in done.tracker.left_out] == ["Owner", "Status"]


def test_what_one_says_a_column_is_has_to_be_there(bring: Bring) -> None:
    with pytest.raises(UnknownName, match="no column is called 'Ownr'; did you mean 'Owner'"):
        bring(("Action", "Owner"), ("Alpha", "Police"), mapping={"Ownr": "owner"})
    with pytest.raises(UnknownName, match="no fact or column of ours is called 'ownr'"):
        bring(("Action", "Owner"), ("Alpha", "Police"), mapping={"Owner": "ownr"})
    with pytest.raises(UnknownName, match="no state is called 'complete'"):
        bring(("Action", "Status"), ("Alpha", "Green"), statuses={"Green": "complete"})


def test_a_status_is_what_one_says_it_is(bring: Bring) -> None:
    rows = (("Action", "RAG"), ("Alpha", "Green"), ("Beta", ""))

    done = bring(*rows, statuses={"GREEN": "in_progress", "": "proposed"})

    assert [each.state for each in done.cases] == ["in_progress", "proposed"]
    assert [(each.said, each.as_.partition(":")[0]) for each in done.tracker.taken] == [
        ("Green", "in_progress"),
        ("(nothing)", "proposed"),
    ]


def test_a_column_can_say_which_review_an_action_is_of(board: Engine, bring: Bring) -> None:
    other = board.open("serious-case-review", {"notified_on": "2017-01-04"}, by=UNIT)

    rows = (("Action", "Review"), ("Alpha", other.reference), ("Beta", ""))

    assert [each.parent for each in bring(*rows).cases] == [other.reference, "SCR-2017-001"]
    assert refused(lambda: bring(*rows[:1], ("Gamma", ""), ("Delta", "SCR-2017-009"), under=None)) == [
        "B2: the action is under no review; say which with --under CASE",
        "B3: no case is called 'SCR-2017-009'; `loopengine list` shows those that there are",
    ]


def test_a_register_that_went_out_is_a_tracker_that_is_there_already(
    board: Engine, bring: Bring, tmp_path: Path
) -> None:
    bring(HEADED, ALPHA, BETA, GAMMA)
    file = BytesIO()
    write_registers(file, board)
    (tmp_path / "registers.xlsx").write_bytes(file.getvalue())

    done = import_actions(board, tmp_path / "registers.xlsx", by=UNIT, sheet="Action for improvement")

    assert done.cases == ()
    assert [(each.case, each.differs) for each in done.taken_over.already] == [
        ("ACT-2017-001", ()),
        ("ACT-2017-002", ()),
        ("ACT-2017-003", ()),
    ]


# --- not twice ----------------------------------------------------------------------------------------------


def test_the_same_file_again_brings_nothing_and_says_what_was_there(board: Engine, bring: Bring) -> None:
    first = bring(HEADED, ALPHA, ALPHA, BETA)
    board.sweep()
    entries = [len(board.history(each)) for each in first.cases]

    again = bring(HEADED, ALPHA, ALPHA, BETA, GAMMA)

    assert (len(first.cases), [each.reference for each in again.cases]) == (3, ["ACT-2017-004"])
    assert [(each.row, each.case, each.differs) for each in again.taken_over.already] == [
        (2, "ACT-2017-001", ()),
        (3, "ACT-2017-002", ()),
        (4, "ACT-2017-003", ()),
    ]
    assert [len(board.history(each)) for each in first.cases] == entries


def test_by_its_own_number_an_action_is_known_even_when_its_words_have_changed(
    board: Engine, bring: Bring
) -> None:
    headed = ("No.", "Action", "Owner", "Due", "Status")
    bring(headed, ("7", "Alpha", "Police", "01/06/2017", "In progress"))

    again = bring(
        headed,
        ("7", "Alpha and more", "Housing", "01/06/2017", "Complete"),
        ("8", "Alpha", "Police", "01/06/2017", "In progress"),
    )

    assert [(each.row, each.case, each.differs) for each in again.taken_over.already] == [
        (2, "ACT-2017-001", ("change", "owner", "state")),
    ]
    assert [each.reference for each in again.cases] == ["ACT-2017-002"]
    assert board.case("ACT-2017-001").facts["change"] == "Alpha"


def test_an_action_that_somebody_typed_is_there_already_too(board: Engine, bring: Bring) -> None:
    typed = board.open(
        "action", {"change": "Alpha  one", "owner": "police"}, by=UNIT, under="SCR-2017-001"
    ).reference

    done = bring(("Ref", "Action", "Owner", "Status"), ("1", "alpha one", "Police", "In progress"))

    assert [(each.case, each.differs) for each in done.taken_over.already] == [(typed, ("state",))]


def test_one_that_was_withdrawn_may_come_again(board: Engine, bring: Bring) -> None:
    (case,) = bring(HEADED, ALPHA).cases
    board.withdraw(case, by=UNIT, reason="under the wrong review")

    assert len(bring(HEADED, ALPHA).cases) == 1


def test_what_the_tracker_calls_it_is_kept_apart_from_the_history(board: Engine, bring: Bring) -> None:
    (case,) = bring(("Ref", "Action"), ("A secret name", "Alpha")).cases

    entry = board.history(case)[0].entry
    assert "A secret name" not in entry.line
    assert entry.words("known_as") is not None
    assert board.audit().ok


def test_as_a_dry_run_nothing_stays(board: Engine, bring: Bring) -> None:
    assert len(bring(HEADED, ALPHA, dry_run=True).cases) == 1
    assert len(board.cases()) == 1


# --- what is wrong ------------------------------------------------------------------------------------------


def test_what_is_wrong_is_told_by_cell_and_nothing_is_brought_in(board: Engine, bring: Bring) -> None:
    told = refused(
        lambda: bring(
            HEADED,
            ALPHA,
            ("", "Police", "", "01/02/2017", "", "Complete", ""),
            ("Beta", "Hospital", "", "ASAP", "", "Green", ""),
            ("Gamma", "Police / Housing", "", "42766", "", "", ""),
            ("Delta", "Police", "", "31/02/2017", "", "Half of it is done", ""),
        )
    )

    states = ", ".join(south_tyneside().workflow("action").states)
    assert told == [
        "A3: the row does not say what will be done; fill it in, or take the row out",
        "B4: no agency is called 'Hospital'; did you mean 'Hospital trust' or 'hospital_trust'?",
        "D4: a day cannot be 'ASAP'; write it as 31/01/2017 or 2017-01-31",
        f'F4: green may be on track, or done; say which state it is with --status "Green=STATE": {states}',
        "B5: 'Police / Housing' is more than one agency; an action has one owner: make a row for each",
        "D5: a day cannot be '42766'; have the spreadsheet show the cell as a date",
        f'F5: the action has no status; say which state it is with --status "=STATE": {states}',
        "D6: a day cannot be '31/02/2017'; write it as 31/01/2017 or 2017-01-31",
        "F6: no status is called 'Half of it is done'; say which state it is with "
        f'--status "Half of it is done=STATE": {states}',
    ]
    assert len(board.cases()) == 1
    assert board.audit().entries == 1


def test_what_the_board_itself_would_refuse_is_told_by_cell_too(bring: Bring) -> None:
    headed = ("Action", "Status", "Date added", "Date completed", "Carried out")
    told = refused(
        lambda: bring(
            headed,
            ("Alpha", "In progress", "01/02/2017", "", ""),
            ("Beta", "In progress", "03/01/2017", "", "yes"),
            ("Gamma", "Complete", "03/01/2017", "02/01/2017", ""),
            ("x" * 20_001, "Complete", "", "", ""),
        )
    )

    assert told == [
        "C2: 2017-02-01 is yet to come; nothing can have been so after today, 2017-01-09",
        "E3: carried_out=yes needs a reference to evidence; say with --evidence where it is recorded, or "
        "answer unknown",
        "A5: change cannot be this value; it is some text of at most 20000 characters, or unknown",
    ]


def test_very_many_problems_are_cut_and_counted(bring: Bring) -> None:
    with pytest.raises(CellsRefused) as error:
        bring(("Action", "Owner"), *((f"Action {n}", "Nobody") for n in range(1_000)))

    assert len(error.value.problems) == 1_000
    assert (len(error.value.lines), error.value.lines[-1]) == (51, "and 950 more")


def test_a_file_without_actions_or_with_other_columns_is_refused(bring: Bring) -> None:
    with pytest.raises(UsageError, match="is empty"):
        bring()
    with pytest.raises(UsageError, match="has no actions; below its headings, in row 1"):
        bring(HEADED)
    assert refused(lambda: bring(("Name", "Telephone"), ("Ann", "1"))) == [
        "A1: no column says what will be done; give a heading such as Action or What, or say which it is "
        'with --map "Their column=change"'
    ]


def test_a_name_that_the_file_gives_twice_is_refused(bring: Bring) -> None:
    assert refused(lambda: bring(("Ref", "Action"), ("1", "Alpha"), ("1", "Beta"))) == [
        "A3: row 2 is called '1', too; name each once, or leave the column out with --map \"Ref=\""
    ]


def test_the_review_has_to_be_one_that_takes_actions(board: Engine, bring: Bring) -> None:
    (action,) = bring(HEADED, ALPHA).cases

    with pytest.raises(CaseNotFound):
        bring(HEADED, BETA, under="SCR-2017-009")
    with pytest.raises(UsageError, match=r"no action can be opened under ACT-2017-001.*it takes: nothing"):
        bring(HEADED, BETA, under=action.reference)


def test_it_is_for_those_who_may_take_over_cases(board: Engine, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Action\nAlpha\n")

    with pytest.raises(RefusedError, match="adopt is for business_unit or independent_chair to do"):
        import_actions(board, tmp_path / "a.csv", by=OFFICER, under="SCR-2017-001")


# --- workbooks ----------------------------------------------------------------------------------------------


def test_a_workbook_is_read_with_its_days_and_numbers(board: Engine, tmp_path: Path) -> None:
    file = workbook(
        tmp_path / "t.xlsx",
        ("No", "Action", "Owner", "Due", "Status"),
        (1, "Alpha", "Police", date(2017, 6, 1), "In progress"),
        (2.0, "Beta", "Police", datetime.fromisoformat("2017-06-02T12:00:00"), "In progress"),
    )

    first, second = import_actions(board, file, by=UNIT, under="SCR-2017-001").cases

    assert [board.case(each).facts["due_on"] for each in (first, second)] == [
        date(2017, 6, 1),
        date(2017, 6, 2),
    ]
    opened = board.history(second)[0]
    called = opened.entry.words("known_as")
    assert called is not None
    assert opened.texts[called.ref] == "2"


def test_a_formula_that_nobody_has_worked_out_is_told(board: Engine, tmp_path: Path) -> None:
    file = workbook(tmp_path / "t.xlsx", ("Action", "Comments"), ("=1+1", "=1+1"), ("Beta", "=A1"))

    assert refused(lambda: import_actions(board, file, by=UNIT, under="SCR-2017-001")) == [
        "A2: the cell has a formula that nobody has worked out; open it in a spreadsheet program and save "
        "it, or paste the values"
    ]


def test_a_formula_that_was_worked_out_counts_for_what_it_shows(board: Engine, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "t.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Action", "Status", "Due"])
    sheet.write_formula(1, 0, '="Al"&"pha"', None, "Alpha")
    sheet.write_string(1, 1, "In progress")
    sheet.write_formula(1, 2, "=DATE(2017,6,1)", book.add_format({"num_format": "dd/mm/yyyy"}), 42887)
    sheet.write_string(2, 0, "Beta")
    sheet.write_formula(2, 1, "=Z9", None, "#REF!")
    book.close()

    told = refused(lambda: import_actions(board, tmp_path / "t.xlsx", by=UNIT, under="SCR-2017-001"))

    assert told == ["B3: the cell shows an error, #REF!; mend the formula, or type the value"]


def test_cells_that_are_merged_are_told_and_a_merged_title_does_no_harm(
    board: Engine, tmp_path: Path
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("Our plan",),
        ("Action", "Owner", "Notes"),
        ("Alpha", "Police"),
        ("Beta", ""),
        ("Gamma", ""),
    ):
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("C3:C5")
    book.save(tmp_path / "fine.xlsx")
    sheet.merge_cells("B3:B5")
    book.save(tmp_path / "merged.xlsx")

    told = refused(lambda: import_actions(board, tmp_path / "merged.xlsx", by=UNIT, under="SCR-2017-001"))

    assert told == [
        "B3: the cells B3:B5 are merged, and only the first holds what they say; unmerge them, and "
        "fill in each"
    ]
    assert len(import_actions(board, tmp_path / "fine.xlsx", by=UNIT, under="SCR-2017-001").cases) == 3


def test_of_several_sheets_one_says_which(board: Engine, tmp_path: Path) -> None:
    file = workbook(tmp_path / "t.xlsx", ("x",), Plan=[("Action",), ("Alpha",)], Old=[("Action",), ("",)])

    with pytest.raises(
        UsageError, match="has several sheets: 'Sheet', 'Plan', 'Old'; say which with --sheet"
    ):
        import_actions(board, file, by=UNIT, under="SCR-2017-001")
    with pytest.raises(UnknownName, match="no sheet is called 'plan'; did you mean 'Plan'"):
        import_actions(board, file, by=UNIT, under="SCR-2017-001", sheet="plan")
    assert len(import_actions(board, file, by=UNIT, under="SCR-2017-001", sheet="Plan").cases) == 1


def test_a_sheet_that_says_it_is_smaller_than_it_is_is_read_whole(board: Engine, tmp_path: Path) -> None:
    file = workbook(tmp_path / "t.xlsx", ("Action", "Owner"), ("Alpha", "Police"), ("Beta", "Police"))
    with ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b'ref="A1:B3"', b'ref="A1:A1"')
    with ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)

    assert len(import_actions(board, file, by=UNIT, under="SCR-2017-001").cases) == 2


def _archive(*names: str) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


_OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 512


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.xls", _OLE + "Workbook".encode("utf-16-le"), r"is a workbook of Excel 97 to 2003 \(.xls\)"),
        ("t.xlsx", _OLE + "EncryptedPackage".encode("utf-16-le"), "is locked with a password.*take"),
        ("t.xlsx", _OLE + "WordDocument".encode("utf-16-le"), "is a document of Word, and no workbook"),
        ("t.xlsx", _OLE, "is in a format of old office programs"),
        ("t.xlsx", _archive("word/document.xml"), "is a document of Word, and no workbook"),
        ("t.xlsx", _archive("ppt/presentation.xml"), "is a presentation"),
        ("t.ods", _archive("content.xml"), "is a file in OpenDocument format"),
        ("t.xlsb", _archive("xl/workbook.bin"), "is a binary workbook"),
        ("t.xlsx", _archive("a"), "is an archive of files"),
        ("t.xlsx", _archive("xl/workbook.xml"), "is not a workbook"),
        ("t.xlsx", b"PK\x03\x04 and no more", "is damaged"),
        ("t.xlsx", b"", "is not a workbook"),
        ("t.xlsx", b"Action,Owner", "is not a workbook; save it as .xlsx, or as CSV UTF-8"),
        ("t.csv", b"", "is empty"),
        ("t.csv", b"%PDF-1.7", "is a PDF, and no workbook"),
        ("t.xls", b"<html><table>", "is a web page"),
        ("t.csv", "Action\nZo\u00eb".encode("latin-1"), "is not UTF-8"),
        ("t.csv", "Action\nZo\u00eb".encode("utf-16"), "is not UTF-8"),
        ("t.csv", b'Action\n"Alpha', "cannot be read"),
    ],
)  # fmt: skip
def test_a_file_of_another_type_is_told_for_what_it_is(
    board: Engine, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(UsageError, match=message):
        import_actions(board, tmp_path / name, by=UNIT, under="SCR-2017-001")
    assert len(board.cases()) == 1


def test_a_workbook_that_is_named_otherwise_is_read_for_what_it_is(board: Engine, tmp_path: Path) -> None:
    file = workbook(tmp_path / "t.xlsx", ("Action",), ("Alpha",)).rename(tmp_path / "t.csv")

    assert len(import_actions(board, file, by=UNIT, under="SCR-2017-001").cases) == 1


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_may_be_delimited_as_spreadsheets_do(board: Engine, tmp_path: Path, delimiter: str) -> None:
    (tmp_path / "t.csv").write_text(f"\ufeffAction{delimiter}Owner\r\nAlpha{delimiter}Police\r\n", "utf-8")

    assert len(import_actions(board, tmp_path / "t.csv", by=UNIT, under="SCR-2017-001").cases) == 1


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_far_too_many_rows_are_refused(board: Engine, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"t{suffix}"
    if suffix == ".csv":
        file.write_text("Action\n" + "Alpha\n" * 100_000)
    else:
        book = xlsxwriter.Workbook(file, {"constant_memory": True})
        sheet = book.add_worksheet()
        for row in range(100_000):
            sheet.write_string(row, 0, "Action")
        book.close()

    with pytest.raises(UsageError, match="has more than 10000 rows; share them out among several files"):
        import_actions(board, file, by=UNIT, under="SCR-2017-001")


def test_what_is_hostile_is_a_text_here_too(board: Engine, tmp_path: Path) -> None:
    hostile = ("@SUM(A1)", "<b>x</b>", "\N{FACE WITH TEARS OF JOY}", "\u0645\u062d\u0645\u062f", "y" * 10_000)
    file = workbook(tmp_path / "t.xlsx", ("Action",), *((each,) for each in hostile))

    done = import_actions(board, file, by=UNIT, under="SCR-2017-001")

    assert [board.case(each).facts["change"] for each in done.cases] == list(hostile)


def test_progress_is_told_row_by_row(bring: Bring) -> None:
    told: list[int] = []

    bring(HEADED, ALPHA, BETA, progress=told.append)

    assert sum(told) == 2
