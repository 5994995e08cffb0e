"""Calendar files, read back by a library and, where it is too kind, byte by byte."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from loopengine.reports.icalendar import DueDeadline, calendar_file

STAMP = datetime(2017, 1, 9, 9, tzinfo=UTC)
DECIDE = DueDeadline(
    case="SCR-2017-001",
    deadline="decide",
    arming=3,
    title="decide whether to initiate a review",
    due=date(2017, 2, 9),
    whose=("local_authority", "independent_chair"),
)


def events(*items: DueDeadline, stamp: datetime = STAMP) -> list[Event]:
    return Calendar.from_ical(calendar_file(items, stamp=stamp)).events


def event(item: DueDeadline) -> Event:
    (only,) = events(item)
    return only


def unfolded(text: str) -> list[str]:
    """The content lines of RFC 5545, 3.1: without the breaks of those that were too long."""
    return text.replace("\r\n ", "").split("\r\n")


def test_a_deadline_is_one_event_that_says_what_is_to_be_done() -> None:
    assert event(DECIDE)["summary"] == "SCR-2017-001: decide whether to initiate a review"


def test_it_lasts_all_day_on_the_day_that_it_is_due() -> None:
    lines = unfolded(calendar_file([DECIDE], stamp=STAMP))

    assert "DTSTART;VALUE=DATE:20170209" in lines
    assert "DTEND;VALUE=DATE:20170210" in lines
    assert (event(DECIDE).start, event(DECIDE).end) == (date(2017, 2, 9), date(2017, 2, 10))


def test_the_last_of_all_days_has_no_day_after() -> None:
    assert event(replace(DECIDE, due=date.max)).start == date.max


def test_it_is_the_same_event_whatever_becomes_of_its_date() -> None:
    moved = replace(DECIDE, due=date(2017, 3, 1), title="Decide", whose=(), provisional=True, late=True)

    assert event(moved)["uid"] == event(DECIDE)["uid"]


@pytest.mark.parametrize("other", [{"case": "SCR-2017-002"}, {"deadline": "publish"}, {"arming": 4}])
def test_another_case_deadline_or_start_is_another_event(other: dict[str, object]) -> None:
    found = events(DECIDE, replace(DECIDE, **other))  # type: ignore[arg-type]  # by its name

    assert len({each["uid"] for each in found}) == 2


def test_the_roles_whose_move_it_is_are_its_categories() -> None:
    assert event(DECIDE).categories == ["local_authority", "independent_chair"]
    assert "Whose move it is: local authority, independent chair." in event(DECIDE)["description"]
    assert event(replace(DECIDE, whose=())).categories == []


def test_a_provisional_date_is_tentative_and_says_why() -> None:
    provisional = event(replace(DECIDE, provisional=True))

    assert (event(DECIDE)["status"], provisional["status"]) == ("CONFIRMED", "TENTATIVE")
    assert "provisional" in provisional["description"]
    assert "provisional" not in event(DECIDE)["description"]


def test_what_is_late_is_important_and_says_so() -> None:
    late = event(replace(DECIDE, late=True))

    assert late["priority"] == 1
    assert "It is late." in late["description"]
    assert "priority" not in event(DECIDE)


def test_nobody_is_busy_because_something_is_due() -> None:
    assert event(DECIDE)["transp"] == "TRANSPARENT"


def test_no_event_rings_or_names_anybody() -> None:
    found = event(DECIDE)

    assert found.subcomponents == []
    assert {"attendee", "organizer", "contact", "location", "comment"} & set(map(str.lower, found)) == set()


def test_the_stamp_is_in_utc_wherever_it_was_taken() -> None:
    summer = datetime(2017, 7, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))

    assert "DTSTAMP:20170630T233000Z" in unfolded(calendar_file([DECIDE], stamp=summer))


def test_a_stamp_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        calendar_file([DECIDE], stamp=datetime(2017, 1, 9, 9))


def test_a_file_begins_and_ends_as_a_calendar_and_has_what_every_event_must() -> None:
    """RFC 5545, 3.6 and 3.6.1: each exactly once."""
    lines = unfolded(calendar_file([DECIDE], stamp=STAMP))

    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert {"VERSION:2.0", "METHOD:PUBLISH", "BEGIN:VEVENT", "END:VEVENT"} <= set(lines)
    for once in ("PRODID", "VERSION", "UID", "DTSTAMP", "DTSTART", "SUMMARY", "STATUS"):
        assert sum(line.split(":")[0].split(";")[0] == once for line in lines) == 1, once


def test_marks_that_mean_something_in_the_format_are_only_marks() -> None:
    title = "Weigh, then decide; C:\\cases\nEND:VEVENT"

    assert "SUMMARY:SCR-2017-001: Weigh\\, then decide\\; C:\\\\cases\\nEND:VEVENT" in unfolded(
        calendar_file([replace(DECIDE, title=title)], stamp=STAMP)
    )
    assert event(replace(DECIDE, title=title))["summary"] == f"SCR-2017-001: {title}"


def test_the_same_deadlines_make_the_same_file() -> None:
    again = replace(DECIDE, case="SCR-2017-002")

    assert calendar_file([DECIDE, again], stamp=STAMP) == calendar_file([DECIDE, again], stamp=STAMP)
    assert [each["uid"][:12] for each in events(DECIDE, again)] == ["SCR-2017-001", "SCR-2017-002"]


def test_with_nothing_due_there_is_a_calendar_without_events() -> None:
    assert events() == []


TITLES = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=300)


@given(
    TITLES,
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    st.lists(st.from_regex(r"[a-z][a-z_]{0,30}", fullmatch=True)),
)
def test_whatever_the_title_no_line_is_too_long_and_none_is_lost(
    title: str, due: date, whose: list[str]
) -> None:
    """RFC 5545, 3.1: lines end in CR LF, and are no longer than 75 octets; none is cut within a character."""
    item = replace(DECIDE, title=title, due=due, whose=tuple(whose))

    written = calendar_file([item], stamp=STAMP)

    lines = written.encode("utf-8").split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 75
    assert all(line.decode("utf-8") is not None for line in lines)
    (read,) = Calendar.from_ical(written).events
    assert (read["summary"], read.start, read.categories) == (f"SCR-2017-001: {title}", due, whose)
