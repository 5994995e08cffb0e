"""Rules as decision tables: read and decided by programs that are not ours, and beside them by our rules."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import product
from math import prod
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from support.dmn_beside import Job, decided, ends, ours, sent, told_apart
from support.shipped import SHIPPED as FRAMEWORK

from loopengine.core.definitions import Workflow
from loopengine.core.files.loading import framework_from_texts
from loopengine.core.rules.columns import Column, FactColumn, RuleColumn, atoms
from loopengine.core.rules.expressions import (
    AllOf,
    Among,
    Answer,
    AnyOf,
    Compare,
    Condition,
    Constant,
    Every,
    FactValue,
    Known,
    KnownFact,
    Not,
    Possible,
    RuleRef,
)
from loopengine.core.rules.verdicts import Rule
from loopengine.core.values import Fact
from loopengine.errors import UsageError
from loopengine.exchange.dmn import DMN, dmn
from loopengine.exchange.tables import ROUTES, Decision, decisions

WITH_RULES = [name for name, each in FRAMEWORK.workflows.items() if each.rules]
every_shipped = pytest.mark.parametrize("name", WITH_RULES)
INTAKE = FRAMEWORK.workflow(FRAMEWORK.intake or "")
# Of more combinations than this, some are drawn.
MOST = 60_000
# Of decisions that rest on others, this is what is tried at the most.
MOST_TOGETHER = 100_000


@cache
def document(name: str) -> str:
    return dmn(FRAMEWORK.workflow(name), FRAMEWORK.otherwise)


@cache
def names_in(name: str) -> Mapping[str, Sequence[str]]:
    """For each decision in the document, what its columns read, in their order."""
    root = etree.fromstring(document(name).encode())
    return {
        decision.get("name"): [each.text for each in decision.iterfind(".//{*}inputExpression/{*}text")]
        for decision in root.iter(f"{{{DMN}}}decision")
    }


def condition_of(workflow: Workflow, decision: Decision) -> Condition:
    return workflow.rules[decision.name].condition


def tried(decision: Decision) -> list[dict[Column, list[object]]]:
    """The states of its columns to be combined: all of them; of too many, 100 times some of each, drawn."""
    every = {column: ends(column.states) for column in decision.columns}
    if prod(map(len, every.values())) <= MOST:
        return [every]
    draw = random.Random(decision.name)
    return [
        {column: draw.sample(states, draw.choice([1, 2])) for column, states in every.items()}
        for _ in range(100)
    ]


def job(decision: Decision, names: Sequence[str], columns: Mapping[Column, Sequence[object]]) -> Job:
    inputs = zip(names, columns.items(), strict=True)
    return Job(
        f"decision_{decision.name}",
        {n: [sent(column, each) for each in all_] for n, (column, all_) in inputs},
    )


# --- every table by itself ----------------------------------------------------------------------------------


@every_shipped
def test_another_engine_decides_every_table_as_our_rule_does_over_every_combination(name: str) -> None:
    workflow = FRAMEWORK.workflow(name)
    tables = [each for each in decisions(workflow) if each.name in workflow.rules]
    asked = [(each, columns) for each in tables for columns in tried(each)]

    jobs = [job(each, names_in(name)[each.name], columns) for each, columns in asked]
    theirs = decided(document(name), jobs)

    for (each, columns), answers in zip(asked, theirs, strict=True):
        expected = [verdict.word for verdict in ours(condition_of(workflow, each), columns)]
        assert len(expected) == prod(len(states) for states in columns.values())
        assert answers == expected, each.name


def test_of_all_that_is_shipped_one_table_alone_is_tried_by_drawn_combinations() -> None:
    too_many = [
        (name, each.name)
        for name in WITH_RULES
        for each in decisions(FRAMEWORK.workflow(name))
        if each.name in FRAMEWORK.workflow(name).rules
        and prod(len(ends(column.states)) for column in each.columns) > MOST
    ]

    assert too_many == [("child-death-review", "form_c_complete")]


# --- the decisions together ---------------------------------------------------------------------------------


def base_columns(found: Mapping[str, Decision], decision: Decision) -> list[Column]:
    """What *decision* asks in the end, through the decisions that it requires, one column for each name."""
    columns: dict[object, Column] = {}
    for column in decision.columns:
        rests = isinstance(column, RuleColumn)
        for each in base_columns(found, found[column.name]) if rests else [column]:
            key = each.fact.name if isinstance(each, FactColumn) else each
            before = columns.get(key)
            if isinstance(each, FactColumn) and isinstance(before, FactColumn):
                each = FactColumn(each.fact, tuple(dict.fromkeys((*before.states, *each.states))))
            columns[key] = each
    return [*columns.values()]


@pytest.mark.parametrize("name", ["incident", "notifiable-incident", "serious-case-review"])
def test_decisions_that_rest_on_others_come_to_the_same_over_every_combination_of_the_facts(
    name: str,
) -> None:
    workflow = FRAMEWORK.workflow(name)
    found = {each.name: each for each in decisions(workflow)}
    resting = [
        each
        for each in found.values()
        if each.name in workflow.rules and any(isinstance(column, RuleColumn) for column in each.columns)
    ]
    asked: list[tuple[Decision, dict[Column, list[object]]]] = []
    for each in resting:
        leaves = [*atoms(condition_of(workflow, each), ())]
        for last in (False, True):
            columns = {column: told_apart(column, leaves, last) for column in base_columns(found, each)}
            if prod(map(len, columns.values())) <= MOST_TOGETHER:
                asked.append((each, columns))

    def named(column: Column) -> str:
        if isinstance(column, FactColumn):
            return column.fact.name
        (its,) = {
            names_in(name)[each.name][each.columns.index(column)]
            for each in found.values()
            if column in each.columns
        }
        return its

    theirs = decided(document(name), [job(each, [*map(named, columns)], columns) for each, columns in asked])

    left_out = {each.name for each in resting} - {each.name for each, _ in asked}
    assert left_out == ({"evaluation_complete"} if name == "serious-case-review" else set())
    for (each, columns), answers in zip(asked, theirs, strict=True):
        assert answers == [v.word for v in ours(condition_of(workflow, each), columns)], each.name


def test_the_routing_table_answers_as_intake_does() -> None:
    found = {each.name: each for each in decisions(INTAKE, FRAMEWORK.otherwise)}
    columns = base_columns(found, found[ROUTES])
    draw = random.Random(7)
    samples = [{column: [draw.choice(ends(column.states))] for column in columns} for _ in range(600)]
    names = [column.fact.name for column in columns if isinstance(column, FactColumn)]

    theirs = decided(document(INTAKE.name), [job(found[ROUTES], names, each) for each in samples])

    assert len(names) == len(columns)
    seen = set()
    for sample, (answer,) in zip(samples, theirs, strict=True):
        facts = {name: states[0] for name, states in zip(names, sample.values(), strict=True)}
        rows = FRAMEWORK.route({name: value for name, value in facts.items() if value is not None})
        # In the order of the file, which is that of the table.
        said = {
            (each.review, strength, row.verdict.word)
            for each in rows.recommendations
            for strength, row in each.rows
            if row.verdict.word != "false"
        }
        assert {tuple(each.split()) for each in answer.split("; ") if each} == said
        seen |= said
    assert {review for review, _, _ in seen} == {each.review for each in INTAKE.routes}


def test_of_rows_that_exclude_each_other_at_most_one_answers_whatever_is_known() -> None:
    (table,) = [each for each in decisions(INTAKE) if each.name == f"{ROUTES}_by_threshold"]
    rows = [each for each in INTAKE.routes if each.alternatives == "by_threshold"]
    leaves = [leaf for each in rows for leaf in atoms(each.rule.condition, ())]
    columns = {column: told_apart(column, leaves, False) for column in table.columns}

    (theirs,) = decided(document(INTAKE.name), [job(table, names_in(INTAKE.name)[table.name], columns)])

    expected = [[v.word == "true" for v in ours(each.rule.condition, columns)] for each in rows]
    assert len(theirs) > 100_000
    for answer, *true in zip(theirs, *expected, strict=True):
        called_for = [
            f"{each.review} {each.strength}" for each, is_so in zip(rows, true, strict=True) if is_so
        ]
        assert [answer] == (called_for or ["none"])


# --- the document -------------------------------------------------------------------------------------------


@every_shipped
def test_a_document_is_valid_by_the_schema_of_its_standard(name: str) -> None:
    folder = files("SpiffWorkflow") / "dmn" / "parser" / "schema"
    schema = etree.XMLSchema(etree.parse(str(folder / "DMN13.xsd")))

    schema.assertValid(etree.fromstring(document(name).encode()))


@every_shipped
def test_rows_exclude_each_other_and_leave_nothing_out(name: str) -> None:
    for decision in decisions(FRAMEWORK.workflow(name)):
        if not decision.unique:
            continue
        rows = [
            [set(line.cells.get(column, range(len(column.states)))) for column in decision.columns]
            for line in decision.lines
        ]
        assert all(
            any(not one & other for one, other in zip(row, later, strict=True))
            for n, row in enumerate(rows)
            for later in rows[n + 1 :]
        )
        if decision.name in FRAMEWORK.workflow(name).rules:
            covered = sum(prod(map(len, row)) for row in rows)
            assert covered == prod(len(column.states) for column in decision.columns)


def test_a_document_says_what_is_asked_by_whose_authority_and_whom_to_ask_otherwise() -> None:
    root = etree.fromstring(document("incident").encode())
    said = " ".join(root.itertext())

    assert all(INTAKE.rules[name].title in said for name in INTAKE.rules)
    assert "Was the child born alive?" in said
    assert "if no row answers, ask learning_and_improvement" in said
    assert {each.get("name") for each in root.iter(f"{{{DMN}}}knowledgeSource")} >= {
        source.cite for rule in INTAKE.rules.values() for source in rule.sources
    }


def test_a_document_is_the_same_every_time() -> None:
    again = framework_from_texts(FRAMEWORK.texts)

    assert [document(name) for name in WITH_RULES] == [
        dmn(again.workflow(name), again.otherwise) for name in WITH_RULES
    ]


def test_a_workflow_without_rules_has_no_tables() -> None:
    with pytest.raises(UsageError, match="agency-information has no rules"):
        dmn(FRAMEWORK.workflow("agency-information"))


def test_a_rule_that_asks_for_too_much_at_once_is_refused_and_named() -> None:
    pairs = [AllOf((Answer(f"a{n}"), Answer(f"b{n}"))) for n in range(9)]
    named = {f"{letter}{n}" for n in range(9) for letter in "ab"}

    with pytest.raises(UsageError, match="the rule odd asks for so much at once"):
        dmn(drawn_up({"odd": AnyOf(tuple(_odd(pairs)))}, {name: Fact(name, "?", "yes_no") for name in named}))


def _odd(parts: Sequence[Condition]) -> list[Condition]:
    """That an odd number of the first and an even number of the last of *parts* is so, and the like."""
    return [AllOf((one, Not(other))) for one, other in product(parts, repeat=2) if one != other]


# --- tables of any rule -------------------------------------------------------------------------------------

FACTS = {
    "sure": Fact("sure", "Sure?", "yes_no"),
    "in": Fact("in", "A word of FEEL?", "yes_no"),
    "level": Fact("level", "Which?", "one_of", ("low", "middle", 'high "up" \\')),
    "age": Fact("age", "How old?", "number", unit="years"),
    "held_on": Fact("held_on", "When?", "date"),
    "topic": Fact("topic", "What?", "text"),
}


def drawn_up(conditions: Mapping[str, Condition], facts: Mapping[str, Fact] = FACTS) -> Workflow:
    rules = {name: Rule(name, name, condition) for name, condition in conditions.items()}
    return Workflow("drawn-up", 1, "Drawn up", "DRN", "first", facts, rules, {})


def value(name: str) -> FactValue:
    return FactValue(name, FACTS[name].type)


numbers = st.integers(-3, 20).map(Constant)
days = st.dates(min_value=date(2016, 1, 1), max_value=date(2017, 12, 31)).map(Constant)
operators = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
leaves = st.one_of(
    st.sampled_from([Answer("sure"), Answer("in"), Every("actions", "done"), KnownFact(value("topic"))]),
    st.sampled_from([KnownFact(value("age")), KnownFact(value("level")), KnownFact(value("held_on"))]),
    st.builds(Compare, operators, st.just(value("age")), numbers),
    st.builds(Compare, operators, st.just(value("held_on")), days),
    st.builds(
        Compare,
        st.sampled_from(["==", "!="]),
        st.just(value("level")),
        st.sampled_from(FACTS["level"].values).map(Constant),
    ),
    st.lists(st.sampled_from(FACTS["level"].values), min_size=1, unique=True).map(
        lambda v: Among(value("level"), tuple(v))
    ),
    st.lists(st.integers(0, 9), min_size=1, unique=True).map(lambda v: Among(value("age"), tuple(v))),
)
conditions = st.recursive(
    leaves,
    lambda some: st.one_of(
        st.builds(Not, some),
        st.builds(Possible, some),
        st.builds(Known, some),
        st.lists(some, min_size=1, max_size=4).map(lambda parts: AllOf(tuple(parts))),
        st.lists(some, min_size=1, max_size=4).map(lambda parts: AnyOf(tuple(parts))),
    ),
    max_leaves=9,
)


@settings(max_examples=12)
@given(st.lists(st.tuples(conditions, conditions), min_size=12, max_size=12))
def test_any_rule_is_decided_alike_also_through_another_rule(pairs: Any) -> None:
    rules: dict[str, Condition] = {}
    for n, (inner, outer) in enumerate(pairs):
        rules[f"inner_{n}"] = inner
        rules[f"outer_{n}"] = AnyOf((outer, AllOf((RuleRef(f"inner_{n}", inner), Answer("sure")))))
    workflow = drawn_up(rules)
    xml = dmn(workflow)
    found = {each.name: each for each in decisions(workflow)}
    root = etree.fromstring(xml.encode())
    names = {
        each.get("name"): [one.text for one in each.iterfind(".//{*}inputExpression/{*}text")]
        for each in root.iter(f"{{{DMN}}}decision")
    }
    draw = random.Random(1)
    asked = []
    for name, decision in found.items():
        columns = {
            column: draw.sample(all_, min(len(all_), 6))
            for column, all_ in ((column, ends(column.states)) for column in decision.columns)
        }
        if prod(map(len, columns.values())) <= 4_000:
            asked.append((name, columns))

    theirs = decided(xml, [job(found[name], names[name], columns) for name, columns in asked])

    for (name, columns), answers in zip(asked, theirs, strict=True):
        assert answers == [verdict.word for verdict in ours(rules[name], columns)], name
