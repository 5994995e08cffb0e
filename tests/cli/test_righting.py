"""The verbs that put right: correct, withdraw, merge, adopt, reassign."""

from pathlib import Path

CHAIR = ("--by", "Carys Chair", "--role", "independent_chair")


def accepted(loop, *facts):
    case = loop.case("harmed=yes", *facts)
    loop.rehearse("fire", case, "accept", *CHAIR)
    return case


def test_correct_strikes_out_the_last_step_and_says_so(loop):
    case = accepted(loop)

    answer = loop.rehearse("correct", case, "--reason", "the wrong case", *CHAIR)

    assert answer.status == 0
    assert answer.out.splitlines() == [
        f"{case}: accept struck out, reviewing -> referred",
        "  stage       referral",
        "  entries     2",
    ]
    shown = loop.rehearse("history", case)
    assert "(struck out by 3)" in shown.out
    assert "PUT RIGHT accept UNDONE: reviewing -> referred, striking out entry 2" in shown.out


def test_the_json_of_correct_withdraw_and_merge(loop):
    case, other = accepted(loop), accepted(loop)

    corrected = loop.rehearse("correct", case, "--reason", "a mistake", "--dry-run", "--json", *CHAIR)
    withdrawn = loop.rehearse("withdraw", case, "--reason", "a mistake", "--dry-run", "--json", *CHAIR)
    merged = loop.rehearse("merge", case, other, "--reason", "the same", "--json", *CHAIR)

    assert corrected.json == {
        "case": case,
        "event": "accept",
        "undoes": [2],
        "from": "reviewing",
        "to": "referred",
        "state": "referred",
        "stage": "referral",
        "revision": 3,
        "withdrawn": [],
        "reopened": [],
        "also_moved": [],
        "dry_run": True,
    }
    ended = {"case": case, "from": "reviewing", "revision": 3, "withdrawn": [], "also_moved": []}
    assert withdrawn.json == ended | {"state": "withdrawn", "into": None, "dry_run": True}
    assert merged.json == ended | {"state": "merged", "into": other, "dry_run": False}
    assert loop.rehearse("list", "--state", "merged", "--json").json[0]["case"] == case
    assert loop.rehearse("audit").status == 0


def test_who_may_not_put_right_is_refused_and_a_reason_is_needed(loop):
    case = accepted(loop)

    refused = loop.rehearse("correct", case, "--reason", "a mistake", "--role", "lead_reviewer")
    unsaid = loop.rehearse("correct", case, *CHAIR)

    assert refused.status == 1
    assert "correct is for business_unit or independent_chair to do" in refused.err
    assert unsaid.status == 2


def test_a_case_is_adopted_with_its_past(loop):
    answer = loop.rehearse(
        *("adopt", "review", "harmed=yes", "--state", "reviewing", "--on", "2016-12-01"),
        *("--happened", "accept=2016-12-05", "--json", *CHAIR),
    )

    assert answer.status == 0
    assert (answer.json["case"], answer.json["state"], answer.json["revision"]) == (
        "REV-2016-001",
        "reviewing",
        1,
    )
    assert "ADOPTED in reviewing" in loop.rehearse("history", "REV-2016-001").out


def test_what_adopt_needs_is_said(loop):
    bare = loop.rehearse("adopt", "review", *CHAIR)
    wrong = loop.rehearse(
        *("adopt", "review", "--state", "reviewing", "--on", "2016-12-01", "--happened", "accept=5/12/2016"),
        *CHAIR,
    )

    assert (bare.status, wrong.status) == (2, 2)
    assert "adopt needs a workflow, --state and --on" in bare.err
    assert "--happened cannot be 'accept=5/12/2016'" in wrong.err


def test_a_spreadsheet_with_a_wrong_cell_is_told_by_cell(loop, tmp_path):
    file = Path(tmp_path) / "live.csv"
    file.write_text(
        "workflow,state,opened_on\nreview,referd,2016-12-01\nreviw,referred,2016-12-01\n", "utf-8"
    )

    wrong = loop.rehearse("adopt", "--from", str(file), *CHAIR)
    file.write_text("workflow,state,opened_on\nreview,referred,2016-12-01\n", "utf-8")
    right = loop.rehearse("adopt", "--from", str(file), "--json", *CHAIR)

    assert wrong.status == 1
    assert wrong.err.splitlines()[-2:] == [
        f"error: {file}:B2: no state is called 'referd'; did you mean 'referred'?",
        f"{file}:A3: no workflow is called 'reviw'; did you mean 'review'?",
    ]
    assert (right.status, [each["case"] for each in right.json]) == (0, ["REV-2016-001"])


def test_what_cannot_be_put_right_is_told_with_what_can_be_done_instead(loop):
    case = loop.case()

    nothing = loop.rehearse("correct", case, "--reason", "x", *CHAIR)
    itself = loop.rehearse("merge", case, case, "--reason", "x", *CHAIR)
    nobody = loop.rehearse("withdraw", case, "--reason", "x")

    assert (nothing.status, itself.status, nobody.status) == (1, 1, 1)
    assert "what was opened in error is withdrawn, and a wrong answer recorded anew" in nothing.err
    assert "they are the same, or one of them contains the other; name the case that goes on" in itself.err
    assert "the actor acts as nobody: say in which role" in nobody.err


def test_agencies_that_merge(loop):
    case = loop.case("agencies=police,school")

    tried = loop.rehearse("reassign", "school", "hospital", "--reason", "merged", "--dry-run", *CHAIR)
    done = loop.rehearse("reassign", "school", "hospital", "--reason", "merged", "--json", *CHAIR)

    assert tried.out.splitlines() == [
        f"{case}: hospital instead of school in agencies",
        "1 case changed.",
        "Tried only: nothing was written.",
    ]
    assert done.json == {
        "old": "school",
        "new": "hospital",
        "done": [{"case": case, "facts": ["agencies"]}],
        "failures": [],
        "dry_run": False,
    }
