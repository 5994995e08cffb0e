"""One agency in the place of another, in every open case: boards merge agencies, and rename them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeAlias

from loopengine.core.actors import Actor
from loopengine.core.history import words_body
from loopengine.core.remedies import entitle
from loopengine.core.values import Json, Value
from loopengine.engine.catching_up import bring_up
from loopengine.engine.opening import fact_bodies
from loopengine.engine.righted import Renamed
from loopengine.engine.settling import settle
from loopengine.engine.sweeping import Failure
from loopengine.engine.work import Held, Work, is_said
from loopengine.errors import BadValue, LoopEngineError, StorageError, UnknownName
from loopengine.store import cases

Begin: TypeAlias = Callable[[], AbstractContextManager[Work]]


@dataclass(frozen=True, slots=True)
class Reassignment:
    """That the agency *new* takes the place of *old*, and why; in cases of one *workflow*, if so."""

    old: str
    new: str
    reason: str
    workflow: str | None = None


def reassign_all(
    begin: Begin, asked: Reassignment, by: Actor
) -> tuple[tuple[Renamed, ...], tuple[Failure, ...]]:
    """Do what is *asked* in every open case, family by family; what was done, and where it cannot be."""
    with begin() as work:
        families = _families(work, asked, by)
    done: list[Renamed] = []
    failures: list[Failure] = []
    for first, rows in families:
        try:
            with begin() as work:
                bring_up(work, work.load(first))
                found = [_renamed(work, held, asked, by) for held in work.load_rows(rows)]
                settle(work, work.today)
            done += [each for each in found if each is not None]
        except StorageError:
            raise
        except LoopEngineError as error:
            failures.append(Failure(first, error.message))
    return tuple(done), tuple(failures)


def _families(work: Work, asked: Reassignment, by: Actor) -> list[tuple[str, list[int]]]:
    """The rows of the open cases that name the old agency, by family, with the first case of each."""
    if not is_said(asked.reason):
        raise BadValue("a reassignment needs a reason", "say why")
    framework = work.shelf.present
    entitle("reassign", Actor.expected(by).within(framework), framework)
    if asked.new not in framework.agencies:
        raise UnknownName("agency", asked.new, framework.agencies)
    if asked.workflow is not None:
        framework.workflow(asked.workflow)
    if asked.old == asked.new:
        raise BadValue(f"{asked.new!r} is the same agency", "name another one")
    wanted: dict[str, object] = {"ended": False}
    if asked.workflow is not None:
        wanted["workflow"] = asked.workflow
    rows = [stored.id for stored in cases.all_cases(work.connection, wanted=wanted)]
    families: dict[int, tuple[str, list[int]]] = {}
    known = set(framework.agencies)
    for held in work.load_rows(rows):
        known |= set(held.framework.agencies)
        if _instead(work, held, asked):
            families.setdefault(held.root_id, (held.record.reference, []))[1].append(held.id)
    if asked.old not in known:
        raise UnknownName("agency", asked.old, known)
    return list(families.values())


def _instead(work: Work, held: Held, asked: Reassignment) -> dict[str, Value]:
    """The facts of *held* that name the old agency, with what they say instead."""
    instead: dict[str, Value] = {}
    for name, value in held.record.facts(work.today).items():
        match held.workflow.facts[name].type:
            case "party" if value == asked.old:
                instead[name] = asked.new
            case "parties" if isinstance(value, frozenset) and asked.old in value:
                instead[name] = (value - {asked.old}) | {asked.new}
            case _:
                pass
    return instead


def _renamed(work: Work, held: Held, asked: Reassignment, by: Actor) -> Renamed | None:
    """Write that the new agency is in the place of the old one in *held*, if it names that."""
    instead = {} if held.record.ended else _instead(work, held, asked)
    if not instead:
        return None
    typed: dict[str, Value | None] = {
        name: held.workflow.facts[name].accept(value) for name, value in instead.items()
    }
    details: dict[str, Json] = {
        "facts": fact_bodies(work, held.workflow, typed, work.today, None),
        "reason": words_body(work.keep(asked.reason)),
        "parties": _takes_over(held, asked),
    }
    work.write(held, "recorded", on=work.today, by=work.signed(by), details=details)
    return Renamed(held.record.reference, tuple(instead))


def _takes_over(held: Held, asked: Reassignment) -> Mapping[str, Json] | None:
    """What was opened for the old agency is the new one's: nothing is opened for that again."""
    groups = held.record.opened_for.items()
    taken = {group: [asked.new] for group, has in groups if asked.old in has and asked.new not in has}
    return {group: list(parties) for group, parties in taken.items()} or None
