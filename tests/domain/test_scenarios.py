"""What happens to a board: suspicion that ends or begins late, an agency abolished, a flood, no reasons."""

from __future__ import annotations

from datetime import date

import pytest
from domain.board import (
    CHAIR,
    MEETS_THE_CRITERIA,
    PANEL,
    SUB_GROUP,
    UNIT,
    Board,
)
from domain.road import ACTION, LESSON, from_learning_to_evaluated, has_gone_all_the_way, opened
from sqlalchemy.orm import Session

from loopengine import Actor, Framework, Refused

OVERVIEW = Actor("Dot of the overview panel", "child_death_overview_panel")


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


def verdict(board: Board, case: str, event: str) -> str:
    """What the engine says of *event*, if anybody asks now."""
    return board.engine.explain(case, event).event(event).verdict


# --- suspicion is withdrawn after a review was initiated ----------------------------------------------------


@pytest.mark.parametrize("correction", [False, True], ids=["it ceased to be so", "it had been wrong"])
def test_a_suspicion_that_is_withdrawn_undoes_nothing_and_is_told(board: Board, correction: bool) -> None:
    case = board.review(until="complete_chronology")
    then = board.clock.now()
    assert verdict(board, case, "discontinue") == "refused"
    before = [line.entry.digest for line in board.engine.history(case)]
    completion = board.due(case, "completion")

    board.clock.advance(days=20)
    board.engine.record(
        case,
        {"abuse_or_neglect": "not_suspected"},
        by=UNIT,
        evidence="coroner's letter",
        correction=correction,
    )

    assert board.state(case) == "assembling_information"
    assert [line.entry.digest for line in board.engine.history(case)][: len(before)] == before
    assert board.clock_of(case, "completion").stopped_on is None
    assert board.due(case, "completion") == completion
    assert verdict(board, case, "discontinue") == "allowed"
    assert board.engine.explain(case, as_of=then).event("discontinue").verdict == "refused"


def test_a_review_whose_suspicion_is_withdrawn_may_go_on_to_its_end(board: Board) -> None:
    """Nobody has to end it: what it can teach is not less."""
    case = board.review(until="draft_report")
    board.learn(case, abuse_or_neglect="not_suspected", evidence="coroner's letter")

    board.learn(case, fit_to_publish=True, response_complete=True, planned_publication_on="2017-12-01")
    board.does(case, "draft_report", "agree_report", "agree_response", "send_copies")
    board.clock.advance(days=7)
    board.does(case, "publish")
    from_learning_to_evaluated(board, case)

    assert has_gone_all_the_way(board, case)


def test_a_review_that_is_ended_for_it_goes_the_way_of_every_decision_against_one(board: Board) -> None:
    case = board.review(until="complete_chronology")
    board.does(case, "tell_national_bodies", "ratify")
    board.learn(case, abuse_or_neglect="not_suspected", done_instead="child_death_review_only")
    assert not board.tries(case, "discontinue", by=CHAIR, reason=None).moved
    assert not board.tries(case, "discontinue", by=SUB_GROUP).moved

    board.does(case, "discontinue", by=CHAIR)

    assert not board.engine.case(case).case.ended
    assert board.clock_of(case, "completion").stopped_on == board.clock.today()
    assert board.due(case, "telling") == date(2017, 1, 16)
    assert board.clock_of(case, "telling").stopped_on is None
    assert (board.fact(case, "national_bodies_told"), board.fact(case, "ratified")) == (False, False)
    assert not board.tries(case, "panel_agrees", by=PANEL).moved
    board.does(case, "tell_national_bodies", "ratify")
    assert board.does(case, "panel_agrees", by=PANEL).to == "closed_without_review"


def test_a_report_that_is_agreed_is_not_ended_for_it_any_more(board: Board) -> None:
    case = board.review(until="agree_response")
    board.learn(case, abuse_or_neglect="not_suspected", evidence="coroner's letter")

    refused = board.tries(case, "discontinue", by=CHAIR)

    assert not refused.moved
    assert board.state(case) == "report_agreed"


# --- abuse emerges months after a natural death was reviewed ------------------------------------------------

NATURAL_DEATH = {
    "child": "Child A",
    "died_on": "2017-01-06",
    "child_died": True,
    "death_expected": True,
    "age_at_event": 7,
    "normally_resident": True,
    "born_alive": True,
    "planned_termination": False,
    "agencies_involved": "police,hospital_trust",
    "abuse_or_neglect": "not_suspected",
    "custody_setting": "none",
    "detained_mental_health_act": False,
    "deprivation_of_liberty_order": False,
}
FORM_C = {
    "panel_attended": "public_health,childrens_social_care,police,hospital_trust",
    "pattern_considered": True,
    "modifiable_factors": "none_identified",
    "category": "malignancy",
}


