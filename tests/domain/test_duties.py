"""The duties of a board in a Serious Case Review, from the decision to evaluation: law.md, 2."""

from __future__ import annotations

from datetime import date

import pytest
from domain.board import (
    AT_HOME,
    AUTHORITY,
    CHAIR,
    DOES_NOT,
    EVALUATORS,
    EXECUTIVE,
    MEETS_THE_CRITERIA,
    PANEL,
    POLICE,
    REVIEWER,
    SCHOOL,
    SUB_GROUP,
    UNIT,
    Board,
    asked,
)

from loopengine import Framework, Workflow
from loopengine.core.actors import Actor
from loopengine.errors import NotAnswered


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


# --- notifying ----------------------------------------------------------------------------------------------


def test_a_late_notification_is_a_notification_and_is_seen_to_be_late(board: Board) -> None:
    case = board.refer(became_aware_on="2017-01-05", child_died=True, abuse_or_neglect="known")
    board.clock.advance_to(date(2017, 1, 20))

    board.does(case, "notify_incident", by=AUTHORITY)

    notification = board.clock_of(case, "notification")
    assert (notification.due.on, notification.stopped_on) == (date(2017, 1, 12), date(2017, 1, 20))
    assert notification.is_late(board.clock.today())


def test_a_death_in_custody_that_is_not_notifiable_is_ruled_out_and_not_forgotten(board: Board) -> None:
    """Row 3 of the truth table: the criteria are met, and the incident may yet not have to be notified."""
    case = board.refer(
        became_aware_on="2017-01-05",
        abuse_or_neglect="not_suspected",
        child_died=True,
        custody_setting="post_sentence",
    )
    assert asked(board.tries(case, "rule_out_notification")) == [
        "looked_after",
        "regulated_setting_or_service",
    ]

    board.learn(case, looked_after=False, regulated_setting_or_service=False)

    assert board.clock_of(case, "notification").stopped_on is None
    board.does(case, "rule_out_notification")
    assert board.clock_of(case, "notification").stopped_on == board.clock.today()


# --- whether it is for this board ---------------------------------------------------------------------------


def test_the_board_where_the_child_is_normally_resident_decides(board: Board) -> None:
    case = board.refer(normally_resident=False)

    assert not board.tries(case, "gather_information").moved
    assert board.does(case, "pass_on").to == "passed_on"


def test_a_stillborn_child_is_turned_away_and_a_young_adult_too(board: Board) -> None:
    for facts in ({"born_alive": False}, {"age_at_event": 18}):
        case = board.refer(normally_resident=True, **facts)

        assert not board.tries(case, "gather_information").moved
        assert board.does(case, "turn_away").to == "not_about_a_child"


def test_whoever_was_17_when_it_happened_is_a_child_though_referred_at_18(board: Board) -> None:
    case = board.refer(normally_resident=True, born_alive=True, age_at_event=17)

    assert not board.tries(case, "turn_away").moved
    assert board.tries(case, "gather_information").moved


# --- the decision -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recommendation", "event"), [("recommend_review", "commission"), ("recommend_no_review", "decline")]
)
def test_what_is_not_known_lets_the_chair_neither_commission_nor_decline(
    board: Board, recommendation: str, event: str
) -> None:
    case = board.before_the_chair(recommendation, **AT_HOME, child_died=True)

    decision = board.tries(case, event, by=CHAIR)

    assert decision.verdict == "undetermined"
    assert asked(decision) == ["abuse_or_neglect"]
    assert board.state(case) == "decision"


def test_too_little_known_is_a_reason_to_ask_again_and_does_not_stop_the_month(board: Board) -> None:
    case = board.before_the_chair(child_died=True, abuse_or_neglect="unknown")
    due = board.due(case, "decision")

    assert board.does(case, "ask_for_information", by=CHAIR).to == "gathering_information"

    assert board.clock_of(case, "decision").stopped_on is None
    assert board.due(case, "decision") == due


