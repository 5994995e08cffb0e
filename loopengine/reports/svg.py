"""A workflow as a drawing in SVG that needs no other program: for pages, for Word, for paper.

The states stand one under the other in the order of the stages, each with its steps written in it; beside
them arrows lead on, on the right, and back, on the left. So no words are ever in the way of a line, however
many steps there are. Knows definitions; does not know a case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from loopengine.core.definitions import STAGES, Workflow
from loopengine.core.one_line import one_line
from loopengine.reports.captions import caption, words
from loopengine.reports.cards import INSIDE, SIZES, WIDTH, Card, Piece, Way, card_of, title_of
from loopengine.reports.lanes import Bus, Leaving, buses
from loopengine.reports.lettering import lines_of, width_of

_INK, _QUIET, _LINE, _AUTOMATIC = "#1d2733", "#4a5561", "#5b6672", "#0b6b73"
_BAND, _BAND_EDGE, _FRAME = "#f1f4f8", "#c8d0d9", "#7b8794"
_MARGIN, _BESIDE, _LANE, _BEND = 20.0, 18.0, 14.0, 6.0
_HEADING, _UNDER_BAND, _BETWEEN_CARDS, _IN_BAND = 30.0, 18.0, 16.0, 14.0
_TITLE, _READING = 22.0, 12.0
# All of them as wide as Arial.
_FONTS = 'Arial, Helvetica, "Liberation Sans", Arimo, "DejaVu Sans Condensed", sans-serif'
_STYLE = f"""
    .drawn-workflow text {{ font-family: {_FONTS}; fill: {_INK}; white-space: pre }}
    .drawn-workflow .heading {{ font-size: {_TITLE}px; font-weight: bold }}
    .drawn-workflow .stage {{ font-size: 13px; font-weight: bold; fill: {_QUIET} }}
    .drawn-workflow .title {{ font-size: {SIZES["title"]}px; font-weight: bold }}
    .drawn-workflow .event {{ font-size: {SIZES["event"]}px; font-weight: bold }}
    .drawn-workflow .leads {{ font-size: {SIZES["leads"]}px }}
    .drawn-workflow :is(.note, .term, .reading) {{ font-size: {SIZES["term"]}px; fill: {_QUIET} }}
    .drawn-workflow .tag {{ font-size: 11px; font-weight: bold; text-anchor: middle }}
    .drawn-workflow .begins {{ fill: #ffffff }}
    .drawn-workflow .automatic .event {{ font-style: italic; fill: {_AUTOMATIC} }}
    .drawn-workflow .line {{ fill: none; stroke: {_LINE}; stroke-width: 1.5 }}
    .drawn-workflow .line.dashed {{ stroke: {_AUTOMATIC}; stroke-dasharray: 5 3 }}
    .drawn-workflow .head {{ fill: {_LINE} }}
"""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A box where it stands."""

    card: Card
    y: float


def svg(workflow: Workflow) -> str:
    """*workflow* as a drawing."""
    title = one_line(workflow.title) or words(workflow.name)
    cards = [card_of(state, workflow) for stage in (*STAGES, None) for state in workflow.states.values()
             if state.stage == stage]  # fmt: skip
    top = _MARGIN + _TITLE * 1.3 * len(_title_lines(title)) + _IN_BAND
    placed, bands, end = _stacked(cards, top)
    onward, back = _buses(placed, on=True), _buses(placed, on=False)
    left = _MARGIN + _BESIDE + _LANE * _lanes(back) + _IN_BAND
    width = left + WIDTH + _IN_BAND + _BESIDE + _LANE * _lanes(onward) + _MARGIN
    reading = [line for said in _READINGS for line in lines_of(said, width - 2 * _MARGIN, _READING)]
    height = end + len(reading) * _READING * 1.4 + _MARGIN
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width)}" height="{_n(height)}" '
        f'viewBox="0 0 {_n(width)} {_n(height)}" class="drawn-workflow" role="img" '
        f'aria-labelledby="{workflow.name}-title {workflow.name}-desc">',
        f'<title id="{workflow.name}-title">{_text(title)}</title>',
        f'<desc id="{workflow.name}-desc">{_text(_described(workflow, cards))}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect width="{_n(width)}" height="{_n(height)}" fill="#ffffff"/>',
        *_heading(title),
        *(line for band in bands for line in _band(*band, left)),
        *_arrows(onward, edge=left + WIDTH, way=1),
        *_arrows(back, edge=left, way=-1),
        *(line for each in placed for line in _box(each, left, workflow)),
        *(_words(line, "reading", _MARGIN, end + (n + 1) * _READING * 1.4) for n, line in enumerate(reading)),
        "</svg>",
    ]
    return "\n".join(drawn) + "\n"


