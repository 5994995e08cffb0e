"""The engine, and beside it a model of each of its cases: whatever is done is judged.

Knows the engine's verbs and the models. Does not know what will be done, or who chooses it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from loopengine.clock import FrozenClock
from loopengine.core.actors import Actor
from loopengine.core.definitions import Framework
from loopengine.core.values import Value
from loopengine.errors import LoopEngineError, RefusedError
from loopengine.testing.coverage import Coverage
from loopengine.testing.engines import A_MONDAY, everybody, memory_engine
from loopengine.testing.judging import Fired, Judge
from loopengine.testing.story import facts_words

EVIDENCE = "letter of 1 May"
REASON = "as agreed"


class Beside(Judge):
    """A new engine of *framework*, a model of each case, and the story of what was done."""

    def __init__(self, framework: Framework, coverage: Coverage | None = None) -> None:
        clock = FrozenClock(A_MONDAY)
        engine = memory_engine(framework, clock=clock, cycles=False)
        super().__init__(framework, engine, clock, Coverage() if coverage is None else coverage)
        self.everybody = everybody(framework)

    def ongoing(self) -> list[str]:
        """The cases that have not ended."""
        return [reference for reference, each in self.models.items() if not each.state.final]

    # --- what is done ---------------------------------------------------------------------------------------

    def open(self, workflow: str, facts: Mapping[str, Value | None]) -> str:
        """Open a case; its reference."""
        self.story.tell(f"a case of {workflow} is opened on {self.today}, with {facts_words(facts)}")
        with self.story.without_error("it cannot be opened"):
            case = self.engine.open(workflow, facts, by=self.everybody, evidence=EVIDENCE)
        self.follow(case.reference)
        return case.reference

    def record(self, reference: str, facts: Mapping[str, Value | None]) -> None:
        """Answer *facts* of a case."""
        self.story.tell(f"of {reference} is recorded: {facts_words(facts)}")
        with self.story.without_error("it cannot be recorded"):
            self.engine.record(reference, facts, by=self.everybody, evidence=EVIDENCE)
        self.follow(reference)

    def fire(self, reference: str, event: str, *, by: Actor, reason: str | None = "as agreed") -> bool:
        """Fire *event* on a case; whether it moved, which has to be as the definition says."""
        self.story.tell(f"{by.name} ({_acting(by)}) fires {event} on {reference}")
        with self.story.without_error(f"{event} cannot be fired"):
            moved = self.engine.fire(reference, event, by=by, reason=reason).moved
        self.follow(reference, fired=Fired(reference, event, by, reason))
        return moved

    def undo(self, reference: str) -> bool:
        """Strike out the last step that somebody took in a case; whether that can be."""
        self.story.tell(f"the last step in {reference} is struck out")
        return self._try(
            reference, lambda: self.engine.correct(reference, by=self.everybody, reason="it was a mistake")
        )

    def hold(self, reference: str, name: str) -> bool:
        """Put a hold on a case; whether that can be."""
        self.story.tell(f"{reference} is put on hold: {name}")
        return self._try(
            reference, lambda: self.engine.hold(reference, name, by=self.everybody, reason=REASON)
        )

    def release(self, reference: str, name: str) -> bool:
        """Release a hold on a case; whether that can be."""
        self.story.tell(f"the hold on {reference} is released: {name}")
        return self._try(
            reference, lambda: self.engine.release(reference, name, by=self.everybody, reason=REASON)
        )

    def link(self, reference: str, other: str, name: str) -> bool:
        """Tie a case to an *other*; whether that can be."""
        self.story.tell(f"{reference} is tied to {other}: {name}")
        is_tied = self._try(
            reference, lambda: self.engine.link(reference, other, name, by=self.everybody, reason=REASON)
        )
        if is_tied:
            self.tied.setdefault(reference, []).append((name, other))
        return is_tied

    def withdraw(self, reference: str) -> bool:
        """End a case that was opened in error; whether that can be."""
        self.story.tell(f"{reference} is withdrawn")
        return self._try(reference, lambda: self.engine.withdraw(reference, by=self.everybody, reason=REASON))

    def put_right(self, reference: str, facts: Mapping[str, Value | None]) -> bool:
        """Correct answers that had been wrong; whether that can be."""
        self.story.tell(f"of {reference} is corrected: {facts_words(facts)}")
        return self._try(
            reference,
            lambda: self.engine.record(
                reference, facts, by=self.everybody, evidence=EVIDENCE, correction=True
            ),
        )

    def _try(self, reference: str, act: Callable[[], object]) -> bool:
        """Do what the engine may refuse; whether it did not."""
        try:
            act()
        except RefusedError:
            self.story.tell("which cannot be")
            return False
        except LoopEngineError as error:
            raise self.story.disagree(f"it cannot be done: {error.kind}: {error.message}") from error
        self.follow(reference)
        return True

    def sweep(self) -> None:
        """Do what has fallen due: a second sweep has nothing left to say, and nor has any clock."""
        self.story.tell(f"it is swept on {self.today}")
        with self.story.without_error("it cannot be swept"):
            failures = self.engine.sweep().failures
            again = self.engine.sweep().done
        self.story.check(not failures, "; ".join(each.message for each in failures))
        self.story.check(not again, f"a second sweep still has something to do: {list(again)}")
        self.follow()
        for reference, model in self.models.items():
            undone = model.left_undone(self.today)
            self.story.check(not undone, f"{reference}: {', '.join(undone)} can be taken, and was not")
            self.check_said(model)

    def pass_until(self, day: date) -> None:
        """Let time pass until *day* begins."""
        if day > self.today:
            self.clock.advance_to(day)
            self.story.tell(f"time passes until {day}")


def _acting(by: Actor) -> str:
    if by.name == "Everybody":
        return "in every role"
    return ", ".join([*sorted(by.roles), *filter(None, [by.agency])]) or "in no role"
