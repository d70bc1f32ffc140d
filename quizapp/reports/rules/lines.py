"""The lines of the unit table on the page: total first, small groups merged, units in roster order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from quizapp.kernel.withholding import SMALL, withheld
from quizapp.reports.rules.report import OWN
from quizapp.reports.rules.tally import Tally, combined
from quizapp.reports.rules.tree import UnitRates

# What stands in the table goes farther than its reader: it is printed, quoted and handed in. So figures of fewer than
# five people are withheld above their unit whoever reads. Whoever has the right to the names opens the unit itself.


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
    roots = [row for row in rows if row.level == 0]
    if not roots:
        return []
    children: dict[int, list[UnitRates]] = {}
    for row in rows:
        if row.level and row.parent_id is not None:
            children.setdefault(row.parent_id, []).append(row)
    if len(roots) > 1:
        total = Line("total", "total", "", "", 0, all_units, combined(r.all for r in roots), has_children=True)
        # who looks after two units below others reads of each by right; units at the top of the tree stand under the whole
        mergeable = all(root.parent_id is None for root in roots)
        return [total, *_group(roots, children, "", 1, mergeable=mergeable)]
    root = roots[0]
    total = Line("total", "total", "", root.name, 0, str(root.unit_id), root.all, has_children=root.has_children)
    return [total, *_below(root, children, "", 1)]


def _below(row: UnitRates, children: dict[int, list[UnitRates]], key: str, level: int) -> list[Line]:
    group = children.get(row.unit_id, [])
    return _group(group, children, key, level, own=row) if group else []


def _group(group: Sequence[UnitRates], children: dict[int, list[UnitRates]], parent: str, level: int, *,
           own: UnitRates | None = None, mergeable: bool = True) -> list[Line]:
    """Brothers in roster order, the small ones merged into one line at the end."""
    brothers = _brothers(group, children, parent, level, own)
    away = withheld([line.tally.expected for line, _ in brothers]) if mergeable else [False] * len(brothers)
    small = [line for (line, _), is_away in zip(brothers, away, strict=True) if is_away]
    lines: list[Line] = []
    for (line, row), is_away in zip(brothers, away, strict=True):
        if not is_away:
            lines += [line, *(_below(row, children, line.key, level + 1) if row and line.has_children else [])]
    if small:
        lines.append(Line("small", f"s{parent}", parent, "", level, ",".join(line.units for line in small),
                          combined(line.tally for line in small), merged=len(small),
                          covered=any(line.tally.expected >= SMALL for line in small)))
    return lines


def _brothers(group: Sequence[UnitRates], children: dict[int, list[UnitRates]], parent: str, level: int,
              own: UnitRates | None) -> list[tuple[Line, UnitRates | None]]:
    """A line for a unit's own members and for each unit below it that has anybody on the roster."""
    lines: list[tuple[Line, UnitRates | None]] = []
    if own is not None and own.own.on_roster:
        lines.append((Line("own", f"o{own.unit_id}", parent, own.name, level, f"{own.unit_id}{OWN}", own.own), None))
    for row in group:
        if row.all.on_roster:
            folds = any(child.all.on_roster for child in children.get(row.unit_id, []))
            lines.append((Line("unit", f"u{row.unit_id}", parent, row.name, level, str(row.unit_id), row.all,
                               has_children=folds, folded=row.folded, closed=row.branch.unit.closed), row))
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