def test_a_concern_that_nobody_has_ruled_out_is_a_reason_to_commission(board: Board) -> None:
    """The burden rule: "unless there is definitive evidence that there are no concerns"."""
    harmed = {**AT_HOME, "child_died": False, "seriously_harmed": True, "abuse_or_neglect": "suspected"}
    case = board.before_the_chair("recommend_no_review", **harmed)
    board.learn(case, joint_working_concern="unknown")
    assert board.tries(case, "decline", by=CHAIR).verdict == "refused"

    with pytest.raises(NotAnswered, match="evidence"):
        board.learn(case, joint_working_concern=False, evidence=None)
    board.learn(case, joint_working_concern=False, evidence="joint review of 2 February, section 4")

    assert board.tries(case, "decline", by=CHAIR).moved


@pytest.mark.parametrize("other", [UNIT, SUB_GROUP, EXECUTIVE, PANEL, REVIEWER], ids=lambda who: who.name)
@pytest.mark.parametrize(("event", "facts"), [("commission", MEETS_THE_CRITERIA), ("decline", DOES_NOT)])
def test_nobody_but_the_chair_decides(
    board: Board, event: str, facts: dict[str, object], other: Actor
) -> None:
    recommendation = "recommend_review" if event == "commission" else "recommend_no_review"
    case = board.before_the_chair(recommendation, **facts)

    assert not board.tries(case, event, by=other).moved
    assert board.tries(case, event, by=CHAIR).moved


@pytest.mark.parametrize("recommendation", ["recommend_review", "recommend_no_review"])
def test_the_sub_group_recommends_and_says_why(board: Board, recommendation: str) -> None:
    case = board.review(until="recommend_review")

    assert not board.tries(case, recommendation, by=CHAIR).moved
    assert not board.tries(case, recommendation, by=SUB_GROUP, reason=None).moved
    assert board.tries(case, recommendation, by=SUB_GROUP).moved


def test_a_decision_against_a_review_says_why(board: Board) -> None:
    case = board.before_the_chair("recommend_no_review", **DOES_NOT)

    assert not board.tries(case, "decline", by=CHAIR, reason=None).moved
    assert board.tries(case, "decline", by=CHAIR, reason="No abuse is suspected.").moved


@pytest.mark.parametrize(
    ("recommendation", "event", "facts"),
    [
        ("recommend_no_review", "commission", MEETS_THE_CRITERIA),
        ("recommend_review", "decline", DOES_NOT),
    ],
)
def test_a_decision_against_the_recommendation_explains_itself(
    board: Board, recommendation: str, event: str, facts: dict[str, object]
) -> None:
    case = board.before_the_chair(recommendation, **facts)
    assert board.tries(case, event, by=CHAIR).verdict == "refused"

    with pytest.raises(NotAnswered):
        board.engine.record(case, {"disagreement_explained": True}, by=CHAIR)  # and where is that?
    board.learn(case, disagreement_explained=True, by=CHAIR, evidence="letter to the sub-group")

    assert board.tries(case, event, by=CHAIR).moved


def test_an_explanation_is_of_one_disagreement_only(board: Board) -> None:
    case = board.before_the_chair("recommend_no_review", **MEETS_THE_CRITERIA)
    board.learn(case, disagreement_explained=True, by=CHAIR, evidence="letter to the sub-group")

    board.does(case, "ask_for_information", "refer", "recommend_no_review")

    assert not board.tries(case, "commission", by=CHAIR).moved


def test_the_executive_ratifies_afterwards_and_the_decision_stands_meanwhile(board: Board) -> None:
    case = board.review(until="agree_scope")
    assert board.fact(case, "ratified") is False

    board.does(case, "ratify", by=EXECUTIVE)

    assert board.fact(case, "ratified") is True
    assert board.state(case) == "scoping"
    assert not board.tries(case, "ratify", by=EXECUTIVE).moved


# --- a decision against a review is not the end of it -------------------------------------------------------


