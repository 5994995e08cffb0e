"""The verbs about people: adding, listing, ending, changing, erasing, importing, and what is vacant."""

from __future__ import annotations

from typing import Any

import click
import pytest
from click.testing import CliRunner

from loopengine.cli import people as verbs
from loopengine.cli.offices import tell_vacancies
from loopengine.cli.options import Given
from loopengine.cli.output import Page
from loopengine.cli.people import people_verb, vacancies
from loopengine.cli.program import program
from loopengine.clock import parse_instant

NOW = "2017-01-09T09:00Z"
VERBS = sorted(people_verb.commands)
CARYS = ("Carys Chair", "independent_chair")


def added(loop: Any, *args: str) -> Any:
    """Somebody who was added: the answer in JSON."""
    answer = loop.rehearse("people", "add", *args, "--json")
    assert answer.status == 0, answer.err
    return answer.json


def names(loop: Any, *args: str) -> list[str]:
    return [each["name"] for each in loop.rehearse("people", "list", *args, "--json").json]


def given(loop: Any) -> Given:
    """What a call of `check --people` has been given."""
    return Given(db=str(loop.database), workflows=str(loop.workflows), now=parse_instant(NOW))


# list and add


def test_somebody_is_added_and_listed(loop):
    one = added(loop, "Pat Lead", "agency_lead", "--agency-of", "police", "--address", "pat@example.org")

    assert one == {
        "name": "Pat Lead",
        "role": "agency_lead",
        "agency": "police",
        "address": "pat@example.org",
        "standing": "holder",
        "since": "2017-01-09",
        "until": None,
    }
    assert loop.rehearse("people", "list", "--json").json == [one]


def test_people_are_shown_in_a_table_and_without_a_verb_they_are_listed(loop):
    added(loop, *CARYS, "--since", "2016-01-01")
    added(loop, "Dee", "independent_chair", "--acting", "--until", "2017-01-31")

    shown = loop.rehearse("people", "list")

    assert shown.out.splitlines() == [
        "ROLE               AGENCY  NAME         HOW     ADDRESS  SINCE       UNTIL",
        "independent_chair          Carys Chair                   2016-01-01",
        "independent_chair          Dee          acting           2017-01-09  2017-01-31",
    ]
    assert loop.rehearse("people").out == shown.out


def test_without_a_verb_the_options_are_those_of_list(loop):
    added(loop, *CARYS)
    added(loop, "Ann", "executive")

    assert loop.rehearse("people", "--json").json == loop.rehearse("people", "list", "--json").json
    assert [each["name"] for each in loop.rehearse("people", "--for", "executive", "--json").json] == ["Ann"]


def test_a_list_is_of_today_of_another_day_of_a_role_or_of_all(loop):
    added(loop, "Ann", "executive", "--since", "2015-01-01", "--until", "2015-12-31")
    added(loop, "Bea", "executive", "--deputy")
    added(loop, *CARYS)

    assert names(loop) == ["Bea", "Carys Chair"]
    assert names(loop, "--on", "2015-12-31") == ["Ann"]
    assert names(loop, "--for", "executive", "--all") == ["Ann", "Bea"]
    assert loop.rehearse("people", "list", "--on", "2014-01-01").out == "Nobody, on 2014-01-01.\n"
    assert loop.rehearse("people", "list", "--for", "exekutive").status == 2
    assert loop.rehearse("people", "list", "--all", "--on", "2014-01-01").status == 2


def test_what_was_added_is_said_in_words(loop):
    lines = [
        loop.rehearse("people", "add", *args).out
        for args in (
            (*CARYS, "--since", "2016-01-01"),
            ("Dee", "independent_chair", "--acting", "--since", "2017-02-01", "--until", "2017-02-28"),
            ("Pat", "agency_lead", "--agency-of", "police", "--deputy"),
        )
    ]

    assert lines == [
        "Carys Chair: independent_chair, from 2016-01-01 on\n",
        "Dee: acting independent_chair, from 2017-02-01 until 2017-02-28\n",
        "Pat: deputy agency_lead of police, from 2017-01-09 on\n",
    ]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["Ann", "exekutive"], "no role is called 'exekutive'"),
        (["Ann", "agency_lead"], "agency_lead is held for an agency, and none is named"),
        (["Ann", "agency_lead", "--agency-of", "polise"], "no agency is called 'polise'"),
        (["Ann", "executive", "--address", "ann"], "an address cannot be 'ann'"),
        (["Ann", "executive", "--address", ""], "--address says nothing"),
        (["Ann", "executive", "--since", "31/01/2017"], "--since cannot be '31/01/2017'"),
        (["Ann", "executive", "--until", "soon"], "--until cannot be 'soon'"),
        (["Ann", "executive", "--acting", "--deputy"], "--acting and --deputy say different things"),
        ([" ", "executive"], "a person has no name"),
    ],
)
def test_what_cannot_be_is_refused_before_there_is_a_database(loop, args, said):
    answer = loop.rehearse("people", "add", *args)

    assert (answer.status, answer.out) == (2, "")
    assert answer.err.splitlines()[0] == f"error: {said}"
    assert len(answer.err.splitlines()) == 2
    assert not loop.database.exists()


