"""Our own reading of the schema says yes and no as any validator does."""

from __future__ import annotations

import copy
from typing import Any

import jsonschema
from hypothesis import given
from hypothesis import strategies as some
from support.bodies import letter, point, review

from loopengine.exchange.checking import faults
from loopengine.exchange.learning_form import learning_schema

SCHEMA = learning_schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
RIGHT = letter(
    point(
        review="SCR-2016-002",
        stage="embedded",
        sent_on="2017-01-18",
        theme={"name": "neglect", "title": "Neglect"},
        good_practice=False,
        evaluation={"method": None, "found_in_practice": True},
        came_from={"body": "hillside-sab", "reference": "X-1", "exchanged_on": None},
    ),
    reviews=(
        review(
            published_on="2017-01-16",
            converted_from=["MACR-2016-001"],
            themes=[{"name": "neglect", "title": "Neglect"}],
            recommendations=4,
        ),
    ),
    period={"from": "2017-01-01", "to": None},
)
# Of what JSON can hold; a date that is written as one, and is none, only we find.
VALUES = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(-3, 3),
    some.floats(-2, 2),
    some.sampled_from(["", "x", "open", "2017-01-31", "SCR-2016-002", "a/b c", "evaluated", "17"]),
    some.just([]),
    some.just({}),
    some.just({"name": "neglect", "title": "Neglect"}),
    some.just(["SCR-2016-001", 3]),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to everything in *value*."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [path, *(each for key in keys for each in places(value[key], (*path, key)))]


def test_a_right_document_has_no_faults() -> None:
    VALIDATOR.validate(RIGHT)
    assert [*faults(SCHEMA, RIGHT)] == []


@given(some.data())
def test_whatever_is_changed_we_say_what_a_validator_says(data: Any) -> None:
    document = copy.deepcopy(RIGHT)
    for _ in range(data.draw(some.integers(1, 3))):
        *above, last = data.draw(some.sampled_from([each for each in places(document) if each]))
        at = document
        for key in above:
            at = at[key]
        change = data.draw(some.sampled_from(["set", "drop", "add"]))
        if change == "set":
            at[last] = copy.deepcopy(data.draw(VALUES))
        elif change == "drop":
            del at[last]
        elif isinstance(at, dict):
            at[data.draw(some.sampled_from(["closed_on", "link", "extra"]))] = copy.deepcopy(
                data.draw(VALUES)
            )

    ours = {each.pointer for each in faults(SCHEMA, document)}

    theirs = {
        "".join(f"/{part}" for part in error.absolute_path) for error in VALIDATOR.iter_errors(document)
    }
    assert bool(ours) == bool(theirs)
    # Of a key that is unknown, we name its object as they do.
    assert ours == theirs


def test_a_pointer_is_spelled_as_the_standard_has_it() -> None:
    schema = {"type": "object", "properties": {"a/b~c": {"type": "null"}}}

    assert [each.pointer for each in faults(schema, {"a/b~c": 1})] == ["/a~1b~0c"]
