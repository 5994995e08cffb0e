"""What is still to be asked, what could overturn a verdict, what would help, and what is waited for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from support import criteria
from support.rules import FACTS, SETTINGS, TODAY, read, situation

from loopengine.core.rules.awaiting import Prospect, prospect, time_changes, waits_for
from loopengine.core.rules.expressions import Not
from loopengine.core.rules.obstacles import missing_events
from loopengine.core.rules.questions import Change, fixes, open_questions, would_change
from loopengine.core.situation import Recorded, Situation, Tally
from loopengine.core.values import Fact, Value

RECORDED = datetime(2017, 6, 30, tzinfo=UTC)
CRITERIA = criteria.CRITERIA_MET.condition
HARMED = {"abuse_or_neglect": "known", "seriously_harmed": True}


def helps(text: str, **facts: Value) -> list[dict[str, tuple[str, ...]]]:
    """The fixes of the rule that says *text*, as plain values."""
    return [plainly(fix) for fix in fixes(read(text), situation(**facts), FACTS)]


def plainly(fix: tuple[Change, ...]) -> dict[str, tuple[str, ...]]:
    return {change.fact: change.values for change in fix}


# --- open questions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "facts", "asked"),
    [
        ("death or harm", {}, ("death", "harm")),
        ("death or harm", {"death": True}, ()),
        ("death or harm", {"death": False}, ("harm",)),
        ("harm and (abuse or death)", {"death": True}, ("harm",)),
        ("possible(concern) and death", {}, ("death",)),
        ("at_risk and not death", {"harm": False}, ("abuse", "death")),
        ("age_at_event < siblings", {"siblings": 2}, ("age_at_event",)),
        ("age(born_on, died_on) < 18", {}, ("born_on", "died_on")),
        ('since(notified_on, "1 month")', {}, ("notified_on",)),
        ('every(actions, "open") and death', {}, ("death",)),
        ("known(setting) or death", {}, ("death",)),
    ],
)
def test_what_is_asked_is_what_is_unknown_and_matters(
    text: str, facts: Mapping[str, Value], asked: tuple[str, ...]
) -> None:
    assert open_questions(read(text), situation(**facts)) == asked


def test_what_stood_in_for_a_question_may_fall_so_the_question_is_asked_too() -> None:
    """`possible(abuse)` holds as long as nobody rules abuse out, and the first half asks about abuse."""
    rule = read("(abuse or harm) and (possible(abuse) or death)")

    assert open_questions(rule, situation()) == ("abuse", "harm", "death")


def test_a_look_back_asks_for_what_nobody_knows() -> None:
    rule = read('within_before(abuse, "6 months", died_on)')
    then, now = date(2017, 2, 1), TODAY
    forgotten = tuple(Recorded(said, on, RECORDED) for said, on in ((False, then), (None, now)))

    assert open_questions(rule, situation()) == ("abuse", "died_on")
    assert open_questions(rule, situation(abuse=False)) == ("died_on",)
    assert open_questions(rule, Situation(TODAY, {"died_on": TODAY}, answers={"abuse": forgotten})) == (
        "abuse",
    )


def test_an_empty_file_asks_for_everything_but_what_is_presumed() -> None:
    assert open_questions(CRITERIA, situation()) == (
        "abuse_or_neglect",
        "child_died",
        "seriously_harmed",
        "custody_setting",
        "detained_mental_health_act",
        "deprivation_of_liberty_order",
        "age_at_event",
    )


# --- what could overturn it ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "changing"),
    [
        ({}, ("joint_working_concern",)),
        (HARMED, ("joint_working_concern",)),
        (HARMED | {"joint_working_concern": True}, ()),
        (HARMED | {"child_died": True}, ()),
        ({"child_died": True}, ()),
        ({"abuse_or_neglect": "not_suspected", "child_died": False}, ()),
    ],
)
def test_what_is_presumed_could_be_ruled_out(facts: Mapping[str, Value], changing: tuple[str, ...]) -> None:
    assert would_change(CRITERIA, situation(**facts), criteria.FACTS) == changing
    assert would_change(Not(CRITERIA), situation(**facts), criteria.FACTS) == changing


def test_an_answer_that_changes_nothing_by_itself_may_do_so_with_another() -> None:
    rule = read("possible(concern) or possible(abuse)")

    assert would_change(rule, situation(), FACTS) == ("concern", "abuse")
    assert would_change(rule, situation(concern=True), FACTS) == ()


def test_a_verdict_over_plain_facts_is_never_overturned_by_another() -> None:
    assert would_change(read("death or harm"), situation(death=True), FACTS) == ()


# --- what would help ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("death", {}, [{"death": ("yes",)}]),
        ("not death", {"death": True}, [{"death": ("no",)}]),
        ("death or harm", {}, [{"death": ("yes",)}, {"harm": ("yes",)}]),
        ("death and harm", {}, [{"death": ("yes",), "harm": ("yes",)}]),
        ("death and harm", {"harm": True}, [{"death": ("yes",)}]),
        ("possible(concern)", {"concern": False}, [{"concern": ("yes",)}]),
        ("not known(concern)", {"concern": False}, []),
        ('setting != "none"', {}, [{"setting": ("custody", "hospital")}]),
        ("age_at_event in (16, 17)", {"age_at_event": 12}, [{"age_at_event": ("16", "17")}]),
        ("age_at_event < 18", {}, [{"age_at_event": ("17",)}]),
        ("age_at_event >= 10 and age_at_event < 14", {}, [{"age_at_event": ("10", "13")}]),
        ("age_at_event * 3 > siblings + 7", {"siblings": 2}, [{"age_at_event": ("4",)}]),
        ("age_at_event * age_at_event > 99", {}, [{"age_at_event": ("-10", "10")}]),
        ("known(age_at_event)", {}, [{"age_at_event": ("0",)}]),
        ("known(notes)", {}, [{"notes": ("any text",)}]),
        ("known(died_on)", {}, [{"died_on": ("2017-06-30",)}]),
        ('died_on >= "2017-01-31"', {}, [{"died_on": ("2017-01-31",)}]),
        ('since(notified_on, "1 month")', {}, [{"notified_on": ("2017-05-31",)}]),
        ("age(born_on, died_on) < 1", {"born_on": date(2016, 2, 29)}, [{"died_on": ("2017-02-28",)}]),
        ("died_on - born_on > 28", {"died_on": date(2017, 1, 31)}, [{"born_on": ("2017-01-02",)}]),
        ('employer == "police"', {"employer": "health"}, [{"employer": ("police",)}]),
        ('every(actions, "open")', {}, []),
        ("death and not death", {}, []),
        ("death", {"death": True}, []),
    ],
)
def test_the_fixes_of_a_rule(
    text: str, facts: Mapping[str, Value], expected: list[dict[str, tuple[str, ...]]]
) -> None:
    assert helps(text, **facts) == expected


def test_facts_that_are_set_against_each_other_are_changed_together() -> None:
    assert helps("age_at_event > siblings") == [
        {"age_at_event": ("0",), "siblings": ("-1",)},
        {"age_at_event": ("1",), "siblings": ("0", "-1")},
        {"age_at_event": ("2",), "siblings": ("0", "1", "-1")},
    ]


def test_a_reviewer_of_an_agency_involved_is_replaced_by_one_of_another() -> None:
    found = helps(
        "disjoint(employers, agencies)",
        employers=frozenset({"police"}),
        agencies=frozenset({"police", "health"}),
    )

    assert found == [{"employers": ("school",)}, {"agencies": ("health", "health,school", "school")}]


def test_among_many_agencies_the_likely_sets_are_looked_at() -> None:
    """Those without the trouble come first; not all of two to the fifteenth."""
    many = tuple(f"agency_{letter}" for letter in "abcdefghijklmno")
    facts = {name: Fact(name, "Who?", "parties", many) for name in ("employers", "agencies")}
    case = situation(employers=frozenset(many[:2]), agencies=frozenset(many[1:4]))

    employers, agencies = map(plainly, fixes(read("disjoint(employers, agencies)"), case, facts))

    assert employers["employers"][0] == "agency_a"
    assert agencies["agencies"][0] == "agency_c,agency_d"


def test_the_criteria_are_met_by_two_facts_at_least() -> None:
    custody = criteria.CUSTODY[1:]

    assert [plainly(fix) for fix in fixes(CRITERIA, situation(), criteria.FACTS)] == [
        {"abuse_or_neglect": ("known", "suspected"), "child_died": ("yes",)},
        {"abuse_or_neglect": ("known", "suspected"), "seriously_harmed": ("yes",)},
        {"child_died": ("yes",), "custody_setting": custody},
        {"child_died": ("yes",), "detained_mental_health_act": ("yes",)},
    ]


def test_no_more_fixes_are_given_than_asked_for() -> None:
    assert len(fixes(CRITERIA, situation(), criteria.FACTS, most=3)) == 3


def test_a_first_answer_helps_a_look_back_whose_time_has_passed() -> None:
    rule = read('within_before(abuse, "1 month", died_on)')

    assert helps('within_before(abuse, "1 month", died_on)', died_on=date(2016, 6, 1)) == [
        {"abuse": ("yes",)}
    ]
    (fix,) = fixes(rule, situation(), FACTS)
    assert [change.fact for change in fix] == ["abuse", "died_on"]
    assert fix[0].values == ("yes",)
    assert {"2017-06-29", "2017-06-30", "2017-08-01"} <= set(fix[1].values)


def test_a_fix_says_who_may_make_it_and_what_needs_evidence() -> None:
    fact = Fact(
        "setting", "Where?", "one_of", SETTINGS, needs_evidence=frozenset({"custody"}), by=("agency",)
    )
    rule = read('setting != "none"')

    assert fixes(rule, situation(), FACTS | {"setting": fact}) == (
        (Change("setting", ("custody", "hospital"), ("agency",), ("custody",)),),
    )


def test_a_look_back_is_answered_as_of_today() -> None:
    """What is recorded now cannot help in a window that has closed."""
    told = (Recorded(False, date(2016, 1, 1), RECORDED),)
    case = Situation(TODAY, {"abuse": False, "died_on": date(2017, 6, 1)}, answers={"abuse": told})
    (fix,) = fixes(read('within_before(abuse, "1 month", died_on)'), case, FACTS)

    assert {change.fact for change in fix} == {"abuse", "died_on"}
    assert all(day >= "2017-06-30" for day in plainly(fix)["died_on"])


# --- what is waited for -------------------------------------------------------------------------------------

BOTH = (("actions", "verified"), ("learning_points", "found"))
NO_ACTION_YET = {"actions": Tally(2, {"open": 2, "verified": 0})}


@pytest.mark.parametrize(
    ("text", "waiting"),
    [
        ('every(actions, "verified")', (("actions", "verified"),)),
        ('every(actions, "open")', ()),
        (
            'some(learning_points, "found") or every(actions, "verified")',
            (("learning_points", "found"), ("actions", "verified")),
        ),
        ('death or count(actions, "verified") >= 2', (("actions", "verified"),)),
        ('harm or some(actions, "verified")', ()),
        ('not some(actions, "open")', ()),
        ('not (count(actions, "verified") < 1)', (("actions", "verified"),)),
        ('count(actions, "open") == 0', ()),
        ('count(actions, "open") == 3', (("actions", "open"),)),
        ('count(actions, "open") < 2', ()),
        ('not (count(actions, "open") >= 2)', ()),
        ('count(actions, "open") in (0, 1)', ()),
        ('count(actions, "open") in (0, 5)', (("actions", "open"),)),
        ('count(actions, "verified") >= count(actions, "open")', (("actions", "verified"),)),
        ('count(actions, "verified") - count(actions, "open") > 0', (("actions", "verified"),)),
        ('count(actions, "verified") * count(learning_points, "found") > 3', BOTH),
        ('count(actions, "verified") > siblings', (("actions", "verified"),)),
        ('count(actions, "open") < siblings', (("actions", "open"),)),
        ('possible(every(actions, "verified"))', (("actions", "verified"),)),
        ('known(every(learning_points, "found"))', (("learning_points", "found"),)),
    ],
)
def test_what_sub_cases_are_waited_for(text: str, waiting: tuple[tuple[str, str], ...]) -> None:
    case = replace(situation(harm=True), tallies=NO_ACTION_YET)

    assert waits_for(read(text), case) == waiting


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ('since("publish", "12 months")', date(2018, 5, 31)),
        ('since("publish", "1 month")', None),
        ('since("submit", "1 month")', None),
        ('since(notified_on, "1 month") and since("publish", "2 months")', date(2017, 7, 31)),
        ('since("publish", "12 months") or since(notified_on, "2 months")', date(2017, 8, 1)),
        ('death and since("publish", "12 months")', date(2018, 5, 31)),
        ('not since("publish", "12 months")', None),
        ("death", None),
    ],
)
def test_the_day_on_which_time_alone_helps(text: str, day: date | None) -> None:
    case = Situation(TODAY, {"notified_on": date(2017, 6, 1)}, {"publish": date(2017, 5, 31)})

    assert time_changes(read(text), case) == day


# --- what time and changes of facts come to together --------------------------------------------------------

LATE_IN_AUGUST = date(2017, 8, 31)


@pytest.mark.parametrize(
    ("text", "facts", "day", "expected", "by_waiting"),
    [
        ("abuse", {}, TODAY, [{"abuse": ("yes",)}], None),
        ("abuse", {"abuse": True}, TODAY, [], TODAY),
        ('since("publish", "3 months")', {}, LATE_IN_AUGUST, [], LATE_IN_AUGUST),
        ('since("publish", "3 months") and abuse', {"abuse": True}, LATE_IN_AUGUST, [], LATE_IN_AUGUST),
        (
            'since("publish", "3 months") and abuse',
            {"abuse": False},
            LATE_IN_AUGUST,
            [{"abuse": ("yes",)}],
            None,
        ),
        ('since("publish", "3 months") or abuse', {}, TODAY, [{"abuse": ("yes",)}], LATE_IN_AUGUST),
        ('since("submit", "3 months") and abuse', {}, None, [], None),
        ('every(actions, "verified") and abuse', {}, None, [], None),
    ],
)
def test_the_first_day_on_which_changes_would_do_is_told_with_them(
    text: str,
    facts: Mapping[str, Value],
    day: date | None,
    expected: list[Mapping[str, tuple[str, ...]]],
    by_waiting: date | None,
) -> None:
    case = Situation(TODAY, facts, {"publish": date(2017, 5, 31)}, NO_ACTION_YET)

    found = prospect(read(text), case, FACTS)

    assert (found.day, [plainly(fix) for fix in found.fixes], found.by_waiting) == (day, expected, by_waiting)


def test_a_rule_is_looked_at_from_the_day_on_which_a_wait_is_over() -> None:
    start = date(2017, 7, 10)

    assert prospect(read("abuse"), situation(abuse=True), FACTS, start=start) == Prospect(start, (), start)
    assert prospect(read("abuse"), situation(), FACTS, start=start).day == start


def test_what_a_look_back_needs_on_a_day_to_come_is_recorded_on_that_day() -> None:
    """The time for which abuse was suspected goes on until then."""
    text = 'since("publish", "3 months") and not within_before(abuse, "1 month", died_on)'
    told = {"abuse": (Recorded(True, date(2017, 6, 1), RECORDED),)}
    case = Situation(TODAY, {"abuse": True}, {"publish": date(2017, 5, 31)}, answers=told)

    found = prospect(read(text), case, FACTS)

    assert found.day == LATE_IN_AUGUST
    assert [plainly(fix) for fix in found.fixes] == [{"abuse": ("no",), "died_on": ("2017-10-01",)}]


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ('since("submit", "3 days")', ("submit",)),
        ('since("submit", "3 days") and death and every(actions, "verified")', ("submit",)),
        ('since("submit", "3 days") or death', ()),
        ('since("submit", "3 days") or every(actions, "verified")', ()),
        ('since("submit", "3 days") or since("publish", "1 year")', ()),
        ('since("submit", "3 days") and since("opened", "1 day")', ("submit", "opened")),
        ('since("submit", "3 days") or since("opened", "1 day")', ("submit", "opened")),
        ('not since("submit", "3 days")', ()),
        ('not since("publish", "3 days")', ("publish",)),
        ('possible(since("submit", "3 days"))', ("submit",)),
        ('known(since("submit", "3 days"))', ()),
        ('since("submit", "3 days") and not since("submit", "3 days")', ("submit",)),
    ],
)
def test_the_events_without_which_a_rule_cannot_be_true(text: str, missing: tuple[str, ...]) -> None:
    case = Situation(TODAY, {}, {"publish": date(2017, 5, 31)})

    assert missing_events(read(text), case) == missing
