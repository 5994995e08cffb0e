"""A group's own register of what reports to it."""

from __future__ import annotations

from datetime import date

import pytest
from support.tied import UNIT, engine

from loopengine.clock import FrozenClock
from loopengine.errors import UnknownName

WHY = "as the group decided"


def test_a_group_sees_what_reports_to_it_and_what_is_its_own_to_see_to() -> None:
    clock = FrozenClock("2017-01-03T09:00Z")
    board = engine(clock=clock)
    whole = board.open("round", by=UNIT)
    audit, begun = board.open("audit", {"agency": "police"}, by=UNIT), board.open("audit", by=UNIT)
    board.fire(audit, "hand_in", by=UNIT).require()
    ended = board.open("round", by=UNIT)
    board.fire(ended, "follow", by=UNIT, reason=WHY).require()
    clock.advance(days=3)

    register = board.group("learning_group")

    assert (register.group.title, register.meeting) == ("The Learning Group", date(2017, 2, 2))
    assert [each.name for each in register.workflows] == ["round"]
    assert [each.name for each in register.channels] == ["briefing"]
    assert [(each.case.reference, each.reports, each.owned) for each in register.cases] == [
        (whole.reference, True, False),
        ("RND-2017-003", True, False),
        (audit.reference, False, True),
    ]
    assert begun.reference not in {each.case.reference for each in register.cases}
    (due,) = register.cases[0].due
    assert (due.clock.deadline.name, due.clock.due.on) == ("report", date(2017, 4, 3))
    assert (register.cases[0].owner, register.cases[2].due) == (("business_unit",), ())


def test_a_register_as_json() -> None:
    board = engine()
    board.open("round", by=UNIT)

    register = board.group("learning_group").to_json()

    assert register["workflows"] == [
        {
            "name": "round",
            "title": "A round of audits",
            "who": ["business_unit", "performance_and_evaluation"],
            "about": "What every agency's audit says, drawn together.",
        }
    ]
    assert register["channels"] == [{"name": "briefing", "title": "A briefing", "who": "business_unit"}]
    assert register["meeting"] == "2017-01-05"
    (case,) = register["cases"]  # type: ignore[misc, union-attr]  # JSON
    assert case["due"] == [each.to_json() for each in board.due()]


def test_a_group_to_which_nothing_reports_has_nothing_to_see_to() -> None:
    board = engine()
    board.open("round", by=UNIT)

    register = board.group("executive_group")

    assert (register.workflows, register.channels, register.cases, register.meeting) == ((), (), (), None)


def test_a_register_as_it_was() -> None:
    clock = FrozenClock("2017-01-03T09:00Z")
    board = engine(clock=clock)
    before = clock.now()
    clock.advance(days=5)
    board.open("round", by=UNIT)

    then = board.group("learning_group", as_of=before)

    assert (then.cases, then.meeting) == ((), date(2017, 1, 5))


def test_an_unknown_group_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="no group is called 'learning'; did you mean 'learning_group'"):
        engine().group("learning")
