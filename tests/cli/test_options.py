"""The options that every verb shares: before it or after it, from the environment, and how they are read."""

import pytest

CHAIR = ("--by", "Carys Chair", "--role", "independent_chair")


@pytest.mark.parametrize("options", [CHAIR, (*CHAIR, "--role", "executive")])
def test_options_stand_before_or_after_the_verb(loop, options):
    case = loop.case("harmed=yes")

    before = loop.rehearse(*options, "fire", case, "think", "--json")
    between = loop.rehearse("fire", *options, case, "think", "--json")
    after = loop.rehearse("--json", "fire", case, "think", *options)

    assert [each.status for each in (before, between, after)] == [0, 0, 0]
    assert [each.json["moved"] for each in (before, between, after)] == [True, True, True]
    assert {line["by"] for line in loop.rehearse("history", case, "--json").json[1:]} == {"Carys Chair"}


def test_what_stands_after_the_verb_wins_and_roles_add_up(loop):
    case = loop.case("harmed=yes")

    answer = loop.rehearse(
        "--by",
        "Ann",
        "--role",
        "business_unit",
        "fire",
        case,
        "accept",
        "--by",
        "Bea",
        "--role",
        "independent_chair",
    )

    assert answer.status == 0
    assert loop.rehearse("history", case, "--json").json[-1]["by"] == "Bea"


def test_several_roles_may_be_given_with_commas(loop):
    case = loop.case("harmed=yes")

    assert loop.rehearse("fire", case, "think", "--role", "business_unit, independent_chair").status == 0


def test_the_environment_says_who_acts(loop):
    case = loop.case("harmed=yes", "agencies=police")
    loop.env = {"LOOPENGINE_BY": "Carys", "LOOPENGINE_ROLES": "independent_chair,lead_reviewer"}

    assert loop.rehearse("fire", case, "accept").status == 0
    assert loop.rehearse("history", case, "--json").json[-1]["by"] == "Carys"


def test_an_option_wins_over_the_environment(loop):
    case = loop.case("harmed=yes")
    loop.env = {"LOOPENGINE_BY": "Carys", "LOOPENGINE_ROLES": "business_unit"}

    assert loop.rehearse("fire", case, "accept").status == 1
    assert loop.rehearse("fire", case, "accept", "--role", "independent_chair").status == 0


def test_the_agency_can_stand_in_the_environment_or_in_an_option(loop):
    parent = loop.case("harmed=yes")
    action = loop.rehearse("open", "action", "--under", parent, "owner=police", "--json").json["case"]
    second = loop.rehearse("open", "action", "--under", parent, "owner=police", "--json").json["case"]

    assert loop.rehearse("fire", action, "begin", "--role", "agency").status == 1
    assert loop.rehearse("fire", action, "begin", "--role", "agency", "--agency", "police").status == 0
    loop.env = {"LOOPENGINE_AGENCY": "police"}
    assert loop.rehearse("fire", second, "begin", "--role", "agency").status == 0


