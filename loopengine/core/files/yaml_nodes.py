"""YAML text to plain data, with the place of every key and value, and everything in it that could be misread.

Knows YAML and its surprises. Does not know which keys a workflow file has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping
from itertools import islice
from typing import NoReturn, Protocol, TypeAlias

import yaml

from loopengine.core.files import messages, yaml_messages
from loopengine.core.files.documents import Data, Document, KeyPath, Mark, mark_at
from loopengine.core.files.messages import Message
from loopengine.errors import Problem

LARGEST = 1_000_000  # bytes
DEEPEST = 50  # levels
MOST_PROBLEMS = 100  # of one file
# libyaml is some ten times as fast; what the two of them read differently is refused below.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_Tagged: TypeAlias = yaml.ScalarEvent | yaml.SequenceStartEvent | yaml.MappingStartEvent

# YAML 1.2, core schema, less octal, hexadecimal and floating point numbers, which no key here takes.
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,14})")
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
# What YAML 1.1, and so many a reader, takes for true or false.
_DOUBTFUL = {"yes": "true", "y": "true", "on": "true", "no": "false", "n": "false", "off": "false"}
_INVISIBLE = re.compile(
    # Control characters, and those that only some programs take for the end of a line.
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
    # What turns the text around it, so that it is read in another order than it is written in.
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    # What shows nothing at all, and can hide words or tell two apart that look the same.
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\uffa0\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
    # Some scripts cannot do without these two, which join letters or keep them apart; ours can.
    "|(?<![^\0-\x7f])[\u200c\u200d]"
)
_SPLITS_IN_BRACKETS = re.compile("[?:]")
_COLON_AND_BRACKET = re.compile(r":[\[\]{},]")
_TOP = Mark(1, 1, 0, 0)


def read_document(file: str, content: bytes | str, *, plain: Container[str] = ()) -> Document:
    """*content*, the YAML of *file*, as a document; whatever is wrong with it is among its problems.

    Of the words that some readers take for true or false, those that are *plain* here are texts.
    """
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    if len(raw) > LARGEST:
        return _unreadable(file, "", [(_TOP, yaml_messages.too_large(len(raw), LARGEST))])
    try:
        text = plain_text(raw)
    except UnicodeDecodeError as error:
        read = raw[: error.start].decode()
        return _unreadable(file, "", [(mark_at(read, len(read)), yaml_messages.not_utf8(raw[error.start]))])
    if found := [*islice(_strange_characters(text), MOST_PROBLEMS)]:
        return _unreadable(file, text, found)
    return _Reading(file, text, plain).document()


def plain_text(raw: bytes) -> str:
    """The text that *raw* is in UTF-8: every line ended by a line feed alone, and no byte order mark."""
    return raw.decode().removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _strange_characters(text: str) -> Iterator[tuple[Mark, Message]]:
    """The first tab of each line that has one, and every character that cannot be seen."""
    for found in re.finditer(r"^[^\t\n]*(\t)", text, re.MULTILINE):
        yield mark_at(text, found.start(1)), yaml_messages.tab()
    for found in _INVISIBLE.finditer(text):
        yield mark_at(text, found.start()), yaml_messages.invisible_character(found[0])


def _unreadable(file: str, text: str, found: list[tuple[Mark, Message]]) -> Document:
    problems = tuple(Problem(file, mark.line, mark.column, *said) for mark, said in found)
    return Document(file, text, {}, {}, {}, problems, readable=False)


class _LoaderMark(Protocol):
    """A place as either loader gives it, counted from 0."""

    line: int
    column: int
    index: int


class _Stop(Exception):
    """Nothing after this point of the text can be made sense of."""


class _Reading:
    """One pass over the events of a YAML text."""

    def __init__(self, file: str, text: str, plain: Container[str]) -> None:
        self.file, self.text, self.plain = file, text, plain
        self.keys: dict[KeyPath, Mark] = {}
        self.values: dict[KeyPath, Mark] = {}
        self.found: list[tuple[Mark, Message]] = []
        self.events = iter(yaml.parse(text, Loader=LOADER))

    def document(self) -> Document:
        try:
            data = self._only_document()
        except _Stop:
            return _unreadable(self.file, self.text, self.found)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            # The two last: the slower loader on an escape or a number that it does not expect.
            return _unreadable(self.file, self.text, [*self.found, _syntax(error, self.text)])
        problems = tuple(Problem(self.file, mark.line, mark.column, *said) for mark, said in self.found)
        return Document(self.file, self.text, data, self.keys, self.values, problems)

    def _only_document(self) -> dict[str, Data]:
        next(self.events)
        begins = next(self.events)
        if not isinstance(begins, yaml.DocumentStartEvent):
            self._stop(_TOP, yaml_messages.empty_file())
        if begins.version or begins.tags:
            self._refuse(_mark(begins), yaml_messages.directive())
        top = next(self.events)
        if isinstance(top, yaml.ScalarEvent) and not top.value:
            self._stop(_mark(top), yaml_messages.empty_file())
        if not isinstance(top, yaml.MappingStartEvent):
            self._stop(_mark(top), yaml_messages.not_keys_at_the_top())
        self.values[()] = _mark(top)
        self._refuse_anchor_and_tag(top, _mark(top))
        data = self._keyed((), in_brackets=bool(top.flow_style))
        next(self.events)
        following = next(self.events)
        if isinstance(following, yaml.DocumentStartEvent):
            self._stop(_mark(following), yaml_messages.second_document())
        return data

    def _value(self, event: yaml.Event, path: KeyPath, *, in_brackets: bool) -> Data:
        mark = self.values[path] = _mark(event)
        if len(path) > DEEPEST:
            self._stop(mark, yaml_messages.too_deep(DEEPEST))
        match event:
            case yaml.AliasEvent():
                self._refuse(mark, yaml_messages.alias(str(event.anchor)))
                return None
            case yaml.ScalarEvent():
                self._refuse_anchor_and_tag(event, mark)
                return self._scalar(event, path, in_brackets=in_brackets)
            case yaml.SequenceStartEvent():
                self._refuse_anchor_and_tag(event, mark)
                return self._list(path, in_brackets=bool(event.flow_style))
            case yaml.MappingStartEvent():
                self._refuse_anchor_and_tag(event, mark)
                return self._keyed(path, in_brackets=bool(event.flow_style))
            case _:
                raise AssertionError(event)

    def _list(self, path: KeyPath, *, in_brackets: bool) -> list[Data]:
        items: list[Data] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items)), in_brackets=in_brackets))
        return items

    def _keyed(self, path: KeyPath, *, in_brackets: bool) -> dict[str, Data]:
        data: dict[str, Data] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key, mark = self._key(event, in_brackets=in_brackets), _mark(event)
            refused = self._refuse_key(key, mark, path)
            here = (*path, f"{key} in line {mark.line}" if refused else key)
            self.keys[here] = mark
            value = self._value(next(self.events), here, in_brackets=in_brackets)
            # In brackets, a key without a value is what comes after a comma in a text.
            if not refused and not (value is None and in_brackets):
                data[key] = value
        return data

    def _refuse_key(self, key: str, mark: Mark, path: KeyPath) -> bool:
        """Whether *key* cannot stand where it does, which is then told."""
        first = self.keys.get((*path, key))
        if key == "<<":
            self._refuse(mark, yaml_messages.merge_key())
        elif first is not None:
            self._refuse(mark, yaml_messages.duplicate_key(key, first.line))
        return key == "<<" or first is not None

    def _key(self, event: yaml.Event, *, in_brackets: bool) -> str:
        """The text of a key, whatever else it looks like: `on` is a key of the format."""
        mark = _mark(event)
        if not isinstance(event, yaml.ScalarEvent):
            self._stop(mark, yaml_messages.key_is_no_name())
        self._refuse_anchor_and_tag(event, mark)
        key = str(event.value)
        self._refuse_invisible(key, mark)
        if not event.style and in_brackets:
            self._refuse_split_text(key, mark)
        return key

    def _scalar(self, event: yaml.ScalarEvent, path: KeyPath, *, in_brackets: bool) -> Data:
        text, mark = str(event.value), _mark(event)
        self._refuse_invisible(text, mark)
        if event.style or text in self.plain:
            return text
        if text.lower() in _DOUBTFUL:
            self._refuse(mark, yaml_messages.doubtful_word(text, _DOUBTFUL[text.lower()]))
            return None
        if text in _WORDS:
            if (word := _WORDS[text]) is None:
                self._refuse(mark, yaml_messages.no_value(path[-1], in_brackets=in_brackets))
            return word
        if in_brackets:
            self._refuse_split_text(text, mark)
        return int(text) if _WHOLE.fullmatch(text) else text

    def _refuse_invisible(self, text: str, mark: Mark) -> None:
        """Refuse what an escape has brought into *text*."""
        if found := _INVISIBLE.search(text):
            self._refuse(mark, yaml_messages.invisible_character(found[0]))

    def _refuse_split_text(self, text: str, mark: Mark) -> None:
        """Refuse what one loader reads as a text, and another splits, or does not read at all."""
        if _COLON_AND_BRACKET.match(self.text, mark.end):
            self._stop(mark_at(self.text, mark.end), yaml_messages.colon_without_space())
        if found := _SPLITS_IN_BRACKETS.search(text):
            at = self.text.find(found[0], mark.start)
            self._refuse(mark_at(self.text, at), yaml_messages.split_text(found[0]))

    def _refuse_anchor_and_tag(self, event: _Tagged, mark: Mark) -> None:
        if event.anchor is not None:
            self._refuse(mark, yaml_messages.anchor(event.anchor))
        if event.tag is not None:
            self._refuse(mark, yaml_messages.tag())

    def _refuse(self, mark: Mark, said: Message) -> None:
        self.found.append((mark, said))
        if len(self.found) == MOST_PROBLEMS:
            self._stop(mark, messages.too_many_problems())

    def _stop(self, mark: Mark, said: Message) -> NoReturn:
        self.found.append((mark, said))
        raise _Stop


def _mark(event: yaml.Event) -> Mark:
    return _place(event.start_mark, event.end_mark)


# What the two loaders say of broken YAML; where it is best shown, where they stumbled or where the thing that
# is broken began; and the same in words for somebody who has never heard of a scalar.
_SYNTAX: tuple[tuple[str, str, Callable[[str], Message]], ...] = (
    ("mapping values are not allowed", "problem_mark", lambda at: yaml_messages.unexpected_colon()),
    ("expected ',' or", "problem_mark", lambda at: _broken_brackets(at)),
    ("cannot start any token", "problem_mark", lambda at: yaml_messages.text_begins_with(at)),
    ("entries are not allowed", "problem_mark", lambda at: yaml_messages.unexpected_item()),
    ("<block end>|expected key|'-' indicator", "problem_mark", lambda at: yaml_messages.does_not_fit()),
    ("node content", "problem_mark", lambda at: yaml_messages.value_expected()),
    ("unexpected ':'", "problem_mark", lambda at: yaml_messages.colon_without_space()),
    ("expected ':'", "context_mark", lambda at: yaml_messages.line_without_colon()),
    ("unexpected end of stream", "context_mark", lambda at: yaml_messages.unclosed_quote()),
    ("escape", "context_mark", lambda at: yaml_messages.unknown_escape()),
    ("document start", "problem_mark", lambda at: yaml_messages.second_document()),
    ("directive|version|incompatible", "problem_mark", lambda at: yaml_messages.directive()),
    ("comment or|indentation indicator", "context_mark", lambda at: yaml_messages.text_after_folding_sign()),
)


def _broken_brackets(at: str) -> Message:
    return yaml_messages.split_text(at) if at == "?" else yaml_messages.unclosed_bracket()


def _syntax(error: Exception, text: str) -> tuple[Mark, Message]:
    """Where and why *text* is not YAML, in plain words."""
    problem = str(getattr(error, "problem", None) or error)
    for pattern, which, message in _SYNTAX:
        if re.search(pattern, problem):
            mark = _place(getattr(error, which, None) or getattr(error, "problem_mark", None))
            return mark, message(text[mark.start : mark.start + 1])
    return _place(getattr(error, "problem_mark", None)), yaml_messages.not_yaml(problem)


def _place(start: _LoaderMark | None, end: _LoaderMark | None = None) -> Mark:
    if start is None:
        return _TOP
    return Mark(start.line + 1, start.column + 1, start.index, (end or start).index)
