"""From the shapes of claims to the claims: that one rule follows from another.

Does not know whether it does: that is to be proved.
"""

from __future__ import annotations

from loopengine.core.definitions import Claim
from loopengine.core.files.building_rules import RuleReader, on_one_line
from loopengine.core.files.names import Names
from loopengine.core.files.places import Place
from loopengine.core.files.shapes import ClaimShape
from loopengine.core.rules.verdicts import Rule


def build_claims(names: Names, reader: RuleReader) -> dict[str, Claim]:
    """The claims of a workflow, in the order of its file."""
    return {name: _claim(name, shape, names, reader) for name, shape in names.own.shape.claims.items()}


def _claim(name: str, shape: ClaimShape, names: Names, reader: RuleReader) -> Claim:
    sources = names.authorities(shape.source, shape.place / "source")
    return Claim(
        name=name,
        premise=_rule(shape.if_, shape.place / "if", reader),
        conclusion=_rule(shape.then, shape.place / "then", reader),
        title=shape.title or None,
        sources=sources,
    )


def _rule(text: str, place: Place, reader: RuleReader) -> Rule:
    return Rule(None, on_one_line(text), reader.read(text, place))
