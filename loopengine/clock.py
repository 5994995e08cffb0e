"""What time it is, and how an instant is written, read, and placed on a day in London.

Owns the only door to the system's time. Does not know cases, deadlines or working days.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class Clock(Protocol):
    """Whatever can be asked what time it is."""

    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        ...


class SystemClock:
    """The time of the machine that this runs on."""

    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        return datetime.now(UTC)


class FrozenClock:
    """A clock held in the hand: it moves when it is told to, and never backwards."""

    def __init__(self, start: datetime | str) -> None:
        self._now = parse_instant(start) if isinstance(start, str) else _in_utc(start)

    def __repr__(self) -> str:
        return f"FrozenClock({instant_text(self._now)!r})"

    def now(self) -> datetime:
        """The instant that this clock was last moved to, aware and in UTC."""
        return self._now

    def today(self) -> date:
        """The day that it is in London."""
        return london_date(self._now)

    def advance(self, *, days: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0) -> None:
        """Let so much time pass; a day is always 24 hours, also when the clocks change."""
        self._move(self._now + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds))

    def advance_to(self, moment: datetime | date) -> None:
        """Let time pass until *moment*: an instant, or the midnight in London that begins a day.

        To advance to the day that it already is changes nothing.
        """
        if isinstance(moment, datetime):
            self._move(_in_utc(moment))
        elif moment != self.today():
            self._move(london_midnight(moment))

    def _move(self, instant: datetime) -> None:
        if instant < self._now:
            raise ValueError(
                f"clock cannot go back from {instant_text(self._now)!r} to {instant_text(instant)!r}; "
                "advance it, or start another one"
            )
        self._now = instant


def london_date(instant: datetime) -> date:
    """The day on which *instant* falls in London."""
    return _in_utc(instant).astimezone(LONDON).date()


def london_midnight(day: date) -> datetime:
    """The instant at which *day* begins in London, in UTC."""
    # The clocks in London change at one or two in the morning: midnight comes exactly once a day.
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def instant_text(instant: datetime) -> str:
    """*instant* as the one text we write, in UTC: texts of instants sort as the instants do."""
    return _utc_text(instant if instant.tzinfo is UTC else _in_utc(instant))


def parse_instant(text: str) -> datetime:
    """The instant that ISO 8601 *text* names, in UTC; its offset must be written."""
    try:
        instant = datetime.fromisoformat(text)
        in_utc = None if instant.utcoffset() is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"instant {text!r} is not understood; write it as '2017-01-03T09:00Z'") from None
    if in_utc is None:
        raise ValueError(f"instant {text!r} has no offset; write it as '2017-01-03T09:00Z'")
    return in_utc


# What is written in one transaction bears the same few instants. Only of instants in UTC: elsewhere, two that
# are an hour apart can be equal in the night in which the clocks go back.
@lru_cache(maxsize=256)
def _utc_text(instant: datetime) -> str:
    return instant.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _in_utc(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError(
            f"datetime {instant.isoformat()!r} has no time zone; "
            "give an aware one, such as datetime(2017, 1, 3, 9, tzinfo=UTC)"
        )
    return instant.astimezone(UTC)
