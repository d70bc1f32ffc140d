"""Geometry of the two charts, in the units of their view box (560 wide). No words, no colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from quizapp.kernel.rates import show_marks
from quizapp.reports.rules.tally import Lines, Tally

WIDTH = 560
FUNNEL_LEFT, FUNNEL_WIDTH, FUNNEL_STEP = 84, 280, 54
PLOT_LEFT, PLOT_RIGHT, PLOT_TOP, PLOT_BOTTOM = 36, 556, 40, 222
BIN, FLOOR, TOP = 500, 4000, 10000
"""Width of a bin, end of the first bin and end of the last, in hundredths of a mark."""


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of the way from the roster to excellence; `before` is the width of the step above it."""

    name: str
    people: int
    y: int
    width: float
    before: float

    @property
    def text_fits(self) -> bool:
        return self.width > 90


def funnel(tally: Tally) -> list[Step]:
    """Roster, expected, sat, passed, excellent, each drawn against the roster."""
    counts = [("roster", tally.on_roster), ("expected", tally.expected), ("sat", tally.sat),
              ("passed", tally.passed), ("excellent", tally.excellent)]
    whole = max(tally.on_roster, 1)
    steps: list[Step] = []
    before = float(FUNNEL_WIDTH)
    for index, (name, people) in enumerate(counts):
        width = round(people / whole * FUNNEL_WIDTH, 1)
        steps.append(Step(name, people, 8 + index * FUNNEL_STEP, width, before if index else width))
        before = width
    return steps


@dataclass(frozen=True, slots=True)
class Bin:
    """People with a score from `low` up to before `high`, in hundredths; `band`: failed, passed or excellent."""

    low: int
    high: int
    people: int
    band: str
    x: float
    y: float
    width: float
    height: float
    asked: Mapping[str, str] = field(default_factory=dict)
    """`low` and `high` for the list of these people, in marks; neither where the bin is open at that end."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bars, horizontal grid (figure, y) and ticks (mark, x); `passed_x` and `excellent_x` are the lines set."""

    bins: tuple[Bin, ...]
    grid: tuple[tuple[int, float], ...]
    ticks: tuple[tuple[str, float], ...]
    passed_x: float
    excellent_x: float
    people: int


def histogram(tally: Tally, lines: Lines) -> Histogram:
    """Bins of five marks, everything low in one. A line between two edges becomes an edge itself,
    so that no bar lies on both sides of it."""
    edges = _edges(lines, max(tally.scores, default=0))
    counts = [0] * (len(edges) - 1)
    for score, people in tally.scores.items():
        counts[_bin_of(edges, score)] += people
    width = (PLOT_RIGHT - PLOT_LEFT) / len(counts)
    step = _grid_step(max(counts))
    scale = (PLOT_BOTTOM - PLOT_TOP) / max(max(counts), step)
    bins = tuple(
        Bin(edges[i], edges[i + 1], people, _band(edges[i], lines), round(PLOT_LEFT + i * width + 2, 1),
            round(PLOT_BOTTOM - people * scale, 1), round(width - 4, 1), round(people * scale, 1), _asked(edges, i))
        for i, people in enumerate(counts)
    )
    grid = tuple((value, round(PLOT_BOTTOM - value * scale, 1)) for value in range(0, max(max(counts), step) + 1, step))
    places = {edge: round(PLOT_LEFT + i * width, 1) for i, edge in enumerate(edges)}
    ticks = tuple((mark_text(edge), x) for edge, x in places.items() if edge and edge % 1000 == 0)
    return Histogram(bins, grid, ticks, places[lines.passed], places[lines.excellent], sum(counts))


def _edges(lines: Lines, best: int) -> list[int]:
    floor = min(FLOOR, max(0, (lines.passed - 2 * BIN) // BIN * BIN))
    top = max(TOP, -(-best // BIN) * BIN, lines.excellent)
    return sorted({0, *range(floor, top + 1, BIN), top, lines.passed, lines.excellent})


def _bin_of(edges: list[int], score: int) -> int:
    """Every bin holds its lower edge; the last one its upper edge too, so that full marks are counted."""
    for index, edge in enumerate(edges[1:-1]):
        if score < edge:
            return index
    return len(edges) - 2


def _asked(edges: list[int], index: int) -> dict[str, str]:
    """The first bin has no lower end and the last no upper one: full marks lie in it."""
    low = {"low": mark_text(edges[index])} if index else {}
    return low | ({"high": mark_text(edges[index + 1])} if index < len(edges) - 2 else {})


def _band(low: int, lines: Lines) -> str:
    if low >= lines.excellent:
        return "excellent"
    return "passed" if low >= lines.passed else "failed"


def _grid_step(largest: int) -> int:
    """1, 2 or 5 times a power of ten: at most five lines."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor * 5 >= largest:
                return step * factor
        step *= 10


@dataclass(frozen=True, slots=True)
class Trace:
    """A line through percentages: its name, its points (x, y, text) and where its name stands."""

    name: str
    points: tuple[tuple[float, float, str], ...]
    label_y: float

    @property
    def path(self) -> str:
        return " ".join(f"{x},{y}" for x, y, _text in self.points)


@dataclass(frozen=True, slots=True)
class LineChart:
    """Lines over steps, from a zero baseline to `top`; ticks below (text, x), grid beside (figure, y)."""

    traces: tuple[Trace, ...]
    ticks: tuple[tuple[str, float], ...]
    grid: tuple[tuple[int, float], ...]


LINE_RIGHT = 430
"""Where the lines end; their names stand to the right of it."""


def line_chart(steps: Sequence[str], series: Sequence[tuple[str, Sequence[Decimal | int | None]]],
               top: int = 100, most_ticks: int = 8) -> LineChart:
    """A line per series; a step without a figure is left out of its line."""
    width = (LINE_RIGHT - PLOT_LEFT) / max(len(steps) - 1, 1)
    scale = (PLOT_BOTTOM - PLOT_TOP) / max(top, 1)
    places = [round(PLOT_LEFT + index * width, 1) for index in range(len(steps))]
    traces: list[Trace] = []
    for name, values in series:
        found = tuple((x, round(PLOT_BOTTOM - float(value) * scale, 1), f"{value:,}")
                      for x, value in zip(places, values, strict=True) if value is not None)
        traces.append(Trace(name, found, found[-1][1] if found else PLOT_BOTTOM))
    every = max(1, -(-len(steps) // most_ticks))
    ticks = tuple((text, x) for index, (text, x) in enumerate(zip(steps, places, strict=True)) if index % every == 0)
    step = _grid_step(top)
    grid = tuple((value, round(PLOT_BOTTOM - value * scale, 1)) for value in range(0, top + 1, step))
    return LineChart(_apart(traces), ticks, grid)


def _apart(traces: Sequence[Trace], room: float = 17) -> tuple[Trace, ...]:
    """The names of the lines moved apart so that they can be read, in the order in which the lines end."""
    moved: dict[str, float] = {}
    last = PLOT_TOP - room
    for trace in sorted(traces, key=lambda one: one.label_y):
        last = max(trace.label_y, last + room)
        moved[trace.name] = last
    return tuple(replace(trace, label_y=moved[trace.name]) for trace in traces)


def mark_text(hundredths: int) -> str:
    """6000 → 60, 6050 → 60.5."""
    return show_marks(Decimal(hundredths) / 100)
