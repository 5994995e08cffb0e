"""Striking out steps that were taken by mistake: the case then stands as it would without them.

What was struck out stays in the history, and can be seen there. What was recorded since stays; the cases that
the steps had opened are withdrawn. Nothing is ever deleted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from loopengine.core.definitions import Workflow
from loopengine.core.ends import MERGED_INTO
from loopengine.core.history import Entry, replay, struck_out
from loopengine.core.rearming import Past
from loopengine.core.records import Record
from loopengine.core.truth import Truth
from loopengine.core.values import Json
from loopengine.engine.settling import followed_of, group_of, settle
from loopengine.engine.withdrawing import below, ends_apart, withdraw_all
from loopengine.engine.work import BY_ENGINE, Held, Work
from loopengine.errors import BadValue, RefusedError

_STEPS = ("moved", "withdrawn", "merged")


@dataclass(slots=True)
class Struck:
    """What is struck out of the history of a case: from the step *first* on, the entries *undoes*.

    *opened* are the cases that those had opened, *parties* those for which they did, by event and kind;
    *unsaid* the clocks, each with its arming, that had fired one of the steps. *past* is the case as it was
    before.
    """

    first: Entry
    past: Record
    undoes: list[int] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    parties: dict[str, list[str]] = field(default_factory=dict)
    unsaid: list[tuple[str, int]] = field(default_factory=list)


def strike_out(
    work: Work, held: Held, *, by: Mapping[str, Json], on: date, reason: Mapping[str, Json]
) -> tuple[Struck, tuple[str, ...]]:
    """Strike out the last step that a person took in *held*, with the automatic ones that followed it.

    What was struck out, and the cases that were withdrawn, or are open again, because of it. Raises
    RefusedError if there is no such step, or if a case that it opened has itself moved on.
    """
    entries = work.history(held)
    last = next((each for each in reversed(standing_steps(entries)) if _by_a_person(each)), None)
    if last is None:
        raise RefusedError(
            f"nobody has taken a step in {held.record.reference}",
            "what was opened in error is withdrawn, and a wrong answer recorded anew as a correction",
        )
    if (along := last.text("along_with")) is not None:
        raise RefusedError(
            f"{held.record.reference} ended along with {along}", f"put {along} right, or fire its step again"
        )
    if on < last.so_on:
        raise BadValue(f"nothing of {last.so_on} was put right on {on}", f"give a day from {last.so_on} on")
    struck = find_struck(held, entries, last)
    withdrawn = _write(work, held, struck, by=by, on=on, reason=reason)
    _take_back_above(work, held, last, by=by, on=on, reason=reason)
    settle(work, on)
    return struck, withdrawn


def standing_steps(entries: Sequence[Entry]) -> list[Entry]:
    """The steps of a history that were not struck out, in order."""
    struck = struck_out(entries)
    return [each for each in entries if each.kind in _STEPS and each.n not in struck]


def find_struck(held: Held, entries: Sequence[Entry], first: Entry) -> Struck:
    """What goes with the step *first* of *held*, if that is struck out."""
    before = struck_out(entries)
    struck = Struck(first, replay(held.framework, entries[: first.n - 1]))
    kept = {each.text("event") for each in standing_steps(entries) if each.n < first.n}
    for entry in entries[first.n - 1 :]:
        if entry.kind in _STEPS and entry.n not in before:
            struck.undoes.append(entry.n)
            struck.opened += _listed(entry.body.get("opened"))
            for group, parties in _by_group(entry).items():
                struck.parties.setdefault(group, []).extend(parties)
            if entry.text("notice") is not None:
                struck.unsaid.append((str(entry.body["deadline"]), int(str(entry.body["armed"]))))
        elif entry.kind == "joined" and entry.n not in before:
            _add_joined(held.workflow, entry, kept, struck)
    return struck


def _add_joined(workflow: Workflow, entry: Entry, kept: set[str | None], struck: Struck) -> None:
    """Add what was opened for parties that had joined, if nothing is left of the step that they followed."""
    groups = _by_group(entry)
    order = {group_of(event, opens): event for event, opens in followed_of(workflow)}
    joined = [(group, party) for group in order if group in groups for party in groups[group]]
    gone = [
        each
        for each in zip(joined, _listed(entry.body.get("opened")), strict=True)
        if order[each[0][0]] not in kept
    ]
    for (group, party), reference in gone:
        struck.opened.append(reference)
        struck.parties.setdefault(group, []).append(party)
    if len(gone) == len(joined):
        struck.undoes.append(entry.n)


def _by_group(entry: Entry) -> dict[str, list[str]]:
    parties = entry.body.get("parties")
    return {group: _listed(each) for group, each in parties.items()} if isinstance(parties, Mapping) else {}


def _listed(value: Json) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list | tuple) else []


def _write(
    work: Work,
    held: Held,
    struck: Struck,
    *,
    by: Mapping[str, Json],
    on: date,
    reason: Mapping[str, Json],
    along_with: str | None = None,
) -> tuple[str, ...]:
    """Write that *struck* is struck out; the cases that are withdrawn, or open again, because of it."""
    reference, first, past = held.record.reference, struck.first, struck.past
    opened = [work.load(each) for each in struck.opened]
    for each in opened:
        _see_that_it_stands(work, each, reference, first)
    gone = [every for each in opened for every in (each, *below(work, each)) if not ends_apart(every)]
    again = list(_taken_along(work, first))
    withdrawn = tuple(each.record.reference for each in gone)
    details: dict[str, Json] = {
        "undoes": list(struck.undoes),
        "event": first.text("event"),
        "from": held.record.state,
        "to": past.state,
        "stage": past.stage,
        "path": list(past.path),
        "moved_on": None if past.moved_on is None else past.moved_on.isoformat(),
        "not_opened_for": {group: list(parties) for group, parties in struck.parties.items()} or None,
        "withdrawn": list(withdrawn) or None,
        "reason": reason,
        "along_with": along_with,
    }
    work.write(held, "undone", on=on, by=by, details=details, past=Past(past, frozenset(struck.unsaid)))
    if first.kind == "merged":
        work.unlink(held, MERGED_INTO)
    withdraw_all(work, gone, by=by, on=on, reason=reason, along_with=reference)
    for each in again:
        last = standing_steps(work.history(each))[-1]
        found = find_struck(each, work.history(each), last)
        _write(work, each, found, by=by, on=on, reason=reason, along_with=reference)
    return (*withdrawn, *(each.record.reference for each in again))


def _take_back_above(
    work: Work, held: Held, since: Entry, *, by: Mapping[str, Json], on: date, reason: Mapping[str, Json]
) -> None:
    """Strike out what the case above *held* had done of itself because of the step *since*, and only so."""
    if held.parent_id is None:
        return
    parent, kind = work.load_row(held.parent_id), held.record.kind
    entries = work.history(parent)
    followed: Entry | None = None
    for step in reversed(standing_steps(entries)):
        if _by_a_person(step) or step.recorded_at < since.recorded_at:
            break
        read = step.body.get("read")
        kinds = read.get("sub_cases") if isinstance(read, Mapping) else None
        if isinstance(kinds, Mapping) and kind in kinds:
            followed = step
    if followed is None:
        return
    struck = find_struck(parent, entries, followed)
    stood = followed.text("from") or ""
    rule = parent.workflow.states[stood].steps[followed.text("event") or ""].when
    situation = parent.position(work.today).situation
    if rule is not None and rule.verdict(situation) is Truth.TRUE:
        return
    reference = held.record.reference
    with suppress(RefusedError):  # what it opened goes on: the automatic steps of its file remain
        _write(work, parent, struck, by=by, on=on, reason=reason, along_with=reference)
        _take_back_above(work, parent, followed, by=by, on=on, reason=reason)


def _see_that_it_stands(work: Work, opened: Held, reference: str, first: Entry) -> None:
    """Raise RefusedError if somebody has taken a step in *opened*, or in a case below it."""
    for held in (opened, *below(work, opened)):
        steps = standing_steps(work.history(held))
        taken = next((each for each in steps if _by_a_person(each) and each.kind == "moved"), None)
        if taken is not None and not ends_apart(held):
            raise RefusedError(
                f"{first.text('event')} of {reference} opened {held.record.reference}, which has moved on "
                f"since ({taken.text('event')} on {taken.so_on})",
                f"put that right first: loopengine correct {held.record.reference}",
            )


def _taken_along(work: Work, first: Entry) -> Iterator[Held]:
    """The sub-cases that were withdrawn by the same entry as the case itself."""
    along = first.body.get("withdrawn") if first.kind == "withdrawn" else None
    for reference in along if isinstance(along, list) else ():
        yield work.load(str(reference))


def _by_a_person(entry: Entry) -> bool:
    by = entry.body["by"]
    assert isinstance(by, Mapping)
    return by != BY_ENGINE
