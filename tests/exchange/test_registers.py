"""The registers as a workbook: read back by another library, and opened by a spreadsheet program."""

from __future__ import annotations

import csv
import shutil
import subprocess
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from support.small import CHAIR, OFFICER, REVIEW, REVIEWER, UNIT, engine, framework

from loopengine import Engine
from loopengine.clock import FrozenClock
from loopengine.engine.surveying import Surveyed
from loopengine.errors import UnknownName
from loopengine.exchange import workbooks
from loopengine.exchange.registers import write_registers

HOSTILE = (
    "=1+1",
    '=HYPERLINK("http://example.org","x")',
    "+44",
    "-5",
    "@SUM(A1)",
    "<b>bold</b> & <script>alert(1)</script>",
    "\N{FACE WITH TEARS OF JOY} \u0645\u062d\u0645\u062f",
    "y" * 10_000,
    "a\x07b",
    "one\ntwo",
)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock("2017-01-09T09:00Z")


@pytest.fixture
def board(clock: FrozenClock) -> Engine:
    """A board with reviews that have got to different places, one of them with actions under it."""
    at_work = engine(clock=clock)
    for text in HOSTILE:
        at_work.open("review", {"note": text, "told_on": "2017-01-03"}, by=UNIT)
    first = at_work.open(
        "review",
        {"harmed": True, "concern": "unknown", "agencies": "police,school", "reviewer_of": "hospital"},
        by=UNIT,
    )
    at_work.fire(first, "accept", by=CHAIR).require()
    police, _ = at_work.fire(first, "ask_all", by=REVIEWER).require().opened
    at_work.fire(police, "begin", by=OFFICER).require()
    declined = at_work.open("review", {"harmed": False}, by=UNIT)
    at_work.fire(declined, "decline", by=CHAIR, reason="no harm").require()
    clock.advance(days=60)
    return at_work


def exported(board: Engine, **asked: object) -> bytes:
    file = BytesIO()
    write_registers(file, board, **asked)  # type: ignore[arg-type]  # whatever a test asks for
    return file.getvalue()


def rows(content: bytes, sheet: str) -> list[dict[str, object]]:
    headings, *found = load_workbook(BytesIO(content))[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, headings), row, strict=True)) for row in found]


def as_the_engine_says(found: Surveyed) -> dict[str, object]:
    """The row that a case has, made out anew from what the engine says of it."""
    titles = {"police": "Police", "school": "School", "hospital": "Hospital", "council": "Council"}
    due = found.dues[0] if found.dues else None
    cells: dict[str, object] = {
        "Case": found.case.reference,
        "Under": found.case.parent,
        "Opened on": datetime.combine(found.case.opened_on, datetime.min.time()),
        "Stage": found.case.stage and found.case.stage.replace("_", " "),
        "State": found.case.doing or found.case.state,
        "Next deadline": due and (due.clock.deadline.title or due.clock.deadline.name),
        "Due": due and datetime.combine(due.clock.due.on, datetime.min.time()),
        "Working days left": due and due.clock.days,
        "Late": due and ("yes" if due.late else "no"),
        "On hold": "; ".join(found.holds) or None,
        "Ended": "yes" if found.case.ended else "no",
    }
    for name, fact in found.workflow.facts.items():
        answer = found.answers.get(name)
        value: object = None if answer is None else answer.value
        if answer is not None and value is None:
            value = "unknown"
        elif isinstance(value, bool):
            value = "yes" if value else "no"
        elif isinstance(value, frozenset):
            value = "; ".join(titles[each] for each in sorted(value))
        elif isinstance(value, date):
            value = datetime.combine(value, datetime.min.time())
        elif isinstance(value, str):
            value = titles.get(value, value.replace("\x07", "\ufffd"))
        cells[fact.ask] = value
    return cells


def test_every_value_of_every_register_is_what_the_engine_says(board: Engine) -> None:
    content = exported(board)

    surveyed = list(board.survey())
    for workflow, sheet in (("review", "Review"), ("action", "Action")):
        wanted = [as_the_engine_says(each) for each in surveyed if each.case.workflow == workflow]
        found = rows(content, sheet)
        assert len(found) == len(wanted) > 1
        for row, told in zip(found, wanted, strict=True):
            assert {name: row[name] for name in told} == told
            assert set(row) - set(told) == {"Whose move"}


def test_whose_move_it_is_stands_there_in_titles(board: Engine) -> None:
    content = exported(board)

    whose = {row["Case"]: row["Whose move"] for row in (*rows(content, "Review"), *rows(content, "Action"))}

    assert whose["REV-2017-001"] == "Business unit"
    assert whose["ACT-2017-002"] == "Agency of School"
    assert whose["REV-2017-012"] is None, "it has ended"


