"""Frameworks and workflows as frozen values: what `loading.py` makes of the files, and everybody else reads.

Knows nothing of YAML, cases or storage. The meaning of every field is in `docs/format.md`, under the key of
the same name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from itertools import count, dropwhile, takewhile
from types import MappingProxyType
from typing import Literal, TypeAlias, TypeVar

from loopengine.core.durations import Duration, shift
from loopengine.core.exchange import Exchange
from loopengine.core.monitors import Monitor
from loopengine.core.routes import Otherwise, Route, Routing, route
from loopengine.core.rules.assessment import Assessment, assess
from loopengine.core.rules.expressions import Quorum, Source
from loopengine.core.rules.lists import Listing, Unfolding, asked_of, asked_plainly
from loopengine.core.rules.verdicts import Rule
from loopengine.core.values import Fact, Value
from loopengine.errors import UnknownName, UsageError

Stage: TypeAlias = Literal[
    "referral", "decision", "review", "learning_identified", "disseminated", "embedded", "evaluated"
]
# The seven stages of the learning loop, in order: the framework's appendix 1 (framework.md, 9.6).
STAGES: tuple[Stage, ...] = (
    "referral", "decision", "review", "learning_identified", "disseminated", "embedded", "evaluated",
)  # fmt: skip

# The roles that every framework has (docs/format.md). A framework file gives them titles, or adds others.
ROLES = (
    "local_authority", "business_unit", "learning_and_improvement", "performance_and_evaluation",
    "workforce_development", "independent_chair", "management_group", "executive", "lead_reviewer", "agency",
    "agency_lead", "child_death_overview_panel", "youth_justice_service", "national_panel", "junior_board",
)  # fmt: skip

_Known = TypeVar("_Known")

NO_NAMES: Mapping[str, Collection[str]] = MappingProxyType({})
OPENED = "opened"  # the event that every case begins with
OWNER = "owner"  # in `tell` of a standing rule: whoever has the move
Roll: TypeAlias = Literal["none", "next", "previous"]
Carry: TypeAlias = bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Party:
    """Who may act, or whose move it is: a role, and for `of: FACT` only for the agencies in that fact."""

    role: str
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """At least so long after an event last happened."""

    at_least: Duration
    after: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class FromFact:
    """In `opens: set:`, the value that a fact of the opening case has."""

    fact: str


@dataclass(frozen=True, slots=True)
class Each:
    """In `opens: set:`, the party that this one is opened for."""


@dataclass(frozen=True, slots=True)
class Opens:
    """Cases that are opened: sub-cases of *kind*, or a case of its own tied by *link*.

    *carry* are the facts whose answers they take over; True are all that both have. Where the cases are the
    reviews that a fact has *chosen*, for each item of its list, they have no other *workflow*; those that are
    in the fact *together* are opened once for all items.
    """

    workflow: str
    kind: str | None = None
    link: str | None = None
    for_each: str | None = None
    sets: Mapping[str, Value | FromFact | Each] = field(default_factory=dict)
    carry: Carry = False
    chosen: str | None = None
    together: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What a state does with one event."""

    event: str
    source: str
    to: str
    title: str | None = None
    by: tuple[Party, ...] = ()
    not_of: str | None = None
    when: Rule | None = None
    reason_required: bool = False
    override: str | None = None
    wait: Wait | None = None
    passes: tuple[Stage, ...] = ()
    sets: Mapping[str, Value] = field(default_factory=dict)
    automatic: bool = False
    opens: tuple[Opens, ...] = ()
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """Where a case can stand; *final* ends it, *excused* takes it out of its parent's `every`.

    *no_clock* is the argument of the file for letting nothing be due while a case stands there.
    """

    name: str
    title: str
    stage: Stage | None = None
    owner: tuple[Party, ...] = ()
    final: bool = False
    excused: bool = False
    no_clock: str | None = None
    steps: Mapping[str, Step] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remind:
    """A message so long before a deadline falls due."""

    before: Duration
    tell: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rung:
    """A message so long after a deadline fell due: one rung of its ladder."""

    after: Duration
    tell: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A clock between two events.

    Either *within* so long of the latest of *starts* (events, `opened`, or date facts); or *due* on the day
    in a date fact; or *within* so long *before* the day in one. *until* are the events that stop it; *then*
    is an event fired when the time is up.
    """

    name: str
    sources: tuple[Source, ...]
    title: str | None = None
    within: Duration | None = None
    starts: tuple[str, ...] = ()
    due: str | None = None
    before: str | None = None
    until: tuple[str, ...] = ()
    roll: Roll = "none"
    reminders: tuple[Remind, ...] = ()
    ladder: tuple[Rung, ...] = ()
    then: str | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Something outside that stops some clocks and blocks some events, such as criminal proceedings."""

    name: str
    title: str
    stops: tuple[str, ...]
    blocks: tuple[str, ...]
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class SubCases:
    """The cases of one kind: of *workflow*, opened under a case, or *linked*: tied to it by a link.

    Opening one more than *warn_above* is warned of.
    """

    workflow: str
    linked: bool = False
    warn_above: int | None = None


