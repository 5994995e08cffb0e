"""From the shapes of standing rules to the rules: what is watched for all the life of a case.

Knows the names that they may refer to. Does not know when one has arisen.
"""

from __future__ import annotations

from loopengine.core.definitions import OWNER, Standing
from loopengine.core.files import messages
from loopengine.core.files.building_rules import RuleReader, on_one_line, refuse_what_lies_beside
from loopengine.core.files.building_steps import build_opens
from loopengine.core.files.names import Names, refuse_unknown
from loopengine.core.files.shapes import StandingShape
from loopengine.core.rules.verdicts import Rule


def build_standing(names: Names, reader: RuleReader) -> dict[str, Standing]:
    """The standing rules of a workflow."""
    return {name: _standing(name, shape, names, reader) for name, shape in names.own.shape.standing.items()}


def _standing(name: str, shape: StandingShape, names: Names, reader: RuleReader) -> Standing:
    place, title = shape.place, shape.title or None
    if name in names.own.shape.deadlines:
        place.refuse_key(messages.called_like_a_deadline(name))
    if not (place.gives("opens") or place.gives("tell")):
        place.refuse_key(messages.nothing_comes_of_it(name))
    for n, role in enumerate(shape.tell):
        refuse_unknown("role", role, (*names.shared.roles, OWNER), place / "tell" / n)
    sources = names.authorities(shape.source, place / "source")
    condition = reader.read_once(shape.when, place / "when")
    refuse_what_lies_beside(condition, names, place / "when", "what arises of itself")
    return Standing(
        name=name,
        when=Rule(None, on_one_line(shape.when), condition, sources, title),
        title=title,
        opens=tuple(build_opens(each, names) for each in shape.opens),
        tell=shape.tell,
        sources=sources,
    )
