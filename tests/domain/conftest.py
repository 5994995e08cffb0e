"""What the tests of the shipped files share: the framework as it ships, and its Serious Case Review."""

import pytest
from support.shipped import SHIPPED

from loopengine import Framework, Workflow


@pytest.fixture(scope="session")
def framework() -> Framework:
    return SHIPPED


@pytest.fixture(scope="session")
def review(framework: Framework) -> Workflow:
    """The workflow of the Serious Case Review."""
    return framework.workflow("serious-case-review")
