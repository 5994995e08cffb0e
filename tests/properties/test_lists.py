"""What is said over lists, against the plainest way of working it out: item by item, verdict by verdict."""

from datetime import UTC, datetime, time, timedelta
from functools import reduce
from itertools import product
from operator import and_, or_

from hypothesis import given
from hypothesis import strategies as st
from support.lists import framework
from support.model_case import ModelCase, Move, Said
from support.model_rules import truth_of
from support.rules import FACTS, TODAY, joined, over_facts, situations

from loopengine import Truth
from loopengine.core.records import Answered, Record
from loopengine.core.rules.fixing import fixes
from loopengine.core.rules.lists import Item, Listing, quantified, renamed, uppermost_among
from loopengine.core.rules.parsing import Scope, parse
from loopengine.core.rules.questions import open_questions
from loopengine.core.rules.verdicts import Rule, evaluate
from loopengine.core.situation import Situation
from loopengine.core.truth import truth
from loopengine.core.unfolding import unfolded
from loopengine.core.values import Fact

ITEMS = tuple(Item(name, name.upper()) for name in ("one", "two", "three", "four"))
AGENCIES = ("police", "school", "prison")
PLAIN = frozenset({"abuse", "death", "age_at_event", "died_on", "agencies", "setting"})
LISTING = Listing("items", ITEMS, PLAIN)
verdicts = st.sampled_from([True, False, None])
WORKFLOW = framework().workflow("audit")


def kleene(quantifier, several):
    """What *several* verdicts come to together."""
    return reduce(and_, several, Truth.TRUE) if quantifier == "every" else reduce(or_, several, Truth.FALSE)


@given(
    st.sampled_from(["every", "some"]),
    joined(over_facts, overturned=True),
    st.lists(situations(), min_size=4, max_size=4),
)
def test_what_is_said_over_a_list_is_what_is_said_of_each_of_its_items(quantifier, condition, cases):
    shared = {name: value for name, value in cases[0].facts.items() if name not in PLAIN}
    own = [{name: value for name, value in case.facts.items() if name in PLAIN} for case in cases]
    of_each = {
        f"{name}.{item.name}": value
        for item, facts in zip(ITEMS, own, strict=True)
        for name, value in facts.items()
    }

    said = evaluate(quantified(quantifier, LISTING, condition), Situation(TODAY, {**shared, **of_each}))

    each = [evaluate(condition, Situation(TODAY, {**shared, **facts})) for facts in own]
    assert said is kleene(quantifier, each)
    compiled = Rule(None, "", quantified(quantifier, LISTING, condition))
    assert compiled.verdict(Situation(TODAY, {**shared, **of_each})) is said


@given(joined(over_facts, overturned=True), situations())
def test_a_condition_about_other_facts_reads_those(condition, case):
    names = {name: f"{name}.one" for name in FACTS}
    facts = {names[name]: value for name, value in case.facts.items()}

    assert evaluate(renamed(condition, names), Situation(TODAY, facts)) is evaluate(
        condition, Situation(TODAY, case.facts)
    )


def uppermost(answers):
    """The place of the first that is so, -1 if none is; None while an unknown could be it."""
    for place, answer in enumerate(answers):
        if answer is not False:
            return place if answer else None
    return -1


def completions(answers):
    """Every way in which what is not known could turn out."""
    return product(*([answer] if answer is not None else [True, False] for answer in answers))


@given(st.lists(verdicts, min_size=1, max_size=6), st.data())
def test_the_uppermost_is_settled_exactly_when_nothing_unknown_could_change_it(answers, data):
    items = [Item(f"i{n}", "") for n in range(len(answers))]
    wanted = data.draw(st.sets(st.sampled_from(range(len(answers))), min_size=1))
    known = {f"applies.i{n}": answer for n, answer in enumerate(answers) if answer is not None}

    said = evaluate(uppermost_among("applies", items, {f"i{n}" for n in wanted}), Situation(TODAY, known))

    could = {uppermost(complete) in wanted for complete in completions(answers)}
    assert said is truth(could.pop() if len(could) == 1 else None)


@given(st.lists(verdicts, min_size=1, max_size=6))
def test_it_is_known_which_is_uppermost_when_it_is_the_same_in_every_case(answers):
    items = tuple(Item(f"i{n}", "") for n in range(len(answers)))
    facts = {"applies": Fact("applies", "", "yes_no")}
    scope = Scope(facts, lists={"causes": Listing("causes", items, frozenset(facts))})
    known = {f"applies.i{n}": answer for n, answer in enumerate(answers) if answer is not None}

    said = evaluate(parse("known(uppermost(applies))", scope), Situation(TODAY, known))

    assert said is truth(uppermost(answers) not in (None, -1))


