"""The clock held in the hand, and how instants meet days, above all on the nights the clocks change."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from loopengine.clock import (
    LONDON,
    Clock,
    FrozenClock,
    SystemClock,
    instant_text,
    london_date,
    london_midnight,
    parse_instant,
)

NINE = datetime(2017, 1, 3, 9, tzinfo=UTC)


@pytest.fixture
def host_in_auckland(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine's own zone is on the other side of the world while the test runs."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Pacific/Auckland")
        time.tzset()
        yield
    time.tzset()


def test_the_system_clock_tells_the_time_in_utc() -> None:
    before = time.time()
    now = SystemClock().now()
    after = time.time()

    assert now.tzinfo is UTC
    assert before - 1 <= now.timestamp() <= after + 1


@pytest.mark.usefixtures("host_in_auckland")
def test_the_zone_of_the_host_makes_no_difference() -> None:
    assert abs(SystemClock().now().timestamp() - time.time()) < 1
    assert london_date(parse_instant("2017-07-01T12:00Z")) == date(2017, 7, 1)
    assert instant_text(london_midnight(date(2017, 7, 1))) == "2017-06-30T23:00:00.000000Z"


def test_both_clocks_are_clocks() -> None:
    clocks: list[Clock] = [SystemClock(), FrozenClock(NINE)]

    assert all(clock.now().utcoffset() == timedelta() for clock in clocks)


@pytest.mark.parametrize(
    "start",
    [
        "2017-01-03T09:00Z",
        "2017-01-03T10:00+01:00",
        "2017-01-03 09:00:00.000000+00:00",
        NINE,
        datetime(2017, 1, 3, 4, tzinfo=timezone(timedelta(hours=-5))),
    ],
)
def test_a_frozen_clock_starts_where_it_is_told_and_stays_there(start: datetime | str) -> None:
    clock = FrozenClock(start)

    assert clock.now() == clock.now() == NINE
    assert clock.now().tzinfo is UTC
    assert repr(clock) == "FrozenClock('2017-01-03T09:00:00.000000Z')"


def test_a_frozen_clock_advances_by_what_is_given() -> None:
    clock = FrozenClock(NINE)

    clock.advance(days=1, hours=2, minutes=3, seconds=4)

    assert instant_text(clock.now()) == "2017-01-04T11:03:04.000000Z"


def test_a_frozen_clock_knows_the_day_in_london() -> None:
    clock = FrozenClock("2017-06-30T22:59:59Z")
    assert clock.today() == date(2017, 6, 30)

    clock.advance(seconds=1)

    assert clock.today() == date(2017, 7, 1)


def test_a_frozen_clock_advances_to_an_instant() -> None:
    clock = FrozenClock(NINE)

    clock.advance_to(datetime(2017, 7, 1, 9, tzinfo=timezone(timedelta(hours=1))))

    assert instant_text(clock.now()) == "2017-07-01T08:00:00.000000Z"


def test_a_frozen_clock_advances_to_the_midnight_that_begins_a_day() -> None:
    clock = FrozenClock(NINE)

    clock.advance_to(date(2017, 7, 1))

    assert instant_text(clock.now()) == "2017-06-30T23:00:00.000000Z"
    assert clock.today() == date(2017, 7, 1)


def test_advancing_to_the_present_day_or_instant_changes_nothing() -> None:
    clock = FrozenClock(NINE)

    clock.advance_to(date(2017, 1, 3))
    clock.advance_to(NINE)
    clock.advance()

    assert clock.now() == NINE


def test_a_frozen_clock_refuses_to_go_back() -> None:
    clock = FrozenClock(NINE)
    attempts: tuple[Callable[[], None], ...] = (
        lambda: clock.advance(days=-1),
        lambda: clock.advance_to(datetime(2017, 1, 2, 9, tzinfo=UTC)),
    )
    for attempt in attempts:
        with pytest.raises(ValueError, match="cannot go back") as refused:
            attempt()
        assert str(refused.value) == (
            "clock cannot go back from '2017-01-03T09:00:00.000000Z' to '2017-01-02T09:00:00.000000Z'; "
            "advance it, or start another one"
        )

    with pytest.raises(ValueError, match=r"to '2017-01-02T00:00:00\.000000Z'"):
        clock.advance_to(date(2017, 1, 2))
    assert clock.now() == NINE


@pytest.mark.parametrize(
    ("day", "begins", "hours"),
    [
        (date(2017, 3, 25), "2017-03-25T00:00:00.000000Z", 24),
        (date(2017, 3, 26), "2017-03-26T00:00:00.000000Z", 23),
        (date(2017, 3, 27), "2017-03-26T23:00:00.000000Z", 24),
        (date(2017, 10, 28), "2017-10-27T23:00:00.000000Z", 24),
        (date(2017, 10, 29), "2017-10-28T23:00:00.000000Z", 25),
        (date(2017, 10, 30), "2017-10-30T00:00:00.000000Z", 24),
    ],
)
def test_the_days_on_which_the_clocks_change_are_an_hour_short_or_long(
    day: date, begins: str, hours: int
) -> None:
    midnight = london_midnight(day)

    assert midnight.tzinfo is UTC
    assert instant_text(midnight) == begins
    assert london_midnight(day + timedelta(days=1)) - midnight == timedelta(hours=hours)


@pytest.mark.parametrize("half_past_one", ["2017-10-29T00:30Z", "2017-10-29T01:30Z"])
def test_both_half_past_ones_of_autumn_are_the_same_day(half_past_one: str) -> None:
    assert london_date(parse_instant(half_past_one)) == date(2017, 10, 29)


def test_an_hour_before_midnight_in_utc_is_tomorrow_only_in_summer() -> None:
    assert london_date(parse_instant("2017-01-03T23:30Z")) == date(2017, 1, 3)
    assert london_date(parse_instant("2017-07-03T23:30Z")) == date(2017, 7, 4)


def test_instants_are_written_in_one_way() -> None:
    assert instant_text(NINE) == "2017-01-03T09:00:00.000000Z"
    assert instant_text(NINE + timedelta(microseconds=1)) == "2017-01-03T09:00:00.000001Z"
    assert instant_text(datetime(987, 1, 3, tzinfo=UTC)) == "0987-01-03T00:00:00.000000Z"


@pytest.mark.parametrize("text", ["", "yesterday", "2017-02-30T09:00Z", "0001-01-01T00:00+01:00"])
def test_a_text_that_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="instant") as refused:
        parse_instant(text)

    assert str(refused.value) == f"instant {text!r} is not understood; write it as '2017-01-03T09:00Z'"


@pytest.mark.parametrize("text", ["2017-01-03", "2017-01-03T09:00"])
def test_an_instant_without_an_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="instant") as refused:
        FrozenClock(text)

    assert str(refused.value) == f"instant {text!r} has no offset; write it as '2017-01-03T09:00Z'"


@pytest.mark.parametrize("use", [FrozenClock, london_date, instant_text, FrozenClock(NINE).advance_to])
def test_a_datetime_without_a_zone_is_refused(use: Callable[[datetime], object]) -> None:
    with pytest.raises(ValueError, match="datetime") as refused:
        use(datetime(2017, 1, 3, 9))

    assert str(refused.value) == (
        "datetime '2017-01-03T09:00:00' has no time zone; "
        "give an aware one, such as datetime(2017, 1, 3, 9, tzinfo=UTC)"
    )


@pytest.mark.parametrize(
    ("due", "late_from"),
    [
        (date(2017, 3, 25), "2017-03-26T00:00:00.000000Z"),  # the midnight before the clocks go forward
        (date(2017, 3, 26), "2017-03-26T23:00:00.000000Z"),  # and the one after
        (date(2017, 10, 28), "2017-10-28T23:00:00.000000Z"),  # the midnight before they go back
        (date(2017, 10, 29), "2017-10-30T00:00:00.000000Z"),  # and the one after
        (date(2027, 3, 28), "2027-03-28T23:00:00.000000Z"),  # Easter Sunday, and the clocks change
        (date(2027, 10, 30), "2027-10-30T23:00:00.000000Z"),
    ],
)
def test_what_is_due_on_a_night_when_the_clocks_change_is_late_from_the_next_midnight(
    due: date, late_from: str
) -> None:
    """Not an hour before and not an hour after; and a clock that is told to go there stops there."""
    midnight = london_midnight(due + timedelta(days=1))
    clock = FrozenClock(london_midnight(due))

    clock.advance_to(due + timedelta(days=1))

    assert instant_text(midnight) == late_from
    assert clock.now() == midnight
    assert london_date(midnight) > due
    assert london_date(midnight - timedelta(microseconds=1)) == due


WHERE_A_DAY_BEGINS = """
from datetime import date, timedelta
from loopengine.clock import FrozenClock, instant_text, london_date, london_midnight, parse_instant
for day in (date(2017, 3, 26), date(2017, 10, 29), date(2017, 7, 1), date(2017, 12, 31)):
    midnight = london_midnight(day)
    print(instant_text(midnight), london_date(midnight), london_date(midnight - timedelta(microseconds=1)))
