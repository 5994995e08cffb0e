"""Recording answers to facts: what became so, and what was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from loopengine.core.actors import Actor
from loopengine.core.definitions import OPENED
from loopengine.core.history import answer_body
from loopengine.core.settled import settled_by
from loopengine.core.values import Fact, Json, Value, spell_text
from loopengine.engine.opening import check_evidence, fact_bodies
from loopengine.engine.work import Held, Work
from loopengine.errors import NotAnswered, UsageError


def typed(
    facts: Mapping[str, Fact], given: Mapping[str, object], *, evidence: str | None, by: Actor
) -> dict[str, Value | None]:
    """*given* as the facts' types, None for unknown.

    Raises UnknownName, BadValue, or NotAnswered for an answer that needs evidence or is for others to give.
    """
    values = {name: fact.accept_or_unknown(given[name]) for name, fact in facts.items()}
    for name, value in values.items():
        check_evidence(facts[name], value, evidence)
        allowed = facts[name].by
        if allowed and not by.roles & set(allowed):
            raise NotAnswered(
                f"{name} is for {' or '.join(allowed)} to answer",
                by.acting,
            )
    return values


def record(
    work: Work,
    held: Held,
    values: Mapping[str, Value | None],
    *,
    by: Actor,
    on: date,
    evidence: str | None,
) -> None:
    """Write that *values* became so on the day *on*; raises NotAnswered for what is settled otherwise."""
    _refuse_settled(work, held, values, on)
    words = None if evidence is None else work.keep(evidence)
    bodies = fact_bodies(work, held.workflow, values, on, words)
    work.write(held, "recorded", on=on, by=work.signed(by), details={"facts": bodies})


def _refuse_settled(work: Work, held: Held, values: Mapping[str, Value | None], on: date) -> None:
    """What a file has settled by what has happened does not become anything else; it may have been wrong."""
    happened = {OPENED, *held.record.happened}
    for name, value in values.items():
        stands = held.record.answer(name, work.today)
        if stands is None or stands.value in (None, value) or on < stands.so_on:
            continue
        event = settled_by(held.workflow.fact_asked(name), happened)
        if event is not None:
            raise NotAnswered(
                f"{name} is settled after {event}, and is {spell_text(stands.value)}",
                "if that was wrong, record what is right with --correct",
            )


def correct(
    work: Work,
    held: Held,
    values: Mapping[str, Value | None],
    *,
    by: Actor,
    on: date | None,
    evidence: str | None,
) -> None:
    """Write that the answers which stood were wrong, and what is right, from the day *on* or from theirs."""
    words = None if evidence is None else work.keep(evidence)
    bodies: dict[str, Json] = {}
    days: list[date] = []
    for name, body in fact_bodies(work, held.workflow, values, work.today, words).items():
        wrong = held.record.answer(name, on or work.today)
        if wrong is None:
            raise _nothing_to_correct(held, name, on or work.today, work.today)
        assert isinstance(body, Mapping)
        days.append(on or wrong.so_on)
        bodies[name] = answer_body(body["value"], days[-1], corrects=wrong.n, evidence=words)
    work.write(held, "corrected", on=min(days), by=work.signed(by), details={"facts": bodies})


def _nothing_to_correct(held: Held, name: str, on: date, today: date) -> UsageError:
    """Nobody has said anything of *name*, or only of days after *on*."""
    stands = held.record.answer(name, today)
    if stands is None:
        return UsageError(f"{name} has no answer that could be corrected", "record it without --correct")
    return UsageError(
        f"{name} has no answer from {on} or before that could be corrected; the one that stands is from "
        f"{stands.so_on}",
        "correct that one without --on, and record what was so before it without --correct",
    )
