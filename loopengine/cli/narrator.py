"""How the story is told: verbs of the engine that say what was asked for, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loopengine import Actor, Case, Decision, Engine, Moved
from loopengine.cli.output import Page, Part, Styled
from loopengine.clock import FrozenClock


@dataclass
class Narrator:
    """Acts on *engine* at the time of *clock*, and tells *page* about it; most of it about the *review*."""

    engine: Engine
    clock: FrozenClock
    page: Page
    review: Case | None = None

    @property
    def case(self) -> Case:
        """The review."""
        assert self.review is not None
        return self.review

    def chapter(self, title: str, days: int = 0) -> None:
        """Begin a chapter, so many days after the last."""
        self.clock.advance(days=days)
        today = self.clock.today()
        self.page.heading(f"{title}, {today.day} {today:%B %Y}")

    def tell(self, text: str) -> None:
        """Tell it in a sentence."""
        self.page.say(text)

    def days(self, count: int) -> None:
        """Let *count* days pass."""
        self.clock.advance(days=count)

    def fire(
        self,
        event: str,
        by: Actor,
        *,
        case: str | None = None,
        reason: str | None = None,
        quiet: bool = False,
    ) -> tuple[str, ...]:
        """Fire an event, and tell what came of it; the references of what it opened."""
        reference = case or self.case.reference
        decision = self.engine.fire(reference, event, by=by, reason=reason)
        if not quiet:
            self.page.say(f"{by.name}: {event}{f' {case}' if case else ''}", indent=2)
            for line in _outcome(decision):
                self.page.say(*line, indent=6)
        return decision.opened if isinstance(decision, Moved) else ()

    def record(
        self, facts: Mapping[str, object], by: Actor, *, case: str | None = None, evidence: str | None = None
    ) -> None:
        """Record answers; only those about the review itself are told."""
        self.engine.record(case or self.case, facts, by=by, evidence=evidence)
        if case is None:
            said = ", ".join(f"{name}={_spelled(value)}" for name, value in facts.items())
            self.page.say(f"{by.name} records {said}", indent=2)

    def ask(self, event: str) -> None:
        """Tell what has to be asked before *event* can be settled."""
        for fact in self.engine.explain(self.case, event).event(event).questions:
            self.page.say(f"ask: {fact.ask}", indent=6)

    def suggest(self, event: str) -> None:
        """Tell what would let *event* through."""
        fixes = self.engine.explain(self.case, event).event(event).fixes
        for fix in fixes[:1]:
            for change in fix:
                said = " or ".join(change.values[:3])
                self.page.say(f"it would be allowed with {change.fact}={said}, among others", indent=6)


def _outcome(decision: Decision) -> list[list[Part]]:
    if not isinstance(decision, Moved):
        return [[Styled(decision.verdict, "red"), f": {reason}"] for reason in decision.reasons]
    stays = decision.to == decision.from_state
    lines: list[list[Part]] = [[Styled("done", "green"), "" if stays else f": it is {decision.to} now"]]
    lines += [[f"opened: {', '.join(decision.opened)}"]] if decision.opened else []
    return lines + ([[f"and so {' and '.join(decision.also_moved)} moved on"]] if decision.also_moved else [])


def _spelled(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case tuple() | list():
            return ",".join(map(str, value))
        case _:
            return str(value)
