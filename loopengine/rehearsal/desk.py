"""A desk: where somebody answers what is asked about a case, and sees to it that something becomes otherwise.

The caseload says how they answer, and how often they are wrong. Does not know what may happen to a case.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from loopengine.core.definitions import Workflow
from loopengine.core.rules.fixing import Fix
from loopengine.core.values import Fact
from loopengine.engine.engine import Engine
from loopengine.rehearsal.caseload import Manner
from loopengine.rehearsal.deciding import reviews_of
from loopengine.rehearsal.diary import Diary, Page
from loopengine.rehearsal.people import UNIT, People

_MENDS = 12  # so often something is put in order in one stay, before they leave it be


@dataclass(slots=True)
class Desk:
    """Everybody who answers questions about the cases of *engine*, *today*."""

    engine: Engine
    people: People
    diary: Diary
    today: date

    def answer(self, page: Page, facts: Iterable[Fact]) -> None:
        """Answer *facts*, each as somebody who may."""
        asked = list(facts)
        manner = self.manner(page)
        answers = dict(
            zip(asked, self.people.answer(asked, page.reference, manner, page.stays, self.today), strict=True)
        )
        answers |= reviews_of(self.engine, self.people, page.reference, asked)
        by_roles: dict[tuple[str, ...], dict[Fact, str]] = {}
        for fact, answer in answers.items():
            by_roles.setdefault(fact.by, {})[fact] = answer
        for each in by_roles.values():
            self._record(page, each)

    def _record(self, page: Page, answers: dict[Fact, str]) -> None:
        chance = self.chance(page, "record")
        who = self.people.answering(next(iter(answers)), chance)
        told = {fact.name: answer for fact, answer in answers.items()}
        needed = any(
            fact.accept_or_unknown(answer) in fact.needs_evidence for fact, answer in answers.items()
        )
        evidence = f"minutes of {self.today}" if needed else None
        wrong = self._slip(page, answers)
        done = self.engine.record(page.reference, told | wrong, by=who, evidence=evidence)
        self.wake(done.also_moved)
        if wrong:
            right = {name: told[name] for name in wrong}
            done = self.engine.record(page.reference, right, by=who, correction=True)
            self.wake(done.also_moved)

    def _slip(self, page: Page, answers: dict[Fact, str]) -> dict[str, str]:
        """What is recorded wrongly among *answers*, if anything; not what a review hangs on."""
        chance = self.chance(page, "slip")
        if chance.random() >= self.people.caseload.habits.wrong_answer:
            return {}
        fact = chance.choice([*answers])
        if self._is_true(page, fact.name):
            return {}
        wrong = self.people.slip(fact, answers[fact], chance, self.today)
        return {} if wrong is None else {fact.name: wrong}

    def mend(self, page: Page, fixes: Iterable[Fix]) -> date | bool:
        """See to it, in a while, that one of *fixes* is made: whether it was, or on which day it will be.

        What has happened nobody mends.
        """
        fit = [fix for fix in fixes if not any(self._is_true(page, each.fact) for each in fix)]
        if not fit or page.mends >= 2 * _MENDS:
            return False
        page.mends += 1
        chance = self.chance(page, "mend")
        if page.mends % 2:
            return self.today + timedelta(days=max(1, self.people.caseload.habits.mending.drawn(chance)))
        for change in chance.choice(fit):
            who = self.people.acting(change.by[0] if change.by else UNIT, None, chance)
            value = chance.choice(change.values)
            evidence = f"minutes of {self.today}" if value in change.needs_evidence else None
            done = self.engine.record(page.reference, {change.fact: value}, by=who, evidence=evidence)
            self.wake(done.also_moved)
        return True

    def _is_true(self, page: Page, fact: str) -> bool:
        """Whether *fact* is about what has happened, and not about what people do."""
        plain = fact.partition(".")[0]
        return plain in self.people.caseload.truths or plain in self.manner(page).truths

    def later(self, page: Page) -> date:
        days = self.people.caseload.habits.waiting.drawn(self.chance(page, "later"))
        return self.today + timedelta(days=max(1, days))

    def wake(self, references: Iterable[str]) -> None:
        self.diary.wake(references, self.today + timedelta(days=1))

    def workflow(self, page: Page) -> Workflow:
        return self.engine.framework.workflow(page.workflow)

    def manner(self, page: Page) -> Manner:
        return self.people.caseload.manner(page.workflow)

    def chance(self, page: Page, *about: object) -> Random:
        page.acts += 1
        return self.people.chance(page.reference, page.acts, *about)
