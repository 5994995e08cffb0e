"""How people write days and numbers elsewhere, in spreadsheets above all, and how they are written here.

Only ever says how to write it: the engine never guesses. Does not know what is being answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date

from loopengine.errors import BadValue

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SEPARATOR = r"[\s./,-]+"
_DAY, _YEAR = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?", r"(?P<year>[0-9]{4}|[0-9]{2})"
_WORD = r"(?P<word>[a-z]{3,9})"
# In England the day comes before the month, unless the year comes first.
_DAYS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_DAY}{_SEPARATOR}(?P<month>[0-9]{{1,2}}){_SEPARATOR}{_YEAR}",
        rf"{_DAY}(?:{_SEPARATOR})?{_WORD}{_SEPARATOR}{_YEAR}",
        rf"{_WORD}{_SEPARATOR}{_DAY}{_SEPARATOR}{_YEAR}",
        rf"(?P<year>[0-9]{{4}}){_SEPARATOR}(?P<month>[0-9]{{1,2}}){_SEPARATOR}(?P<day>[0-9]{{1,2}})",
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
    )
)
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:[, ][0-9]{3})+(?:\.0+)?")
_DECIMAL = re.compile(r"(?P<whole>[+-]?[0-9]{1,15})\.(?P<part>[0-9]+)")


def otherwise(text: str) -> str | None:
    """How to write the day or the number that *text* seems to be, or None if it seems to be neither."""
    day = _day(text.strip().lower())
    if day is not None:
        return f"write {day.isoformat()} if {day.day} {day:%B %Y} is meant"
    if _THOUSANDS.fullmatch(text):
        return f"write {re.sub('[, ]', '', text).partition('.')[0]}: a number has no commas or spaces in it"
    decimal = _DECIMAL.fullmatch(text)
    if decimal is None:
        return None
    if set(decimal["part"]) == {"0"}:
        return f"write {decimal['whole']}: a number is whole"
    return f"a number is whole: {decimal['whole']}, for example"


@contextmanager
def hinted(facts: Mapping[str, str]) -> Iterator[None]:
    """Have the error about one of *facts* say how to write its value, if it seems to be a day or a number."""
    try:
        yield
    except BadValue as error:
        refused = (text for fact, text in facts.items() if error.message == f"{fact} cannot be {text!r}")
        hint = otherwise(next(refused, ""))
        if hint is None:
            raise
        raise BadValue(error.message, f"{hint}; {error.hint}" if error.hint else hint) from None


def _day(text: str) -> date | None:
    found = next(filter(None, (pattern.fullmatch(text) for pattern in _DAYS)), None)
    if found is None:
        return None
    named = found.groupdict()
    month = int(named["month"]) if named.get("month") else _month(named["word"])
    with suppress(ValueError):
        return date(_year(named["year"]), month, int(named["day"]))
    return None


def _month(word: str) -> int:
    """The number of the month that *word* is or begins; 0, which no month has, if it is none."""
    return _MONTHS.index(word[:3]) + 1 if word[:3] in _MONTHS else 0


def _year(text: str) -> int:
    if len(text) == 4:
        return int(text)
    # As spreadsheets read two figures.
    return int(text) + (2000 if int(text) < 30 else 1900)
