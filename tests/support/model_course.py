"""What follows in the model: moves and what they open, automatic steps, parties that join; and time.

`model.py` has the verbs, which begin all this; here it runs its course, one thing after another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from loopengine import Framework, Truth, Workflow
from loopengine.clock import london_date, london_midnight
from loopengine.core.definitions import Each, FromFact, Hold, Opens, Standing, Step
from loopengine.core.values import Fact, Value
from support.model_case import CHANGES, Line, ModelCase, Move, Said, Span, Told
from support.model_clocks import Notice, notices, wind
from support.model_rules import later, reads_time, truth_of

Facts: TypeAlias = Mapping[str, Value | None]


class Thing(NamedTuple):
    """What time alone brings about in a case, *at* an instant: a notice, or an automatic step (None)."""

    at: datetime
    case: ModelCase
    notice: Notice | None


class Wanted(NamedTuple):
    """A case of *workflow* that *opens* opens: for a *party*, or *about* some of those a case names.

    *marks* are noted of it, in its *group*, so that nothing is opened twice for anybody.
    """

    group: tuple[str, str]
    opens: Opens
    workflow: str
    party: str | None = None
    about: tuple[str, ...] = ()
    marks: frozenset[str] = frozenset()


class Course:
    """Every case of *framework* that was opened, by reference, and what comes of what is done to it.

    *now* is the instant of the verb; *at* the instant that is caught up with, before the verb begins.
    *written*, *moved* and *opened* are what has come of the verb so far.
    """

    def __init__(self, framework: Framework, now: datetime) -> None:
        assert framework.first_day == "day_after", "the model counts from the day after, and not otherwise"
        self.framework = framework
        self.cases: dict[str, ModelCase] = {}
        self.now = now
        self.at: datetime | None = None
        self.written: list[tuple[str, Line]] = []
        self.moved: list[str] = []
        self.opened: list[str] = []
        self._numbers: Counter[str] = Counter()
        self._answers = 0
        self._stirred: list[ModelCase] = []

    @property
    def today(self) -> date:
        """The day that it is, or that is caught up with."""
        return london_date(self.at or self.now)

    def begin(self, now: datetime) -> None:
        """Forget what came of the verb before; it is *now*."""
        self.now = now
        self.written, self.moved, self.opened = [], [], []

    # --- what time brings -----------------------------------------------------------------------------------

    def catch_up(self, cases: Iterable[ModelCase]) -> None:
        """Have the families of *cases* do what has fallen due by now, one thing after another.

        Of what falls due at one instant, in the order in which the cases were opened. Families that are begun
        meanwhile come along.
        """
        roots = {case.root for case in cases}
        while thing := self._next([case for case in self.cases.values() if case.root in roots]):
            before = len(self.opened)
            self.at = thing.at
            if thing.notice is None:
                self._stirred.append(thing.case)
            else:
                self._give(thing.case, thing.notice)
            self.settle(self.today)
            self.at = None
            roots |= {self.cases[reference].root for reference in self.opened[before:]}
        for case in self.cases.values():
            if case.root in roots:
                case.looked = self.today

    def is_behind(self, now: datetime) -> bool:
        """Whether something has fallen due anywhere by *now*."""
        self.now = now
        return self._next(self.cases.values()) is not None

    def _next(self, cases: Iterable[ModelCase]) -> Thing | None:
        """What has to be done first in *cases*, of what has fallen due by now; in one case, what a clock says
        goes first.
        """
        due = [
            *(Thing(notice.at, case, notice) for case in cases for notice in notices(case)),
            *(Thing(at, case, None) for case in cases for at in self._turns(case)),
        ]
        order = list(self.cases)
        return min(
            (thing for thing in due if thing.at <= self.now),
            key=lambda thing: (
                thing.at,
                order.index(thing.case.reference),
                (0, thing.notice.due_at) if thing.notice else (1, thing.at),
            ),
            default=None,
        )

    def _turns(self, case: ModelCase) -> list[datetime]:
        """When an automatic step of *case* can be taken, or something arises or ceases, on the first day of
        those not looked at yet.
        """
        timed = _timed(case.workflow, case.state.name)
        standing = [rule for rule in case.workflow.standing.values() if reads_time(rule.when)]
        day = case.looked
        while (timed or standing) and day < self.today:
            day += timedelta(days=1)
            if any(outlook(step, case, day) == "allowed" for step in timed) or any(
                changes(rule, case, day) for rule in standing
            ):
                return [london_midnight(day)]
        return []

    def _give(self, case: ModelCase, notice: Notice) -> None:
        """Let a clock say, or do, what it has to: once."""
        clock = case.clocks[notice.deadline]
        clock.said.append(notice.name)
        line = Line(notice.kind, self.today, notice.due_at, None, f"{notice.deadline}/{notice.name}")
        if notice.kind != "then":
            told = (notice.kind, notice.deadline, clock.armed, notice.name, clock.due, notice.due_at)
            case.told.append(Told(len(case.lines) + 1, *told))
            self.write(case, line)
            return
        event = case.workflow.deadlines[notice.deadline].then
        step = case.state.steps.get(str(event))
        line = line._replace(kind="moved", what=event)
        if step is not None and outlook(step, case, self.today) == "allowed":
            self.take(case, step, self.today, line)
        else:
            self.write(case, line._replace(kind="refused"))

    # --- what follows of itself -----------------------------------------------------------------------------

    def settle(self, on: date) -> None:
        """Take automatic steps, of what was stirred and what that stirs, until none is left.

        A step is taken on the first day from *on* to today on which it can be, but not before the case was in
        its state.
        """
        while self._stirred:
            case = self._stirred.pop(0)
            self._let_join(case)
            case.looked = self.today
            for rule in case.workflow.standing.values():
                self._let_arise(case, rule, on)
            first = min(max(on, case.entered_on or case.moves[0].on), self.today)
            days = [first + timedelta(days=n) for n in range((self.today - first).days + 1)]
            automatic = [step for step in case.state.steps.values() if step.automatic]
            ready = (
                (step, day) for step in automatic for day in days if outlook(step, case, day) == "allowed"
            )
            if taken := next(ready, None):
                self.take(case, *taken)

    def _let_join(self, case: ModelCase) -> None:
        """Open, for the parties that have joined since, what was opened for each of the others."""
        facts = case.facts(self.today)
        begun = [(step.event, step.opens) for step in case.workflow.steps() if case.last(step.event)]
        begun += [
            (name, case.workflow.standing[name].opens)
            for name in case.workflow.standing
            if name in case.standing
        ]
        wanted: list[Wanted] = []
        for event, opens in [] if case.state.final else begun:
            followed = [each for each in self._wanted(case, event, opens, facts) if each.party is not None]
            wanted += [each for each in followed if each not in wanted]
        if wanted:
            self.write(case, Line("joined", self.today))
            self._open_each(case, wanted, facts, self.today)

    def _let_arise(self, case: ModelCase, rule: Standing, on: date) -> None:
        """Write what has become so and what is so no more, on each day from *on* to today on which it did."""
        spans = case.standing.get(rule.name, ())
        day = max([on, case.moves[0].on, *(spans[-1].until or spans[-1].since for _ in spans[:1])])
        while day <= self.today:
            if changes(rule, case, day):
                self._change(case, rule, day)
            else:
                day += timedelta(days=1)

    def _change(self, case: ModelCase, rule: Standing, on: date) -> None:
        kind, wanted = "ceased", []
        if case.stands(rule.name):
            case.standing[rule.name][-1].until = on
        else:
            kind = "arose"
            if rule.name not in case.standing:  # what it opens is opened once in the life of a case
                wanted = self._wanted(case, rule.name, rule.opens, case.facts(on))
            case.standing.setdefault(rule.name, []).append(Span(on))
        if rule.tell:
            told = (kind, rule.name, len(case.standing[rule.name]), kind, on, self.at or self.now)
            case.told.append(Told(len(case.lines) + 1, *told))
        self.write(case, Line(kind, on, what=rule.name))
        self._open_each(case, wanted, case.facts(on), on)

    def take(self, case: ModelCase, step: Step, on: date, line: Line | None = None) -> None:
        """Take *step*, and open what it opens."""
        facts, before = case.facts(on), (case.reached, case.excused)
        wanted = self._wanted(case, step.event, step.opens, facts)
        case.moves.append(Move(step.event, step.to, on, len(case.lines) + 1))
        for fact, value in step.sets.items():
            self.say(case, fact, value, on)
        self.moved.append(case.reference)
        self.write(case, line or Line("moved", on, what=step.event))
        if case.parent is not None and (case.reached, case.excused) != before:
            self._stir(case.parent)
        self._open_each(case, wanted, facts, on)

    def _wanted(
        self, case: ModelCase, event: str, every: Iterable[Opens], facts: Mapping[str, Value]
    ) -> list[Wanted]:
        """What *event* opens, and for whom: nothing that is there already."""
        wanted: list[Wanted] = []
        for opens in every:
            if opens.chosen is not None:
                wanted += self._chosen(case, opens, facts)
            elif opens.for_each is None:
                wanted.append(Wanted((event, ""), opens, opens.workflow))
            elif opens.for_each in facts:
                group = (event, opens.kind or str(opens.link))
                parties = sorted(agencies_in(facts[opens.for_each]) - case.opened_for.get(group, set()))
                wanted += [
                    Wanted(group, opens, opens.workflow, party, marks=frozenset({party})) for party in parties
                ]
        return wanted

    def _chosen(self, case: ModelCase, opens: Opens, facts: Mapping[str, Value]) -> list[Wanted]:
        """The reviews that are chosen: of each item by itself, or of several *together*."""
        fact, group = str(opens.chosen), (str(opens.chosen), str(opens.link))
        together, wanted = facts.get(opens.together or "", frozenset()), []
        names = named(case, fact, self.today)
        for review in case.workflow.fact_asked(fact).values:
            new = [
                name
                for name in names
                if review in agencies_in(facts.get(f"{fact}.{name}" if name else fact, frozenset()))
                and f"{review} {name}" not in case.opened_for.get(group, set())
            ]
            share = review in agencies_in(together) and _names(self.framework.workflow(review)) and any(new)
            for about in [tuple(new)] if share else [(name,) for name in new]:
                marks = frozenset(f"{review} {name}" for name in about)
                wanted.append(Wanted(group, opens, review, None, tuple(filter(None, about)), marks))
        return wanted

    def _open_each(
        self, case: ModelCase, wanted: Iterable[Wanted], facts: Mapping[str, Value], on: date
    ) -> None:
        for each in wanted:
            opens = each.opens
            case.opened_for.setdefault(each.group, set()).update(each.marks)
            workflow = self.framework.workflow(each.workflow)
            given: dict[str, Value | None] = {
                name: value
                for name, source, value in _about(each.about, case, workflow, facts)
                if _goes_on(opens, case.workflow, workflow, source, name, value)
            }
            for name, value in opens.sets.items():
                match value:
                    case Each():
                        given[name] = each.party
                    case FromFact(fact):
                        given |= {name: facts[fact]} if fact in facts else {}
                    case _:
                        given[name] = value
            parent = None if opens.kind is None else case
            opened = self.add(workflow, given, on, parent, opens.kind)
            if opens.link is not None:
                opened.links.append((opens.link, case.reference))

    def add(
        self, workflow: Workflow, facts: Facts, on: date, parent: ModelCase | None, kind: str | None
    ) -> ModelCase:
        """Open a case."""
        prefix = f"{workflow.reference}-{on.year}"
        self._numbers[prefix] += 1
        reference = f"{prefix}-{self._numbers[prefix]:03}"
        opening = Move("opened", workflow.starts, on, 1)
        case = self.cases[reference] = ModelCase(reference, workflow, parent, kind, [opening], self.today)
        for fact, value in facts.items():
            self.say(case, fact, value, on)
        self.opened.append(reference)
        self.write(case, Line("opened", on, what="opened"))
        if parent is not None:
            parent.under.append(case)
            self._stir(parent)
        return case

    def end_in_error(self, case: ModelCase, on: date) -> None:
        """End a case that should never have been opened: whatever is above it counts it no more."""
        case.moves.append(Move("withdrawn", "withdrawn", on, len(case.lines) + 1))
        case.in_error = True
        self.write(case, Line("withdrawn", on))
        if case.parent is not None:
            self._stir(case.parent)

    def say(self, case: ModelCase, fact: str, value: Value | None, on: date) -> None:
        """Answer a fact, as it is from the day *on*."""
        self._answers += 1
        case.said.setdefault(fact, []).append(Said(on, self._answers, value))

    def write(self, case: ModelCase, line: Line, released: Hold | None = None) -> None:
        """Add *line* to the history of *case*, and see what follows, unless it is a refusal."""
        line = line._replace(due=line.due or self.at)
        case.lines.append(line)
        self.written.append((case.reference, line))
        if line.kind in CHANGES:
            wind(case, self.today, self.at or self.now, released)
        if line.kind != "refused":
            self._stir(case)

    def _stir(self, case: ModelCase) -> None:
        if case not in self._stirred:
            self._stirred.append(case)


def outlook(step: Step, case: ModelCase, on: date) -> str:
    """The verdict of rule, wait and holds on *step* on the day *on*, whoever asks."""
    verdict = truth_of(step.when, case, on)
    if verdict is Truth.FALSE or must_wait(step, case, on) or is_blocked(step, case, on):
        return "refused"
    return "allowed" if verdict is Truth.TRUE else "undetermined"


def must_wait(step: Step, case: ModelCase, on: date) -> bool:
    """Whether *step* has to wait longer than until the day *on*."""
    if step.wait is None:
        return False
    last = case.last(step.wait.after, on)
    return last is None or on < later(last, step.wait.at_least)


def is_blocked(step: Step, case: ModelCase, on: date) -> bool:
    """Whether a hold that was on, or is, on the day *on* blocks *step*."""
    return any(
        step.event in case.workflow.holds[name].blocks and span.since <= on < (span.until or date.max)
        for name, spans in case.holds.items()
        for span in spans
    )


def agencies_in(value: Value) -> frozenset[str]:
    """The agencies that are meant by a party, or by several."""
    return value if isinstance(value, frozenset) else frozenset({str(value)})


def changes(rule: Standing, case: ModelCase, on: date) -> bool:
    """Whether *rule* is other on the day *on* than is known; what nobody is told of never ceases."""
    stands = case.stands(rule.name)
    return (truth_of(rule.when, case, on) is Truth.TRUE) is not stands and (not stands or bool(rule.tell))


def named(case: ModelCase, fact: str, on: date) -> list[str]:
    """Those of whom *fact* is asked in *case*, each by itself; [""] if nobody is named."""
    listing = next((each for each in case.workflow.lists.values() if fact in each.facts), None)
    if listing is None:
        return [""]
    if listing.named_by is None:
        return [each.name for each in listing.items]
    now = case.facts(on).get(listing.name, frozenset())
    return sorted(agencies_in(now)) or [""]


def _about(
    about: tuple[str, ...], case: ModelCase, other: Workflow, facts: Mapping[str, Value]
) -> list[tuple[str, str, Value]]:
    """What is known of those whom a new case of *other* is *about*: its name of it, that of *case*, and it.

    A review of one child asks of "the child" what the incident asks of child A.
    """
    if not about:
        return [(name, name, value) for name, value in facts.items()]
    listing, names = _names(case.workflow), _names(other)
    found = [(name, name, facts[name]) for name in facts if "." not in name and name != listing]
    if names is not None:
        found.append((names, names, frozenset(about)))
    for plain in case.workflow.lists[str(listing)].facts:
        for name in about:
            source = f"{plain}.{name}" if f"{plain}.{name}" in facts else plain
            if source in facts:
                found.append((f"{plain}.{name}" if names else plain, source, facts[source]))
    return found


def _names(workflow: Workflow) -> str | None:
    """The fact that names whom a case of *workflow* is about, if it may be about several."""
    return next((each.name for each in workflow.lists.values() if each.named_by and each.plainly), None)


def _goes_on(opens: Opens, own: Workflow, other: Workflow, source: str, name: str, value: Value) -> bool:
    """Whether the case that is opened takes over the answer *value* to *source*, which it calls *name*."""
    plain = source.partition(".")[0]
    if opens.carry is not True and plain not in (opens.carry or ()):
        return False
    asked, asks = _declared(own, source), _declared(other, name)
    if asked is None or asks is None or asked.type != asks.type:
        return False
    takes = set(asks.values)
    return not takes or set(agencies_in(value)) <= takes


def _declared(workflow: Workflow, name: str) -> Fact | None:
    """The fact called *name*, be it asked once or of each."""
    plain, _, item = name.partition(".")
    declared = {**workflow.facts, **workflow.repeated}
    return declared.get(plain) if not item or plain in workflow.repeated else None


@lru_cache(maxsize=1_000)
def _timed(workflow: Workflow, state: str) -> tuple[Step, ...]:
    """The automatic steps of *state* that time alone can allow."""
    steps = workflow.states[state].steps.values()
    return tuple(
        step for step in steps if step.automatic and (step.wait or (step.when and reads_time(step.when)))
    )
