"""Everything that can be wrong with a file before it is known what kind of file it is, in words.

Like `messages.py`: each function is one message, and a file under tests/invalid provokes each of them.
"""

from __future__ import annotations

from loopengine.core.files.messages import Message


def too_large(size: int, largest: int) -> Message:
    return Message(f"the file has {size:,} bytes", f"at most {largest:,} are read")


def not_utf8(byte: int) -> Message:
    return Message(f"byte {byte:#04x} is not UTF-8", "save the file as UTF-8")


def invisible_character(char: str) -> Message:
    return Message(f"the character U+{ord(char):04X} cannot be seen", "delete it")


def tab() -> Message:
    return Message("a tab", "use spaces")


def empty_file() -> Message:
    return Message("the file is empty", "a workflow file begins with `workflow:`")


def not_keys_at_the_top() -> Message:
    return Message("the file does not consist of keys", "a workflow file begins with `workflow:`")


def second_document() -> Message:
    return Message("a second document begins here", "a file holds one: delete the `---`")


def too_deep(deepest: int) -> Message:
    return Message(f"more than {deepest} levels, one within another", "nothing in the format is so deep")


def duplicate_key(key: str, first: int) -> Message:
    return Message(f"{key!r} is here twice", f"first at line {first}")


def key_is_no_name() -> Message:
    return Message("a key must be a name", "begin the line with a name and a `:`")


def merge_key() -> Message:
    return Message("merge keys (`<<`) are not read", "write out what is meant")


def anchor(name: str) -> Message:
    return Message(f"anchors (`&{name}`) are not read", "put a text that begins with `&` in quotes")


def alias(name: str) -> Message:
    return Message(f"aliases (`*{name}`) are not read", "write out what is meant")


def tag() -> Message:
    return Message("tags (`!…`) are not read", "put a text that begins with `!` in quotes")


def directive() -> Message:
    return Message("directives (`%…`) are not read", "delete the line")


def doubtful_word(word: str, meaning: str) -> Message:
    return Message(f"`{word}` is {meaning} to many readers of YAML", f'write "{word}" in quotes')


def split_text(char: str) -> Message:
    return Message(
        f"within {{}} or [] a text with `{char}` in it is split by some readers", "put it in quotes"
    )


def colon_without_space() -> Message:
    return Message("a `:` without a space after it", "write `key: value`")


def no_value(key: str | int, *, in_brackets: bool) -> Message:
    what = f"`{key}` has no value" if isinstance(key, str) else "an item without a value"
    comma = "; a text with a comma in it must be in quotes" if in_brackets else ""
    return Message(what, f"give it one, or leave it out{comma}")


def unexpected_colon() -> Message:
    return Message(
        "a `:` is not expected here", "put a text with `: ` in it in quotes, or check the indentation"
    )


def unclosed_bracket() -> Message:
    return Message("a `,` or a closing bracket is expected here", "a bracket that was opened is not closed")


def text_begins_with(char: str) -> Message:
    return Message(f"a text cannot begin with {char!r}", "put it in quotes")


def unexpected_item() -> Message:
    return Message("an item of a list is not expected here", "begin it on a line of its own")


def does_not_fit() -> Message:
    return Message("this does not fit what stands above it", "check the indentation and the quotes")


def value_expected() -> Message:
    return Message("a value is expected here", "give one, or check the brackets and commas")


def line_without_colon() -> Message:
    return Message("a line without a `:`", "write `key: value`, or indent what continues the line above")


def unclosed_quote() -> Message:
    return Message("a quotation mark that is never closed", "close it")


def unknown_escape() -> Message:
    return Message("a `\\` in double quotes that means nothing", "use single quotes")


def text_after_folding_sign() -> Message:
    return Message("text on the line of a `>` or `|`", "begin it on the next line")


def not_yaml(problem: str) -> Message:
    return Message(f"this is not YAML: {problem}")
