"""Who acts: a name, the roles in which they act, and the agency that they act for.

The engine authorises an actor and does not authenticate one: that is its host's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from loopengine.core.definitions import Framework, Party, Step
from loopengine.core.values import Value
from loopengine.errors import BadValue, UnknownName

ENGINE_NAME = "loopengine"  # who takes an automatic step


@dataclass(frozen=True, slots=True, init=False)
class Actor:
    """Somebody who acts, in *roles* (one, or several), for *agency* if they belong to one."""

    name: str
    roles: frozenset[str]
    agency: str | None

    def __init__(self, name: str, roles: str | Iterable[str] = (), agency: str | None = None) -> None:
        if not isinstance(name, str) or not name.strip():  # type: ignore[redundant-expr]  # whoever embeds us may have no types
            raise BadValue("an actor has no name", "say who acts")
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "roles", frozenset([roles] if isinstance(roles, str) else roles))
        object.__setattr__(self, "agency", agency)

    @staticmethod
    def expected(actor: object) -> Actor:
        """*actor*, if it is one; raises BadValue."""
        if not isinstance(actor, Actor):
            raise BadValue(f"{actor!r} is not an actor", "say by=Actor(name, roles)")
        return actor

    @property
    def acting(self) -> str:
        """As what they act, in words, where they may not: an actor in no role has to say one."""
        return f"the actor acts as {', '.join(sorted(self.roles)) or 'nobody: say in which role'}"

    def within(self, framework: Framework) -> Actor:
        """This actor, if *framework* knows the roles and the agency; raises UnknownName."""
        for role in sorted(self.roles):
            if role not in framework.roles:
                raise UnknownName("role", role, framework.roles)
        if self.agency is not None and self.agency not in framework.agencies:
            raise UnknownName("agency", self.agency, framework.agencies)
        return self


def agencies_in(fact: str, facts: Mapping[str, Value]) -> frozenset[str] | None:
    """The agencies in the party or parties fact called *fact*, or None if nobody has said."""
    value = facts.get(fact)
    if value is None:
        return None
    return value if isinstance(value, frozenset) else frozenset([str(value)])


def may_act_as(party: Party, actor: Actor, facts: Mapping[str, Value]) -> bool:
    """Whether *actor* is *party* in a case with these *facts*."""
    if party.role not in actor.roles:
        return False
    if party.of is None:
        return True
    return actor.agency is not None and actor.agency in (agencies_in(party.of, facts) or ())


def objection(step: Step, actor: Actor, facts: Mapping[str, Value], *, overrides: bool = False) -> str | None:
    """Why *actor* may not take *step*, in words, or None if they may; its rule is another matter.

    Whoever *overrides* it does so in a role of their own, and is bound by the rest like anybody.
    """
    if step.automatic:
        return f"{step.event} is taken by the engine as soon as its rule is true; nobody else takes it"
    if step.by and not overrides and not any(may_act_as(party, actor, facts) for party in step.by):
        acting = ", ".join(sorted(actor.roles)) or "nobody in particular"
        if any(party.of is not None and party.role in actor.roles for party in step.by):
            acting += f" for {actor.agency}" if actor.agency else " and does not say for which agency"
        return f"{step.event} is for {describe(step.by)} to take; the actor acts as {acting}"
    if step.not_of is not None:
        excluded = agencies_in(step.not_of, facts)
        if excluded is None:
            who = f"the agency in {step.not_of}, and nobody has said which that is"
            return f"{step.event} may not be taken by {who}"
        # Nobody moderates itself; and whoever does not say for whom they act could.
        if actor.agency is None:
            return (
                f"{step.event} may not be taken by the agency in {step.not_of}; "
                "the actor does not say for which agency they act"
            )
        if actor.agency in excluded:
            return f"{step.event} may not be taken by {actor.agency}, the agency in {step.not_of}"
    return None


def unknown_parties(step: Step, facts: Mapping[str, Value]) -> tuple[str, ...]:
    """The facts that say which agency may take *step*, or may not, while nobody has answered them."""
    meant = [party.of for party in step.by] + [step.not_of]
    return tuple(fact for fact in meant if fact is not None and fact not in facts)


def describe(parties: Iterable[Party]) -> str:
    """*parties* in words: `independent_chair, or agency (an agency in recipient)`."""
    return ", or ".join(
        party.role if party.of is None else f"{party.role} (the agency in {party.of})" for party in parties
    )


def who_can(step: Step, facts: Mapping[str, Value]) -> tuple[Party, ...]:
    """The parties that may take *step*: of several, those of which it is known who they are."""
    named = tuple(party for party in step.by if party.of is None or party.of in facts)
    return named or step.by


def eligible_agencies(
    step: Step, facts: Mapping[str, Value], framework_agencies: Iterable[str]
) -> tuple[str, ...] | None:
    """The agencies one of whose actors must take *step*, or None if it does not matter which."""
    wanted: frozenset[str] | None = None
    for party in who_can(step, facts):
        if party.of is not None:
            wanted = (wanted or frozenset()) | (agencies_in(party.of, facts) or frozenset())
    if step.not_of is not None:
        wanted = frozenset(framework_agencies) if wanted is None else wanted
        excluded = agencies_in(step.not_of, facts)
        wanted = (
            frozenset() if excluded is None else wanted - excluded
        )  # nobody, until it is said who is meant
    return None if wanted is None else tuple(sorted(wanted))
