"""How much of the definitions the lifecycles have seen at work: a table at the end of a run of pytest."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from loopengine.core.definitions import Framework
from loopengine.testing.coverage import SORTS, Coverage, Sort

SEEN = "loopengine-seen"  # under which a report carries what its test has seen
NOT_COVERED = "loopengine: not enough of the definitions was seen at work"


class CoverageTable:
    """The plugin that gathers what was seen, and shows it."""

    def __init__(self, config: pytest.Config, framework: Framework | None) -> None:
        self.config = config
        self.framework = framework
        self.coverage = Coverage()
        self.walked = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add what a test has seen."""
        if report.when != "call":
            return
        for name, value in report.user_properties:
            if name == SEEN and isinstance(value, Mapping):
                self.walked = True
                for workflow, parts in value.items():
                    self.coverage.add(workflow, parts)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Fail a run that has seen too little."""
        wanted = self.config.getoption("workflows_cover")
        is_worker = hasattr(self.config, "workerinput")
        if wanted is None or self.framework is None or is_worker or exitstatus != pytest.ExitCode.OK:
            return
        if self.percent() < float(wanted):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The table; with `-v` also what was not seen."""
        wanted = self.config.getoption("workflows_cover")
        if self.framework is None or not (self.walked or wanted):
            return
        page = terminalreporter
        page.section("coverage of the definitions")
        for line in self.table():
            page.write_line(line)
        if page.verbosity > 0:
            for workflow in self.framework.workflows.values():
                for part in self.coverage.missing(workflow):
                    page.write_line(f"not seen: {workflow.name}: {part.sort}: {part.what}")
        if wanted is not None and self.percent() < float(wanted):
            page.write_line(f"{int(self.percent())}% of the definitions was seen, less than {wanted:g}%")

    def table(self) -> list[str]:
        """The table, line by line: a row for each workflow, and one for all."""
        assert self.framework is not None
        rows = [("workflow", *SORTS, "in all")]
        total = dict.fromkeys(SORTS, (0, 0))
        for workflow in self.framework.workflows.values():
            share = self.coverage.share(workflow)
            total = {sort: _sum(total[sort], share[sort]) for sort in SORTS}
            rows.append((workflow.name, *(_of(share[sort]) for sort in SORTS), _percent(_all(share))))
        rows.append(("all", *(_of(total[sort]) for sort in SORTS), _percent(_all(total))))
        widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
        return [
            row[0].ljust(widths[0]) + "".join(f"  {cell.rjust(width)}" for cell, width in
                                              zip(row[1:], widths[1:], strict=True))
            for row in rows
        ]  # fmt: skip

    def percent(self) -> float:
        """How much of all definitions was seen, in a hundred."""
        shares = [self.coverage.share(each) for each in self.framework.workflows.values()] \
            if self.framework is not None else []  # fmt: skip
        seen, there = 0, 0
        for share in shares:
            seen, there = _sum((seen, there), _all(share))
        return 100 * seen / there if there else 100.0


def _sum(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] + other[0], one[1] + other[1]


def _all(share: Mapping[Sort, tuple[int, int]]) -> tuple[int, int]:
    total = (0, 0)
    for each in share.values():
        total = _sum(total, each)
    return total


def _of(share: tuple[int, int]) -> str:
    return f"{share[0]}/{share[1]}" if share[1] else "-"


def _percent(share: tuple[int, int]) -> str:
    return f"{100 * share[0] // share[1]}%" if share[1] else "-"
