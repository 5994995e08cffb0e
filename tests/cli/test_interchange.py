"""A workflow is written for programs of others: whole, never over another file, and without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

both = pytest.mark.parametrize(("what", "file"), [("machine", "review.scxml"), ("tables", "review.dmn")])


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)


@both
def test_it_is_written_beside_one_or_printed_and_opens_no_database(loop: Any, what: str, file: str) -> None:
    written, printed = loop("export", what, "review"), loop("export", what, "review", "--out", "-")

    assert (written.status, written.out) == (0, f"{file} is written\n")
    assert Path(file).read_text("utf-8") == printed.out
    assert ElementTree.fromstring(printed.out) is not None
    assert not loop.database.exists()


@both
def test_what_is_there_already_is_not_lost(loop: Any, what: str, file: str) -> None:
    Path(file).write_text("ours", "utf-8")

    refused = loop("export", what, "review")

    assert refused.status == 2
    assert "is there already" in refused.err
    assert Path(file).read_text("utf-8") == "ours"
    assert loop("export", what, "review", "--replace", "--json").json == {"file": file}
    assert Path(file).read_text("utf-8") != "ours"


@both
def test_an_unknown_workflow_or_a_wrong_ending_is_a_mistake(loop: Any, what: str, file: str) -> None:
    slip, ending = loop("export", what, "reveiw"), loop("export", what, "review", "--out", "review.doc")

    assert slip.status == ending.status == 2
    assert "did you mean 'review'?" in slip.err
    assert "does not end in" in ending.err
    assert not list(Path.cwd().iterdir())


def test_a_workflow_without_rules_has_no_tables(loop: Any) -> None:
    answer = loop("export", "tables", "action")

    assert answer.status == 2
    assert "the workflow action has no rules" in answer.err
