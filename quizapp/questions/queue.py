"""Reading what waits for reviewers: proposed versions, items whose law changed, what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quizapp.kernel.errors import NotFoundError
from quizapp.people.models import Person
from quizapp.questions.models import Citation, Item, ItemVersion, Quarantine, Review, ReviewVote
from quizapp.questions.queries import cited, current_versions
from quizapp.questions.rules import content as contents
from quizapp.questions.rules.schema import Item as Content


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A version that waits, or waited. `opened_by` is "" for what was generated; `accepted` counts the votes."""

    id: int
    code: str
    stem: str
    kind: str
    type: str
    subject: str
    basis: str
    state: str
    needed: int
    accepted: int
    opened_at: datetime
    opened_by: str
    author_id: int | None
    decided_at: datetime | None
    reason: str


def reviews(session: Session, *, opened: bool) -> list[QueueRow]:
    """Open reviews, the oldest first; or decided ones, the latest first."""
    votes = (
        select(ReviewVote.review_id, func.count().label("accepted")).where(ReviewVote.verdict == "accept")
        .group_by(ReviewVote.review_id).subquery()
    )
    reasons = select(ReviewVote.review_id, ReviewVote.reason).where(ReviewVote.verdict == "reject").subquery()
    first = select(Citation).where(Citation.position == 1).subquery()
    order = (Review.opened_at, Review.id) if opened else (Review.decided_at.desc(), Review.id.desc())
    rows = session.execute(
        select(Review, Item.code, Item.subject_code, ItemVersion.stem, ItemVersion.type, ItemVersion.author_id, Person.name,
               votes.c.accepted, reasons.c.reason, first.c.law, first.c.article, first.c.document)
        .join(Item, Item.id == Review.item_id).join(ItemVersion, ItemVersion.id == Review.item_version_id)
        .outerjoin(Person, Person.id == Review.opened_by).outerjoin(votes, votes.c.review_id == Review.id)
        .outerjoin(reasons, reasons.c.review_id == Review.id).outerjoin(first, first.c.item_version_id == ItemVersion.id)
        .where(Review.state == "open" if opened else Review.state != "open").order_by(*order)
    ).all()
    return [
        QueueRow(r[0].id, r.code, r.stem, r[0].kind, r.type, r.subject_code,
                 cited(Citation(law=r.law, article=r.article, document=r.document)), r[0].state, r[0].needed,
                 r.accepted or 0, r[0].opened_at, r.name or "", r.author_id, r[0].decided_at, r.reason or "")
        for r in rows
    ]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """An item whose article changed. `in_effect`: whether the day has come. `proposed`: a new version waits."""

    id: int
    item_id: int
    code: str
    stem: str
    law: str
    article: str
    old_version: date
    new_version: date | None
    new_article: str | None
    change: str
    ended_by: str
    from_day: date
    resolution: str
    resolved_at: datetime | None
    resolved_by: str
    proposed: int | None

    def in_effect(self, day: date) -> bool:
        return self.from_day <= day


def changes(session: Session, *, opened: bool) -> list[ChangeRow]:
    """Quarantines by day and law: open ones, or those that were settled."""
    waiting = select(Review.id, Review.item_id).where(Review.state == "open").subquery()
    rows = session.execute(
        select(Quarantine, Item.code, ItemVersion.stem, Person.name, waiting.c.id)
        .join(Item, Item.id == Quarantine.item_id).join(ItemVersion, ItemVersion.id == Quarantine.item_version_id)
        .outerjoin(Person, Person.id == Quarantine.resolved_by).outerjoin(waiting, waiting.c.item_id == Item.id)
        .where(Quarantine.resolved_at.is_(None) if opened else Quarantine.resolved_at.is_not(None))
        .order_by(Quarantine.from_day, Quarantine.law, Item.code, Quarantine.id)
    ).all()
    return [_change(*row) for row in rows]


def _change(one: Quarantine, code: str, stem: str, name: str | None, waiting: int | None) -> ChangeRow:
    return ChangeRow(one.id, one.item_id, code, stem, one.law, one.article, one.old_version, one.new_version, one.new_article,
                     one.change, one.ended_by, one.from_day, one.resolution, one.resolved_at, name or "", waiting)


def change_of(session: Session, quarantine_id: int) -> ChangeRow:
    """One quarantine. Raises NotFoundError."""
    for opened in (True, False):
        for row in changes(session, opened=opened):
            if row.id == quarantine_id:
                return row
    raise NotFoundError("没有找到这条隔离记录")


@dataclass(frozen=True, slots=True)
class Vote:
    """What one reviewer said."""

    name: str
    verdict: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Desk:
    """One review with everything that it is about; `current` is the version in use, None for a new item."""

    review: Review
    item: Item
    version: ItemVersion
    current: ItemVersion | None
    opened_by: str
    votes: tuple[Vote, ...]


def desk(session: Session, review_id: int) -> Desk:
    """Raises NotFoundError."""
    review = session.get(Review, review_id)
    if review is None:
        raise NotFoundError("没有找到这条审题")
    item, version = session.get_one(Item, review.item_id), session.get_one(ItemVersion, review.item_version_id)
    current = None
    if item.current_version != version.number:
        current = session.scalar(select(ItemVersion).where(
            ItemVersion.item_id == item.id, ItemVersion.number == item.current_version))
    votes = session.execute(
        select(Person.name, ReviewVote.verdict, ReviewVote.reason, ReviewVote.at)
        .join(Person, Person.id == ReviewVote.person_id).where(ReviewVote.review_id == review.id).order_by(ReviewVote.at)
    ).all()
    name = session.scalar(select(Person.name).where(Person.id == review.opened_by)) if review.opened_by else ""
    return Desk(review, item, version, current, name or "", tuple(Vote(*row) for row in votes))


def contents_of_bank(session: Session) -> dict[str, Content]:
    """Code → content of every item's current version, to compare a proposal with."""
    return {item.code: contents.from_content(version.content) for item, version in current_versions(session)}
