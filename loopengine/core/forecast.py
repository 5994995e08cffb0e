"""The bank holidays that a year should bring where nobody has published them, and what they are called.

Owns the door to the `holidays` library. Does not know what is published: that is the calendar's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType


@cache
def forecast_bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of England to be expected in *year*; none before 1872 or after 2100."""
    return frozenset(bank_holiday_names(year))


@cache
def bank_holiday_names(year: int) -> Mapping[date, str]:
    """What the bank holidays of England in *year* are called, one-off days too, as far as is known."""
    from holidays import country_holidays  # late: slower than the rest of the core, and seldom needed

    # Without the subdivision, Easter Monday and the late August holiday are missing.
    named = country_holidays("GB", subdiv="ENG", years=year)
    return MappingProxyType(
        {day: name.replace("(observed)", "(substitute day)") for day, name in named.items()}
    )
