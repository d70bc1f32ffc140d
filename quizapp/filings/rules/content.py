"""What a filing says, as one frozen value: every file of it speaks from this and from nothing else.

It names its own columns with their bases, so that a version of years ago reads as it was handed in whatever the
reports of today count. Whole numbers, texts and lists alone are in it: its JSON is the same from every database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quizapp.audit.rules import canonical
from quizapp.kernel.rates import Rate
from quizapp.kernel.rights import unit_at

SCHEMA = "quizapp-filing-1"
BANK, UNITS = "题库", "机构变动"
BESIDE = frozenset({BANK, UNITS})
"""Sources of facts that are not of people and exams: when they alone change, what was handed in still holds."""
CODE = 16  # digits of the digest that are printed for people to type

Value = int | Rate | str | None
"""A count, a rate with both its parts, marks with two decimals as text, or nothing on an empty base."""


@dataclass(frozen=True, slots=True)
class Column:
    """`kind`: count, rate or mark. `base`: what a rate is divided by."""

    key: str
    name: str
    base: str
    kind: str

    @property
    def head(self) -> str:
        return f"{self.name}（{self.base}）" if self.base else self.name


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `kind`: total, unit, own (a unit's own members), merged (units too small to stand alone, named in
    `merged`), exam or make_up. `place`: the path of the unit in the frozen tree, empty where the line is of none."""

    kind: str
    key: str
    name: str
    place: str
    path: tuple[str, ...]
    level: int
    values: tuple[Value, ...]
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that the text may quote: `value` as it stands there, `source` where it comes from."""

    key: str
    label: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its paragraphs, one a line. `edited`: a person has changed the words."""

    key: str
    heading: str
    text: str
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """`kind`: exam, year or notice. `exams`: the numbers of the exams whose results are in it. `people`: how many
    persons were counted one by one, `people_digest` what proves each of them."""

    kind: str
    title: str
    agency: str
    year: int
    as_of: str
    view: str
    exams: tuple[int, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    sections: tuple[Section, ...] = ()
    facts: tuple[Fact, ...] = ()
    definitions: tuple[tuple[str, str], ...] = ()
    row_name: str = "单位"
    people: int = 0
    people_digest: str = ""

    @property
    def table_title(self) -> str:
        return "各次考试参考和合格情况表" if self.kind == "year" else "各单位参考和合格情况表"

    @property
    def total(self) -> Row | None:
        return next((row for row in self.rows if row.kind == "total"), None)


def to_json(content: Content) -> dict[str, Any]:
    return {
        "schema": SCHEMA, "kind": content.kind, "title": content.title, "agency": content.agency, "year": content.year,
        "as_of": content.as_of, "view": content.view, "exams": list(content.exams), "row_name": content.row_name,
        "columns": [{"key": c.key, "name": c.name, "base": c.base, "kind": c.kind} for c in content.columns],
        "rows": [_row_to_json(row) for row in content.rows],
        "sections": [{"key": s.key, "heading": s.heading, "text": s.text, "edited": s.edited} for s in content.sections],
        "facts": [{"key": f.key, "label": f.label, "value": f.value, "source": f.source} for f in content.facts],
        "definitions": [list(one) for one in content.definitions],
        "people": {"count": content.people, "digest": content.people_digest},
    }


def _row_to_json(row: Row) -> dict[str, Any]:
    values = [[v.numerator, v.denominator] if isinstance(v, Rate) else v for v in row.values]
    return {"kind": row.kind, "key": row.key, "name": row.name, "place": row.place, "path": list(row.path),
            "level": row.level, "values": values, "merged": list(row.merged)}


def from_json(stored: Mapping[str, Any]) -> Content:
    """Raises KeyError or TypeError for what is no content of this schema."""
    return Content(
        stored["kind"], stored["title"], stored["agency"], stored["year"], stored["as_of"], stored["view"],
        tuple(stored["exams"]), tuple(Column(**c) for c in stored["columns"]),
        tuple(_row_from_json(row) for row in stored["rows"]), tuple(Section(**s) for s in stored["sections"]),
        tuple(Fact(**f) for f in stored["facts"]), tuple((d[0], d[1]) for d in stored["definitions"]),
        stored["row_name"], stored["people"]["count"], stored["people"]["digest"],
    )


def _row_from_json(row: Mapping[str, Any]) -> Row:
    values = tuple(Rate(v[0], v[1]) if isinstance(v, list) else v for v in row["values"])
    return Row(row["kind"], row["key"], row["name"], row["place"], tuple(row["path"]), row["level"], values,
               tuple(row["merged"]))


def digest_of(stored: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(stored).encode()).hexdigest()


def sealed_text(number: str, version: int, digest: str, at: str) -> str:
    """What the installation signs. With a word in front: this signature must never pass for one on something else."""
    return "quizapp filing\n" + canonical({"number": number, "version": version, "digest": digest, "at": at})


def code_of(digest: str) -> str:
    """The start of the digest in groups of four, for paper."""
    return " ".join(digest[place : place + 4] for place in range(0, CODE, 4))


def same_figures(one: Content, other: Content) -> bool:
    """Whether two contents say the same of people; when they were made does not count, nor do the words, nor what the
    words say of other things."""
    return _figures(one) == _figures(other)


def _figures(content: Content) -> tuple[object, ...]:
    return content.rows, content.columns, content.people_digest, [fact for fact in content.facts if fact.source not in BESIDE]


def shown(column: Column, value: Value) -> str:
    """A value as it is printed: 1,024, 97.28%, 84.20, or — on an empty base."""
    if value is None:
        return "—"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


def closed_units(facts: Sequence[Fact], rows: Sequence[Row] | None = None) -> tuple[Fact, ...]:
    """The facts that name units dissolved since the roster was taken; of these `rows` alone where some are given."""
    known = None if rows is None else {f"closed_{unit_at(row.place)}" for row in rows if row.kind in ("total", "unit")}
    return tuple(fact for fact in facts if fact.source == UNITS and fact.key.startswith("closed_") and (known is None or fact.key in known))


def seen_by(rows: Sequence[Row], places: Sequence[str]) -> tuple[Row, ...]:
    """The lines of these subtrees alone, set in from their own top."""
    kept = [row for row in rows if row.place and row.place.startswith(tuple(places))] if places else []
    if not kept:
        return ()
    top = min(row.level for row in kept)
    return tuple(Row(row.kind, row.key, row.name, row.place, row.path, row.level - top, row.values, row.merged)
                 for row in kept)


def places_in(rows: Sequence[Row], scope: Sequence[str]) -> tuple[str, ...]:
    """The subtrees of the frozen tree that somebody with this scope (paths of today's tree) may see.

    A unit is found by its number: the tree may have been another one when the roster was taken.
    """
    known = {unit_at(row.place): row.place for row in rows if row.place and row.kind in ("total", "unit")}
    return tuple(known[number] for number in map(unit_at, scope) if number in known)
