"""`pytest --workflows FOLDER`: what it collects, how a failure reads, and what it reports at the end."""

from __future__ import annotations

import re
import subprocess

import pytest
from testing.conftest import Run, Write

# What is tested of the workflow of the small framework, with what can be said to be proved of it.
ITEMS = [
    "board/framework.yaml::is sound",
    "board/visit.yaml::is sound",
    "board/visit.yaml::rule is_wanted",
    "board/visit.yaml::guard asked.go",
    "board/visit.yaml::guard asked.refuse",
    "board/visit.yaml::reach asked",
    "board/visit.yaml::end asked",
    "board/visit.yaml::reach done",
    "board/visit.yaml::reach refused",
    "board/visit.yaml::owner asked",
    "board/visit.yaml::clock asked",
    "board/visit.yaml::deadline answer",
    "board/visit.yaml::longest visit",
    "board/visit.yaml::lifecycle",
]


def failed(run: subprocess.CompletedProcess[str]) -> list[str]:
    """The names of the items that failed in *run*, in the order of its summary."""
    return re.findall(r"^FAILED board/(.+?)(?: - .*)?$", run.stdout, re.MULTILINE)


def test_every_file_and_every_proof_is_a_test_with_a_name_that_can_be_read(write: Write, run_tests: Run):
    write()

    run = run_tests("--workflows", "board", "--collect-only", "-q")

    assert run.stdout.splitlines()[: len(ITEMS)] == ITEMS


def test_every_example_is_a_test_and_says_what_is_so_instead(write: Write, run_tests: Run):
    home = write() / "examples"
    home.mkdir()
    examples = "examples: visit\nrules:\n  is_wanted:\n    - {given: {agreed: true, child_age: 18}, is: %s}\n"

    (home / "visit.yaml").write_text(examples % "false", "utf-8")
    right = run_tests("--workflows", "board", "-q", "-k", "example")
    (home / "visit.yaml").write_text(examples % "true", "utf-8")
    wrong = run_tests("--workflows", "board", "-q", "-k", "example")

    assert "1 passed" in right.stdout
    assert failed(wrong) == ["visit.yaml::example rule is_wanted 1"]
    assert "visit.yaml:4: is_wanted is FALSE then, and not TRUE" in wrong.stdout


def test_a_file_of_examples_that_cannot_be_read_is_told(write: Write, run_tests: Run):
    home = write() / "examples"
    home.mkdir()
    (home / "visit.yaml").write_text("examples: visit\nrule: {}\n", "utf-8")
    (home / "gone.yaml").write_text("examples: gone\n", "utf-8")

    run = run_tests("--workflows", "board", "-q", "-k", "sound")

    assert failed(run) == ["framework.yaml::is sound", "visit.yaml::is sound"]
    assert "there is no workflow 'gone'" in run.stdout


def test_a_sound_framework_passes_and_shows_what_was_seen_of_it(write: Write, run_tests: Run):
    write()

    run = run_tests("--workflows", "board", "-q", "--workflows-examples", "4")

    assert run.returncode == 0, run.stdout
    assert f"{len(ITEMS)} passed" in run.stdout
    table = run.stdout.partition("coverage of the definitions")[2].splitlines()[1:4]
    # By hand: three states; two steps, each of which can be refused; two leaves of the rule, both ways (the
    # guards say nothing of their own), and each where it decides; one clock, with a reminder and a rung.
    there = ["visit", "/3", "/2", "/2", "/4", "/2", "/1", "/2"]
    assert [re.sub(r"\d+/", "/", cell) for cell in table[1].split()[:-1]] == there
    assert table[0].split()[1:-2] == ["states", "steps", "refusals", "leaves", "deciding", "clocks", "rungs"]
    assert table[2].split()[1:] == table[1].split()[1:]


@pytest.mark.parametrize(
    ("right", "wrong", "item", "said"),
    [
        ("agreed and", "agred and", "visit.yaml::is sound", "'agred'"),
        (
            "agreed and child_age < 18",
            "child_age < 18 and child_age > 20",
            "visit.yaml::rule is_wanted",
            "is_wanted can never be TRUE",
        ),
        (
            "reason: required}",
            "reason: required}\n      skip: {to: done, automatic: true, when: agreed}\n"
            "      stop: {to: refused, automatic: true, when: child_age < 3}",
            "visit.yaml::race asked.skip and stop",
            "for example: agreed: yes; child_age: 2",
        ),
        (
            "owner: business_unit\n",
            "stage: decision\n",
            "visit.yaml::owner asked",
            "nobody has the move in asked",
        ),
        (
            "from: opened",
            "from: go",
            "visit.yaml::clock asked",
            "no deadline runs in asked, where a case begins, and no `no_clock` says why",
        ),
        (
            "deadlines:",
            "claims:\n  adults: {if: child_age > 18, then: not is_wanted, source: local}\n"
            "  all: {if: agreed, then: is_wanted, source: local}\ndeadlines:",
            "visit.yaml::claim all",
            "for example: agreed: yes; child_age: 18",
        ),
    ],
    ids=["a name", "a rule", "a race", "an owner", "a clock", "a claim"],
)
def test_a_planted_fault_fails_in_its_own_item_and_in_words(
    write: Write, run_tests: Run, right: str, wrong: str, item: str, said: str
):
    write((right, wrong))

    run = run_tests("--workflows", "board", "-q", "--workflows-examples", "1", "-k", "not lifecycle")

    assert run.returncode == 1, run.stdout
    assert item in failed(run)
    assert said in run.stdout
    assert "Traceback" not in run.stdout
    assert "Error" not in run.stdout


