"""A rule put to some facts, without a case: the verdict, why, and what to ask.

Values in, values out; what a host prints or sends on is made here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from loopengine.core.rules.explanation import Node, explain, lines, node_json
from loopengine.core.rules.expressions import RuleRef
from loopengine.core.rules.questions import open_questions, would_change
from loopengine.core.rules.verdicts import Rule
from loopengine.core.situation import Situation
from loopengine.core.truth import Truth
from loopengine.core.values import Fact, Json, Value, spell_text


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a rule makes of some facts.

    *open_questions* have to be answered before there is a verdict; *would_change* are unknown facts that do
    not matter as things stand, and could.
    """

    rule: str
    verdict: Truth
    open_questions: tuple[Fact, ...]
    would_change: tuple[Fact, ...]
    because: Node

    def __str__(self) -> str:
        """For a terminal: the verdict, every reason, and what to ask."""
        said = [f"{self.rule}: {self.verdict.word}", "", *lines(self.because)]
        if self.open_questions:
            said += ["", "To be settled first:", *map(_asked, self.open_questions)]
        if self.would_change:
            said += ["", "Could still change the verdict:", *map(_asked, self.would_change)]
        return "\n".join(said)

    def to_json(self, roles: Sequence[str] = ()) -> dict[str, Json]:
        """The assessment as JSON: its questions are of no case, and for *roles* unless they say for whom."""
        return {
            "rule": self.rule,
            "verdict": self.verdict.word,
            "open_questions": [question_json(fact, None, roles) for fact in self.open_questions],
            "would_change": [question_json(fact, None, roles) for fact in self.would_change],
            "because": node_json(self.because),
        }


def assess(
    rule: Rule, facts: Mapping[str, Fact], given: Mapping[str, Value | None], *, on: date | None = None
) -> Assessment:
    """What *rule* makes of the values *given*, of which None is what is not known.

    *on* is the day on which it is asked; without one, no time has passed since anything.
    """
    known = {name: value for name, value in given.items() if value is not None}
    situation = Situation(today=date.min if on is None else on, facts=known)
    condition = rule.condition
    if rule.name is not None:
        condition = RuleRef(rule.name, condition, rule.sources, rule.title)
    return Assessment(
        rule=rule.name or rule.text,
        verdict=rule.verdict(situation),
        open_questions=tuple(facts[name] for name in open_questions(rule.condition, situation)),
        would_change=tuple(facts[name] for name in would_change(rule.condition, situation, facts)),
        because=explain(condition, situation, facts),
    )


def question_json(fact: Fact, case: str | None = None, roles: Sequence[str] = ()) -> dict[str, Json]:
    """The question that *fact* is, as JSON: *roles* may answer it where it does not say itself who may."""
    allowed = fact.allowed()
    return {
        "case": case,
        "fact": fact.name,
        "ask": fact.ask,
        "type": fact.type,
        "values": None if allowed is None else list(allowed),
        "needs_evidence": sorted(map(spell_text, fact.needs_evidence)),
        "roles": list(fact.by or roles),
    }


_OPEN = {"labels": "labels such as A,B"}


def _asked(fact: Fact) -> str:
    allowed = fact.allowed()
    answers = _OPEN.get(fact.type, f"a {fact.type}") if allowed is None else ", ".join(allowed)
    unit = f" of {fact.unit}" if fact.unit else ""
    return f"  {fact.name}: {fact.ask} ({answers}{unit})"
