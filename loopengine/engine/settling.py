"""What follows of itself: moves with all that they record and open, automatic steps, parties that join.

Called by every writing verb, in its transaction, until nothing more follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Literal

from loopengine.core.actors import Actor
from loopengine.core.arising import next_change
from loopengine.core.carrying import carried
from loopengine.core.choosing import choices
from loopengine.core.definitions import OWNER, Each, FromFact, Opens, Standing, Step, Workflow
from loopengine.core.machine import Moved, decide
from loopengine.core.retelling import alike_read, numbers
from loopengine.core.rules.verdicts import Rule
from loopengine.core.timing import first_allowed
from loopengine.core.values import Json, Spelled, Value, spell
from loopengine.engine.concerned import agencies_of
from loopengine.engine.opening import Carried, fact_bodies, framework_for, open_case
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

    *group* are the cases of which there is one for each party. A review that was chosen is *about* some
    children, and *marks* say so.
    """

    group: str
    opens: Opens
    party: str | None
    reference: str
    about: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


def settle(work: Work, on: date) -> None:
    """Write what has arisen, and take every automatic step whose rule is TRUE, of the cases that this work
    has touched, to the last.

    A step is taken on the first day from *on* to today on which it was so.
    """
    taken = 0
    while (held := work.next_unsettled()) is not None:
        _follow_parties(work, held)
        taken += _let_arise(work, held, on)
        step, day = _automatic(work, held, on)
        if taken > MOST_STEPS:
            raise RefusedError(
                f"over {MOST_STEPS} automatic steps and openings followed from one another, "
                f"the last of {held.record.reference}",
                "see in its workflow file that they do not go round in a circle",
            )
        if step is not None:
            taken += 1
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
        "stayed": step.to == step.source or None,
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
    return None if step.when is None else _read_by(held, step.when, on)


def _read_by(held: Held, rule: Rule, on: date) -> Json:
    situation = held.position(on).situation
    names, kinds = rule.reads
    facts = {name: _spelled(situation.facts.get(name)) for name in names}
    read = {kind: numbers(situation.tally(kind)) for kind in kinds}
    told: dict[str, Json] = {"verdict": rule.verdict(situation).word, "facts": facts, "sub_cases": read}
    alike = alike_read(rule.condition, situation)
    return told | {"alike": alike} if alike else told


def _let_arise(work: Work, held: Held, on: date) -> int:
    """Write what has arisen in *held*, or ceased, on the days from *on* to today on which it did.

    How often something has.
    """
    before = held.record.entries
    for rule in held.workflow.standing.values():
        while day := next_change(
            rule, held.record, lambda day: held.position(day).situation, first=on, last=work.today
        ):
            _write_change(work, held, rule, day)
    return held.record.entries - before


def _write_change(work: Work, held: Held, rule: Standing, day: date) -> None:
    """Write that something has arisen in *held*, with what it opens the first time; or that it has ceased."""
    arose = not held.record.has_arisen(rule.name)
    facts = held.record.facts(day)
    opens = rule.opens if arose and rule.name not in held.record.standing else ()
    wanted = [each for opened in opens for each in _wanted(work, held, rule.name, opened, facts, day)]
    owner = held.workflow.states[held.record.state].owner
    named = ((party.role for party in owner) if role == OWNER else (role,) for role in rule.tell)
    roles = tuple(dict.fromkeys(role for some in named for role in some))
    details: dict[str, Json] = {
        "standing": rule.name,
        "told": list(roles) if rule.tell else None,
        "opened": [each.reference for each in wanted] or None,
        "parties": _parties_of(wanted),
        "read": _read_by(held, rule.when, day),
    }
    kind: Literal["arose", "ceased"] = "arose" if arose else "ceased"
    entry = work.write(held, kind, on=day, by=BY_ENGINE, details=details)
    if rule.tell:
        agencies = agencies_of(held, owner, work.today)
        work.tell_change(held, entry, rule, roles, agencies)
    _open(work, held, wanted, facts, on=day, by=BY_ENGINE)


