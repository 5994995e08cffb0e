"""What the framework of January 2017 says and the shipped files carry: framework.md, 9, and law.md, 2.1.

Where the text of the framework has lost words, the files say what has been restored, and `check` lists it.
"""

from __future__ import annotations

from datetime import date
from itertools import chain, pairwise
from pathlib import Path

import pytest

from loopengine import Framework, Workflow
from loopengine.core.definitions import STAGES, Party
from loopengine.core.rules.expressions import Source

# --- the board: framework 4 and 8 ---------------------------------------------------------------------------


def test_the_groups_stand_in_three_tiers(framework: Framework) -> None:
    """Those that can be named from the text, and none that we invent; "first tier" are the sub-groups."""
    tiers = {
        tier: {group.name for group in framework.groups.values() if group.tier == tier}
        for tier in ("executive", "management", "sub_group")
    }

    assert tiers == {
        "executive": {"executive"},
        "management": {"management_group"},
        "sub_group": {
            "learning_and_improvement",
            "performance_and_evaluation",
            "workforce_development",
            "child_death_overview_panel",
            "policies_and_procedures",
            "junior_board",
        },
    }


def test_every_group_acts_in_a_role_of_its_own(framework: Framework) -> None:
    roles = [group.role for group in framework.groups.values()]

    assert len(set(roles)) == len(roles)
    assert set(roles) <= framework.roles.keys()


# --- dissemination: framework 12.1, as restored in framework.md 9.4 -----------------------------------------

# Channel, who uses it, the group to which it reports; None where that is the Business Unit, or a lost word.
CHANNELS = [
    ("multi_agency_training", "business_unit", "workforce_development"),
    ("workshops", "business_unit", "workforce_development"),
    ("briefings", "business_unit", None),
    ("published_reports", "business_unit", "learning_and_improvement"),
    ("key_messages", "business_unit", None),
    ("policies_and_procedures", "business_unit", "policies_and_procedures"),
    ("single_agency_training", "agency", "workforce_development"),
    ("single_agency_briefings", "agency", None),
]
# Learning events stand in 10.2, and young people in 8.2.
ELSEWHERE = {"learning_events", "young_people"}


@pytest.mark.parametrize(("name", "who", "reports_to"), CHANNELS)
def test_a_channel_says_who_uses_it_and_where_it_reports(
    framework: Framework, name: str, who: str, reports_to: str | None
) -> None:
    channel = framework.channels[name]

    assert (channel.who, channel.reports_to) == (who, reports_to)


def test_no_channel_is_missing_and_none_is_invented(framework: Framework) -> None:
    assert framework.channels.keys() == {name for name, _, _ in CHANNELS} | ELSEWHERE
    assert framework.workflow("dissemination").fact("channel").values == tuple(framework.channels)


def test_young_people_help_to_disseminate(framework: Framework) -> None:
    """8.2: the Junior LSCB helps to pass on what has been learnt."""
    assert framework.channels["young_people"].who == "junior_board"
    sends = framework.workflow("dissemination").states["planned"].steps["send"]
    assert Party("junior_board") in sends.by


def test_the_four_ways_of_evaluating_can_be_chosen(framework: Framework, review: Workflow) -> None:
    """framework 12.2, for the review and for each of its learning points."""
    four = ("case_audit", "case_review", "action_plans", "training_evaluation")

    assert review.fact("evaluation_method").values == four
    assert framework.workflow("learning-point").fact("evaluation_method").values == four


# --- the loop: appendix 1 -----------------------------------------------------------------------------------

STRAIGHT_ROAD = (
    "gather_information", "refer", "recommend_review", "commission", "appoint_reviewer", "agree_scope",
    "complete_chronology", "begin_analysis", "draft_report", "agree_report", "agree_response", "publish",
    "agree_learning", "all_received", "all_embedded", "learnt", "close",
)  # fmt: skip


def test_the_straight_road_of_a_review_enters_the_seven_stages_in_order(review: Workflow) -> None:
    states = [review.state(review.starts)]
    for event in STRAIGHT_ROAD:
        states.append(review.state(states[-1].steps[event].to))

    stages = [state.stage for state in states]
    entered = [stages[0], *(after for before, after in pairwise(stages) if after != before)]

    assert tuple(entered) == STAGES
    assert states[-1].final


