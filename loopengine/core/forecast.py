"""The bank holidays that a year should bring where nobody has published them.

Owns the door to the `holidays` library. Does not know what is published: that is the calendar's.
"""

from __future__ import annotations

from datetime import date
from functools import cache


@cache
def forecast_bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of England to be expected in *year*; none before 1872 or after 2100."""
    from holidays import country_holidays  # late: slower than the rest of the core, and seldom needed

    # Without the subdivision, Easter Monday and the late August holiday are missing.
    return frozenset(country_holidays("GB", subdiv="ENG", years=year))
