"""The verbs that write pages: where the files go, what is printed, and what is refused."""

import json

import pytest


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder to work in."""
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    ("words", "name"), [(("board",), "board.html"), (("report", "case", "REV-2017-001"), "REV-2017-001.html")]
)
def test_a_page_is_written_under_a_name_that_says_what_it_is(loop, here, words, name):
    loop.case()

    answer = loop.rehearse(*words)

    assert (answer.status, answer.out) == (0, f"{name}\n")
    page = (here / name).read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert "REV-2017-001" in page
    assert "rehearsed and synthetic" in page


@pytest.mark.parametrize("words", [("board",), ("report", "case", "REV-2017-001")])
def test_a_file_that_is_there_is_replaced_only_if_that_is_said(loop, here, words):
    loop.case()
    file = here / "mine.html"
    file.write_text("kept", "utf-8")

    refused = loop.rehearse(*words, "--out", "mine.html")
    assert refused.status == 2
    assert refused.err == (
        "error: the file 'mine.html' is there already\nsay --replace, or name another with --out\n"
    )
    assert file.read_text("utf-8") == "kept"

    assert loop.rehearse(*words, "--out", "mine.html", "--replace").status == 0
    assert "REV-2017-001" in file.read_text("utf-8")


@pytest.mark.parametrize("words", [("board",), ("report", "case", "REV-2017-001")])
def test_a_page_goes_to_standard_output_and_then_to_no_file(loop, here, words):
    loop.case()

    answer = loop.rehearse(*words, "--out", "-")

    assert answer.out.startswith("<!doctype html>")
    assert list(here.iterdir()) == []


def test_the_board_as_json_has_what_stands_on_it_and_writes_no_file(loop, here):
    loop.case("told_on=2016-12-01")

    told = loop.rehearse("board", "--json").json

    assert (told["cases"], told["late"], told["rehearsal"]) == (1, 1, True)
    assert told["stages"][0]["rows"][0]["case"] == "REV-2017-001"
    assert list(here.iterdir()) == []


def test_a_case_as_json_has_its_history_and_its_days(loop):
    loop.case()

    told = loop.rehearse("report", "case", "REV-2017-001", "--json").json

    assert [each["kind"] for each in told["history"]] == ["opened"]
    assert [(each["state"], each["days"]) for each in told["stays"]] == [("referred", 0)]


def test_a_board_for_nobody_that_there_is_names_the_nearest(loop):
    loop.case()

    answer = loop.rehearse("board", "--for", "polcie")

    assert (answer.status, answer.err) == (
        2,
        "error: no role or agency is called 'polcie'\ndid you mean 'police'?\n",
    )


def test_a_board_for_a_group_says_for_whom_it_is(loop):
    loop.case()

    assert loop.rehearse("board", "--for", "business_unit", "--json").json["cases"] == 1
    assert loop.rehearse("board", "--for", "police", "--json").json["whose"] == "Police"
    assert loop.rehearse("board", "--for", "police", "--json").json["cases"] == 0


@pytest.mark.parametrize("limit", ["0", "-1", "many", "1.5", ""])
def test_a_limit_is_a_number_of_cases(loop, limit):
    loop.case()

    assert loop.rehearse("board", f"--limit={limit}").status == 2


def test_a_case_that_is_not_there_leaves_no_file(loop, here):
    loop.case()

    assert loop.rehearse("report", "case", "REV-2017-009").status == 3
    assert list(here.iterdir()) == []


def test_no_report_of_an_unknown_name_is_made(loop):
    answer = loop.rehearse("report", "cse", "REV-2017-001")

    assert answer.status == 2
    assert "case" in answer.err


def test_a_page_tells_what_was_known_then(loop):
    loop.case()
    loop.rehearse("record", "REV-2017-001", "harmed=yes", now="2017-01-10T09:00Z")

    then = loop.rehearse("report", "case", "REV-2017-001", "--as-of", "2017-01-09T10:00Z", "--json")
    board = loop.rehearse("board", "--as-of", "2017-01-08T10:00Z", "--json")

    assert json.loads(then.out)["facts"] == {}
    assert board.json["cases"] == 0


def test_a_page_never_says_how_things_stand_on_a_day_that_is_still_to_come(loop, here):
    loop.case()

    board = loop.rehearse("board", "--as-of", "2019-01-09T09:00Z", "--json")
    loop.rehearse("board", "--as-of", "2019-01-09T09:00Z")
    loop.rehearse("report", "case", "REV-2017-001", "--as-of", "2019-01-09T09:00Z")

    assert board.json["as_of"].startswith("2017-01-09")
    for page in ("board.html", "REV-2017-001.html"):
        assert "as things stood on" in (here / page).read_text("utf-8")
        assert "2019" not in (here / page).read_text("utf-8")
