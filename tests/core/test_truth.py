"""Three truth values: Kleene's tables, and a Truth that refuses to be a bool."""

from __future__ import annotations

import pytest

from loopengine.core.truth import Truth, all_of, any_of, known, possible, truth

T, U, F = Truth.TRUE, Truth.UNKNOWN, Truth.FALSE


@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [
        (T, T, T, T),
        (T, U, U, T),
        (T, F, F, T),
        (U, U, U, U),
        (U, F, F, U),
        (F, F, F, F),
    ],
)
def test_the_connectives_are_those_of_kleene(one: Truth, other: Truth, both: Truth, either: Truth) -> None:
    assert one & other is both
    assert one | other is either


def test_what_is_unknown_stays_so_when_denied() -> None:
    assert (~T, ~U, ~F) == (F, U, T)


def test_possible_is_true_unless_it_is_ruled_out() -> None:
    assert [possible(verdict) for verdict in (T, U, F)] == [T, T, F]


def test_known_is_never_unknown() -> None:
    assert [known(verdict) for verdict in (T, U, F)] == [T, F, T]


def test_all_of_nothing_is_true_and_any_of_nothing_is_false() -> None:
    assert all_of(()) is T
    assert any_of(()) is F


@pytest.mark.parametrize("verdict", Truth)
def test_a_truth_is_never_a_bool(verdict: Truth) -> None:
    with pytest.raises(TypeError, match="compare it with `is`"):
        bool(verdict)


def test_a_bool_or_nothing_is_a_truth() -> None:
    assert [truth(value) for value in (True, None, False)] == [T, U, F]


def test_a_truth_is_spelled_in_lower_case() -> None:
    assert [verdict.word for verdict in (T, U, F)] == ["true", "unknown", "false"]
