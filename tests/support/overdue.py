"""A board that nobody has swept for months, and what its histories say whoever swept it, and when.

Two boards that were swept at different times, or by several at once, say the same, but for the instants at
which that was written down, the digests that follow from these, and the numbers of the cases that time has
opened: those are told by the entry that opened them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from loopengine import Actor, Engine
from loopengine.clock import Clock, FrozenClock, SystemClock, parse_instant
from loopengine.core.files.loading import framework_from_texts
from loopengine.core.values import Json
from loopengine.store import cases
from loopengine.store.outbox import NOTICE
from support.timed import FRAMEWORK, INQUIRY, LETTER

CHASE = """\
workflow: chase
version: 1
title: Chase
reference: CHA
starts: asked
deadlines:
  reply:
    within: 5 working days
    from: opened
    until: reply
    source: local
    remind: {before: 2 working days, tell: business_unit}
    escalate:
      - {after: 1 working day, tell: business_unit}
      - {after: 2 weeks, tell: independent_chair}
      - {after: 1 month, tell: executive}
states:
  asked:
    title: Asked
    owner: business_unit
    on:
      reply: {to: replied, by: business_unit}
      write:
        to: written_to
        automatic: true
        when: 'since("opened", "6 weeks")'
        opens: {workflow: letter, link: about}
  written_to:
    title: Written to
    owner: business_unit
    on:
      reply: {to: replied, by: business_unit}
      note:
        to: noted
        automatic: true
        when: 'since("write", "2 weeks")'
        opens: {workflow: memo, link: about}
  noted: {title: Noted, owner: business_unit, on: {reply: {to: replied, by: business_unit}}}
  replied: {title: Replied, final: true}
"""

MEMO = """\
workflow: memo
version: 1
title: Memo
reference: MEM
starts: written
states:
  written: {title: Written, on: {file: {to: filed, automatic: true, when: 'since("opened", "1 week")'}}}
  filed: {title: Filed, final: true}
"""

OVERDUE = framework_from_texts(
    {
        "framework.yaml": FRAMEWORK,
        "inquiry.yaml": INQUIRY,
        "letter.yaml": LETTER,
        "chase.yaml": CHASE,
        "memo.yaml": MEMO,
    }
)
BEGINS, ENDS = "2017-01-09T09:00Z", "2017-07-03T09:00Z"
EVERYBODY = Actor("Everybody", OVERDUE.roles, "police")


class LongAgo:
    """The clock of the machine as it was so many *seconds* ago: it goes on, and is the same everywhere."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def now(self) -> datetime:
        return SystemClock().now() - timedelta(seconds=self.seconds)


def late() -> LongAgo:
    """The clock on which it is the day on which somebody sweeps at last."""
    return LongAgo((SystemClock().now() - parse_instant(ENDS)).total_seconds())


def board(url: str, clock: Clock) -> Engine:
    return Engine(url, framework=OVERDUE, clock=clock)


def neglect(url: str, *, inquiries: int, seed: int = 1) -> None:
    """Make a board at *url* on which people were busy for a month or two, and nobody ever after."""
    random, clock = Random(seed), FrozenClock(BEGINS)
    engine, host = board(url, clock), create_engine(url)
    with Session(host) as session:
        for number in range(inquiries):
            clock.advance(hours=random.randrange(24))
            _leave(engine, session, number, random)
        session.commit()
    engine.close()
    host.dispose()


def _leave(engine: Engine, session: Session, number: int, random: Random) -> None:
    """Open two cases, and do what is done on the first day."""
    today = engine.clock.now().date()
    engine.open("chase", {}, by=EVERYBODY, session=session)
    facts = {
        "told_on": today - timedelta(days=random.randrange(9)),
        "heard_on": today + timedelta(days=random.randrange(10, 90)),
        "recipients": random.sample(["police", "hospital", "school"], 2),
        "agreed": number % 3 == 0,
    }
    case = engine.open("inquiry", facts, by=EVERYBODY, session=session)
    if number % 3 == 0:
        engine.fire(case, "answer", by=EVERYBODY, session=session).require()
        engine.fire(case, "write_to_all", by=EVERYBODY, session=session).require()
    if number % 5 == 0:
        engine.hold(
            case, "court" if number % 2 else "inquest", by=EVERYBODY, reason="a trial", session=session
        )


@dataclass(frozen=True)
class Told:
    """What the histories of a board say, and its outbox, each case by what opened it."""

    entries: Mapping[str, list[str]]
    notices: Counter[str]

    @property
    def count(self) -> int:
        return sum(map(len, self.entries.values()))

    def kinds(self) -> set[str]:
        """The kinds of the entries that time has brought about."""
        bodies = (json.loads(each) for entries in self.entries.values() for each in entries)
        return {body["kind"] for body in bodies if "due" in body}


def told(engine: Engine) -> Told:
    """What the board of *engine* says, without what says when that was written down."""
    with engine.database.reading() as connection:
        stored = {each.id: each.record.reference for each in cases.all_cases(connection)}
        histories = {
            reference: [entry.body for entry in cases.history_of(connection, id_)]
            for id_, reference in stored.items()
        }
        posted = [row._asdict() for row in connection.execute(select(NOTICE))]
    origins = _origins(histories)
    named = re.compile(r"\b(" + "|".join(sorted(origins, reverse=True)) + r")\b")

    def plain(body: Mapping[str, object], *without: str) -> str:
        text = json.dumps({key: value for key, value in body.items() if key not in without}, default=str)
        return named.sub(lambda found: origins[found[0]], text)

    entries = {
        origins[reference]: [plain(_timeless(body), "at", "prev") for body in history]
        for reference, history in histories.items()
    }
    # What arises in a verb is told at its instant, and by no clock before.
    at_once = [row["due_at"] == row["recorded_at"] for row in posted]
    notices = (
        plain(row | {"case_id": stored[row["case_id"]]}, "id", "recorded_at", *(["due_at"] if now else []))
        for row, now in zip(posted, at_once, strict=True)
    )
    return Told(entries, Counter(notices))


def _timeless(body: Mapping[str, Json]) -> Mapping[str, Json]:
    """An entry without the instant at which somebody has armed a clock; time arms it when it is due."""
    clocks = body.get("clocks")
    if "due" in body or not isinstance(clocks, dict):
        return body
    plain: dict[str, Json] = {
        name: {key: value for key, value in clock.items() if key != "at"}
        if isinstance(clock, dict)
        else clock
        for name, clock in clocks.items()
    }
    return {**body, "clocks": plain}


def _origins(histories: Mapping[str, list[Mapping[str, Json]]]) -> dict[str, str]:
    """For each case what opened it: an entry of another, or somebody, and then it is its own reference."""
    opened: dict[str, str] = {}
    for history in histories.values():
        for body in history:
            for place, reference in enumerate(body.get("opened") or ()):  # type: ignore[arg-type]
                opened[str(reference)] = f"{body['case']}/{body['n']}/{place}"

    def origin(reference: str) -> str:
        if reference not in opened:
            return reference
        parent, _, rest = opened[reference].partition("/")
        return f"{origin(parent)}/{rest}"

    return {reference: origin(reference) for reference in histories}
