"""Rules and situations for tests: a small vocabulary of every type of fact, and strategies over it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from loopengine.core.durations import Duration
from loopengine.core.rules.expressions import (
    Age,
    Alike,
    AllOf,
    Among,
    Answer,
    AnyOf,
    Arithmetic,
    Compare,
    Condition,
    Constant,
    Count,
    Disjoint,
    Every,
    FactValue,
    Known,
    KnownFact,
    Member,
    Not,
    Operand,
    Possible,
    RuleRef,
    Since,
    SinceDay,
    Some,
    Source,
    Span,
    WithinBefore,
)
from loopengine.core.rules.parsing import Scope, parse
from loopengine.core.situation import Other, Recorded, Situation, Tally
from loopengine.core.values import Fact, Value

AGENCIES = ("police", "health", "school")
SETTINGS = ("none", "custody", "hospital")
TODAY = date(2017, 6, 30)

FACTS = {
    fact.name: fact
    for fact in (
        Fact("abuse", "Is abuse suspected?", "yes_no"),
        Fact("death", "Has the child died?", "yes_no"),
        Fact("harm", "Was the child seriously harmed?", "yes_no"),
        Fact("concern", "Is there concern about joint working?", "yes_no"),
        Fact("setting", "Where was the child?", "one_of", SETTINGS),
        Fact("age_at_event", "How old was the child?", "number", unit="years"),
        Fact("siblings", "How many siblings are there?", "number"),
        Fact("born_on", "When was the child born?", "date"),
        Fact("died_on", "When did the child die?", "date"),
        Fact("notified_on", "When was the board notified?", "date"),
        Fact("notes", "What else is there to say?", "text"),
        Fact("employer", "Who employs the reviewer?", "party", AGENCIES),
        Fact("subject", "Whom is it about?", "party", AGENCIES),
        Fact("agencies", "Who was involved?", "parties", AGENCIES),
        Fact("employers", "Who employs the reviewers?", "parties", AGENCIES),
    )
}
YES_NO = ("abuse", "death", "harm", "concern")
NUMBERS = ("age_at_event", "siblings")
DATES = ("born_on", "died_on", "notified_on")
KINDS = {"actions": frozenset({"open", "verified"}), "learning_points": frozenset({"found", "embedded"})}
EVENTS = ("opened", "submit", "publish")
REG_5 = Source("reg-5", "LSCB Regulations 2006, reg. 5(2)")
AT_RISK = RuleRef("at_risk", AnyOf((Answer("abuse"), Answer("harm"))), (REG_5,))
SCOPE = Scope(FACTS, {"at_risk": AT_RISK}, KINDS, frozenset(EVENTS))


def read(text: str) -> Condition:
    """The condition that *text* says in the vocabulary above."""
    return parse(text, SCOPE)


def situation(today: date = TODAY, **facts: Value) -> Situation:
    """A situation in which *facts* are known, and nothing has happened."""
    return Situation(today, facts)


# --- values and situations ----------------------------------------------------------------------------------

small_numbers = st.integers(-2, 20)
days = st.dates(date(2016, 11, 28), date(2018, 3, 3))
past_days = st.dates(date(2016, 11, 28), TODAY)
durations = st.builds(
    lambda unit, amount: Duration(**{unit: amount}),
    st.sampled_from(["days", "weeks", "months", "years"]),
    st.integers(1, 14),
)


def values_of(name: str) -> SearchStrategy[Value]:
    """What the fact called *name* may be."""
    fact = FACTS[name]
    by_type: dict[str, SearchStrategy[Value]] = {
        "yes_no": st.booleans(),
        "one_of": st.sampled_from(fact.values or ("",)),
        "number": small_numbers,
        "date": days,
        "text": st.sampled_from(["seen", "not seen"]),
        "party": st.sampled_from(fact.values or ("",)),
        "parties": st.frozensets(st.sampled_from(fact.values or ("",)), min_size=1),
        "some_of": st.frozensets(st.sampled_from(fact.values or ("",))),
        "labels": st.frozensets(st.sampled_from("ABC"), min_size=1),
    }
    return by_type[fact.type]


def known_facts(names: Iterable[str] = FACTS) -> SearchStrategy[dict[str, Value]]:
    """Values for some of the facts called *names*, the others being unknown."""
    return st.fixed_dictionaries({}, optional={name: values_of(name) for name in names})


def _recorded(value: Value | None, so_on: date) -> Recorded:
    return Recorded(value, so_on, datetime.combine(so_on, time(9), UTC), by="Ann")


_histories = st.lists(st.builds(_recorded, st.none() | st.booleans(), past_days), max_size=3).map(
    lambda told: tuple(sorted(told, key=lambda answer: answer.so_on))
)


@st.composite
def tallies(draw: st.DrawFn, kind: str) -> Tally:
    """A count of sub-cases that could be one."""
    total = draw(st.integers(0, 3))
    excused = draw(st.integers(0, total))
    reached = {state: draw(st.integers(0, total)) for state in sorted(KINDS[kind])}
    both = {
        state: draw(st.integers(max(0, n + excused - total), min(n, excused))) for state, n in reached.items()
    }
    return Tally(total, reached, excused, both)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """A case with a history: what is known now is what was answered last."""
    said = draw(known_facts(name for name in FACTS if name not in YES_NO))
    answers = {name: (_recorded(value, TODAY),) for name, value in said.items()}
    answers |= {name: told for name in YES_NO if (told := draw(_histories))}
    facts = {name: told[-1].value for name, told in answers.items() if told[-1].value is not None}
    happened = draw(st.dictionaries(st.sampled_from(EVENTS), past_days))
    counted = {kind: draw(tallies(kind)) for kind in KINDS}
    others = {
        name: tuple(draw(st.lists(st.builds(Other, values_of(name), past_days), max_size=4)))
        for name in COUNTED
    }
    return Situation(TODAY, facts, happened, counted, answers, others)


def recorded(case: Situation, changes: Mapping[str, Value | None]) -> Situation:
    """*case* after somebody has recorded *changes*, as they are today."""
    told = {
        name: (*case.answers.get(name, ()), _recorded(value, case.today)) for name, value in changes.items()
    }
    return replace(case.with_facts(changes), answers={**case.answers, **told})


# --- conditions ---------------------------------------------------------------------------------------------

answers = st.sampled_from(YES_NO).map(Answer)


def fact_values(*names: str) -> SearchStrategy[FactValue]:
    """The values of facts called *names*."""
    return st.sampled_from(names).map(lambda name: FactValue(name, FACTS[name].type))


def constants(values: SearchStrategy[Value]) -> SearchStrategy[Constant]:
    """*values* as they stand in a rule."""
    return values.map(Constant)


_signs = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
_equality = st.sampled_from(["==", "!="])
_number_facts = fact_values(*NUMBERS)
_date_facts = fact_values(*DATES)
_moved_dates: SearchStrategy[Operand] = _date_facts | st.builds(
    Arithmetic, st.sampled_from(["+", "-"]), _date_facts, durations.map(Span)
)
simple_numbers = st.builds(Compare, _signs, _number_facts, constants(small_numbers))
simple_dates = st.builds(Compare, _signs, _date_facts, constants(days))
choices = st.builds(Compare, _equality, fact_values("setting"), constants(values_of("setting")))
_sums: SearchStrategy[Operand] = st.builds(
    Arithmetic,
    st.sampled_from(["+", "-", "*"]),
    _number_facts,
    _number_facts | constants(st.integers(0, 5)),
)
_spans_of_days: SearchStrategy[Operand] = st.builds(
    Arithmetic, st.just("-"), _date_facts, _date_facts | constants(days)
)
_ages: SearchStrategy[Operand] = st.builds(Age, _moved_dates, _moved_dates | constants(days))
_parties = fact_values("agencies", "employers")
_party = fact_values("employer", "subject")
comparisons: SearchStrategy[Condition] = st.one_of(
    simple_numbers,
    simple_dates,
    choices,
    st.builds(Compare, _signs, _number_facts, _number_facts),
    st.builds(Compare, _signs, _sums | _spans_of_days | _ages, constants(small_numbers)),
    st.builds(Compare, _signs, _moved_dates, _moved_dates | constants(days)),
    st.builds(Compare, _equality, _party, _party | constants(values_of("employer"))),
)
_few = {"min_size": 1, "max_size": 3, "unique": True}
memberships: SearchStrategy[Condition] = st.one_of(
    st.builds(Among, fact_values("setting"), st.lists(values_of("setting"), **_few).map(tuple)),
    st.builds(Among, _number_facts | _sums, st.lists(small_numbers, **_few).map(tuple)),
    st.builds(Among, _party, st.lists(values_of("employer"), **_few).map(tuple)),
    st.builds(Member, _party | constants(values_of("employer")), _parties),
    st.builds(Disjoint, _parties | _party, _parties | _party),
)
# Leaves over facts alone, of which what is known stays known.
over_facts: SearchStrategy[Condition] = answers | comparisons | memberships
known_facts_leaves: SearchStrategy[Condition] = st.sampled_from(
    [name for name in FACTS if name not in YES_NO]
).map(lambda name: KnownFact(FactValue(name, FACTS[name].type)))
_kinds_and_states = st.sampled_from([(kind, state) for kind in KINDS for state in sorted(KINDS[kind])])
_counts: SearchStrategy[Operand] = _kinds_and_states.map(lambda pair: Count(*pair))
over_sub_cases: SearchStrategy[Condition] = st.one_of(
    _kinds_and_states.map(lambda pair: Every(*pair)),
    _kinds_and_states.map(lambda pair: Some(*pair)),
    st.builds(Compare, _signs, _counts, constants(st.integers(0, 3)) | _number_facts),
)
since_days: SearchStrategy[Condition] = st.builds(SinceDay, _moved_dates, durations)
look_backs: SearchStrategy[Condition] = st.builds(
    WithinBefore, st.sampled_from(YES_NO), durations, _moved_dates | constants(days)
)
since_events: SearchStrategy[Condition] = st.builds(Since, st.sampled_from(EVENTS), durations)
over_time: SearchStrategy[Condition] = since_events | since_days | look_backs
COUNTED = (*YES_NO, "setting", "siblings", "employer")
alikes: SearchStrategy[Operand] = st.builds(Alike, st.sampled_from(COUNTED), durations)
over_others: SearchStrategy[Condition] = st.builds(Compare, _signs, alikes, constants(st.integers(0, 3)))
all_leaves = over_facts | known_facts_leaves | over_sub_cases | over_time | over_others


def joined(leaves: SearchStrategy[Condition], *, overturned: bool = False) -> SearchStrategy[Condition]:
    """Conditions of any depth over *leaves*; with `possible` and `known` too, if they may be *overturned*."""

    def around(inner: SearchStrategy[Condition]) -> SearchStrategy[Condition]:
        some = st.lists(inner, min_size=2, max_size=3).map(tuple)
        tree = st.builds(Not, inner) | st.builds(AllOf, some) | st.builds(AnyOf, some)
        return tree | st.builds(Possible, inner) | st.builds(Known, inner) if overturned else tree

    return st.recursive(leaves, around, max_leaves=8)


conditions = joined(all_leaves | st.just(AT_RISK), overturned=True)


# --- back to text -------------------------------------------------------------------------------------------


def written(node: Condition | Operand) -> str:
    """The text of *node*, with more brackets than anybody would write."""
    match node:
        case Answer(name) | FactValue(name) | RuleRef(name=name) | KnownFact(FactValue(name)) as leaf:
            return f"known({name})" if isinstance(leaf, KnownFact) else name
        case Constant(value):
            return written_value(value)
        case Span(duration):
            return f'"{duration}"'
        case Arithmetic(op, left, right) | Compare(op, left, right):
            return f"({written(left)} {op} {written(right)})"
        case Not(part):
            return f"(not {written(part)})"
        case AllOf(parts):
            return "(" + " and ".join(map(written, parts)) + ")"
        case AnyOf(parts):
            return "(" + " or ".join(map(written, parts)) + ")"
        case Possible(part) | Known(part):
            return f"{type(node).__name__.lower()}({written(part)})"
        case Among(operand, values):
            return f"({written(operand)} in ({', '.join(map(written_value, values))},))"
        case Member(party, parties):
            return f"({written(party)} in {written(parties)})"
        case Disjoint(left, right) | Age(left, right):
            return f"{type(node).__name__.lower()}({written(left)}, {written(right)})"
        case Every(kind, state) | Some(kind, state) | Count(kind, state):
            return f'{type(node).__name__.lower()}({kind}, "{state}")'
        case Since(event, duration):
            return f'since("{event}", "{duration}")'
        case SinceDay(day, duration):
            return f'since({written(day)}, "{duration}")'
        case Alike(fact, duration):
            return f'alike({fact}, "{duration}")'
        case WithinBefore(fact, duration, anchor):
            return f'within_before({fact}, "{duration}", {written(anchor)})'


def written_value(value: Value) -> str:
    """*value* as it stands in a rule."""
    return str(value) if isinstance(value, int) else f'"{value}"'
