"""The door to Python's own parser: the text of a rule in, Python's tree out, with columns that people count.

Knows how a text is spelled. Does not know what it means, or any name in it; nothing is ever run.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from loopengine.core.rules.vocabulary import SPLIT, RuleError, Token, tokens

# Deeper than anybody could follow, and not so deep that Python could not.
DEEPEST = 50

_ON_ONE_LINE = str.maketrans("\t\r\n", "   ")


@lru_cache(maxsize=1024)  # a rule is read for what it names, for what it calls, and for what it says
def read_syntax(text: str) -> ast.expr:
    """The tree of *text*, each node's column counted in characters from 0; raises RuleError."""
    read = tuple(tokens(text))
    if not read:
        raise RuleError("an empty rule says nothing", "write a condition", 0)
    _check_neighbours(read)
    _check_brackets(read)
    # A folded text is one expression; each character keeps its place.
    line = text.translate(_ON_ONE_LINE)
    indent = len(line) - len(line.lstrip())
    try:
        root = ast.parse(line.strip(), mode="eval").body
    except SyntaxError as error:
        raise _senseless(read, indent + (error.offset or 0) - 1) from None
    except (RecursionError, MemoryError):
        raise RuleError("a rule is not nested so deep", SPLIT, 0) from None
    return _in_characters(root, line.strip(), indent)


def _check_neighbours(read: Sequence[Token]) -> None:
    for first, second in pairwise(read):
        if first.is_operand and second.is_operand:
            message = f"{second.text!r} stands right after {first.text!r}"
            raise RuleError(message, "write `and` or `or` between them", second.column)


def _check_brackets(read: Sequence[Token]) -> None:
    opened: list[Token] = []
    for token in read:
        if token.text == "(":
            opened.append(token)
            if len(opened) > DEEPEST:
                raise RuleError("a rule is not nested so deep", SPLIT, token.column)
        elif token.text == ")":
            if not opened:
                raise RuleError("a bracket closes here that never opened", "take it away", token.column)
            opened.pop()
    if opened:
        raise RuleError("a bracket opens here and never closes", "write ) where it ends", opened[-1].column)


def _senseless(read: Sequence[Token], column: int) -> RuleError:
    """Why Python's parser stopped at *column*; it says a place before the beginning when it means the end."""
    end = read[-1].column + len(read[-1].text)
    if column < read[0].column or column >= end:
        return RuleError("the rule ends too early", "something is missing at its end", end)
    token = next(token for token in read if token.column + len(token.text) > column)
    hint = "a sign, `and` and `or` stand between two things, and `not` stands before one"
    return RuleError(f"{token.text!r} makes no sense here", hint, token.column)


def _in_characters(root: ast.expr, line: str, indent: int) -> ast.expr:
    encoded = line.encode()
    level = [root]
    for _ in range(DEEPEST):
        for node in level:
            node.col_offset = indent + len(encoded[: node.col_offset].decode())
        level = [part for node in level for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
    if level:
        raise RuleError("a rule is not nested so deep", SPLIT, level[0].col_offset)
    return root
