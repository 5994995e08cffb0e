"""The language of rules: what is read, and what is refused, where, and with what to write instead."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from support.rules import AT_RISK, FACTS, read

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
    Constant,
    Count,
    Disjoint,
    Every,
    FactValue,
    Known,
    KnownFact,
    Member,
    Not,
    Possible,
    RuleRef,
    Since,
    SinceDay,
    Some,
    Span,
    WithinBefore,
)
from loopengine.core.rules.parsing import RuleError, Scope, names_in, parse
from loopengine.core.values import Fact

AGE = FactValue("age_at_event", "number")
SETTING = FactValue("setting", "one_of")
DIED, BORN = FactValue("died_on", "date"), FactValue("born_on", "date")
EMPLOYER, AGENCIES = FactValue("employer", "party"), FactValue("agencies", "parties")
MONTHS = Duration(months=6)
RIGHT = {
    "death": Answer("death"),
    "at_risk": AT_RISK,
    "not death": Not(Answer("death")),
    "death and harm and abuse": AllOf((Answer("death"), Answer("harm"), Answer("abuse"))),
    "death or harm and abuse": AnyOf((Answer("death"), AllOf((Answer("harm"), Answer("abuse"))))),
    "(death or harm) and abuse": AllOf((AnyOf((Answer("death"), Answer("harm"))), Answer("abuse"))),
    "possible(concern)": Possible(Answer("concern")),
    "known(concern)": Known(Answer("concern")),
    "known(at_risk)": Known(AT_RISK),
    "known(setting)": KnownFact(SETTING),
    "known(notes)": KnownFact(FactValue("notes", "text")),
    'setting == "custody"': Compare("==", SETTING, Constant("custody")),
    '"custody" != setting': Compare("!=", Constant("custody"), SETTING),
    "setting in ('none', 'custody')": Among(SETTING, ("none", "custody")),
    'setting not in ("none",)': Not(Among(SETTING, ("none",))),
    "age_at_event < 18": Compare("<", AGE, Constant(18)),
    "age_at_event > -1": Compare(">", AGE, Constant(-1)),
    "age_at_event in (16, 17)": Among(AGE, (16, 17)),
    "age_at_event + 1 >= siblings * 2": Compare(
        ">=",
        Arithmetic("+", AGE, Constant(1)),
        Arithmetic("*", FactValue("siblings", "number"), Constant(2)),
    ),
    'died_on >= "2017-01-31"': Compare(">=", DIED, Constant(date(2017, 1, 31))),
    "died_on - born_on > 28": Compare(">", Arithmetic("-", DIED, BORN), Constant(28)),
    'died_on - "2017-01-31" > 28': Compare(
        ">", Arithmetic("-", DIED, Constant(date(2017, 1, 31))), Constant(28)
    ),
    'died_on < born_on + "6 months"': Compare("<", DIED, Arithmetic("+", BORN, Span(MONTHS))),
    "age(born_on, died_on) < 18": Compare("<", Age(BORN, DIED), Constant(18)),
    'age(born_on, "2017-01-31") < 18': Compare("<", Age(BORN, Constant(date(2017, 1, 31))), Constant(18)),
    'employer == "police"': Compare("==", EMPLOYER, Constant("police")),
    "employer != subject": Compare("!=", EMPLOYER, FactValue("subject", "party")),
    "employer in agencies": Member(EMPLOYER, AGENCIES),
    '"police" not in agencies': Not(Member(Constant("police"), AGENCIES)),
    "disjoint(employers, agencies)": Disjoint(FactValue("employers", "parties"), AGENCIES),
    "disjoint(employer, agencies)": Disjoint(EMPLOYER, AGENCIES),
    'every(actions, "verified")': Every("actions", "verified"),
    'some(actions, "open")': Some("actions", "open"),
    'count(actions, "open") == 0': Compare("==", Count("actions", "open"), Constant(0)),
    'alike(setting, "6 months") >= 2': Compare(">=", Alike("setting", MONTHS), Constant(2)),
    "alike(abuse, '6 months') in (1, 2)": Among(Alike("abuse", MONTHS), (1, 2)),
    'since("publish", "6 months")': Since("publish", MONTHS),
    'since(died_on, "6 months")': SinceDay(DIED, MONTHS),
    'within_before(abuse, "6 months", died_on)': WithinBefore("abuse", MONTHS, DIED),
}

# For each wrong rule: its text, the place in it that is refused, why, and what to do about it.
TABLE = Path(__file__).with_name("wrong-rules.txt").read_text("utf-8")


def wrong_rules() -> list[tuple[str, int, str, str]]:
    """The rules of the table, each with its column, its message and its hint."""
    blocks = [block.split("\n") for block in TABLE.strip().split("\n\n") if not block.startswith("#")]
    return [(text, caret.index("^"), message, hint) for text, caret, message, hint in blocks]


@pytest.mark.parametrize("text", RIGHT)
def test_a_rule_is_read_as_it_is_meant(text: str) -> None:
    assert read(text) == RIGHT[text]


@pytest.mark.parametrize(("text", "column", "message", "hint"), wrong_rules())
def test_a_wrong_rule_is_refused_where_it_is_wrong(text: str, column: int, message: str, hint: str) -> None:
    with pytest.raises(RuleError) as refused:
        read(text)

    assert (refused.value.message, refused.value.hint) == (message, hint)
    assert refused.value.column == column


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_rule_is_refused(text: str) -> None:
    with pytest.raises(RuleError, match="an empty rule says nothing; write a condition"):
        read(text)


def test_a_rule_may_be_folded_over_lines() -> None:
    assert read("\n  death\n\tand\r\n  harm\n") == AllOf((Answer("death"), Answer("harm")))


def test_a_column_is_counted_in_characters_over_all_lines() -> None:
    """An accent before the place counts as one."""
    text = '\n place == "café"\n or plaice == "café" '
    scope = Scope({"place": Fact("place", "Where?", "one_of", ("café", "home"))})

    with pytest.raises(RuleError, match="no fact or rule is called 'plaice'") as refused:
        parse(text, scope)

    assert text[refused.value.column :].startswith("plaice")


def test_a_space_of_another_kind_is_named() -> None:
    with pytest.raises(RuleError, match=r"a rule has no '\\xa0'"):
        read("death\N{NO-BREAK SPACE}and harm")


def test_a_rule_that_is_too_long_is_refused() -> None:
    with pytest.raises(
        RuleError, match="a rule has at most 2000 characters, and this one has 2001"
    ) as refused:
        read("x" * 2001)

    assert refused.value.column == 2000


@pytest.mark.parametrize(
    "text", ["not " * 400 + "death", "(" * 900 + "death" + ")" * 900, "-" * 1900 + "1 < 2"]
)
def test_a_rule_that_is_nested_too_deep_is_refused(text: str) -> None:
    with pytest.raises(RuleError, match="a rule is not nested so deep"):
        read(text)


def test_rules_that_use_each_other_cannot_grow_without_end() -> None:
    """Twice as large at each step would soon be for ever."""
    rules = {"r0": RuleRef("r0", Answer("death"))}
    for step in range(8):
        rules[f"r{step + 1}"] = RuleRef(f"r{step + 1}", parse(f"r{step} or r{step}", Scope(FACTS, rules)))

    with pytest.raises(RuleError, match="with the rules that it uses, this one is too large to follow"):
        parse("r8 or r8", Scope(FACTS, rules))


def test_a_framework_without_agencies_is_no_reason_to_stumble() -> None:
    scope = Scope({"agencies": Fact("agencies", "Who was involved?", "parties")})

    with pytest.raises(RuleError, match="agencies is a set of parties, and not compared"):
        parse("agencies == agencies", scope)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("harm and (death or harm)", ("harm", "death")),
        ('every(actions, "open") or known(notes)', ("notes",)),
        ('since("publish", "1 month") and not_yet_declared', ("not_yet_declared",)),
        ("death and and harm", ()),
    ],
)
def test_the_names_in_a_rule_are_those_of_facts_and_rules(text: str, names: tuple[str, ...]) -> None:
    assert names_in(text) == names
