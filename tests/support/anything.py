"""What anybody might say, do or be: strategies over the definitions of a framework."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache, partial

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from loopengine import Actor, Framework, Workflow
from loopengine.core.definitions import Step
from loopengine.core.values import Fact, Value

EVERYBODY = "Everybody"
reasons: SearchStrategy[str | None] = st.sampled_from(["as agreed", None, "", "  "])


@lru_cache(maxsize=1_000)
def everybody(framework: Framework) -> Actor:
    """Somebody who has every role."""
    return Actor(EVERYBODY, framework.roles)


@lru_cache(maxsize=1_000)
def values_of(fact: Fact) -> SearchStrategy[Value]:
    """What may be answered to *fact*, unless it is unknown."""
    by_type: dict[str, SearchStrategy[Value]] = {
        "yes_no": st.booleans(),
        "one_of": st.sampled_from(fact.values or ("",)),
        "party": st.sampled_from(fact.values or ("",)),
        "parties": st.integers(1, 3).flatmap(partial(_parties, fact)),
        "some_of": st.frozensets(st.sampled_from(fact.values or ("",)), max_size=3),
        "labels": st.frozensets(st.sampled_from("ABC"), min_size=1),
        "number": st.sampled_from([1, 0, 12, 15, 16, 17, 18]),
        "date": st.dates(date(2016, 7, 1), date(2018, 6, 30)),
        "text": st.sampled_from(["as it is in the minutes", "as it was told us"]),
    }
    return by_type[fact.type]


def _parties(fact: Fact, size: int) -> SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(fact.values or ("",)), min_size=min(size, 2), max_size=size)


def names_of(workflow: Workflow) -> list[str]:
    """What may be asked of some case of *workflow*, whoever that is about."""
    listings = [workflow.lists[name] for name in workflow.naming]
    about = [(listing, [*listing.titles][:2] or ["A", "B"]) for listing in listings]
    return [
        *workflow.facts,
        *(f"{fact}.{item}" for listing, items in about for fact in sorted(listing.facts) for item in items),
    ]


@lru_cache(maxsize=1_000)
def answers(
    workflow: Workflow, among: frozenset[str] = frozenset()
) -> SearchStrategy[dict[str, Value | None]]:
    """Answers to one fact or two of *workflow* (of those *among* which they are to be, if there are any)."""
    names = [name for name in names_of(workflow) if not among or name in among]
    strategies = {name: values_of(workflow.fact_asked(name)) | st.none() for name in names}
    return st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True).flatmap(
        lambda chosen: st.fixed_dictionaries({name: strategies[name] for name in chosen})
    )


@lru_cache(maxsize=1_000)
def some_answers(workflow: Workflow) -> SearchStrategy[dict[str, Value | None]]:
    """Answers to any of the facts of *workflow*."""
    drawn: SearchStrategy[dict[str, Value | None]] = st.fixed_dictionaries(
        {}, optional={name: values_of(fact) for name, fact in workflow.facts.items()}
    )
    # Where somebody is named, nothing is asked of the only one there is.
    return drawn.map(
        lambda facts: {name: value for name, value in facts.items() if name in workflow.given(facts).facts}
    )


def days(today: date) -> SearchStrategy[date | None]:
    """Mostly no day in particular; sometimes one that is past, and rarely one that is yet to come."""
    ago = st.sampled_from([None, None, None, None, 0, 1, 2, 7, 30, -1])
    return ago.map(lambda days: None if days is None else today - timedelta(days=days))


@lru_cache(maxsize=1_000)
def somebody(framework: Framework) -> SearchStrategy[Actor]:
    """Anybody, in at most two roles, of an agency or of none."""
    return st.builds(
        Actor,
        st.just("Somebody"),
        st.frozensets(st.sampled_from(list(framework.roles)), max_size=2),
        st.none() | st.sampled_from(list(framework.agencies)),
    )


def somebody_for(step: Step, facts: Mapping[str, Value], framework: Framework) -> SearchStrategy[Actor]:
    """Somebody in a role that *step* names, whose agency may be the right one, another, or none."""
    named = [*((party.role, party.of) for party in step.by), (step.override, None)]
    whoever = [(role, of) for role, of in named if role is not None]
    if not whoever:
        return somebody(framework)

    def of_role(role: str, of: str | None) -> SearchStrategy[Actor]:
        right = facts.get(of or "") or facts.get(step.not_of or "")
        agencies = sorted(right if isinstance(right, frozenset) else {str(right)} if right else set())
        agency = st.sampled_from([*agencies, *framework.agencies, None])
        return st.builds(Actor, st.just("Somebody"), st.just(role), agency)

    return st.one_of(*(of_role(role, of) for role, of in whoever))
