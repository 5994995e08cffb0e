"""Days as people in Britain write them."""

from __future__ import annotations

from datetime import date

import pytest

from loopengine.errors import BadValue
from loopengine.exchange.days_told import Day, day_told


@pytest.mark.parametrize(
    ("text", "day", "elsewhere"),
    [
        ("31/01/2017", date(2017, 1, 31), False),
        ("01/02/2017", date(2017, 2, 1), True),
        ("1/2/17", date(2017, 2, 1), True),
        ("02/02/2017", date(2017, 2, 2), False),
        ("31.01.2017", date(2017, 1, 31), False),
        ("31-01-2017", date(2017, 1, 31), False),
        ("31 January 2017", date(2017, 1, 31), False),
        ("31st January, 2017", date(2017, 1, 31), False),
        ("31-Jan-17", date(2017, 1, 31), False),
        ("31Jan2017", date(2017, 1, 31), False),
        ("Tuesday 31 January 2017", date(2017, 1, 31), False),
        ("Tue 31/01/2017", date(2017, 1, 31), False),
        ("January 31, 2017", date(2017, 1, 31), False),
        ("3 Sept 2017", date(2017, 9, 3), False),
        ("2017-01-31", date(2017, 1, 31), False),
        ("2017-01-31T12:30:00", date(2017, 1, 31), False),
        (" 29 FEB 2016 ", date(2016, 2, 29), False),
    ],
)
def test_a_day_is_read_with_the_day_before_the_month(text: str, day: date, elsewhere: bool) -> None:
    assert day_told(text) == Day(day, elsewhere)


@pytest.mark.parametrize(
    "text",
    [
        *("", "ASAP", "ongoing", "March 2017", "Q3", "31/13/2017", "30/02/2017", "29 February 2017", "TBC"),
        *(
            "31/01",
            "1 Janice 2017",
            "end of May",
            "31/01/2017 and 28/02/2017",
            "12017",
            "01/31/2017",
            "0000-01-01",
        ),
    ],
)
def test_what_is_no_day_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(BadValue, match="write it as 31/01/2017 or 2017-01-31"):
        day_told(text)


def test_a_day_that_the_spreadsheet_shows_as_a_number_is_told_as_such() -> None:
    with pytest.raises(BadValue, match="have the spreadsheet show the cell as a date"):
        day_told("42766")
