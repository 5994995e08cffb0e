"""What all tests share: how hard hypothesis tries, and that nothing is skipped unseen in CI."""

import gc
import os

import pytest
import structlog
from hypothesis import settings

# No deadlines: a first commit to a new database is slow now and then, and that is no fault of the example.
settings.register_profile("default", deadline=None, max_examples=100)
# CI draws the same examples every time, so a red run is the fault of the change that it runs on.
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

LONG = ("test_lifecycle", "test_docs", "test_catching_up", "test_exchange.py", "test_damaged_files")


def needs(report):
    """What a skipped test says it needs, such as "needs dot"; None of any other report."""
    if not report.skipped or hasattr(report, "wasxfail"):
        return None
    reason = report.longrepr[2].removeprefix("Skipped: ")
    return reason if reason.startswith("needs ") else None


def unless_at_home(report):
    """*report*, failed where it was skipped for a missing tool: CI has every tool, or is broken."""
    if os.environ.get("LOOPENGINE_CI") == "1" and (reason := needs(report)):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {reason}"
    return report


def pytest_collection_modifyitems(items):
    """What takes longest goes first: on several cores, nobody waits for the last of it."""
    items.sort(key=lambda item: not any(name in item.nodeid for name in LONG))


def pytest_collection_finish():
    """What was loaded by now stays: whoever clears up need not look through it again, nor so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def no_log_of_a_host():
    """Whoever sets up structlog does so for one test: the engine would log through it ever after."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def browser():
    """Chromium; of a module, because other modules run loops of events of their own."""
    from support.browser import chromium  # it takes a while to load, and few modules want it

    with chromium() as started:
        yield started


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    return unless_at_home((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    return unless_at_home((yield))
