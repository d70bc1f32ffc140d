"""The lines of the unit table on the page: total first, small groups merged, units in roster order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from quizapp.reports.rules.report import OWN
from quizapp.reports.rules.tally import Tally, combined
from quizapp.reports.rules.tree import UnitRates

SMALL = 5
"""Below so many expected people a unit is not shown alone to a reader whose scope is wider than the unit."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `kind`: total, unit, own (a unit's own members) or small (`merged` units in one line).

    `key` and `parent` tie the lines together for folding; `units` are the tokens of the names behind it.
    """

    kind: str
    key: str
    parent: str
    name: str
    level: int
    units: str
    tally: Tally
    merged: int = 0
    has_children: bool = False

    def is_low(self, participation_target: Decimal, pass_target: Decimal) -> bool:
        """Whether a rate stands below the line that was set for it."""
        pairs = ((self.tally.participation, participation_target), (self.tally.pass_of_expected, pass_target))
        return any(rate.percent is not None and rate.percent < target for rate, target in pairs)


def lines_of(rows: Sequence[UnitRates], all_units: str = "") -> list[Line]:
    """The table of a report. A single root becomes the total line; units with nobody on the roster are left out."""
    roots = [row for row in rows if row.level == 0]
    if not roots:
        return []
    children: dict[int, list[UnitRates]] = {}
    for row in rows:
        if row.level and row.parent_id is not None:
            children.setdefault(row.parent_id, []).append(row)
    if len(roots) > 1:
        total = Line("total", "total", "", "", 0, all_units, combined(r.all for r in roots), has_children=True)
        return [total, *_group(roots, children, "", 1, mergeable=False)]
    root = roots[0]
    total = Line("total", "total", "", root.name, 0, str(root.unit_id), root.all, has_children=root.has_children)
    return [total, *_below(root, children, "", 1)]


def _below(row: UnitRates, children: dict[int, list[UnitRates]], key: str, level: int) -> list[Line]:
    group = children.get(row.unit_id, [])
    return _group(group, children, key, level, own=row) if group else []


def _group(group: Sequence[UnitRates], children: dict[int, list[UnitRates]], parent: str, level: int, *,
           own: UnitRates | None = None, mergeable: bool = True) -> list[Line]:
    """Brothers in roster order, the small ones merged into one line at the end."""
    lines: list[Line] = []
    small: list[Line] = []
    if own is not None and own.own.on_roster:
        line = Line("own", f"o{own.unit_id}", parent, own.name, level, f"{own.unit_id}{OWN}", own.own)
        (small if own.own.expected < SMALL else lines).append(line)
    for row in group:
        if not row.all.on_roster:
            continue
        folds = any(child.all.on_roster for child in children.get(row.unit_id, []))
        line = Line("unit", f"u{row.unit_id}", parent, row.name, level, str(row.unit_id), row.all, has_children=folds)
        if mergeable and row.all.expected < SMALL:
            small.append(line)
        else:
            lines += [line, *(_below(row, children, line.key, level + 1) if folds else [])]
    if small:
        lines.append(Line("small", f"s{parent}", parent, "", level, ",".join(line.units for line in small),
                          combined(line.tally for line in small), merged=len(small)))
    return lines


def below_target(lines: Sequence[Line], participation_target: Decimal, pass_target: Decimal) -> list[Line]:
    """The total, the lines that fall short of a target, and the lines above these."""
    kept = {line.key for line in lines if line.kind == "total" or line.is_low(participation_target, pass_target)}
    parents = {line.key: line.parent for line in lines}
    for key in list(kept):
        while parents.get(key):
            key = parents[key]
            kept.add(key)
    return [line for line in lines if line.key in kept]