def test_evaluation_closes_the_loop_in_three_ways(review: Workflow) -> None:
    """framework.md, 9.3 (7): learnt; not learnt, which reopens embedding; a new issue, which is referred."""
    steps = review.states["evaluating"].steps

    assert steps["learnt"].to == "evaluated"
    assert steps["not_learnt"].to == "embedding"
    (opens,) = steps["new_issue"].opens
    assert (opens.workflow, opens.link) == ("serious-case-review", "arises_from")


def test_a_review_is_done_by_a_lead_reviewer_and_reported_to_the_sub_group(review: Workflow) -> None:
    """The first row of the table in 7.2."""
    assert review.states["analysing"].steps["draft_report"].by == (Party("lead_reviewer"),)
    assert review.states["report_drafted"].steps["agree_report"].by == (Party("learning_and_improvement"),)


# --- deadlines: law.md 2.1 ----------------------------------------------------------------------------------

# Of law.md's catalogue: the deadline of the file, how long, from when, and its authority.
CATALOGUE = {
    "NI-5WD": ("notification", "5 working days", "became_aware_on", "wt-notifiable"),
    "SCR-DEC-1M": ("decision", "1 month", "notified_on", "wt-decision"),
    "SCR-TELL-5WD": ("telling", "5 working days", "commission", "wt-telling"),
    "SCR-6M": ("completion", "6 months", "commission", "wt-six-months"),
    "SCR-INTERIM": ("interim_learning", "6 months", "commission", "wt-interim"),
    "SCR-WEB-12M": ("website", "12 months", "publish", "wt-website"),
}


@pytest.mark.parametrize("row", CATALOGUE)
def test_a_deadline_of_the_guidance(review: Workflow, row: str) -> None:
    name, within, start, source = CATALOGUE[row]
    deadline = review.deadlines[name]

    assert str(deadline.within) == within
    assert start in deadline.starts
    assert [each.name for each in deadline.sources] == [source]


def test_copies_go_out_a_week_before_planned_publication(review: Workflow) -> None:
    """SCR-PRE-1W, as a deadline and as a wait: late copies put publication off."""
    deadline = review.deadlines["copies"]

    assert (str(deadline.within), deadline.before) == ("1 week", "planned_publication_on")
    for step in review.steps():
        if step.event in {"publish", "publish_summary", "publish_anonymously"}:
            assert (str(step.wait.at_least), step.wait.after) == ("1 week", "send_copies")


def test_publication_has_no_limit_in_the_guidance(review: Workflow) -> None:
    """SCR-PUB: the limit that the file sets is the board's own choice, and says so."""
    assert [source.name for source in review.deadlines["publication"].sources] == ["local"]


# --- authorities --------------------------------------------------------------------------------------------


def uncited(workflow: Workflow) -> list[str]:
    """Whatever in *workflow* rests on nothing."""
    cited = {
        **{f"rule {name}": rule.sources for name, rule in workflow.rules.items()},
        **{f"deadline {name}": deadline.sources for name, deadline in workflow.deadlines.items()},
        **{f"hold {name}": hold.sources for name, hold in workflow.holds.items()},
        **{f"step {step.source}/{step.event}": step.sources for step in workflow.steps()},
        **{f"wait of {step.event}": step.wait.sources for step in workflow.steps() if step.wait},
    }
    return [what for what, sources in cited.items() if not sources]


def test_every_rule_deadline_hold_and_step_has_a_source(framework: Framework) -> None:
    for workflow in framework.workflows.values():
        assert uncited(workflow) == [], workflow.name


# Remembered, and not found in a public source ([M] in law.md): to be looked up by somebody.
FROM_MEMORY = {
    "reg-5-3": "1.1, whatever else is conducive to the board's objective",
    "wt-peer": "1.2 j, peer challenge",
    "wt-decision": "2.1, the month runs from notification",
    "wt-telling": "2.1, five working days to tell the national bodies",
    "wt-interim": "2.1, learning while the review runs",
    "wt-copies": "2.1, copies a week before publication",
    "wt-non-publication": "2.1, the Department and the panel are told",
    "wt-website": "2.1, twelve months on the website",
    "wt-method": "2.3, any method consistent with the principles",
    "wt-report": "2.4, plain English, without redaction",
    "wt-response": "2.4, what the response contains",
    "wt-actions": "2.4, action, timescale, success criteria",
}
FOUND = {"reg-5", "wt-criteria", "wt-state-care", "wt-notifiable", "wt-six-months", "wt-panel", "panel-2013"}


