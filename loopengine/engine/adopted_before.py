"""Which rows of a table are cases that are there already: so that a file can be brought in twice.

They are known by what the file calls them, or else by what they say. Reads; writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from loopengine.core.records import Record
from loopengine.core.values import Value
from loopengine.engine.adopting import Adoption
from loopengine.engine.work import Held, Work
from loopengine.store import books, cases


@dataclass(slots=True)
class _There:
    """A case that is there: what a file called it, and all that was ever answered, by fact."""

    record: Record
    known_as: str | None
    said: Mapping[str, frozenset[Value | None]]
    met: bool = False

    def says(self, facts: Mapping[str, Value | None]) -> bool:
        """Whether all of *facts* were said of it at some time."""
        return all(_plain(value) in self.said.get(name, frozenset()) for name, value in facts.items())


@dataclass(slots=True)
class Before:
    """The cases that are there, by the case that they are under; each is met once in a file."""

    work: Work
    once: Sequence[str]
    _under: dict[tuple[int, str], list[_There]] = field(default_factory=dict)

    def find(self, adoption: Adoption, under: Held) -> tuple[str, tuple[str, ...]] | None:
        """The case that *adoption* is already, and of what it says otherwise than that one."""
        key = under.id, adoption.workflow.name
        if key not in self._under:
            self._under[key] = list(self._there(under, adoption.workflow.name))
        same = {name: adoption.facts[name] for name in self.once if name in adoption.facts}
        found = None
        if adoption.known_as is not None:
            found = next((each for each in self._under[key] if each.known_as == adoption.known_as), None)
        if found is None and same:
            called = adoption.known_as is not None
            free = (each for each in self._under[key] if not each.met and not (called and each.known_as))
            found = next((each for each in free if each.says(same)), None)
        if found is None:
            return None
        found.met = True
        differs = [name for name, value in adoption.facts.items() if not found.says({name: value})]
        if adoption.state != found.record.state:
            differs.append("state")
        return found.record.reference, tuple(differs)

    def _there(self, under: Held, workflow: str) -> Iterator[_There]:
        connection = self.work.connection
        stored = [
            each
            for each in cases.all_cases(connection, parent_id=under.id)
            # One that was opened in error has no way behind it: it may be brought in again.
            if each.record.workflow == workflow and each.record.path
        ]
        kinds = {each.id: self.work.shelf.workflow_of(connection, each.record) for each in stored}
        answers = cases.answers_of(connection, kinds)
        refs = {
            answer.value
            for of_case in answers.values()
            for of_fact in of_case.values()
            for answer in of_fact
            if isinstance(answer.value, str)
        }
        kept = books.words_at(connection, refs)
        for each in stored:
            said = {
                name: frozenset(_plain(kept.get(str(one.value), one.value)) for one in told)
                for name, told in answers[each.id].items()
            }
            yield _There(each.record, self._called(each), said)

    def _called(self, stored: cases.Stored) -> str | None:
        """What the file called it from which it was taken over, if it did."""
        if not stored.record.adopted:
            return None
        first = cases.history_of(self.work.connection, stored.id)[0].words("known_as")
        return None if first is None else books.words_at(self.work.connection, [first.ref]).get(first.ref)


def _plain(value: Value | None) -> Value | None:
    """*value*, without the spaces and capitals that make no difference."""
    return " ".join(value.split()).casefold() if isinstance(value, str) else value