def declined(board: Board) -> str:
    """A referral that the Chair has declined; the national bodies are told of it."""
    case = board.before_the_chair("recommend_no_review", **DOES_NOT)
    board.does(case, "decline", "tell_national_bodies")
    return case


def test_declining_ends_nothing(board: Board) -> None:
    case = board.before_the_chair("recommend_no_review", **DOES_NOT)
    board.does(case, "decline")

    assert not board.engine.case(case).case.ended
    assert board.state(case) == "decided_against"


def test_it_stands_once_the_national_bodies_are_told_and_it_is_settled_what_is_done_instead(
    board: Board,
) -> None:
    case = board.before_the_chair("recommend_no_review", **DOES_NOT)
    board.does(case, "decline")
    board.learn(case, done_instead="multi_agency_case_review")
    assert not board.tries(case, "panel_agrees", by=PANEL).moved

    board.does(case, "tell_national_bodies")

    assert board.does(case, "panel_agrees", by=PANEL).to == "closed_without_review"
    assert board.engine.case(case).case.ended


def test_it_does_not_stand_while_nobody_knows_what_is_done_instead(board: Board) -> None:
    case = declined(board)

    assert not board.tries(case, "panel_agrees", by=PANEL).moved


def test_it_does_not_stand_once_the_criteria_are_found_to_be_met(board: Board) -> None:
    case = declined(board)
    board.learn(case, done_instead="nothing_further", abuse_or_neglect="suspected")

    assert not board.tries(case, "panel_agrees", by=PANEL).moved
    assert board.does(case, "reopen").to == "gathering_information"


def test_the_panel_may_make_the_chair_reconsider_and_commission(board: Board) -> None:
    case = declined(board)
    assert not board.tries(case, "panel_disagrees", by=PANEL, reason=None).moved

    assert board.does(case, "panel_disagrees", by=PANEL).to == "reconsideration"

    assert board.due(case, "second_decision") == date(2017, 2, 9)
    assert not board.tries(case, "commission", by=CHAIR, reason=None).moved
    assert board.does(case, "commission", by=CHAIR).to == "commissioned"


def test_the_chair_may_decline_again_and_the_panel_hears_of_it_again(board: Board) -> None:
    case = declined(board)
    board.does(case, "panel_disagrees")

    assert board.does(case, "decline", by=CHAIR).to == "decided_against"

    board.learn(case, done_instead="audit")
    assert board.fact(case, "national_bodies_told") is False
    assert board.clock_of(case, "telling").stopped_on is None
    assert not board.tries(case, "panel_agrees", by=PANEL).moved
    assert board.does(case, "panel_disagrees", by=PANEL).to == "reconsideration"


def test_a_panel_that_does_not_answer_has_had_two_months(board: Board) -> None:
    case = declined(board)
    board.learn(case, done_instead="audit")
    board.clock.advance_to(date(2017, 3, 8))
    assert not board.tries(case, "close_referral").moved

    board.clock.advance_to(date(2017, 3, 9))

    assert board.does(case, "close_referral").to == "closed_without_review"


def test_what_was_known_when_the_chair_declined_can_be_shown_without_hindsight(board: Board) -> None:
    """The framework's 3.2: what was found out later is not held against it, though it was so even then."""
    case = board.before_the_chair("recommend_no_review", **DOES_NOT)
    then = board.clock.now()
    board.clock.advance(days=1)
    board.does(case, "decline")
    board.clock.advance(days=30)
    board.engine.record(case, {"abuse_or_neglect": "known"}, by=UNIT, on=date(2017, 1, 10))

    as_the_chair_saw_it = board.engine.case(case, as_of=then)

    assert board.fact(case, "abuse_or_neglect") == "known"
    assert as_the_chair_saw_it.facts["abuse_or_neglect"] == "not_suspected"
    assert as_the_chair_saw_it.case.state == "decision"
    assert board.engine.explain(case, "decline", as_of=then).event("decline").verdict == "allowed"


