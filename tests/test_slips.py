"""No slip of the pen in a shipped file goes unnoticed: the check, an example or a proof tells.

All of them take minutes; without `-m soak`, some files are tried whole.
"""

from __future__ import annotations

from functools import lru_cache

import pytest

from loopengine.core.files.examples import load_examples
from loopengine.core.files.loading import load_framework
from loopengine.core.files.mutating import Trial
from loopengine.workflow_files import default_framework

FOLDER = default_framework()
FILES = sorted(file.name for file in FOLDER.glob("*.yaml"))
SOME = ("agency-information.yaml", "challenge.yaml", "learning-event.yaml", "notifiable-incident.yaml")


@lru_cache
def trial() -> Trial:
    framework = load_framework(FOLDER)
    return Trial(framework, load_examples(FOLDER, framework))


def unnoticed(file: str) -> list[str]:
    """The slips in *file* that nobody notices and nobody argues for; and the arguments that nothing needs."""
    verdicts = [*trial().judged(trial().mutants([file]))]
    survivors = [each.mutant.name for each in verdicts if each.fate == "survived"]
    return survivors + [each.message for each in trial().stale([file], verdicts)]


@pytest.mark.parametrize("file", SOME)
def test_no_slip_in_some_shipped_files_goes_unnoticed(file: str) -> None:
    assert unnoticed(file) == []


@pytest.mark.soak
@pytest.mark.parametrize("file", [each for each in FILES if each not in SOME])
def test_no_slip_in_any_shipped_file_goes_unnoticed(file: str) -> None:
    assert unnoticed(file) == []


def test_without_the_examples_the_proofs_notice_few() -> None:
    blind = Trial(trial().framework, {})
    verdicts = [*blind.judged(blind.mutants(["challenge.yaml"]))]

    noticed = [each for each in verdicts if each.fate != "survived"]

    assert len(noticed) < len(verdicts) / 10
