"""What this board has learnt, for other bodies: its reviews and learning points as they stand.

Names nobody. Knows from the framework which facts say what. Does not know how the file is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from loopengine.clock import instant_text
from loopengine.core.chronicle import entered
from loopengine.core.definitions import Framework, Opens, Workflow
from loopengine.core.ends import ENDS, state_of
from loopengine.core.exchange import Exchange
from loopengine.core.values import Json
from loopengine.engine.engine import Engine
from loopengine.engine.surveying import Surveyed
from loopengine.errors import UnknownName, UsageError
from loopengine.exchange.learning_form import FORMAT, VERSION

Document = dict[str, Json]
_SENT = ("disseminated", "embedded", "evaluated")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of it is wanted: what was opened or moved from the day *since* to the day *until*; the review
    types *workflows*, all if there are none; with *unsent* also learning points that have not gone out, and
    without *words* no free text.
    """

    since: date | None = None
    until: date | None = None
    workflows: tuple[str, ...] = ()
    unsent: bool = False
    words: bool = True

    def covers(self, found: Surveyed) -> bool:
        """Whether anything happened to a case on those days."""
        first, last = self.since or date.min, self.until or date.max
        return any(first <= stay.since <= last for stay in found.stays)


@dataclass(slots=True)
class _Gathered:
    """What has been read so far; parents come before their sub-cases."""

    reviews: dict[str, Document] = field(default_factory=dict)
    points: list[Document] = field(default_factory=list)
    wanted: set[str] = field(default_factory=set)
    types: dict[str, str] = field(default_factory=dict)  # the workflows of reviews, by reference
    themes: dict[str, dict[str, Json]] = field(default_factory=dict)
    recommendations: dict[str, int] = field(default_factory=dict)
    converted: list[tuple[str, str]] = field(default_factory=list)


def learning_of(engine: Engine, wanted: Wanted = Wanted()) -> Document:
    """The document for other bodies, in the form that `learning_form.py` declares.

    Raises UsageError if the framework does not say what is exchanged, UnknownName for a type of review that
    is not.
    """
    framework = engine.framework
    exchange = exchange_of(framework)
    for name in wanted.workflows:
        if name not in exchange.reviews:
            raise UnknownName("type of review that goes to other bodies", name, exchange.reviews)
    gathered = _Gathered()
    for found in engine.survey(histories=True):
        _gather(gathered, found, exchange, wanted)
    return {
        "format": FORMAT,
        "version": VERSION,
        "body": {"id": exchange.body.id, "name": exchange.body.name},
        "made_at": instant_text(engine.clock.now()),
        "period": {"from": _day(wanted.since), "to": _day(wanted.until)},
        "reviews": list(_reviews(gathered)),
        "learning_points": gathered.points,
    }


def exchange_of(framework: Framework) -> Exchange:
    """What *framework* says about the exchange; raises UsageError if that is nothing."""
    if framework.exchange is None:
        raise UsageError(
            f"the framework {framework.name} does not say what is exchanged with other bodies",
            "say so in its framework.yaml, under `exchange`",
        )
    return framework.exchange


def _gather(gathered: _Gathered, found: Surveyed, exchange: Exchange, wanted: Wanted) -> None:
    case, name = found.case, found.workflow.name
    if name in exchange.reviews:
        gathered.types[case.reference] = name
        _gather_review(gathered, found, exchange, wanted)
    elif exchange.learning_points is not None and name == exchange.learning_points.workflow:
        _gather_point(gathered, found, exchange, wanted)
    elif name == exchange.recommendations and case.state not in ENDS:
        review = _review_of(gathered, found)
        if review is not None:
            gathered.recommendations[review] = gathered.recommendations.get(review, 0) + 1


def _gather_review(gathered: _Gathered, found: Surveyed, exchange: Exchange, wanted: Wanted) -> None:
    case, given = found.case, exchange.reviews[found.workflow.name]
    if (before := _converted_from(gathered, found)) is not None:
        gathered.converted.append((before, case.reference))
    if (not wanted.workflows or case.workflow in wanted.workflows) and wanted.covers(found):
        gathered.wanted.add(case.reference)
    words = {name: _words(found, fact) for name, fact in (("title", given.title), ("summary", given.summary))}
    gathered.reviews[case.reference] = {
        "reference": case.reference,
        "type": {"name": case.workflow, "title": case.title},
        "status": _status(found),
        "stage": case.stage,
        "opened_on": case.opened_on.isoformat(),
        "closed_on": found.stays[-1].since.isoformat() if case.ended else None,
        "published_on": _day(_published(found, given.published)),
        **{name: text if wanted.words else None for name, text in words.items()},
        "link": _words(found, given.link) if wanted.words else None,
        "came_from": _came_from(found),
    }