def test_a_day_as_spreadsheets_write_it_is_met_with_how_to_write_it(loop):
    answer = loop.rehearse("people", "add", "Ann", "executive", "--since", "31/01/2017")

    assert "write 2017-01-31 if 31 January 2017 is meant" in answer.err


def test_a_role_that_somebody_holds_already_is_refused(loop):
    added(loop, *CARYS)

    answer = loop.rehearse("people", "add", *CARYS, "--json")

    assert (answer.status, answer.error["kind"]) == (1, "refused")
    assert "independent_chair from 2017-01-09 on already" in answer.error["message"]


def test_the_database_is_made_by_the_first_person_and_not_by_looking(loop):
    assert loop.rehearse("people", "list").status == 6
    assert not loop.database.exists()

    assert "note: made the database" in loop.rehearse("people", "add", *CARYS).err


# end and change


def test_a_role_ends_on_its_last_day(loop):
    added(loop, *CARYS, "--since", "2016-01-01")

    answer = loop.rehearse("people", "end", *CARYS, "--until", "2017-01-31")

    assert answer.out == "Carys Chair: independent_chair, from 2016-01-01 until 2017-01-31\n"
    assert names(loop, "--on", "2017-01-31") == ["Carys Chair"]
    assert names(loop, "--on", "2017-02-01") == []


def test_one_of_several_agencies_can_be_named(loop):
    for agency in ("police", "hospital"):
        added(loop, "Pat", "agency_lead", "--agency-of", agency)

    ended = loop.rehearse(
        "people", "end", "Pat", "agency_lead", "--until", "2017-01-31", "--agency-of", "police", "--json"
    )

    assert [(each["agency"], each["until"]) for each in ended.json] == [("police", "2017-01-31")]


def test_whoever_is_not_there_is_met_with_the_nearest_names(loop):
    added(loop, *CARYS)

    answer = loop.rehearse("people", "end", "Carys Chiar", "independent_chair", "--until", "2017-01-31")

    assert answer.status == 2
    assert answer.err.splitlines() == [
        "error: no person is called 'Carys Chiar'",
        "did you mean 'Carys Chair'?",
    ]


def test_whoever_is_like_nobody_is_not_told_who_else_there_is(loop):
    added(loop, *CARYS)

    answer = loop.rehearse("people", "end", "NOBODY", "independent_chair", "--until", "2017-01-31")

    assert answer.status == 2
    assert answer.err.splitlines() == [
        "error: no person is called 'NOBODY'",
        "`loopengine people` lists those that there are",
    ]


def test_a_name_and_an_address_can_be_changed(loop):
    added(loop, *CARYS)

    changed = loop.rehearse(
        "people", "change", "Carys Chair", "--name", "Carys Hill", "--address", "hill@example.org", "--json"
    )

    assert [(each["name"], each["address"]) for each in changed.json] == [("Carys Hill", "hill@example.org")]
    assert loop.rehearse("people", "change", "Carys Hill").status == 2


# erase


def test_somebody_is_erased_for_good(loop):
    added(loop, *CARYS)
    added(loop, "Carys Chair", "executive")

    answer = loop.rehearse("people", "erase", "Carys Chair", "--yes")

    assert (answer.status, answer.out) == (0, "Carys Chair is erased, with 2 roles that they held\n")
    assert names(loop, "--all") == []
    assert loop.rehearse("people", "erase", "Carys Chair", "--yes").status == 2


def test_where_nobody_can_be_asked_nobody_is_erased_without_a_yes(loop):
    added(loop, *CARYS)

    answer = loop.rehearse("people", "erase", "Carys Chair")

    assert answer.status == 2
    assert "Carys Chair, their address and 1 role that they held will be erased for good" in answer.err
    assert "say --yes" in answer.err
    assert names(loop) == ["Carys Chair"]


