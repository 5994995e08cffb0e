"""Values of facts: what each type accepts, what it refuses, and how it is spelled."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.rules import FACTS, values_of

from loopengine.core.values import LONGEST_TEXT, Fact, Value, spell, spell_text
from loopengine.errors import BadValue


@pytest.mark.parametrize(
    ("fact", "given", "accepted"),
    [
        ("death", True, True),
        ("death", "no", False),
        ("setting", "custody", "custody"),
        ("age_at_event", 17, 17),
        ("age_at_event", " 17 ", 17),
        ("age_at_event", "-1", -1),
        ("died_on", date(2017, 1, 31), date(2017, 1, 31)),
        ("died_on", "2017-01-31", date(2017, 1, 31)),
        ("notes", "Seen by Child A's aunt.", "Seen by Child A's aunt."),
        ("employer", "police", "police"),
        ("agencies", "police, health", frozenset({"police", "health"})),
        ("agencies", ["police", "police"], frozenset({"police"})),
    ],
)
def test_a_value_is_accepted_as_what_it_is(fact: str, given: object, accepted: Value) -> None:
    assert FACTS[fact].accept(given) == accepted


@pytest.mark.parametrize(
    ("fact", "given", "message"),
    [
        ("death", 1, "death cannot be '1'; it is yes, no or unknown"),
        ("death", "Yes", "death cannot be 'Yes'; it is yes, no or unknown"),
        ("setting", "cusdoty", "did you mean 'custody'? it is one of none, custody, hospital, or unknown"),
        ("age_at_event", True, "age_at_event cannot be 'True'; it is a whole number of years, or unknown"),
        ("age_at_event", "17.5", "age_at_event cannot be '17.5'; it is a whole number of years, or unknown"),
        ("siblings", 10**15, "it is a whole number, or unknown"),
        ("died_on", datetime(2017, 1, 31, tzinfo=UTC), "it is a date such as 2017-01-31, or unknown"),
        ("died_on", "2017-02-30", "died_on cannot be '2017-02-30'"),
        ("died_on", "20170131", "died_on cannot be '20170131'"),
        ("employer", "polise", "did you mean 'police'? it is one of police, health, school, or unknown"),
        ("agencies", "police,", "agencies cannot be ''"),
        ("agencies", [], "name at least one party, or say unknown"),
        ("agencies", 3, "it is a list such as police,health"),
    ],
)
def test_a_value_of_another_kind_is_refused_with_what_is_allowed(
    fact: str, given: object, message: str
) -> None:
    with pytest.raises(BadValue) as refused:
        FACTS[fact].accept(given)

    assert message in str(refused.value)


@pytest.mark.parametrize("given", ["", "  ", "a\0b", "x" * (LONGEST_TEXT + 1), 3])
def test_a_text_is_refused_without_being_repeated(given: object) -> None:
    """It could be anything about anybody."""
    with pytest.raises(BadValue) as refused:
        FACTS["notes"].accept(given)

    assert str(refused.value).startswith("notes cannot be this value; it is some text")


@pytest.mark.parametrize("given", [None, "unknown"])
@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_can_be_answered_unknown(fact: str, given: object) -> None:
    assert FACTS[fact].accept_or_unknown(given) is None


@pytest.mark.parametrize(
    ("fact", "allowed"),
    [
        ("death", ("yes", "no")),
        ("setting", ("none", "custody", "hospital")),
        ("agencies", ("police", "health", "school")),
        ("age_at_event", None),
        ("notes", None),
    ],
)
def test_a_fact_says_what_is_allowed_if_that_is_a_closed_list(
    fact: str, allowed: tuple[str, ...] | None
) -> None:
    assert FACTS[fact].allowed() == allowed


def test_a_party_of_a_framework_without_agencies_can_be_nobody() -> None:
    with pytest.raises(BadValue, match="it is one of nothing: the framework names no agencies"):
        Fact("employer", "Who employs the reviewer?", "party").accept("police")


@pytest.mark.parametrize(
    ("value", "spelled", "text"),
    [
        (True, "yes", "yes"),
        (False, "no", "no"),
        (17, 17, "17"),
        (date(2017, 1, 31), "2017-01-31", "2017-01-31"),
        ("custody", "custody", "custody"),
        (frozenset({"police", "health"}), ["health", "police"], "health,police"),
    ],
)
def test_a_value_is_spelled_one_way(value: Value, spelled: object, text: str) -> None:
    assert spell(value) == spelled
    assert spell_text(value) == text


@given(st.data(), st.sampled_from(sorted(FACTS)))
def test_what_is_spelled_is_accepted_back(data: st.DataObject, fact: str) -> None:
    value = data.draw(values_of(fact))

    assert FACTS[fact].accept(spell_text(value)) == value
    assert FACTS[fact].accept(spell(value)) == value
