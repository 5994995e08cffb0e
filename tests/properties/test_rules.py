"""Laws of rules: of their logic, of what they ask and suggest, and of the ways in which they are read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import chain, combinations, product

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from support.rules import (
    AGENCIES,
    DATES,
    FACTS,
    KINDS,
    NUMBERS,
    SCOPE,
    SETTINGS,
    YES_NO,
    answers,
    choices,
    conditions,
    days,
    joined,
    known_facts,
    known_facts_leaves,
    look_backs,
    memberships,
    over_facts,
    over_others,
    over_sub_cases,
    read,
    recorded,
    simple_dates,
    simple_numbers,
    since_days,
    since_events,
    situation,
    situations,
    values_of,
    written,
)

from loopengine.core.rules.awaiting import prospect, time_changes, waits_for
from loopengine.core.rules.compiling import compile_condition
from loopengine.core.rules.explanation import Node, explain, lines, node_json, render
from loopengine.core.rules.expressions import (
    AllOf,
    Among,
    Answer,
    AnyOf,
    Compare,
    CompareOp,
    Condition,
    Constant,
    Count,
    FactValue,
    Not,
    Since,
    facts_of,
    leaves_of,
)
from loopengine.core.rules.obstacles import missing_events
from loopengine.core.rules.parsing import RuleError, names_in, parse
from loopengine.core.rules.questions import Fix, fixes, open_questions, would_change
from loopengine.core.rules.verdicts import evaluate
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth
from loopengine.core.values import Value

truths = st.sampled_from(Truth)
EVERY_FACT = {name: values_of(name) for name in FACTS}
SOME_COUNT = st.sampled_from([Count(kind, state) for kind in KINDS for state in sorted(KINDS[kind])])
SIGNS: tuple[CompareOp, ...] = ("==", "!=", "<", "<=", ">", ">=")
plain = joined(over_facts)
over_facts_alone = joined(over_facts | known_facts_leaves, overturned=True)
# Where every value can be tried: nothing set against anything else but parties, and few values of each fact.
countable = joined(answers | choices | simple_numbers | memberships | known_facts_leaves, overturned=True)


def learned(given: Mapping[str, Value], more: Mapping[str, Value]) -> Situation:
    """What is known when *more* is answered of what was not known; nothing known is taken back."""
    return situation(**{**more, **given})


# --- the algebra --------------------------------------------------------------------------------------------


@given(truths, truths)
def test_what_is_not_all_is_some_not(a: Truth, b: Truth) -> None:
    """De Morgan's laws."""
    assert ~(a & b) is ~a | ~b
    assert ~(a | b) is ~a & ~b


@given(truths, truths)
def test_order_does_not_matter(a: Truth, b: Truth) -> None:
    assert a & b is b & a
    assert a | b is b | a


@given(truths, truths, truths)
def test_brackets_of_one_connective_do_not_matter(a: Truth, b: Truth, c: Truth) -> None:
    assert (a & b) & c is a & (b & c)
    assert (a | b) | c is a | (b | c)


@given(truths, truths, truths)
def test_each_connective_distributes_over_the_other(a: Truth, b: Truth, c: Truth) -> None:
    assert a & (b | c) is (a & b) | (a & c)
    assert a | (b & c) is (a | b) & (a | c)


@given(truths, truths)
def test_saying_it_twice_adds_nothing(a: Truth, b: Truth) -> None:
    """Idempotence, absorption, double negation."""
    assert a & a is a
    assert a | a is a
    assert a & (a | b) is a
    assert a | (a & b) is a
    assert ~~a is a


def no_less_known(before: Truth, after: Truth) -> bool:
    """Kleene's order of knowledge: UNKNOWN may become anything, the rest stays."""
    return before in (Truth.UNKNOWN, after)


@given(truths, truths, truths, truths)
def test_the_connectives_keep_the_order_of_knowledge(a: Truth, b: Truth, more: Truth, most: Truth) -> None:
    assume(no_less_known(a, more) and no_less_known(b, most))

    assert no_less_known(a & b, more & most)
    assert no_less_known(a | b, more | most)
    assert no_less_known(~a, ~more)


