"""The verbs that write: open, record, fire."""

CHAIR = ("--by", "Carys Chair", "--role", "independent_chair")
REVIEWER = ("--role", "lead_reviewer")


def test_open_prints_where_the_case_begins(loop):
    answer = loop.rehearse("open", "review", "harmed=yes", "--json")

    assert answer.status == 0
    assert answer.json == {
        "case": "REV-2017-001",
        "workflow": "review",
        "state": "referred",
        "stage": "referral",
        "revision": 1,
        "warnings": [],
    }


def test_open_outside_the_time_in_force_warns_and_goes_on(loop):
    answer = loop.rehearse("open", "review", "--on", "2014-12-01", "--json", "--json")

    assert answer.status == 0
    assert answer.json["case"] == "REV-2014-001"
    warning = "review is in force from 2015-03-26 until 2019-09-29: 2014-12-01 lies outside"
    assert answer.json["warnings"] == [warning]
    assert f"note: {warning}\n" in answer.err


def test_a_day_decades_ahead_is_taken_and_told(loop):
    """2107 for 2017: the clock that begins then would say nothing for ninety years."""
    opened = loop.rehearse("open", "review", "told_on=2107-01-09")
    recorded = loop.rehearse("record", "REV-2017-001", "told_on=2023-01-09", "--json")
    sensible = loop.rehearse("record", "REV-2017-001", "told_on=2022-12-31", "note=2107", "--json")

    assert (opened.status, recorded.status) == (0, 0)
    assert opened.err.splitlines()[-1] == (
        "note: told_on is 2107-01-09, 90 years ahead: if the year is a slip, put it right with --correct"
    )
    assert "note: told_on is 2023-01-09, 6 years ahead" in recorded.err
    assert "ahead" not in sensible.err


def test_open_in_words_says_what_to_do_next(loop):
    answer = loop.rehearse("open", "review")

    assert answer.out.splitlines() == [
        "REV-2017-001 is open: Review",
        "  state       referred: The referral is being looked at",
        "  stage       referral",
        "  next        what may happen, and what to ask:",
        "              loopengine why REV-2017-001 --now 2017-01-09T09:00:00Z",
    ]


def test_a_sub_case_is_opened_under_its_parent(loop):
    parent = loop.case("harmed=yes")

    answer = loop.rehearse("open", "action", "owner=police", "--under", parent, "--json")

    assert answer.json["case"] == "ACT-2017-001"
    assert loop.rehearse("show", parent, "--json").json["sub_cases"][0]["case"] == "ACT-2017-001"


def test_a_workflow_that_the_parent_does_not_take_is_a_mistake(loop):
    parent = loop.case()

    answer = loop.rehearse("open", "review", "--under", parent)

    assert answer.status == 2
    assert answer.err.splitlines()[1] == "it takes: action"


def test_open_takes_evidence(loop):
    case = loop.case("concern=no", "--evidence", "minute 7")

    assert loop.rehearse("show", case, "--json").json["facts"]["concern"]["evidence"] == "minute 7"


def test_record_prints_what_was_recorded(loop):
    case = loop.case()

    answer = loop.rehearse(
        "record", case, "harmed=yes", "agencies=school,police", "told_on=unknown", "--json"
    )

    assert answer.status == 0
    assert answer.json == {
        "case": case,
        "recorded": {"harmed": "yes", "agencies": ["police", "school"], "told_on": "unknown"},
        "revision": 2,
        "also_moved": [],
        "alike": [],
    }


def test_the_first_equals_sign_splits(loop):
    case = loop.case()

    loop.rehearse("record", case, "note=2 + 2 = 4")

    assert loop.rehearse("show", case, "--json").json["facts"]["note"]["value"] == "2 + 2 = 4"


def test_a_change_and_a_correction_are_different_in_history(loop):
    case = loop.case("harmed=yes")

    loop.rehearse("record", case, "harmed=no", "--on", "2017-01-09")
    loop.rehearse("record", case, "harmed=yes", "--correct")

    kinds = [line["kind"] for line in loop.rehearse("history", case, "--json").json]
    assert kinds == ["opened", "recorded", "corrected"]


def test_on_says_when_it_was_so(loop):
    case = loop.rehearse("open", "review", "--on", "2017-01-02", "--json").json["case"]

    loop.rehearse("record", case, "harmed=yes", "--on", "2017-01-03")

    fact = loop.rehearse("show", case, "--json").json["facts"]["harmed"]
    assert (fact["so_on"], fact["recorded_at"][:10]) == ("2017-01-03", "2017-01-09")


