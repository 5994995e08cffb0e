"""A page of ours as a Word document; with `word_marks.py` the only door to python-docx.

It is made of the very HTML that the template gave, so that both say the same: headings, paragraphs, lists,
tables whose head comes again on each page, and pictures where the page draws. Does not know what is told.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zipfile import BadZipFile

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Inches, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from loopengine.errors import UsageError
from loopengine.reports.elements import Element, elements_of
from loopengine.reports.word_marks import border_left, describe_table, kept, mark_row, number_of_page

LANGUAGE = "en-GB"
_HEADINGS = {"h1": "Title", "h2": "Heading 1", "h3": "Heading 2"}
_PICTURE_INCHES = 6.4
_MANY_COLUMNS, _SHORT = 7, 12
_INK = RGBColor(0x17, 0x20, 0x2A)


def word_document(
    html: str, pictures: Mapping[str, bytes], *, made_at: datetime, style: Path | None = None
) -> bytes:
    """The page *html* as a Word document, in the styles of the document *style* if one is given.

    *pictures* are PNGs in place of what the page draws, by `data-chart`. Raises UsageError for a *style* that
    is no Word document.
    """
    page = elements_of(html)
    document = _begun(style)
    title = next(page.all("title")).words().strip()
    _describe(document, title, made_at)
    main = next(page.all("main"))
    writer = _Writer(document, pictures)
    writer.write_notices(page)
    writer.write(main)
    _write_margins(document, page)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _begun(style: Path | None) -> Document:
    """A document without anything in it: our own, or *style* with its styles, margins and page size."""
    if style is None:
        document = docx.Document()
        _dress(document)
        return document
    try:
        document = docx.Document(str(style))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, OSError):
        raise UsageError(
            f"the file {str(style)!r} is no Word document", "give one that Word has saved as .docx"
        ) from None
    body = document.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)
    return document


def _dress(document: Document) -> None:
    """Our own style: one that prints well, and whose text can be read by anybody."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2.2)
    sizes = {"Normal": 10.5, "Title": 22, "Heading 1": 15, "Heading 2": 12, "Caption": 10.5}
    for name, size in sizes.items():
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Arial", Pt(size), _INK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), "Arial")


def _describe(document: Document, title: str, made_at: datetime) -> None:
    """Title and language, by which programs that read aloud know what they read."""
    known = document.core_properties
    known.title, known.language = kept(title)[:255], LANGUAGE
    known.author, known.comments, known.subject = "loopengine", "", ""
    known.created = known.modified = made_at.astimezone(UTC).replace(tzinfo=None)
    for style in document.styles.element.iter(qn("w:lang")):
        style.set(qn("w:val"), LANGUAGE)
    defaults = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    if defaults is not None and defaults.find(qn("w:lang")) is None:
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), LANGUAGE)
        defaults.append(language)


def _write_margins(document: Document, page: Element) -> None:
    """Whose it is above each page, and below it when it was made, and the number of the page."""
    section = document.sections[0]
    board = " ".join(each.words().strip() for each in page.all("p") if "board" in each.classes)
    above = section.header.paragraphs[0] if section.header.paragraphs else section.header.add_paragraph()
    above.text = kept(board)
    foot = " ".join(" ".join(each.words().split()) for each in page.all("footer"))
    below = section.footer.paragraphs[0] if section.footer.paragraphs else section.footer.add_paragraph()
    below.text = f"{kept(foot)} Page "
    number_of_page(below)
    for paragraph in (above, below):
        for run in paragraph.runs:
            run.font.size = Pt(8)


