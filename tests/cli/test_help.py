"""What the command line says of itself, and what that costs."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

import loopengine
from loopengine.cli.program import SECTIONS, program

VERBS = [verb for verbs in SECTIONS.values() for verb in verbs]
# Each takes longer to import than everything that help needs.
HEAVY = {
    "alembic",
    "holidays",
    "pydantic",
    "rich",
    "sqlalchemy",
    "sqlmodel",
    "structlog",
    "transitions",
    "yaml",
}


def command(verb):
    return program.get_command(click.Context(program), verb)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_says_what_it_does_and_shows_an_example(verb):
    help_ = command(verb).help

    summary, rest = help_.split("\n", 1)
    assert summary.endswith(".")
    assert len(summary) <= 100
    assert f"\n  loopengine {verb}" in rest


@pytest.mark.parametrize("verb", [None, *VERBS])
def test_every_option_has_help(verb):
    of = program if verb is None else command(verb)

    options = [each for each in of.params if isinstance(each, click.Option)]

    assert options
    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_is_an_answer(verb):
    result = CliRunner().invoke(program, [verb, "--help"])

    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: loopengine {verb}")
    assert result.stderr == ""


def test_help_lists_every_verb_with_all_that_it_says_of_itself():
    result = CliRunner().invoke(program, ["--help"], env={"COLUMNS": "200"})

    assert result.exit_code == 0
    said = " ".join(result.stdout.split())
    assert [verb for verb in VERBS if f"{verb} {command(verb).help.splitlines()[0]}" not in said] == []


def test_without_a_verb_there_is_help_and_it_is_a_mistake():
    result = CliRunner().invoke(program, [])

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Usage: loopengine" in result.stderr


def test_the_version_is_that_of_the_package():
    result = CliRunner().invoke(program, ["--version"])

    assert (result.exit_code, result.stdout) == (0, f"loopengine {loopengine.__version__}\n")


def test_help_imports_nothing_that_is_slow():
    source = (
        "import sys\n"
        "from loopengine.cli import main\n"
        "sys.argv = ['loopengine', '--help']\n"
        "try:\n    main()\n"
        "except SystemExit:\n    print(*sys.modules, file=sys.stderr)\n"
    )

    run = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)

    assert run.stdout.startswith("Usage: loopengine")
    loaded = set(run.stderr.split())
    assert "click" in loaded
    assert loaded & HEAVY == set()
    # Of the house itself, only the command line and the errors.
    rooms = {name.split(".")[1] for name in loaded if name.startswith("loopengine.")}
    assert rooms == {"cli", "errors"}