clock = FrozenClock("2017-10-28T22:59:59.999999Z")
print(clock.today(), london_date(parse_instant("2017-03-25T23:59:59+00:00")))
"""


@pytest.mark.parametrize(
    "zone",
    ["UTC", "Pacific/Auckland", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Kathmandu", "XYZ+11"],
)
def test_a_host_in_another_time_zone_begins_its_days_in_london(zone: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WHERE_A_DAY_BEGINS],
        cwd=Path(__file__).resolve().parents[1],
        env=os.environ | {"TZ": zone},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )

    assert ran.stdout.splitlines() == [
        "2017-03-26T00:00:00.000000Z 2017-03-26 2017-03-25",
        "2017-10-28T23:00:00.000000Z 2017-10-29 2017-10-28",
        "2017-06-30T23:00:00.000000Z 2017-07-01 2017-06-30",
        "2017-12-31T00:00:00.000000Z 2017-12-31 2017-12-30",
        "2017-10-28 2017-03-25",
    ]


def test_instants_that_look_alike_on_the_night_the_clocks_go_back_are_written_apart() -> None:
    first = datetime(2017, 10, 29, 1, 30, tzinfo=LONDON)
    again = first.replace(fold=1)

    assert first == again  # to the language, which looks at the hands of the clock
    assert instant_text(first) == "2017-10-29T00:30:00.000000Z"
    assert instant_text(again) == "2017-10-29T01:30:00.000000Z"
