"""The form in which learning travels between bodies: version 1, as a JSON Schema.

What one version has, it keeps; docs/exchange.md explains it. Does not know how a file is written or read.
"""

from __future__ import annotations

from typing import TypeAlias

from loopengine.core.definitions import STAGES
from loopengine.core.values import LONGEST_TEXT

FORMAT, VERSION = "loopengine-learning", 1
Schema: TypeAlias = dict[str, object]

_REFERENCE: Schema = {
    "type": "string",
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$",
    "description": "what it is called there, such as LP-2017-001: letters, digits, and . _ / - between them",
}
_DAY: Schema = {
    "type": ["string", "null"],
    "format": "date",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "description": "a day such as 2017-01-31",
}
_STATUS: Schema = {
    "type": "string",
    "enum": ["open", "closed", "withdrawn"],
    "description": "open; closed; or withdrawn: opened in error, or taken back",
}
_STAGE: Schema = {
    "type": ["string", "null"],
    "enum": [*STAGES, None],
    "description": "the stage of the learning loop that it is in",
}
_FLAG: Schema = {"type": ["boolean", "null"]}


def learning_schema() -> Schema:
    """The JSON Schema of a file of learning."""
    form = _object(
        "What one body has learnt, for others.",
        {
            "format": {"const": FORMAT, "type": "string", "description": f"always {FORMAT!r}"},
            "version": {"const": VERSION, "type": "integer", "description": f"always {VERSION}"},
            "body": _said(_ref("body"), "whose learning it is"),
            "made_at": {
                "type": "string",
                "format": "date-time",
                "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T.+(Z|[+-][0-9]{2}:[0-9]{2})$",
                "description": "when the file was made: an instant such as 2017-01-31T09:00:00Z",
            },
            "period": _said(_ref("period"), "only what has been opened or moved on these days; null: all"),
            "reviews": {"type": "array", "items": _ref("review"), "description": "the reviews"},
            "learning_points": {
                "type": "array",
                "items": _ref("learning_point"),
                "description": "the learning points",
            },
        },
        optional=("period",),
    )
    # Draft 7, like the other schemas.
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Learning that bodies exchange, as loopengine writes and reads it",
        **form,
        "definitions": _definitions(),
    }


def _definitions() -> Schema:
    return {
        "body": _object(
            "A body that exchanges learning.",
            {
                "id": {
                    "type": "string",
                    "pattern": "^[a-z][a-z0-9-]{0,63}$",
                    "description": "the name under which its learning is known for good: a-z, 0-9 and -",
                },
                "name": _text("what it is called", shortest=1, null=False),
            },
        ),
        "period": _object(
            "Days, both included.",
            {"from": _said(_DAY, "the first; null: from the beginning"), "to": _said(_DAY, "the last")},
            sort=["object", "null"],
        ),
        "kind": _named("object"),
        "named": _named(["object", "null"]),
        "origin": _object(
            "Where the body has it from, if it has not learnt it itself.",
            {
                "body": {
                    "type": "string",
                    "pattern": "^[a-z][a-z0-9-]{0,63}$",
                    "description": "the `id` of the body that has learnt it: a-z, 0-9 and -",
                },
                "reference": _REFERENCE,
                "exchanged_on": _said(_DAY, "when it was taken over from there"),
            },
            sort=["object", "null"],
            optional=("exchanged_on",),
        ),
        "review": _review(),
        "learning_point": _learning_point(),
        "evaluation": _object(
            "What its evaluation found.",
            {
                "method": _said(_ref("named"), "how it was evaluated"),
                "found_in_practice": {**_FLAG, "description": "whether it was found at work in practice"},
            },
            sort=["object", "null"],
            optional=("method", "found_in_practice"),
        ),
    }


def _named(sort: object) -> Schema:
    name: Schema = {
        "type": "string",
        "pattern": "^[a-z][a-z0-9_-]*$",
        "description": "its name: a-z, 0-9, _ and -",
    }
    return _object(
        "One of a list of the body's own.", {"name": name, "title": _text("its title", null=False)}, sort=sort
    )


def _review() -> Schema:
    references: Schema = {"type": "array", "items": {**_REFERENCE}}
    return _object(
        "A review.",
        {
            "reference": _REFERENCE,
            "type": _said(_ref("kind"), "which review it is, by name and title"),
            "status": _STATUS,
            "stage": _STAGE,
            "opened_on": _said(_DAY, "the day on which it began"),
            "closed_on": _said(_DAY, "the day on which it ended"),
            "published_on": _said(_DAY, "the day on which its report was published"),
            "title": _text("what was published, by title"),
            "summary": _text("what it says, in short"),
            "link": _text("where it can be read"),
            "converted_from": {**references, "description": "reviews of the same matter that gave way to it"},
            "converted_to": {**references, "description": "reviews of the same matter to which it gave way"},
            "themes": {
                "type": "array",
                "items": _ref("kind"),
                "description": "what its learning points are about",
            },
            "recommendations": {
                "type": ["integer", "null"],
                "minimum": 0,
                "description": "how many recommendations were made",
            },
            "came_from": _said(_ref("origin"), "the body that has carried it out, if it was another"),
        },
        required=("reference", "type", "status"),
    )


def _learning_point() -> Schema:
    return _object(
        "A learning point.",
        {
            "reference": _REFERENCE,
            "review": {
                **_REFERENCE,
                "type": ["string", "null"],
                "description": "the `reference` of the review from which it comes",
            },
            "status": _STATUS,
            "stage": _said(_STAGE, "how far it has come: identified, disseminated, embedded, evaluated"),
            "identified_on": _said(_DAY, "the day on which it was recorded"),
            "sent_on": _said(_DAY, "the day on which it first went out"),
            "embedded_on": _said(_DAY, "the day on which it first was received by everybody, to be embedded"),
            "evaluated_on": _said(_DAY, "the day on which it first was found learnt"),
            "theme": _said(_ref("named"), "what it is about"),
            "lesson": _text("what is to be learnt, in words"),
            "good_practice": {**_FLAG, "description": "whether it is an example to build on"},
            "evaluation": _said(_ref("evaluation"), "what its evaluation found"),
            "came_from": _said(_ref("origin"), "the body that has learnt it, if it was another"),
        },
        required=("reference", "status", "lesson"),
    )


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _said(schema: Schema, says: str) -> Schema:
    """*schema*, with what it is for; beside a reference, draft 7 reads nothing, but people do."""
    return {**schema, "description": says}


def _text(says: str, *, shortest: int = 0, null: bool = True) -> Schema:
    sort: object = ["string", "null"] if null else "string"
    least: Schema = {"minLength": shortest} if shortest else {}
    return {"type": sort, **least, "maxLength": LONGEST_TEXT, "description": says}


def _object(
    says: str,
    properties: Schema,
    *,
    sort: object = "object",
    optional: tuple[str, ...] = (),
    required: tuple[str, ...] | None = None,
) -> Schema:
    return {
        "type": sort,
        "description": says,
        "properties": properties,
        "required": [*(required or (name for name in properties if name not in optional))],
        "additionalProperties": False,
    }
