"""What rules amount to: the criteria of the regulation row by row, the parts of the language by example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from support.criteria import CRITERIA_MET
from support.rules import TODAY, read, situation

from loopengine.core.durations import Duration
from loopengine.core.rules.expressions import Alike
from loopengine.core.rules.verdicts import Rule, evaluate, value_of
from loopengine.core.situation import Other, Recorded, Situation, Tally
from loopengine.core.truth import Truth
from loopengine.core.values import Value

T, U, F = Truth.TRUE, Truth.UNKNOWN, Truth.FALSE


def judged(text: str, case: Situation) -> Truth:
    """The verdict of the rule that says *text*: by the walk, which the compiled one equals."""
    verdict = evaluate(read(text), case)
    assert Rule(None, text, read(text)).verdict(case) is verdict
    return verdict


# --- the criteria for a Serious Case Review -----------------------------------------------------------------

SUSPECTED = {"abuse_or_neglect": "suspected"}
NOT_SUSPECTED = {"abuse_or_neglect": "not_suspected"}
DIED = {"child_died": True}
HARMED = {"child_died": False, "seriously_harmed": True}
NEITHER = {"child_died": False, "seriously_harmed": False}
FREE = {
    "custody_setting": "none",
    "detained_mental_health_act": False,
    "deprivation_of_liberty_order": False,
    "age_at_event": 12,
}
IN_CUSTODY = FREE | {"custody_setting": "remand"}
CONCERN = {"joint_working_concern": True}
NO_CONCERN = {"joint_working_concern": False}
ORDER_AT_17 = FREE | {"deprivation_of_liberty_order": True, "age_at_event": 17}
ORDER_AT_15 = FREE | {"deprivation_of_liberty_order": True, "age_at_event": 15}

# Reg. 5(2) LSCB Regulations 2006 and Working Together 2015, ch. 4: the rows of law.md, 1.4.
ROWS = {
    "1 suspicion, died": (SUSPECTED | DIED | FREE, T),
    "2 suspicion, died in custody": (SUSPECTED | DIED | IN_CUSTODY, T),
    "3 no suspicion, died in custody": (NOT_SUSPECTED | DIED | IN_CUSTODY, T),
    "4 no suspicion, died": (NOT_SUSPECTED | DIED | FREE, F),
    "5 suspicion, harmed, concern": (SUSPECTED | HARMED | FREE | CONCERN, T),
    "6 suspicion, harmed, concern not known": (SUSPECTED | HARMED | FREE, T),
    "7 suspicion, harmed, definitely no concern": (SUSPECTED | HARMED | FREE | NO_CONCERN, F),
    "8 no suspicion, harmed, concern": (NOT_SUSPECTED | HARMED | FREE | CONCERN, F),
    "9 no suspicion, harmed, concern not known": (NOT_SUSPECTED | HARMED | FREE, F),
    "10 no suspicion, harmed, definitely no concern": (NOT_SUSPECTED | HARMED | FREE | NO_CONCERN, F),
    "11 suspicion, neither died nor harmed": (SUSPECTED | NEITHER | FREE | CONCERN, F),
    "12 no suspicion, neither died nor harmed": (NOT_SUSPECTED | NEITHER | FREE, F),
    "13 suspected suicide, no suspicion, not in custody": (NOT_SUSPECTED | DIED | FREE | CONCERN, F),
    "14 died, suspicion not known": (DIED | FREE, U),
    "15 harmed in custody": (NOT_SUSPECTED | HARMED | IN_CUSTODY | CONCERN, F),
    "16 died at 17 under a deprivation of liberty order": (NOT_SUSPECTED | DIED | ORDER_AT_17, T),
    "17 died at 15 under a deprivation of liberty order": (NOT_SUSPECTED | DIED | ORDER_AT_15, F),
    "nothing known": ({}, U),
}


@pytest.mark.parametrize("row", ROWS)
def test_the_criteria_are_those_of_the_regulation(row: str) -> None:
    facts, expected = ROWS[row]

    assert CRITERIA_MET.verdict(Situation(TODAY, facts)) is expected
    assert evaluate(CRITERIA_MET.condition, Situation(TODAY, facts)) is expected


def test_an_empty_file_can_neither_commission_nor_decline() -> None:
    """The reason this engine exists: ignorance must not look like a negative finding."""
    criteria = CRITERIA_MET.verdict(Situation(TODAY))

    assert criteria is U
    assert ~criteria is U


# --- facts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("death", {"death": True}, T),
        ("death", {}, U),
        ("not death", {"death": False}, T),
        ("at_risk", {"harm": True}, T),
        ("possible(concern)", {}, T),
        ("possible(concern)", {"concern": False}, F),
        ("known(concern)", {}, F),
        ("known(concern)", {"concern": False}, T),
        ("known(death or harm)", {"harm": True}, T),
        ("known(notes)", {"notes": "seen"}, T),
        ("known(notes)", {}, F),
        ('setting != "none"', {"setting": "custody"}, T),
        ('setting != "none"', {}, U),
        ('setting in ("custody", "hospital")', {"setting": "none"}, F),
        ('setting not in ("custody", "hospital")', {}, U),
        ("age_at_event + siblings * 2 >= 20", {"age_at_event": 16, "siblings": 2}, T),
        ("age_at_event + siblings * 2 >= 20", {"age_at_event": 16}, U),
        ("age_at_event - siblings < 0", {"age_at_event": 1, "siblings": 2}, T),
        ("age_at_event * 0 == 0", {}, U),
        ("employer == subject", {"employer": "police", "subject": "police"}, T),
        ("employer in agencies", {"employer": "police", "agencies": frozenset({"police"})}, T),
        ('"police" in agencies', {"agencies": frozenset({"health"})}, F),
        ('"police" in agencies', {}, U),
        ("disjoint(employer, agencies)", {"employer": "health", "agencies": frozenset({"police"})}, T),
        ("disjoint(employers, agencies)", {"agencies": frozenset({"police"})}, U),
    ],
)
def test_a_rule_over_facts(text: str, facts: Mapping[str, Value], expected: Truth) -> None:
    assert judged(text, situation(**facts)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('died_on == "2017-03-31"', T),
        ("died_on - born_on == 396", T),
        ('born_on + "1 month" == "2016-03-29"', T),
        ('died_on - "1 month" == "2017-02-28"', T),
        ('died_on - "1 year" > born_on', T),
        ("age(born_on, died_on) == 1", T),
        ('age(born_on, "2017-02-28") == 0', T),
        ('age(born_on, "2017-03-01") == 1', T),
        ("age(died_on, born_on) < 0", T),
        ("notified_on > died_on", U),
        ('age(born_on, notified_on + "1 day") < 18', U),
    ],
)
def test_a_rule_over_dates(text: str, expected: Truth) -> None:
    """Of a child born on a 29 February: a year is completed on 1 March."""
    facts = {"born_on": date(2016, 2, 29), "died_on": date(2017, 3, 31)}

    assert judged(text, situation(**facts)) is expected


def test_a_date_moved_beyond_the_calendar_stops_at_its_end() -> None:
    case = situation(died_on=date.max, born_on=date.min)

    assert judged('died_on + "9 years" == "9999-12-31"', case) is T
    assert judged('born_on - "9 days" == "0001-01-01"', case) is T


def test_an_operand_has_a_value_once_everything_in_it_is_known() -> None:
    rule = read("age_at_event + siblings < 3")

    assert value_of(rule.left, situation(age_at_event=1)) is None
    assert value_of(rule.left, situation(age_at_event=1, siblings=2)) == 3


# --- sub-cases ----------------------------------------------------------------------------------------------

NONE = Tally()
SOME_DONE = Tally(total=3, reached={"verified": 1})
ONE_EXCUSED = Tally(total=3, reached={"verified": 2}, excused=1)
EXCUSED_LATE = Tally(total=3, reached={"verified": 2}, excused=1, excused_reached={"verified": 1})


@pytest.mark.parametrize(
    ("text", "tally", "expected"),
    [
        ('every(actions, "verified")', NONE, U),
        ('every(actions, "verified")', SOME_DONE, F),
        ('every(actions, "verified")', ONE_EXCUSED, T),
        ('every(actions, "verified")', EXCUSED_LATE, F),
        ('some(actions, "verified")', NONE, F),
        ('some(actions, "verified")', SOME_DONE, T),
        ('count(actions, "verified") == 0', NONE, T),
        ('count(actions, "verified") >= siblings', SOME_DONE, T),
    ],
)
def test_a_rule_over_sub_cases(text: str, tally: Tally, expected: Truth) -> None:
    case = replace(situation(siblings=1), tallies={"actions": tally})

    assert judged(text, case) is expected


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ('every(actions, "verified")', Tally(1, {"verified": 1}), Tally(2, {"verified": 1})),
        ('some(actions, "verified")', NONE, SOME_DONE),
        ('count(actions, "verified") < 1', NONE, SOME_DONE),
    ],
)
def test_a_new_sub_case_overturns_a_settled_verdict_by_design(text: str, before: Tally, after: Tally) -> None:
    was = judged(text, replace(situation(), tallies={"actions": before}))
    became = judged(text, replace(situation(), tallies={"actions": after}))

    assert {was, became} == {T, F}


# --- time ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "expected"), [(date(2017, 2, 27), F), (date(2017, 2, 28), T), (date(2018, 1, 1), T)]
)
def test_since_is_true_from_the_day_on_which_the_time_is_up(today: date, expected: Truth) -> None:
    """A verdict that time alone overturns, by design."""
    case = Situation(today, {"notified_on": date(2017, 1, 31)}, {"publish": date(2017, 1, 31)})

    assert judged('since("publish", "1 month")', case) is expected
    assert judged('since(notified_on, "1 month")', case) is expected


def test_nothing_has_passed_since_what_never_happened() -> None:
    assert judged('since("publish", "1 month")', situation()) is F
    assert judged('since(notified_on, "1 month")', situation()) is U


def answer(value: Value | None, so_on: date) -> Recorded:
    return Recorded(value, so_on, datetime.combine(TODAY, time(12), UTC), "Ann")


def looking_back(*answers: Recorded) -> Situation:
    return Situation(TODAY, {"died_on": date(2017, 6, 15)}, answers={"abuse": answers})


JANUARY, FEBRUARY, MAY = date(2017, 1, 1), date(2017, 2, 1), date(2017, 5, 1)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([answer(True, MAY)], T),
        ([answer(False, JANUARY)], F),
        ([answer(False, MAY)], F),
        ([answer(False, date(2017, 5, 15))], F),
        ([answer(False, date(2017, 5, 16))], F),
        ([answer(True, date(2017, 6, 30))], T),
        ([answer(False, date(2017, 6, 30))], F),
        ([answer(None, JANUARY)], U),
        ([answer(True, JANUARY), answer(False, date(2017, 5, 15))], F),
        ([answer(True, JANUARY), answer(False, date(2017, 5, 16))], T),
        ([answer(False, JANUARY), answer(True, date(2017, 6, 15))], T),
        ([answer(False, JANUARY), answer(True, date(2017, 6, 16))], F),
        ([answer(False, JANUARY), answer(None, FEBRUARY)], U),
        ([answer(False, JANUARY), answer(None, FEBRUARY), answer(True, MAY)], T),
        ([answer(None, JANUARY), answer(False, FEBRUARY)], F),
        ([answer(False, JANUARY), answer(True, MAY), answer(False, MAY)], F),
        ([answer(True, JANUARY), answer(None, FEBRUARY), answer(False, TODAY)], F),
        ([answer(False, JANUARY), answer(None, FEBRUARY), answer(True, TODAY)], T),
        ([answer(True, date(2017, 5, 20)), answer(None, date(2017, 5, 25))], T),
        ([answer(False, date(2017, 5, 20)), answer(None, date(2017, 5, 25))], U),
        ([answer(False, TODAY), answer(True, TODAY)], T),
        ([answer(False, TODAY), answer(None, TODAY), answer(True, TODAY)], T),
        ([answer(False, date(2017, 6, 29)), answer(True, TODAY)], F),
    ],
)
def test_a_look_back_is_over_the_days_on_which_an_answer_held(
    answers: list[Recorded], expected: Truth
) -> None:
    """The month before 15 June opens on 15 May; both days count. What nobody knew takes the next answer."""
    assert judged('within_before(abuse, "1 month", died_on)', looking_back(*answers)) is expected


def test_an_answer_of_an_earlier_day_says_otherwise_than_the_one_that_stood_in_for_it() -> None:
    """What an answer tells of the time before it is overturned by whoever knows better, by design."""
    rule = 'within_before(abuse, "1 month", died_on)'

    assert judged(rule, looking_back(answer(False, TODAY))) is F
    assert judged(rule, looking_back(answer(True, MAY), answer(False, TODAY))) is T


def test_a_fact_without_a_history_was_always_so() -> None:
    rule = 'within_before(abuse, "1 month", died_on)'

    assert judged(rule, situation(abuse=True, died_on=JANUARY)) is T
    assert judged(rule, situation(abuse=False, died_on=JANUARY)) is F
    assert judged(rule, situation(died_on=JANUARY)) is U
    assert judged(rule, situation(abuse=True)) is U


# --- the rule itself ----------------------------------------------------------------------------------------


def test_a_rule_compiles_its_verdict_once() -> None:
    rule = Rule("met", "death or harm", read("death or harm"))
    rule.verdict(situation())
    compiled = rule.verdict

    rule.verdict(situation(death=True))

    assert rule.verdict is compiled


def test_equal_rules_are_equal_whether_they_were_asked_or_not() -> None:
    asked, new = (Rule("met", "death", read("death")) for _ in range(2))
    asked.verdict(situation())

    assert asked == new
    assert hash(asked) == hash(new)


def test_knowing_about_knowing_costs_no_more_at_each_level() -> None:
    """Each level written out twice would be 2 to the 40."""
    rule = read("known(not " * 20 + "death" + ")" * 20)

    assert Rule(None, "", rule).verdict(situation()) is evaluate(rule, situation())


# --- other cases --------------------------------------------------------------------------------------------

OTHERS = {
    "setting": (
        Other("custody", TODAY),
        Other("custody", date(2016, 12, 30)),
        Other("custody", date(2016, 12, 29)),
        Other("hospital", TODAY),
        Other("none", date(2017, 7, 1)),
    )
}


@pytest.mark.parametrize(("setting", "number"), [("custody", 2), ("hospital", 1), ("none", 0), (None, None)])
def test_others_are_counted_that_were_opened_within_the_time(setting: str | None, number: int | None) -> None:
    """Both the first day and today are within; nobody has been opened tomorrow."""
    case = Situation(TODAY, {} if setting is None else {"setting": setting}, others=OTHERS)

    assert value_of(Alike("setting", Duration(months=6)), case) == number
    assert judged('alike(setting, "6 months") >= 2', case) is (
        U if number is None else T if number > 1 else F
    )
