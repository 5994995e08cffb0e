"""The slips that can be made in one rule: each is made, told, and nothing else."""

import pytest

from loopengine.core.mutating.expressions import slips


def made(text, kind):
    """What the slips of *kind* make of the rule *text*."""
    return [slip.text for slip in slips(text) if slip.kind == kind]


@pytest.mark.parametrize(
    ("kind", "text", "slipped"),
    [
        ("connective", "a and b", ["a or b"]),
        ("connective", "a or b and c", ["a and (b and c)", "a or (b or c)"]),
        ("negation", "not a", ["a"]),
        ("negation", "a", ["not a"]),
        ("negation", "a and b", ["not a and b", "a and (not b)"]),
        ("comparison", "age < 18", ["age <= 18"]),
        ("comparison", "age >= 18", ["age > 18"]),
        ("comparison", 'kind == "death"', ["kind != 'death'"]),
        ("limit", "age < 18", ["age < 19", "age < 17"]),
        ("limit", "count(actions, 'done') == 0", ["count(actions, 'done') == 1"]),
        ("value", 'kind in ("a", "b")', ["kind in ('b',)", "kind in ('a',)"]),
        ("possible", "a and possible(b)", ["a and b"]),
        ("quantifier", 'every(actions, "done")', ["some(actions, 'done')"]),
        ("part", "a and b", ["b", "a"]),
        ("part", "a or b or c", ["b or c", "a or c", "a or b"]),
        (
            "duration",
            'since("sent", "12 months")',
            ["since('sent', '13 months')", "since('sent', '11 months')"],
        ),
        ("duration", 'since("sent", "1 day")', ["since('sent', '2 days')"]),
    ],
)
def test_each_kind_of_slip_is_made_wherever_it_can_be(kind, text, slipped):
    assert made(text, kind) == slipped


def test_a_slip_says_what_becomes_of_what():
    (slip,) = (each for each in slips('child_died or kind == "harm"') if each.kind == "connective")

    assert slip.said == '`or` becomes `and` in `child_died or kind == "harm"`'


def test_what_cannot_be_read_has_no_slips():
    assert [*slips("a and and b")] == []
