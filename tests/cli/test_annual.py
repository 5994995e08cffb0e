"""`loopengine report annual`: where the report goes, and what is refused before anything is written."""

from __future__ import annotations

import sys
from pathlib import Path

import docx
import pytest
from cli.conftest import CommandLine

PERIOD = ("report", "annual", "--from", "2016-04-01", "--to", "2017-03-31")
NAME = "annual-report-2016-04-01-to-2017-03-31.html"


@pytest.fixture(autouse=True)
def _working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_it_writes_a_page_and_says_where(loop: CommandLine) -> None:
    loop.case()

    answer = loop.rehearse(*PERIOD)

    assert (answer.status, answer.out) == (0, f"{NAME}\n")
    page = Path(NAME).read_text("utf-8")
    assert "<title>Annual report, 1 April 2016 to 31 March 2017 – A small framework</title>" in page
    assert "So far." in page
    assert "Rehearsal." in page


def test_it_writes_a_word_document(loop: CommandLine) -> None:
    loop.case()

    answer = loop.rehearse(*PERIOD, "--out", "report.docx")

    assert (answer.status, answer.out) == (0, "report.docx\n")
    told = [paragraph.text for paragraph in docx.Document("report.docx").paragraphs]
    assert "Annual report, 1 April 2016 to 31 March 2017" in told
    assert "Rehearsal. Nothing on this page is real: the cases are synthetic." in told


def test_it_takes_the_style_of_another_document(loop: CommandLine) -> None:
    loop.case()
    docx.Document().save("ours.docx")

    answer = loop.rehearse(*PERIOD, "--out", "report.docx", "--style", "ours.docx")

    assert answer.status == 0
    assert Path("report.docx").exists()


def test_it_prints_the_page_or_the_figures_and_writes_nothing(loop: CommandLine) -> None:
    loop.case()

    page = loop.rehearse(*PERIOD, "--out", "-")
    figures = loop.rehearse(*PERIOD, "--json")

    assert page.out.startswith("<!doctype html>")
    assert figures.json["from"] == "2016-04-01"
    assert figures.json["so_far"] is True
    (row, _) = figures.json["sections"]["reviews"]["tables"]["by_type"]["rows"]
    assert (row["title"], row["opened"]) == ("Review", 1)
    assert list(Path().glob("*.html")) == []


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--out", "report.pdf"), "the file 'report.pdf' does not end in .html or .htm or .docx"),
        (("--out", "there.docx"), "the file 'there.docx' is there already"),
        (("--style", "ours.docx"), "--style is for a Word document"),
        (("--out", "a.docx", "--style", "nowhere.docx"), "there is no file 'nowhere.docx'"),
        (("--out", "a.docx", "--style", "there.docx"), "the file 'there.docx' is no Word document"),
        (("--from", "1 April"), "--from cannot be '1 April'"),
        (("--from", "2017-04-01"), "the period begins on 2017-04-01, which is still to come (today is 2017"),
        (("--to", "2016-03-01"), "the period ends on 2016-03-01, before it begins on 2016-04-01"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_written(
    loop: CommandLine, args: tuple[str, ...], message: str
) -> None:
    loop.case()
    Path("there.docx").write_text("mine")
    if args[0] == "--from" and "2017" in args[1]:
        args = (*args, "--to", "2018-03-31")

    answer = loop.rehearse(*PERIOD, *args)

    assert answer.status == 2
    assert message in answer.err
    assert [each.name for each in Path().iterdir() if each.suffix in (".html", ".docx", ".pdf")] == [
        "there.docx"
    ]
    assert Path("there.docx").read_text() == "mine"


@pytest.mark.parametrize("missing", ["docx", "matplotlib.figure"])
def test_word_without_the_extra_is_refused_and_a_page_is_not(
    loop: CommandLine, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    loop.case()
    monkeypatch.setitem(sys.modules, missing, None)
    for module in ("loopengine.reports.word", "loopengine.reports.pictures"):
        monkeypatch.delitem(sys.modules, module, raising=False)

    word = loop.rehearse(*PERIOD, "--out", "report.docx")
    page = loop.rehearse(*PERIOD)

    assert word.status == 2
    assert "a Word document needs python-docx and matplotlib, which are not installed" in word.err
    assert "pip install 'loopengine[office]'" in word.err
    assert not Path("report.docx").exists()
    assert page.status == 0