def sources_of(framework: Framework) -> dict[str, Source]:
    """The authorities of the workflows, by name."""
    return dict(chain.from_iterable(workflow.sources.items() for workflow in framework.workflows.values()))


@pytest.mark.parametrize("name", FROM_MEMORY)
def test_what_is_remembered_only_is_listed_to_be_confirmed(framework: Framework, name: str) -> None:
    source = sources_of(framework)[name]

    assert source.confirm
    assert {each.what for each in framework.to_confirm if repr(name) in each.what} == {
        f"the source {name!r}: {source.confirm}"
    }


@pytest.mark.parametrize("name", sorted(FOUND))
def test_what_was_found_in_a_public_source_is_cited_and_not_asked_about(
    framework: Framework, name: str
) -> None:
    assert sources_of(framework)[name].confirm is None
    assert not any(repr(name) in each.what for each in framework.to_confirm)


@pytest.mark.parametrize("name", ["framework-12-1", "framework-12-2"])
def test_the_tables_that_have_lost_words_are_listed_too(framework: Framework, name: str) -> None:
    assert any(repr(name) in each.what for each in framework.to_confirm)


def test_nothing_else_is_left_to_confirm(framework: Framework) -> None:
    """No rule without a source, and no step that anybody may take."""
    assert all(each.what.startswith("the source ") for each in framework.to_confirm)


def test_what_is_to_be_confirmed_is_found_where_it_is_said_to_stand(framework: Framework) -> None:
    for each in framework.to_confirm:
        line = framework.texts[Path(each.file).name].splitlines()[each.line - 1]
        assert line[each.column - 1 :] == each.what.split(": ", 1)[1]
        assert line.strip().startswith("confirm: ")


# --- when it is in force ------------------------------------------------------------------------------------


def test_a_serious_case_review_is_in_force_while_working_together_2015_is(review: Workflow) -> None:
    """From the day of the guidance to the day by which the boards had to have given way to partnerships."""
    assert [review.in_force.covers(day) for day in (date(2015, 3, 25), date(2015, 3, 26))] == [False, True]
    assert [review.in_force.covers(day) for day in (date(2019, 9, 29), date(2019, 9, 30))] == [True, False]


def test_what_is_learnt_does_not_lapse_with_the_guidance(framework: Framework) -> None:
    for name in ("learning-point", "dissemination", "action"):
        assert framework.workflow(name).in_force.covers(date(2030, 1, 1))


# --- the reviews: framework 7.2, as restored in framework.md 9.2 ------------------------------------------

# Review, who carries it on, to which groups it is reported. The panel's own is the reading of a lost word.
REVIEWS = [
    ("serious-case-review", {"lead_reviewer"}, {"learning_and_improvement"}),
    ("multi-agency-case-review", {"business_unit", "lead_reviewer"}, {"learning_and_improvement"}),
    ("individual-management-review", {"agency"}, {"learning_and_improvement"}),
    (
        "child-death-review",
        {"child_death_overview_panel"},
        {"learning_and_improvement", "child_death_overview_panel"},
    ),
    ("multi-agency-thematic-case-audit", {"business_unit", "agency"}, {"performance_and_evaluation"}),
    ("multi-agency-case-audit", {"business_unit", "agency"}, {"performance_and_evaluation"}),
    ("single-agency-audit", {"agency"}, {"performance_and_evaluation"}),
    ("section-11-audit", {"agency"}, {"performance_and_evaluation"}),
    ("section-11-challenge-event", {"business_unit", "agency"}, {"performance_and_evaluation"}),
    ("serious-incident-notification", {"youth_justice_service"}, {"learning_and_improvement"}),
    ("agency-annual-report", {"agency"}, {"executive"}),
    ("national-learning", {"business_unit", "learning_and_improvement"}, {"learning_and_improvement"}),
    ("appreciative-inquiry", {"business_unit", "agency"}, {"learning_and_improvement"}),
]


@pytest.mark.parametrize(("review", "who", "reports_to"), REVIEWS)
def test_a_review_says_who_carries_it_on_and_to_whom_it_is_reported(
    framework: Framework, review: str, who: set[str], reports_to: set[str]
) -> None:
    workflow = framework.workflow(review)

    assert (set(workflow.who), set(workflow.reports_to)) == (who, reports_to)


def test_everything_else_says_it_too(framework: Framework) -> None:
    silent = [
        each.name
        for each in framework.workflows.values()
        if not (each.who and each.reports_to and each.description)
    ]

    assert silent == []
