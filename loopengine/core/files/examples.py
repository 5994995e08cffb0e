"""Files of examples: read, and held against the framework beside whose files they lie.

They lie in the folder `examples` of a framework's, each called after its workflow, or `framework.yaml`. They
are no part of the definitions: no case keeps them, and no version of a workflow is another one by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from loopengine.core.definitions import Framework
from loopengine.core.examples.definitions import (
    Argument,
    Charged,
    Content,
    Due,
    Duties,
    Example,
    Examples,
    Fires,
    Judged,
    Reasoned,
    Routed,
    RuleSort,
    Stilled,
    Stood,
    Stopped,
    Supposed,
    Waited,
    Walked,
)
from loopengine.core.examples.judging import Bench, failing
from loopengine.core.files import yaml_messages
from loopengine.core.files.assembling import FRAMEWORK
from loopengine.core.files.example_shapes import (
    A_DAY,
    ClockShape,
    ExamplesShape,
    GivenShape,
    JudgedShape,
    day_in,
)
from loopengine.core.files.loading import misnamed, yaml_files
from loopengine.core.files.messages import Message
from loopengine.core.files.places import Place
from loopengine.core.files.reading import Keys
from loopengine.core.files.yaml_nodes import read_document
from loopengine.core.truth import Truth
from loopengine.core.workdays import WorkingCalendar
from loopengine.errors import DefinitionError, Problem, UsageError

FOLDER = "examples"
# What would be said of a workflow file.
_NO_WORKFLOW: Set[tuple[str, str | None]] = {yaml_messages.empty_file(), yaml_messages.not_keys_at_the_top()}
T = TypeVar("T")


def load_examples(folder: str | Path, framework: Framework) -> Mapping[str, Examples]:
    """The examples in the framework's *folder*, by the name of the workflow or framework.

    Raises DefinitionError with all that is wrong with the files, but for what does not come out as they say.
    """
    found, problems = _read_all(Path(folder), framework)
    if problems:
        raise DefinitionError(sorted(problems))
    return found


def examples_problems(folder: str | Path, framework: Framework) -> tuple[Problem, ...]:
    """What is wrong with the examples in the framework's *folder*, and what does not come out as they say."""
    found, problems = _read_all(Path(folder), framework)
    if not problems:
        problems = [each for examples in found.values() for each in failures(examples, framework)]
    return tuple(sorted(problems))


def failures(examples: Examples, framework: Framework) -> Iterator[Problem]:
    """Each of *examples* that does not come out as it says, as a problem at its place."""
    bench = bench_of(examples.of, framework)
    for example in examples.examples:
        said = failing(example, bench)
        if said is not None:
            yield Problem(example.file, example.line, example.column, f"example {example.name}: {said}", None)


def bench_of(name: str, framework: Framework) -> Bench:
    """What examples of the workflow called *name*, or of *framework* itself, are judged on."""
    calendar = WorkingCalendar.england_and_wales(starts=framework.first_day)
    return Bench(framework.workflows.get(name), framework, calendar)


def holds_examples(path: Path) -> bool:
    """Whether *path* is the folder of a framework's examples, or a file in it."""
    home = path if path.is_dir() else path.parent
    return path.exists() and home.name == FOLDER and (home.parent / FRAMEWORK).is_file()


def _read_all(folder: Path, framework: Framework) -> tuple[dict[str, Examples], list[Problem]]:
    problems: list[Problem] = []
    found: dict[str, Examples] = {}
    home = folder / FOLDER
    if not home.is_dir():
        return found, problems
    problems += misnamed(home)
    for file in yaml_files(home):
        try:
            content = file.read_bytes()
        except OSError as error:
            raise UsageError(f"the file {str(file)!r} cannot be read: {error.strerror}") from None
        document = read_document(str(file), content)
        problems += map(_of_examples, document.problems)
        if not document.readable:
            continue
        shape = Keys(ExamplesShape).read(document.data, Place(document, problems))
        name = framework.name if file.name == FRAMEWORK else file.stem
        if name != framework.name and name not in framework.workflows:
            shape.place.refuse(_of_nothing(name))
        elif shape.examples and shape.examples != name:
            (shape.place / "examples").refuse(_of_another(shape.examples, name))
        elif not problems:
            found[name] = Examples(name, tuple(_examples(shape)), tuple(_arguments(shape)))
    return found, problems


def _of_examples(problem: Problem) -> Problem:
    """*problem* without what holds of workflow files alone."""
    if (problem.message, problem.hint) not in _NO_WORKFLOW:
        return problem
    return replace(problem, hint="a file of examples begins with `examples:`")