def _gather_point(gathered: _Gathered, found: Surveyed, exchange: Exchange, wanted: Wanted) -> None:
    given, case, days = exchange.learning_points, found.case, entered(found.stays)
    assert given is not None
    sent = [days[stage] for stage in _SENT if stage in days]
    if not sent and not wanted.unsent:
        return
    review, theme = _review_of(gathered, found), _named(found, given.theme)
    if review is not None and theme is not None:
        gathered.themes.setdefault(review, {})[str(theme["name"])] = theme
    if wanted.workflows and (review is None or gathered.types[review] not in wanted.workflows):
        return
    if not wanted.covers(found):
        return
    if review is not None:
        gathered.wanted.add(review)  # so that nobody has to guess where it comes from
    gathered.points.append(
        {
            "reference": case.reference,
            "review": review,
            "status": _status(found),
            "stage": case.stage,
            "identified_on": case.opened_on.isoformat(),
            "sent_on": _day(min(sent, default=None)),
            "embedded_on": _day(days.get("embedded")),
            "evaluated_on": _day(days.get("evaluated")),
            "theme": theme,
            "lesson": _words(found, given.lesson) if wanted.words else None,
            "good_practice": _flag(found, given.good_practice),
            "evaluation": {
                "method": _named(found, given.evaluated_by),
                "found_in_practice": _flag(found, given.found_in_practice),
            },
            "came_from": None,
        }
    )


def _reviews(gathered: _Gathered) -> Iterator[Document]:
    """The reviews that are wanted, with what was only known when all cases had been read."""
    for reference, review in gathered.reviews.items():
        if reference in gathered.wanted:
            came_from = review.pop("came_from")
            yield {
                **review,
                "converted_from": [old for old, new in gathered.converted if new == reference],
                "converted_to": [new for old, new in gathered.converted if old == reference],
                "themes": [*gathered.themes.get(reference, {}).values()],
                "recommendations": gathered.recommendations.get(reference, 0),
                "came_from": came_from,
            }


def _review_of(gathered: _Gathered, found: Surveyed) -> str | None:
    """The review that a case is under: right under it, or at the top of its family."""
    above = (found.case.parent, found.root)
    return next((each for each in above if each is not None and each in gathered.types), None)


def _converted_from(gathered: _Gathered, found: Surveyed) -> str | None:
    """The review of the same matter that gave way to this one: which has taken over what was known of it."""
    link = found.lines[0].entry.body.get("link")
    if not isinstance(link, Mapping) or str(link["case"]) not in gathered.types:
        return None
    before = str(link["case"])
    workflow = found.framework.workflows.get(gathered.types[before])
    of_matter = workflow is not None and any(
        opens.carry and (opens.link, opens.workflow) == (link["name"], found.workflow.name)
        for opens in _opens(workflow)
    )
    return before if of_matter else None


def _opens(workflow: Workflow) -> Iterator[Opens]:
    for step in workflow.steps():
        yield from step.opens
    for rule in workflow.standing.values():
        yield from rule.opens


def _status(found: Surveyed) -> str:
    if not found.case.ended:
        return "open"
    state = state_of(found.workflow, found.case.state)
    return "withdrawn" if state is not None and state.excused else "closed"


def _published(found: Surveyed, moments: Collection[str]) -> date | None:
    """The latest day on which one of *moments* happened, or that one of them, a fact, says."""
    days = [
        line.entry.so_on
        for line in found.lines
        if line.entry.kind == "moved" and line.undone_by is None and line.entry.text("event") in moments
    ]
    days += [day for name in moments if isinstance(day := found.facts.get(name), date)]
    return max(days, default=None)


def _came_from(found: Surveyed) -> Json:
    """The body and its reference of which a case was opened, if another's learning opened it."""
    first = found.lines[0].entry
    origin = first.body.get("came_from")
    return {**origin, "exchanged_on": first.so_on.isoformat()} if isinstance(origin, Mapping) else None


def _words(found: Surveyed, fact: str | None) -> str | None:
    value = found.facts.get(fact) if fact else None
    return value if isinstance(value, str) else None


def _flag(found: Surveyed, fact: str | None) -> bool | None:
    value = found.facts.get(fact) if fact else None
    return value if isinstance(value, bool) else None


def _named(found: Surveyed, fact: str | None) -> Document | None:
    """The value of a `one_of`, by its name and, where a list of the framework has one, its title."""
    name = _words(found, fact)
    if name is None or fact is None:
        return None
    values = set(found.workflow.fact_asked(fact).values)
    titles = (items[name].title for items in found.framework.lists.values() if values == set(items))
    return {"name": name, "title": next(titles, name.replace("_", " "))}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
