"""How working days are told: a due day and how it was counted, a count, a year.

Knows the working calendar, and what its days off are called. Does not know which options were given.
"""

from __future__ import annotations

from calendar import month_name
from collections.abc import Mapping, Sized
from dataclasses import dataclass
from datetime import date, timedelta

from loopengine import WorkingCalendar
from loopengine.cli.output import Page, Styled
from loopengine.cli.wording import counted, day
from loopengine.core.durations import Duration
from loopengine.core.forecast import bank_holiday_names
from loopengine.core.published import england_and_wales
from loopengine.core.workdays import DueDate

# A long time passes many bank holidays; the first of them show how it was counted.
_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class WallCalendar:
    """A calendar, and why an organisation is closed on its own days."""

    calendar: WorkingCalendar
    closures: Mapping[date, str]

    def off(self, first: date, last: date) -> list[date]:
        """The days from *first* to *last* that are off, beside weekends."""
        return [each for each in _days(first, last) if self.why_off(each) is not None]

    def why_off(self, each: date) -> str | None:
        """Why a day is off, or None for a day that is worked, or is a weekend and nothing else."""
        if self.calendar.is_bank_holiday(each):
            return bank_holiday_names(each.year).get(each, "bank holiday")
        return f"closed: {self.closures[each]}" if each in self.closures else None

    def not_worked(self, each: date) -> str:
        """That a day is not worked, and why, in words."""
        return f"{day(each)} is not worked ({self.why_off(each) or f'a {each:%A}'})"


def tell_due(page: Page, due: DueDate, start: date, duration: Duration, wall: WallCalendar) -> None:
    """Say what is *due* a *duration* after *start*, and how it was counted."""
    calendar = wall.calendar
    reached = calendar.add(start, duration)
    page.say(Styled(day(due.on), "bold"))
    page.entry("counted", f"{duration} from {day(start)}", _convention(duration, calendar))
    if duration.working_days is not None:
        _tell_off(page, start, reached, wall)
    if due.rolled_by is not None:
        page.entry("moved", f"to the {due.rolled_by} working day: {wall.not_worked(reached)}")
    elif not calendar.is_working(due.on):
        page.entry("note", f"{wall.not_worked(due.on)}; --roll next or previous moves it")
    if due.provisional:
        _tell_provisional(page, calendar)


def tell_count(page: Page, first: date, last: date, wall: WallCalendar) -> None:
    """Say how many working days there are from *first* to *last*."""
    calendar = wall.calendar
    page.say(Styled(counted(calendar.count(first, last), "working day", "working days"), "bold"))
    earlier, later = min(first, last), max(first, last)
    itself = "counted if worked" if calendar.starts == "same_day" else "not counted"
    page.entry("from", f"{day(earlier)}, {itself}")
    page.entry("to", f"{day(later)}, counted if worked")
    _tell_off(page, earlier, later, wall)
    if calendar.is_count_provisional(first, last):
        _tell_provisional(page, calendar)


def tell_year(page: Page, year: int, wall: WallCalendar) -> None:
    """Show *year*: the working days of its months, and what is off."""
    published = england_and_wales()
    worked = _worked(year, wall.calendar)
    page.say(Styled(str(year), "bold"), f": {counted(sum(worked), 'working day', 'working days')}")
    page.entry("published", f"{published.first} to {published.horizon}, as of {published.published_on}")
    page.entry("source", published.source)
    if _is_forecast(year, wall.calendar):
        page.entry("forecast", Styled(f"the bank holidays of {year} are not all published", "yellow"))
    page.say()
    rows = []
    for month, number in enumerate(worked, 1):
        off = (each for each in wall.off(date(year, 1, 1), date(year, 12, 31)) if each.month == month)
        named = "; ".join(f"{each:%a} {each.day} {wall.why_off(each)}" for each in off)
        rows.append((month_name[month], str(number), named))
    page.table(("MONTH", "WORKING DAYS", "OFF, BESIDE WEEKENDS"), rows)


def year_json(year: int, wall: WallCalendar) -> dict[str, object]:
    """*year* for a program."""
    calendar, published = wall.calendar, england_and_wales()
    worked = _worked(year, calendar)
    holidays = filter(calendar.is_bank_holiday, _days(date(year, 1, 1), date(year, 12, 31)))
    return {
        "year": year,
        "working_days": sum(worked),
        "provisional": _is_forecast(year, calendar),
        "published": {
            "from": published.first.isoformat(),
            "until": published.horizon.isoformat(),
            "on": published.published_on.isoformat(),
            "source": published.source,
        },
        "months": [{"month": month, "working_days": number} for month, number in enumerate(worked, 1)],
        "bank_holidays": [
            {
                "on": each.isoformat(),
                "name": bank_holiday_names(year).get(each),
                "forecast": not calendar.is_published(each),
            }
            for each in holidays
        ],
        "closures": [
            {"on": each.isoformat(), "reason": reason}
            for each, reason in sorted(wall.closures.items())
            if each.year == year
        ],
    }


def tell_closed(page: Page, closed: date, moved: Sized) -> None:
    """Say that *closed* is not worked from now on, and how many deadlines have *moved*."""
    page.say(Styled(day(closed), "bold"), " is closed")
    page.entry("moved", counted(len(moved), "open deadline", "open deadlines"))


def _days(first: date, last: date) -> list[date]:
    return [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]


def _worked(year: int, calendar: WorkingCalendar) -> list[int]:
    """The number of working days in each month of *year*."""
    days = list(filter(calendar.is_working, _days(date(year, 1, 1), date(year, 12, 31))))
    return [sum(each.month == month for each in days) for month in range(1, 13)]


def _is_forecast(year: int, calendar: WorkingCalendar) -> bool:
    return not (calendar.is_published(date(year, 1, 1)) and calendar.is_published(date(year, 12, 31)))


def _convention(duration: Duration, calendar: WorkingCalendar) -> str:
    """Whether the first day counts, where that makes a difference."""
    if duration.unit in ("months", "years"):
        return ""
    return ", which counts if worked" if calendar.starts == "same_day" else ", which does not count"


def _tell_off(page: Page, start: date, end: date, wall: WallCalendar) -> None:
    """Name what was left out from *start* to *end*, so that anybody can check the count."""
    # The day after the last of all days cannot be asked about.
    after = wall.calendar.starts == "day_after" and start < end
    off = wall.off(start + timedelta(days=1) if after else start, end)
    for number, each in enumerate(off[:_MOST_NAMED]):
        page.entry("" if number else "left out", f"{day(each)} {wall.why_off(each)}")
    if len(off) > _MOST_NAMED:
        page.entry("", f"and {len(off) - _MOST_NAMED} more")


def _tell_provisional(page: Page, calendar: WorkingCalendar) -> None:
    published = f"bank holidays are published from {calendar.first} to {calendar.horizon}"
    page.entry("provisional", f"{published}; others are forecast")