# --- the reviewers ------------------------------------------------------------------------------------------


def test_a_reviewer_who_works_for_an_agency_involved_is_refused_and_a_fix_offered(board: Board) -> None:
    case = board.review(until="appoint_reviewer")
    board.learn(case, lead_reviewer_employers="police", lead_reviewer_has_case_responsibility=False)
    assert board.tries(case, "appoint_reviewer").verdict == "refused"

    fixes = board.engine.explain(case, "appoint_reviewer").event("appoint_reviewer").fixes

    employer = next(fix for fix in fixes if [change.fact for change in fix] == ["lead_reviewer_employers"])
    offered = {name for value in employer[0].values for name in value.split(",")}
    assert offered.isdisjoint({"police", "hospital_trust"})
    assert "outside_the_area" in offered
    board.learn(case, lead_reviewer_employers=employer[0].values[0])
    assert board.tries(case, "appoint_reviewer").moved


def test_of_several_reviewers_each_is_independent(board: Board) -> None:
    case = board.review(until="appoint_reviewer")
    board.learn(
        case,
        lead_reviewer_employers="outside_the_area,hospital_trust",
        lead_reviewer_has_case_responsibility=False,
    )

    assert not board.tries(case, "appoint_reviewer").moved


def test_a_reviewer_in_the_line_of_responsibility_for_the_case_is_refused(board: Board) -> None:
    case = board.review(until="appoint_reviewer")
    board.learn(case, lead_reviewer_employers="outside_the_area", lead_reviewer_has_case_responsibility=True)

    assert board.tries(case, "appoint_reviewer").verdict == "refused"


@pytest.mark.parametrize(
    ("known", "missing"),
    [
        ({"lead_reviewer_employers": "outside_the_area"}, "lead_reviewer_has_case_responsibility"),
        ({"lead_reviewer_has_case_responsibility": False}, "lead_reviewer_employers"),
    ],
)
def test_a_reviewer_of_whom_too_little_is_known_is_not_taken_for_independent(
    board: Board, known: dict[str, object], missing: str
) -> None:
    case = board.review(until="appoint_reviewer")
    board.learn(case, **known)

    decision = board.tries(case, "appoint_reviewer")

    assert decision.verdict == "undetermined"
    assert asked(decision) == [missing]


def test_an_agency_that_turns_out_to_be_involved_may_cost_the_reviewer_the_review(board: Board) -> None:
    case = board.review(until="draft_report", lead_reviewer_employers="housing")
    board.learn(case, agencies_involved="police,hospital_trust,housing")
    assert not board.tries(case, "draft_report").moved

    board.learn(case, lead_reviewer_employers="outside_the_area")
    board.does(case, "replace_reviewer", by=SUB_GROUP)

    assert board.tries(case, "draft_report").moved


# --- while it is running ------------------------------------------------------------------------------------


@pytest.mark.parametrize("left_out", ["practitioners_response", "family_response"])
def test_who_was_not_invited_is_a_matter_for_a_reason(board: Board, left_out: str) -> None:
    case = board.review(until="begin_analysis")
    board.learn(case, practitioners_response="contributed", family_response="contributed")
    board.learn(case, **{left_out: "not_invited"})
    assert not board.tries(case, "begin_analysis").moved

    board.learn(case, not_invited_reason="The police have asked that nobody be approached before the trial.")

    assert board.tries(case, "begin_analysis").moved


@pytest.mark.parametrize("left_out", ["practitioners_response", "family_response"])
def test_an_invitation_that_nobody_speaks_of_was_none(board: Board, left_out: str) -> None:
    case = board.review(until="begin_analysis")
    board.learn(case, practitioners_response="contributed", family_response="contributed")
    board.learn(case, **{left_out: "unknown"})

    assert not board.tries(case, "begin_analysis").moved


