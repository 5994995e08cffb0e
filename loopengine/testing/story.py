"""What was done in a walk, sentence by sentence, and what it says when something is not as it has to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from loopengine.core.values import UNKNOWN_WORD, Value, spell_text
from loopengine.errors import LoopEngineError


class Disagreement(AssertionError):
    """The engine did not do what the definition says; the message tells it, and the story that led there."""


@dataclass(slots=True)
class Story:
    """The sentences of a walk, in order."""

    sentences: list[str] = field(default_factory=list)

    def tell(self, sentence: str) -> None:
        """Add a *sentence*."""
        self.sentences.append(sentence)

    def so_far(self) -> str:
        """The sentences, one a line and numbered."""
        return "\n".join(f"  {number}. {each}" for number, each in enumerate(self.sentences, 1))

    def disagree(self, what: str) -> Disagreement:
        """That something is not as it has to be: *what*, in words."""
        return Disagreement(f"{what}\n{self.so_far()}")

    def check(self, holds: bool, what: str) -> None:
        """Raise Disagreement unless it *holds*; *what* says what is wrong."""
        if not holds:
            raise self.disagree(what)

    @contextmanager
    def without_error(self, what: str) -> Iterator[None]:
        """No error of the engine is expected in the middle of *what*: one that comes is told."""
        try:
            yield
        except LoopEngineError as error:
            raise self.disagree(f"{what}: {error.kind}: {error.message}") from error


def facts_words(facts: Mapping[str, Value | None]) -> str:
    """*facts* as the command line takes them."""
    said = (f"{name}={UNKNOWN_WORD if each is None else spell_text(each)}" for name, each in facts.items())
    return ", ".join(said) or "nothing"