def test_a_gap_of_the_routing_table_fails_under_the_framework(write: Write, run_tests: Run):
    folder = write()
    with (folder / "framework.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "intake: visit\nroutes:\n"
            "  - {review: visit, strength: must, title: Infants, when: child_age < 1, source: local}\n"
        )

    run = run_tests("--workflows", "board", "-q", "-k", "routes")

    assert run.returncode == 1, run.stdout
    assert failed(run) == ["framework.yaml::gap routes"]
    assert (
        "no row answers, and `otherwise` does not say who is asked\nfor example: child_age: 1" in run.stdout
    )


def test_an_engine_that_does_something_else_fails_the_lifecycle_with_the_story(write: Write, run_tests: Run):
    """As if somebody had changed the engine: the role of whoever acts does not matter any more."""
    folder = write()
    (folder.parent / "conftest.py").write_text(
        "import loopengine.core.machine as machine\nmachine.objection = lambda *_, **__: None\n", "utf-8"
    )

    run = run_tests("--workflows", "board", "-q", "-k", "lifecycle")

    assert run.returncode == 1, run.stdout
    assert failed(run) == ["visit.yaml::lifecycle"]
    assert re.search(
        r"^(go|refuse) is allowed in VIS-2017-001, which stands in asked: by its definition it "
        r"should have been refused",
        run.stdout,
        re.MULTILINE,
    ), run.stdout
    assert "  1. a case of visit is opened on 2017-01-09, with " in run.stdout
    assert "Traceback" not in run.stdout


def test_too_little_coverage_fails_a_run_that_asks_for_it(write: Write, run_tests: Run):
    write()

    run = run_tests("--workflows", "board", "-q", "--workflows-examples", "1", "--workflows-cover", "99")

    assert run.returncode == 1, run.stdout
    assert re.search(r"^\d+% of the definitions was seen, less than 99%$", run.stdout, re.MULTILINE)


def test_where_no_life_was_run_nothing_was_seen(write: Write, run_tests: Run):
    write()

    run = run_tests("--workflows", "board", "-q", "-k", "rule", "--workflows-cover", "1")

    assert run.returncode == 1, run.stdout
    assert "0% of the definitions was seen, less than 1%" in run.stdout


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--workflows-examples", "0"), "'0' is no number of lives: say 1 or more"),
        (("--workflows-cover", "101"), "'101' is no percentage: say 0 to 100"),
        (("--workflows-cover", "all"), "'all' is no percentage: say 0 to 100"),
    ],
)
def test_a_number_that_cannot_be_is_refused(write: Write, run_tests: Run, option: tuple[str, str], said: str):
    write()

    run = run_tests("--workflows", "board", *option)

    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert said in run.stdout + run.stderr


def test_one_item_can_be_asked_for_by_its_name(write: Write, run_tests: Run):
    write()

    run = run_tests("--workflows", "board", "board/visit.yaml::rule is_wanted", "-q")

    assert "1 passed" in run.stdout


def test_several_processes_tell_what_they_have_seen_together(write: Write, run_tests: Run):
    write()

    run = run_tests("--workflows", "board", "-q", "-n", "2", "--workflows-examples", "4")

    assert f"{len(ITEMS)} passed" in run.stdout
    assert re.search(r"^visit +3/3 +2/2 ", run.stdout, re.MULTILINE), run.stdout


def test_named_in_addopts_the_files_are_tested_beside_the_tests(write: Write, run_tests: Run):
    folder = write()
    (folder.parent / "test_own.py").write_text("def test_own(): pass\n", "utf-8")
    (folder.parent / "pytest.ini").write_text("[pytest]\naddopts = --workflows board\n", "utf-8")

    run = run_tests("--collect-only", "-q")

    assert run.stdout.splitlines()[: len(ITEMS) + 1] == [*ITEMS, "test_own.py::test_own"]


def test_without_the_option_nothing_is_loaded_and_nothing_is_collected(write: Write, run_tests: Run):
    folder = write()
    (folder.parent / "test_own.py").write_text(
        "import sys\n"
        "def test_own():\n"
        "    assert 'loopengine.pytest_plugin' in sys.modules\n"
        "    loaded = [each for each in sys.modules if each.startswith('loopengine')]\n"
        "    assert sorted(loaded) == ['loopengine', 'loopengine.pytest_plugin']\n",
        "utf-8",
    )

    run = run_tests("-q", "-p", "no:xdist")

    assert "1 passed" in run.stdout, run.stdout


def test_a_folder_without_a_framework_is_named(run_tests: Run):
    run = run_tests("--workflows", "nowhere")

    assert run.returncode == 4
    assert "--workflows: there is no framework.yaml in " in run.stderr
