"""YAML text to plain data, with the place of every key and value, and everything in it that could be misread.

Knows YAML and its surprises. Does not know which keys a workflow file has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, NoReturn, TypeAlias

import yaml

from loopengine.core import messages
from loopengine.core.messages import Message
from loopengine.errors import Problem

Data: TypeAlias = "dict[str, Data] | list[Data] | str | int | bool | None"
KeyPath: TypeAlias = tuple[str | int, ...]

LARGEST = 1_000_000  # bytes
DEEPEST = 50  # levels
MOST_PROBLEMS = 100
# libyaml is some ten times as fast; what the two of them read differently is refused below.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# YAML 1.2, core schema, less octal, hexadecimal and floating point numbers, which no key here takes.
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,14})")
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
# What YAML 1.1, and so many a reader, takes for true or false.
_DOUBTFUL = {"yes": "true", "y": "true", "on": "true", "no": "false", "n": "false", "off": "false"}
# Control characters, and those that only some programs take for the end of a line.
_INVISIBLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_SPLITS_IN_BRACKETS = re.compile("[?:]")


class Mark(NamedTuple):
    """A place in a text: line and column as an editor counts them, and the characters from *start* to *end*."""

    line: int
    column: int
    start: int
    end: int


_TOP = Mark(1, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML text as plain *data*, and where in it everything stands.

    *keys* and *values* give the place of each key and value by the path to it. *problems* are those of YAML
    alone; what they concern is None in the data, or absent. A text that cannot be read has no data at all.
    """

    file: str
    text: str
    data: dict[str, Data]
    keys: Mapping[KeyPath, Mark]
    values: Mapping[KeyPath, Mark]
    problems: tuple[Problem, ...] = ()
    readable: bool = True

    def inside(self, path: KeyPath, value: str, offset: int) -> Mark:
        """The place of the character *offset* of the text *value* at *path*, though it be folded over lines.

        Where quotation marks or escapes stand between, it is the place of the value itself.
        """
        whole = self.values[path]
        raw = self.text[whole.start : whole.end]
        begins = raw.find("\n") if raw[:1] in ("|", ">") else len(raw[:1]) if raw[:1] in ("'", '"') else 0
        shown = [at for at in range(begins, len(raw)) if not raw[at].isspace()]
        written = "".join(value.split())
        if "".join(raw[at] for at in shown[: len(written)]) != written or not written:
            return whole
        before = len("".join(value[:offset].split()))
        at = whole.start + (shown[before] if before < len(written) else shown[len(written) - 1] + 1)
        return mark_at(self.text, at)


def read_document(file: str, content: bytes | str) -> Document:
    """*content*, the YAML of *file*, as a document; whatever is wrong with it is among its problems."""
    if len(content) > LARGEST:
        return _unreadable(file, "", [(Mark(1, 1, 0, 0), messages.too_large(len(content), LARGEST))])
    try:
        text = content if isinstance(content, str) else content.decode()
    except UnicodeDecodeError as error:
        read = error.object[: error.start].decode()
        return _unreadable(file, "", [(mark_at(read, len(read)), messages.not_utf8(error.object[error.start]))])
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if found := [*_strange_characters(text)]:
        return _unreadable(file, text, found)
    return _Reading(file, text).document()


def mark_at(text: str, offset: int) -> Mark:
    """The place of the character *offset* of *text*."""
    begins = text.rfind("\n", 0, offset) + 1
    return Mark(text.count("\n", 0, begins) + 1, offset - begins + 1, offset, offset)


def _strange_characters(text: str) -> Iterator[tuple[Mark, Message]]:
    """The first tab of each line that has one, and every character that cannot be seen."""
    for found in re.finditer(r"^[^\t\n]*(\t)", text, re.MULTILINE):
        yield mark_at(text, found.start(1)), messages.tab()
    for found in _INVISIBLE.finditer(text):
        yield mark_at(text, found.start()), messages.invisible_character(found[0])


def _unreadable(file: str, text: str, found: list[tuple[Mark, Message]]) -> Document:
    problems = tuple(Problem(file, mark.line, mark.column, *said) for mark, said in found)
    return Document(file, text, {}, {}, {}, problems, readable=False)


class _Stop(Exception):
    """Nothing after this point of the text can be made sense of."""


