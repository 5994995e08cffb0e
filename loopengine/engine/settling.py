"""What follows of itself: moves with all that they record and open, automatic steps, parties that join.

Called by every writing verb, in its transaction, until nothing more follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from loopengine.core.actors import Actor
from loopengine.core.definitions import Each, FromFact, Opens, Step, Workflow
from loopengine.core.machine import Moved, decide
from loopengine.core.retelling import numbers
from loopengine.core.timing import first_allowed
from loopengine.core.values import Json, Spelled, Value, spell
from loopengine.engine.opening import fact_bodies, open_case
from loopengine.engine.work import BY_ENGINE, Held, Work
from loopengine.errors import RefusedError

# Automatic steps that one verb may set off. The shipped files need a handful for each sub-case.
MOST_STEPS = 1_000
ENGINE = Actor("loopengine")


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said with an event: why, as kept apart, and whether it overrides the rule.

    *more* is what else its entry holds.
    """

    reason: Mapping[str, Json] | None = None
    overrides: bool = False
    more: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A case that is to be opened: by what, for whom, and what it will be called.

    *group* are the cases of which there is one for each party.
    """

    group: str
    opens: Opens
    party: str | None
    reference: str


def settle(work: Work, on: date) -> None:
    """Take every automatic step whose rule is TRUE, of the cases that this work has touched, to the last.

    A step is taken on the first day from *on* to today on which it was so.
    """
    taken = 0
    while (held := work.next_unsettled()) is not None:
        _follow_parties(work, held)
        step, day = _automatic(work, held, on)
        if step is None:
            continue
        taken += 1
        if taken > MOST_STEPS:
            raise RefusedError(
                f"over {MOST_STEPS} automatic steps followed from one another, "
                f"the last of {held.record.reference}",
                "see in its workflow file that they do not go round in a circle",
            )
        move(work, held, step, on=day, by=BY_ENGINE, said=Said())


def move(
    work: Work, held: Held, step: Step, *, on: date, by: Mapping[str, Json], said: Said
) -> tuple[str, ...]:
    """Write that *held* took *step*, and open what it opens; the references of what was opened."""
    facts = held.position(on).situation.facts
    wanted = [each for opens in step.opens for each in _wanted(work, held, step.event, opens, facts, on)]
    details: dict[str, Json] = {
        "event": step.event,
        "from": step.source,
        "to": step.to,
        "stage": held.workflow.states[step.to].stage,
        "passes": list(step.passes) or None,
        "automatic": step.automatic or None,
        "reason": said.reason,
        "overrode": said.overrides or None,
        "facts": fact_bodies(work, held.workflow, step.sets, on, None) or None,
        "opened": [each.reference for each in wanted] or None,
        "parties": _parties_of(wanted),
        "read": what_was_read(held, step, on),
        **(said.more or {}),
    }
    work.write(held, "moved", on=on, by=by, details=details)
    _open(work, held, wanted, facts, on=on, by=by)
    return tuple(each.reference for each in wanted)


def what_was_read(held: Held, step: Step, on: date) -> Json:
    """The verdict of *step*'s rule, with the facts and numbers that it read: kept with the entry."""
    if step.when is None:
        return None
    situation = held.position(on).situation
    names, kinds = step.when.reads
    facts = {name: _spelled(situation.facts.get(name)) for name in names}
    read = {kind: numbers(situation.tally(kind)) for kind in kinds}
    return {"verdict": step.when.verdict(situation).word, "facts": facts, "sub_cases": read}


def _follow_parties(work: Work, held: Held) -> None:
    """Open what a step that was taken opens for each party, for those that have joined since."""
    record = held.record
    followed = _for_each(held.workflow)
    if record.ended or not any(event in record.happened for event, _ in followed):
        return
    facts = record.facts(work.today)
    taken = [(event, opens) for event, opens in followed if event in record.happened]
    wanted = [each for event, opens in taken for each in _wanted(work, held, event, opens, facts, work.today)]
    if wanted:
        details: dict[str, Json] = {
            "opened": [each.reference for each in wanted],
            "parties": _parties_of(wanted),
        }
        work.write(held, "joined", on=work.today, by=BY_ENGINE, details=details)
        _open(work, held, wanted, facts, on=work.today, by=BY_ENGINE)


@lru_cache(maxsize=512)
def _for_each(workflow: Workflow) -> tuple[tuple[str, Opens], ...]:
    """What the events of *workflow* open for each party of a fact."""
    found = [
        (step.event, opens) for step in workflow.steps() for opens in step.opens if opens.for_each is not None
    ]
    return tuple((event, opens) for n, (event, opens) in enumerate(found) if (event, opens) not in found[:n])


def _automatic(work: Work, held: Held, on: date) -> tuple[Step | None, date]:
    """The automatic step that *held* takes now, if there is one, and the day on which it was so."""
    first = min(max(on, held.record.moved_on or held.record.opened_on), work.today)
    for step in held.workflow.states[held.record.state].steps.values():
        if not step.automatic:
            continue
        calendar = work.calendar(held)
        day = first_allowed(step, held.workflow, held.position, calendar, first=first, last=work.today)
        if day is not None:
            decision = decide(
                held.workflow, held.position(day), step.event, by=ENGINE, calendar=calendar, by_engine=True
            )
            assert isinstance(decision, Moved)
            assert decision.to == step.to
            return step, day
    return None, on


def _wanted(
    work: Work, held: Held, event: str, opens: Opens, facts: Mapping[str, Value], on: date
) -> list[_Wanted]:
    """What *opens* opens by *event*: one case, or one for each party that has none yet."""
    group = f"{event}/{opens.kind or opens.link}"
    from_ = held.framework if opens.kind is not None else work.shelf.present
    prefix = from_.workflow(opens.workflow).reference
    parties: Iterable[str | None] = [None]
    if opens.for_each is not None:
        named = facts.get(opens.for_each)
        has = held.record.opened_for.get(group, ())
        parties = [each for each in sorted(named) if each not in has] if isinstance(named, frozenset) else []
    return [_Wanted(group, opens, party, work.new_reference(prefix, on.year)) for party in parties]


def _open(
    work: Work,
    held: Held,
    wanted: Iterable[_Wanted],
    facts: Mapping[str, Value],
    *,
    on: date,
    by: Mapping[str, Json],
) -> None:
    for opens, party, reference in ((each.opens, each.party, each.reference) for each in wanted):
        given = {name: _given(work, held, value, party, facts) for name, value in opens.sets.items()}
        open_case(
            work,
            opens.workflow,
            # What nobody has asked of this case nobody has asked of the new one.
            {name: value for name, value in given.items() if value is not None},
            by=by,
            on=on,
            reference=reference,
            under=held if opens.kind is not None else None,
            kind=opens.kind,
            linked=None if opens.link is None else (held, opens.link),
        )


def _parties_of(wanted: Iterable[_Wanted]) -> Json:
    parties: dict[str, list[str]] = {}
    for each in wanted:
        if each.party is not None:
            parties.setdefault(each.group, []).append(each.party)
    return parties or None


def _given(
    work: Work, held: Held, value: Value | FromFact | Each, party: str | None, facts: Mapping[str, Value]
) -> Value | None:
    match value:
        case Each():
            return party
        case FromFact(fact):
            given = facts.get(fact)
            is_text = given is not None and held.workflow.facts[fact].type == "text"
            return work.words(str(given)) if is_text else given  # None if it was erased
        case _:
            return value


def _spelled(value: Value | None) -> Spelled | None:
    return None if value is None else spell(value)
