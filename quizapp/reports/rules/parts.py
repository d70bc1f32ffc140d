"""Which parts of a unit may stand alone wherever figures of units go farther than their reader, and which are told
together: the one place of this rule for the table of a report and for what is handed in.

What stands in a table is printed, quoted and handed in. So figures of fewer than five people are withheld above their
unit whoever reads. Whoever has the right to the names opens the unit itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from quizapp.kernel.withholding import withheld
from quizapp.reports.rules.tally import Tally
from quizapp.reports.rules.tree import UnitRates


@dataclass(frozen=True, slots=True)
class Part:
    """A unit with everybody below it, or (`is_own`) the members that a unit has itself. `alone`: it may stand alone; the
    others of its parent are told together."""

    row: UnitRates
    is_own: bool
    alone: bool

    @property
    def tally(self) -> Tally:
        return self.row.own if self.is_own else self.row.all


class Families:
    """The units of a report by the unit that they stand below, in roster order."""

    def __init__(self, rows: Sequence[UnitRates]) -> None:
        self.roots = [row for row in rows if row.level == 0]
        self._below: dict[int, list[UnitRates]] = {}
        for row in rows:
            if row.level and row.parent_id is not None:
                self._below.setdefault(row.parent_id, []).append(row)

    def below(self, row: UnitRates) -> list[UnitRates]:
        return self._below.get(row.unit_id, [])

    def parts(self, row: UnitRates, *, even_nobody: bool = False) -> list[Part]:
        """A unit's own members, then the units below it; whoever has nobody on the roster is no part."""
        own = [row] if row.own.on_roster else []
        return list(_parted(own, self.below(row), even_nobody=even_nobody, mergeable=True))

    def tops(self, *, even_nobody: bool = False, mergeable: bool = True) -> list[Part]:
        """The units at the top where there are several, as parts of the whole. `mergeable` False lets each stand alone."""
        return list(_parted([], self.roots, even_nobody=even_nobody, mergeable=mergeable))


def _parted(own: Sequence[UnitRates], units: Sequence[UnitRates], *, even_nobody: bool, mergeable: bool) -> Iterator[Part]:
    members = [(row, True) for row in own] + [(row, False) for row in units if row.all.on_roster]
    people = [(row.own if is_own else row.all).expected for row, is_own in members]
    away = withheld(people, even_nobody=even_nobody) if mergeable else [False] * len(members)
    for (row, is_own), is_away in zip(members, away, strict=True):
        yield Part(row, is_own, not is_away)