@given(conditions, conditions, situations())
def test_a_rule_obeys_the_laws_of_its_connectives(a: Condition, b: Condition, case: Situation) -> None:
    assert evaluate(Not(AllOf((a, b))), case) is evaluate(AnyOf((Not(a), Not(b))), case)
    assert evaluate(AllOf((a, AnyOf((a, b)))), case) is evaluate(a, case)
    assert evaluate(Not(Not(a)), case) is evaluate(a, case)


# --- knowing more -------------------------------------------------------------------------------------------


@given(plain, known_facts(), known_facts())
def test_learning_more_never_overturns_a_settled_verdict(
    rule: Condition, given: Mapping[str, Value], more: Mapping[str, Value]
) -> None:
    """Of rules over facts, without `possible` and `known`."""
    assert no_less_known(evaluate(rule, situation(**given)), evaluate(rule, learned(given, more)))


@given(joined(over_facts | since_days | look_backs), situations(), st.fixed_dictionaries(EVERY_FACT))
def test_recording_more_never_overturns_a_settled_verdict(
    rule: Condition, case: Situation, more: Mapping[str, Value]
) -> None:
    """Of rules over facts and their past: what is recorded today of what was not known."""
    unknown = {name: value for name, value in more.items() if name not in case.facts}

    assert no_less_known(evaluate(rule, case), evaluate(rule, recorded(case, unknown)))


OVERTURNED_BY_DESIGN = [
    ("possible(concern)", {}, {"concern": False}),
    ("known(concern)", {}, {"concern": True}),
    ("known(setting)", {}, {"setting": "custody"}),
    ("known(notes)", {}, {"notes": "seen"}),
]


@pytest.mark.parametrize(("text", "before", "more"), OVERTURNED_BY_DESIGN)
def test_what_speaks_of_knowledge_is_overturned_by_it(
    text: str, before: Mapping[str, Value], more: Mapping[str, Value]
) -> None:
    """`possible` and `known`: the verdict stands as long as nobody rules it out, or finds it out."""
    rule = read(text)
    was, became = evaluate(rule, situation(**before)), evaluate(rule, situation(**more))

    assert Truth.UNKNOWN not in (was, became)
    assert was is not became


# --- what is asked ------------------------------------------------------------------------------------------

# `death` is not asked at first: nobody has ruled abuse out.
IN_TWO_ROUNDS = read("(abuse or harm) and (possible(abuse) or death)")


@given(over_facts_alone, known_facts(), st.fixed_dictionaries(EVERY_FACT))
@example(
    read("(abuse or harm) and (possible(abuse) or death)"), {}, dict.fromkeys(YES_NO, False) | {"harm": True}
)
def test_answering_the_open_questions_settles_the_rule(
    rule: Condition, given: Mapping[str, Value], answers: Mapping[str, Value]
) -> None:
    """What is asked is enough, whatever the answers are: nobody is sent away twice."""
    asked = open_questions(rule, situation(**given))

    settled = evaluate(rule, learned(given, {name: answers[name] for name in asked}))

    assert settled is not Truth.UNKNOWN


@given(
    joined(over_facts | known_facts_leaves | since_days | look_backs, overturned=True),
    situations(),
    st.fixed_dictionaries(EVERY_FACT),
)
def test_recording_the_answers_to_the_open_questions_settles_the_rule(
    rule: Condition, case: Situation, answers: Mapping[str, Value]
) -> None:
    """Also of a rule that looks back: what is answered today tells of the time that nobody knew of."""
    asked = open_questions(rule, case)

    settled = evaluate(rule, recorded(case, {name: answers[name] for name in asked}))

    assert settled is not Truth.UNKNOWN


@given(conditions, situations())
def test_only_a_rule_that_is_unknown_asks_and_only_for_facts_of_its_own(
    rule: Condition, case: Situation
) -> None:
    asked = open_questions(rule, case)

    assert set(asked) <= set(facts_of(rule))
    assert evaluate(rule, case) is Truth.UNKNOWN or not asked


def changed(rule: Condition, given: Mapping[str, Value], answers: Mapping[str, Value]) -> bool:
    """Whether *answers* change the verdict."""
    return evaluate(rule, learned(given, answers)) is not evaluate(rule, situation(**given))


def answer_sets(names: set[str]) -> Iterator[dict[str, Value]]:
    """Every set of answers to some of the yes_no facts called *names*."""
    for size in range(1, len(names) + 1):
        for chosen in combinations(sorted(names), size):
            for values in product((True, False), repeat=size):
                yield dict(zip(chosen, values, strict=True))


