"""A Child Death Review: notified, answered by the agencies, and analysed by the panel (forms A, B and C)."""

from __future__ import annotations

from datetime import date

import pytest
from domain.board import CHAIR, POLICE, UNIT, Board, asked
from domain.road import from_learning_to_evaluated, has_gone_all_the_way, opened

from loopengine import Actor, Framework
from loopengine.errors import NotAnswered, RefusedError

OVERVIEW = Actor("Dot of the overview panel", "child_death_overview_panel")
NURSE = Actor("Noor of the hospital", "agency", agency="hospital_trust")

NOTIFIED = {
    "child": "Child A",
    "died_on": "2017-01-06",
    "notified_on": "2017-01-09",
    "child_died": True,
    "age_at_event": 7,
    "normally_resident": True,
    "born_alive": True,
    "planned_termination": False,
    "agencies_involved": "police,hospital_trust",
}
NATURAL = {
    "abuse_or_neglect": "not_suspected",
    "custody_setting": "none",
    "detained_mental_health_act": False,
    "deprivation_of_liberty_order": False,
}
QUORATE = "public_health,childrens_social_care,police,hospital_trust"


@pytest.fixture
def board(framework: Framework) -> Board:
    return Board(framework)


def notified(board: Board, **facts: object) -> str:
    """Form A has come in."""
    return opened(board, "child-death-review", **{**NOTIFIED, **NATURAL, **facts})


def asked_for(board: Board, **facts: object) -> str:
    """The death was expected, and the agencies are asked what they know (Form B)."""
    case = notified(board, death_expected=True, **facts)
    board.does(case, "collect")
    return case


def report_of(board: Board, case: str, agency: str) -> str:
    return next(each for each in board.under(case) if board.fact(each, "agency") == agency)


def report(board: Board, case: str) -> None:
    """Every agency has sent its Form B, and it is put together."""
    for each in board.under(case):
        board.learn(each, report_sent=True)
        board.does(each, "receive")
    board.learn(case, collation_agreed=True, family_told=True)
    board.does(case, "collate")


def before_the_panel(board: Board, **facts: object) -> str:
    case = asked_for(board, **facts)
    report(board, case)
    return case


def form_c(framework: Framework, *applying: str) -> dict[str, object]:
    """Form C, in which the categories *applying* do."""
    categories = [*framework.lists["child_death_categories"]]
    domains = [*framework.lists["child_death_domains"]]
    return {
        **{f"category_applies.{name}": name in applying for name in categories},
        **{f"factors.{name}": "none" for name in domains},
        "category": next(name for name in categories if name in applying),
        "modifiable_factors": "none_identified",
        "pattern_considered": True,
        "panel_attended": QUORATE,
    }


def analysed(board: Board, case: str, *applying: str, **facts: object) -> None:
    board.learn(case, by=OVERVIEW, **{**form_c(board.engine.framework, *applying), **facts})


def reviews_that_arose(board: Board, case: str) -> list[str]:
    """The Serious Case Reviews that were referred because of *case*."""
    links = board.engine.case(case).links
    return [link.case for link in links if link.case.startswith("SCR-")]


# --- the road -----------------------------------------------------------------------------------------------


def test_an_expected_death_goes_from_referral_to_closed(board: Board) -> None:
    case = before_the_panel(board)
    analysed(board, case, "malignancy")
    board.does(case, "complete_form_c")

    from_learning_to_evaluated(board, case)

    assert has_gone_all_the_way(board, case)
    board.clock.advance(days=100)
    assert board.does(case, "close").to == "closed"


def test_an_unexpected_death_is_answered_at_once_and_discussed_before_the_reports_are_collated(
    board: Board,
) -> None:
    case = notified(board, death_expected=False)
    assert not board.tries(case, "collect").moved
    assert board.does(case, "respond_rapidly").to == "rapid_response"
    with pytest.raises(NotAnswered, match="evidence"):
        board.learn(case, final_case_discussion_held=True, evidence=None)
    assert board.tries(case, "discuss").verdict == "undetermined"

    board.learn(case, final_case_discussion_held=True, evidence="the draft of Form C")
    board.does(case, "discuss")
    report(board, case)

    assert board.state(case) == "before_the_panel"


def test_an_expected_death_is_not_answered_as_an_unexpected_one(board: Board) -> None:
    assert board.tries(notified(board, death_expected=True), "respond_rapidly").verdict == "refused"


def test_whether_it_was_expected_is_asked_and_not_assumed(board: Board) -> None:
    case = notified(board)

    assert asked(board.tries(case, "respond_rapidly")) == ["death_expected"]
    assert asked(board.tries(case, "collect")) == ["death_expected"]


# --- which deaths -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "found",
    [{"born_alive": False}, {"planned_termination": True}, {"age_at_event": 18}, {"child_died": False}],
    ids=str,
)
def test_not_every_death_is_one_for_the_panel(board: Board, found: dict[str, object]) -> None:
    case = notified(board, death_expected=True, **found)

    assert board.tries(case, "collect").verdict == "refused"
    assert board.tries(case, "turn_away", reason=None).verdict == "refused"
    assert board.does(case, "turn_away").to == "not_reviewed"


