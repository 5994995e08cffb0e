"""What the tests of the shipped files share: the framework as it ships, and its Serious Case Review."""

import pytest

from loopengine import Framework, Workflow, load_framework
from loopengine.workflow_files import default_framework


@pytest.fixture(scope="session")
def framework() -> Framework:
    return load_framework(default_framework())


@pytest.fixture(scope="session")
def review(framework: Framework) -> Workflow:
    """The workflow of the Serious Case Review."""
    return framework.workflow("serious-case-review")