_READINGS = (
    "A box is a state; its band is the stage. In it stand the clocks that begin there and, under the line, "
    "the steps: what is done, the state that it leads to, and below by whom and on what terms.",
    "Arrows on the right lead on, to a state further down; arrows on the left lead back up. A dashed arrow, "
    "and a step in slanted letters, is taken by the engine itself. A double frame is an end.",
)


def _title_lines(title: str) -> list[str]:
    return lines_of(title, WIDTH, _TITLE, bold=True)


# --- where things stand -------------------------------------------------------------------------------------


def _stacked(cards: Sequence[Card], y: float) -> tuple[list[_Placed], list[tuple[str, float, float]], float]:
    """The boxes from *y* downwards, the bands that they stand in (name, top, bottom), and where all ends."""
    placed: list[_Placed] = []
    bands: list[tuple[str, float, float]] = []
    for stage, group in groupby(cards, key=lambda card: card.stage):
        top = y
        y += _HEADING if stage else _IN_BAND
        for card in group:
            placed.append(_Placed(card, y))
            y += card.height + _BETWEEN_CARDS
        y += _IN_BAND - _BETWEEN_CARDS
        bands.append((words(stage).capitalize() if stage else "", top, y))
        y += _UNDER_BAND
    return placed, bands, y


def _buses(placed: Sequence[_Placed], *, on: bool) -> tuple[Bus, ...]:
    """The lines that lead on, or those that lead back, by the boxes that they lead to."""
    order = {each.card.state.name: place for place, each in enumerate(placed)}
    arriving: dict[str, list[Leaving]] = {}
    for place, each in enumerate(placed):
        for way in each.card.ways:
            if (order[way.step.to] > place) is on:
                leaving = Leaving(each.y + way.y, way.step.automatic)
                arriving.setdefault(way.step.to, []).append(leaving)
    at = {each.card.state.name: each.y + each.card.arrival for each in placed}
    return buses((at[name], tuple(leaving)) for name, leaving in arriving.items())


def _lanes(some: Iterable[Bus]) -> int:
    return max((bus.lane + 1 for bus in some), default=0)


# --- what is drawn ------------------------------------------------------------------------------------------


def _heading(title: str) -> Iterator[str]:
    for n, line in enumerate(_title_lines(title)):
        yield _words(line, "heading", _MARGIN, _MARGIN + _TITLE * (1 + 1.3 * n))


def _band(name: str, top: float, bottom: float, left: float) -> Iterator[str]:
    x, width = left - _IN_BAND, WIDTH + 2 * _IN_BAND
    yield (
        f'<rect x="{_n(x)}" y="{_n(top)}" width="{_n(width)}" height="{_n(bottom - top)}" rx="8" '
        f'fill="{_BAND}" stroke="{_BAND_EDGE}"/>'
    )
    if name:
        yield _words(name, "stage", left, top + 20)


def _box(placed: _Placed, left: float, workflow: Workflow) -> Iterator[str]:
    card, y = placed.card, placed.y
    state = card.state
    yield f'<g class="state" data-state="{_text(state.name)}">'
    yield _frame(left, y, WIDTH, card.height, thick=state.final)
    if state.final:
        yield _frame(left + 4, y + 4, WIDTH - 8, card.height - 8, thick=False)
    yield from _lettered(card.pieces, left, y)
    if state.name == workflow.starts:
        yield from _tag("begins here", left, y, filled=True)
    elif state.final:
        yield from _tag("an end", left, y, filled=False)
    if card.rule is not None:
        across = f"M{_n(left)} {_n(y + card.rule)}h{_n(WIDTH)}"
        yield f'<path d="{across}" stroke="{_BAND_EDGE}" fill="none"/>'
    for way in card.ways:
        yield from _step(way, left, y, workflow)
    yield "</g>"


def _step(way: Way, left: float, y: float, workflow: Workflow) -> Iterator[str]:
    automatic = " automatic" if way.step.automatic else ""
    said = one_line(way.step.title or "") or caption(way.step, workflow).event
    yield f'<g class="step{automatic}" data-event="{_text(way.step.event)}" data-to="{_text(way.step.to)}">'
    yield f"<title>{_text(said)}</title>"
    yield from _lettered(way.pieces, left, y)
    yield "</g>"


