"""What the command line says of itself, and what that costs."""

import shlex
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

import loopengine
from loopengine.cli.arranging import verbs
from loopengine.cli.program import SECTIONS, program

COMMANDS = {" ".join(words): command for words, command in verbs(program)}
# The words that `loopengine --help` lists: each a verb, or the beginning of several of two words.
WORDS = [word for words in SECTIONS.values() for word in words]
# Each takes longer to import than everything that help needs.
HEAVY = {
    "alembic",
    "holidays",
    "pydantic",
    "rich",
    "sqlalchemy",
    "sqlmodel",
    "z3",
    "structlog",
    "transitions",
    "yaml",
}


def told(*args):
    return CliRunner().invoke(program, args, env={"COLUMNS": "200"})


@pytest.mark.parametrize("verb", COMMANDS)
def test_every_verb_says_what_it_does_and_shows_an_example(verb):
    help_ = COMMANDS[verb].help

    summary, rest = help_.split("\n", 1)
    assert summary.endswith(".")
    assert len(summary) <= 100
    assert f"\n  loopengine {verb}" in rest


@pytest.mark.parametrize("verb", [None, *COMMANDS])
def test_every_option_has_help(verb):
    of = program if verb is None else COMMANDS[verb]

    options = [each for each in of.params if isinstance(each, click.Option)]

    assert options
    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize("verb", [*COMMANDS, *WORDS])
def test_help_of_a_verb_is_an_answer(verb):
    result = told(*verb.split(), "--help")

    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: loopengine {verb}")
    assert result.stderr == ""


def test_help_lists_every_verb_with_all_that_it_says_of_itself():
    homes = {verb: told(*verb.split()[:-1], "--help") for verb in COMMANDS}

    assert {home.exit_code for home in homes.values()} == {0}
    said = {verb: " ".join(home.stdout.split()) for verb, home in homes.items()}
    summary = {
        verb: f"{verb.split()[-1]} {command.help.splitlines()[0]}" for verb, command in COMMANDS.items()
    }
    assert [verb for verb in COMMANDS if summary[verb] not in said[verb]] == []
    assert [word for word in WORDS if f" {word} " not in " ".join(told("--help").stdout.split())] == []


def test_without_a_verb_there_is_help_and_it_is_a_mistake():
    result = told()

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Usage: loopengine" in result.stderr


def test_the_version_is_that_of_the_package():
    result = told("--version")

    assert (result.exit_code, result.stdout) == (0, f"loopengine {loopengine.__version__}\n")


@pytest.mark.parametrize("asked", [["--help"], ["--reason", "x", "fire", "--help"]])
def test_help_imports_nothing_that_is_slow(asked):
    """Nor does finding the verb behind options of its own."""
    source = (
        "import sys\n"
        "from loopengine.cli import main\n"
        f"sys.argv = ['loopengine', *{asked}]\n"
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


@pytest.mark.parametrize("verb", ["route", "intake", "adopt", "assess"])
def test_the_example_of_a_verb_can_be_typed_as_it_stands(verb, tmp_path):
    """Of those that need no case."""
    _, example = COMMANDS[verb].help.split("Example:\n")
    program_name, *words = shlex.split(example.split("\n\n")[0].replace("\\\n", " "))

    result = told(*words, "--now", "2017-01-05T09:00Z", "--db", str(tmp_path / "board.db"))

    assert (program_name, result.exit_code) == ("loopengine", 0), result.stderr