@given(joined(answers, overturned=True), known_facts(YES_NO))
def test_what_would_change_a_verdict_is_found_by_trying_everything(
    rule: Condition, given: Mapping[str, Value]
) -> None:
    unknown = set(facts_of(rule)) - given.keys()
    changing = [each for each in answer_sets(unknown) if changed(rule, given, each)]
    smallest = [each for each in changing if not any(other.items() < each.items() for other in changing)]
    expected = set(chain.from_iterable(smallest)) - set(open_questions(rule, situation(**given)))

    assert set(would_change(rule, situation(**given), FACTS)) == expected


# --- what would help ----------------------------------------------------------------------------------------

DOMAINS: Mapping[str, list[Value]] = {
    **{name: [True, False] for name in YES_NO},
    **{name: [*SETTINGS] for name in ("setting",)},
    **{name: [*range(-4, 23)] for name in NUMBERS},
    **{name: [*AGENCIES] for name in ("employer", "subject")},
    **{
        name: [frozenset(some) for size in (1, 2, 3) for some in combinations(AGENCIES, size)]
        for name in ("agencies", "employers")
    },
    **{name: [date(2017, 1, 31)] for name in DATES},
    "notes": ["seen"],
}


def helpful(rule: Condition, given: Mapping[str, Value], size: int) -> set[frozenset[str]]:
    """The sets of *size* facts of which some change makes *rule* TRUE, found by trying every value."""
    verdict = compile_condition(rule)
    found = set()
    for chosen in combinations(facts_of(rule), size):
        for values in product(*(DOMAINS[name] for name in chosen)):
            case = situation(**given).with_facts(dict(zip(chosen, values, strict=True)))
            if verdict(case) is Truth.TRUE:
                found.add(frozenset(chosen))
                break
    return found


def ways(fix: Fix) -> Iterator[dict[str, Value | None]]:
    """Every way of making the changes of *fix*, one value of each."""
    for values in product(*(change.values for change in fix)):
        names = [change.fact for change in fix]
        yield {name: FACTS[name].accept_or_unknown(value) for name, value in zip(names, values, strict=True)}


@given(conditions, situations())
def test_every_way_of_making_a_fix_makes_the_rule_true(rule: Condition, case: Situation) -> None:
    for fix in fixes(rule, case, FACTS):
        for changes in ways(fix):
            assert evaluate(rule, recorded(case, changes)) is Truth.TRUE
            assert all(case.facts.get(name) != value for name, value in changes.items())


@given(countable, known_facts())
def test_fixes_are_the_smallest_there_are_and_all_of_them(
    rule: Condition, given: Mapping[str, Value]
) -> None:
    assume(len(facts_of(rule)) <= 3)
    found = fixes(rule, situation(**given), FACTS, most=10_000)
    size = len(found[0]) if found else len(facts_of(rule)) + 1

    if evaluate(rule, situation(**given)) is Truth.TRUE:
        assert found == ()
        return
    assert not any(helpful(rule, given, fewer) for fewer in range(1, size))
    assert {frozenset(change.fact for change in fix) for fix in found} >= helpful(rule, given, size)


@given(joined(over_facts), known_facts(), st.fixed_dictionaries({name: values_of(name) for name in NUMBERS}))
def test_no_change_of_one_number_helps_that_the_fixes_do_not_know(
    rule: Condition, given: Mapping[str, Value], numbers: Mapping[str, Value]
) -> None:
    """Also where numbers are added, multiplied, and set against each other."""
    now = situation(**given)
    single = {fix[0].fact for fix in fixes(rule, now, FACTS, most=10_000) if len(fix) == 1}
    assume(evaluate(rule, now) is not Truth.TRUE)

    for name in set(NUMBERS).intersection(facts_of(rule)) - single:
        assert evaluate(rule, now.with_facts({name: numbers[name]})) is not Truth.TRUE


