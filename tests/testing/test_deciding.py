"""MC/DC over three values: a leaf has decided if two evaluations show it, and only then."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopengine.core.rules.expressions import AllOf, Answer, AnyOf, Condition, Known, Not, Possible
from loopengine.core.truth import Truth
from loopengine.testing.deciding import has_decided, said_in_place, sign_of, verdict_of

A, B, C = Answer("a"), Answer("b"), Answer("c")
LETTERS = {"t": Truth.TRUE, "u": Truth.UNKNOWN, "f": Truth.FALSE}


def decided(condition: Condition, leaf: Answer, *seen: str) -> bool:
    """Whether *leaf* has decided in evaluations in which a, b and c came to the letters of one of *seen*."""
    evaluations = [dict(zip((A, B, C), map(LETTERS.__getitem__, each), strict=False)) for each in seen]
    return has_decided({sign_of(condition, leaf, each) for each in evaluations})


@pytest.mark.parametrize(
    ("condition", "leaf", "seen", "shown"),
    [
        (AllOf((A, B)), A, ["tt", "ft"], True),
        (AllOf((A, B)), A, ["tt", "ff"], False),  # b alone would have made it FALSE
        (AllOf((A, B)), A, ["tt", "tf"], False),  # a is the same in both
        (AnyOf((A, B)), A, ["tu", "fu"], False),  # the rule is not settled in one of them
        (AnyOf((A, AllOf((B, C)))), A, ["ftf", "tff"], True),  # b is another, and masked in both
        (AnyOf((A, AllOf((B, C)))), A, ["ftf", "ttt"], False),  # in the second, a makes no difference
        (Not(A), A, ["t", "f"], True),
        (Possible(A), A, ["u", "f"], True),
        (Possible(A), A, ["u", "t"], False),
        (Known(A), A, ["t", "f"], False),
        (Known(A), A, ["t", "u"], True),
        (AllOf((A, AnyOf((A, B)))), A, ["tf", "ff"], True),  # both places of a at once
    ],
    ids=str,
)
def test_by_hand(condition: Condition, leaf: Answer, seen: list[str], shown: bool) -> None:
    assert decided(condition, leaf, *seen) is shown
    assert decided(condition, leaf, *reversed(seen)) is shown


conditions = st.recursive(
    st.sampled_from([A, B, C]),
    lambda parts: (
        parts.map(Not)
        | parts.map(Possible)
        | parts.map(Known)
        | st.tuples(parts, parts).map(AllOf)
        | st.tuples(parts, parts).map(AnyOf)
    ),
    max_leaves=5,
)
evaluations = st.tuples(*[st.sampled_from(list(Truth))] * 3).map(lambda each: dict(zip((A, B, C), each)))  # noqa: B905


@given(conditions, st.lists(evaluations, max_size=6))
def test_it_is_what_the_definition_says_of_every_pair(condition: Condition, seen: list[dict]) -> None:
    def shows(leaf: Condition, one: dict, other: dict) -> bool:
        verdicts = verdict_of(condition, one), verdict_of(condition, other)
        swapped = (
            verdict_of(condition, other | {leaf: one[leaf]}),
            verdict_of(condition, one | {leaf: other[leaf]}),
        )
        return set(verdicts) == {Truth.TRUE, Truth.FALSE} and verdicts == swapped

    for leaf in said_in_place(condition):
        signs = {sign_of(condition, leaf, each) for each in seen}
        assert has_decided(signs) is any(shows(leaf, *pair) for pair in combinations(seen, 2))
