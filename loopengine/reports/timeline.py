"""The history of a case in words: what happened, who did it, from where to where, and why.

Values only; what users wrote is in them as it is. Does not know how a page is laid out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from loopengine.clock import london_date
from loopengine.core.definitions import Framework, Step, Workflow
from loopengine.core.ends import state_of
from loopengine.core.rules.english import render
from loopengine.core.rules.explanation import Node
from loopengine.core.rules.expressions import Source
from loopengine.core.values import Json
from loopengine.engine.results import Line
from loopengine.reports.naming import answer_words, plainly, title_of

_BY_ITSELF = frozenset({"reminded", "overdue", "escalated", "arose", "ceased", "reckoned", "joined"})


@dataclass(frozen=True, slots=True)
class Said:
    """What was asked, and what was answered."""

    ask: str
    answer: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """By which rule a step was decided: in words, whether it was met, on whose authority, and each part."""

    rule: str
    cites: tuple[str, ...]
    node: Node | None


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of a history.

    *so_on* is the day on which it was so, *recorded_at* when it was written down, if that was on another.
    *kind* is the entry's; *way* says from where to where; *why_not* why it was refused; *struck_by* is the
    entry that struck it out, if one did.
    """

    n: int
    kind: str
    what: str
    so_on: date
    recorded_at: datetime | None
    who: str
    roles: tuple[str, ...]
    way: str | None = None
    marks: tuple[str, ...] = ()
    reason: str | None = None
    evidence: str | None = None
    answers: tuple[Said, ...] = ()
    why_not: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    grounds: Grounds | None = None
    struck_by: int | None = None

    @property
    def by_itself(self) -> bool:
        """Whether no person did it."""
        return self.kind in _BY_ITSELF or "automatic" in self.marks


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells the history of a case of *workflow* under *framework*; *because* are the reasons, by entry."""

    workflow: Workflow
    framework: Framework
    because: Mapping[int, Node]

    def tell(self, lines: Sequence[Line]) -> tuple[Moment, ...]:
        """*lines* in words, in their order."""
        return tuple(map(self.moment, lines))

    def moment(self, line: Line) -> Moment:
        """*line* in words."""
        entry, body = line.entry, line.entry.body
        step = self._step(line)
        recorded_on = london_date(entry.recorded_at)
        return Moment(
            n=entry.n,
            kind=entry.kind,
            what=self._what(line),
            so_on=entry.so_on,
            recorded_at=None if recorded_on == entry.so_on else entry.recorded_at,
            who=line.by,
            roles=self._roles(body.get("by")),
            way=self._way(line),
            marks=tuple(_marks(body)),
            reason=line.reason,
            evidence=line.evidence(),
            answers=tuple(self._answers(line)),
            why_not=_texts(body.get("reasons")) if entry.kind == "refused" else (),
            opened=_texts(body.get("opened")),
            told=tuple(title_of(each, self.framework.roles) for each in _texts(body.get("told"))),
            notes=tuple(_notes(line)),
            grounds=self._grounds(line, step),
            struck_by=line.undone_by,
        )

    def _what(self, line: Line) -> str:
        entry = line.entry
        event, deadline = self._event(line), self._deadline(entry.text("deadline"))
        match entry.kind:
            case "opened":
                cycle = entry.text("cycle")
                how = "Taken over in the middle of its way" if entry.body.get("adopted") else "Opened"
                return f"{how} by the cycle {plainly(cycle)}" if cycle else how
            case "recorded":
                return "Recorded"
            case "corrected":
                return "Corrected: what was on file was wrong"
            case "refused":
                return f"Refused: {event}"
            case "held":
                return f"Put on hold: {self._hold(entry.text('hold'))}"
            case "released":
                return f"Hold released: {self._hold(entry.text('hold'))}"
            case "linked":
                return f"Linked: {self._link(entry.body.get('link'))}"
            case "arose":
                return f"Has arisen: {self._standing(entry.text('standing'))}"
            case "ceased":
                return f"No longer so: {self._standing(entry.text('standing'))}"
            case "joined":
                return "Others have joined"
            case "reminded":
                return f"Reminder: {deadline}"
            case "overdue":
                return f"Overdue: {deadline}"
            case "escalated":
                return f"Escalated: {deadline}"
            case "undone":
                undone = "what had ended it" if entry.text("event") is None else event
                return f"Put right: {undone} is undone"
            case "withdrawn":
                return "Withdrawn: it was opened in error"
            case "merged":
                return self._link(entry.body.get("link"))
            case "reckoned":
                return f"Due dates reckoned anew: {entry.text('why') or 'the calendar has changed'}"
            case _:
                return f"{event}, when the time was up" if entry.text("notice") else event

    def _way(self, line: Line) -> str | None:
        body = line.entry.body
        came, went = body.get("from"), body.get("to")
        if not isinstance(went, str):
            return None
        to = self._state(went)
        if not isinstance(came, str):
            return f"It stands at: {to}"
        return f"It stays at: {to}" if came == went else f"From “{self._state(came)}” to “{to}”"

    def _step(self, line: Line) -> Step | None:
        event, source = line.entry.text("event"), line.entry.text("from")
        if event is None:
            return None
        states = self.workflow.states
        if source is not None and source in states:
            return states[source].steps.get(event)
        return next((each for each in self.workflow.steps() if each.event == event), None)

    def _event(self, line: Line) -> str:
        step, event = self._step(line), line.entry.text("event")
        if step is not None and step.title:
            return step.title
        return plainly(event or line.entry.kind)

    def _grounds(self, line: Line, step: Step | None) -> Grounds | None:
        if line.entry.kind not in ("moved", "refused", "arose"):
            return None
        standing = line.entry.text("standing")
        ruled = self.workflow.standing.get(standing) if standing is not None else step
        if ruled is None:
            return None
        rule, node = ruled.when, self.because.get(line.entry.n)
        said = "" if rule is None else render(rule.condition, self.workflow.facts)
        cited = [*ruled.sources, *(() if node is None else _sources(node))]
        cites = tuple(dict.fromkeys(each.cite for each in cited))
        return Grounds(said, cites, node) if said or cites else None

    def _answers(self, line: Line) -> Iterator[Said]:
        for name, value in line.facts().items():
            fact = self.workflow.fact_asked(name)
            yield Said(fact.ask, answer_words(fact, value, self.framework))

    def _roles(self, by: Json) -> tuple[str, ...]:
        if not isinstance(by, Mapping):
            return ()
        roles = tuple(title_of(each, self.framework.roles) for each in _texts(by.get("roles")))
        agency = by.get("agency")
        return (*roles, title_of(agency, self.framework.agencies)) if isinstance(agency, str) else roles

    def _link(self, link: Json) -> str:
        if not isinstance(link, Mapping):
            return "to another case"
        tie = self.framework.links.get(str(link["name"]))
        return f"{plainly(str(link['name'])) if tie is None else tie.title} {link['case']}"

    def _state(self, name: str) -> str:
        state = state_of(self.workflow, name)
        return plainly(name) if state is None else state.title

    def _deadline(self, name: str | None) -> str:
        found = None if name is None else self.workflow.deadlines.get(name)
        return (found.title if found else None) or plainly(name or "")

    def _hold(self, name: str | None) -> str:
        found = None if name is None else self.workflow.holds.get(name)
        return found.title if found else plainly(name or "")

    def _standing(self, name: str | None) -> str:
        found = None if name is None else self.workflow.standing.get(name)
        return (found.title if found else None) or plainly(name or "")


def _marks(body: Mapping[str, Json]) -> Iterator[str]:
    if body.get("automatic"):
        yield "automatic"
    if body.get("overrode"):
        yield "the rule was overridden"


def _notes(line: Line) -> Iterator[str]:
    body = line.entry.body
    yield from _texts(body.get("warnings"))
    if passes := _texts(body.get("passes")):
        yield f"It passed through: {', '.join(map(plainly, passes))}."
    if undoes := body.get("undoes"):
        numbers = ", ".join(str(n) for n in undoes) if isinstance(undoes, Sequence) else str(undoes)
        yield f"This strikes out what stands above under {numbers}."
    if withdrawn := _texts(body.get("withdrawn")):
        yield f"Withdrawn with it: {', '.join(withdrawn)}."
    if along := line.entry.text("along_with"):
        yield f"Along with {along}."
    if line.entry.kind == "reckoned":
        for name, clock in (line.clocks() or {}).items():
            due = clock.get("due") if isinstance(clock, Mapping) else None
            yield f"{plainly(name)}: {'no more' if due is None else f'now due on {due}'}."


def _sources(node: Node) -> Iterator[Source]:
    yield from node.sources
    for part in node.parts:
        yield from _sources(part)


def _texts(value: Json) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        return ()
    return tuple(map(str, value))
