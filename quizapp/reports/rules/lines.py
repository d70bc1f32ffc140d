"""The lines of the unit table on the page: total first, small groups merged, units in roster order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from quizapp.kernel.withholding import SMALL
from quizapp.reports.rules.parts import Families, Part
from quizapp.reports.rules.report import OWN
from quizapp.reports.rules.tally import Tally, combined
from quizapp.reports.rules.tree import UnitRates


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `kind`: total, unit, own (a unit's own members) or small (`merged` units in one line).

    `key` and `parent` tie the lines together for folding; `units` are the tokens of the names behind it.
    `covered`: some of the merged ones have five people or more, and stand there only so that the small ones cannot
    be found by subtraction. `folded`: units below it that the page leaves out; `closed`: dissolved since.
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
    covered: bool = False
    folded: int = 0
    closed: bool = False

    def is_low(self, participation_target: Decimal, pass_target: Decimal) -> bool:
        """Whether a rate stands below the line that was set for it."""
        pairs = ((self.tally.participation, participation_target), (self.tally.pass_of_expected, pass_target))
        return any(rate.percent is not None and rate.percent < target for rate, target in pairs)


def lines_of(rows: Sequence[UnitRates], all_units: str = "") -> list[Line]:
    """The table of a report. A single root becomes the total line; units with nobody on the roster are left out."""
    families = Families(rows)
    roots = families.roots
    if not roots:
        return []
    if len(roots) > 1:
        total = Line("total", "total", "", "", 0, all_units, combined(r.all for r in roots), has_children=True)
        # who looks after two units below others reads of each by right; units at the top of the tree stand under the whole
        mergeable = all(root.parent_id is None for root in roots)
        return [total, *_lines(families.tops(mergeable=mergeable), families, "", 1)]
    root = roots[0]
    total = Line("total", "total", "", root.name, 0, str(root.unit_id), root.all, has_children=root.has_children)
    return [total, *_below(root, families, "", 1)]


def _below(row: UnitRates, families: Families, key: str, level: int) -> list[Line]:
    return _lines(families.parts(row), families, key, level) if families.below(row) else []


def _lines(parts: Sequence[Part], families: Families, parent: str, level: int) -> list[Line]:
    """Brothers in roster order, those that must not stand alone merged into one line at the end."""
    lines, merged = [], []
    for part in parts:
        line = _line(part, families, parent, level)
        if not part.alone:
            merged.append(line)
            continue
        lines += [line, *(_below(part.row, families, line.key, level + 1) if line.has_children else [])]
    if merged:
        lines.append(Line("small", f"s{parent}", parent, "", level, ",".join(line.units for line in merged),
                          combined(line.tally for line in merged), merged=len(merged),
                          covered=any(line.tally.expected >= SMALL for line in merged)))
    return lines


def _line(part: Part, families: Families, parent: str, level: int) -> Line:
    row = part.row
    if part.is_own:
        return Line("own", f"o{row.unit_id}", parent, row.name, level, f"{row.unit_id}{OWN}", part.tally)
    folds = any(child.all.on_roster for child in families.below(row))
    return Line("unit", f"u{row.unit_id}", parent, row.name, level, str(row.unit_id), part.tally, has_children=folds,
                folded=row.folded, closed=row.branch.unit.closed)


def below_target(lines: Sequence[Line], participation_target: Decimal, pass_target: Decimal) -> list[Line]:
    """The total, the lines that fall short of a target, and the lines above these."""
    kept = {line.key for line in lines if line.kind == "total" or line.is_low(participation_target, pass_target)}
    parents = {line.key: line.parent for line in lines}
    for key in list(kept):
        while parents.get(key):
            key = parents[key]
            kept.add(key)
    return [line for line in lines if line.key in kept]
