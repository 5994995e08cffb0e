"""Workbooks of tables: whatever is in a cell is what was said, read back by another library."""

from __future__ import annotations

import builtins
import tracemalloc
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from loopengine.errors import UsageError
from loopengine.exchange import workbooks
from loopengine.exchange.workbooks import Cell, Column, Sheet, fitting, sheet_name, write_workbook

MADE = datetime(2017, 1, 9, 9, tzinfo=UTC)


def written(*sheets: Sheet) -> bytes:
    file = BytesIO()
    write_workbook(file, title="Made up", about=[("What", "a test")], sheets=sheets, made=MADE)
    return file.getvalue()


def read(content: bytes, sheet: str) -> list[list[object]]:
    return [list(row) for row in load_workbook(BytesIO(content))[sheet].iter_rows(values_only=True)]


def table(rows: Iterable[Sequence[Cell]], *columns: Column, title: str = "Table") -> Sheet:
    return Sheet(title, columns or (Column("a"),), rows)


@pytest.mark.parametrize(
    "hostile",
    [
        "=1+1",
        '=HYPERLINK("http://example.org")',
        "+44 191",
        "-5",
        "@SUM(A1)",
        "{=1}",
        "http://example.org",
        "mailto:a@example.org",
        "internal:Table!A1",
        "<b>bold</b> & <script>",
        "_x0041_",
        "017",
        "1e5",
        "TRUE",
        "  ends with spaces  ",
        "two\nlines",
        "\N{FACE WITH TEARS OF JOY}",
        "\u0645\u062d\u0645\u062f",
        "x" * 10_000,
    ],
)
def test_what_people_wrote_is_a_text_and_nothing_else(hostile: str) -> None:
    book = load_workbook(BytesIO(written(table([[hostile]]))))

    cell = book["Table"]["A2"]

    assert (cell.value, cell.data_type, cell.hyperlink) == (
        hostile.replace("_x0041_", "_x005F_x0041_"),  # openpyxl leaves the escape of an escape as it is
        "s",
        None,
    )


@pytest.mark.parametrize("control", ["\x00", "\x01", "\x0b", "\x1f", "\ufffe", "\ud800"])
def test_a_character_that_no_workbook_can_hold_is_told_as_such(control: str) -> None:
    (_, (cell,)) = read(written(table([[f"a{control}b"]])), "Table")

    assert cell == "a\ufffdb"


def test_days_are_days_and_numbers_are_numbers() -> None:
    columns = (Column("d", "date"), Column("n", "number"), Column("t"))

    _, first, second = read(
        written(table([[date(2017, 1, 31), -3, "017"], [date(1850, 1, 1), 10**15 - 1, None]], *columns)),
        "Table",
    )

    assert first == [datetime(2017, 1, 31), -3, "017"]
    assert second == ["1850-01-01", 10**15 - 1, None]


def test_the_header_stays_in_sight_and_the_choices_can_be_chosen() -> None:
    columns = (
        Column("Case"),
        Column("Yes?", choices=("yes", "no")),
        Column("Who", choices=("a" * 300, "b, c")),
    )
    sheet = load_workbook(BytesIO(written(table([["A-1", "yes", "b, c"]] * 3, *columns))))["Table"]

    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:C4"
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$1", "$A:$A")
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    choices = {str(each.sqref): each.formula1 for each in sheet.data_validations.dataValidation}
    assert choices == {"B2:B4": "'Choices'!$A$2:$A$3", "C2:C4": "'Choices'!$B$2:$B$3"}


def test_the_choices_stand_on_a_sheet_of_their_own() -> None:
    columns = (Column("Yes?", choices=("yes", "no")), Column("Again?", choices=("yes", "no")))

    assert read(written(table([["yes", "no"]], *columns)), "Choices") == [["Yes?"], ["yes"], ["no"]]


def test_the_workbook_says_what_it_is() -> None:
    book = load_workbook(BytesIO(written(table([["x"]]))))

    assert (book.properties.title, book.properties.created) == ("Made up", datetime(2017, 1, 9, 9))
    assert [(each.name, each.value) for each in book.custom_doc_props.props] == [("Language", "en-GB")]
    assert book.sheetnames == ["About", "Table"]
    assert book["About"]["A1"].value == "Made up"
    assert [cell.value for cell in book["About"][3]] == ["What", "a test"]


def test_the_same_in_gives_the_same_bytes() -> None:
    rows = [["a", date(2017, 1, 3)], ["b", None]]
    columns = (Column("x"), Column("y", "date"))

    assert written(table(rows, *columns)) == written(table(rows, *columns))


def test_a_table_that_is_too_long_goes_on_in_another_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS", 3)

    content = written(table([f"{n}"] for n in range(7)), table([["x"]] * 3, title="Other"))

    assert load_workbook(BytesIO(content)).sheetnames == ["About", "Table", "Table (2)", "Table (3)", "Other"]
    assert [read(content, name)[1:] for name in ("Table", "Table (2)", "Table (3)")] == [
        [["0"], ["1"], ["2"]],
        [["3"], ["4"], ["5"]],
        [["6"]],
    ]
    assert read(content, "Table (3)")[0] == ["a"]


def test_a_table_with_too_many_columns_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_COLUMNS", 2)

    with pytest.raises(UsageError, match="Table has 3 columns, and a sheet at most 2"):
        written(table([], Column("a"), Column("b"), Column("c")))


def test_a_text_that_no_cell_can_hold_is_cut_and_ends_with_dots() -> None:
    faces = "\N{FACE WITH TEARS OF JOY}" * 20_000

    (_, (cell,)) = read(written(table([[faces]])), "Table")

    assert isinstance(cell, str)
    assert cell == fitting(faces)
    assert cell.endswith("\N{FACE WITH TEARS OF JOY}…")
    assert 32_760 < len(cell.encode("utf-16-le")) // 2 <= 32_767
    assert fitting("x" * 32_767) == "x" * 32_767


def test_memory_hardly_grows_with_the_rows() -> None:
    """What stays of a row is how high it is; the rows themselves would be some kilobytes each."""
    peaks = []
    for number in (2_000, 20_000):
        file = BytesIO()
        tracemalloc.start()
        write_workbook(
            file,
            title="Made up",
            about=[],
            sheets=[table(([f"row {n}", "x" * 50, n] for n in range(number)), *map(Column, "abc"))],
            made=MADE,
        )
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert (peaks[1] - peaks[0]) / 18_000 < 400


@pytest.mark.parametrize(
    ("title", "taken", "name"),
    [
        ("Serious Case Review", (), "Serious Case Review"),
        ("Serious Case Review", ("serious case review",), "Serious Case Review (2)"),
        ("What: [a/b]\\c * d?", (), "What a b c d"),
        ("'quoted'", (), "quoted"),
        ("History", (), "History (2)"),
        ("::", (), "Sheet"),
        ("Multi-agency thematic case audits of a year", (), "Multi-agency thematic case audi"),
        (
            "Multi-agency thematic case audits of a year",
            ("Multi-agency thematic case audi", "Multi-agency thematic case (2)"),
            "Multi-agency thematic case (3)",
        ),
    ],
)
def test_a_sheet_has_a_name_that_it_can_have(title: str, taken: Sequence[str], name: str) -> None:
    assert sheet_name(title, taken) == name
    assert len(name) <= 31


def test_a_missing_library_is_named_with_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: object, **kwargs: object) -> object:
        if name == "xlsxwriter":
            raise ImportError(name)
        return real(name, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)

    with pytest.raises(UsageError, match=r"needs xlsxwriter.*pip install 'loopengine\[office\]'"):
        workbooks.see_that_it_can_be_written()
