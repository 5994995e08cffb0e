"""`export registers`: a workbook, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_registers_are_written_and_the_file_is_named(loop, folder):
    loop.case("harmed=yes", "--role", "business_unit")
    loop.case("--role", "business_unit")

    said = loop.rehearse("export", "registers", "--out", "out.xlsx")

    assert said.status == 0
    assert said.out.splitlines()[0] == "out.xlsx is written: 2 cases"
    assert load_workbook(folder / "out.xlsx").sheetnames == ["About", "Review", "Columns", "Choices"]
    assert loop.rehearse("export", "registers", "--json").json == {
        "file": "registers.xlsx",
        "cases": {"review": 2},
        "cut": 0,
    }


def test_a_file_that_is_there_stays_as_it_is_unless_it_is_to_be_replaced(loop, folder):
    loop.case("--role", "business_unit")
    (folder / "registers.xlsx").write_text("mine")

    refused = loop.rehearse("export", "registers")

    assert (refused.status, (folder / "registers.xlsx").read_text()) == (2, "mine")
    assert "is there already" in refused.err
    assert loop.rehearse("export", "registers", "--replace").status == 0
    assert load_workbook(folder / "registers.xlsx").sheetnames[0] == "About"


def test_what_cannot_be_written_leaves_nothing_behind(loop, folder):
    loop.case("--role", "business_unit")
    before = sorted(folder.iterdir())

    assert loop.rehearse("export", "registers", "--out", "out.csv").status == 2
    unknown = loop.rehearse("export", "registers", "--out", "out.xlsx", "--workflow", "reviews")

    assert unknown.status == 2
    assert "no workflow is called 'reviews'" in unknown.err
    assert sorted(folder.iterdir()) == before


def test_only_open_cases_and_only_some_workflows(loop, folder):
    loop.case("--role", "business_unit")
    declined = loop.case("harmed=no", "--role", "business_unit")
    loop.rehearse("fire", declined, "decline", "--role", "independent_chair", "--reason", "no harm")

    assert loop.rehearse("export", "registers", "--out", "a.xlsx", "--open", "--json").json["cases"] == {
        "review": 1
    }
    assert (
        loop.rehearse("export", "registers", "--out", "b.xlsx", "--workflow", "action", "--json").json[
            "cases"
        ]
        == {}
    )