@dataclass(frozen=True, slots=True)
class InForce:
    """The days, both included, on which a case of this workflow may be opened without a warning."""

    since: date | None = None
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether *day* lies within."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule that stands over a case for all its life: as soon as it is TRUE, *opens* is opened, once; *tell*
    are told then, and again when it is TRUE no more.
    """

    name: str
    when: Rule
    title: str | None = None
    opens: tuple[Opens, ...] = ()
    tell: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """That *conclusion* is never FALSE where *premise* is TRUE."""

    name: str
    premise: Rule
    conclusion: Rule
    title: str | None = None
    sources: tuple[Source, ...] = ()


# Compared by identity, so that what is made once for each workflow can be kept by it.
@dataclass(frozen=True, slots=True, eq=False)
class Workflow:
    """One kind of case: its facts, rules, clocks and states.

    *repeated* are the facts that are asked of each item of one of *lists*, as they would be asked once.
    *stand_ins* gives for facts asked of a label the one that was asked before there were any, and *folded* is
    the workflow of which this one is written out.
    """

    name: str
    version: int
    title: str
    reference: str
    starts: str
    facts: Mapping[str, Fact]
    rules: Mapping[str, Rule]
    states: Mapping[str, State]
    sub_cases: Mapping[str, SubCases] = field(default_factory=dict)
    standing: Mapping[str, Standing] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)
    monitors: Mapping[str, Monitor] = field(default_factory=dict)
    deadlines: Mapping[str, Deadline] = field(default_factory=dict)
    holds: Mapping[str, Hold] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    in_force: InForce = InForce()
    routes: tuple[Route, ...] = ()  # of the workflow of incidents: where they lead
    loop: str | None = None
    who: tuple[str, ...] = ()
    reports_to: tuple[str, ...] = ()
    description: str | None = None
    file: str = ""
    digest: str = ""
    repeated: Mapping[str, Fact] = field(default_factory=dict)
    lists: Mapping[str, Listing] = field(default_factory=dict)
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    folded: Workflow | None = None

    @property
    def as_filed(self) -> Workflow:
        """This workflow as its file has it, whoever a case is about."""
        return self.folded or self

    @property
    def naming(self) -> tuple[str, ...]:
        """The sets that its lists are taken from, of which some fact is asked for each."""
        return _naming(self)

    @property
    def linked_kinds(self) -> frozenset[str]:
        """The kinds of case that are not opened under one of these, but tied to it by a link."""
        return frozenset(kind for kind, each in self.sub_cases.items() if each.linked)

    @property
    def events(self) -> tuple[str, ...]:
        """Every event that some state answers to, each once, in the order of the file."""
        return _events(self)

    def steps(self) -> Iterator[Step]:
        """Every step, state by state in the order of the file."""
        for state in self.states.values():
            yield from state.steps.values()

    def state(self, name: str) -> State:
        """The state called *name*; raises UnknownName."""
        return _named("state", name, self.states)

    def fact(self, name: str) -> Fact:
        """The fact called *name*; raises UnknownName, or UsageError if it is asked of each of a list."""
        if name not in self.facts:
            self._refuse_repeated(name)
        return _named("fact", name, self.facts)

    def fact_asked(self, name: str) -> Fact:
        """The fact called *name*, also of an item that is not named any more; raises KeyError."""
        if name in self.facts:
            return self.facts[name]
        plain, _, item = name.partition(".")
        fact = self.repeated[plain]
        if not item:
            return fact
        listing = next(each for each in self.lists.values() if plain in each.facts)
        return asked_of(fact, listing.naming([item]).items[0])

    def about(
        self, named: Mapping[str, Collection[str]], passing: Mapping[str, Collection[str]] = NO_NAMES
    ) -> Workflow:
        """This workflow for a case in which the sets that its lists are taken from have the items *named*.

        Facts that are asked of each, and rules that are said over them, are written out; *passing* are the
        items that have not been there all the time.
        """
        key = tuple(
            (name, tuple(sorted(named.get(name, ()))), frozenset(passing.get(name, ())))
            for name in self.naming
        )
        return _about(self, key) if any(items for _, items, _ in key) else self

    def _refuse_repeated(self, name: str) -> None:
        """Say how a fact that is asked of each of a list is called, if *name* is the beginning of one."""
        plain, _, item = name.partition(".")
        if plain not in self.repeated:
            return
        listing = next(each for each in self.lists.values() if plain in each.facts)
        asked = [each for each in self.facts if each.startswith(f"{plain}.")]
        if not item:
            message = f"{plain} is asked of each of {listing.name}"
        else:
            message = f"{listing.name} has no {item!r} of which {plain} could be asked"
        shown = ", ".join(asked[:-1][:11]) + " or " * (len(asked) > 1) + "".join(asked[-1:])
        raise UsageError(message, f"say {shown}" if asked else f"name them first: {listing.name}=…")

    def rule(self, name: str) -> Rule:
        """The rule called *name*; raises UnknownName."""
        return _named("rule", name, self.rules)

    def assess(self, rule: str, facts: Mapping[str, object], on: date | None = None) -> Assessment:
        """What the rule called *rule* makes of *facts* (None or "unknown" for what is not known), without a
        case.

        *on* is the day that rules over time read. Raises UnknownName for a rule or fact that the workflow
        does not have, BadValue for a value that the fact cannot take.
        """
        own = self.given(facts)
        asked = own.rule(rule)
        # A rule about one of a list is asked about one.
        one = {name: own.repeated[name] for name in asked_plainly(asked.condition, own.lists)}
        known = {**own.facts, **one}
        given = {
            name: (known.get(name) or own.fact(name)).accept_or_unknown(value)
            for name, value in facts.items()
        }
        return assess(asked, known, given, on=on)

    def given(
        self, facts: Mapping[str, object], *, already: Mapping[str, Collection[str]] = NO_NAMES
    ) -> Workflow:
        """This workflow for a case in which *facts* name items of its lists, beside those *already* there.

        Raises BadValue for what cannot name any.
        """
        named = {name: set(items) for name, items in already.items()}
        for name in self.lists.keys() & facts.keys():
            value = self.facts[name].accept_or_unknown(facts[name])
            named.setdefault(name, set()).update(value if isinstance(value, frozenset) else ())
        return self.about(named)


@lru_cache(maxsize=1024)
def _about(workflow: Workflow, named: tuple[tuple[str, tuple[str, ...], frozenset[str]], ...]) -> Workflow:
    lists = {name: workflow.lists[name].naming(items, passing) for name, items, passing in named}
    unfolding = Unfolding(lists)
    facts, stand_ins = _written_out(workflow, lists)

    def rule(given: Rule) -> Rule:
        return replace(given, condition=unfolding.of(given.condition))

    def step(given: Step) -> Step:
        return given if given.when is None else replace(given, when=rule(given.when))

    def claim(given: Claim) -> Claim:
        return replace(given, premise=rule(given.premise), conclusion=rule(given.conclusion))

    states = copy(workflow.states)  # a dict that also knows the ends of every workflow
    assert isinstance(states, dict)
    for name, state in workflow.states.items():
        states[name] = replace(state, steps={event: step(each) for event, each in state.steps.items()})
    return replace(
        workflow,
        facts=facts,
        rules={name: rule(each) for name, each in workflow.rules.items()},
        standing={name: replace(each, when=rule(each.when)) for name, each in workflow.standing.items()},
        claims={name: claim(each) for name, each in workflow.claims.items()},
        states=states,
        lists={**workflow.lists, **lists},
        stand_ins=stand_ins,
        folded=workflow.as_filed,
    )


def _written_out(workflow: Workflow, lists: Mapping[str, Listing]) -> tuple[dict[str, Fact], dict[str, str]]:
    """The facts of *workflow* as they are asked of the items of *lists*, and what was asked before of all."""
    facts: dict[str, Fact] = {}
    stand_ins: dict[str, str] = {}

    def write(plain: str, listing: Listing) -> None:
        each_of = {
            each.name: each for each in (asked_of(workflow.repeated[plain], one) for one in listing.items)
        }
        facts.update(each_of or ({plain: workflow.repeated[plain]} if listing.plainly else {}))
        stand_ins.update(dict.fromkeys(each_of, plain) if listing.plainly else {})

    for name, fact in workflow.facts.items():
        plain = name.partition(".")[0]
        listing = next((each for each in lists.values() if plain in each.facts), None)
        if listing is None:
            facts[name] = fact
        elif listing.plainly:
            write(plain, listing)
        if name in lists and not lists[name].plainly:
            for each in (each for each in workflow.repeated if each in lists[name].facts):
                write(each, lists[name])
    return facts, stand_ins


@lru_cache(maxsize=512)
def _naming(workflow: Workflow) -> tuple[str, ...]:
    return tuple(name for name, each in workflow.lists.items() if each.named_by is not None and each.facts)


@lru_cache(maxsize=512)
def _events(workflow: Workflow) -> tuple[str, ...]:
    return tuple(dict.fromkeys(step.event for step in workflow.steps()))


@dataclass(frozen=True, slots=True)
class Named:
    """A role, an agency or a channel of the framework: a name and a title."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the board in one of its three tiers, the role in which it acts, the days on which it meets,
    and who must be there.
    """

    name: str
    title: str
    tier: Literal["executive", "management", "sub_group"]
    role: str | None = None
    meets: tuple[date, ...] = ()
    quorum: Quorum | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A way of disseminating learning: who does it, and the group to which it reports."""

    name: str
    title: str
    who: str | None = None
    reports_to: str | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """A sort of link between two cases: the words of one that is tied, and *inverse* of the other."""

    name: str
    title: str
    inverse: str


