"""The engine and a model of it, side by side: whatever is done is done to both, and they may never disagree.

Every verb holds the engine's answer against the model's. Knows nothing of how it is chosen what is done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from itertools import count
from typing import NamedTuple, TypeVar

from loopengine import Actor, Decision, Engine, Framework, LoopEngineError
from loopengine.clock import FrozenClock
from loopengine.engine.why import Why
from support.agreement import Rows, histories_agree, outcome_of, rows, rows_agree
from support.model import Facts, Impossible, Model
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


class Beside:
    """Cases of *framework* in the engine at *url* and in the model, on one clock."""

    def __init__(self, framework: Framework, url: str = "sqlite://") -> None:
        self.clock = FrozenClock("2017-01-03T09:00Z")
        self.engine = Engine(url, framework=framework, clock=self.clock, salt=salts())
        self.model = Model(framework)
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

        def of_model(today: date) -> str:
            return self.model.open(
                workflow, facts, by=by, evidence=bool(evidence), under=under, on=on or today, today=today
            )

        both = self._both(
            of_model,
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
        assert bool(opened.warnings) is not case.workflow.in_force.covers(case.moves[0].on)
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

        def of_model(today: date) -> frozenset[str]:
            verb = self.model.correct if correction else self.model.record
            return verb(reference, facts, by=by, evidence=bool(evidence), on=on, today=today)

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

        def of_model(today: date) -> object:
            return self.model.fire(reference, event, by=by, reason=reason, on=on or today, today=today)

        before = self._rows()
        both = self._both(
            of_model, lambda key: self.engine.fire(reference, event, by=by, reason=reason, on=on, key=key)
        )
        if both is None:
            return None
        expected, decision = both
        case = self.model.cases[reference]
        assert outcome_of(decision) == expected
        assert (decision.case, decision.event, decision.revision) == (reference, event, case.revision)
        assert decision.stage == case.workflow.states[outcome_of(decision).state].stage
        if not decision.moved:
            assert decision.reasons
            after = self._rows()
            assert after == before.once_refused(reference, after), "a refusal has changed something"
        return decision

    def why(self, reference: str, event: str | None = None) -> Why:
        """What may happen next to a case, says the engine; and asking changes nothing."""
        written = self._written()
        why = self.engine.explain(reference, event)
        expected = self.model.outlook(reference, self.today)
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
        assert self.model.left_undone(self.today) == []

    def check_all(self) -> None:
        """What would take too long after every step."""
        for snapshot in self.snapshots:
            self.look_back(snapshot)
        for reference in self.model.cases.keys() - self.ongoing():
            assert self.engine.explain(reference).events == (), "an ended case answers something"
        audit = self.engine.audit()
        assert audit.problems == ()
        assert audit.entries == sum(case.revision + case.refusals for case in self.model.cases.values())

    # --- the engine's side ----------------------------------------------------------------------------------

    def _both(
        self, of_model: Callable[[date], _Expected], of_engine: Callable[[str | None], _Answer]
    ) -> tuple[_Expected, _Answer] | None:
        """What both answer, a second after whatever was before; None if it is impossible to both.

        Every other request bears a key, and is made twice.
        """
        self.clock.advance(seconds=1)
        number = next(self._numbers)
        key = f"request {number}" if number % 2 else None
        try:
            expected = of_model(self.today)
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


def _raises(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except LoopEngineError:
        return True
    return False
