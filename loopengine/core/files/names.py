"""What the names in a workflow file may refer to, and saying which is nearest when one refers to nothing.

Knows what a workflow shares with its framework and what it knows of the other workflows. Does not know what
any of it is for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from loopengine.core.definitions import OPENED, Channel, Group, Named, Party, Tie
from loopengine.core.files import messages
from loopengine.core.files.framework_shapes import RouteShape
from loopengine.core.files.places import Place
from loopengine.core.files.shapes import LoopShape, PartyShape, SourceShape, WorkflowShape
from loopengine.core.files.spellings import Raw
from loopengine.core.rules.expressions import Source
from loopengine.core.rules.lists import Listing
from loopengine.core.values import Fact, FactType, Value
from loopengine.errors import BadValue

LOCAL = Source("local", "the board's own choice")
PARTY_TYPES: tuple[FactType, ...] = ("party", "parties")


@dataclass(frozen=True, slots=True)
class Shared:
    """What all the workflows of a framework share; *links* None: any link will do."""

    roles: Mapping[str, Named]
    agencies: Mapping[str, Named] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    sources: Mapping[str, SourceShape] = field(default_factory=dict)
    loops: Mapping[str, LoopShape] = field(default_factory=dict)
    lists: Mapping[str, Mapping[str, Named]] = field(default_factory=dict)
    links: Mapping[str, Tie] | None = None
    intake: str = ""
    routes: tuple[RouteShape, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """A workflow as far as the others need to know it: its *shape*, loop included, and its facts.

    A fact that could not be understood is in the shape and not in *facts*. Those that are asked of each of a
    list are not in *facts* but in *repeated*, as they would be asked once, with the lists in *lists*.
    """

    shape: WorkflowShape
    facts: Mapping[str, Fact]
    repeated: Mapping[str, Fact] = field(default_factory=dict)
    lists: Mapping[str, Listing] = field(default_factory=dict)

    def refuses_repeated(self, name: str, place: Place) -> bool:
        """Whether the fact called *name* is asked of each of a list, which is told: one is wanted here."""
        of = next((each.name for each in self.lists.values() if name in each.facts), None)
        if of is not None:
            place.refuse(messages.repeated_fact(name, of))
        return of is not None


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a place in the workflow *own* can use.

    *others* are all the workflows of the framework by name, this one included; None stands for one that could
    not be read. *events* are what some state answers to, and *moments* those and `opened`.
    """

    own: Outline
    shared: Shared
    others: Mapping[str, Outline | None]
    events: tuple[str, ...]
    moments: tuple[str, ...]
    sources: Mapping[str, SourceShape]

    @classmethod
    def of(cls, own: Outline, shared: Shared, others: Mapping[str, Outline | None]) -> Names:
        """The names that the workflow *own* can use."""
        found = [*own.shape.anywhere]
        for state in own.shape.states.values():
            found += state.on
        events = tuple(dict.fromkeys(found))
        sources = {**shared.sources, **own.shape.sources}
        return cls(own, shared, others, events, (OPENED, *events), sources)

    def role(self, name: str, place: Place) -> None:
        """Refuse a *name* that is no role's."""
        refuse_unknown("role", name, self.shared.roles, place)

    def state(self, name: str, place: Place) -> None:
        """Refuse a *name* that is no state's."""
        refuse_unknown("state", name, self.own.shape.states, place)

    def event(self, name: str, place: Place) -> None:
        """Refuse a *name* that no state answers to."""
        refuse_unknown("event", name, self.events, place)

    def fact(self, name: str, place: Place, *types: FactType) -> None:
        """Refuse a *name* that is no fact's, or a fact that is of none of *types*."""
        if refuse_unknown("fact", name, self.own.shape.facts, place):
            return
        if self.own.refuses_repeated(name, place):
            return
        fact = self.own.facts.get(name)
        if fact is not None and fact.type not in types:
            place.refuse(messages.fact_of_another_type(name, fact.type, types))

    def link(self, name: str, place: Place) -> None:
        """Refuse a *name* that is no link's."""
        if self.shared.links is not None:
            refuse_unknown("link", name, self.shared.links, place)

    def parties(self, shapes: tuple[PartyShape, ...]) -> tuple[Party, ...]:
        """Who *shapes* say."""
        for shape in shapes:
            self.role(shape.role, shape.place / "role")
            self.fact(shape.of, shape.place / "of", *PARTY_TYPES)
        return tuple(Party(shape.role, shape.of or None) for shape in shapes)

    def authorities(self, names: tuple[str, ...], place: Place) -> tuple[Source, ...]:
        """The sources called *names*."""
        return authorities_among(self.sources, names, place)

    def authority(self, name: str) -> Source:
        """The source called *name*, which there is."""
        return _authority(name, self.sources[name])

    def values(self, given: Mapping[str, Raw], place: Place) -> dict[str, Value]:
        """The facts that *given* sets, each value as its fact's type."""
        accepted = {name: accept(self.own, name, raw, place / name) for name, raw in given.items()}
        return {name: value for name, value in accepted.items() if value is not None}


def authorities_among(
    sources: Mapping[str, SourceShape], names: tuple[str, ...], place: Place
) -> tuple[Source, ...]:
    """Those of *sources* that are called *names*, or `local`; told at *place* if there are none such."""
    found: list[Source] = []
    for n, name in enumerate(names):
        if name == LOCAL.name:
            found.append(LOCAL)
        elif not refuse_unknown("source", name, (*sources, LOCAL.name), place / n) and name:
            found.append(_authority(name, sources[name]))
    return tuple(found)


def _authority(name: str, shape: SourceShape) -> Source:
    return Source(name, shape.cite, shape.confirm or None)


def refuse_unknown(sort: str, name: str, known: Collection[str], place: Place) -> bool:
    """Whether no *sort* of *known* is called *name*, which is then told; what could not be read is let go."""
    if not name or name in known:
        return False
    place.refuse(messages.unknown_name(sort, name, known))
    return True


def refuse_local(sources: Mapping[str, SourceShape]) -> None:
    """Refuse a source of *sources* that is called `local`."""
    if LOCAL.name in sources:
        sources[LOCAL.name].place.refuse_key(messages.reserved_name(LOCAL.name, LOCAL.cite))


def accept(outline: Outline, name: str, raw: Raw, place: Place) -> Value | None:
    """*raw* as a value of the fact *name* of the workflow in *outline*; None, and told at *place*, if not."""
    if refuse_unknown_key("fact", name, outline.shape.facts, place):
        return None
    if outline.refuses_repeated(name, place):
        return None
    fact = outline.facts.get(name)
    if fact is None or raw is None:
        return None
    try:
        return fact.accept(raw)
    except BadValue as error:
        place.refuse(messages.refused_value(error.message, error.hint))
        return None


def refuse_unknown_key(sort: str, name: str, known: Collection[str], place: Place) -> bool:
    """Like `refuse_unknown`, of the key at *place*."""
    if name not in known:
        place.refuse_key(messages.unknown_name(sort, name, known))
    return name not in known
