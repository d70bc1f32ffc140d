"""Reading the bank."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.kernel.errors import NotFoundError
from quizapp.questions.models import Citation, Item, ItemVersion, Subject


@dataclass(frozen=True, slots=True)
class PoolItem:
    """A published item that may be drawn. `parts` counts the sub-questions of a case, 0 otherwise."""

    item_id: int
    version_id: int
    code: str
    subject: str
    type: str
    difficulty: int
    topic: str
    parts: int


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """How many published items a subject has of one type and difficulty."""

    subject: str
    type: str
    difficulty: int
    count: int


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as lists show it."""

    id: int
    code: str
    subject: str
    subject_name: str
    topic: str
    type: str
    difficulty: int
    applied: bool
    status: str
    version: int
    stem: str
    basis: str


def subjects(session: Session) -> list[Subject]:
    return list(session.scalars(select(Subject).order_by(Subject.position)))


def published_pool(session: Session, on: date) -> list[PoolItem]:
    """Every item that may be drawn for an exam held on that day."""
    rows = session.execute(
        select(Item.id, ItemVersion.id, Item.code, Item.subject_code, ItemVersion.type, ItemVersion.difficulty,
               ItemVersion.topic, ItemVersion.part_count)
        .join(ItemVersion, (ItemVersion.item_id == Item.id) & (ItemVersion.number == Item.current_version))
        .where(Item.status == "published")
        .order_by(Item.id)
    ).all()
    return [PoolItem(*row) for row in rows]


def versions_by_id(session: Session, ids: Collection[int]) -> dict[int, ItemVersion]:
    found = session.scalars(select(ItemVersion).where(ItemVersion.id.in_(ids)))
    return {version.id: version for version in found}


def content_hashes(session: Session, ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(select(ItemVersion.id, ItemVersion.content_hash).where(ItemVersion.id.in_(ids))).all()
    return {row[0]: row[1] for row in rows}


def part_types(session: Session, version_id: int) -> list[str]:
    """The types of a case's parts in order."""
    version = session.get(ItemVersion, version_id)
    return [part["type"] for part in version.content["parts"]] if version else []


def coverage(session: Session) -> list[CoverageRow]:
    rows = session.execute(
        select(Item.subject_code, ItemVersion.type, ItemVersion.difficulty, func.count())
        .join(ItemVersion, (ItemVersion.item_id == Item.id) & (ItemVersion.number == Item.current_version))
        .where(Item.status == "published")
        .group_by(Item.subject_code, ItemVersion.type, ItemVersion.difficulty)
    ).all()
    return [CoverageRow(*row) for row in rows]


def item_rows(session: Session) -> list[ItemRow]:
    """All items with their first basis, in two queries."""
    rows = session.execute(
        select(Item, ItemVersion, Subject.name)
        .join(ItemVersion, (ItemVersion.item_id == Item.id) & (ItemVersion.number == Item.current_version))
        .join(Subject, Subject.code == Item.subject_code)
        .order_by(Subject.position, Item.code)
    ).all()
    basis = first_basis(session, [version.id for _item, version, _name in rows])
    return [
        ItemRow(item.id, item.code, item.subject_code, name, version.topic, version.type, version.difficulty,
                version.applied, item.status, version.number, version.stem, basis.get(version.id, ""))
        for item, version, name in rows
    ]


def first_basis(session: Session, version_ids: Iterable[int]) -> dict[int, str]:
    """The first citation of each version, in words."""
    wanted = set(version_ids)
    found: dict[int, str] = {}
    for citation in session.scalars(select(Citation).order_by(Citation.position)):
        if citation.item_version_id in wanted:
            found.setdefault(citation.item_version_id, cited(citation))
    return found


def cited(citation: Citation) -> str:
    """民法典 第 189 条, or the title of the document."""
    if citation.law is None:
        return citation.document or ""
    if citation.article == "preamble":
        return f"{citation.law} 序言"
    number, _, extra = (citation.article or "").partition("-")
    return f"{citation.law} 第 {number} 条" + (f"之{extra}" if extra else "")


def item_by_code(session: Session, code: str) -> Item:
    found = session.scalar(select(Item).where(Item.code == code))
    if found is None:
        raise NotFoundError("没有找到试题 %(code)s", code=code)
    return found


def versions_of(session: Session, item_id: int) -> list[ItemVersion]:
    """All versions, the latest first."""
    return list(
        session.scalars(select(ItemVersion).where(ItemVersion.item_id == item_id).order_by(ItemVersion.number.desc()))
    )


def citations_of(session: Session, version_id: int) -> list[Citation]:
    return list(
        session.scalars(select(Citation).where(Citation.item_version_id == version_id).order_by(Citation.position))
    )
