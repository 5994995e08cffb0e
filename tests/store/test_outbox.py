"""The outbox as rows: claims above all, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import create_engine, text
from support.postgresql import server
from support.posting import Board, board

from loopengine.store import outbox
from loopengine.store.outbox import Address

HERE, THERE = Address("mail", "person-1"), Address("mail", "person-2")
SOON = timedelta(minutes=15)


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    with server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def post(request: pytest.FixtureRequest, tmp_path) -> Iterator[Board]:
    if request.param == "sqlite":
        made = board(tmp_path / "board.db")
    else:
        url = request.getfixturevalue("postgresql")
        own = create_engine(url)
        with own.begin() as connection:
            connection.execute(text("drop schema public cascade"))
            connection.execute(text("create schema public"))
        own.dispose()
        made = board(url=url)
    made.cases(3)
    made.sweep_on(date(2017, 1, 27))
    yield made
    made.engine.close()


def claimed(post: Board, to: Address = HERE, *, later: timedelta = timedelta()) -> list[int]:
    """What is claimed of everything open, by rows."""
    now = post.clock.now() + later
    with post.engine.database.writing() as connection:
        ids = [each.id for each in outbox.open_notices(connection)]
        return [each.notice_id for each in outbox.claim(connection, to, ids, now=now, until=now + SOON)]


def delivery(post: Board, notice: int, to: Address = HERE) -> outbox.Delivery:
    with post.engine.database.reading() as connection:
        return outbox.open_deliveries(connection)[notice][to]


def test_a_notice_has_a_key_of_case_deadline_arming_and_name(post):
    with post.engine.database.reading() as connection:
        keys = [each.key for each in outbox.open_notices(connection)]

    assert keys == [f"REV-2017-00{number}/decide/1/remind-1" for number in (1, 2, 3)]


def test_what_somebody_has_in_hand_nobody_else_takes(post):
    assert len(claimed(post)) == 3
    assert claimed(post) == []


def test_each_recipient_has_a_claim_of_its_own(post):
    claimed(post)

    assert len(claimed(post, THERE)) == 3


def test_what_was_left_in_hand_is_taken_up_again(post):
    first = claimed(post)

    assert claimed(post, later=SOON - timedelta(seconds=1)) == []
    assert claimed(post, later=SOON) == first
    assert delivery(post, first[0]).attempts == 2


def test_what_has_arrived_or_is_parked_is_never_claimed(post):
    first, second, third = claimed(post)
    with post.engine.database.writing() as connection:
        outbox.mark_delivered(connection, HERE, [first], at=post.clock.now())
        outbox.mark_parked(connection, HERE, [second], error="smtp 550", at=post.clock.now())

    assert claimed(post, later=timedelta(days=400)) == [third]


def test_whoever_comes_late_does_not_undo_that_it_has_arrived(post):
    """Somebody slept through their claim, and another has sent it meanwhile."""
    first, *_ = claimed(post)
    with post.engine.database.writing() as connection:
        outbox.mark_delivered(connection, HERE, [first], at=post.clock.now())
        outbox.mark_failed(connection, HERE, [first], error="smtp 451", next_at=post.clock.now())
        outbox.mark_parked(connection, HERE, [first], error="smtp 451", at=post.clock.now())

    assert delivery(post, first).delivered_at == post.clock.now()
    assert delivery(post, first).parked_at is None


def test_what_was_given_back_does_not_count_as_tried(post):
    first, *_ = claimed(post)
    with post.engine.database.writing() as connection:
        outbox.mark_not_tried(connection, HERE, [first], error="unreachable: TimeoutError")

    assert (delivery(post, first).attempts, delivery(post, first).next_at) == (0, None)
    assert claimed(post) == [first]


def test_what_is_unparked_begins_again(post):
    first, *_ = claimed(post)
    with post.engine.database.writing() as connection:
        outbox.mark_parked(connection, HERE, [first], error="smtp 550", at=post.clock.now())
        assert outbox.unpark(connection, first) == 1

    assert claimed(post) == [first]
    assert delivery(post, first).attempts == 1


def test_who_had_something_today_is_known_by_channel(post):
    first, *_ = claimed(post)
    now = post.clock.now()
    with post.engine.database.writing() as connection:
        outbox.mark_delivered(connection, HERE, [first], at=now)
        assert outbox.reached_since(connection, "mail", now) == {"person-1"}
        assert outbox.reached_since(connection, "mail", now + timedelta(seconds=1)) == set()
        assert outbox.reached_since(connection, "print", now) == set()


def test_what_is_settled_is_open_no_more(post):
    first, *rest = claimed(post)
    with post.engine.database.writing() as connection:
        outbox.settle(connection, [first])
        assert [each.id for each in outbox.open_notices(connection)] == rest
        assert sorted(outbox.open_deliveries(connection)) == rest
        assert [each.settled for each in outbox.notices_of(connection, "REV-2017-001")] == [True]


def test_many_at_once_claim_each_notice_once(post):
    taken: list[int] = []
    barrier = Barrier(4)

    def take() -> None:
        barrier.wait()
        taken.extend(claimed(post))

    threads = [Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) == 3
    assert set(Counter(taken).values()) == {1}