@pytest.mark.parametrize("answer", ["declined", "no_answer"])
def test_an_invitation_that_came_to_nothing_was_one_and_can_be_shown(board: Board, answer: str) -> None:
    case = board.review(until="begin_analysis")
    board.learn(case, practitioners_response="contributed")
    with pytest.raises(NotAnswered, match="evidence"):
        board.learn(case, family_response=answer, evidence=None)

    board.learn(case, family_response=answer, evidence="letter of 20 March")

    assert board.tries(case, "begin_analysis").moved


LESSON = {
    "lesson": "What one agency knows of a father is asked for.",
    "theme": "working_with_fathers",
    "finding": "Finding 1",
    "recipients": "police,schools",
    "embed_by": "2018-06-30",
}


def learning_point(board: Board, case: str) -> str:
    """A learning point of the review, sent out to its agencies."""
    (lesson,) = board.does(case, "add_learning_point", by=SUB_GROUP).opened
    board.learn(lesson, **LESSON)
    board.does(lesson, "disseminate")
    return lesson


@pytest.mark.parametrize(
    "until", ["appoint_reviewer", "complete_chronology", "draft_report", "agree_report", "publish"]
)
def test_what_is_learnt_while_the_review_runs_is_sent_out_and_acted_on_at_once(
    board: Board, until: str
) -> None:
    case = board.review(until=until)
    state = board.state(case)

    lesson = learning_point(board, case)
    (action,) = board.does(case, "add_action", by=REVIEWER).opened

    assert [board.state(each) for each in (lesson, action)] == ["disseminating", "proposed"]
    assert len([*board.under(lesson)]) == 2
    assert board.state(case) == state


def test_after_six_months_a_review_has_to_show_what_could_be_learnt_so_far(board: Board) -> None:
    case = board.review(until="appoint_reviewer")
    assert board.clock_of(case, "interim_learning").stopped_on is None

    board.does(case, "add_learning_point")

    assert board.due(case, "interim_learning") == date(2017, 7, 9)
    assert board.clock_of(case, "interim_learning").stopped_on == board.clock.today()


def test_a_review_ends_early_only_if_the_criteria_turn_out_not_to_be_met(board: Board) -> None:
    case = board.review(until="complete_chronology")
    assert not board.tries(case, "discontinue", by=CHAIR).moved

    board.learn(case, abuse_or_neglect="not_suspected", evidence="coroner's letter")

    assert board.does(case, "discontinue", by=CHAIR).to == "decided_against"


# --- report, response, publication --------------------------------------------------------------------------


def test_a_report_that_would_need_redaction_is_not_agreed(board: Board) -> None:
    case = board.review(until="agree_report")
    board.learn(case, fit_to_publish=False)
    assert not board.tries(case, "agree_report").moved

    assert board.does(case, "return_report").to == "analysing"


def test_nothing_is_published_without_a_response(board: Board) -> None:
    case = board.review(until="agree_response")
    for event in ("publish", "agree_response", "consider_not_publishing"):
        assert not board.tries(case, event, by=EXECUTIVE).moved

    board.learn(case, response_complete=False)
    assert not board.tries(case, "agree_response").moved
    with pytest.raises(NotAnswered, match="evidence"):
        board.learn(case, response_complete=True, evidence=None)
    board.learn(case, response_complete=True, evidence="response, version 3")

    assert board.does(case, "agree_response").to == "publication"


def reached_without(review: Workflow, event: str) -> set[str]:
    """The states that a review can reach though *event* never happens."""
    reached, waiting = {review.starts}, [review.starts]
    while waiting:
        steps = review.states[waiting.pop()].steps.values()
        new = {step.to for step in steps if step.event != event} - reached
        reached |= new
        waiting += new
    return reached


@pytest.mark.parametrize("event", ["commission", "appoint_reviewer", "agree_report", "agree_response"])
def test_no_way_leads_past_what_has_to_come_before_publication(review: Workflow, event: str) -> None:
    published = {"publication", "less_than_publication", "learning", "evaluated"}

    assert published < set(review.states)
    assert published.isdisjoint(reached_without(review, event))


