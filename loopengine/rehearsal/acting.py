"""What somebody does when it is their turn with a case: they ask why, answer, mend, wait, and take a step.

They are told of no workflow: what may happen they ask the engine. The caseload says how they answer, decide
and dawdle, and how often they are wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from typing import TypeAlias

from loopengine.core.machine import Moved
from loopengine.core.rules.fixing import Fix
from loopengine.engine.why import Outlook
from loopengine.errors import RefusedError
from loopengine.rehearsal.caseload import First
from loopengine.rehearsal.chance import by_weight
from loopengine.rehearsal.deciding import first_of_same
from loopengine.rehearsal.desk import Desk
from loopengine.rehearsal.diary import OVER, Page
from loopengine.rehearsal.people import UNIT

_TURNS = 40  # so often somebody looks at a case in a day, at most
_DEEPEST = 4  # so far they follow what has to happen first

_RARE = 0.1  # a step of less weight is not taken for want of another, but only if chance wants it


class Came(Enum):
    """What came of going for an event, if not a day on which to look again."""

    AGAIN = "look again at once"
    CANNOT = "the event cannot be had"
    WAIT = "somebody else has to move the case first"


_Came: TypeAlias = date | Came


@dataclass(slots=True)
class Office(Desk):
    """Everybody at work on the cases; *seen* are the states in which a case was found, by workflow."""

    seen: set[tuple[str, str]] = field(default_factory=set)

    def begin(self, page: Page, state: str) -> None:
        """Turn *page* to a new stay of its case, in *state*: when somebody will look at it, and its holds."""
        manner = self.people.caseload.manner(page.workflow)
        page.state, page.done, page.mends, page.stays = state, 0, 0, page.stays + 1
        self.seen.add((page.workflow, state))
        chance = self.people.chance(page.reference, page.stays, "days")
        days = manner.days_in.get(state, manner.days)
        page.day = self.today + timedelta(days=days.drawn(chance))
        for each in manner.holds:
            if each.state == state and page.hold is None and chance.random() < each.share:
                who = self.people.acting(UNIT, None, chance)
                self.engine.hold(page.reference, each.hold, by=who, reason="as the police have told us")
                page.hold, page.release_on = each.hold, self.today + timedelta(days=each.days.drawn(chance))

    def release(self, page: Page) -> None:
        """Release the hold that *page* says is on."""
        if page.hold is not None:
            who = self.people.acting(UNIT, None, self.chance(page, "release"))
            self.engine.release(page.reference, page.hold, by=who, reason="it is over")
        page.hold, page.release_on = OVER, None
        self.diary.write(page)

    def visit(self, page: Page) -> None:
        """Do for the case of *page* what is to be done for it today."""
        if page.stays == 1 and self._merge(page):
            return
        for _ in range(_TURNS):
            if self._has_ended(page):
                return
            if page.day is not None and page.day > self.today:
                break
            came = Came.AGAIN if self._first(page) else self._way_on(page)
            if came is not Came.AGAIN:
                page.day = came if isinstance(came, date) else None
                break
        else:
            page.day = self.later(page)
        self.diary.write(page)

    def _merge(self, page: Page) -> bool:
        """Merge the case into another that was opened for the same, if there is one; whether there was."""
        same = first_of_same(self.engine, self.people.caseload.merged.get(page.workflow), page.reference)
        if same is None:
            return False
        who = self.people.acting(UNIT, None, self.chance(page, "merge"))
        try:
            self.engine.merge(page.reference, same, by=who, reason="referred already")
        except RefusedError:
            return False
        self.diary.forget(page.reference)
        return True

    def _has_ended(self, page: Page) -> bool:
        """Whether the case is in an end: nobody looks at it again, but to release what it is held for."""
        if not self.workflow(page).states[page.state].final:
            return False
        if page.release_on is None:
            self.diary.forget(page.reference)
        else:
            page.day = None
            self.diary.write(page)
        return True

    def _look(self, page: Page, event: str) -> Outlook | None:
        """The outlook on *event*; none if the case has moved, and does not answer it: a new stay begins."""
        why = self.engine.explain(page.reference, event, brief=True)
        if why.case.state != page.state:
            self.begin(page, why.case.state)
            return None
        return why.events[0]

    def _first(self, page: Page) -> bool:
        """Do the next of what is done at the beginning of a stay; whether there was anything left."""
        plan = self._plan(page, self.manner(page).first.get(page.state, ()))
        if page.done >= len(plan):
            return False
        outlook = self._look(page, plan[page.done])
        if outlook is None:
            return True
        if outlook.verdict != "allowed" and outlook.questions:
            self.answer(page, outlook.questions)
            return True
        page.done += 1
        if outlook.verdict == "allowed":
            self._fire(page, outlook)
        return True

    def _plan(self, page: Page, firsts: Iterable[First]) -> list[str]:
        plan: list[str] = []
        for each in firsts:
            chance = self.people.chance(page.reference, page.stays, "first", each.event)
            if chance.random() < each.share:
                plan += [each.event] * chance.randint(each.least, each.most)
        return plan

    def _way_on(self, page: Page) -> _Came:
        """Go for one of the events that lead on, in an order that is the same for the whole stay.

        If none can be had as things are, something is mended for it; a rare way out comes last, unless chance
        put it first.
        """
        choose = self.manner(page).choose
        steps = self.workflow(page).states[page.state].steps
        weights = {
            name: choose.get(name, 0.0 if step.to == page.state else 1.0) for name, step in steps.items()
        }
        order = by_weight(self.people.chance(page.reference, page.stays, "way"), weights)
        usual = [name for name in order if name == order[0] or weights[name] >= _RARE]
        fixes: dict[str, Iterable[Fix]] = {}
        for names in (usual, [name for name in order if name not in usual]):
            for name in names:
                came = self._go_for(page, name, fixes)
                if came is not Came.CANNOT:
                    return came
            for name in names:
                if mended := self.mend(page, fixes.get(name, ())):
                    return mended if isinstance(mended, date) else Came.AGAIN
        return Came.WAIT if all(steps[name].automatic for name in order) else self.later(page)

    def _go_for(self, page: Page, event: str, fixes: dict[str, Iterable[Fix]], depth: int = 0) -> _Came:
        """Do the next thing that brings *event* nearer; or tell by which *fixes* it could be had."""
        outlook = self._look(page, event)
        if outlook is None:
            return Came.AGAIN
        if outlook.verdict == "allowed":
            return Came.WAIT if outlook.automatic else self._take(page, outlook)
        if outlook.blocked_by:
            return page.release_on or self.later(page)
        if outlook.questions:
            self._try_early(page, outlook)
            self.answer(page, outlook.questions)
            return Came.AGAIN
        for other in self._before(page, outlook) if depth < _DEEPEST else ():
            came = self._go_for(page, other, fixes, depth + 1)
            if came is not Came.CANNOT:
                return came
        if outlook.linked and self._tie(page, outlook.linked):
            return Came.AGAIN
        if outlook.not_before is not None and outlook.not_before > self.today:
            return outlook.not_before
        if outlook.waiting_for:
            return Came.WAIT if outlook.automatic else self.later(page)
        if outlook.unanswered:
            self.answer(page, outlook.unanswered)
            return Came.AGAIN
        fixes[event] = outlook.fixes
        return Came.CANNOT

    def _before(self, page: Page, outlook: Outlook) -> list[str]:
        """The events that have to happen before that of *outlook*: those that it reads, or that open what it
        counts.
        """
        kinds = set() if outlook.waiting_for else {kind for kind, _ in outlook.awaits}
        steps = self.workflow(page).states[page.state].steps
        opening = [name for name, step in steps.items() if kinds & {each.kind for each in step.opens}]
        return [*(name for name in outlook.waiting_for_events if name in steps), *opening]

    def _take(self, page: Page, outlook: Outlook) -> _Came:
        """Take the step, after somebody has perhaps tried it who may not."""
        chance = self.chance(page, "take")
        roles = [role for role in self.engine.framework.roles if role not in outlook.roles]
        if roles and chance.random() < self.people.caseload.habits.wrong_role:
            who = self.people.acting(chance.choice(roles), None, chance)
            self.engine.fire(page.reference, outlook.event, by=who, reason="in a hurry")
        return self._fire(page, outlook)

    def _fire(self, page: Page, outlook: Outlook) -> _Came:
        if outlook.agencies is not None and not outlook.agencies:
            return Came.CANNOT
        chance = self.chance(page, "fire", outlook.event)
        agency = None if outlook.agencies is None else chance.choice(outlook.agencies)
        who = self.people.acting(chance.choice(outlook.roles), agency, chance)
        reason = "as the minutes say" if outlook.reason_required else None
        decision = self.engine.fire(page.reference, outlook.event, by=who, reason=reason)
        self.wake(decision.also_moved)
        if not isinstance(decision, Moved):
            return self.today + timedelta(days=1)
        if chance.random() < self.people.caseload.habits.wrong_step and self._strike_out(page):
            return Came.AGAIN
        for fact in self.manner(page).again.get(outlook.event, ()):
            asked = self.engine.framework.workflow(page.workflow).fact_asked(fact)
            who = self.people.answering(asked, chance)
            self.engine.record(page.reference, {fact: "unknown"}, by=who)
        if decision.to != page.state:
            self.begin(page, decision.state)
        return Came.AGAIN

    def _strike_out(self, page: Page) -> bool:
        """Strike out the step that was just taken, if nothing stands against it; whether that was so."""
        who = self.people.acting(UNIT, None, self.chance(page, "strike out"))
        try:
            struck = self.engine.correct(page.reference, by=who, reason="it was taken for another case")
        except RefusedError:
            return False
        self.wake((*struck.withdrawn, *struck.reopened, *struck.also_moved))
        self.begin(page, struck.state)
        return True

    def _try_early(self, page: Page, outlook: Outlook) -> None:
        chance = self.chance(page, "early")
        if not outlook.automatic and chance.random() < self.people.caseload.habits.too_early:
            agency = chance.choice(outlook.agencies) if outlook.agencies else None
            who = self.people.acting(chance.choice(outlook.roles), agency, chance)
            decision = self.engine.fire(page.reference, outlook.event, by=who, reason="as the minutes say")
            self.wake(decision.also_moved)

    def _tie(self, page: Page, kinds: Iterable[str]) -> bool:
        """Tie cases of the linked *kinds* to this one, as the caseload says; whether there were any."""
        tied = False
        for each in self.manner(page).ties:
            found = self.diary.untied(each.workflow, each.state, each.most) if each.kind in kinds else []
            for other in found:
                who = self.people.acting(UNIT, None, self.chance(page, "tie", other.reference))
                self.engine.link(
                    page.reference, other.reference, each.kind, by=who, reason="heard at this event"
                )
                other.tied = tied = True
                self.diary.write(other)
        return tied
