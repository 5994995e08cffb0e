"""What things are called on a page: stages, roles, agencies and holds, by their titles.

Knows the definitions. Does not know what a page is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loopengine.core.definitions import Framework, Named, Stage, Workflow


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