def test_a_report_is_published_a_week_after_copies_were_sent_and_no_day_before(board: Board) -> None:
    case = board.review(until="send_copies")
    board.learn(case, planned_publication_on="2017-02-01")
    board.clock.advance_to(date(2017, 1, 25))
    assert not board.tries(case, "publish").moved  # copies were never sent
    board.does(case, "send_copies")

    board.clock.advance_to(date(2017, 1, 31))

    assert not board.tries(case, "publish").moved
    assert board.engine.explain(case, "publish").event("publish").not_before == date(2017, 2, 1)
    board.clock.advance_to(date(2017, 2, 1))
    assert board.tries(case, "publish").moved


@pytest.mark.parametrize(
    ("event", "outcome"),
    [("publish_summary", "summary"), ("publish_anonymously", "anonymous"), ("withhold", "not_published")],
)
def test_less_than_publication_is_for_the_board_with_a_reason_and_the_panel_is_heard(
    board: Board, event: str, outcome: str
) -> None:
    case = board.review(until="publish")
    board.learn(case, planned_publication_on="2017-12-01")
    board.clock.advance(days=7)
    assert not board.tries(case, event).moved  # nobody has told the panel
    assert not board.tries(case, "consider_not_publishing", reason=None).moved
    board.does(case, "consider_not_publishing")
    assert not board.tries(case, event).moved  # the panel has not advised

    board.learn(case, panel_on_publication="publish_in_full")

    assert not board.tries(case, event, reason=None).moved
    assert board.does(case, event, by=EXECUTIVE).to == "learning"
    assert board.fact(case, "published_as") == outcome


def test_publication_in_full_is_the_fourth_outcome_and_remains_open_to_the_end(board: Board) -> None:
    case = board.review(until="publish")
    board.learn(case, planned_publication_on="2017-12-01")
    board.clock.advance(days=7)
    board.does(case, "consider_not_publishing")

    board.does(case, "publish_after_all", "publish")

    assert board.fact(case, "published_as") == "in_full"


def test_advice_on_one_report_is_not_advice_on_another(board: Board) -> None:
    case = board.review(until="publish")
    board.does(case, "consider_not_publishing")
    board.learn(case, panel_on_publication="do_not_publish")
    board.does(case, "publish_after_all")

    board.does(case, "consider_not_publishing")

    assert not board.tries(case, "withhold").moved


# --- the clocks on law.md's worked dates --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("aware", "due"),
    [
        pytest.param("2017-04-13", date(2017, 4, 24), id="easter"),
        pytest.param("2017-01-28", date(2017, 2, 3), id="from-a-saturday"),
    ],
)
def test_five_working_days_from_awareness(framework: Framework, aware: str, due: date) -> None:
    board = Board(framework, "2017-05-02")

    case = board.refer(became_aware_on=aware)

    assert board.due(case, "notification") == due
    assert not board.clock_of(case, "notification").due.provisional


@pytest.mark.parametrize("notified", ["2017-01-31", "2017-01-30", "2017-01-28"])
def test_one_month_from_notification_ends_with_the_month(framework: Framework, notified: str) -> None:
    board = Board(framework, notified)

    assert board.due(board.refer(), "decision") == date(2017, 2, 28)


@pytest.mark.parametrize(
    ("initiated", "due"),
    [("2017-01-09", date(2017, 7, 9)), ("2017-08-31", date(2018, 2, 28)), ("2017-03-31", date(2017, 9, 30))],
)
def test_six_months_from_initiation(framework: Framework, initiated: str, due: date) -> None:
    board = Board(framework, initiated)

    assert board.due(board.review(until="appoint_reviewer"), "completion") == due


