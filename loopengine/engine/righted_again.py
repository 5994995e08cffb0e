"""What was answered when something was put right, again: the same request came under the same key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from loopengine.core.definitions import Stage
from loopengine.engine.righted import Corrected, EndedApart
from loopengine.store.legible import legible

_KEPT = "what was answered under a key"


@legible(_KEPT)
def corrected_again(kept: Mapping[str, object]) -> Corrected:
    """What was corrected, as it was answered."""
    event, undoes = kept["event"], kept["undoes"]
    assert isinstance(undoes, list)
    return Corrected(
        case=str(kept["case"]),
        event=None if event is None else str(event),
        undoes=tuple(_whole(n) for n in undoes),
        from_state=str(kept["from"]),
        to=str(kept["to"]),
        state=str(kept["state"]),
        stage=cast("Stage | None", kept["stage"]),
        revision=_whole(kept["revision"]),
        withdrawn=_texts(kept["withdrawn"]),
        reopened=_texts(kept["reopened"]),
        also_moved=_texts(kept["also_moved"]),
    )


@legible(_KEPT)
def ended_again(kept: Mapping[str, object]) -> EndedApart:
    """What was withdrawn or merged, as it was answered."""
    into = kept["into"]
    return EndedApart(
        case=str(kept["case"]),
        from_state=str(kept["from"]),
        state=str(kept["state"]),
        revision=_whole(kept["revision"]),
        into=None if into is None else str(into),
        withdrawn=_texts(kept["withdrawn"]),
        also_moved=_texts(kept["also_moved"]),
    )


def _texts(value: object) -> tuple[str, ...]:
    assert isinstance(value, list)
    return tuple(map(str, value))


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
