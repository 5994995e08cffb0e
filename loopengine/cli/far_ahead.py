"""Days so far ahead that their year is likely to be a slip of the keyboard: a clock that begins in 2108 would
be silent until then.

Knows what was typed. Refuses nothing: somebody may mean it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from loopengine.cli.output import note

_MANY_YEARS = 5  # longer than any clock of a review runs


def note_days_far_ahead(typed: Mapping[str, object], today: date) -> None:
    """Say which of the answers, as they were *typed*, are days further ahead of *today* than clocks run."""
    for name, text in typed.items():
        try:
            day = date.fromisoformat(str(text))
        except ValueError:  # no day
            continue
        years = day.year - today.year
        if years > _MANY_YEARS:
            note(f"{name} is {day}, {years} years ahead: if the year is a slip, put it right with --correct")
