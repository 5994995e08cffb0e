"""The verbs that look: show, list, history, audit."""

import sqlite3
from contextlib import closing

CHAIR = ("--by", "Carys Chair", "--role", "independent_chair")


def test_show_has_the_whole_file(loop):
    case = loop.case("harmed=yes", "told_on=2016-12-01", "--by", "Ann Lee")

    answer = loop.rehearse("show", case, "--json")

    assert answer.status == 0
    assert set(answer.json) >= {
        "case",
        "workflow",
        "state",
        "stage",
        "ended",
        "parent",
        "opened_on",
        "facts",
        "clocks",
    }
    assert set(answer.json) >= {"revision", "sub_cases", "links"}
    assert answer.json["facts"]["harmed"] == {
        "value": "yes",
        "so_on": "2017-01-09",
        "recorded_at": "2017-01-09T09:00:00.000000Z",
        "by": "Ann Lee",
        "evidence": None,
    }
    assert answer.json["clocks"][0]["due"] == "2017-01-01"
    assert answer.json["clocks"][0]["late"] is True


def test_show_in_words_says_who_answered_and_what_is_late(loop):
    case = loop.case("harmed=yes", "told_on=2016-12-01", "--by", "Ann Lee")
    loop.rehearse("record", case, "concern=no", "--evidence", "minute 7", "--on", "2017-01-09", "--by", "Bea")

    assert loop.rehearse("show", case).out.splitlines() == [
        "REV-2017-001, Review",
        "  state       referred: The referral is being looked at",
        "  stage       referral",
        "  whose move  business_unit",
        "  opened      Mon 2017-01-09",
        "  revision    2",
        "",
        "Facts",
        "FACT     ANSWER      FROM",
        "harmed   yes         Ann Lee, 2017-01-09",
        "concern  no          Bea, 2017-01-09; evidence: minute 7",
        "told_on  2016-12-01  Ann Lee, 2017-01-09",
        "",
        "Clocks",
        "DUE             STANDING                WHAT",
        "Sun 2017-01-01  LATE by 5 working days  decide",
    ]


def test_a_clock_that_runs_says_how_long_it_has(loop):
    case = loop.case("told_on=2016-12-10")

    assert "Tue 2017-01-10  1 working day left  decide" in loop.rehearse("show", case).out.splitlines()
    assert "due today" in loop.rehearse("show", case, now="2017-01-10T23:00Z").out
    assert "LATE by 1 working day" in loop.rehearse("show", case, now="2017-01-11T00:00Z").out


def test_show_names_sub_cases_and_links_both_ways(loop):
    parent = loop.case("harmed=yes")
    loop.rehearse("fire", parent, "accept", *CHAIR)
    action = loop.rehearse("open", "action", "owner=police", "--under", parent, "--json").json["case"]
    loop.rehearse("fire", action, "verify", "--role", "business_unit", "--agency", "hospital")
    new = loop.rehearse("fire", parent, "follow", "--role", "business_unit", "--json").json["opened"][0]

    assert f"{action}  actions  verified  verified" in loop.rehearse("show", parent).out.splitlines()
    assert f"  under       {parent} (actions)" in loop.rehearse("show", action).out.splitlines()
    assert f"arises from {parent}" in loop.rehearse("show", new).out.splitlines()
    assert f"gave rise to {new}" in loop.rehearse("show", parent).out.splitlines()


def test_list_prints_the_cases_in_order(loop):
    first, second = loop.case("harmed=yes"), loop.case("harmed=no")
    loop.rehearse("fire", first, "accept", *CHAIR)
    loop.rehearse("fire", second, "decline", *CHAIR, "--reason", "old")
    action = loop.rehearse("open", "action", "--under", first, "--json").json["case"]

    answer = loop.rehearse("list", "--json")

    assert answer.json[1] == {
        "case": second,
        "workflow": "review",
        "state": "declined",
        "stage": "decision",
        "ended": True,
        "parent": None,
        "opened_on": "2017-01-09",
        "adopted": False,
    }
    assert [each["case"] for each in answer.json] == [first, second, action]


def test_list_keeps_to_its_conditions(loop):
    first, second = loop.case("harmed=yes"), loop.case("harmed=no")
    loop.rehearse("fire", first, "accept", *CHAIR)
    loop.rehearse("fire", second, "decline", *CHAIR, "--reason", "old")
    action = loop.rehearse("open", "action", "--under", first, "--json").json["case"]

    def listed(*conditions):
        return [each["case"] for each in loop.rehearse("list", *conditions, "--json").json]

    assert listed("--open") == [first, action]
    assert listed("--workflow", "review") == [first, second]
    assert listed("--stage", "decision") == [second]
    assert listed("--state", "reviewing") == [first]
    assert listed("--state", "reviewing", "--stage", "decision") == []


def test_list_for_people_is_a_table(loop):
    case = loop.case("harmed=no")
    loop.rehearse("fire", case, "decline", *CHAIR, "--reason", "old")

    assert loop.rehearse("list").out.splitlines() == [
        "CASE          WORKFLOW  STATE             STAGE     OPENED      UNDER",
        "REV-2017-001  review    declined (ended)  decision  2017-01-09",
    ]
    assert loop.rehearse("list", "--open").out == "No cases.\n"


def test_history_marks_refusals(loop):
    case = loop.case("harmed=yes", "--by", "Ann Lee")
    loop.rehearse("fire", case, "decline", *CHAIR)
    loop.rehearse("fire", case, "accept", *CHAIR)

    lines = loop.rehearse("history", case).out.splitlines()

    assert lines[0] == "N  RECORDED, LONDON  SO ON       BY           WHAT HAPPENED"
    assert lines[1] == "1  2017-01-09 09:00  2017-01-09  Ann Lee      opened in referred with harmed=yes"
    assert lines[2].startswith(
        "2  2017-01-09 09:00  2017-01-09  Carys Chair  REFUSED decline: decline needs a reason;"
    )
    assert lines[3] == "3  2017-01-09 09:00  2017-01-09  Carys Chair  accept: referred -> reviewing"


def test_history_has_every_key_of_the_contract(loop):
    case = loop.case()

    line = loop.rehearse("history", case, "--json").json[0]

    assert set(line) >= {"n", "kind", "event", "by", "recorded_at", "so_on", "from", "to", "digest"}


def test_the_audit_of_a_sound_database_is_status_0(loop):
    loop.case()

    answer = loop.rehearse("audit", "--json")

    assert answer.status == 0
    assert answer.json.items() >= {"cases": 1, "entries": 1, "ok": True, "problems": []}.items()
    assert loop.rehearse("audit").out == "Every history verifies: 1 case, 1 entry.\n"


def test_a_history_that_was_changed_does_not_verify(loop):
    loop.case("harmed=yes")
    with closing(sqlite3.connect(loop.database)) as intruder:
        intruder.execute("drop trigger loop_entry_no_update")
        intruder.execute("update loop_entry set body = replace(body, 'harmed', 'hurmed')")
        intruder.commit()

    answer, in_json = loop.rehearse("audit"), loop.rehearse("audit", "--json")

    assert answer.status == in_json.status == 5
    assert (answer.err, in_json.err) == ("", "")
    assert in_json.json["ok"] is False
    assert len(in_json.json["problems"]) >= 2
    assert answer.out.startswith("The history does not verify: 1 case, 1 entry, ")
    assert in_json.json["problems"][0]["message"] in answer.out
