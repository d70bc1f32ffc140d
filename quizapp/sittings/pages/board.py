"""What the invigilator's board may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from quizapp.approvals.queries import Standing
from quizapp.exams.rules import PHASE_NAMES, Phase
from quizapp.sittings.pages.giving import SittingPage
from quizapp.sittings.queries.board import Line
from quizapp.sittings.rules.board import COUNT_NAMES, Counts, UnitLine
from quizapp.ui.tables import Table


@dataclass(frozen=True)
class LivePage(SittingPage):
    """The part that is fetched again every few seconds. `shown`: the filter by state, `unit`: the unit one stands in,
    `up`: the one above it, `at`: the moment of the figures, `proposed`: an extension that waits for a second person,
    `working`: in all units that the reader sees."""

    template: ClassVar[str] = "sittings/_live.html"

    at: str
    phase: Phase
    counts: Counts
    unit_lines: list[UnitLine]
    table: Table[Line]
    may_manage: bool
    shown: str
    unit: UnitLine | None
    up: int | None
    proposed: Standing | None
    working: int
    count_names: Mapping[str, str] = field(default_factory=lambda: COUNT_NAMES)
    phase_names: Mapping[Phase, str] = field(default_factory=lambda: PHASE_NAMES)


@dataclass(frozen=True)
class BoardPage(LivePage):
    template: ClassVar[str] = "sittings/board.html"
    modules: ClassVar[tuple[str, ...]] = ("board",)