def test_record_names_the_cases_that_moved_because_of_it(loop):
    case = loop.case()

    answer = loop.rehearse("record", case, "harmed=yes", "note=seen")

    assert answer.out.splitlines() == [
        f"{case} has it on record (revision 2)",
        "  fact        harmed = yes",
        "  fact        note = seen",
    ]


def test_fire_that_moves_is_status_0(loop):
    case = loop.case("harmed=yes", "agencies=police,school")
    loop.rehearse("fire", case, "accept", *CHAIR)

    answer = loop.rehearse("fire", case, "ask_all", *REVIEWER, "--json")

    assert answer.status == 0
    assert {
        key: answer.json[key] for key in ("moved", "from", "to", "stage", "verdict", "opened", "also_moved")
    } == {
        "moved": True,
        "from": "reviewing",
        "to": "reviewing",
        "stage": "review",
        "verdict": "allowed",
        "opened": ["ACT-2017-001", "ACT-2017-002"],
        "also_moved": [],
    }


def test_fire_that_is_refused_is_status_1_and_an_answer(loop):
    case = loop.case("harmed=yes")

    answer = loop.rehearse("fire", case, "decline", *CHAIR, "--json")

    assert (answer.status, answer.err) == (1, "")
    assert answer.json["moved"] is False
    assert answer.json["verdict"] == "refused"
    assert answer.json["to"] is None
    assert answer.json["because"]["verdict"] == "false"
    assert loop.rehearse("history", case, "--json").json[-1]["kind"] == "refused"


def test_fire_that_is_undetermined_says_what_to_ask(loop):
    case = loop.case()

    answer, in_json = (
        loop.rehearse("fire", case, "accept", *CHAIR),
        loop.rehearse("fire", case, "accept", *CHAIR, "--json"),
    )

    assert answer.status == in_json.status == 1
    assert in_json.json["verdict"] == "undetermined"
    assert answer.out.splitlines() == [
        f"{case}: accept undetermined, still in referred",
        "  because     accept needs what is not settled (criteria): ask for harmed"
        "; executive may override it with a reason",
        "  ask         Was the child harmed?",
        f"              loopengine record {case} harmed=ANSWER --now 2017-01-09T09:00:00Z",
        "              ANSWER: yes, no or unknown",
        "  more        what it rests on:",
        f"              loopengine why {case} accept --now 2017-01-09T09:00:00Z",
    ]


def test_the_line_that_fire_proposes_can_be_typed(loop):
    case = loop.case()
    proposed = loop.rehearse("fire", case, "accept", *CHAIR).out.splitlines()[3].split()

    answer = loop(*[word.replace("ANSWER", "yes") for word in proposed[1:]])

    assert answer.status == 0
    assert loop.rehearse("fire", case, "accept", *CHAIR).status == 0


def test_an_event_that_this_state_does_not_answer_is_refused(loop):
    case = loop.case("harmed=yes")

    assert loop.rehearse("fire", case, "publish", "--role", "business_unit").status == 1


def test_an_override_is_said_loudly(loop):
    case = loop.case("harmed=no")

    answer = loop.rehearse("fire", case, "accept", "--role", "executive", "--reason", "The chair is away")

    assert answer.status == 0
    assert answer.out.startswith(f"{case}: accept allowed (OVERRIDING its rule), referred -> reviewing\n")
    history = loop.rehearse("history", case).out
    assert "OVERRIDDEN accept: referred -> reviewing; reason: The chair is away" in history


def test_what_a_step_also_moved_is_named(loop):
    parent = loop.case("harmed=yes")
    loop.rehearse("fire", parent, "accept", *CHAIR)
    action = loop.rehearse("open", "action", "owner=police", "--under", parent, "--json").json["case"]

    answer = loop.rehearse("fire", action, "verify", "--role", "business_unit", "--agency", "hospital")

    assert f"  also moved  {parent}" in answer.out.splitlines()
    assert loop.rehearse("show", parent, "--json").json["state"] == "done"


def test_who_may_not_act_is_told_who_may(loop):
    case = loop.case("harmed=yes")

    answer = loop.rehearse("fire", case, "accept", "--role", "lead_reviewer")

    assert answer.status == 1
    assert "accept is for independent_chair to take; the actor acts as lead_reviewer" in answer.out
