"""HTML pages: what every page has, and how days, numbers and what users wrote are put on one.

Owns the templates and the only door to jinja2. Everything that a template is given comes out as text; a page
runs nothing, and loads nothing from elsewhere. Does not know what the pages are about.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from loopengine.clock import LONDON, london_date
from loopengine.core.values import Value, spell_text

TEMPLATES = Path(__file__).with_name("templates")
# Characters that act instead of being seen, or that turn the text around them.
_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_KEPT = frozenset("\n\t")


@dataclass(frozen=True, slots=True)
class Imprint:
    """What stands at the foot of a page: whose it is, when it was made, and as of when; *rehearsal* says that
    nothing on it is meant.
    """

    board: str
    made_at: datetime
    as_of: datetime
    rehearsal: bool = False


def page(template: str, imprint: Imprint, **values: object) -> str:
    """The page that *template* makes of *values*."""
    return _environment().get_template(template).render(imprint=imprint, **values)


def day_words(day: date) -> str:
    """*day* as it is said: 9 January 2017."""
    return f"{day.day} {day:%B %Y}"


def short_day_words(day: date) -> str:
    """*day* as it is said where there is little room: Mon 9 Jan 2017."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def moment_words(instant: datetime) -> str:
    """*instant* as the clocks in London show it: 9 January 2017, 09:00."""
    here = instant.astimezone(LONDON)
    return f"{day_words(here.date())}, {here:%H:%M}"


def counted(number: int, one: str, several: str) -> str:
    """*number* of something that is called *one*, or *several*: 1 case, 1,200 cases."""
    return f"{number:,} {one if number == 1 else several}"


def days_left_words(days: int) -> str:
    """How many working *days* are left, or, if it is negative, by how many it is late."""
    if days < 0:
        return f"{counted(-days, 'working day', 'working days')} late"
    if days == 0:
        return "no working day left"
    return f"{counted(days, 'working day', 'working days')} left"


def few_words(days: int) -> str:
    """The same where it is said already that the *days* are working days: 3 left, 12 late."""
    return f"{-days:,} late" if days < 0 else f"{days:,} left" if days else "none left"


def sentence(text: str) -> str:
    """*text* with a capital at its beginning, and otherwise as it is."""
    return text[:1].upper() + text[1:]


def seen(text: str) -> str:
    """*text* with every character escaped that would act instead of being seen; lines stay lines."""
    return "".join(
        char.encode("unicode_escape").decode("ascii")
        if (unicodedata.category(char) in _UNSEEN or char in _TURNING) and char not in _KEPT
        else char
        for char in text
    )


def _said(text: object) -> Markup:
    """What a user wrote, which turns nothing around it, whichever way it runs."""
    return Markup("<bdi>{}</bdi>").format(seen(str(text)))


def _time(day: date) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), day_words(day))


def _short_time(day: date) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), short_day_words(day))


def _moment(instant: datetime) -> Markup:
    here = instant.astimezone(LONDON)
    return Markup('<time datetime="{}">{}</time>').format(
        here.isoformat(timespec="minutes"), moment_words(here)
    )


def _spelled(value: Value) -> str:
    return day_words(value) if isinstance(value, date) else spell_text(value).replace("_", " ")


def _finalize(value: object) -> object:
    """What a template prints: never a None that somebody forgot, and no character that acts unseen."""
    if value is None:
        raise ValueError("a page cannot print None; say in the template what stands for nothing")
    return escape(seen(value)) if isinstance(value, str) and not isinstance(value, Markup) else value


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters.update(
        day=_time,
        short_day=_short_time,
        moment=_moment,
        day_of=lambda instant: _time(london_date(instant)),
        spelled=_spelled,
        said=_said,
        sentence=sentence,
        days_left=days_left_words,
        few_words=few_words,
        counted=counted,
    )
    return environment
