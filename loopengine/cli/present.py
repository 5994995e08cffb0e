"""The framework in use: read from its folder, or, while its files are being mended, stood in for.

A case goes on under the framework that it began under, which the database holds: it needs the folder only to
open cases. Knows the names of roles and agencies. Does not know who acts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from loopengine import Actor, Engine, load_framework
from loopengine.core.definitions import Framework, Group, Named, Workflow
from loopengine.core.files.loading import framework_from_texts
from loopengine.errors import DefinitionError, LoopEngineError, UnknownName, UsageError
from loopengine.store import books


@dataclass(frozen=True, slots=True)
class Unreadable(Framework):
    """What stands for a framework that cannot be read: whoever asks it for a workflow is told *wrong*."""

    wrong: LoopEngineError = field(kw_only=True)

    def workflow(self, name: str) -> Workflow:
        """Raises what was wrong."""
        raise self.wrong

    def group(self, name: str) -> Group:
        """Raises what was wrong."""
        raise self.wrong


def framework_or_stand_in(folder: Path) -> Framework:
    """The framework in *folder*, or what stands for it; raises UsageError if there is no such folder."""
    try:
        return load_framework(folder)
    except (DefinitionError, UsageError) as error:
        if not folder.is_dir():
            raise
        return Unreadable(name="", version=0, title="", workflows={}, roles={}, wrong=error)


def check_names(roles: Iterable[str], agency: str | None, framework: Framework) -> None:
    """Raise UnknownName for a role or an agency that *framework* does not know."""
    Actor("whoever asks", roles, agency).within(framework)


def check_names_at_work(roles: Iterable[str], agency: str | None, engine: Engine) -> None:
    """Raise UnknownName for a role or an agency of neither the present framework nor that of any case."""
    with suppress(UnknownName):
        check_names(roles, agency, engine.framework)
        return
    # Cases keep the framework that they began under, so they may know more names than the present one.
    every = [engine.framework, *_of_cases(engine)]
    if every == [engine.framework] and isinstance(engine.framework, Unreadable):
        return
    known = replace(
        every[-1],
        roles=_together(each.roles for each in every),
        agencies=_together(each.agencies for each in every),
    )
    check_names(roles, agency, known)


def _of_cases(engine: Engine) -> Iterator[Framework]:
    with engine.database.reading() as connection:
        for digest in books.framework_digests(connection):
            texts = books.texts_of(connection, digest)
            # Texts that no longer make sense are the business of `audit`.
            with suppress(DefinitionError, UsageError):
                yield framework_from_texts(texts or {})


def _together(several: Iterable[Mapping[str, Named]]) -> dict[str, Named]:
    return {name: value for each in several for name, value in each.items()}
