"""What a new case takes over from another: the answers to facts that both ask for.

Pure. Does not know where the other case stands, or who opens the new one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

from loopengine.core.choosing import set_of
from loopengine.core.definitions import Carry, Workflow
from loopengine.core.rules.lists import concrete
from loopengine.core.values import Fact, Value, spell
from loopengine.errors import BadValue


def carried(
    carry: Carry,
    facts: Mapping[str, Value],
    own: Workflow,
    other: Workflow,
    *,
    without: Collection[str],
    about: Sequence[str] = (),
) -> dict[str, Value]:
    """Those of *facts*, of a case of *own*, that a case of *other* takes over, by its name of them.

    None of those *without*, and nothing that the other would not take as an answer. If the new case is
    *about* some items of a list, it takes over what is known of these.
    """
    named = {name: value for name, value in facts.items() if name not in without and _is_meant(carry, name)}
    given = (
        _about(named, own, other, about) if about else {name: (name, value) for name, value in named.items()}
    )
    return {name: value for name, (source, value) in given.items() if _takes(own, other, source, name, value)}


def _about(
    facts: Mapping[str, Value], own: Workflow, other: Workflow, about: Sequence[str]
) -> dict[str, tuple[str, Value]]:
    """*facts* by what a case about some items calls them, each with what it was called."""
    names, listed = set_of(other), set_of(own)
    found = {name: (name, value) for name, value in facts.items() if "." not in name and name != listed}
    if names is not None:
        found[names] = (names, frozenset(about))
    for plain in own.repeated:
        for item in about:
            source = concrete(plain, item)
            value = facts.get(source, facts.get(own.stand_ins.get(source, "")))
            if value is not None:
                found[plain if names is None else source] = (source, value)
    return found


def _is_meant(carry: Carry, name: str) -> bool:
    # A fact that repeats is named once for all of its items.
    return carry if isinstance(carry, bool) else name in carry or name.partition(".")[0] in carry


def _takes(own: Workflow, other: Workflow, source: str, name: str, value: Value) -> bool:
    asked, asks = _fact(own, source), _fact(other, name)
    if asked is None or asks is None or asked.type != asks.type:
        return False
    if asks.type == "text":  # what stands there is where the words are kept
        return True
    with suppress(BadValue):
        return asks.accept(spell(value)) == value
    return False


def _fact(workflow: Workflow, name: str) -> Fact | None:
    """The fact called *name*, be it asked once or of each."""
    with suppress(KeyError, StopIteration):
        return workflow.fact_asked(name)
    return None
