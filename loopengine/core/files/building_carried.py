"""What a new case takes over from another: whether there is such a thing.

Knows the facts of both workflows. Does not know whose answers they are.
"""

from __future__ import annotations

from loopengine.core.definitions import Carry
from loopengine.core.files import messages
from loopengine.core.files.names import Outline, refuse_unknown
from loopengine.core.files.places import Place


def check_carry(carry: Carry, place: Place, own: Outline, other: Outline) -> None:
    """Refuse a *carry*, a key at *place*, by which *other* would take over from *own* what it has not."""
    if isinstance(carry, bool):
        alike = (fact for name, fact in other.facts.items() if name in own.facts)
        unclear = len(own.facts) < len(own.shape.facts) or len(other.facts) < len(other.shape.facts)
        if carry and not unclear and not any(own.facts[fact.name].type == fact.type for fact in alike):
            (place / "carry").refuse(messages.nothing_to_carry(other.shape.workflow))
        return
    for n, name in enumerate(carry):
        here = place / "carry" / n
        if refuse_unknown("fact", name, own.shape.facts, here):
            continue
        if refuse_unknown("fact", name, other.shape.facts, here):
            continue
        one, two = own.facts.get(name), other.facts.get(name)
        if one and two and one.type != two.type:
            here.refuse(messages.facts_that_differ(name, name, other.shape.workflow))
