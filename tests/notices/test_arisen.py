"""What has arisen on its way from the outbox: as it stands on the day on which it is told."""

from __future__ import annotations

from datetime import date

from support.small import REVIEW, UNIT, engine, framework

from loopengine.clock import FrozenClock
from loopengine.notices.looking import in_outbox
from loopengine.notices.standing import addressed

STANDING = """\
standing:
  threshold: {title: The threshold is met, when: criteria, tell: executive, source: local}
states:
"""


def test_a_notice_says_whether_it_is_still_so() -> None:
    clock = FrozenClock("2017-01-09T09:00Z")
    board = engine(clock=clock, of=framework(review=REVIEW.replace("states:\n", STANDING, 1)))
    case = board.open("review", {"harmed": True}, by=UNIT)
    (told,) = (each.told for each in addressed(board, clock.today()))
    assert (told.standing, told.title, told.due) == ("arisen", "The threshold is met", date(2017, 1, 9))
    clock.advance(days=2)

    board.record(case, {"harmed": False}, by=UNIT)

    told_now = [each.told for each in addressed(board, clock.today())]
    assert [(each.standing, each.due, each.why) for each in told_now] == [
        ("over", date(2017, 1, 9), "no longer so since Wednesday 11 January 2017"),
        ("over", date(2017, 1, 9), "no longer so since Wednesday 11 January 2017"),
    ]
    assert [each.notice.notice.key for each in in_outbox(board)] == [
        "REV-2017-001/threshold/1/arose", "REV-2017-001/threshold/1/ceased",
    ]  # fmt: skip
