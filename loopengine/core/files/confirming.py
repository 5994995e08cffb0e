"""What in the files a person still has to confirm: authorities to look up, rules and steps that cite none.

Nothing here is wrong; `check` lists it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from loopengine.core.definitions import ToConfirm
from loopengine.core.files.documents import Mark
from loopengine.core.files.places import Place
from loopengine.core.files.shapes import LoopShape, SourceShape


def to_confirm(sources: Mapping[str, SourceShape], parts: Iterable[LoopShape]) -> tuple[ToConfirm, ...]:
    """What is to be confirmed in the *sources* that all share and in *parts* (loops, workflows), by place."""
    found = [*_in_sources(sources)]
    for part in parts:
        found += _in_sources(part.sources)
        found += _in_rules_and_steps(part)
    return tuple(sorted(found, key=lambda each: (each.file, each.line, each.column)))


def _in_sources(sources: Mapping[str, SourceShape]) -> Iterator[ToConfirm]:
    for name, source in sources.items():
        if source.confirm:
            place = source.place / "confirm"
            yield _at(place, place.at_value, f"the source {name!r}: {source.confirm}")


def _in_rules_and_steps(shape: LoopShape) -> Iterator[ToConfirm]:
    for name, rule in shape.rules.items():
        if not rule.source:
            yield _at(rule.place, rule.place.at_key, f"the rule {name!r} cites no source")
    steps = [(event, step) for state in shape.states.values() for event, step in state.on.items()]
    for event, step in [*steps, *shape.anywhere.items()]:
        if not step.by and not step.automatic:
            yield _at(step.place, step.place.at_key, f"anybody may take the step {event!r}")


def _at(place: Place, mark: Mark, what: str) -> ToConfirm:
    return ToConfirm(place.document.file, mark.line, mark.column, what)
