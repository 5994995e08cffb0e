"""One door: an incident is taken in once, with every child it concerns, and what is decided is opened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from loopengine import Actor, Engine, Framework, Moved, Refused
from loopengine.clock import FrozenClock
from loopengine.engine.intaking import Intake
from loopengine.errors import BadValue, UnknownName, UsageError

UNIT = Actor("Uma of the Business Unit", "business_unit")
SUB_GROUP = Actor("Lin of Learning and Improvement", "learning_and_improvement")
CHAIR = Actor("Carys, the Independent Chair", "independent_chair")
DAY = date(2017, 1, 9)

INCIDENT: dict[str, object] = {
    "trigger": "incident",
    "abuse_or_neglect": "known",
    "notified_on": "2017-01-06",
    "agencies_involved": "police,schools",
    "age_at_event": 4,
    "born_alive": True,
    "normally_resident": True,
    "looked_after": False,
    "regulated_setting_or_service": False,
    "youth_justice_incident": False,
    "custody_setting": "none",
    "detained_mental_health_act": False,
    "deprivation_of_liberty_order": False,
}
DIED: dict[str, object] = {"child_died": True}
HARMED: dict[str, object] = {"child_died": False, "seriously_harmed": True}
OF_A_DEATH = "serious-case-review,child-death-review,notifiable-incident"
OF_A_HARM = "serious-case-review,notifiable-incident"


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock("2017-01-09T09:00Z")


@pytest.fixture
def board(framework: Framework, clock: FrozenClock) -> Iterator[Engine]:
    engine = Engine("sqlite://", framework=framework, clock=clock)
    yield engine
    assert engine.audit().ok
    engine.close()


def opened(board: Engine, taken: Intake) -> list[tuple[str, object]]:
    """The workflows of what was opened, each with the children that it names."""
    assert isinstance(taken.decision, Moved)
    files = [board.case(reference) for reference in taken.decision.opened]
    return [(file.case.workflow, file.facts.get("children")) for file in files]


def test_children_of_one_incident_may_have_come_to_different_harm(board: Engine) -> None:
    taken = board.intake(
        INCIDENT, {"A": DIED | {"reviews": OF_A_DEATH}, "B": HARMED | {"reviews": OF_A_HARM}}, by=UNIT
    )

    assert taken.children["A"].that_are("required") == tuple(OF_A_DEATH.split(","))
    assert taken.children["B"].that_are("required") == tuple(OF_A_HARM.split(","))
    assert opened(board, taken) == [
        ("serious-case-review", {"A"}),
        ("serious-case-review", {"B"}),
        ("child-death-review", None),
        ("notifiable-incident", None),
        ("notifiable-incident", None),
    ]


def test_siblings_may_share_one_review_which_is_required_if_it_is_for_either(board: Engine) -> None:
    together = INCIDENT | {"together": "serious-case-review"}

    taken = board.intake(
        together, {"A": DIED | {"reviews": OF_A_DEATH}, "B": HARMED | {"reviews": OF_A_HARM}}, by=UNIT
    )

    assert opened(board, taken)[0] == ("serious-case-review", {"A", "B"})
    assert isinstance(taken.decision, Moved)
    review = board.case(taken.decision.opened[0])
    assert (review.facts["child_died.A"], review.facts["child_died.B"]) == (True, False)
    assert review.answers["child_died.A"].evidence == f"carried forward from {taken.decision.case}"
    assert review.links[0].case == taken.decision.case


def test_of_each_review_that_is_opened_it_is_told_about_whom_it_is(board: Engine) -> None:
    children = {"A": DIED | {"reviews": OF_A_DEATH}, "B": HARMED | {"reviews": OF_A_HARM}}

    taken = board.intake(INCIDENT | {"together": "serious-case-review"}, children, by=UNIT, key="once")

    assert [(each.case.workflow, each.children) for each in taken.opened] == [
        ("serious-case-review", ("A", "B")),
        ("child-death-review", ("A",)),
        ("notifiable-incident", ("A",)),
        ("notifiable-incident", ("B",)),
    ]
    assert taken.decided == {"A": tuple(OF_A_DEATH.split(",")), "B": tuple(OF_A_HARM.split(","))}
    again = board.intake(INCIDENT | {"together": "serious-case-review"}, children, by=UNIT, key="once")
    assert again.opened == taken.opened


def test_a_decision_against_what_must_be_is_refused_with_the_reason(board: Engine) -> None:
    taken = board.intake(INCIDENT, {"A": DIED | {"reviews": "child-death-review"}}, by=CHAIR, reason="enough")

    assert isinstance(taken.decision, Refused)
    assert taken.decision.verdict == "refused"
    assert board.case(taken.decision.case).case.state == "recorded"
    assert [case.workflow for case in board.cases()] == ["incident"]


def below_the_threshold(reviews: str) -> dict[str, dict[str, object]]:
    return {
        "A": {
            "abuse_or_neglect": "not_suspected",
            "child_died": False,
            "seriously_harmed": False,
            "concern_level": "significant",
            "reviews": reviews,
        }
    }


def test_a_decision_against_what_should_be_needs_a_reason_and_somebody_who_answers_for_it(
    board: Engine,
) -> None:
    facts = {name: value for name, value in INCIDENT.items() if name != "abuse_or_neglect"}

    as_routed = board.intake(facts, below_the_threshold("none"), by=UNIT)
    by_the_unit = board.intake(facts, below_the_threshold("none"), by=UNIT, reason="two are running")
    by_the_group = board.intake(facts, below_the_threshold("none"), by=SUB_GROUP, reason="two are running")

    assert isinstance(as_routed.decision, Refused)
    assert isinstance(by_the_unit.decision, Refused)
    assert isinstance(by_the_group.decision, Moved)
    assert by_the_group.decision.opened == ()
    assert as_routed.children["A"]["multi-agency-case-review"].outcome == "advised"


def test_too_little_known_is_asked_for_while_the_clock_runs(board: Engine, clock: FrozenClock) -> None:
    taken = board.intake(
        {"trigger": "incident", "abuse_or_neglect": "suspected", "notified_on": "2017-01-06"},
        {"A": {"reviews": "serious-case-review"}},
        by=UNIT,
    )

    assert isinstance(taken.decision, Refused)
    assert taken.decision.verdict == "undetermined"
    assert "child_died.A" in {fact.name for fact in taken.decision.questions}
    clock.advance(days=20)
    late = [each for each in board.due() if each.case.reference == taken.decision.case]
    assert [(each.clock.deadline.name, each.late) for each in late] == [("decision", True)]


def test_what_is_learnt_later_is_told_and_opens_only_what_is_missing(board: Engine) -> None:
    """A child who dies later of the injuries."""
    taken = board.intake(INCIDENT, {"A": HARMED | {"reviews": OF_A_HARM}}, by=UNIT)
    assert taken.decision is not None
    incident = taken.decision.case

    board.record(incident, {"child_died.A": True}, by=UNIT)

    assert [each.name for each in board.case(incident).standing] == ["review_newly_required"]
    assert isinstance(board.fire(incident, "decide_more", by=UNIT), Refused)
    board.record(incident, {"reviews.A": OF_A_DEATH}, by=UNIT)
    further = board.fire(incident, "decide_more", by=UNIT).require()
    assert [board.case(each).case.workflow for each in further.opened] == ["child-death-review"]
    assert board.case(incident).standing == ()


def test_a_child_who_joins_gets_reviews_of_its_own(board: Engine) -> None:
    taken = board.intake(INCIDENT, {"A": HARMED | {"reviews": OF_A_HARM}}, by=UNIT)
    assert taken.decision is not None
    incident = taken.decision.case

    board.record(incident, {"children": "A,B"}, by=UNIT)
    told = {"abuse_or_neglect.B": "known", "reviews.B": OF_A_HARM}
    told |= {f"{name}.B": value for name, value in HARMED.items()}
    told |= {f"{name}.B": INCIDENT[name] for name in ("age_at_event", "born_alive", "youth_justice_incident")}
    board.record(incident, told, by=UNIT)

    further = board.fire(incident, "decide_more", by=UNIT).require()
    assert [board.case(each).facts.get("children") for each in further.opened] == [{"B"}, None]


def test_without_letters_there_is_one_child(board: Engine) -> None:
    taken = board.intake(INCIDENT | DIED | {"reviews": OF_A_DEATH}, by=UNIT)

    assert list(taken.children) == [""]
    assert opened(board, taken)[0] == ("serious-case-review", None)
    review = board.case(taken.decision.opened[0]) if isinstance(taken.decision, Moved) else None
    assert review is not None
    assert review.facts["child_died"] is True
    assert board.explain(review).event("gather_information").verdict == "allowed"


def test_nothing_is_decided_until_somebody_does(board: Engine) -> None:
    taken = board.intake(INCIDENT, {"A": DIED}, by=UNIT)

    assert taken.decision is None
    assert taken.case is not None
    assert board.case(taken.case).case.state == "recorded"


def test_the_same_request_under_the_same_key_is_taken_in_once(board: Engine) -> None:
    children = {"A": DIED | {"reviews": OF_A_DEATH}}

    first = board.intake(INCIDENT, children, by=UNIT, key="incident 1")
    again = board.intake(INCIDENT, children, by=UNIT, key="incident 1")

    assert again.case == first.case
    assert again.decision is not None
    assert first.decision is not None
    assert again.decision.case == first.decision.case
    assert len(board.cases()) == 4


@pytest.mark.parametrize(
    ("facts", "children", "error"),
    [
        ({"trigger": "accident"}, None, BadValue),
        ({"tigger": "incident"}, None, UnknownName),
        ({}, {"A": {"trigger": "incident"}}, UsageError),
        ({}, {"Alice": {"child_died": True}}, BadValue),
        ({}, ["A"], BadValue),
        ({}, None, UsageError),
        ({"children": "A,B"}, None, UsageError),
        ({"child_died.A": True}, None, UsageError),
        ({}, {"A": {"child_died.A": True}}, UsageError),
        ({}, {"A": {"child_died": "maybe"}}, BadValue),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    board: Engine, facts: dict[str, object], children: object, error: type[Exception]
) -> None:
    with pytest.raises(error):
        board.intake(facts, children, by=UNIT)  # type: ignore[arg-type]  # as whoever has no types would

    assert board.cases() == ()


def test_every_review_type_to_which_an_incident_leads_can_be_opened(board: Engine) -> None:
    framework = board.framework
    assert framework.intake is not None
    for review in framework.workflow(framework.intake).fact_asked("reviews").values:
        taken = board.intake(
            INCIDENT | DIED | {"reviews": f"{OF_A_DEATH},{review}"}
            if review not in OF_A_DEATH
            else INCIDENT | DIED | {"reviews": OF_A_DEATH},
            by=UNIT,
        )
        assert isinstance(taken.decision, Moved), review
        assert review in {board.case(each).case.workflow for each in taken.decision.opened}
