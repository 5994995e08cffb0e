"""The framework in use: cases go on while its files are mended, and unknown names are refused."""

from __future__ import annotations

import pytest

CHAIR = ("--by", "Carys Chair", "--role", "independent_chair")
READING = ["why", "show", "history", "list", "audit"]


def typed(verb, case):
    return [verb] if verb in ("list", "audit") else [verb, case]


def broken(loop, text="workflow: review\nversion: one\nstatse: {}\n"):
    (loop.workflows / "review.yaml").write_text(text, "utf-8")


def without_framework(loop):
    (loop.workflows / "framework.yaml").unlink()


@pytest.mark.parametrize("verb", READING)
@pytest.mark.parametrize("damage", [broken, without_framework])
def test_a_half_edited_folder_is_not_in_the_way_of_looking(loop, verb, damage):
    case = loop.case("harmed=yes")
    before = loop.rehearse(*typed(verb, case), "--json")
    damage(loop)

    answer = loop.rehearse(*typed(verb, case), "--json")

    assert (answer.status, answer.out) == (0, before.out)
    (note,) = answer.err.splitlines()
    assert note.startswith(f"note: the workflow files in {loop.workflows} cannot be used as they are")
    assert "`loopengine check` says why" in note


def test_a_case_goes_on_while_the_files_are_being_mended(loop):
    case = loop.case()
    broken(loop)

    refused = loop.rehearse("fire", case, "accept", *CHAIR, "--json")
    recorded = loop.rehearse("record", case, "harmed=yes")
    moved = loop.rehearse("fire", case, "accept", *CHAIR, "--json")

    assert (refused.status, recorded.status, moved.status) == (1, 0, 0)
    assert "executive" in refused.json["open_questions"][0]["roles"]
    assert moved.json["to"] == "reviewing"
    assert all(each.err.count("note: ") == 1 for each in (refused, recorded, moved))


def test_a_sub_case_is_opened_under_the_framework_of_its_parent(loop):
    case = loop.case()
    broken(loop)

    answer = loop.rehearse("open", "action", "--under", case, "owner=police", "--json")

    assert answer.status == 0
    assert loop.rehearse("show", answer.json["case"], "--json").json["parent"] == case


def test_a_new_case_needs_sound_files(loop):
    loop.case()
    broken(loop)

    answer = loop.rehearse("open", "review")

    assert (answer.status, answer.out) == (1, "")
    assert answer.err.startswith("error: the workflow files cannot be used as they are\n")


def test_a_linked_case_needs_sound_files_and_without_them_nothing_moves(loop):
    case = finished(loop)
    broken(loop)

    answer = loop.rehearse("fire", case, "follow", "--role", "business_unit")

    assert (answer.status, answer.out) == (1, "")
    assert "review.yaml" in answer.err
    assert loop.rehearse("show", case, "--json").json["state"] == "done"


def test_check_and_the_verbs_about_files_still_report(loop):
    loop.case()
    broken(loop)

    statuses = [loop(*verb).status for verb in (["check"], ["workflows"], ["diagram", "review"])]

    assert statuses == [1, 1, 1]


def test_a_folder_that_is_not_there_is_a_slip_of_the_pen(loop, tmp_path):
    loop.case()

    answer = loop.rehearse("list", "--workflows", str(tmp_path / "nowhere"))

    assert (answer.status, answer.out) == (2, "")


@pytest.mark.parametrize("verb", READING)
@pytest.mark.parametrize(
    ("option", "variable", "name", "message"),
    [
        ("--role", "LOOPENGINE_ROLES", "executiv", "no role is called 'executiv'"),
        ("--agency", "LOOPENGINE_AGENCY", "polise", "no agency is called 'polise'"),
    ],
)
def test_a_role_or_agency_that_nobody_knows_is_a_mistake_in_looking_too(
    loop, verb, option, variable, name, message
):
    case = loop.case()

    answers = [loop.rehearse(*typed(verb, case), option, name)]
    loop.env = {variable: name}
    answers += [loop.rehearse(*typed(verb, case))]

    for answer in answers:
        assert (answer.status, answer.out) == (2, "")
        assert answer.err.splitlines()[0] == f"error: {message}"
        assert answer.err.splitlines()[1].startswith("did you mean")


@pytest.mark.parametrize(
    "verb", [["workflows"], ["assess", "review", "criteria"], ["diagram", "review"]], ids=lambda verb: verb[0]
)
def test_a_role_that_nobody_knows_is_a_mistake_wherever_a_framework_is_read(loop, verb):
    assert loop(*verb, "--role", "executiv").status == 2
    assert loop(*verb, "--role", "executive", "--agency", "police").status == 0


def test_a_verb_that_reads_no_framework_leaves_roles_be(loop):
    assert loop("schema", "--role", "executiv").status == 0


def test_a_role_that_only_the_framework_of_a_case_knows_will_do(loop):
    own = loop.workflows / "framework.yaml"
    text = own.read_text("utf-8")
    own.write_text(f"{text}roles:\n  elder: {{title: Elder}}\n", "utf-8")
    case = loop.case()
    own.write_text(text.replace("version: 1", "version: 2"), "utf-8")

    assert loop.rehearse("why", case, "--role", "elder").status == 0
    assert loop.rehearse("list", "--role", "elder,executive", "--agency", "police").status == 0
    assert loop.rehearse("list", "--role", "eldr").err.splitlines()[1] == "did you mean 'elder'?"
    assert loop.rehearse("open", "review", "--role", "elder").status == 2
    broken(loop)
    assert loop.rehearse("list", "--role", "elder").status == 0
    assert loop.rehearse("list", "--role", "eldr").status == 2


def finished(loop):
    """A review whose actions are all done, and that another may follow."""
    case = loop.case("harmed=yes")
    loop.rehearse("fire", case, "accept", *CHAIR)
    action = loop.rehearse("open", "action", "owner=police", "--under", case, "--json").json["case"]
    loop.rehearse("fire", action, "verify", "--role", "business_unit", "--agency", "hospital")
    return case