@dataclass(frozen=True, slots=True)
class Cycle:
    """Cases of *workflow* that the framework opens of itself: *every* so long from the *first* day on, or on
    the days of the *meetings* of a group.

    With *parties*, one for each of them. *carry* are the facts whose answers it takes over from the one
    before.
    """

    name: str
    workflow: str
    title: str | None = None
    every: Duration | None = None
    first: date | None = None
    meetings: tuple[date, ...] = ()
    sets: Mapping[str, Value | Each] = field(default_factory=dict)
    parties: tuple[str, ...] = ()
    carry: Carry = False
    sources: tuple[Source, ...] = ()

    def days(self, since: date, until: date) -> Iterator[date]:
        """The days from *since* to *until* on which it opens a case, both included, in order."""
        if self.every is None or self.first is None:
            yield from (day for day in self.meetings if since <= day <= until)
            return
        # Each from the first: a month after 31 January is not the month before 31 March.
        days = (shift(self.first, self.every, times=n) for n in count())
        yield from takewhile(lambda day: day <= until, dropwhile(lambda day: day < since, days))


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """Something in the files that a person still has to confirm, and where it stands."""

    file: str
    line: int
    column: int
    what: str


@dataclass(frozen=True, slots=True, eq=False)
class Framework:
    """A folder of workflow files with what they share, under one content hash.

    *texts* are the files themselves by name, so that a case can keep what it began under; *digest* is over
    them. *otherwise* is whom to ask about an incident that no route answers. *putting_right* are the roles
    that may put right a mistake, by remedy, where the file names any; *exchange* is what goes to other bodies
    and comes from them, where it says so.
    """

    name: str
    version: int
    title: str
    workflows: Mapping[str, Workflow]
    roles: Mapping[str, Named]
    agencies: Mapping[str, Named] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    lists: Mapping[str, Mapping[str, Named]] = field(default_factory=dict)
    links: Mapping[str, Tie] = field(default_factory=dict)
    cycles: Mapping[str, Cycle] = field(default_factory=dict)
    intake: str | None = None
    otherwise: Otherwise | None = None
    putting_right: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exchange: Exchange | None = None
    first_day: Literal["day_after", "same_day"] = "day_after"
    to_confirm: tuple[ToConfirm, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    digest: str = ""

    def workflow(self, name: str) -> Workflow:
        """The workflow called *name*; raises UnknownName."""
        return _named("workflow", name, self.workflows)

    def route(self, facts: Mapping[str, object], on: date | None = None) -> Routing:
        """Which review types an incident needs, should have, may have, or cannot have, and why.

        *facts* are of one child, spelled as for `Workflow.assess`; *on* is the day that rules over time read.
        Raises UnknownName, BadValue; UsageError if a fact names a child, or the framework has no `routes`.
        """
        if self.intake is None:
            raise UsageError(f"the framework {self.name} has no routes", "they stand in its framework.yaml")
        intake = self.workflow(self.intake)
        # Of one child, whatever is asked of each is asked once.
        asked = {**intake.facts, **intake.repeated}
        for name in facts:
            plain, dot, _ = name.partition(".")
            if dot and plain in intake.repeated:
                raise UsageError(f"{name!r} names a child, and a route is of one", f"give {plain}")
        given = {name: _named("fact", name, asked).accept_or_unknown(value) for name, value in facts.items()}
        titles = {name: each.title for name, each in self.workflows.items()}
        return route(intake.routes, titles, asked, given, on=on, otherwise=self.otherwise)

    def group(self, name: str) -> Group:
        """The group called *name*; raises UnknownName."""
        return _named("group", name, self.groups)


def _named(sort: str, name: str, known: Mapping[str, _Known]) -> _Known:
    try:
        return known[name]
    except KeyError:
        raise UnknownName(sort, name, known) from None
