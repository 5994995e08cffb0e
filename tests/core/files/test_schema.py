"""The JSON Schemas for editors: made from the same declarations that files are read by."""

import json
from pathlib import Path

import jsonschema
import pytest

from loopengine.core.files.example_shapes import examples_schema
from loopengine.core.files.framework_shapes import framework_schema
from loopengine.core.files.shapes import json_schema
from loopengine.core.files.yaml_nodes import read_document
from loopengine.exchange.learning_form import learning_schema
from loopengine.workflow_files import shipped_workflows

INVALID = Path(__file__).parents[2] / "invalid"
WORKFLOWS = shipped_workflows()
SHIPPED = sorted(WORKFLOWS.glob("*/*.yaml"))
EXAMPLES = sorted(WORKFLOWS.glob("*/examples/*.yaml"))
# What is wrong with these is the spelling of a key or of a value, which is all that a schema can know.
MISSPELT = ("missing-key", "unknown-key", "wrong-sort", "wrong-sort-of-value", "not-in-quotes", "misspelt",
            "not-one-of", "empty-list", "empty-table", "listed-twice")  # fmt: skip


def faults(path):
    """What the schema for such a file has against the file *path*."""
    schema = framework_schema() if path.name == "framework.yaml" else json_schema()
    return [*jsonschema.Draft7Validator(schema).iter_errors(read_document(path.name, path.read_bytes()).data)]


@pytest.mark.parametrize(
    "schema",
    [json_schema(), framework_schema(), examples_schema(), learning_schema()],
    ids=lambda schema: schema["title"],
)
def test_a_schema_is_a_schema(schema):
    jsonschema.Draft7Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("workflow.schema.json", json_schema()),
        ("framework.schema.json", framework_schema()),
        ("examples.schema.json", examples_schema()),
        ("learning.schema.json", learning_schema()),
    ],
)
def test_the_shipped_schemas_are_those_of_the_declarations(name, schema):
    assert (WORKFLOWS / name).read_text("utf-8") == json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_what_is_shipped_is_valid(path):
    assert faults(path) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples_that_are_shipped_are_valid_and_name_their_schema(path):
    text = path.read_text("utf-8")
    data = read_document(path.name, text).data

    assert [*jsonschema.Draft7Validator(examples_schema()).iter_errors(data)] == []
    assert text.splitlines()[0] == "# yaml-language-server: $schema=../../examples.schema.json"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_what_is_shipped_names_the_schema_that_it_follows(path):
    sort = "framework" if path.name == "framework.yaml" else "workflow"

    first = path.read_text("utf-8").splitlines()[0]

    assert first == f"# yaml-language-server: $schema=../{sort}.schema.json"


@pytest.mark.parametrize("name", MISSPELT)
def test_an_editor_marks_what_is_misspelt(name):
    assert faults(INVALID / f"{name}.yaml") != []


def test_every_key_of_a_schema_says_what_it_means():
    def silent(schema):
        if isinstance(schema, dict):
            for name, declared in schema.get("properties", {}).items():
                if not declared.get("description"):
                    yield name
            for each in schema.values():
                yield from silent(each)

    assert [*silent(json_schema()), *silent(framework_schema()), *silent(learning_schema())] == []


@pytest.mark.parametrize("written", ["5 working days", "1 month", "14 days", "2 weeks", "1 year"])
def test_a_duration_of_the_reference_is_one_to_an_editor(written):
    schema = json_schema()["definitions"]["Rung"]["properties"]["after"]

    jsonschema.validate(written, schema)
