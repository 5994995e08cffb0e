"""Decisions in the period and their reasons; what was decided against a rule; what was refused."""

from __future__ import annotations

from collections.abc import Iterator

from loopengine.reports.annual.back import LookedBack, Move
from loopengine.reports.annual.counting import Capped, Counts
from loopengine.reports.annual.figures import (
    Column,
    Row,
    Said,
    Section,
    Table,
    told_as,
    words_of,
)
from loopengine.reports.pages import sentence

_LISTED = (
    Column("on", "Day", numeric=False),
    Column("case", "Case", numeric=False),
    Column("decided", "What was decided", numeric=False),
    Column("by", "By", numeric=False),
    Column("reason", "Reason", numeric=False),
)


class Decisions:
    """Counts what was decided of reviews, and at the door."""

    def __init__(self) -> None:
        self._decided, self._roles = Counts(), Counts()
        self._overrides, self._refused = Counts(), Counts()
        self._reasons, self._against = Capped(), Capped()

    def add(self, case: LookedBack) -> None:
        """Count the decisions in *case*, and whatever was refused or decided against a rule in it."""
        name, title = case.workflow.name, case.workflow.title
        if refusals := case.refusals:
            self._refused.add(name, title, "number", refusals)
        decides = case.is_review or name == case.framework.intake
        for move in case.moves:
            if move.overrode:
                self._overrides.add(name, title, "number")
                self._against.add(move.on, _row(case, move))
            if decides and is_decision(move):
                self._count(case, move)

    def _count(self, case: LookedBack, move: Move) -> None:
        row, title = f"{case.workflow.name}/{move.step.event}", f"{case.workflow.title}: {_what(move)}"
        self._decided.add(row, title, "number")
        self._decided.add(row, title, "with_reason", int(move.reason is not None))
        for role in move.roles:
            self._roles.add(role, case.role_title(role), "number")
        if move.reason is not None:
            self._reasons.add(move.on, _row(case, move))

    def sections(self) -> Iterator[Section]:
        """What was decided, and why."""
        number = (Column("number", "Number"),)
        decided = (*number, Column("with_reason", "With a reason"))
        keys = ["number", "with_reason"]
        tables = (
            Table(
                "decided",
                "Decisions about reviews",
                "Type of review, and decision",
                decided,
                self._decided.rows(keys),
                self._decided.total(keys),
            ),
            Table(
                "by_role",
                "Decisions by the role in which they were taken",
                "Role",
                number,
                self._roles.rows(["number"]),
                note="A decision that somebody took in several roles that may take it counts for each.",
            ),
            _listed("reasons", "Decisions and their reasons", self._reasons),
            Table(
                "overrides",
                "Steps that were taken against what the rule says",
                "Sort of case",
                number,
                self._overrides.rows(["number"]),
                self._overrides.total(["number"]),
            ),
            _listed("against", "Steps against what the rule says, and their reasons", self._against),
            Table(
                "refused",
                "Attempts that a rule refused",
                "Sort of case",
                number,
                self._refused.rows(["number"]),
                self._refused.total(["number"]),
                note="A refusal changes nothing: somebody tried what could not be done yet, or by them.",
            ),
        )
        yield Section(
            "decisions",
            "Decisions and their reasons",
            self._says(),
            tuple(table for table in tables if table.rows),
            notes=(
                "A decision is a step that a person took into, within or out of the decision stage of a "
                "review, or that ended it at its referral; and what was decided at the door.",
            ),
        )

    def _says(self) -> str:
        number, reasons = self._decided.sum("number"), self._decided.sum("with_reason")
        against, refused = self._overrides.sum("number"), self._refused.sum("number")
        said = f"{sentence(told_as(number, 'decision was', 'decisions were'))} taken about reviews"
        said += f", {reasons:,} with a written reason" if number else ""
        steps = told_as(against, "step was", "steps were")
        attempts = told_as(refused, "attempt was", "attempts were")
        return f"{said}; {steps} taken against a rule, and {attempts} refused."


def is_decision(move: Move) -> bool:
    """Whether *move* decided something about a review: see the note of the section."""
    if move.automatic or (move.source.name == move.to.name and not move.step.opens):
        return False
    stages = {move.source.stage, move.to.stage, *move.passes}
    return "decision" in stages or (move.to.final and move.to.stage == "referral")


def _row(case: LookedBack, move: Move) -> Row:
    what = f"{case.workflow.title}: {_what(move)}"
    by = ", ".join(case.role_title(role) for role in move.roles)
    return Row(f"{case.reference}/{move.n}", what, (move.on, case.reference, what, by, Said(move.reason)))


def _what(move: Move) -> str:
    return move.step.title or words_of(move.step.event)


def _listed(key: str, caption: str, found: Capped) -> Table:
    return Table(key, caption, "", _LISTED, found.in_order(), inside=True, left_out=found.left_out)
