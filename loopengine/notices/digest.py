"""The words of a message to a person: all that they are told in one, the most pressing first.

Plain text. Does not know who the person is, beyond a name, or how the message travels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import NamedTuple, assert_never

from loopengine.core.one_line import one_line
from loopengine.notices.messages import Standing, Told, in_words

_ORDER: tuple[Standing, ...] = ("overdue", "to_come", "arisen", "held", "over")
_HEADINGS: dict[Standing, str] = {
    "overdue": "OVERDUE",
    "to_come": "TO COME",
    "arisen": "WHAT HAS ARISEN",
    "held": "ON HOLD",
    "over": "SETTLED SINCE: NOTHING TO DO",
}
_IN_SUBJECT: dict[Standing, str] = {
    "overdue": "overdue",
    "to_come": "to come",
    "arisen": "arisen",
    "held": "on hold",
    "over": "settled since",
}
_REHEARSAL = "This is a rehearsal. Nothing in it has happened, and there is nothing to do."
_WIDTH = 76


class _Item(NamedTuple):
    """One deadline of one case, with all that its clock has said: a person reads of it once."""

    latest: Told
    roles: tuple[str, ...]


def subject_of(told: Sequence[Told], *, rehearsal: bool = False) -> str:
    """What a message is about, in a few words and numbers."""
    counts = {standing: sum(each.latest.standing == standing for each in _items(told)) for standing in _ORDER}
    said = ", ".join(f"{number} {_IN_SUBJECT[standing]}" for standing, number in counts.items() if number)
    return f"{'REHEARSAL: ' if rehearsal else ''}Safeguarding board: {said}"


def text_of(name: str, told: Sequence[Told], *, rehearsal: bool = False) -> str:
    """The message to the person called *name*."""
    items = _items(told)
    lines = [f"{one_line(name)},", ""]
    if rehearsal:
        lines += [_REHEARSAL, ""]
    lines += [*_paragraph(_opening(items)), ""]
    number = 0
    for standing in _ORDER:
        here = [each for each in items if each.latest.standing == standing]
        if here:
            lines += [_HEADINGS[standing], ""]
        for each in here:
            number += 1
            lines += [*_entry(number, each), ""]
    lines += _paragraph(
        "The last line of each is what to type: it says what may happen next, why or why not, and whose move "
        "it is."
    )
    return "\n".join(lines) + "\n"


def _items(told: Sequence[Told]) -> list[_Item]:
    """Each deadline once, in the order of the message: the most pressing first."""
    found: dict[tuple[str, str, int], list[Told]] = {}
    for each in told:
        found.setdefault((each.notice.case, each.notice.deadline, each.notice.armed), []).append(each)
    items = [
        _Item(
            all_said[-1],
            tuple(dict.fromkeys(title for each in all_said for _, title in each.roles)),
        )
        for all_said in found.values()
    ]
    return sorted(items, key=_pressing)


def _pressing(item: _Item) -> tuple[object, ...]:
    latest = item.latest
    return _ORDER.index(latest.standing), latest.due, latest.notice.case, latest.notice.deadline


def _opening(items: Sequence[_Item]) -> str:
    late = sum(each.latest.standing == "overdue" for each in items)
    coming = sum(each.latest.standing == "to_come" for each in items)
    match late, coming:
        case 0, 0:
            return "Nothing below waits for anybody now; this is for you to know."
        case _, 0:
            return f"{_deadlines(late)} overdue."
        case 0, _:
            return f"{_deadlines(coming)} still to come."
        case _:
            return f"{_deadlines(late)} overdue, and {coming} {'is' if coming == 1 else 'are'} to come."


def _deadlines(number: int) -> str:
    return "1 deadline is" if number == 1 else f"{number} deadlines are"


def _entry(number: int, item: _Item) -> Iterator[str]:
    each = item.latest
    label = f"{number}. "
    case = f"{each.notice.case} ({each.case_title})" if each.case_title else each.notice.case
    indent = " " * len(label)
    yield from _paragraph(case, first=label, indent=indent)
    yield from _paragraph(each.title, first=indent, indent=indent)
    yield from _paragraph(_when(each), first=indent, indent=indent)
    if item.roles:
        yield from _paragraph(f"told to you as: {', '.join(item.roles)}", first=indent, indent=indent)
    yield f"{indent}loopengine why {each.notice.case}"


def _when(each: Told) -> str:
    due = in_words(each.due)
    late = each.days_late
    match each.standing:
        case "overdue":
            return f"was due on {due}: {_days(late)} late"
        case "to_come":
            left = "today" if late == 0 else f"in {_days(-late)}"
            unsure = " (provisional: bank holidays are not published so far ahead)"
            return f"due by {due}: {left}{unsure if each.provisional else ''}"
        case "arisen":
            return f"so since {due}"
        case "over" if each.notice.is_change:
            return f"so since {due}; {each.why}"
        case "held":
            return f"{each.why}; it was due on {due} when it stopped"
        case "over":
            return f"was due on {due}; {each.why}"
        case _:
            assert_never(each.standing)


def _days(number: int) -> str:
    return f"{number} day" if number == 1 else f"{number} days"


def _paragraph(text: str, *, first: str = "", indent: str = "") -> list[str]:
    return wrap(text, _WIDTH, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)
