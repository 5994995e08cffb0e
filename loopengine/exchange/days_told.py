"""Days as people in Britain write them in a spreadsheet: 31/01/2017, 31 January 2017, 31-Jan-17.

Does not know what happened on them.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from typing import NamedTuple

from loopengine.errors import BadValue

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WHOLE = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_ISO = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:[t ][0-9:.]+)?")
_WEEKDAY = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?[\s,]+", re.IGNORECASE
)
_GAP = r"[\s./,-]+"
_DAY, _YEAR = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?", r"(?P<year>[0-9]{4}|[0-9]{2})"
_WORD = r"(?P<word>[a-z]{3,9})\.?"
_FIGURES = re.compile(rf"{_DAY}{_GAP}(?P<month>[0-9]{{1,2}}){_GAP}{_YEAR}")
_WORDS = (
    re.compile(rf"{_DAY}(?:{_GAP})?(?:of )?{_WORD}(?:{_GAP})?{_YEAR}"),
    re.compile(rf"{_WORD}{_GAP}{_DAY}{_GAP}{_YEAR}"),
)
# The days of the years from 1995 to 2050, as a spreadsheet counts them when it does not show a day.
_COUNTED = re.compile(r"3[5-9][0-9]{3}|4[0-9]{4}|5[0-4][0-9]{3}")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
HOW = "write it as 31/01/2017 or 2017-01-31"


class Day(NamedTuple):
    """A day that was told, and whether elsewhere it would be another one: 01/02/2017 is 1 February here."""

    on: date
    elsewhere: bool = False


def day_told(text: str) -> Day:
    """The day that *text* names; raises BadValue, with how to write it."""
    plain = _WEEKDAY.sub("", text.strip(), count=1).lower()
    with suppress(ValueError):
        if (found := _ISO.fullmatch(plain)) is not None:
            return Day(_within(date.fromisoformat(found["day"])))
        if (found := _FIGURES.fullmatch(plain)) is not None:
            day, month = int(found["day"]), int(found["month"])
            return Day(_within(date(_year(found["year"]), month, day)), day != month and day <= 12)
        for pattern in _WORDS:
            if (found := pattern.fullmatch(plain)) is not None:
                return Day(_within(date(_year(found["year"]), _month(found["word"]), int(found["day"]))))
    if _COUNTED.fullmatch(plain):
        raise BadValue(f"a day cannot be {text!r}", "have the spreadsheet show the cell as a date")
    raise BadValue(f"a day cannot be {text!r}", HOW)


def _within(day: date) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError
    return day


def _month(word: str) -> int:
    """The number of the month that *word* is or begins; 0, which no month has, if it is none."""
    short = word[:3]
    known = short in _MONTHS and (_WHOLE[_MONTHS.index(short)].startswith(word) or word == "sept")
    return _MONTHS.index(short) + 1 if known else 0


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)
