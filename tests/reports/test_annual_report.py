"""The annual report as it is read: in a browser, on paper, in Word; whatever anybody may have written."""

from __future__ import annotations

import gc
import io
import re
import shutil
import subprocess
import tracemalloc
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import docx
import pytest
from docx.oxml.ns import qn
from playwright.sync_api import Browser
from pypdf import PdfReader
from support.browser import SIZES, malformed, opened, printed, tab_stops, too_wide, violations
from support.living_board import LivingBoard

from loopengine.engine.surveying import Surveyed
from loopengine.errors import UsageError
from loopengine.reports.annual import counting
from loopengine.reports.annual.compiling import compile_annual
from loopengine.reports.annual.counting import Capped, Days
from loopengine.reports.annual.figures import Annual, Bar, Chart, Period, Row, Said, Section, Table
from loopengine.reports.annual.showing import annual_page
from loopengine.reports.pages import Imprint
from loopengine.reports.pictures import picture
from loopengine.reports.word import word_document

MADE = datetime(2017, 5, 2, 9, tzinfo=UTC)
HOSTILE = (
    "=HYPERLINK(1)",
    '<script>alert("ran")</script><b>bold</b>',
    "a baby 👶🏽 and {{ 7 * 7 }} & so on",
    "עברית\u202eback to front\u0007",
    "\ufffe\uffff",
    "x" * 10_000,
)


@pytest.fixture(scope="module")
def board() -> Iterator[LivingBoard]:
    """A board with a good deal on it."""
    lively = LivingBoard(Random(5))
    lively.live(200)
    yield lively
    lively.engine.close()


def compiled(board: LivingBoard, *, public: bool = False, until: date | None = None) -> Annual:
    period = Period(board.first, until or board.today, board.today + timedelta(days=1))
    survey = board.engine.survey(histories=True)
    return compile_annual(survey, board.engine.framework, period, public=public)


def page_of(report: Annual) -> str:
    return annual_page(report, Imprint(report.board, MADE, MADE, rehearsal=True))


def pictures_of(report: Annual) -> dict[str, bytes]:
    return {chart.key: picture(chart) for section in report.sections for chart in section.charts}


def in_word(report: Annual, style: Path | None = None) -> bytes:
    return word_document(page_of(report), pictures_of(report), made_at=MADE, style=style)


def with_words(report: Annual, words: tuple[str, ...]) -> Annual:
    """*report* with a table in which users have written *words*, and a chart titled so."""
    written = [table for section in report.sections for table in section.tables if table.key == "reasons"]
    (table,) = written
    rows = tuple(
        Row(str(n), each[:40], (*table.rows[0].cells[:4], Said(each))) for n, each in enumerate(words)
    )
    chart = Chart("hostile", "Words", "words", tuple(Bar(each, n) for n, each in enumerate(words)))
    section = Section("hostile", "Words", "What was written.", (replace(table, rows=rows),), (chart,))
    return replace(report, sections=(section,))


def told_on(paper: PdfReader) -> str:
    """The text that is on *paper*, letters that are set as one apart."""
    text = " ".join(" ".join(sheet.extract_text().split()) for sheet in paper.pages)
    return unicodedata.normalize("NFKC", text)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "annual.html"


# --- what is told -------------------------------------------------------------------------------------------


def test_each_section_begins_with_one_sentence_that_says_the_main_thing(board: LivingBoard) -> None:
    report = compiled(board)

    assert [section.key for section in report.sections] == [
        "reviews",
        "time_taken",
        "decisions",
        "late_and_held",
        "learning",
        "actions",
        "dissemination",
        "evaluation",
        "child_deaths",
        "section_11",
        "challenges",
        "framework_review",
        "other_work",
    ]
    for section in report.sections:
        assert re.fullmatch(r"[A-Z0-9].*[^.]\.", section.says)
        assert section.says in page_of(report)


