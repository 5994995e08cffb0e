"""The annual report as it is shown: cells as words, charts as shapes, and the page that both are put on.

The page is the one template; Word is made of it. Does not know how anything was counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from loopengine.reports.annual.figures import Annual, Cell, Chart, Hidden, Period, Row, Said, Section, Table
from loopengine.reports.pages import Imprint, day_words, page

# A chart in CSS pixels: the titles, the longest bar, and one bar from the next.
_TITLES, _LONGEST, _STEP = 300, 340, 30
_MOST_LETTERS = 42
CellKind = Literal["none", "number", "text", "words", "day", "hidden"]


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell as it is printed: a number or text, the *words* of a user, or a *day*."""

    kind: CellKind
    text: str
    label: str
    numeric: bool
    day: date | None = None


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as it is printed."""

    title: str
    cells: tuple[ShownCell, ...]


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table as it is printed; *id* is where links find it."""

    id: str
    table: Table
    rows: tuple[ShownRow, ...]
    total: ShownRow | None


@dataclass(frozen=True, slots=True)
class ShownBar:
    """A bar as it is drawn, from *y* down, so long."""

    title: str
    y: int
    length: float
    value: str


@dataclass(frozen=True, slots=True)
class ShownChart:
    """A chart as it is drawn; *told* is the same in words."""

    id: str
    chart: Chart
    told: str
    height: int
    bars: tuple[ShownBar, ...]
    titles: int = _TITLES
    width: int = _TITLES + _LONGEST + 80


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section as it is printed."""

    id: str
    section: Section
    charts: tuple[ShownChart, ...]
    tables: tuple[ShownTable, ...]


def annual_page(report: Annual, imprint: Imprint) -> str:
    """The page that shows *report*."""
    sections = tuple(map(_shown_section, report.sections))
    return page("annual.html", imprint, report=report, sections=sections, title=title_of(report))


def title_of(report: Annual) -> str:
    """What *report* is called."""
    return f"Annual report, {period_words(report.period)}"


def period_words(period: Period) -> str:
    """The days of *period*, both of which belong to it."""
    return f"{day_words(period.first)} to {day_words(period.last)}"


def figure(number: int | float) -> str:
    """*number* as it is printed: 1,204 or 12.5."""
    return f"{number:,}"


def told(chart: Chart) -> str:
    """*chart* in words, for whoever does not see it."""
    bars = "; ".join(f"{bar.title}: {figure(bar.value)}" for bar in chart.bars)
    return f"{chart.title}. Bars, in {chart.unit}: {bars}."


def shortened(title: str) -> str:
    """*title*, cut where a chart has no room for more; the table beside it has it in full."""
    return title if len(title) <= _MOST_LETTERS else f"{title[: _MOST_LETTERS - 1].rstrip()}…"


def _shown_section(section: Section) -> ShownSection:
    name = _id(section.key)
    return ShownSection(
        name,
        section,
        tuple(map(_shown_chart, section.charts)),
        tuple(_shown_table(name, table) for table in section.tables),
    )


def _shown_table(section: str, table: Table) -> ShownTable:
    return ShownTable(
        f"{section}-{_id(table.key)}",
        table,
        tuple(_shown_row(table, row) for row in table.rows),
        None if table.total is None else _shown_row(table, table.total),
    )


def _shown_row(table: Table, row: Row) -> ShownRow:
    cells = zip(row.cells, table.columns, strict=True)
    return ShownRow(
        row.title, tuple(_shown_cell(cell, column.title, column.numeric) for cell, column in cells)
    )


def _shown_cell(cell: Cell, label: str, numeric: bool) -> ShownCell:
    match cell:
        case None:
            return ShownCell("none", "–", label, numeric)
        case Said():
            return ShownCell("words", str(cell), label, numeric)
        case Hidden():
            return ShownCell("hidden", str(cell), label, numeric)
        case date():
            return ShownCell("day", cell.isoformat(), label, numeric, cell)
        case str():
            return ShownCell("text", cell, label, numeric)
        case int() | float():
            return ShownCell("number", figure(cell), label, numeric)


def _shown_chart(chart: Chart) -> ShownChart:
    bars = tuple(
        ShownBar(
            shortened(bar.title),
            at * _STEP + 4,
            round(bar.value / chart.largest * _LONGEST, 1),
            figure(bar.value),
        )
        for at, bar in enumerate(chart.bars)
    )
    return ShownChart(f"chart-{_id(chart.key)}", chart, told(chart), len(bars) * _STEP + 6, bars)


def _id(key: str) -> str:
    return key.replace("_", "-")
