"""Every mutant of some files of a framework, built, and shown to whoever could notice it.

The cheapest are asked first: the check of the file, then the examples, then the proofs; and of what none of
them notices, it is asked whether it means anything otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from loopengine.core.definitions import Framework
from loopengine.core.examples.definitions import Argument, Examples
from loopengine.core.files.assembling import FRAMEWORK
from loopengine.core.files.mutated import Files, Rebuilt
from loopengine.core.mutating.judging import Verdict, differences, noticed_by_example, noticed_by_proof
from loopengine.core.mutating.mutants import Kind, Mutant, mutated
from loopengine.core.mutating.producing import mutants_of
from loopengine.core.proving.findings import Proof
from loopengine.core.proving.proofs import prove
from loopengine.core.proving.routing import prove_routes
from loopengine.errors import Problem


@dataclass
class Trial:
    """The mutants of *framework*, and what may be argued for those that nothing notices."""

    framework: Framework
    examples: Mapping[str, Examples]
    _files: Files = field(init=False)
    _failing: dict[str, tuple[Proof, ...]] = field(init=False, default_factory=dict)
    _noticing: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self._files = Files(self.framework)

    def mutants(self, files: Iterable[str], kinds: Iterable[Kind] = ()) -> tuple[Mutant, ...]:
        """The mutants of *files*, in their order; of *kinds* alone, if any are named."""
        wanted = frozenset(kinds)
        return tuple(
            mutant
            for file in files
            for mutant in mutants_of(file, self._files.data_of(file))
            if not wanted or mutant.kind in wanted
        )

    def judged(self, mutants: Iterable[Mutant]) -> Iterator[Verdict]:
        """What becomes of each of *mutants*, in their order."""
        for mutant in mutants:
            verdict = self._verdict(mutant)
            argument = self._argument(mutant) if verdict.fate == "survived" else None
            yield verdict if argument is None else replace(verdict, fate="argued", by=argument.said)

    def stale(self, files: Iterable[str], verdicts: Sequence[Verdict]) -> tuple[Problem, ...]:
        """Arguments for what is noticed, means the same, or is no mutant: of *files*, all of whose mutants
        came to *verdicts*.
        """
        tried = frozenset(files)  # one in which no slip can be made has no verdict
        found: list[Problem] = []
        for examples in self.examples.values():
            file = self._file_of(examples.of)
            for argument in examples.survivors if file in tried else ():
                own = [
                    each for each in verdicts if each.mutant.file == file and _meets(argument, each.mutant)
                ]
                if not own:
                    found.append(_stale(argument, "there is no such slip"))
                elif not any(each.fate == "argued" for each in own):
                    found.append(_stale(argument, "it survives no more, and needs no argument"))
        return tuple(sorted(found))

    def _verdict(self, mutant: Mutant) -> Verdict:
        data = mutated(self._files.data_of(mutant.file), mutant)
        built: list[Rebuilt] = []
        for rebuilt in self._files.with_change(mutant.file, data, mutant.place, first=self._noticing):
            if rebuilt.problems:
                return Verdict(mutant, "check", rebuilt.problems[0].message)
            built.append(rebuilt)
            for name, workflow in rebuilt.workflows.items():
                said = noticed_by_example(mutant, workflow, rebuilt.board, self.examples)
                if said is not None:
                    self._noticing = name
                    return Verdict(mutant, "example", said)
        workflows = [(each, workflow) for each in built for workflow in each.workflows.values()]
        for each, workflow in workflows:
            failing = self._failing_of(workflow.name)
            said = noticed_by_proof(mutant, workflow, each.board, failing)
            if said is not None:
                return Verdict(mutant, "proof", said)
        for each, workflow in workflows:
            old = self.framework.workflow(workflow.name)
            if found := differences(old, workflow, self.framework, each.board):
                return Verdict(mutant, "survived", differences=found)
        return Verdict(mutant, "equivalent")

    def _failing_of(self, name: str) -> tuple[Proof, ...]:
        """The proofs that fail without any mutant."""
        if name not in self._failing:
            proofs = prove(self.framework.workflow(name), self.framework.workflows)
            if name == self.framework.intake:
                proofs += prove_routes(self.framework)
            self._failing[name] = tuple(each for each in proofs if not each.holds)
        return self._failing[name]

    def _argument(self, mutant: Mutant) -> Argument | None:
        of = self.framework.name if mutant.file == FRAMEWORK else mutant.file.removesuffix(".yaml")
        own = self.examples.get(of)
        return next((each for each in own.survivors if _meets(each, mutant)), None) if own else None

    def _file_of(self, name: str) -> str:
        return f"{name}.yaml" if name in self.framework.workflows else FRAMEWORK


def _meets(argument: Argument, mutant: Mutant) -> bool:
    return argument.pattern == mutant.name or fnmatchcase(mutant.name, argument.pattern)


def _stale(argument: Argument, why: str) -> Problem:
    message = f"{argument.pattern!r} is argued for, and {why}"
    return Problem(argument.file, argument.line, argument.column, message, "take the argument away")