def test_the_numbers_of_a_sentence_are_those_of_its_tables(board: LivingBoard) -> None:
    for section in compiled(board).sections:
        shown = {
            cell
            for table in section.tables
            for row in (*table.rows, table.total)
            if row
            for cell in row.cells
        }
        rows = {len(table.rows) for table in section.tables}
        told = {
            int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*\b(?!\.\d| years)", section.says)
        }
        # How many themes, cases held and reviews graded or described there were is no cell of a table.
        free = {"learning", "late_and_held", "section_11", "evaluation", "time_taken"}
        assert section.key in free or told <= {*shown, *rows, 0}, section.says


def test_an_empty_period_is_told_as_one(board: LivingBoard) -> None:
    before = Period(date(2010, 4, 1), date(2011, 3, 31), board.today)

    report = compile_annual(board.engine.survey(histories=True), board.engine.framework, before)

    assert report.cases == 0
    assert [table for section in report.sections for table in section.tables] == []
    assert "No review was open, and none was opened." in page_of(report)


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        (
            "2018-04-01",
            "2019-03-31",
            "the period begins on 2018-04-01, which is still to come (today is 2017-05-02)",
        ),
        ("2017-03-31", "2016-04-01", "the period ends on 2016-04-01, before it begins on 2017-03-31"),
    ],
)
def test_a_period_that_cannot_be_reported_on_is_refused(
    board: LivingBoard, first: str, last: str, message: str
) -> None:
    period = Period(date.fromisoformat(first), date.fromisoformat(last), date(2017, 5, 2))

    with pytest.raises(UsageError) as refused:
        compile_annual([], board.engine.framework, period)

    assert refused.value.message == message


def test_a_period_that_is_not_over_is_told_so_far(board: LivingBoard) -> None:
    over, not_over = compiled(board), compiled(board, until=board.today + timedelta(days=300))

    assert "So far." not in page_of(over)
    assert "So far." in page_of(not_over)
    assert not_over.to_json()["as_of"] == (board.today + timedelta(days=1)).isoformat()


def test_the_edition_for_the_public_names_no_case_and_quotes_nobody(board: LivingBoard) -> None:
    inside, public = page_of(compiled(board)), page_of(compiled(board, public=True))
    references = [case.reference for case in board.engine.cases()]

    assert "as agreed" in inside
    assert any(reference in inside for reference in references)
    assert "To be read before it is passed on." in inside
    assert "as agreed" not in public
    assert not any(reference in public for reference in references)
    assert "For the public." in public


def test_the_edition_for_the_public_does_not_say_which_cases_a_court_or_a_coroner_has(
    board: LivingBoard,
) -> None:
    inside, public = (compiled(board, public=each).to_json() for each in (False, True))

    assert inside["sections"]["late_and_held"]["tables"]["holds"]["rows"]
    assert "holds" not in public["sections"]["late_and_held"]["tables"]


