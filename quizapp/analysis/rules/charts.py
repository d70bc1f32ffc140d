"""Geometry of the one chart: for each option the share of each third who chose it, in a view box 560 wide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 560, 64, 470, 16, 216
APART = 21.0
"""Least distance between the labels of two lines."""


@dataclass(frozen=True, slots=True)
class Line:
    """One option through the three groups: `points` (x, y), the label's place, whether it is of the key."""

    name: str
    shares: tuple[float, ...]
    is_key: bool
    points: tuple[tuple[float, float], ...]
    label_y: float

    @property
    def path(self) -> str:
        return " ".join(f"{x},{y}" for x, y in self.points)


@dataclass(frozen=True, slots=True)
class Plot:
    lines: tuple[Line, ...]
    grid: tuple[tuple[int, float], ...]
    groups: tuple[float, ...]


def plot(series: Sequence[tuple[str, Sequence[float], bool]]) -> Plot:
    """`series`: (name, share of each group, whether it is of the key), every one with equally many groups."""
    count = len(series[0][1]) if series else 0
    places = tuple(round(LEFT + 40 + n * (RIGHT - LEFT - 60) / max(count - 1, 1), 1) for n in range(count))
    ends = _spread({name: _y(shares[-1]) for name, shares, _key in series})
    lines = tuple(
        Line(name, tuple(shares), is_key, tuple((x, _y(share)) for x, share in zip(places, shares, strict=True)), ends[name])
        for name, shares, is_key in series
    )
    return Plot(lines, tuple((value, _y(value / 100)) for value in (0, 25, 50, 75, 100)), places)


def _y(share: float) -> float:
    return round(BOTTOM - share * (BOTTOM - TOP), 1)


def _spread(ends: Mapping[str, float]) -> dict[str, float]:
    """Label heights near the ends of their lines, none over another, none below the axis or above the plot."""
    order = sorted(ends, key=lambda name: -ends[name])
    heights: list[float] = []
    for name in order:
        heights.append(min(ends[name], heights[-1] - APART if heights else BOTTOM))
    highest = TOP - APART
    for number in reversed(range(len(heights))):  # what was pushed out at the top comes down again
        highest = heights[number] = max(heights[number], highest + APART)
    return {name: round(y, 1) for name, y in zip(order, heights, strict=True)}