def test_a_child_who_lived_elsewhere_is_passed_on_to_the_panel_there(board: Board) -> None:
    case = notified(board, death_expected=True, normally_resident=False)
    assert not board.tries(case, "collect").moved

    assert board.does(case, "pass_on").to == "passed_on"


def test_a_death_of_which_the_residence_is_not_known_is_reviewed_until_it_is(board: Board) -> None:
    assert board.tries(notified(board, death_expected=True, normally_resident="unknown"), "collect").moved


# --- Form B -------------------------------------------------------------------------------------------------


def test_each_agency_answers_for_itself_and_is_waited_for(board: Board) -> None:
    case = asked_for(board)
    board.learn(case, collation_agreed=True, family_told=True)
    of_the_hospital, of_the_police = (
        report_of(board, case, agency) for agency in ("hospital_trust", "police")
    )
    board.learn(of_the_hospital, report_sent=True)
    assert not board.tries(of_the_hospital, "receive", by=POLICE).moved
    board.does(of_the_hospital, "receive", by=NURSE)
    assert not board.tries(case, "collate").moved

    board.learn(of_the_police, knows_of_the_child=False, evidence="search of 12 January")
    board.does(of_the_police, "know_nothing", by=POLICE)

    assert board.tries(case, "collate").moved


def test_an_agency_that_turns_out_to_have_known_the_child_is_asked_too(board: Board) -> None:
    case = asked_for(board)

    board.learn(case, agencies_involved="police,hospital_trust,schools")

    assert board.state(report_of(board, case, "schools")) == "requested"


def test_a_report_that_leaves_something_open_goes_back(board: Board) -> None:
    case = asked_for(board)
    of_the_police = report_of(board, case, "police")
    board.learn(of_the_police, report_sent=True)
    board.does(of_the_police, "receive", "return")

    assert board.state(of_the_police) == "requested"
    assert not board.tries(of_the_police, "receive").moved


def test_the_reports_are_not_collated_before_the_family_is_spoken_of(board: Board) -> None:
    case = asked_for(board)
    for each in board.under(case):
        board.learn(each, report_sent=True)
        board.does(each, "receive")
    board.learn(case, collation_agreed=True)

    assert not board.tries(case, "collate").moved

    board.learn(case, family_told=False, evidence="the police have asked to wait")
    assert board.tries(case, "collate").moved


def test_the_panel_may_have_the_agencies_asked_again(board: Board) -> None:
    case = before_the_panel(board)

    assert not board.tries(case, "ask_again", reason=None).moved
    assert board.does(case, "ask_again").to == "collecting"


# --- Form C -------------------------------------------------------------------------------------------------


def test_of_the_categories_that_apply_the_uppermost_is_the_category_of_the_death(board: Board) -> None:
    case = before_the_panel(board)
    analysed(board, case, "chronic_condition", "infection", category="infection")
    assert board.tries(case, "complete_form_c").verdict == "refused"

    board.learn(case, by=OVERVIEW, category="chronic_condition")

    assert board.tries(case, "complete_form_c").moved


def test_what_stands_above_has_to_be_ruled_out_and_what_stands_below_need_not(board: Board) -> None:
    case = before_the_panel(board)
    above, below = "category_applies.trauma", "category_applies.infection"
    analysed(board, case, "malignancy", **{above: "unknown", below: "unknown"})

    assert asked(board.tries(case, "complete_form_c")) == [above]

    board.learn(case, by=OVERVIEW, **{above: False})
    assert board.tries(case, "complete_form_c").moved


@pytest.mark.parametrize(
    "domain", ["childs_needs", "parenting", "family_and_environment", "service_provision"]
)
def test_every_domain_is_scored_and_not_available_is_a_score(board: Board, domain: str) -> None:
    case = before_the_panel(board)
    analysed(board, case, "malignancy", **{f"factors.{domain}": "unknown"})
    assert not board.tries(case, "complete_form_c").moved

    board.learn(case, by=OVERVIEW, **{f"factors.{domain}": "not_available"})

    assert board.tries(case, "complete_form_c").moved


@pytest.mark.parametrize("answer", ["identified", "none_identified", "inadequate_information"])
def test_the_panel_says_whether_anything_could_be_modified(board: Board, answer: str) -> None:
    case = before_the_panel(board)
    analysed(board, case, "malignancy", modifiable_factors="unknown")
    assert not board.tries(case, "complete_form_c").moved

    board.learn(case, by=OVERVIEW, modifiable_factors=answer)

    assert board.tries(case, "complete_form_c").moved


def test_form_c_is_the_panels_and_nobody_else_fills_it_in(board: Board) -> None:
    case = before_the_panel(board)

    with pytest.raises(RefusedError, match="child_death_overview_panel"):
        board.learn(case, by=CHAIR, category="malignancy")
    analysed(board, case, "malignancy")
    assert not board.tries(case, "complete_form_c", by=UNIT).moved


