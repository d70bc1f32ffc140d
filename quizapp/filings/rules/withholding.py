"""The lines of a filing: no group of fewer than five people stands alone, nor can it be worked out.

Which parts of a unit stand alone is the rule of `reports.rules.parts`. Here those without anybody expected count as well:
what a filing says of them, the excused for one, could be worked out too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quizapp.reports.rules.parts import Families, Part
from quizapp.reports.rules.tally import Tally, combined
from quizapp.reports.rules.tree import UnitRates


@dataclass(frozen=True, slots=True)
class Group:
    """A line with its people; see `content.Row` for the words."""

    kind: str
    key: str
    name: str
    place: str
    path: tuple[str, ...]
    level: int
    tally: Tally
    merged: tuple[str, ...] = ()


def groups_of(rows: Sequence[UnitRates], agency: str) -> list[Group]:
    """The total first, then units in roster order; units without anybody on the roster are left out."""
    families = Families(rows)
    if not families.roots:
        return []
    if len(families.roots) == 1:
        root = families.roots[0]
        total = Group("total", "total", root.name, root.branch.unit.path, root.branch.names, 0, root.all)
        return [total, *_below(root, families)]
    total = Group("total", "total", agency, "", (), 0, combined(row.all for row in families.roots))
    return [total, *_shown(families.tops(even_nobody=True), "", 1, families)]


def _below(row: UnitRates, families: Families) -> list[Group]:
    """What stands under a unit that has others below it: its own members, then these."""
    if not any(child.all.on_roster for child in families.below(row)):
        return []
    return _shown(families.parts(row, even_nobody=True), row.branch.unit.path, row.level + 1, families)


def _group(part: Part, level: int) -> Group:
    row, unit = part.row, part.row.branch.unit
    if part.is_own:
        return Group("own", f"o{row.unit_id}", f"{row.name}（本级）", unit.path, row.branch.names, level, part.tally)
    return Group("unit", f"u{unit.unit_id}", unit.name, unit.path, row.branch.names, level, part.tally)


def _shown(parts: Sequence[Part], place: str, level: int, families: Families) -> list[Group]:
    merged = [_group(part, level) for part in parts if not part.alone]
    if len(merged) == len(parts):
        return []  # together they are the parent
    lines: list[Group] = []
    for part in parts:
        if part.alone:
            lines += [_group(part, level), *([] if part.is_own else _below(part.row, families))]
    if merged:
        path = merged[0].path[:-1] if merged[0].kind == "unit" else merged[0].path
        lines.append(Group("merged", f"m{place}", f"合并列出的 {len(merged)} 个单位", place, path, level,
                           combined(group.tally for group in merged), tuple(group.name for group in merged)))
    return lines
