"""Planted bugs: faults of an engine, each known, so that a test can show that it would notice.

They are faults of what runs the definitions, not of those: mistakes in a file are what `loopengine mutate`
makes. A bug is planted in the code of a function itself: whoever has imported the function has it, too.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from textwrap import dedent
from types import FunctionType

from loopengine.core import actors, deadlines, machine, notices
from loopengine.core.definitions import Workflow
from loopengine.core.rules.expressions import walk
from loopengine.engine import settling
from loopengine.engine.work import Work
from loopengine.errors import UsageError


def _any_workflow(_: Workflow) -> bool:
    return True


@dataclass(frozen=True)
class PlantedBug:
    """A fault of the engine: *name* says what follows from it.

    In *function*, *wrong* stands where *right* should; *matters* says to which workflows that makes a
    difference.
    """

    name: str
    function: Callable[..., object] = field(repr=False)
    right: str = field(repr=False)
    wrong: str = field(repr=False)
    matters: Callable[[Workflow], bool] = field(default=_any_workflow, repr=False)

    def __str__(self) -> str:
        return self.name

    @contextmanager
    def planted(self) -> Iterator[None]:
        """Let every engine of this process have the bug, until the block is left.

        Raises UsageError if the code is not as it was when the bug was thought of.
        """
        function = self.function
        assert isinstance(function, FunctionType)
        source = dedent(inspect.getsource(function))
        if source.count(self.right) != 1:
            raise UsageError(
                f"{self.name!r} cannot be planted: {self.right!r} is not in {function.__qualname__} any more",
                "plant another one",
            )
        scope = dict(function.__globals__)
        exec(compile(source.replace(self.right, self.wrong), f"<{self.name}>", "exec"), scope)
        sound, function.__code__ = function.__code__, scope[function.__name__].__code__
        try:
            yield
        finally:
            function.__code__ = sound


def planted_bugs(workflow: Workflow | None = None) -> tuple[PlantedBug, ...]:
    """The bugs that there are; of a *workflow*, those that make a difference to its cases."""
    return tuple(each for each in BUGS if workflow is None or each.matters(workflow))


def _leads_on(workflow: Workflow) -> bool:
    return any(step.to != workflow.starts for step in workflow.steps())


def _asks_roles(workflow: Workflow) -> bool:
    return any(step.by and not step.automatic for step in workflow.steps())


def _has_rules(workflow: Workflow) -> bool:
    return any(step.when is not None and not step.automatic for step in workflow.steps())


def _reads_facts(workflow: Workflow) -> bool:
    """Whether a rule that stands in somebody's way can be unsettled."""
    rules = [step.when for step in workflow.steps() if step.when is not None and not step.automatic]
    return any(type(node).__name__ in _ASKED for rule in rules for node in walk(rule.condition))


_ASKED = frozenset({"Answer", "Compare", "Among", "Member"})


def _wants_reasons(workflow: Workflow) -> bool:
    return any(step.reason_required and not step.automatic for step in workflow.steps())


def _waits(workflow: Workflow) -> bool:
    return any(step.wait is not None for step in workflow.steps())


def _moves_by_itself(workflow: Workflow) -> bool:
    return any(step.automatic for step in workflow.steps())


def _has_clocks(workflow: Workflow) -> bool:
    return bool(workflow.deadlines)


def _reminds(workflow: Workflow) -> bool:
    return any(each.reminders for each in workflow.deadlines.values())


def _has_ladders(workflow: Workflow) -> bool:
    return any(each.ladder for each in workflow.deadlines.values())


def _stops_clocks(workflow: Workflow) -> bool:
    return any(hold.stops for hold in workflow.holds.values())


def _blocks(workflow: Workflow) -> bool:
    return any(hold.blocks for hold in workflow.holds.values())


BUGS = (
    # who may
    PlantedBug("anybody may do it", actors.may_act_as, "party.role not in actor.roles", "False", _asks_roles),
    PlantedBug("no reason need be given", machine.decide, "step.reason_required and", "False and",
               _wants_reasons),
    # what a rule says
    PlantedBug("the guard is ignored", machine.decide, "if truth is not Truth.TRUE and not",
               "if False and not", _has_rules),
    PlantedBug("not known is as good as yes", machine.decide, "if truth is not Truth.TRUE and not",
               "if truth is Truth.FALSE and not", _reads_facts),
    # where it leads, and when
    PlantedBug("it leads back to the beginning", settling.move, '"to": step.to,',
               '"to": held.workflow.starts,', _leads_on),
    PlantedBug("nothing happens by itself", settling._automatic, "if day is not None:", "if False:",
               _moves_by_itself),
    PlantedBug("the wait is a day short", machine.waiting, "earliest <= situation.today",
               "(earliest - situation.today).days <= 1", _waits),
    # what clocks say
    PlantedBug("a deadline is days late", deadlines._due, "rolled = calendar.rolled(due.on, ",
               "rolled = calendar.rolled(date.fromordinal(due.on.toordinal() + 3), ", _has_clocks),
    PlantedBug("nobody is told that it is late", notices._to_come, "OVERDUE not in clock.said", "False",
               _has_clocks),
    PlantedBug("a reminder is sent twice", notices._to_come, '(name := f"remind-{number}") not in clock.said',
               'clock.said.count(name := f"remind-{number}") < 2', _reminds),
    PlantedBug("a rung is climbed twice", notices._to_come,
               '(name := f"escalate-{number}") not in clock.said',
               'clock.said.count(name := f"escalate-{number}") < 2', _has_ladders),
    # holds
    PlantedBug("a hold is not counted", deadlines._due, "for span in spans if due is not None else ():",
               "for span in ():", _stops_clocks),
    PlantedBug("a hold stops no clock", deadlines.stopping, "if deadline in", "if None in", _stops_clocks),
    PlantedBug("a hold blocks nothing", machine.blocking, "step.event in", "None in", _blocks),
    # what is written
    PlantedBug("a move is not written", Work.write, "self.written.append((held, entry))",
               'kind == "moved" or self.written.append((held, entry))'),
    PlantedBug("a refusal is not written", Work.write, "self.written.append((held, entry))",
               'kind == "refused" or self.written.append((held, entry))', _asks_roles),
)  # fmt: skip
