"""The engine and a model of it, side by side: whatever is done is done to both, and they may never disagree.

Every verb holds the engine's answer against the model's. Knows nothing of how it is chosen what is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import NamedTuple, TypeVar

from loopengine import Actor, Decision, Engine, Framework, LoopEngineError
from loopengine.clock import FrozenClock
from loopengine.engine.results import CaseFile
from loopengine.engine.sweeping import AT_ONCE, Sweep
from loopengine.engine.why import Why
from support.agreement import Rows, histories_agree, outcome_of, rows, rows_agree
from support.model import Facts, Impossible, Model
from support.model_case import ModelCase
from support.model_clocks import Notice, notices
from support.small import salts

EVIDENCE = "minutes of 4 January, item 3"

_Expected = TypeVar("_Expected")
_Answer = TypeVar("_Answer")


class Request(NamedTuple):
    """Something that was asked of the engine under a key, and what it answered."""

    again: Callable[[], object]
    answer: object


class Snapshot(NamedTuple):
    """What was shown of a case at an instant."""

    at: datetime
    reference: str
    shown: object


@dataclass(frozen=True)
class _Held:
    """What putting on or releasing a hold answers: the case, with the holds that are on as it is answered."""

    case: str
    on: frozenset[str] = field(compare=False)


class Beside:
    """Cases of *framework* in the engine at *url* and in the model, on one clock."""

    def __init__(self, framework: Framework, url: str = "sqlite://") -> None:
        self.clock = FrozenClock("2017-01-03T09:00Z")
        self.engine = Engine(url, framework=framework, clock=self.clock, salt=salts())
        self.model = Model(framework, self.clock.now())
        self.requests: list[Request] = []
        self.snapshots: list[Snapshot] = []
        self._numbers = count(1)
        self._checked: dict[str, str] = {}

    @property
    def today(self) -> date:
        return self.clock.today()

    def ongoing(self) -> list[str]:
        """The cases that have not ended, in the order in which they were opened."""
        return [reference for reference, case in self.model.cases.items() if not case.state.final]

    def clocked(self) -> list[str]:
        """The cases whose clocks will say something."""
        return [reference for reference, case in self.model.cases.items() if any(notices(case))]

    def in_time(self, reference: str) -> set[str]:
        """The deadlines of a case that run and are not late."""
        return {each.deadline for each in self._to_be_late(reference)}

    def late_at(self, reference: str, hold: str) -> datetime:
        """The first instant at which a clock that *hold* would stop is late, or now."""
        stops = self.model.cases[reference].workflow.holds[hold].stops
        late = (each.due_at for each in self._to_be_late(reference) if each.deadline in stops)
        return min(late, default=self.clock.now())

    def followed(self) -> list[tuple[str, str]]:
        """The cases that have opened something for each party in a fact, with that fact."""
        return [
            (reference, opens.for_each)
            for reference, case in self.model.cases.items()
            for step in case.workflow.steps()
            for opens in step.opens
            if opens.for_each is not None and case.last(step.event) is not None
        ]

    def next_notice(self, reference: str) -> datetime:
        """The instant at which a clock of a case says something next."""
        return max(self.clock.now(), min(notice.at for notice in notices(self.model.cases[reference])))

    # --- what is done to both -------------------------------------------------------------------------------

    def open(
        self,
        workflow: str,
        facts: Facts,
        *,
        by: Actor,
        evidence: str | None = EVIDENCE,
        under: str | None = None,
        on: date | None = None,
    ) -> str | None:
        """Open a case; its reference, or None if that cannot be."""

        both = self._both(
            lambda model: model.open(workflow, facts, by=by, evidence=bool(evidence), under=under, on=on),
            lambda key: self.engine.open(
                workflow, facts, by=by, evidence=evidence, under=under, on=on, key=key
            ),
        )
        if both is None:
            return None
        reference, opened = both
        case = self.model.cases[reference]
        assert (opened.reference, opened.state) == (reference, case.state.name)
        assert (opened.stage, opened.revision) == (case.state.stage, case.revision)
        in_force = case.workflow.in_force.covers(case.moves[0].on)
        assert len(opened.warnings) == (not in_force) + _is_one_too_many(case)
        return reference

    def record(
        self,
        reference: str,
        facts: Facts,
        *,
        by: Actor,
        evidence: str | None = EVIDENCE,
        on: date | None = None,
        correction: bool = False,
    ) -> None:
        """Record *facts*, as a change or as a *correction*."""

        def of_model(model: Model) -> frozenset[str]:
            verb = model.correct if correction else model.record
            return verb(reference, facts, by=by, evidence=bool(evidence), on=on)

        both = self._both(
            of_model,
            lambda key: self.engine.record(
                reference, facts, by=by, evidence=evidence, on=on, correction=correction, key=key
            ),
        )
        if both is not None:
            moved, answers = both
            assert set(answers.also_moved) == moved
            assert answers.revision == self.model.cases[reference].revision

    def fire(
        self, reference: str, event: str, *, by: Actor, reason: str | None = None, on: date | None = None
    ) -> Decision | None:
        """Fire *event*; the engine's decision, or None if there can be none."""

        before = self._rows()
        both = self._both(
            lambda model: model.fire(reference, event, by=by, reason=reason, on=on),
            lambda key: self.engine.fire(reference, event, by=by, reason=reason, on=on, key=key),
        )
        if both is None:
            return None
        expected, decision = both
        case = self.model.cases[reference]
        assert outcome_of(decision) == expected
        assert (decision.case, decision.event, decision.revision) == (reference, event, case.revision)
        assert decision.stage == case.workflow.states[expected.to or expected.state].stage
        if not decision.moved:
            assert decision.reasons
            after = self._rows()
            nothing_was_due = len(self.model.written) == 1
            assert not nothing_was_due or after == before.once_refused(reference, after), (
                "a refusal has changed something"
            )
        return decision

    def hold(
        self, reference: str, name: str, *, by: Actor, reason: str = "as ordered", on: date | None = None
    ) -> None:
        """Put a hold on a case."""
        both = self._both(
            lambda model: model.hold(reference, name, reason=reason, on=on),
            lambda key: _held(self.engine.hold(reference, name, by=by, reason=reason, on=on, key=key)),
        )
        assert both is None or both[1].on == both[0]

    def release(
        self, reference: str, name: str, *, by: Actor, reason: str | None = None, on: date | None = None
    ) -> None:
        """Release a hold."""
        both = self._both(
            lambda model: model.release(reference, name, reason=reason, on=on),
            lambda key: _held(self.engine.release(reference, name, by=by, reason=reason, on=on, key=key)),
        )
        assert both is None or both[1].on == both[0]

    def link(self, reference: str, other: str, name: str, *, by: Actor, on: date | None = None) -> None:
        """Tie a case to another, as one of a linked kind."""
        both = self._both(
            lambda model: model.link(reference, other, name, on=on),
            lambda key: (
                (
                    self.engine.link(reference, other, name, by=by, reason="heard together", on=on, key=key)
                ).case.revision
            ),
        )
        assert both is None or both[0] == both[1]

    def withdraw(self, reference: str, *, by: Actor, reason: str, on: date | None = None) -> None:
        """End a case that was opened in error."""
        both = self._both(
            lambda model: model.withdraw(reference, reason=reason, on=on),
            lambda key: self.engine.withdraw(reference, by=by, reason=reason, on=on, key=key),
        )
        if both is not None:
            (below, moved), ended = both
            assert list(ended.withdrawn) == below
            assert set(ended.also_moved) == moved
            assert ended.revision == self.model.cases[reference].revision

    def sweep(self, at_once: int = AT_ONCE, *, tried: bool = False) -> bool:
        """Bring every case up to now, perhaps after that was *tried*; whether any has moved."""
        self.clock.advance(seconds=1)
        self.model.begin(self.clock.now())
        expected = [(reference, line.kind, line.due, line.what) for reference, line in self.model.sweep()]
        if tried:
            before = self._rows()
            assert _done(self.engine.sweep(dry_run=True)) == expected
            assert self._rows() == before, "trying has changed something"
        done = _done(self.engine.sweep(at_once=at_once))
        # Of what falls due at one instant, what comes of one lot of cases goes before the next lot.
        assert (done if at_once == AT_ONCE else sorted(done, key=repr)) == (
            expected if at_once == AT_ONCE else sorted(expected, key=repr)
        )
        written = self._written()
        assert not self.engine.sweep(), "a second sweep has found something to do"
        assert self._written() == written
        assert not self.model.is_behind(self.clock.now())
        return any(kind == "moved" for _, kind, _, _ in expected)

    def keep_up(self) -> bool:
        """Sweep, if anything has fallen due; whether any case has moved."""
        return self.model.is_behind(self.clock.now()) and self.sweep()

    def why(self, reference: str, event: str | None = None) -> Why:
        """What may happen next to a case, says the engine; and asking changes nothing."""
        written = self._written()
        why = self.engine.explain(reference, event)
        self.model.now = self.clock.now()
        expected = self.model.outlook(reference)
        assert {each.event: each.verdict for each in why.events} == {
            name: verdict for name, verdict in expected.items() if event in (None, name)
        }
        assert self._written() == written, "asking has written something"
        return why

    # --- what is said again ---------------------------------------------------------------------------------

    def remember(self, reference: str) -> None:
        """Keep what is shown of a case now."""
        self.snapshots.append(Snapshot(self.clock.now(), reference, self._shown(reference, None)))

    def look_back(self, snapshot: Snapshot) -> None:
        """What was shown then is what is shown as of then, whatever has been learnt since."""
        assert self._shown(snapshot.reference, snapshot.at) == snapshot.shown

    def say_again(self, request: Request) -> None:
        """The same request under the same key is answered as it was, and nothing is written."""
        written = self._written()
        assert request.again() == request.answer
        assert self._written() == written, "the same request has written something again"

    # --- what always holds ----------------------------------------------------------------------------------

    def check(self) -> None:
        """The engine stands where the model does, row by row, and entry by entry where a case has changed."""
        with self.engine.database.reading() as connection:
            stored = rows(connection).stored
            assert list(stored) == list(self.model.cases)
            for reference, each in stored.items():
                case = self.model.cases[reference]
                rows_agree(each, case)
                if self._checked.get(reference) != each.record.head:
                    histories_agree(connection, self.engine.framework, each, case)
                    self._checked[reference] = each.record.head
        assert self.model.left_undone() == []

    def check_all(self) -> None:
        """What would take too long after every step."""
        for snapshot in self.snapshots:
            self.look_back(snapshot)
        for reference in self.model.cases.keys() - self.ongoing():
            assert self.engine.explain(reference).events == (), "an ended case answers something"
        audit = self.engine.audit()
        assert audit.problems == (), audit.problems
        assert audit.entries == sum(len(case.lines) for case in self.model.cases.values())

    def _to_be_late(self, reference: str) -> Iterator[Notice]:
        case, now = self.model.cases[reference], self.clock.now()
        return (each for each in notices(case) if each.kind == "overdue" and each.due_at > now)

    # --- the engine's side ----------------------------------------------------------------------------------

    def _both(
        self, of_model: Callable[[Model], _Expected], of_engine: Callable[[str | None], _Answer]
    ) -> tuple[_Expected, _Answer] | None:
        """What both answer, a second after whatever was before; None if it is impossible to both.

        Every other request bears a key, and is made twice.
        """
        self.clock.advance(seconds=1)
        number = next(self._numbers)
        key = f"request {number}" if number % 2 else None
        try:
            expected = self._of_model(of_model)
        except Impossible:
            before = self._rows()
            assert _raises(lambda: of_engine(key)), "this cannot be, and the engine has done it"
            assert self._rows() == before
            return None
        answer = of_engine(key)
        if key is not None:
            self.requests.append(Request(lambda: of_engine(key), answer))
            self.say_again(self.requests[-1])
        return expected, answer

    def _of_model(self, verb: Callable[[Model], _Expected]) -> _Expected:
        """What the model answers; to what is impossible, nothing has come of being brought up to now."""
        now = self.clock.now()
        if self.model.is_behind(now):
            trial = self.model.copy()
            trial.begin(now)
            verb(trial)
        self.model.begin(now)
        return verb(self.model)

    def _shown(self, reference: str, as_of: datetime | None) -> object:
        file = self.engine.case(reference, as_of=as_of)
        return file.to_json(), self.engine.explain(reference, as_of=as_of).to_json()

    def _rows(self) -> Rows:
        with self.engine.database.reading() as connection:
            return rows(connection)

    def _written(self) -> int:
        """How many rows have ever been written."""
        with self.engine.database.reading() as connection:
            return int(connection.exec_driver_sql("select total_changes()").scalar_one())


def _is_one_too_many(case: ModelCase) -> bool:
    """Whether *case*, just opened, is one more than its parent's file has without a warning."""
    if case.parent is None or case.kind is None:
        return False
    most = case.parent.workflow.sub_cases[case.kind].warn_above
    # Those that what was opened has set off came later.
    numbers = [each.reference for each in case.parent.sub_cases(case.kind) if not each.excused]
    return most is not None and numbers.index(case.reference) + 1 > most


def _raises(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except LoopEngineError:
        return True
    return False


def _held(file: CaseFile) -> _Held:
    return _Held(file.case.reference, frozenset(file.holds))


def _done(sweep: Sweep) -> list[tuple[str, str, datetime | None, str | None]]:
    """What a sweep did, as the model would put it."""
    assert sweep.failures == ()
    return [
        (
            each.case,
            each.kind,
            each.due_at,
            "opened" if each.kind == "opened" else each.event or each.standing,
        )
        for each in sweep.done
    ]