@given(joined(over_facts), known_facts(), st.fixed_dictionaries(dict.fromkeys(DATES, days)))
def test_no_change_of_one_date_helps_that_the_fixes_do_not_know(
    rule: Condition, given: Mapping[str, Value], dates: Mapping[str, Value]
) -> None:
    """Also where dates are moved, subtracted, and an age is reckoned from them."""
    now = situation(**given)
    single = {fix[0].fact for fix in fixes(rule, now, FACTS, most=10_000) if len(fix) == 1}
    assume(evaluate(rule, now) is not Truth.TRUE)

    for name in set(DATES).intersection(facts_of(rule)) - single:
        assert evaluate(rule, now.with_facts({name: dates[name]})) is not Truth.TRUE


@given(conditions, situations(), days)
def test_time_alone_changes_nothing_for_the_better_before_the_day_that_is_told(
    rule: Condition, case: Situation, day: date
) -> None:
    better = time_changes(rule, case)

    if better is not None:
        assert evaluate(rule, case.on(better)).value > evaluate(rule, case).value
    if day > case.today and (better is None or day < better):
        assert evaluate(rule, case.on(day)).value <= evaluate(rule, case).value


@given(conditions, situations(), days)
def test_a_fix_and_the_day_that_is_told_with_it_make_the_rule_true(
    rule: Condition, case: Situation, start: date
) -> None:
    """Waiting alone, if there are no fixes; and nothing would have done on a day before."""
    start = max(start, case.today)
    found = prospect(rule, case, FACTS, start=start)
    assume(found.day is not None)
    assert found.day is not None

    assert found.day >= start
    assert found.fixes or evaluate(rule, case.on(found.day)) is Truth.TRUE
    for changes in chain.from_iterable(map(ways, found.fixes)):
        assert evaluate(rule, recorded(case.on(found.day), changes)) is Truth.TRUE


@given(
    joined(over_facts | since_days | over_sub_cases | since_events | over_others), situations(), days, days
)
def test_before_the_day_that_is_told_no_change_would_do(
    rule: Condition, case: Situation, start: date, day: date
) -> None:
    start, day = sorted((max(start, case.today), max(day, case.today)))
    found = prospect(rule, case, FACTS, start=start)

    if found.day is None or day < found.day:
        assert evaluate(rule, case.on(day)) is not Truth.TRUE
        assert fixes(rule, case.on(day), FACTS) == ()
    if found.by_waiting is None or day < found.by_waiting:
        assert evaluate(rule, case.on(day)) is not Truth.TRUE


@given(conditions, situations(), situations(), days)
def test_without_the_events_that_are_missing_nothing_makes_a_rule_true(
    rule: Condition, case: Situation, other: Situation, day: date
) -> None:
    """Whatever becomes of the facts and the sub-cases, and however long one waits."""
    later = replace(other, today=max(day, case.today), happened=case.happened)

    if missing_events(rule, case):
        assert evaluate(rule, later) is not Truth.TRUE


@given(conditions, situations())
def test_the_events_that_are_missing_have_not_happened_or_have_to_happen_again(
    rule: Condition, case: Situation
) -> None:
    since = [leaf for leaf in leaves_of(rule) if isinstance(leaf, Since)]

    for event in missing_events(rule, case):
        own = [evaluate(leaf, case) for leaf in since if leaf.event == event]
        assert own
        assert event not in case.happened or Truth.TRUE in own


@given(st.builds(Compare, st.sampled_from(SIGNS), SOME_COUNT, st.integers(0, 9).map(Constant)), situations())
def test_sub_cases_are_waited_for_only_if_more_of_them_would_help(rule: Compare, case: Situation) -> None:
    assert isinstance(rule.left, Count)
    kind, state = rule.left.kind, rule.left.state
    tally = case.tally(kind)
    now = tally.reached.get(state, 0)
    more = [replace(tally, reached={**tally.reached, state: now + n}) for n in range(1, 20)]
    grown = [replace(case, tallies={**case.tallies, kind: each}) for each in more]

    helps = any(evaluate(rule, each) is Truth.TRUE for each in grown)

    expected = helps and evaluate(rule, case) is not Truth.TRUE
    assert waits_for(rule, case) == (((kind, state),) if expected else ())