def test_the_first_sheet_says_what_it_is_and_counts(board: Engine) -> None:
    about = load_workbook(BytesIO(exported(board)))["About"]

    said = {str(row[0]): row[1] for row in about.iter_rows(min_row=3, values_only=True) if row[0]}
    assert said["Made"] == said["As of"] == "10 March 2017, 09:00 in London"
    assert (said["Review"], said["Action"], said["All"]) == ("12", "2", "14")
    assert "what people wrote is in here word for word" in str(said["Who may see it"])


def test_only_what_is_open_or_of_some_workflow(board: Engine) -> None:
    assert "REV-2017-012" in {row["Case"] for row in rows(exported(board), "Review")}
    assert "REV-2017-012" not in {row["Case"] for row in rows(exported(board, open_only=True), "Review")}

    book = load_workbook(BytesIO(exported(board, workflows=["action"])))
    assert book.sheetnames == ["About", "Action", "Columns", "Choices"]
    with pytest.raises(UnknownName, match="no workflow is called 'actoin'"):
        exported(board, workflows=["actoin"])


def test_as_of_an_instant_it_is_what_was_known_then(board: Engine) -> None:
    content = exported(board, as_of=datetime(2017, 1, 9, 9, tzinfo=UTC))

    about = {row[0]: row[1] for row in load_workbook(BytesIO(content))["About"].iter_rows(values_only=True)}
    assert about["As of"] == "09 January 2017, 09:00 in London"
    assert about["Made"] == "10 March 2017, 09:00 in London"
    (row,) = [each for each in rows(content, "Review") if each["Case"] == "REV-2017-001"]
    assert row["Late"] == "no", "it is late by now, and was not then"


def test_the_same_database_gives_the_same_bytes(board: Engine) -> None:
    assert exported(board) == exported(board)


def test_an_empty_board_has_a_workbook_that_says_so() -> None:
    book = load_workbook(BytesIO(exported(engine())))

    assert book.sheetnames == ["About", "Columns"]


def test_a_text_that_is_cut_is_counted_and_told(board: Engine) -> None:
    board.open("review", {"note": "\N{FACE WITH TEARS OF JOY}" * 19_000}, by=UNIT)
    file = BytesIO()

    done = write_registers(file, board)

    about = load_workbook(file)["About"]
    assert done.cut == 1
    assert any("1 texts are longer than a cell can hold" in str(row[1].value) for row in about.iter_rows())


def test_a_fact_that_only_a_later_version_has_is_a_column_too(tmp_path: Path, clock: FrozenClock) -> None:
    """A case keeps the files under which it began; a register has room for all of them."""
    engine(tmp_path / "board.db", clock=clock).open("review", {"harmed": True}, by=UNIT)
    later = framework(
        review=REVIEW.replace("version: 1", "version: 2").replace(
            "facts:\n", 'facts:\n  extra: {ask: "Something more?", type: yes_no}\n', 1
        )
    )
    again = Engine(f"sqlite:///{tmp_path / 'board.db'}", framework=later, clock=clock)
    again.open("review", {"extra": True}, by=UNIT)

    found = rows(exported(again), "Review")

    assert [row["Something more?"] for row in found] == [None, "yes"]


def test_registers_that_fill_a_sheet_go_on_in_another(board: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS", 5)

    content = exported(board)

    told = [row["Case"] for name in ("Review", "Review (2)", "Review (3)") for row in rows(content, name)]
    assert told == [each.reference for each in board.cases(workflow="review")]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs soffice, the program of LibreOffice")
def test_a_spreadsheet_program_opens_it_and_loses_nothing(board: Engine, tmp_path: Path) -> None:
    file = tmp_path / "registers.xlsx"
    file.write_bytes(exported(board))

    # All sheets, as text: with what is shown in each cell.
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    for form in (options, "pdf"):
        subprocess.run(
            ["soffice", home, "--headless", "--convert-to", form, "--outdir", str(tmp_path), str(file)],
            check=True,
            capture_output=True,
            timeout=180,
        )

    text = (tmp_path / "registers-Review.csv").read_text("utf-8")
    headings, *found = csv.reader(StringIO(text, newline=""))
    wanted = [as_the_engine_says(each)["What happened?"] for each in board.survey() if not each.case.parent]
    note = headings.index("What happened?")
    assert [row[note] for row in found] == [each or "" for each in wanted]
    # It takes it for the day that it is, and writes it as its own language does.
    assert found[0][headings.index("When were we told?")] in ("01/03/2017", "03/01/2017", "03 Jan 2017")
    assert (tmp_path / "registers.pdf").read_bytes().startswith(b"%PDF")
