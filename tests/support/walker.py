"""The blind walker: carries any case to an end, knowing only the JSON page of the contract.

It is told of no workflow. It asks `why`, and does what it is asked: answers open questions, applies a fix,
walks the sub-cases it is pointed to, sees to the events that have to happen first, waits until `not_before`,
and fires what is allowed in a role that it is told. It gives every event of a state its turn, the least tried
first, so that it does not go round in a circle for ever.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, Protocol

Json = dict[str, Any]
DEEPEST = 8  # how far it follows what waits for something else


class Page(Protocol):
    """What the walker may do: the four verbs of the contract that it needs, and waiting."""

    def why(self, case: str) -> Json: ...

    def record(self, case: str, fact: str, value: str) -> None: ...

    def fire(self, case: str, event: str, *, role: str, agency: str | None, reason: str | None) -> Json: ...

    def wait_until(self, day: str) -> None: ...

    def today(self) -> str: ...


class Stuck(AssertionError):
    """The page gave nothing to do, and the case has not ended."""


@dataclass
class Walker:
    """Walks cases on *page*; *rng* settles what the page leaves open."""

    page: Page
    rng: Random
    tried: Counter[tuple[str, str]] = field(default_factory=Counter)
    log: list[str] = field(default_factory=list)

    def walk(self, case: str, most: int = 3_000) -> Json:
        """Act on *case* until it has ended; what `why` says then."""
        for _ in range(most):
            why = self.page.why(case)
            if why["ended"]:
                return why
            if not self.act(why, depth=0):
                raise Stuck(f"{case} is stuck in {why['state']}: {self.log[-10:]}")
        raise Stuck(f"{case} has not ended after {most} acts: it is in {why['state']}; {self.log[-10:]}")

    def act(self, why: Json, depth: int) -> bool:
        """Do one thing for the case that *why* describes; whether there was anything to do."""
        if why["ended"] or depth > DEEPEST:
            return False
        # A step that leads nowhere (it records, or opens something) is worth a turn, but not every turn.
        order = sorted(
            why["events"],
            key=lambda event: (
                self.tried[why["case"], event["event"]] * (6 if event["to"] == why["state"] else 1)
                + (event["to"] == why["state"]),
                self.rng.random(),
            ),
        )
        for event in order:
            if self._attempt(why, event, depth):
                self.tried[why["case"], event["event"]] += 1
                return True
        return False

    def _attempt(self, why: Json, event: Json, depth: int) -> bool:
        if depth > DEEPEST:
            return False
        case, name = why["case"], event["event"]
        if event["verdict"] == "allowed" and event["roles"] and not event["open_questions"]:
            return self._fire(case, event)
        if event["open_questions"]:
            self._answer(event["open_questions"][0])
            return True
        for child in event["waiting_for"]:
            if self.act(self.page.why(child), depth + 1):
                return True
        for other in why["events"]:
            if other["event"] in event["waiting_for_events"] and self._attempt(why, other, depth + 1):
                return True
        if event["not_before"] is not None and event["not_before"] > self.page.today():
            self.log.append(f"wait until {event['not_before']} for {name}")
            self.page.wait_until(event["not_before"])
            return True
        if event["fixes"] and event["verdict"] != "allowed":
            self._fix(why, event)
            return True
        return False

    def _fix(self, why: Json, event: Json) -> None:
        """Make the changes of one fix: then the event is allowed, unless the case has moved on by itself."""
        for change in self.rng.choice(event["fixes"]):
            self._record(change["case"], change["fact"], self.rng.choice(change["values"]))
        after = self.page.why(why["case"])
        if after["state"] == why["state"]:
            verdicts = {each["event"]: each["verdict"] for each in after["events"]}
            assert verdicts[event["event"]] == "allowed", (event, self.log[-10:])

    def _fire(self, case: str, event: Json) -> bool:
        agencies = event["agencies"]
        if agencies == []:
            return False
        answer = self.page.fire(
            case,
            event["event"],
            role=self.rng.choice(event["roles"]),
            agency=None if agencies is None else self.rng.choice(agencies),
            reason="as agreed" if event["reason_required"] else None,
        )
        self.log.append(f"{case}: {event['event']} -> {answer.get('to')}")
        # Of several roles one may be for an agency that another is not: that one is then tried another time.
        assert answer["moved"] or len(event["roles"]) > 1, answer
        return True

    def _answer(self, question: Json) -> None:
        match question["type"]:
            case "date":
                ago = timedelta(days=self.rng.choice([0, 0, 1, 300]))
                value = (date.fromisoformat(self.page.today()) - ago).isoformat()
            case "number":
                value = str(self.rng.choice([1, 12, 16, 17, 18]))
            case "labels":
                value = self.rng.choice(["A", "A,B"])
            case "text":
                value = "as recorded in the minutes"
            case _:
                value = self.rng.choice(question["values"])
        self._record(question["case"], question["fact"], value)

    def _record(self, case: str, fact: str, value: str) -> None:
        self.log.append(f"{case}: {fact}={value}")
        self.page.record(case, fact, value)