def test_without_anything_said_the_login_name_acts_in_no_role(loop, monkeypatch):
    monkeypatch.setenv("LOGNAME", "alee")

    case = loop.case()

    assert loop.rehearse("history", case, "--json").json[0]["by"] == "alee"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--on", "3 January"], "--on cannot be '3 January'"),
        (["--on", "2017-13-01"], "--on cannot be '2017-13-01'"),
        (["--revision", "one"], "--revision cannot be 'one'"),
        (["--revision", "-1"], "--revision cannot be '-1'"),
        (["--now", "2017-01-09"], "--now cannot be '2017-01-09'"),
        (["--now", "2017-01-09T09:00"], "--now cannot be '2017-01-09T09:00'"),
        (["--now", "today"], "--now cannot be 'today'"),
        (["--key", ""], "--key says nothing"),
        (["--by", ""], "--by says nothing"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_the_way_out(loop, options, said):
    answer = loop("record", "REV-2017-001", "harmed=yes", *options)

    assert answer.status == 2
    assert answer.out == ""
    first, hint = answer.err.splitlines()
    assert first == f"error: {said}"
    assert hint


@pytest.mark.parametrize(
    "options",
    [
        ["--on", "0001-01-01"],
        ["--on", "1899-12-31"],
        ["--on=2200-01-01"],
        ["--on", "9999-12-31"],
        ["--now", "0001-01-01T00:00:00Z"],
        ["--now", "1899-12-31T23:59Z"],
        ["--now", "2200-01-01T00:00Z"],
        ["--now", "9999-12-31T23:59:59.999999Z"],
    ],
)
@pytest.mark.parametrize("place", ["before", "after"])
def test_a_year_that_cannot_be_meant_is_refused_and_nothing_is_made(loop, options, place):
    verb = ["open", "review"]

    answer = loop(*options, *verb) if place == "before" else loop(*verb, *options)

    assert (answer.status, answer.out) == (2, "")
    assert answer.err.splitlines()[1] == "its year is one of 1900 to 2199"
    assert not loop.database.exists()


@pytest.mark.parametrize("instant", ["0001-01-01T00:00Z", "9999-12-31T23:59Z"])
@pytest.mark.parametrize("verb", [["list"], ["why", "REV-2017-001"]])
def test_nothing_can_be_looked_at_as_of_a_year_that_cannot_be_meant(loop, verb, instant):
    loop.case()

    answer = loop.rehearse(*verb, "--as-of", instant, "--json")

    assert (answer.status, answer.error["kind"]) == (2, "bad_value")


@pytest.mark.parametrize(
    ("first", "last"), [("1900-01-01", "1900-01-01T00:00Z"), ("2199-12-31", "2199-12-31T23:59Z")]
)
def test_the_first_and_the_last_year_can_be_meant(loop, first, last):
    answer = loop.rehearse("open", "review", "--on", first, "--json", now=last)

    assert (answer.status, answer.json["case"]) == (0, f"REV-{first[:4]}-001")


@pytest.mark.parametrize(
    ("verb", "option"),
    [
        (["open", "review"], "--revision=1"),
        (["list"], "--key=a"),
        (["audit"], "--as-of=2017-01-09T09:00Z"),
        (["why", "REV-2017-001"], "--on=2017-01-09"),
    ],
)
def test_an_option_that_a_verb_cannot_heed_is_refused_wherever_it_stands(loop, verb, option):
    for args in ([option, *verb], [*verb, option]):
        answer = loop(*args)
        assert answer.status == 2
        assert option.split("=")[0] in answer.err


def test_who_acts_and_where_may_be_said_to_any_verb(loop):
    answer = loop(
        "workflows",
        "--json",
        "--by",
        "Ann",
        "--role",
        "agency",
        "--db",
        "elsewhere.db",
        "--now",
        "2017-01-09T09:00Z",
    )

    assert answer.status == 0


def test_a_plain_path_is_a_database_and_so_is_a_url(loop, tmp_path):
    loop.rehearse("open", "review", "--db", str(tmp_path / "a b?c%20.db"))

    assert (tmp_path / "a b?c%20.db").exists()
    assert (
        loop("list", "--db", f"sqlite:///{tmp_path}/a b%3Fc%2520.db", "--json").json[0]["case"]
        == "REV-2017-001"
    )


def test_the_default_database_is_in_the_users_data_folder_and_named_when_it_is_made(
    loop, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    loop.env = {"LOOPENGINE_DB": None}
    place = tmp_path / "data" / "loopengine" / "loopengine.db"

    first, second = (loop.rehearse("open", "review", "--json") for _ in range(2))

    assert place.exists()
    assert first.err == f"note: made the database {place}\n"
    assert second.err == ""
    assert second.json["case"] == "REV-2017-002"


def test_the_same_key_again_is_done_once(loop):
    case = loop.case("harmed=yes")
    fire = ("fire", case, "accept", "--key", "k-1", *CHAIR, "--json")

    first, second = loop.rehearse(*fire), loop.rehearse(*fire)

    assert first == second
    assert first.json["moved"]
    assert len(loop.rehearse("history", case, "--json").json) == 2


def test_another_request_under_the_same_key_is_a_mistake(loop):
    case = loop.case("harmed=yes")
    loop.rehearse("record", case, "concern=yes", "--key", "k-1")

    assert loop.rehearse("record", case, "concern=unknown", "--key", "k-1").status == 2


def test_a_case_that_moved_on_is_stale(loop):
    case = loop.case()
    loop.rehearse("record", case, "harmed=yes", "--revision", "1")

    answer = loop.rehearse("record", case, "harmed=no", "--revision", "1", "--json")

    assert answer.status == 4
    assert answer.out == ""
    assert answer.error["kind"] == "stale_case"
    assert loop.rehearse("show", case, "--json").json["facts"]["harmed"]["value"] == "yes"


def test_as_of_shows_what_was_known_then(loop):
    case = loop.rehearse("open", "review", "--json", now="2017-01-09T09:00Z").json["case"]
    loop.rehearse("record", case, "harmed=yes", now="2017-01-10T09:00Z")
    loop.rehearse("fire", case, "accept", *CHAIR, now="2017-01-11T09:00Z")
    then = ("--as-of", "2017-01-09T12:00+00:00", "--json")

    assert loop.rehearse("show", case, *then).json["facts"] == {}
    assert loop.rehearse("list", *then).json[0]["state"] == "referred"
    assert len(loop.rehearse("history", case, *then).json) == 1
    assert [event["verdict"] for event in loop.rehearse("why", case, "accept", *then).json["events"]] == [
        "undetermined"
    ]
    assert loop.rehearse("show", case, "--as-of", "2017-01-08T09:00Z").status == 3


def test_a_database_that_is_no_rehearsal_never_becomes_one(loop):
    loop("open", "review")

    for args in (["list"], ["open", "review"], ["record", "REV-1", "harmed=yes"]):
        answer = loop.rehearse(*args)
        assert answer.status == 2
        assert "was not made as a rehearsal" in answer.err
    assert len(loop("list", "--json").json) == 1


def test_a_rehearsal_stays_one_and_says_so_when_the_real_clock_is_used(loop):
    loop.case()

    answer = loop("list", "--json")

    assert answer.status == 0
    assert answer.err.startswith("note: this database is a rehearsal")
    assert loop.rehearse("list", "--json").err == ""


@pytest.mark.parametrize(
    "words",
    [
        ["open", "review"],
        ["record", "REV-2017-001", "harmed=yes"],
        ["fire", "REV-2017-001", "think", "--role", "independent_chair"],
        ["sweep"],
        ["sweep", "--dry-run"],
        ["run"],
        ["calendar", "close", "2017-02-01", "--reason", "an office move"],
        ["people", "add", "Ann", "executive", "--since", "2016-01-01"],
        ["outbox", "deliver", "--to", "print"],
    ],
)
def test_nothing_of_the_real_time_is_written_to_a_rehearsal(loop, words):
    loop.case()

    answer = loop(*words)

    assert answer.status == 2
    assert "is a rehearsal, and nothing of the real time belongs in it" in answer.err
    assert "--now INSTANT" in answer.err
    assert len(loop.rehearse("history", "REV-2017-001", "--json").json) == 1


def test_in_a_rehearsal_the_instant_given_is_when_it_is_recorded(loop):
    case = loop.case()

    assert loop.rehearse("history", case, "--json").json[0]["recorded_at"] == "2017-01-09T09:00:00.000000Z"
    assert case == "REV-2017-001"


def test_the_time_of_a_rehearsal_does_not_run_backwards(loop):
    case = loop.case()

    answer = loop.rehearse("record", case, "harmed=yes", "--json", now="2017-01-08T09:00Z")

    assert answer.status == 1
    assert answer.error["kind"] == "clock_went_back"
