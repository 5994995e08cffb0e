"""How much room text takes, where nobody can be asked who draws it.

Reckoned for Arial and what is as wide, and a tenth more: what fits by this, fits.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from loopengine.core.one_line import one_line

# In thousandths of the size of the letters.
_NARROW, _SLIM, _WIDE, _CAPITAL, _SIGN, _OTHER = 290, 360, 930, 750, 800, 570
_BROAD = 1200  # where nobody knows, and where letters are as wide as high
_BOLD = 1.09
_WIDTHS = {
    **dict.fromkeys("iljI|'’‘.,:; !", _NARROW),
    **dict.fromkeys('frt()[]-/“”"', _SLIM),
    **dict.fromkeys("mwMW@%—…", _WIDE),
    **dict.fromkeys("→<>=+≤≥&Q", _SIGN),
}


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """How wide *text* is in letters of that *size*, at the most."""
    return sum(map(_width, text)) * size / 1000 * (_BOLD if bold else 1)


def lines_of(text: str, width: float, size: float, *, bold: bool = False, indent: float = 0) -> list[str]:
    """*text* in lines no wider than *width*; the first begins *indent* further in, or is empty for it."""
    lines: list[str] = []
    line, room = "", width - indent
    for word in one_line(text).split():
        for piece in _pieces(word, width, size, bold=bold):
            longer = f"{line} {piece}" if line else piece
            if width_of(longer, size, bold=bold) <= room:
                line = longer
                continue
            if line or not lines:
                lines.append(line)
            line, room = piece, width
    return [*lines, line]


def _pieces(word: str, width: float, size: float, *, bold: bool) -> Sequence[str]:
    """*word*, taken apart if it is wider than a line."""
    pieces = [""]
    for char in word:
        if pieces[-1] and width_of(pieces[-1] + char, size, bold=bold) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces


def _width(char: str) -> int:
    if char in _WIDTHS:
        return _WIDTHS[char]
    if unicodedata.east_asian_width(char) in "WF" or ord(char) > 0xFFFF:
        return _BROAD
    return _CAPITAL if char.isupper() else _OTHER
