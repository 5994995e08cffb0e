"""A day moved by days, weeks, months or years; working days are the calendar's business.

Knows nothing of holidays. A month that is too short gives its last day, and time ends where the calendar of
the language does: a rule that looks further than that is answered, not refused.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date

from loopengine.core.workdays import Duration


def shift(day: date, duration: Duration, *, back: bool = False) -> date:
    """*day* moved forward by *duration*, or *back* by it."""
    amount = -duration.amount if back else duration.amount
    match duration.unit:
        case "days":
            return _days_on(day, amount)
        case "weeks":
            return _days_on(day, 7 * amount)
        case "months":
            return _months_on(day, amount)
        case "years":
            return _months_on(day, 12 * amount)
        case "working_days":
            raise ValueError(f"{duration} cannot be counted without a calendar; use WorkingCalendar.add")


def completed_years(born: date, anchor: date) -> int:
    """The age on *anchor* of somebody born on *born*; negative before the birth.

    Somebody born on 29 February completes a year on 1 March of a year without that day.
    """
    return anchor.year - born.year - ((anchor.month, anchor.day) < (born.month, born.day))


def _days_on(day: date, days: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal()))


def _months_on(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > MAXYEAR:
        return date.max
    if year < MINYEAR:
        return date.min
    _, last = monthrange(year, month + 1)
    return date(year, month + 1, min(day.day, last))
