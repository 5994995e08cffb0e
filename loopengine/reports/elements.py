"""A page of ours taken apart into its elements, for whoever makes something else of it.

Knows HTML as our templates write it. Does not know what is made of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_EMPTY = frozenset({"meta", "link", "br", "img", "path", "circle", "rect", "use", "line", "polyline"})
_UNSEEN = frozenset({"style", "script", "head", "svg"})


@dataclass(slots=True)
class Element:
    """An element: its tag, what it is given, and what is in it."""

    tag: str
    given: dict[str, str] = field(default_factory=dict)
    inside: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> frozenset[str]:
        """Its classes."""
        return frozenset(self.given.get("class", "").split())

    @property
    def is_seen(self) -> bool:
        """Whether a reader sees it: no style, no drawing, nothing for programs that read aloud alone."""
        return self.tag not in _UNSEEN and not self.classes & {"unseen", "skip", "hidden"}

    def elements(self) -> Iterator[Element]:
        """The elements that are directly in it."""
        return (each for each in self.inside if isinstance(each, Element))

    def all(self, *tags: str) -> Iterator[Element]:
        """Every element with one of these *tags* in it, however deep, in order."""
        for each in self.elements():
            if each.tag in tags:
                yield each
            yield from each.all(*tags)

    def words(self) -> str:
        """What a reader sees of it as one text; lines that a user wrote stay lines."""
        return "".join(_words(self))


def elements_of(html: str) -> Element:
    """The page *html* as one element."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


def _words(element: Element) -> Iterator[str]:
    for each in element.inside:
        if isinstance(each, str):
            yield each if element.tag == "bdi" else _joined(each)
        elif each.is_seen:
            yield from _words(each)


def _joined(text: str) -> str:
    """*text* as a browser shows it: whatever is white in it is one space."""
    kept = " ".join(text.split(" \t\n") if not text.strip() else text.split())
    if not text.strip():
        return " " if text else ""
    return (" " if text[0].isspace() else "") + kept + (" " if text[-1].isspace() else "")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("page")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inside.append(element)
        if tag not in _EMPTY:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take down an element that has nothing in it."""
        self._open[-1].inside.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """End the element that was begun last with this *tag*."""
        if tag not in _EMPTY and any(each.tag == tag for each in self._open[1:]):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Take down text."""
        self._open[-1].inside.append(data)
