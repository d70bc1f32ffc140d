"""Which lines a filing may show: no group of fewer than five people stands alone, nor can it be worked out.

Brothers that are too small are counted together in one line, by the rule of `kernel.withholding`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quizapp.kernel.withholding import withheld
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
    roots = [row for row in rows if row.level == 0]
    below: dict[int, list[UnitRates]] = {}
    for row in rows:
        if row.level and row.parent_id is not None:
            below.setdefault(row.parent_id, []).append(row)
    if not roots:
        return []
    if len(roots) == 1:
        root = roots[0]
        place = root.branch.unit.path
        total = Group("total", "total", root.name, place, root.branch.names, 0, root.all)
        return [total, *_below(root, below)]
    total = Group("total", "total", agency, "", (), 0, combined(row.all for row in roots))
    return [total, *_shown([(_unit(row, 1), row) for row in roots if row.all.on_roster], "", 1, below)]


def _below(row: UnitRates, below: dict[int, list[UnitRates]]) -> list[Group]:
    """What stands under a unit: its own members, then its children."""
    children = [child for child in below.get(row.unit_id, []) if child.all.on_roster]
    if not children:
        return []
    place, level = row.branch.unit.path, row.level + 1
    members: list[tuple[Group, UnitRates | None]] = [(_unit(child, level), child) for child in children]
    if row.own.on_roster:
        own = Group("own", f"o{row.unit_id}", f"{row.name}（本级）", place, row.branch.names, level, row.own)
        members.insert(0, (own, None))
    return _shown(members, place, level, below)


def _unit(row: UnitRates, level: int) -> Group:
    unit = row.branch.unit
    return Group("unit", f"u{unit.unit_id}", unit.name, unit.path, row.branch.names, level, row.all)


def _shown(members: Sequence[tuple[Group, UnitRates | None]], place: str, level: int,
           below: dict[int, list[UnitRates]]) -> list[Group]:
    away = withheld([group.tally.expected for group, _row in members], even_nobody=True)
    merged = [group for (group, _row), is_away in zip(members, away, strict=True) if is_away]
    if len(merged) == len(members):
        return []  # together they are the parent
    lines: list[Group] = []
    for (group, row), is_away in zip(members, away, strict=True):
        if not is_away:
            lines += [group, *(_below(row, below) if row is not None else [])]
    if merged:
        path = merged[0].path[:-1] if merged[0].kind == "unit" else merged[0].path
        lines.append(Group("merged", f"m{place}", f"合并列出的 {len(merged)} 个单位", place, path, level,
                           combined(group.tally for group in merged), tuple(group.name for group in merged)))
    return lines
