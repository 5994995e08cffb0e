"""A world in words, and a proof as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from loopengine.core.proving.domains import State, Thing, World
from loopengine.core.proving.findings import Proof
from loopengine.core.rules.english import words
from loopengine.core.situation import Tally
from loopengine.core.values import UNKNOWN_WORD, Json, spell_text


def example_words(world: World) -> str:
    """What is so in *world*, in one line; "whatever the facts" if that is nothing."""
    return "; ".join(f"{subject}: {state}" for subject, state in _said(world)) or "whatever the facts"


def example_json(world: World) -> dict[str, Json]:
    """What is so in *world*, by what it is about."""
    return dict(_said(world))


def proof_json(proof: Proof) -> dict[str, Json]:
    """One of the `proofs` that `check --prove` prints."""
    return {
        "proof": proof.sort,
        "about": proof.about,
        "holds": proof.holds,
        "said": proof.said,
        "example": None if proof.example is None else example_json(proof.example),
        "abstract": proof.abstract,
        "exact": proof.exact,
        "decisive": list(proof.decisive),
        "noted": proof.noted,
        "way": [{"event": leg.event, "example": example_json(leg.world)} for leg in proof.way],
    }


def _said(world: World) -> Iterator[tuple[str, str]]:
    for thing, state in world.items():
        yield _subject(thing), _state_words(thing, state)


def _subject(thing: Thing) -> str:
    match thing.sort:
        case "fact":
            return thing.name
        case "cases" | "event":
            return words(thing.name)
        case "past":
            return f"{thing.name} until yesterday"
        case "alike":
            return f"other cases with the same {thing.name} within {thing.within}"


def _state_words(thing: Thing, state: State) -> str:
    match state:
        case Tally():
            return _tally_words(state)
        case None:
            return "never" if thing.sort == "event" else UNKNOWN_WORD
        case ():
            return "the same"
        case tuple():
            value = state[-1].value
            return UNKNOWN_WORD if value is None else spell_text(value)
        case _:
            return f"on {state}" if thing.sort == "event" else spell_text(state)


def _tally_words(tally: Tally) -> str:
    if not tally.total:
        return "none"
    reached = [f"{number} of them {words(state)}" for state, number in tally.reached.items()]
    excused = [f"{tally.excused} of them excused"] if tally.excused else []
    return ", ".join([str(tally.total), *reached, *excused])