def analysed(board: Board) -> str:
    """A natural death, as far as anybody knows, of which the panel has completed its analysis."""
    case = opened(board, "child-death-review", **NATURAL_DEATH)
    board.does(case, "collect")
    for part in board.under(case):
        board.learn(part, report_sent=True)
        board.does(part, "receive")
    board.learn(case, collation_agreed=True, family_told=True)
    board.does(case, "collate")
    lists = board.engine.framework.lists
    of_each = {f"category_applies.{name}": name == "malignancy" for name in lists["child_death_categories"]}
    of_each |= {f"factors.{name}": "none" for name in lists["child_death_domains"]}  # type: ignore[dict-item]
    board.learn(case, by=OVERVIEW, **FORM_C, **of_each)
    board.does(case, "complete_form_c")
    return case


def referred_from(board: Board, case: str) -> list[str]:
    """The Serious Case Reviews that were opened because of *case*."""
    return [link.case for link in board.engine.case(case).links if link.case.startswith("SCR-")]


def test_abuse_that_emerges_after_a_natural_death_was_reviewed_refers_a_serious_case(board: Board) -> None:
    case = analysed(board)
    from_learning_to_evaluated(board, case)
    board.clock.advance(days=100)
    board.does(case, "close")
    then = board.clock.now()
    board.clock.advance(days=30)

    board.learn(case, abuse_or_neglect="suspected", evidence="what a sibling has said")

    (referral,) = referred_from(board, case)
    assert board.state(referral) == "referred"
    assert [(link.name, link.case) for link in board.engine.case(referral).links] == [("arises_from", case)]
    assert board.engine.case(referral).case.opened_on == board.clock.today()
    assert board.fact(referral, "abuse_or_neglect") == "suspected"
    carried = board.engine.case(referral).answers["abuse_or_neglect"]
    assert carried.evidence == f"carried forward from {case}"
    assert board.state(case) == "closed", "what was reviewed and closed stays so"
    assert board.engine.case(case, as_of=then).facts["abuse_or_neglect"] == "not_suspected"
    assert board.engine.audit().ok


def test_the_referral_stands_though_the_suspicion_is_withdrawn_and_is_not_made_twice(board: Board) -> None:
    case = analysed(board)
    for suspicion in ("suspected", "not_suspected", "known"):
        board.clock.advance(days=30)
        board.learn(case, abuse_or_neglect=suspicion)

        (referral,) = referred_from(board, case)
        assert board.state(referral) == "referred"
        assert board.fact(referral, "abuse_or_neglect") == "suspected", "each case has a file of its own"


def test_a_death_that_was_referred_twice_is_one_review_once_the_two_are_merged(board: Board) -> None:
    """What is decided later at the door is not told to the panel: it may refer what was referred already."""
    case = analysed(board)
    first = board.refer()
    board.learn(case, abuse_or_neglect="suspected")
    (second,) = referred_from(board, case)

    board.engine.merge(second, first, by=UNIT, reason="the same death")

    assert board.state(second) == "merged"
    assert [link.case for link in board.engine.case(second).links if link.name == "merged_into"] == [first]


def test_the_panel_that_knows_what_was_decided_since_refers_nothing(board: Board) -> None:
    case = analysed(board)
    board.learn(case, reviews="serious-case-review,child-death-review")

    board.learn(case, abuse_or_neglect="suspected")

    assert referred_from(board, case) == []


# --- an agency is abolished while it owns actions -----------------------------------------------------------

OLD, NEW = "clinical_commissioning_group", "hospital_trust"
OF_THE_OLD = Actor("Cam of the commissioning group", "agency", agency=OLD)
OF_THE_NEW = Actor("Hal of the hospital", "agency", agency=NEW)


def owned_action(board: Board, review: str, owner: str, *events: str) -> str:
    (action,) = board.does(review, "add_action").opened
    board.learn(action, **{**ACTION, "owner": owner})
    for event in events:
        board.does(action, event)
    return action


