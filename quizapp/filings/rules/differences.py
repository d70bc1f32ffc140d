"""What has changed from one version of a filing to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quizapp.filings.rules.content import Content, Row, shown
from quizapp.kernel.rights import unit_at

MOST = 2_000  # lines kept; a regrade of everybody changes every unit


def difference(before: Content, after: Content, people: int = 0, check: Sequence[str] = (), units: Sequence[int] = ()) -> dict[str, Any]:
    """As it is kept with the later version: `lines` {key, where, kind, figure, base, before, after}, `added` and `gone`
    lines by name, `sections` whose words differ, `people` whose own result differs, `check`: figures in edited
    words that could not be carried over, `units`: see `units_concerned`."""
    old, new = {row.key: row for row in before.rows}, {row.key: row for row in after.rows}
    lines = [line for key, row in new.items() if key in old for line in _lines(before, after, old[key], row)]
    texts = {section.key: section.text for section in before.sections}
    return {
        "lines": lines[:MOST], "more": max(0, len(lines) - MOST),
        "added": [row.name for key, row in new.items() if key not in old],
        "gone": [row.name for key, row in old.items() if key not in new],
        "sections": [s.heading for s in after.sections if s.key in texts and texts[s.key] != s.text],
        "people": people, "check": list(check), "units": list(units),
    }


def _lines(before: Content, after: Content, old: Row, new: Row) -> list[dict[str, Any]]:
    was = {column.key: shown(column, value) for column, value in zip(before.columns, old.values, strict=True)}
    return [
        {"key": new.key, "where": new.name, "kind": new.kind, "figure": column.name, "base": column.base, "before": was[column.key], "after": now}
        for column, value in zip(after.columns, new.values, strict=True)
        if column.key in was and was[column.key] != (now := shown(column, value))
    ]


def changed_people(before: Mapping[int, tuple[Any, ...]], after: Mapping[int, tuple[Any, ...]]) -> set[int]:
    """The persons who stand otherwise now: another score, another status, on the roster or no longer."""
    return {number for number in before.keys() | after.keys() if before.get(number) != after.get(number)}


def units_concerned(before: Sequence[Row], after: Sequence[Row], people: Iterable[str]) -> list[int]:
    """The units with a line of their own of which this version says something else, of themselves or of what is below
    them: other figures, or other results of people in them. `people`: the paths of the units of these."""
    old, new = {row.key: row for row in before}, {row.key: row for row in after}
    places = {row.place for row in (*before, *after) if _said(old.get(row.key)) != _said(new.get(row.key))} | set(people)
    moved = {int(step) for place in places for step in place.split("/") if step.isdigit()}
    return sorted(moved & {unit_at(row.place) for row in after if row.place and row.kind in ("total", "unit")})


def _said(row: Row | None) -> tuple[object, ...] | None:
    return None if row is None else (row.values, row.merged)


def of_total(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [line for line in found.get("lines", []) if line["kind"] == "total"]


def of_units(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [line for line in found.get("lines", []) if line["kind"] != "total"]
