"""The people of a rehearsal: who acts, and what they answer.

Knows the caseload and chance. Does not know what may happen to a case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from loopengine.core.actors import Actor
from loopengine.core.values import Fact
from loopengine.rehearsal.caseload import Caseload, Manner
from loopengine.rehearsal.chance import seeded
from loopengine.rehearsal.draws import Draw, Weights, drawn

UNIT = "business_unit"
_EACH_ROLE = 2  # so many people share a role


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who acts in a rehearsal of *caseload* that is drawn by the number *rng*."""

    caseload: Caseload
    rng: int

    def chance(self, *about: object) -> Random:
        """Chance for what it is *about*, in this rehearsal."""
        return seeded(self.rng, *about)

    def acting(self, role: str, agency: str | None, chance: Random) -> Actor:
        """Somebody in *role*, for *agency*: the same few people again and again."""
        names = self.caseload.names
        which = seeded(role, agency, chance.randrange(_EACH_ROLE)).randrange(len(names))
        return Actor(names[which], [role], agency)

    def answering(self, fact: Fact, chance: Random) -> Actor:
        """Somebody who may answer *fact*."""
        return self.acting(fact.by[0] if fact.by else UNIT, None, chance)

    def answer(self, facts: Sequence[Fact], case: str, manner: Manner, stay: int, today: date) -> list[str]:
        """What is answered to *facts* of *case* in one of its stays, each as it is typed."""

        def of(fact: Fact | str) -> str:
            name = fact if isinstance(fact, str) else fact.name
            asked = fact if isinstance(fact, Fact) else Fact(name, "", "text")
            chance = self.chance(case, stay, "answer", name)
            return drawn(self._draw(asked, manner), asked, chance, today, never=self.caseload.outside, of=of)

        return [of(each) for each in facts]

    def slip(self, fact: Fact, right: str, chance: Random, today: date) -> str | None:
        """A wrong answer to *fact* in the place of the *right* one, if somebody could give one by mistake."""
        if fact.needs_evidence:
            return None
        by_type = self.caseload.answers_by_type
        others = [each for each in fact.allowed() or () if each != right]
        if others and fact.type != "party":
            return chance.choice(others)
        if fact.type in ("number", "date", "text") and fact.type in by_type:
            wrong = drawn(by_type[fact.type], fact, chance, today, never=(), of=_nothing)
            return None if wrong == right else wrong
        return None

    def _draw(self, fact: Fact, manner: Manner) -> Draw:
        plain = fact.name.partition(".")[0]
        named = manner.answers.get(fact.name) or manner.answers.get(plain) or self.caseload.answers.get(plain)
        if named is not None:
            return named
        if fact.type == "one_of":
            return drawn_evenly(fact)
        return self.caseload.answers_by_type[fact.type]


def drawn_evenly(fact: Fact) -> Draw:
    """Any of the values of *fact*, one as likely as another."""
    return Weights(dict.fromkeys(fact.values, 1.0))


def _nothing(_: str) -> str:
    return ""