@pytest.mark.parametrize(
    "attended",
    ["public_health,childrens_social_care,police", "public_health,police,hospital_trust,schools,housing"],
    ids=["too few", "without social care"],
)
def test_a_panel_that_is_not_quorate_completes_nothing(board: Board, attended: str) -> None:
    case = before_the_panel(board)
    analysed(board, case, "malignancy", panel_attended=attended)
    assert board.tries(case, "complete_form_c").verdict == "refused"

    board.learn(case, by=OVERVIEW, panel_attended=QUORATE)

    assert board.tries(case, "complete_form_c").moved


def test_a_panel_of_which_nobody_says_who_was_there_is_asked_and_completes_nothing(board: Board) -> None:
    case = before_the_panel(board)
    analysed(board, case, "malignancy", panel_attended="unknown")

    decision = board.tries(case, "complete_form_c")

    assert decision.verdict == "undetermined"
    assert asked(decision) == ["panel_attended"]


def test_deaths_that_are_alike_may_be_a_pattern_that_has_practice_audited(board: Board) -> None:
    def alike() -> str:
        case = before_the_panel(board)
        analysed(board, case, "sudden_unexplained")
        return case

    first, second, third = alike(), alike(), before_the_panel(board)
    analysed(board, third, "malignancy")
    assert not board.tries(first, "flag_pattern").moved
    assert not board.tries(second, "flag_pattern").moved

    analysed(board, third, "sudden_unexplained")

    (audit,) = board.does(third, "flag_pattern").opened
    assert board.engine.case(audit).case.workflow == "multi-agency-thematic-case-audit"
    assert [(link.name, link.case) for link in board.engine.case(audit).links] == [("arises_from", third)]


# --- a Serious Case Review, whenever ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "found",
    [
        {"abuse_or_neglect": "suspected"},
        {"custody_setting": "post_sentence"},
        {"detained_mental_health_act": True},
        {"deprivation_of_liberty_order": True, "age_at_event": 16},
    ],
    ids=str,
)
def test_the_facts_of_regulation_5_refer_it_as_a_serious_case(board: Board, found: dict[str, object]) -> None:
    case = asked_for(board, **{name: found[name] for name in found if name == "age_at_event"})
    assert reviews_that_arose(board, case) == []

    board.learn(case, **found)

    (referred,) = reviews_that_arose(board, case)
    assert board.state(referred) == "referred"
    assert {name: board.fact(referred, name) for name in found} == found
    assert board.state(case) == "collecting"


def test_the_uppermost_category_is_abuse_and_refers_it_too(board: Board) -> None:
    case = before_the_panel(board)

    analysed(board, case, "deliberate_injury_abuse_or_neglect", "trauma")

    assert len(reviews_that_arose(board, case)) == 1


def test_what_was_referred_when_the_incident_was_taken_in_is_not_referred_again(board: Board) -> None:
    case = notified(board, reviews="serious-case-review,child-death-review", abuse_or_neglect="known")

    assert reviews_that_arose(board, case) == []


# --- clocks and holds ---------------------------------------------------------------------------------------


def test_the_registrar_has_seven_days_and_the_coroner_three_working_days(board: Board) -> None:
    case = notified(board, registered_on="2017-01-12", coroner_decided_on="2017-01-12")
    assert board.due(case, "registrar") == date(2017, 1, 19)
    assert board.due(case, "coroner") == date(2017, 1, 17)
    board.clock.advance_to(date(2017, 1, 18))

    board.does(case, "receive_from_registrar", "receive_from_coroner")

    today = board.clock.today()
    assert not board.clock_of(case, "registrar").is_late(today)
    assert board.clock_of(case, "coroner").is_late(today)


def test_the_panel_has_six_months_from_the_death(board: Board) -> None:
    assert board.due(notified(board), "overview") == date(2017, 7, 6)


def test_agencies_have_fifteen_working_days(board: Board) -> None:
    case = asked_for(board)

    assert board.due(report_of(board, case, "police"), "answer") == date(2017, 1, 30)
    assert board.due(case, "collation") == date(2017, 2, 20)


def test_an_inquest_stops_the_panel_and_neither_the_reports_nor_the_rapid_response(board: Board) -> None:
    case = notified(board, death_expected=False)
    board.does(case, "respond_rapidly")
    board.engine.hold(case, "inquest", by=UNIT, reason="opened on 9 January")
    board.learn(case, final_case_discussion_held=True)
    board.does(case, "discuss")
    report(board, case)
    analysed(board, case, "trauma")

    assert board.tries(case, "complete_form_c").verdict == "refused"

    board.clock.advance(days=30)
    board.engine.release(case, "inquest", by=UNIT, reason="concluded")
    assert board.due(case, "overview") == date(2017, 8, 5)
    assert board.tries(case, "complete_form_c").moved