def test_memory_does_not_grow_with_the_number_of_cases(
    board: LivingBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MOST", 5)
    found = list(board.engine.survey(histories=True))[:12]
    period = Period(board.first, board.today, board.today)

    def kept(times: int) -> int:
        """The memory that is in use after so many times the cases."""

        def surveyed() -> Iterator[Surveyed]:
            for _ in range(times):
                yield from found
            gc.collect()
            in_use.append(tracemalloc.get_traced_memory()[0])

        in_use: list[int] = []
        tracemalloc.start()
        compile_annual(surveyed(), board.engine.framework, period)
        tracemalloc.stop()
        return in_use[0]

    kept(1)
    assert kept(120) < 1.2 * kept(40)


def test_of_a_long_list_so_much_is_printed_and_the_rest_counted() -> None:
    capped = Capped(most=2)
    for n in range(5):
        capped.add(date(2017, 1, 5 - n), Row(str(n), "Row", ()))

    assert [row.key for row in capped.in_order()] == ["1", "0"]
    assert capped.left_out == 3


@pytest.mark.parametrize(
    ("days", "median", "longest"),
    [
        ([], None, None),
        ([3], 3, 3),
        ([9, 1], 5, 9),
        ([1, 2, 40, 2], 2, 40),
        ([1, 2], 1.5, 2),
    ],
)
def test_the_median_is_the_one_in_the_middle(
    days: list[int], median: float | None, longest: int | None
) -> None:
    lengths = Days()
    for each in days:
        lengths.add(each)

    assert lengths.cells() == (len(days), median, longest)


# --- the page -----------------------------------------------------------------------------------------------


def test_the_page_is_html_whose_charts_say_what_they_show(board: LivingBoard) -> None:
    report = compiled(board)
    html = page_of(report)

    assert malformed(html) == []
    assert html.count('<svg role="img" aria-label=') == sum(
        len(section.charts) for section in report.sections
    )
    assert html.count("<caption>") == html.count("<table ")


@pytest.mark.parametrize("size", SIZES)
def test_the_page_can_be_used_by_everybody(
    board: LivingBoard, browser: Browser, file: Path, size: str
) -> None:
    file.write_text(page_of(compiled(board)), "utf-8")

    with opened(browser, file, size) as sight:
        assert violations(sight.page) == []
        assert too_wide(sight.page) == []
        assert sight.requests == [file.as_uri()]
        assert not [stop for stop in tab_stops(sight.page) if stop.startswith("UNSEEN")]


def test_the_page_is_printed_whole(board: LivingBoard, browser: Browser, file: Path) -> None:
    report = compiled(board)
    file.write_text(page_of(report), "utf-8")

    with opened(browser, file) as sight:
        paper = printed(sight.page)

    text = told_on(paper)
    assert [round(float(each) / 72 * 25.4) for each in paper.pages[0].mediabox[2:]] == [210, 297]
    for section in report.sections:
        assert section.title in text


def test_whatever_was_written_comes_out_as_text_on_the_page(
    board: LivingBoard, browser: Browser, file: Path
) -> None:
    html = page_of(with_words(compiled(board), HOSTILE))
    file.write_text(html, "utf-8")

    with opened(browser, file, "zoomed") as sight:
        told = sight.page.inner_text("main")
        assert sight.dialogs == []
        assert too_wide(sight.page) == []

    assert malformed(html.replace("\ufffe", "").replace("\uffff", "")) == []
    for words in HOSTILE[:3]:
        assert words in told
    assert "\u202e" not in html
    assert "\\u202eback to front" in told
    assert "x" * 10_000 in told


# --- Word ---------------------------------------------------------------------------------------------------


def test_the_document_has_what_the_page_has(board: LivingBoard) -> None:
    report = compiled(board)

    document = docx.Document(io.BytesIO(in_word(report)))

    headings = [each.text for each in document.paragraphs if each.style.name == "Heading 1"]
    assert headings == ["The main things", *(each.title for each in report.sections), "About these numbers"]
    tables = [table for section in report.sections for table in section.tables]
    assert len(document.tables) == len(tables)
    for written, table in zip(document.tables, tables, strict=True):
        assert len(written.rows) == 1 + len(table.rows) + (table.total is not None)
        assert written.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert written._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == table.caption
        first = [row.cells[-1].text for row in written.rows][1 : 1 + len(table.rows)]
        assert len(first) == len(table.rows)
    for section in report.sections:
        assert section.says in [paragraph.text for paragraph in document.paragraphs]


def test_the_numbers_in_word_are_those_of_the_report(board: LivingBoard) -> None:
    report = compiled(board)
    tables = [table for section in report.sections for table in _outside(section)]

    outside = tuple(replace(each, tables=_outside(each)) for each in report.sections)
    document = docx.Document(io.BytesIO(in_word(replace(report, sections=outside))))

    for written, table in zip(document.tables, tables, strict=True):
        rows = (*table.rows, *([] if table.total is None else [table.total]))
        for line, row in zip(written.rows[1:], rows, strict=True):
            told = [cell.text for cell in line.cells]
            assert told[0] == row.title
            for text, cell in zip(told[1:], row.cells, strict=True):
                if isinstance(cell, int | float):
                    assert text == f"{cell:,}"


def _outside(section: Section) -> tuple[Table, ...]:
    """The tables whose rows have a head."""
    return tuple(table for table in section.tables if not table.inside)


def test_the_document_says_its_title_and_its_language(board: LivingBoard) -> None:
    document = docx.Document(io.BytesIO(in_word(compiled(board))))

    assert document.core_properties.title.startswith("Annual report, 1 February 2016 to ")
    assert document.core_properties.language == "en-GB"
    languages = {each.get(qn("w:val")) for each in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"en-GB"}


def test_the_pictures_in_word_say_what_they_show(board: LivingBoard) -> None:
    report = compiled(board)
    charts = [chart for section in report.sections for chart in section.charts]

    document = docx.Document(io.BytesIO(in_word(report)))

    told = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert len(told) == len(charts) > 0
    for words, chart in zip(told, charts, strict=True):
        assert words.startswith(f"{chart.title}. Bars, in {chart.unit}: ")


def test_the_same_chart_gives_the_same_picture() -> None:
    chart = Chart("a", "A chart", "cases", (Bar("$x^2$ and so on", 3), Bar("Nought", 0)))

    assert picture(chart) == picture(chart)
    assert picture(chart).startswith(b"\x89PNG")


def test_whatever_was_written_comes_out_as_text_in_word(board: LivingBoard) -> None:
    document = docx.Document(io.BytesIO(in_word(with_words(compiled(board), HOSTILE))))

    (table,) = document.tables
    told = [row.cells[-1].text for row in table.rows][1:]

    assert told[:3] == [*HOSTILE[:3]]
    assert told[3] == "עברית\\u202eback to front\\x07"
    assert told[4] == "\ufffd\ufffd"
    assert told[5] == HOSTILE[5]


def test_a_council_keeps_its_own_style(board: LivingBoard, tmp_path: Path) -> None:
    ours = docx.Document()
    ours.add_paragraph("A letter of the council")
    ours.styles["Heading 1"].font.name = "Council Sans"
    ours.save(str(tmp_path / "council.docx"))

    document = docx.Document(io.BytesIO(in_word(compiled(board), tmp_path / "council.docx")))

    assert document.styles["Heading 1"].font.name == "Council Sans"
    assert "A letter of the council" not in [each.text for each in document.paragraphs]


def test_what_is_no_word_document_is_no_style(board: LivingBoard, tmp_path: Path) -> None:
    (tmp_path / "council.docx").write_text("not a document")

    with pytest.raises(UsageError, match="is no Word document"):
        in_word(compiled(board), tmp_path / "council.docx")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs soffice")
def test_the_document_is_opened_and_printed_by_an_office_program(board: LivingBoard, tmp_path: Path) -> None:
    report = compiled(board)
    (tmp_path / "annual.docx").write_bytes(in_word(report))
    profile = (tmp_path / "profile").as_uri()

    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "annual.docx"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=120,
    )

    paper = PdfReader(tmp_path / "annual.pdf")
    text = told_on(paper)
    for section in report.sections:
        assert section.title in text
        for table in section.tables:
            assert " ".join(table.caption.split()) in text
    assert "Page 2" in text


def test_tables_about_children_are_the_only_ones_that_hide_numbers(board: LivingBoard) -> None:
    tables: list[Table] = [table for section in compiled(board).sections for table in section.tables]

    hiding = {table.key for table in tables if "Hidden" in repr(table.rows)}

    assert hiding <= {"deaths"}
    assert {table.key for table in tables if table.about_children} <= {"deaths"}
