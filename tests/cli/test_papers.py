"""The files that a verb writes: nothing is lost by them, and none is half there."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

import click
import pytest
from cli.conftest import CommandLine

from loopengine.cli.arranging import verbs
from loopengine.cli.papers import destination, written
from loopengine.cli.program import program
from loopengine.errors import UsageError

# What a verb that can print what it would write needs besides; a workbook is never printed.
PRINTING = {
    "board": (),
    "diagram": ("review",),
    "due": (),
    "export events": (),
    "export learning": (),
    "export machine": ("review",),
    "export tables": ("review",),
    "report annual": ("--from", "2017-01-01", "--to", "2017-03-31"),
    "report case": ("REV-2017-001",),
}
NEVER_PRINTING = {"export registers"}


def _names_a_file(option: click.Parameter) -> bool:
    return option.name == "ics" or (option.name == "out" and option.metavar == "FILE")


def test_every_verb_that_can_print_a_document_is_known_here() -> None:
    found = {" ".join(words) for words, verb in verbs(program) if any(map(_names_a_file, verb.params))}

    assert found == PRINTING.keys() | NEVER_PRINTING


@pytest.mark.parametrize("verb", PRINTING)
def test_json_and_a_document_cannot_both_have_standard_output(
    loop: CommandLine, verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    loop.case("harmed=yes")
    option = "--ics" if verb == "due" else "--out"

    answer = loop.rehearse(*verb.split(), *PRINTING[verb], option, "-", "--json")

    assert (answer.status, answer.out) == (2, "")
    assert answer.error == {
        "kind": "usage",
        "message": f"--json and `{option} -` cannot both have standard output",
        "hint": f"leave out --json for the document itself, or `{option} -` for the JSON",
    }


def test_a_file_is_named_or_has_its_usual_name_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert destination(None, "board.html", replace=False) == Path("board.html")
    assert destination(str(tmp_path / "a.html"), "board.html", replace=False) == tmp_path / "a.html"


def test_a_file_that_is_there_is_replaced_only_on_demand(tmp_path: Path) -> None:
    file = tmp_path / "board.html"
    file.write_text("mine")

    with pytest.raises(UsageError, match="is there already") as refused:
        destination(str(file), "board.html", replace=False)

    assert refused.value.hint == "say --replace, or name another with --out"
    assert destination(str(file), "board.html", replace=True) == file


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("board.txt", r"does not end in \.html or \.docx"),
        ("nowhere/board.html", "there is no folder"),
        ("folder.html", "is a folder"),
    ],
)
def test_a_name_that_cannot_be_written_to_is_refused_before_any_work(
    tmp_path: Path, name: str, message: str
) -> None:
    (tmp_path / "folder.html").mkdir()

    with pytest.raises(UsageError, match=message):
        destination(str(tmp_path / name), "board.html", replace=True, suffixes=(".html", ".docx"))


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "board.html"
    file.write_text("before")

    with suppress(RuntimeError), written(file) as half:
        half.write(b"half")
        raise RuntimeError
    kept = file.read_text()
    with written(file) as whole:
        whole.write(b"whole")

    assert (kept, file.read_text()) == ("before", "whole")
    assert os.listdir(tmp_path) == ["board.html"], "nothing else is left behind"


def test_a_file_may_be_read_by_those_who_may_read_any_other_of_the_user(tmp_path: Path) -> None:
    (tmp_path / "other").touch()

    with written(tmp_path / "board.html"):
        pass

    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("other", "board.html")}
    assert len(modes) == 1


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    gone = tmp_path / "gone"

    with pytest.raises(UsageError, match="cannot be written: No such file"), written(gone / "board.html"):
        raise AssertionError("nothing is to be done")
