"""The list of bank holidays that ships with this package: its days, where it is from, and how far it reaches.

Does not know what a working day is, nor what to expect where the list ends.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TypedDict

_File = TypedDict("_File", {"source": str, "published": str, "from": str, "until": str, "days": list[str]})


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedList:
    """The bank holidays that somebody announced for the days from *first* to *horizon*, both included.

    *published_on* is the day of the latest announcement that is in it.
    """

    source: str
    published_on: date
    first: date
    horizon: date
    days: frozenset[date]


@cache
def england_and_wales() -> PublishedList:
    """The list for England and Wales."""
    shipped = files("loopengine.core") / "data" / "bank_holidays_england_and_wales.json"
    published: _File = json.loads(shipped.read_text("utf-8"))
    return PublishedList(
        source=published["source"],
        published_on=date.fromisoformat(published["published"]),
        first=date.fromisoformat(published["from"]),
        horizon=date.fromisoformat(published["until"]),
        days=frozenset(map(date.fromisoformat, published["days"])),
    )