class _Reading:
    """One pass over the events of a YAML text."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, text
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
        if isinstance(begins, yaml.StreamEndEvent):
            self._stop(_TOP, messages.empty_file())
        if begins.version or begins.tags:
            self._refuse(_mark(begins), messages.directive())
        top = next(self.events)
        data = self._value(top, (), in_brackets=False)
        next(self.events)
        following = next(self.events)
        if isinstance(following, yaml.DocumentStartEvent):
            self._stop(_mark(following), messages.second_document())
        if not isinstance(data, dict):
            said = messages.empty_file() if data is None else messages.not_keys_at_the_top()
            self.found = [each for each in self.found if data is not None]
            self._stop(_mark(top), said)
        return data

    def _value(self, event: yaml.Event, path: KeyPath, *, in_brackets: bool) -> Data:
        mark = self.values[path] = _mark(event)
        if len(path) > DEEPEST:
            self._stop(mark, messages.too_deep(DEEPEST))
        if isinstance(event, yaml.AliasEvent):
            self._refuse(mark, messages.alias(event.anchor))
            return None
        self._refuse_anchor_and_tag(event, mark)
        match event:
            case yaml.ScalarEvent():
                return self._scalar(event, path, in_brackets=in_brackets)
            case yaml.SequenceStartEvent():
                return self._list(path, in_brackets=event.flow_style)
            case _:
                return self._keyed(path, in_brackets=event.flow_style)

    def _list(self, path: KeyPath, *, in_brackets: bool) -> list[Data]:
        items: list[Data] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items)), in_brackets=in_brackets))
        return items

    def _keyed(self, path: KeyPath, *, in_brackets: bool) -> dict[str, Data]:
        data: dict[str, Data] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key, mark = self._key(event, in_brackets=in_brackets), _mark(event)
            here = (*path, key)
            if key in data:
                self._refuse(mark, messages.duplicate_key(key, self.keys[here].line))
                self._value(next(self.events), (*path, f"{key} at line {mark.line}"), in_brackets=in_brackets)
            else:
                self.keys[here] = mark
                data[key] = self._value(next(self.events), here, in_brackets=in_brackets)
        return data

    def _key(self, event: yaml.Event, *, in_brackets: bool) -> str:
        """The text of a key, whatever else it looks like: `on` is a key of the format."""
        mark = _mark(event)
        if not isinstance(event, yaml.ScalarEvent):
            self._stop(mark, messages.key_is_no_name())
        self._refuse_anchor_and_tag(event, mark)
        key = str(event.value)
        if key == "<<":
            self._refuse(mark, messages.merge_key())
        elif not event.style and in_brackets:
            self._refuse_split_text(key, mark)
        return key

    def _scalar(self, event: yaml.ScalarEvent, path: KeyPath, *, in_brackets: bool) -> Data:
        text, mark = str(event.value), _mark(event)
        if found := _INVISIBLE.search(text):
            self._refuse(mark, messages.invisible_character(found[0]))
        if event.style:
            return text
        if text.lower() in _DOUBTFUL:
            self._refuse(mark, messages.doubtful_word(text, _DOUBTFUL[text.lower()]))
        elif in_brackets:
            self._refuse_split_text(text, mark)
        if text in _WORDS:
            if (word := _WORDS[text]) is None and path:
                self._refuse(mark, messages.no_value(path[-1], in_brackets=in_brackets))
            return word
        return int(text) if _WHOLE.fullmatch(text) else text

    def _refuse_split_text(self, text: str, mark: Mark) -> None:
        """Refuse what one loader reads as a text, and another splits in the middle."""
        if found := _SPLITS_IN_BRACKETS.search(text):
            at = self.text.find(found[0], mark.start)
            self._refuse(mark_at(self.text, at), messages.split_text(found[0]))

    def _refuse_anchor_and_tag(self, event: yaml.NodeEvent, mark: Mark) -> None:
        if event.anchor is not None:
            self._refuse(mark, messages.anchor(event.anchor))
        if getattr(event, "tag", None) is not None:
            self._refuse(mark, messages.tag())

    def _refuse(self, mark: Mark, said: Message) -> None:
        self.found.append((mark, said))
        if len(self.found) == MOST_PROBLEMS:
            self._stop(mark, messages.too_many_problems())

    def _stop(self, mark: Mark, said: Message) -> NoReturn:
        self.found.append((mark, said))
        raise _Stop


def _mark(event: yaml.Event) -> Mark:
    start = event.start_mark
    return Mark(start.line + 1, start.column + 1, start.index, event.end_mark.index)


# What the two loaders say of broken YAML, where it is best shown (where they stumbled, or where the broken thing
# began), and the same in words for somebody who has never heard of a scalar.
_SYNTAX: tuple[tuple[str, str, Callable[[str], Message]], ...] = (
    ("mapping values are not allowed", "problem_mark", lambda at: messages.unexpected_colon()),
    ("expected ',' or", "problem_mark", lambda at: _broken_brackets(at)),
    ("cannot start any token", "problem_mark", lambda at: messages.text_begins_with(at)),
    ("entries are not allowed", "problem_mark", lambda at: messages.unexpected_item()),
    ("<block end>|expected key|'-' indicator", "problem_mark", lambda at: messages.does_not_fit()),
    ("node content", "problem_mark", lambda at: messages.value_expected()),
    ("expected ':'", "context_mark", lambda at: messages.line_without_colon()),
    ("unexpected end of stream", "context_mark", lambda at: messages.unclosed_quote()),
    ("escape", "context_mark", lambda at: messages.unknown_escape()),
    ("document start", "problem_mark", lambda at: messages.second_document()),
    ("directive|version|incompatible", "problem_mark", lambda at: messages.directive()),
    ("comment or|indentation indicator", "context_mark", lambda at: messages.text_after_folding_sign()),
)


def _broken_brackets(at: str) -> Message:
    return messages.split_text(at) if at == "?" else messages.unclosed_bracket()


def _syntax(error: Exception, text: str) -> tuple[Mark, Message]:
    """Where and why *text* is not YAML, in plain words."""
    problem = str(getattr(error, "problem", None) or error)
    for pattern, which, message in _SYNTAX:
        if re.search(pattern, problem):
            mark = _place(getattr(error, which, None) or getattr(error, "problem_mark", None))
            return mark, message(text[mark.start : mark.start + 1])
    return _place(getattr(error, "problem_mark", None)), messages.not_yaml(problem)


def _place(mark: yaml.Mark | None) -> Mark:
    return _TOP if mark is None else Mark(mark.line + 1, mark.column + 1, mark.index, mark.index)