@pytest.mark.parametrize("event", ["commission", "decline"])
def test_five_working_days_from_the_decision_to_tell_the_national_bodies(
    framework: Framework, event: str
) -> None:
    board = Board(framework, "2017-04-13")
    yes = event == "commission"
    case = board.before_the_chair(
        "recommend_review" if yes else "recommend_no_review", **(MEETS_THE_CRITERIA if yes else DOES_NOT)
    )

    board.does(case, event)

    assert board.due(case, "telling") == date(2017, 4, 24)


def test_copies_are_due_a_week_before_publication(board: Board) -> None:
    case = board.review(until="send_copies")

    board.learn(case, planned_publication_on="2017-07-10")

    assert board.due(case, "copies") == date(2017, 7, 3)


def test_the_report_stays_on_the_website_for_twelve_months(board: Board) -> None:
    case = board.review(until="agree_learning")  # published on 16 January 2017

    assert board.due(case, "website") == date(2018, 1, 16)
    board.clock.advance_to(date(2018, 1, 15))
    assert not board.tries(case, "end_website_year").moved
    board.clock.advance_to(date(2018, 1, 16))
    assert board.tries(case, "end_website_year").moved


# --- the loop -----------------------------------------------------------------------------------------------


def test_sent_is_not_received_and_received_is_not_used(board: Board) -> None:
    case = board.review(until="agree_learning")
    lesson = learning_point(board, case)
    for sent in board.under(lesson):
        board.learn(sent, was_sent=True, channel="briefings")
        board.does(sent, "send")
    assert board.state(lesson) == "disseminating"

    for sent in board.under(lesson):
        assert not board.tries(sent, "acknowledge").moved
        board.learn(sent, was_received=True)
        board.does(sent, "acknowledge")

    assert board.state(lesson) == "received"
    board.learn(lesson, built_into_practice=True)
    assert not board.tries(lesson, "confirm_embedded").moved
    for sent in board.under(lesson):
        assert not board.tries(sent, "report_use").moved
        board.learn(sent, was_used=True, how_it_was_used="A question in every supervision.")
        board.does(sent, "report_use")
    assert board.tries(lesson, "confirm_embedded").moved


def test_an_agency_answers_for_itself(board: Board) -> None:
    lesson = learning_point(board, board.review(until="agree_learning"))
    for_the_police = next(each for each in board.under(lesson) if board.fact(each, "recipient") == "police")
    board.learn(for_the_police, was_sent=True, channel="briefings", was_received=True)
    board.does(for_the_police, "send")

    assert not board.tries(for_the_police, "acknowledge", by=SCHOOL).moved
    assert board.tries(for_the_police, "acknowledge", by=POLICE).moved


ACTION = {
    "change": "A consultant sees every injured baby.",
    "owner": "police",
    "due_on": "2017-12-01",
    "success_measure": "Nine of ten records show it.",
    "kind": "system",
}


@pytest.mark.parametrize("missing", ["success_measure", "owner", "due_on", "change"])
def test_an_action_without_a_success_measure_is_not_agreed_nor_one_without_owner_or_day(
    board: Board, missing: str
) -> None:
    (action,) = board.does(board.review(until="agree_learning"), "add_action").opened
    board.learn(action, **{name: value for name, value in ACTION.items() if name != missing})
    assert not board.tries(action, "agree", by=POLICE).moved

    board.learn(action, **{missing: ACTION[missing]})

    assert board.tries(action, "agree", by=POLICE).moved


def embedded_lesson(board: Board, case: str) -> str:
    """A learning point that has been received, used and embedded."""
    lesson = learning_point(board, case)
    for sent in board.under(lesson):
        board.learn(sent, was_sent=True, channel="briefings", was_received=True)
        board.learn(sent, was_used=True, how_it_was_used="A question in every supervision.")
        board.does(sent, "send", "acknowledge", "report_use")
    embed(board, lesson)
    return lesson


def embed(board: Board, lesson: str) -> None:
    board.learn(lesson, built_into_practice=True)
    board.does(lesson, "confirm_embedded")


def evaluate(board: Board, lesson: str, event: str, *, found: bool) -> None:
    board.learn(lesson, evaluation_method="case_audit", found_in_practice=found)
    board.does(lesson, event, by=EVALUATORS)