@pytest.mark.parametrize(("typed", "status", "left"), [("n\n", 1, ["Carys Chair"]), ("y\n", 0, [])])
def test_whoever_sits_at_a_terminal_is_asked(loop, monkeypatch, typed, status, left):
    added(loop, *CARYS)
    monkeypatch.setattr(verbs, "_is_asked_at_a_terminal", lambda: True)
    env = {"LOOPENGINE_DB": str(loop.database), "LOOPENGINE_WORKFLOWS": str(loop.workflows)}
    args = ["people", "erase", "Carys Chair", "--json", "--now", NOW]

    result = CliRunner().invoke(program, args, input=typed, env=env)

    assert result.exit_code == status
    assert "It cannot be undone. Erase them? [y/N]: " in result.stderr
    assert result.stdout.startswith("{")
    assert names(loop) == left


# import


def test_a_file_of_people_is_imported_and_the_second_time_nothing_changes(loop, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("name;role;agency\nCarys Chair;independent_chair;\nPat;agency;police\n", "utf-8-sig")

    first, second = (loop.rehearse("people", "import", str(file)).out for _ in range(2))

    assert first == "2 added, 0 changed, 0 unchanged\n"
    assert second == "0 added, 0 changed, 2 unchanged\n"
    assert loop.rehearse("people", "import", str(file), "--json").json == {
        "added": 0,
        "changed": 0,
        "unchanged": 2,
    }


def test_all_that_is_wrong_in_a_file_is_said_and_no_database_is_made_for_it(loop, tmp_path, monkeypatch):
    (tmp_path / "people.csv").write_text("name,role\nAnn,exekutive\n,executive\n", "utf-8")
    monkeypatch.chdir(tmp_path)

    answer = loop.rehearse("people", "import", str(tmp_path / "people.csv"))

    assert (answer.status, answer.out) == (1, "")
    assert answer.err.splitlines() == [
        "error: nobody was imported: 2 things are wrong",
        "people.csv:2: no role is called 'exekutive'; did you mean 'executive'?",
        "people.csv:3: a person has no name; say who it is",
    ]
    assert not loop.database.exists()


def test_what_the_file_and_the_directory_have_wrong_is_said_together(loop, tmp_path):
    added(loop, "Ann", "executive", "--since", "2016-01-01")
    file = tmp_path / "people.csv"
    file.write_text("name,role,since\nAnn,executive,2017-01-01\nBea,exekutive,\n", "utf-8")

    answer = loop.rehearse("people", "import", str(file), "--json")

    assert (answer.status, answer.error["kind"]) == (1, "rows_refused")
    first, second = answer.error["message"].splitlines()
    assert first.startswith(f"{file}:2: Ann is executive from 2016-01-01 on already")
    assert second.startswith(f"{file}:3: no role is called 'exekutive'")
    assert names(loop) == ["Ann"]


def test_a_file_that_is_not_there_is_a_mistake(loop, tmp_path):
    answer = loop.rehearse("people", "import", str(tmp_path / "none.csv"))

    assert answer.status == 2
    assert "there is no file" in answer.err
    assert not loop.database.exists()


# vacancies, help


def test_what_nobody_holds_is_told_with_what_it_is_needed_for(loop, capsys):
    for role in ("business_unit", "independent_chair", "executive"):
        added(loop, "Ann", role)
    added(loop, "Pat", "agency", "--agency-of", "police")

    vacant = vacancies(given(loop))
    tell_vacancies(Page(), vacant)

    assert [each.role for each in vacant] == ["agency", "agency", "agency", "lead_reviewer"]
    assert capsys.readouterr().out.splitlines() == [
        "",
        "Nobody holds",
        "agency",
        "  for         hospital, school, council",
        "  needed      to see to proposed (action); to take begin (action)",
        "lead_reviewer",
        "  needed      to see to reviewing (review); to take propose (review); to take ask_all (review)",
    ]


def test_a_role_needed_in_many_places_shows_some_of_them(loop, capsys):
    added(loop, *CARYS)

    tell_vacancies(Page(), vacancies(given(loop)))

    lines = capsys.readouterr().out.splitlines()
    unit = lines[lines.index("business_unit") + 1]
    assert unit.count(";") == 3
    assert unit.endswith(" more")


def test_where_everything_is_held_nothing_is_said(capsys):
    tell_vacancies(Page(), ())

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", VERBS)
def test_each_says_what_it_does_and_shows_an_example(name):
    shown = CliRunner().invoke(people_verb, [name, "--help"])

    assert shown.exit_code == 0
    command = people_verb.commands[name]
    summary, rest = (command.help or "").split("\n", 1)
    assert summary.endswith(".")
    assert f"\n  loopengine people {name}" in rest
    assert all(param.help for param in command.params if isinstance(param, click.Option))


def test_a_verb_that_there_is_not_is_refused_with_the_nearest(loop):
    answer = loop.rehearse("people", "ad", *CARYS)

    assert answer.status == 2
    assert "did you mean 'add'" in answer.err