def _follow_parties(work: Work, held: Held) -> None:
    """Open what a step that was taken opens for each party, for those that have joined since."""
    record = held.record
    followed = followed_of(held.workflow)
    begun = record.happened.keys() | record.standing.keys()
    if record.ended or not any(event in begun for event, _ in followed):
        return
    facts = record.facts(work.today)
    taken = [(event, opens) for event, opens in followed if event in begun]
    wanted = [each for event, opens in taken for each in _wanted(work, held, event, opens, facts, work.today)]
    if wanted:
        details: dict[str, Json] = {
            "opened": [each.reference for each in wanted],
            "parties": _parties_of(wanted),
        }
        work.write(held, "joined", on=work.today, by=BY_ENGINE, details=details)
        _open(work, held, wanted, facts, on=work.today, by=BY_ENGINE)


@lru_cache(maxsize=512)
def followed_of(workflow: Workflow) -> tuple[tuple[str, Opens], ...]:
    """What the events and the standing rules of *workflow* open for each party of a fact."""
    steps = [(step.event, opens) for step in workflow.steps() for opens in step.opens]
    rules = [(rule.name, opens) for rule in workflow.standing.values() for opens in rule.opens]
    found = [(event, opens) for event, opens in (*steps, *rules) if opens.for_each is not None]
    return tuple((event, opens) for n, (event, opens) in enumerate(found) if (event, opens) not in found[:n])


def group_of(event: str, opens: Opens) -> str:
    """The cases of which there is one for each party: those that *event* opens by *opens*."""
    return f"{event}/{opens.kind or opens.link}"


def _automatic(work: Work, held: Held, on: date) -> tuple[Step | None, date]:
    """The automatic step that *held* takes now, if there is one, and the day on which it was so."""
    first = min(max(on, held.record.moved_on or held.record.opened_on), work.today)
    days = [first] if first == work.today else held.record.days_of_change(first, work.today)
    for step in held.workflow.states[held.record.state].steps.values():
        if not step.automatic:
            continue
        calendar = work.calendar(held)
        day = first_allowed(step, held.workflow, held.position, calendar, days=days, last=work.today)
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
    group = group_of(event, opens)
    from_ = held.framework if opens.kind is not None else work.shelf.present
    if opens.chosen is not None:
        # Whichever event decides: nobody gets the same review of one incident twice.
        group = f"{opens.chosen}/{opens.link}"
        already = held.record.opened_for.get(group, ())
        return [
            _Wanted(
                group,
                replace(opens, workflow=each.review),
                None,
                work.new_reference(from_.workflow(each.review).reference, on.year),
                each.about,
                each.marks,
            )
            for each in choices(held.workflow, opens, facts, from_, already)
        ]
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
    for each in wanted:
        opens, party = each.opens, each.party
        given = {name: _given(work, held, value, party, facts) for name, value in opens.sets.items()}
        under = held if opens.kind is not None else None
        other = framework_for(work, under).workflow(opens.workflow)
        takes_over = carried(opens.carry, facts, held.workflow, other, without=given, about=each.about)
        open_case(
            work,
            opens.workflow,
            # What nobody has asked of this case nobody has asked of the new one.
            {name: value for name, value in given.items() if value is not None},
            by=by,
            on=on,
            reference=each.reference,
            under=under,
            kind=opens.kind,
            linked=None if opens.link is None else (held, opens.link),
            carried=Carried(held.record.reference, in_words(work, other, takes_over)),
        )


def in_words(work: Work, workflow: Workflow, facts: Mapping[str, Value]) -> dict[str, Value]:
    """*facts* of a case of *workflow* with the words of texts, as far as they were not erased."""
    given = {name: _in_words(work, workflow, name, value) for name, value in facts.items()}
    return {name: value for name, value in given.items() if value is not None}


def _in_words(work: Work, workflow: Workflow, fact: str, value: Value | None) -> Value | None:
    is_text = value is not None and workflow.fact_asked(fact).type == "text"
    return work.words(str(value)) if is_text else value


def _parties_of(wanted: Iterable[_Wanted]) -> Json:
    parties: dict[str, list[str]] = {}
    for each in wanted:
        for party in each.marks if each.party is None else (each.party,):
            parties.setdefault(each.group, []).append(party)
    return parties or None


def _given(
    work: Work, held: Held, value: Value | FromFact | Each, party: str | None, facts: Mapping[str, Value]
) -> Value | None:
    match value:
        case Each():
            return party
        case FromFact(fact):
            return _in_words(work, held.workflow, fact, facts.get(fact))
        case _:
            return value


def _spelled(value: Value | None) -> Spelled | None:
    return None if value is None else spell(value)