def _of_nothing(name: str) -> Message:
    return Message(
        f"there is no workflow {name!r} of which these could be examples", "the file is called after it"
    )


def _of_another(said: str, name: str) -> Message:
    return Message(f"these are examples of {said!r}, and the file is called after {name!r}", f"write {name}")


# --- from shapes to examples --------------------------------------------------------------------------------


def _examples(shape: ExamplesShape) -> Iterator[Example]:
    yield from _judged("rule", shape.rules)
    yield from _judged("guard", shape.guards)
    yield from _judged("standing", shape.standing)
    for n, route in enumerate(shape.routes, 1):
        name = route.title or f"routes {n}"
        yield _placed(name, Routed(_supposed(route), route.must, route.should, route.may), route.place)
    for deadline, clock in shape.clocks.items():
        yield from _of_clock(deadline, clock)
    for hold, still in shape.holds.items():
        yield _placed(f"hold {hold}", Stilled(hold, still.stops, still.blocks), still.place)
    for step, rows in shape.waits.items():
        for n, row in enumerate(rows, 1):
            if row.not_before is not None:
                name = row.title or f"wait {step} {n}"
                yield _placed(name, Waited(step, _days(row.from_), row.not_before), row.place)
    yield from _of_people(shape)
    for name, way in shape.ways.items():
        yield _placed(f"way {name}", Walked(way.from_ or None, way.events, way.ends), way.place)


def _judged(sort: RuleSort, shapes: Mapping[str, tuple[JudgedShape, ...]]) -> Iterator[Example]:
    for name, rows in shapes.items():
        for n, row in enumerate(rows, 1):
            content = Judged(sort, name, _supposed(row), Truth[row.is_.upper() or "UNKNOWN"])
            yield _placed(f"{sort} {name} {n}" + (f": {row.title}" if row.title else ""), content, row.place)


def _supposed(shape: GivenShape) -> Supposed:
    return Supposed(
        dict(shape.given),
        shape.on,
        _days(shape.happened),
        {kind: Stood(each.number, each.reached, each.excused) for kind, each in shape.sub_cases.items()},
        dict(shape.earlier),
        {fact: tuple(_present(days)) for fact, days in shape.alike.items()},
    )


def _of_clock(name: str, shape: ClockShape) -> Iterator[Example]:
    if not shape.stopped_by and not shape.fires and not shape.worked:
        shape.place.refuse_key(
            Message(f"nothing is said of the clock {name!r}", "say `stopped_by`, `fires` or `worked`")
        )
    if shape.stopped_by:
        yield _placed(f"clock {name} stops", Stopped(name, shape.stopped_by), shape.place)
    if shape.fires:
        yield _placed(f"clock {name} fires", Fires(name, shape.fires), shape.place)
    for n, row in enumerate(shape.worked, 1):
        if row.due is None:
            continue
        told: dict[date, tuple[str, ...]] = {}
        for day, roles in row.told.items():
            if (on := day_in(day)) is not None:
                told[on] = roles
            else:
                (row.place / "told" / day).refuse_key(Message(f"{day!r} is no day", f"write {A_DAY}"))
        content = Due(name, _days(row.from_), row.due, told)
        yield _placed(f"clock {name} {n}" + (f": {row.title}" if row.title else ""), content, row.place)


def _of_people(shape: ExamplesShape) -> Iterator[Example]:
    duties = {role: _duties_in(each) for role, each in shape.who.items()}
    anybody = Duties(
        **{
            each.name: tuple(
                dict.fromkeys(name for own in duties.values() for name in getattr(own, each.name))
            )
            for each in fields(Duties)
        }
    )
    for role, own in duties.items():
        yield _placed(f"who {role}", Charged(role, own, anybody), shape.who[role].place)
    if shape.reasons:
        yield _placed("reasons", Reasoned(shape.reasons), shape.place / "reasons")


def _duties_in(shape: object) -> Duties:
    return Duties(**{each.name: getattr(shape, each.name) for each in fields(Duties)})


def _arguments(shape: ExamplesShape) -> Iterator[Argument]:
    for pattern, said in shape.survivors.items():
        place = shape.place / "survivors" / pattern
        mark = place.at_key
        yield Argument(pattern, said, place.document.file, mark.line, mark.column)


def _placed(name: str, content: Content, place: Place) -> Example:
    mark = place.at_key
    return Example(name, content, place.document.file, mark.line, mark.column)


def _days(given: Mapping[str, date | None]) -> dict[str, date]:
    return {name: day for name, day in given.items() if day is not None}


def _present(days: Iterable[T | None]) -> Iterator[T]:
    return (day for day in days if day is not None)