@given(over_others, situations())
def test_another_answer_is_suggested_wherever_one_would_be_counted_right(
    rule: Condition, case: Situation
) -> None:
    """Each value of the fact is tried: how many others have it differs from one to the next."""
    assume(evaluate(rule, case) is not Truth.TRUE)
    (name,) = facts_of(rule)
    values = {True, False} if name in YES_NO else {*FACTS[name].values} or {*range(-3, 23)}
    right = {value for value in values if evaluate(rule, case.with_facts({name: value})) is Truth.TRUE}

    found = {value for fix in fixes(rule, case, FACTS) for changes in ways(fix) for value in changes.values()}

    assert bool(found) == bool(right)
    if name not in NUMBERS:
        assert found == right


# --- the ways of reading ------------------------------------------------------------------------------------


@given(conditions, situations())
def test_a_compiled_verdict_is_the_verdict(rule: Condition, case: Situation) -> None:
    assert compile_condition(rule)(case) is evaluate(rule, case)


def in_sql(rule: Condition) -> str:
    """*rule* as an SQL expression over parameters called as its facts are."""
    match rule:
        case Answer(name) | FactValue(name):
            return f":{name}"
        case Constant(int(number)):
            return str(number)
        case Constant(value):
            return f"'{value}'"
        case Compare(op, left, right):
            return f"({in_sql(left)} {op} {in_sql(right)})"
        case Among(operand, values):
            return f"({in_sql(operand)} IN ({', '.join(in_sql(Constant(value)) for value in values)}))"
        case Not(part):
            return f"(NOT {in_sql(part)})"
        case AllOf(parts):
            return "(" + " AND ".join(map(in_sql, parts)) + ")"
        case AnyOf(parts):
            return "(" + " OR ".join(map(in_sql, parts)) + ")"
        case _:
            raise AssertionError(rule)


listed = st.builds(Among, st.just(FactValue("setting", "one_of")), st.sampled_from([("none",), SETTINGS[1:]]))
DATABASE = sqlite3.connect(":memory:")
OF_SQL = {1: Truth.TRUE, 0: Truth.FALSE, None: Truth.UNKNOWN}


@given(joined(answers | simple_numbers | simple_dates | choices | listed), known_facts())
def test_sqlite_agrees_with_null_for_unknown(rule: Condition, given: Mapping[str, Value]) -> None:
    """An oracle that is not ours: AND, OR, NOT and comparisons of SQL are Kleene's."""
    asked = {name: given.get(name) for name in facts_of(rule)}
    bound = {name: str(value) if isinstance(value, date) else value for name, value in asked.items()}

    (said,) = DATABASE.execute(f"SELECT {in_sql(rule)}", bound).fetchone()

    assert OF_SQL[said] is evaluate(rule, situation(**given))


@given(conditions)
def test_what_is_written_is_read_back(rule: Condition) -> None:
    assert parse(written(rule), SCOPE) == rule


@given(conditions)
def test_a_rule_in_english_mentions_every_fact(rule: Condition) -> None:
    english = render(rule, FACTS)

    assert all(name.replace("_", " ") in english for name in facts_of(rule))


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for part in node.parts:
        yield from nodes(part)


@given(conditions, situations())
def test_an_explanation_has_the_verdict_and_every_fact(rule: Condition, case: Situation) -> None:
    because = explain(rule, case, FACTS)

    told = " ".join(node.text for node in nodes(because))
    assert because.verdict is evaluate(rule, case)
    assert all(name.replace("_", " ") in told for name in facts_of(rule))
    assert len(lines(because)) == sum(1 for _ in nodes(because))
    assert node_json(because)["verdict"] == evaluate(rule, case).word


WORDS = [
    *FACTS, "at_risk", "actions", "publish", "and", "or", "not", "in", "==", "!=", "<", ">=", "+", "-", "*",
    "(", ")", ",", "possible", "known", "every", "some", "count", "since", "age", "disjoint", "within_before",
    "3", '"open"', '"custody"', '"police"', '"2017-01-31"', '"3 months"', '"5 working days"', "if", "lambda",
    ".", "[", "True", "0x10", "1.5", "é", "\n", "\\", "'", "#", "=", "is", "f''",
]  # fmt: skip


def refusal(text: str) -> RuleError | None:
    try:
        parse(text, SCOPE)
    except RuleError as error:
        return error
    return None


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join) | st.text(max_size=60))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    """Nothing but RuleError is ever raised, and that at a place in the text."""
    names_in(text)
    refused = refusal(text)

    assert refused is None or 0 <= refused.column <= len(text)