def test_what_an_abolished_agency_owned_is_another_ones_with_its_history(board: Board) -> None:
    review = board.review(until="agree_learning")
    agreed = owned_action(board, review, OLD, "agree")
    begun = owned_action(board, review, OLD, "agree", "begin")
    ended = owned_action(board, review, OLD, "agree", "supersede")
    others = owned_action(board, review, "police", "agree")
    due = board.due(agreed, "completion")
    then = board.clock.now()
    board.clock.advance(days=10)

    tried = board.engine.reassign(OLD, NEW, by=UNIT, reason="abolished on 1 April", dry_run=True)
    assert board.fact(agreed, "owner") == OLD
    done = board.engine.reassign(OLD, NEW, by=UNIT, reason="abolished on 1 April")

    assert tried.done == done.done
    assert {each.case for each in done.done} == {agreed, begun}
    owners = [board.fact(action, "owner") for action in (agreed, begun, ended, others)]
    assert owners == [NEW, NEW, OLD, "police"]
    assert [board.state(action) for action in (agreed, begun)] == ["agreed", "in_progress"]
    assert board.due(agreed, "completion") == due
    last = board.engine.history(agreed)[-1]
    assert (last.reason, last.entry.so_on) == ("abolished on 1 April", board.clock.today())
    assert board.engine.case(agreed, as_of=then).facts["owner"] == OLD
    assert not board.tries(agreed, "begin", by=OF_THE_OLD).moved
    assert board.tries(agreed, "begin", by=OF_THE_NEW).moved
    assert board.engine.audit().ok


def test_what_is_due_of_an_abolished_agency_is_due_of_the_other(board: Board) -> None:
    action = owned_action(board, board.review(until="agree_learning"), OLD, "agree")

    board.engine.reassign(OLD, NEW, by=UNIT, reason="abolished on 1 April")

    assert {each.agencies for each in board.engine.due() if each.case.reference == action} == {(NEW,)}


# --- nobody does what was agreed ----------------------------------------------------------------------------


def test_what_is_overdue_is_told_tier_by_tier_up_to_the_executive_and_once(board: Board) -> None:
    action = owned_action(board, board.review(until="agree_learning"), "police", "agree")
    board.clock.advance_to(board.due(action, "completion"))
    for _ in range(18):
        board.clock.advance(days=7)
        board.engine.sweep()

    told = [
        line.to_json()["told"]
        for line in board.engine.history(action)
        if line.entry.kind == "escalated" and line.entry.text("deadline") == "completion"
    ]

    tiers = ["agency", "agency_lead", "performance_and_evaluation", "management_group", "executive"]
    assert told == [[role] for role in tiers]
    assert board.state(action) == "agreed", "overdue is said of a case, and is no state"


# --- 47 recommendations to 12 agencies at once --------------------------------------------------------------

TWELVE = (
    *("childrens_social_care", "police", "hospital_trust", "community_health", "mental_health_trust"),
    *("gp_practices", "schools", "early_years", "youth_justice", "probation", "housing", "voluntary_sector"),
)


def flood(board: Board) -> tuple[str, list[str], list[str]]:
    """A review, its 47 recommendations to twelve agencies, and what was warned of."""
    review = board.review(until="agree_learning")
    made: list[str] = []
    warnings: list[str] = []
    for number in range(47):
        told = {
            "recommendation": f"Recommendation {number + 1}",
            "finding": "Nobody had asked about the uncle.",
            "addressed_to": TWELVE[number % 12],
            "what_changes_for_children": "Whoever could harm them is known.",
        }
        case = board.engine.open("recommendation", told, by=SUB_GROUP, under=review)
        made.append(case.reference)
        warnings += case.warnings
    return review, made, warnings


def test_47_recommendations_to_12_agencies_are_each_opened_for_their_agency(board: Board) -> None:
    review, made, warnings = flood(board)

    assert [*board.under(review)] == made
    asked_of = [board.fact(case, "addressed_to") for case in made]
    assert {agency: asked_of.count(agency) for agency in TWELVE} == {
        agency: 4 if number < 11 else 3 for number, agency in enumerate(TWELVE)
    }
    many = board.engine.framework.workflow("serious-case-review").sub_cases["recommendations"].warn_above
    assert len(warnings) == (0 if many is None else 47 - many)
    assert all(review in warning for warning in warnings)


def test_every_one_of_them_is_due_of_its_agency_on_the_same_day(board: Board) -> None:
    _, made, _ = flood(board)

    replies = {
        each.case.reference: each for each in board.engine.due() if each.clock.deadline.name == "reply"
    }

    assert sorted(replies) == sorted(made)
    assert {each.clock.due.on for each in replies.values()} == {board.due(made[0], "reply")}
    for case, each in replies.items():
        assert board.fact(case, "addressed_to") in each.agencies


