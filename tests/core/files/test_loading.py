"""From files to definitions: what is resolved, what is left to its default, what is refused at the door."""

from dataclasses import fields
from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from loopengine.core.definitions import ROLES, Each, FromFact, InForce, Party
from loopengine.core.durations import Duration
from loopengine.core.files.loading import (
    framework_from_texts,
    framework_problems,
    load_framework,
    load_workflow,
)
from loopengine.core.rules.expressions import Source
from loopengine.errors import DefinitionError, UsageError
from loopengine.workflow_files import shipped_workflows

BOARD, REVIEW, ACTION = (
    (Path(__file__).parents[2] / "valid" / "board" / f"{name}.yaml").read_text("utf-8")
    for name in ("framework", "review", "action")
)
SMALL = """\
    workflow: small
    version: 1
    title: A small review
    reference: SML
    starts: referred
    states:
      referred:
        on:
          close: {to: closed}
      closed: {final: true}
"""


@pytest.fixture
def write(tmp_path):
    """Writes texts as files of a folder, and says which folder."""

    def write(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.yaml").write_text(dedent(text), "utf-8")
        return tmp_path

    return write


@pytest.fixture
def board(write):
    """A framework of one review type and its actions."""
    return load_framework(write(framework=BOARD, review=REVIEW, action=ACTION))


@pytest.fixture
def review(board):
    return board.workflow("review")


def parts(workflow):
    """All that there is to a workflow: itself, it is compared by identity."""
    return {each.name: getattr(workflow, each.name) for each in fields(workflow)}


def problems_of(load, path):
    """What is wrong with what *load* finds at *path*, as it is told."""
    with pytest.raises(DefinitionError) as raised:
        load(path)
    return [str(problem) for problem in raised.value.problems]


# --- what is read ------------------------------------------------------------------------------------------


def test_what_is_shipped_has_no_problems():
    assert framework_problems(shipped_workflows() / "south-tyneside") == ()


def test_a_framework_has_the_roles_of_every_framework_under_its_own_titles(board):
    assert [*board.roles] == [*ROLES, "scrutineer"]
    assert board.roles["executive"].title == "The Executive"
    assert board.roles["lead_reviewer"].title == "Lead reviewer"


def test_a_framework_names_its_groups_agencies_and_channels(board):
    assert board.groups["executive_group"].tier == "executive"
    assert [agency.title for agency in board.agencies.values()] == ["The police", "Health"]
    assert (board.channels["briefing"].who, board.channels["briefing"].reports_to) == (
        "business_unit",
        "executive_group",
    )
    assert board.first_day == "day_after"


def test_a_small_workflow_needs_no_framework_and_no_more_than_states(write):
    workflow = load_workflow(write(small=SMALL) / "small.yaml")

    assert workflow.states["referred"].title == "referred"
    assert workflow.states["referred"].steps["close"].by == ()
    assert workflow.events == ("close",)
    assert workflow.in_force == InForce()


def test_a_step_has_everything_in_it_resolved(review):
    step = review.states["referred"].steps["commission"]

    assert (step.source, step.event, step.to, step.override) == (
        "referred",
        "commission",
        "reviewing",
        "executive",
    )
    assert step.by == (Party("scrutineer"), Party("agency", of="agencies_involved"))
    assert (step.wait.at_least, step.wait.after) == (Duration(working_days=7), "opened")
    assert step.passes == ("decision",)
    assert step.sets == {"concern": True, "died_on": date(2017, 1, 31)}
    assert step.when.text == "met"
    assert step.sources == step.when.sources == (Source("own", "The law"),)


def test_what_a_step_opens_is_told_what_it_needs(review):
    (opens,) = review.states["reviewing"].steps["report"].opens

    assert (opens.workflow, opens.kind, opens.for_each) == ("action", "actions", "agencies_involved")
    assert opens.sets == {"owner": Each(), "due_on": FromFact("died_on"), "grade": "high"}


def test_facts_take_the_names_that_the_framework_has(review):
    assert review.facts["agencies_involved"].values == ("police", "health")
    assert review.facts["channel"].values == ("briefing",)
    assert review.facts["concern"].needs_evidence == {False}


def test_a_rule_may_use_one_that_comes_after_it(review):
    assert [*review.rules] == ["met", "concerned"]
    assert [source.name for source in review.rules["met"].sources] == ["own", "shared", "local"]


def test_clocks_and_holds_are_read(review):
    decide, hold = review.deadlines["decide"], review.holds["criminal_proceedings"]

    assert (decide.within, decide.starts, decide.roll) == (Duration(months=1), ("died_on", "opened"), "none")
    assert (decide.reminders[0].before, decide.reminders[0].tell) == (
        Duration(working_days=5),
        ("executive",),
    )
    assert (hold.title, hold.stops, hold.blocks) == ("criminal proceedings", ("decide",), ("report",))
    assert review.in_force == InForce(date(2015, 3, 26), date(2019, 9, 29))


def test_a_step_of_anywhere_answers_in_each_of_its_states_and_stays_there(review):
    notes = [step for step in review.steps() if step.event == "note"]

    assert [(step.source, step.to) for step in notes] == [
        ("referred", "referred"),
        ("reviewing", "reviewing"),
    ]


def test_a_loop_is_part_of_the_workflow_which_may_replace_any_of_it(review):
    assert [*review.states] == ["referred", "reviewing", "embedding", "evaluated"]
    assert review.states["embedding"].title == "Embedding, as a review does it"
    assert "embedded_well" in review.facts


def test_what_is_to_be_confirmed_is_listed_with_its_place(board):
    listed = [(Path(each.file).name, each.line, each.column, each.what) for each in board.to_confirm]

    assert listed == [
        ("action.yaml", 13, 7, "anybody may take the step 'verify'"),
        ("framework.yaml", 5, 42, "the source 'shared': which paragraph"),
        ("framework.yaml", 27, 11, "anybody may take the step 'evaluate'"),
        ("review.yaml", 27, 3, "the rule 'concerned' cites no source"),
    ]


# --- the same, from elsewhere ------------------------------------------------------------------------------


def test_a_framework_is_the_same_read_from_its_own_texts(board):
    again = framework_from_texts(board.texts)

    assert again.digest == board.digest
    assert [parts(each) for each in again.workflows.values()] == [
        parts(each) for each in board.workflows.values()
    ]
    assert {each.file for each in again.to_confirm} == {"framework.yaml", "review.yaml", "action.yaml"}


def test_line_ends_do_not_count_and_everything_else_does(board):
    texts = {name: text.replace("\n", "\r\n") for name, text in board.texts.items()}
    assert framework_from_texts(texts).digest == board.digest

    changed = framework_from_texts({**texts, "action.yaml": texts["action.yaml"] + "# a word\r\n"})
    assert changed.digest != board.digest
    assert changed.workflow("action").digest != board.workflow("action").digest
    assert changed.workflow("review").digest == board.workflow("review").digest


def test_one_workflow_is_read_beside_its_framework(write, review):
    assert parts(load_workflow(write() / "review.yaml")) == parts(review)


def test_one_workflow_is_not_held_up_by_another_that_is_wrong(write):
    folder = write(framework=BOARD, action=ACTION, small=SMALL.replace("to: closed", "to: clozed"))

    assert load_workflow(folder / "action.yaml").name == "action"
    assert framework_problems(folder) != ()


def test_one_workflow_is_held_up_by_a_framework_that_is_wrong(write):
    folder = write(framework=BOARD.replace("tier: executive", "tier: first"), action=ACTION)

    assert problems_of(load_workflow, folder / "action.yaml") == [
        f"{folder}/framework.yaml:10:49: `tier` is 'first'; there is: executive, management, sub_group"
    ]


def test_one_workflow_is_held_up_by_one_whose_cases_it_opens(write):
    folder = write(framework=BOARD, review=REVIEW, action="- workflow: action")

    (said,) = problems_of(load_workflow, folder / "review.yaml")

    assert said.startswith(f"{folder}/action.yaml:1:1: the file does not consist of keys")


# --- where problems are, and what is no framework ----------------------------------------------------------


def test_a_problem_names_the_file_as_it_was_given(write, monkeypatch):
    folder = write(framework=BOARD, small=SMALL.replace("to: closed", "to: clozed"))
    monkeypatch.chdir(folder.parent)
    said = "small.yaml:9:19: no state is called 'clozed'; did you mean 'closed'?"

    assert problems_of(load_framework, folder.name) == [f"{folder.name}/{said}"]
    assert problems_of(load_workflow, Path(folder.name, "small.yaml")) == [f"{folder.name}/{said}"]


def test_every_problem_of_every_file_is_told_at_once_in_order_of_place(write):
    folder = write(
        framework=BOARD.replace("version: 2", "version: two"),
        review=REVIEW.replace("until: commission", "until: comission").replace("when: met", "when: mett"),
        small=SMALL.replace("version: 1", "vershun: 1"),
    )

    told = [str(problem).removeprefix(f"{folder}/").split(": ")[0] for problem in framework_problems(folder)]

    assert told == [
        "framework.yaml:2:10",
        "review.yaml:28:22",
        "review.yaml:33:12",
        "review.yaml:45:15",
        "review.yaml:59:21",
        "small.yaml:1:1",
        "small.yaml:2:1",
    ]


def test_after_a_thousand_problems_no_more_are_looked_for(write):
    nobody = ", ".join(f"nobody_{n}" for n in range(20_000))
    folder = write(small=SMALL.replace("to: closed", f"to: closed, by: [{nobody}]"))

    told = problems_of(load_workflow, folder / "small.yaml")

    assert len(told) == 1001
    assert told[-1].endswith("too many problems to go on; put these right first")


@pytest.mark.parametrize("load", [load_framework, framework_problems])
def test_what_is_no_framework_is_refused_in_plain_words(write, load):
    folder = write(small=SMALL)

    with pytest.raises(UsageError, match=r"^there is no folder '.*nowhere'$"):
        load(folder / "nowhere")
    with pytest.raises(UsageError, match=r"^'.*small.yaml' is not a folder; .* load_workflow reads a file$"):
        load(folder / "small.yaml")
    with pytest.raises(UsageError, match=r"^the folder '.*' is no framework; it has no framework.yaml$"):
        load(folder)


def test_what_is_no_workflow_file_is_refused_in_plain_words(write):
    folder = write(framework=BOARD)

    with pytest.raises(UsageError, match=r"^there is no file '.*nowhere.yaml'$"):
        load_workflow(folder / "nowhere.yaml")
    with pytest.raises(UsageError, match=r"^'.*' is a folder; load_framework reads it"):
        load_workflow(folder)
    with pytest.raises(
        UsageError, match=r"^'.*framework.yaml' is no workflow; load_framework reads its folder$"
    ):
        load_workflow(folder / "framework.yaml")


def test_texts_without_a_framework_are_refused():
    with pytest.raises(UsageError, match=r"^no text is called 'framework.yaml'; a framework has one$"):
        framework_from_texts({"small.yaml": dedent(SMALL)})
