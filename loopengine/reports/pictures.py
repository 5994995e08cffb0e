"""Charts as pictures, for documents that cannot draw: the only door to matplotlib.

The same chart gives the same bytes. Does not know what is counted.
"""

from __future__ import annotations

import io
import warnings

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from loopengine.reports.annual.figures import Chart
from loopengine.reports.annual.showing import figure, shortened

_INK, _BAR = "#17202a", "#1b4b82"
WIDTH_INCHES = 6.4


def picture(chart: Chart) -> bytes:
    """*chart* as a PNG: bars one below the other, each with its number."""
    height = 0.3 * len(chart.bars) + 0.15
    drawn = Figure(figsize=(WIDTH_INCHES, height), dpi=200)
    FigureCanvasAgg(drawn)
    axes = drawn.add_axes((0.42, 0.0, 0.5, 1.0))
    places = range(len(chart.bars))
    axes.barh(places, [bar.value for bar in chart.bars], height=0.72, color=_BAR)
    for at, bar in enumerate(chart.bars):
        beside = chart.largest * 0.015
        axes.text(bar.value + beside, at, figure(bar.value), va="center", color=_INK, size=9, weight="bold")
    axes.set_xlim(0, chart.largest * 1.0)
    axes.set_ylim(len(chart.bars) - 0.5, -0.5)
    # What a title says is no formula, whatever characters are in it.
    axes.set_yticks(
        places,
        labels=[shortened(bar.title) for bar in chart.bars],
        size=9,
        color=_INK,
        parse_math=False,
    )
    axes.tick_params(left=False, bottom=False, labelbottom=False)
    for side in axes.spines.values():
        side.set_visible(False)
    file = io.BytesIO()
    with warnings.catch_warnings():
        # A sign that its letters lack is drawn as a box; the table beside the chart has it.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        drawn.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()