def _tag(text: str, left: float, y: float, *, filled: bool) -> Iterator[str]:
    width = width_of(text, 11, bold=True) + 12
    x = left + WIDTH - width - 12
    colour = f'fill="{_INK}"' if filled else f'fill="#ffffff" stroke="{_INK}"'
    yield f'<rect x="{_n(x)}" y="{_n(y + 12)}" width="{_n(width)}" height="18" rx="9" {colour}/>'
    yield _words(text, "tag begins" if filled else "tag", x + width / 2, y + 25)


def _frame(x: float, y: float, width: float, height: float, *, thick: bool) -> str:
    stroke = f'stroke="{_INK if thick else _FRAME}" stroke-width="{2 if thick else 1.2}"'
    box = f'x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'
    return f'<rect class="frame" {box} rx="6" fill="#ffffff" {stroke}/>'


def _arrows(some: Sequence[Bus], *, edge: float, way: int) -> Iterator[str]:
    """The arrows on the side of the *edge* that is *way*: 1 for the right, -1 for the left."""
    first = edge + way * (_IN_BAND + _BESIDE)
    for bus in some:
        x = first + way * _LANE * bus.lane
        for each in bus.leaving:
            yield _line(f"M{_n(edge)} {_n(each.y)}H{_n(x - way * _BEND)}", dashed=each.dashed)
        yield _line(f"M{_n(x - way * _BEND)} {_n(bus.y)}H{_n(edge + way * 8)}", dashed=bus.dashed)
        down = f"M{_n(x)} {_n(bus.top + _BEND)}V{_n(bus.bottom - _BEND)}"
        yield _line(down, dashed=bus.dashed)
        for y, dashed in ((each.y, each.dashed) for each in (*bus.leaving, Leaving(bus.y, bus.dashed))):
            turn = _turn(bus, y)
            bend = f"M{_n(x - way * _BEND)} {_n(y)}Q{_n(x)} {_n(y)} {_n(x)} {_n(y + turn)}"
            yield _line(bend, dashed=dashed)
        yield (
            f'<path class="head" d="M{_n(edge)} {_n(bus.y)}l{_n(way * 10)} -4.5v9z"'
            + (f' style="fill:{_AUTOMATIC}"' if bus.dashed else "")
            + "/>"
        )


def _turn(bus: Bus, y: float) -> float:
    """Which way a line turns at *y*: towards where its bus leads, and there away from where it came from."""
    if y == bus.y:
        return _BEND if bus.leaving[0].y > y else -_BEND
    return _BEND if bus.y > y else -_BEND


def _line(path: str, *, dashed: bool) -> str:
    return f'<path class="line{" dashed" if dashed else ""}" d="{path}"/>'


def _lettered(pieces: Iterable[Piece], left: float, y: float) -> Iterator[str]:
    """*pieces*, those that follow others on the line of these."""
    line: list[Piece] = []
    for piece in (*pieces, None):
        if line and not (piece and piece.follows):
            spans = " ".join(f'<tspan class="{each.look}">{_text(each.text)}</tspan>' for each in line)
            yield f'<text x="{_n(left + INSIDE)}" y="{_n(y + line[0].y)}">{spans}</text>'
            line = []
        line += [piece] if piece else []


def _words(text: str, look: str, x: float, y: float) -> str:
    return f'<text class="{look}" x="{_n(x)}" y="{_n(y)}">{_text(text)}</text>'


def _described(workflow: Workflow, cards: Sequence[Card]) -> str:
    """The drawing in a few sentences, for those who do not see it."""
    stages = [words(stage) for stage in STAGES if any(card.stage == stage for card in cards)]
    ends = [title_of(card.state) for card in cards if card.state.final]
    steps = sum(len(card.ways) for card in cards)
    said = f"{len(cards)} states and {steps} steps between them. "
    said += f"The stages are, in order: {', '.join(stages)}. " if stages else ""
    said += f"It begins with “{title_of(workflow.states[workflow.starts])}”. "
    return said + (f"It ends with {' or '.join(f'“{each}”' for each in ends)}." if ends else "It has no end.")


def _text(text: str) -> str:
    return escape(one_line(text))


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
