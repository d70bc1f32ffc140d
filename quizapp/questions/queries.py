"""Reading the bank."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.kernel.errors import NotFoundError
from quizapp.questions.models import Citation, Item, ItemVersion, Subject
from quizapp.statutes import queries as statutes
from quizapp.statutes.models import LawVersion as StatuteVersion
from quizapp.statutes.queries import KnownArticle
from quizapp.statutes.rules.versions import in_force_on


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
    """Every item that may be drawn for an exam held on that day.

    An item counts only while every article that proves it is the law on the day, in the very words that proved
    it: a key proved by a law of tomorrow, or of yesterday, is no key.
    """
    rows = session.execute(
        select(Item.id, ItemVersion.id, Item.code, Item.subject_code, ItemVersion.type, ItemVersion.difficulty,
               ItemVersion.topic, ItemVersion.part_count)
        .join(ItemVersion, (ItemVersion.item_id == Item.id) & (ItemVersion.number == Item.current_version))
        .where(Item.status == "published")
        .order_by(Item.id)
    ).all()
    lapsed = lapsed_versions(session, on)
    return [PoolItem(*row) for row in rows if row[1] not in lapsed]


def lapsed_versions(session: Session, on: date) -> set[int]:
    """The current versions of items that some article no longer, or not yet, proves on that day."""
    cited = session.execute(
        select(Citation.item_version_id, Citation.law, Citation.law_version, Citation.article, Citation.fingerprint)
        .join(ItemVersion, ItemVersion.id == Citation.item_version_id)
        .join(Item, (Item.id == ItemVersion.item_id) & (Item.current_version == ItemVersion.number))
        .where(Citation.law.is_not(None))
    ).all()
    versions = statutes.versions_of_all(session, {row.law for row in cited})
    current = {law: in_force_on(known, on) for law, known in versions.items()}
    wanted = {(row.law, now.version, row.article) for row in cited if (now := current.get(row.law)) is not None}
    articles = statutes.known_articles(session, wanted)
    return {
        row.item_version_id for row in cited
        if row.law in versions and not _proves(row, current[row.law], articles)
    }


def _proves(row: Any, now: StatuteVersion | None, articles: Mapping[tuple[str, date, str], KnownArticle]) -> bool:
    """Whether the version in force has the article in the words that were cited; the version cited proves itself,
    and a law of which the library knows nothing is not judged."""
    if now is None:
        return False
    if now.version == row.law_version:
        return True
    article = articles.get((row.law, now.version, row.article))
    return article is not None and row.fingerprint is not None and article.fingerprint == row.fingerprint


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


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Which items a list shows; "" and 0 are all."""

    subject: str = ""
    type: str = ""
    difficulty: int = 0
    status: str = ""
    law: str = ""

    @property
    def is_on(self) -> bool:
        return self != ItemFilter()


def item_rows(session: Session, only: ItemFilter | None = None) -> list[ItemRow]:
    """Items with their first basis, in two queries however many there are."""
    only = only or ItemFilter()
    found = (
        select(Item.id, Item.code, Item.subject_code, Subject.name, ItemVersion.topic, ItemVersion.type,
               ItemVersion.difficulty, ItemVersion.applied, Item.status, ItemVersion.number, ItemVersion.stem,
               ItemVersion.id)
        .join(ItemVersion, (ItemVersion.item_id == Item.id) & (ItemVersion.number == Item.current_version))
        .join(Subject, Subject.code == Item.subject_code)
        .order_by(Subject.position, Item.code)
    )
    wanted = ((Item.subject_code, only.subject), (ItemVersion.type, only.type), (Item.status, only.status),
              (ItemVersion.difficulty, only.difficulty))
    found = found.where(*(column == value for column, value in wanted if value))
    if only.law:
        found = found.where(
            select(Citation.id).where(Citation.item_version_id == ItemVersion.id, Citation.law == only.law).exists()
        )
    basis = first_basis(session)
    return [
        ItemRow(id_, code, subject, name, topic, kind, difficulty, applied, status, number, stem, basis.get(version_id, ""))
        for id_, code, subject, name, topic, kind, difficulty, applied, status, number, stem, version_id
        in session.execute(found)
    ]


def first_basis(session: Session) -> dict[int, str]:
    """The first citation of each version, in words."""
    found = session.scalars(select(Citation).where(Citation.position == 1))
    return {citation.item_version_id: cited(citation) for citation in found}


def cited_laws(session: Session) -> list[str]:
    """The laws that the bank cites, by name."""
    found = select(Citation.law).where(Citation.law.is_not(None)).distinct().order_by(Citation.law)
    return [law for law in session.scalars(found) if law]


def item_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Item)) or 0


def item_ids(session: Session) -> dict[str, int]:
    """Code → id of every item."""
    return {row[0]: row[1] for row in session.execute(select(Item.code, Item.id))}


def version_ids(session: Session) -> dict[tuple[int, int], int]:
    """(item, number) → id of every version."""
    rows = session.execute(select(ItemVersion.item_id, ItemVersion.number, ItemVersion.id))
    return {(row[0], row[1]): row[2] for row in rows}


def current_versions(session: Session) -> list[tuple[Item, ItemVersion]]:
    """Every item with its current version, in order of code."""
    found = session.execute(
        select(Item, ItemVersion)
        .join(ItemVersion, (ItemVersion.item_id == Item.id) & (ItemVersion.number == Item.current_version))
        .order_by(Item.code)
    )
    return [(row[0], row[1]) for row in found]


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


def version_of(session: Session, item_id: int, number: int) -> ItemVersion:
    """One version by its number. Raises NotFoundError."""
    found = session.scalar(
        select(ItemVersion).where(ItemVersion.item_id == item_id, ItemVersion.number == number)
    )
    if found is None:
        raise NotFoundError("没有找到第 %(number)s 版", number=number)
    return found


def citations_of(session: Session, version_id: int) -> list[Citation]:
    return list(
        session.scalars(select(Citation).where(Citation.item_version_id == version_id).order_by(Citation.position))
    )