class _Writer:
    """Writes what a page has into *document*, one thing after the other."""

    def __init__(self, document: Document, pictures: Mapping[str, bytes]) -> None:
        self._document = document
        self._pictures = pictures
        self._styles = {style.name for style in document.styles}
        self._tables = 0

    def write(self, element: Element) -> None:
        """Write all that is in *element*."""
        for each in element.elements():
            if each.is_seen:
                self._write_one(each)

    def write_notices(self, page: Element) -> None:
        """Write what stands over the page, such as that it is a rehearsal."""
        for each in page.all("p"):
            if "rehearsal" in each.classes:
                each.given["class"] = "notice"
                self._text(each)

    def _write_one(self, element: Element) -> None:
        match element.tag:
            case "h1" | "h2" | "h3":
                self._paragraph(element.words(), _HEADINGS[element.tag])
            case "p":
                self._text(element)
            case "li":
                self._text(element, "List Bullet")
            case "table":
                self._table(element)
            case "figure":
                self._figure(element)
            case _:
                self.write(element)

    def _paragraph(self, text: str, style: str | None = None) -> Paragraph:
        paragraph = self._document.add_paragraph(style=style if style in self._styles else None)
        _add_lines(paragraph, text)
        return paragraph

    def _text(self, element: Element, style: str | None = None) -> None:
        """A paragraph, what is strong in it or leads to somewhere set apart."""
        paragraph = self._document.add_paragraph(style=style if style in self._styles else None)
        if "lead" in element.classes:
            paragraph.paragraph_format.keep_with_next = True
        if "notice" in element.classes:
            paragraph.paragraph_format.left_indent = Cm(0.5)
            border_left(paragraph)
        parts = [
            each if isinstance(each, Element) else Element("span", {}, [each]) for each in element.inside
        ]
        seen = [part for part in parts if part.is_seen]
        for at, part in enumerate(seen):
            words = " ".join(part.words().split()) if part.tag != "bdi" else part.words()
            spaced = at + 1 < len(seen) and (_ends_white(part) or _begins_white(seen[at + 1]))
            run = paragraph.add_run(kept(words + (" " if spaced else "")))
            run.bold = True if part.tag in ("strong", "a") else None
            if "lead" in element.classes:
                run.font.size = Pt(12)
            if "soft" in element.classes:
                run.font.size = Pt(9)

    def _figure(self, element: Element) -> None:
        drawn = next(element.all("svg"), None)
        caption = next(element.all("figcaption"), None)
        bytes_ = self._pictures.get(element.given.get("data-chart", ""))
        if caption is not None:
            above = self._paragraph(caption.words().strip(), "Caption")
            above.paragraph_format.keep_with_next = True
        if drawn is None or bytes_ is None:
            return
        shape = self._document.add_picture(io.BytesIO(bytes_), width=Inches(_PICTURE_INCHES))
        told = shape._inline.docPr
        told.set("descr", kept(drawn.given.get("aria-label", "")))
        told.set("title", "" if caption is None else kept(caption.words().strip()))

    def _table(self, element: Element) -> None:
        rows = list(element.all("tr"))
        heads = len([row for part in element.all("thead") for row in part.all("tr")])
        cells = [list(row.all("th", "td")) for row in rows]
        caption = next(element.all("caption")).words().strip()
        self._tables += 1
        above = self._paragraph(f"Table {self._tables}. {caption}", "Caption")
        above.paragraph_format.keep_with_next = True
        table = self._document.add_table(len(rows), max(map(len, cells)))
        if "Table Grid" in self._styles:
            table.style = "Table Grid"
        describe_table(table, caption)
        table.autofit = False
        points = 8.5 if len(cells[0]) <= _MANY_COLUMNS else 7.5
        widths = _widths([*zip(*cells, strict=True)], self._room(), points)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        totals = len([row for part in element.all("tfoot") for row in part.all("tr")])
        for at, (row, given) in enumerate(zip(table.rows, cells, strict=True)):
            mark_row(row._tr, is_head=at < heads)
            bold = at < heads or at >= len(rows) - totals
            # A short table stays on one page, and the head of a long one with what follows.
            keep = at + 1 < len(rows) and (at < heads or len(rows) <= _SHORT)
            for cell, said, width in zip(row.cells, given, widths, strict=True):
                cell.width = width
                _fill(cell, said, points, bold=bold, keep=keep)
        self._document.add_paragraph().paragraph_format.space_after = Pt(2)

    def _room(self) -> int:
        section = self._document.sections[0]
        return int((section.page_width or Cm(21)) - (section.left_margin or 0) - (section.right_margin or 0))


def _fill(cell: _Cell, said: Element, points: float, *, bold: bool, keep: bool) -> None:
    paragraph = cell.paragraphs[0]
    _add_lines(paragraph, said.words().strip())
    paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(1.5)
    paragraph.paragraph_format.keep_with_next = keep
    if "number" in said.classes:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for run in paragraph.runs:
        run.font.size = Pt(points)
        run.bold = True if bold else None


def _widths(columns: Sequence[Sequence[Element]], room: int, points: float) -> list[Emu]:
    """How the *room* is shared out: each column has what its longest word needs, those of words the rest."""
    needs: list[tuple[int, int]] = []
    for head, *cells in columns:
        longest = max(len(word) for cell in (head, *cells) for word in cell.words().split() or [""])
        needed = int(Cm(0.5) + min(longest, 16) * Pt(points * 0.62))
        several = max((len(cell.words()) for cell in cells), default=0)
        needs.append((needed, 0 if "number" in head.classes else min(80, several)))
    left = max(0, room - sum(needed for needed, _ in needs))
    shares = sum(share for _, share in needs) or 1
    return [Emu(needed + left * share // shares) for needed, share in needs]


def _add_lines(paragraph: Paragraph, text: str) -> None:
    paragraph.add_run(kept(text))


def _ends_white(element: Element) -> bool:
    return element.words()[-1:].isspace()


def _begins_white(element: Element) -> bool:
    return element.words()[:1].isspace()
