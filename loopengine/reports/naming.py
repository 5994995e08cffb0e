"""What things are called on a page: stages, roles, agencies and holds, by their titles.

Knows the definitions. Does not know what a page is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from loopengine.core.definitions import Framework, Named, Stage, Workflow
from loopengine.core.values import Fact, Json
from loopengine.reports.pages import day_words, sentence


def stage_title(stage: Stage | None) -> str:
    """*stage* as a heading."""
    return "In no stage of the loop" if stage is None else stage.replace("_", " ").capitalize()


def hold_titles(workflow: Workflow, holds: Sequence[str]) -> tuple[str, ...]:
    """The titles of *holds*, names of those that the file of the case has."""
    return tuple(workflow.holds[each].title for each in holds)


def owner_words(owner: str, framework: Framework) -> str:
    """Whose move it is, by titles: of agencies, which."""
    role, of, agencies = owner.partition(" of ")
    title = title_of(role, framework.roles)
    if not of:
        return title
    named = [title_of(each, framework.agencies) for each in agencies.split(", ")]
    # "Agency of Police" says no more than "Police".
    return ", ".join(named) if role == "agency" else f"{title} of {', '.join(named)}"


def title_of(name: str, titles: Mapping[str, Named]) -> str:
    """The title of a role or an agency, or its name as one would say it."""
    return titles[name].title if name in titles else name.replace("_", " ").capitalize()


def plainly(name: str) -> str:
    """*name* as one would say it, at the beginning of a line."""
    return sentence(name.replace("_", " ").replace("-", " "))


def answer_words(fact: Fact, value: Json, framework: Framework) -> str:
    """An answer to *fact* as it is spelled, in words: agencies by their titles, days as they are said."""
    if value is None:
        return "Asked, and not known"
    match fact.type:
        case "party" | "parties":
            named = [title_of(each, framework.agencies) for each in _several(value)]
            return ", ".join(named) or "None"
        case "one_of" | "some_of" | "yes_no":
            return sentence(", ".join(each.replace("_", " ") for each in _several(value)) or "none")
        case "labels":
            return ", ".join(_several(value))
        case "number":
            return f"{value} {fact.unit}" if fact.unit else str(value)
        case "date":
            return day_words(date.fromisoformat(str(value)))
        case "text":
            return str(value)


def _several(value: Json) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]