@given(st.lists(verdicts, min_size=3, max_size=3), st.sampled_from(["i0", "i1", "i2", None]))
def test_a_choice_is_the_uppermost_if_it_is_so_however_the_rest_turns_out(answers, chosen):
    items = tuple(Item(f"i{n}", "") for n in range(3))
    facts = {
        "applies": Fact("applies", "", "yes_no"),
        "category": Fact("category", "", "one_of", ("i0", "i1", "i2")),
    }
    scope = Scope(facts, lists={"causes": Listing("causes", items, frozenset({"applies"}))})
    known = {f"applies.i{n}": answer for n, answer in enumerate(answers) if answer is not None}
    known |= {} if chosen is None else {"category": chosen}

    said = evaluate(parse("category == uppermost(applies)", scope), Situation(TODAY, known))

    choices = [chosen] if chosen is not None else ["i0", "i1", "i2"]
    could = {choice == f"i{uppermost(complete)}" for choice in choices for complete in completions(answers)}
    assert said is truth(could.pop() if len(could) == 1 else None)


# --- the labels and the parties of a case -------------------------------------------------------------------

DAYS = [TODAY - timedelta(days=days) for days in range(4)]
LISTED = (
    "criteria",
    "all_died",
    "reported",
    "one_reported",
    "reported_for_each",
    "died_lately",
    "seen_long_ago",
)
sets = {
    "children": st.frozensets(st.sampled_from("ABC"), min_size=1),
    "attended": st.frozensets(st.sampled_from(AGENCIES), min_size=1),
}


def values_of(name):
    """What may be answered to the fact called *name*."""
    plain = name.partition(".")[0]
    given_ = {
        "died": st.booleans(),
        "report": st.booleans(),
        "years": st.integers(0, 20),
        "seen_on": st.dates(TODAY - timedelta(days=40), TODAY),
        **sets,
    }
    return st.none() | given_[plain]


NAMES = ["children", "attended", "died", "years", "seen_on"]
NAMES += [f"{fact}.{label}" for fact in ("died", "years", "seen_on") for label in "ABC"]
NAMES += [f"report.{agency}" for agency in AGENCIES]
answers_given = st.lists(
    st.sampled_from(NAMES).flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(DAYS), values_of(name))
    ),
    max_size=14,
)


def record_of(told):
    """A case of which each of *told* was answered, in that order."""
    answers = {}
    for n, (name, on, value) in enumerate(told, start=1):
        at = datetime.combine(TODAY, time(9), UTC)
        answers.setdefault(name, []).append(Answered(name, value, on, n, at, "Ann"))
    standing = {
        name: tuple(sorted(each, key=lambda answer: (answer.so_on, answer.n)))
        for name, each in answers.items()
    }
    return Record("AUD-2017-001", "audit", "", DAYS[-1], "begun", answers=standing)


def model_of(told):
    """The same case, as the model has it."""
    case = ModelCase("AUD-2017-001", WORKFLOW, None, None, [Move("opened", "begun", DAYS[-1], 1)], DAYS[-1])
    for n, (name, on, value) in enumerate(told, start=1):
        case.said.setdefault(name, []).append(Said(on, n, value))
    return case


@given(answers_given, st.sampled_from(LISTED), st.sampled_from(DAYS))
def test_a_case_is_judged_as_if_each_child_and_agency_were_looked_at_by_itself(told, rule, on):
    record = record_of(told)
    about = unfolded(WORKFLOW, record)
    situation = record.situation(on, {}, about.stand_ins)

    verdict = about.rule(rule).verdict(situation)

    assert verdict is truth_of(WORKFLOW.rule(rule), model_of(told), on)
    assert verdict is evaluate(about.rule(rule).condition, situation)


@given(answers_given, st.sampled_from(LISTED))
def test_what_is_asked_of_a_case_can_be_answered(told, rule):
    record = record_of(told)
    about = unfolded(WORKFLOW, record)
    situation = record.situation(TODAY, {}, about.stand_ins)
    condition = about.rule(rule).condition

    asked = open_questions(condition, situation)
    changed = [change.fact for fix in fixes(condition, situation, about.facts) for change in fix]

    assert {*asked, *changed} <= about.facts.keys()
    assert bool(asked) == (evaluate(condition, situation) is Truth.UNKNOWN)
