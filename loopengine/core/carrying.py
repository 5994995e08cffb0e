"""What a new case takes over from another: the answers to facts that both ask for.

Pure. Does not know where the other case stands, or who opens the new one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress

from loopengine.core.definitions import Carry, Workflow
from loopengine.core.values import Value, spell
from loopengine.errors import BadValue


def carried(
    carry: Carry, facts: Mapping[str, Value], own: Workflow, other: Workflow, *, without: Collection[str]
) -> dict[str, Value]:
    """Those of *facts*, of a case of *own*, that a case of *other* takes over, by its name of them.

    None of those *without*, and nothing that the other would not take as an answer.
    """
    return {
        name: value
        for name, value in facts.items()
        if name not in without and _is_meant(carry, name) and _takes(own, other, name, value)
    }


def _is_meant(carry: Carry, name: str) -> bool:
    # A fact that repeats is named once for all of its items.
    return carry if isinstance(carry, bool) else name in carry or name.partition(".")[0] in carry


def _takes(own: Workflow, other: Workflow, name: str, value: Value) -> bool:
    asked, asks = own.facts.get(name), other.facts.get(name)
    if asked is None or asks is None or asked.type != asks.type:
        return False
    if asks.type == "text":  # what stands there is where the words are kept
        return True
    with suppress(BadValue):
        return asks.accept(spell(value)) == value
    return False
