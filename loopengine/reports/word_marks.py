"""What python-docx has no word for: marks for programs that read a document aloud, and for printing.

Writes them as Word does, into its XML. Does not know what is told.
"""

from __future__ import annotations

import re

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

# What XML cannot hold, even escaped.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def number_of_page(paragraph: Paragraph) -> None:
    """Have the number of its page stand at the end of *paragraph*."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def describe_table(table: Table, caption: str) -> None:
    """What the table is about, for programs that read aloud."""
    properties = table._tbl.tblPr
    for name in ("w:tblCaption", "w:tblDescription"):
        said = OxmlElement(name)
        said.set(qn("w:val"), kept(caption)[:255])
        properties.append(said)
    for look in properties.iter(qn("w:tblLook")):
        look.set(qn("w:firstRow"), "1")
        look.set(qn("w:firstColumn"), "1")


def mark_row(row: object, *, is_head: bool) -> None:
    """Keep a row on one page; and have a head come again on each."""
    properties = row.get_or_add_trPr()  # type: ignore[attr-defined]  # python-docx names no type for it
    properties.append(OxmlElement("w:cantSplit"))
    if is_head:
        properties.append(OxmlElement("w:tblHeader"))


def border_left(paragraph: Paragraph) -> None:
    """Set *paragraph* apart by a line to its left."""
    borders = OxmlElement("w:pBdr")
    left = OxmlElement("w:left")
    for name, value in (("val", "single"), ("sz", "24"), ("space", "8"), ("color", "1B4B82")):
        left.set(qn(f"w:{name}"), value)
    borders.append(left)
    paragraph._p.get_or_add_pPr().append(borders)


def kept(text: str) -> str:
    """*text* with what XML cannot hold replaced by the character that stands for what cannot be shown."""
    return _NOT_IN_XML.sub("\ufffd", text)