def effective_action(board: Board, case: str) -> str:
    """An action that is agreed, done, verified, embedded, and has worked."""
    (action,) = board.does(case, "add_action").opened
    board.learn(action, **ACTION, carried_out=True, in_everyday_practice=True, measure_met=True)
    board.does(action, "agree", "begin", "submit_evidence", "verify", "confirm_embedded", "confirm_impact")
    return action


def test_learning_and_actions_are_both_needed_for_embedding(board: Board) -> None:
    """The two boxes of appendix 1 stand side by side."""
    case = board.review(until="agree_learning")
    (action,) = board.does(case, "add_action").opened
    embedded_lesson(board, case)
    board.does(case, "agree_learning")
    assert board.state(case) == "embedding"

    board.learn(action, **ACTION, carried_out=True, in_everyday_practice=True)
    board.does(action, "agree", "begin", "submit_evidence", "verify")
    assert board.state(case) == "embedding"
    board.does(action, "confirm_embedded")

    assert board.state(case) == "evaluating"


def evaluating(board: Board) -> tuple[str, str]:
    """A review of which everything is embedded, and its learning point."""
    case = board.review(until="agree_learning")
    lesson = embedded_lesson(board, case)
    effective_action(board, case)
    board.does(case, "agree_learning")
    return case, lesson


def test_a_lesson_that_is_not_learnt_reopens_embedding(board: Board) -> None:
    case, lesson = evaluating(board)
    assert board.state(case) == "evaluating"

    evaluate(board, lesson, "not_learnt", found=False)

    assert board.state(lesson) == "received"
    assert board.state(case) == "embedding"
    embed(board, lesson)
    assert board.state(case) == "evaluating"


def test_an_evaluated_review_is_reopened_by_a_lesson_that_turns_out_not_to_be_learnt(board: Board) -> None:
    case, lesson = evaluating(board)
    evaluate(board, lesson, "learnt", found=True)
    board.learn(case, evaluation_method="case_audit", difference_made="Fathers are asked.")
    assert board.does(case, "learnt").to == "evaluated"

    evaluate(board, lesson, "not_learnt", found=False)

    assert board.state(case) == "embedding"


def test_a_review_is_not_evaluated_before_its_lessons_are(board: Board) -> None:
    case, lesson = evaluating(board)
    board.learn(case, evaluation_method="case_audit", difference_made="Fathers are asked.")
    assert not board.tries(case, "learnt").moved

    evaluate(board, lesson, "learnt", found=True)

    assert board.tries(case, "learnt").moved


def test_a_new_issue_opens_a_new_referral_that_is_linked(board: Board) -> None:
    case, lesson = evaluating(board)
    evaluate(board, lesson, "learnt", found=True)
    board.learn(case, evaluation_method="case_audit", difference_made="Fathers are asked.")

    (referral,) = board.does(case, "new_issue", by=EVALUATORS).opened

    assert board.engine.case(referral).case.workflow == "serious-case-review"
    assert board.state(referral) == "referred"
    assert board.engine.case(referral).case.parent is None
    assert [(link.name, link.case) for link in board.engine.case(referral).links] == [("arises_from", case)]
    assert board.state(case) == "evaluated"


@pytest.mark.parametrize(
    ("found", "event", "end"),
    [
        ({"age_at_event": 19}, "turn_away", "not_about_a_child"),
        ({"normally_resident": False}, "pass_on", "passed_on"),
    ],
)
def test_what_comes_to_light_before_the_decision_still_sends_a_referral_elsewhere(
    board: Board, found: dict[str, object], event: str, end: str
) -> None:
    case = board.review(until="commission")
    assert board.state(case) == "decision"
    assert not board.tries(case, event).moved

    # The age at the time is settled by now: it did not change, but had been wrong.
    board.puts_right(case, **found)

    assert board.does(case, event).to == end
