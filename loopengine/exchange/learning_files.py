"""Reading a file of learning that another body has sent: all that is wrong is said, or it is a letter.

Does not know what becomes of what it says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from pathlib import Path
from typing import NoReturn

from loopengine.clock import parse_instant
from loopengine.core.exchange import Body, Told
from loopengine.core.values import UNKNOWN_WORD
from loopengine.engine.letters import LearningProblem, LearningRefused, Learnt, Letter
from loopengine.errors import RefusedError, UsageError
from loopengine.exchange.checking import Fault, below, faults, shown
from loopengine.exchange.learning_form import FORMAT, VERSION, learning_schema

MOST_BYTES = 20_000_000
_MOST_FAULTS = 100
_NOT_OURS = "a file of learning is one that `loopengine export learning` writes"
Document = Mapping[str, object]


class _KeyTwice(ValueError):
    """An object in a JSON text has a key twice."""


def read_letter(path: str | Path, own: Body) -> Letter:
    """What the file at *path* says to the body *own*.

    Raises UsageError if it cannot be read, is no file of learning or of a newer version; RefusedError if it
    is the body's own; LearningRefused with all that is wrong in it.
    """
    name = str(path)
    document = _document(name, _content(Path(path)))
    refuse_what_is_not_learning(name, document)
    found = [LearningProblem(name, *each) for each in islice(_all_faults(document), _MOST_FAULTS)]
    if found:
        raise LearningRefused(found)
    assert isinstance(document, Mapping)
    body = _body(document["body"])
    if body.id == own.id:
        raise RefusedError(
            f"{name!r} is what this board, {own.id}, has exported itself",
            "import what another body has exported; if it goes by the same id, one of the two has to change",
        )
    return Letter(tuple(_items(document, body)), parse_instant(str(document["made_at"])), name)


def refuse_what_is_not_learning(name: str, document: object) -> None:
    """Raise UsageError if *document* says that it is something else, or of a version that is not known."""
    said = document.get("format") if isinstance(document, Mapping) else None
    if not isinstance(document, Mapping) or said != FORMAT:
        what = "has no `format`" if said is None else f"has the `format` {shown(said)}"
        raise UsageError(f"{name!r} is JSON, but {what}", f"{_NOT_OURS}: its `format` is {FORMAT!r}")
    version = document.get("version")
    if isinstance(version, int) and not isinstance(version, bool) and version > VERSION:
        raise UsageError(
            f"{name!r} is of version {version} of the format, and this program knows version {VERSION}",
            "use a newer loopengine, or ask for a file of that version",
        )


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"there is no file {str(path)!r}") from None
    except OSError as error:
        raise UsageError(f"the file {str(path)!r} cannot be read: {error.strerror}") from None
    if len(content) > MOST_BYTES:
        raise UsageError(
            f"the file {str(path)!r} has more than {MOST_BYTES // 1_000_000} million bytes",
            "ask for several, each of a shorter period",
        )
    return content


def _document(name: str, content: bytes) -> object:
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise UsageError(f"{name!r} is not a text in UTF-8", _NOT_OURS) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise UsageError(
            f"{name!r} is not JSON: {error.msg[:1].lower()}{error.msg[1:]}, {where}", _NOT_OURS
        ) from None
    except _KeyTwice as error:
        raise UsageError(f"{name!r} is not clear: {error}", "keep one of them") from None
    except (ValueError, RecursionError):  # a number without end, or lists in lists without end
        raise UsageError(f"{name!r} is not JSON that anybody would write", _NOT_OURS) from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _KeyTwice(f"the key {shown(twice)} stands twice in one place")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _all_faults(document: object) -> Iterator[Fault]:
    found = False
    for each in faults(learning_schema(), document):
        found = True
        yield each
    if not found:
        assert isinstance(document, Mapping)
        yield from _twice(document)


def _twice(document: Document) -> Iterator[Fault]:
    """What stands there twice, under a reference of this body or of the one that has learnt it."""
    own = _body(document["body"]).id
    seen: dict[tuple[str, str], str] = {}
    for item, at in _each(document, "reviews", "learning_points"):
        known = {(own, str(item["reference"])): below(at, "reference")}
        if isinstance(origin := item.get("came_from"), Mapping):
            known |= {(str(origin["body"]), str(origin["reference"])): below(at, "came_from")}
        for name, place in known.items():
            if seen.setdefault(name, place) != place:
                yield Fault(place, f"{shown(name[1])} is there already, at {seen[name]}", "keep one")


def _each(document: Document, *lists: str) -> Iterator[tuple[Document, str]]:
    for name in lists:
        items = document[name]
        assert isinstance(items, list)
        yield from ((each, below(f"/{name}", n)) for n, each in enumerate(items))


def _items(document: Document, body: Body) -> Iterator[Learnt]:
    """What the document says that a body can learn from: its points, and reviews that say something else."""
    reviews = {str(review["reference"]): review for review, _ in _each(document, "reviews")}
    told: set[str] = set()
    for point, at in _each(document, "learning_points"):
        review = reviews.get(str(point.get("review")))
        told.add(str(point.get("review")))
        yield _point(point, review, body, at)
    for review, at in _each(document, "reviews"):
        if review["reference"] not in told and _says(review.get("summary")):
            yield _review(review, body, at)


def _point(point: Document, review: Document | None, body: Body, at: str) -> Learnt:
    theme, good = point.get("theme"), point.get("good_practice")
    found: dict[Told, str | date | bool] = {}
    if _says(point.get("lesson")):
        found["message"] = str(point["lesson"])
    if isinstance(theme, Mapping) and _says(theme["title"]):
        found["theme"] = str(theme["title"])
    if isinstance(good, bool):
        found["good_practice"] = good
    found |= {} if review is None else _of_review(review)
    found["publication"] = _publication(point, review, body)
    places = {"": at, "message": below(at, "lesson"), "theme": f"{at}/theme/title"}
    return _learnt(point, body, found, places)


def _review(review: Document, body: Body, at: str) -> Learnt:
    found = {**_of_review(review), "message": str(review["summary"])}
    title = review.get("title")
    found["publication"] = str(title) if _says(title) else _publication(None, review, body)
    places = {"": at, "message": below(at, "summary"), "publication": below(at, "title")}
    return _learnt(review, body, found, {**places, "link": below(at, "link")})


def _of_review(review: Document) -> dict[Told, str | date | bool]:
    found: dict[Told, str | date | bool] = {}
    if isinstance(published := review.get("published_on"), str):
        found["published_on"] = date.fromisoformat(published)
    if _says(review.get("link")):
        found["link"] = str(review["link"])
    return found


def _publication(point: Document | None, review: Document | None, body: Body) -> str:
    """What it is, in words: whose, which review, of which year, and which point of it."""
    said = body.name
    if review is not None:
        kind = review["type"]
        assert isinstance(kind, Mapping)
        on = review.get("published_on") or review.get("opened_on")
        year = f" ({str(on)[:4]})" if on else ""
        said += f": {kind['title'] or kind['name']} {review['reference']}{year}"
    return said if point is None else f"{said}{',' if review else ':'} learning point {point['reference']}"


def _learnt(
    item: Document, body: Body, told: Mapping[Told, str | date | bool], places: Mapping[str, str]
) -> Learnt:
    reference, origin = str(item["reference"]), item.get("came_from")
    withdrawn = item["status"] == "withdrawn"
    if not isinstance(origin, Mapping):
        return Learnt(body, reference, told, withdrawn, places=places)
    first = Body(str(origin["body"]), str(origin["body"]))
    return Learnt(first, str(origin["reference"]), told, withdrawn, (body, reference), places)


def _body(said: object) -> Body:
    assert isinstance(said, Mapping)
    return Body(str(said["id"]), str(said["name"]))


def _says(text: object) -> bool:
    """Whether *text* says something: to a fact, `unknown` does not."""
    return isinstance(text, str) and bool(text.strip()) and text != UNKNOWN_WORD