def test_the_sub_group_sees_those_that_were_not_accepted_on_its_register(board: Board) -> None:
    _, made, _ = flood(board)
    lead = Actor("Lee, who leads safeguarding in housing", "agency_lead", agency="housing")
    of_housing = [case for case in made if board.fact(case, "addressed_to") == "housing"]
    for case in of_housing:
        board.does(case, "not_accept", by=lead)

    register = board.engine.group("learning_and_improvement")

    seen = {each.case.reference for each in register.cases if each.owned and each.case.reference in made}
    assert seen == set(of_housing)
    assert len(seen) == 4


def test_a_host_opens_all_of_them_or_none(board: Board) -> None:
    review = board.review(until="agree_learning")

    with Session(board.engine.database._engine) as session:
        for agency in TWELVE:
            board.engine.open(
                "recommendation", {"addressed_to": agency}, by=SUB_GROUP, under=review, session=session
            )
        session.rollback()

    assert [*board.under(review)] == []


# --- no decision without a rationale ------------------------------------------------------------------------


@pytest.mark.parametrize("reason", [None, "", "   "], ids=["none", "empty", "blank"])
@pytest.mark.parametrize(
    ("until", "event", "by"),
    [
        ("recommend_review", "recommend_review", SUB_GROUP),
        ("recommend_review", "recommend_no_review", SUB_GROUP),
        ("agree_scope", "agree_scope", SUB_GROUP),
    ],
)
def test_a_decision_without_a_rationale_is_refused_and_the_attempt_kept(
    board: Board, until: str, event: str, by: Actor, reason: str | None
) -> None:
    case = board.review(until=until)
    board.learn(case, terms_of_reference="Two years.", method="hybrid", reviewers_named_to_panel=True)
    state = board.state(case)

    refused = board.tries(case, event, by=by, reason=reason)

    assert isinstance(refused, Refused)
    assert board.state(case) == state
    assert board.engine.history(case)[-1].entry.kind == "refused"
    assert board.tries(case, event, by=by, reason="in proportion to what happened").moved
    assert board.engine.history(case)[-1].reason == "in proportion to what happened"


def test_the_rationale_of_a_review_that_must_be_is_what_was_known(board: Board) -> None:
    """The Chair gives no reason for doing what the regulation asks: what was read is kept."""
    case = board.before_the_chair(**MEETS_THE_CRITERIA)

    board.does(case, "commission", by=CHAIR)

    (kept,) = [line for line in board.engine.history(case) if line.entry.text("event") == "commission"]
    read = kept.entry.body["read"]
    assert isinstance(read, dict)
    assert read["verdict"] == "true"
    assert {"abuse_or_neglect": "known", "child_died": "yes"}.items() <= read["facts"].items()


# Ends that need no words: of an inquiry, which has no threshold, and of a report that answers what was asked.
NEED_NO_WORDS = {
    ("agency-information", "accept"),
    ("appreciative-inquiry", "let_it_rest"),
    ("appreciative-inquiry", "close"),
}


def test_nothing_ends_without_a_rule_a_time_or_a_reason(framework: Framework) -> None:
    without = {
        (name, step.event)
        for name, workflow in framework.workflows.items()
        for step in workflow.steps()
        if workflow.states[step.to].final and not (step.when or step.wait or step.reason_required)
    }

    assert without <= NEED_NO_WORDS


# --- what young people say ----------------------------------------------------------------------------------

YOUNG = Actor("Jo of the junior board", "junior_board")


def test_young_people_give_occasion_to_learn_and_raise_challenges(board: Board) -> None:
    routing = board.engine.framework.route({"trigger": "young_peoples_group"})
    assert routing["appreciative-inquiry"].outcome == "possible"
    assert routing["multi-agency-case-audit"].outcome == "possible"
    review = board.review(until="agree_learning")

    (challenge,) = board.does(review, "raise_challenge", by=YOUNG).opened

    assert [(link.name, link.case) for link in board.engine.case(challenge).links] == [
        ("arises_from", review)
    ]


def test_young_people_pass_on_what_was_learnt(board: Board) -> None:
    (lesson,) = board.does(board.review(until="agree_learning"), "add_learning_point").opened
    board.learn(lesson, **LESSON)
    board.does(lesson, "disseminate")

    (broadcast,) = board.does(lesson, "broadcast", by=YOUNG).opened

    board.learn(broadcast, was_sent=True, channel="young_people", reach=120)
    board.does(broadcast, "send", "report_reach", by=YOUNG)
    assert board.state(broadcast) == "reached"
