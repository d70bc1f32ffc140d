"""What has changed from one version of a filing to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from quizapp.filings.rules.content import Content, Row, shown

MOST = 2_000  # lines kept; a regrade of everybody changes every unit


def difference(before: Content, after: Content, people: int = 0, check: Sequence[str] = ()) -> dict[str, Any]:
    """As it is kept with the later version: `lines` {key, where, kind, figure, base, before, after}, `added` and `gone`
    lines by name, `sections` whose words differ, `people` whose own result differs, `check`: figures in edited
    words that could not be carried over."""
    old, new = {row.key: row for row in before.rows}, {row.key: row for row in after.rows}
    lines = [line for key, row in new.items() if key in old for line in _lines(before, after, old[key], row)]
    texts = {section.key: section.text for section in before.sections}
    return {
        "lines": lines[:MOST], "more": max(0, len(lines) - MOST),
        "added": [row.name for key, row in new.items() if key not in old],
        "gone": [row.name for key, row in old.items() if key not in new],
        "sections": [s.heading for s in after.sections if s.key in texts and texts[s.key] != s.text],
        "people": people, "check": list(check),
    }


def _lines(before: Content, after: Content, old: Row, new: Row) -> list[dict[str, Any]]:
    was = {column.key: shown(column, value) for column, value in zip(before.columns, old.values, strict=True)}
    return [
        {"key": new.key, "where": new.name, "kind": new.kind, "figure": column.name, "base": column.base, "before": was[column.key], "after": now}
        for column, value in zip(after.columns, new.values, strict=True)
        if column.key in was and was[column.key] != (now := shown(column, value))
    ]


def changed_people(before: Mapping[int, tuple[Any, ...]], after: Mapping[int, tuple[Any, ...]]) -> int:
    """How many persons stand otherwise now: another score, another status, on the roster or no longer."""
    return sum(1 for number in before.keys() | after.keys() if before.get(number) != after.get(number))


def of_total(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [line for line in found.get("lines", []) if line["kind"] == "total"]


def of_units(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [line for line in found.get("lines", []) if line["kind"] != "total"]
