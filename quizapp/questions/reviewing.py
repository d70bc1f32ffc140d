"""Review: proposing a version of an item, accepting it, sending it back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError
from quizapp.kernel.rights import Somebody, Target, authorise
from quizapp.questions import queries, watch
from quizapp.questions.gate import require_proof
from quizapp.questions.models import Citation, Item, ItemVersion, Quarantine, Review, ReviewVote
from quizapp.questions.rules import content as contents
from quizapp.questions.rules.rights import DECIDE
from quizapp.questions.rules.schema import Case, LawCitation, Strict, difficulty_of
from quizapp.questions.rules.schema import Item as Content
from quizapp.questions.service import citation_rows
from quizapp.statutes import queries as statutes
from quizapp.statutes.rules.wording import normal_form, span_of

MENDED = "修改后重新提交"
TWICE = "你已经审过这道题；它在进行中的考试里，还需要另一位审题人"


# ---------------------------------------------------------------- proposing


def propose_new(session: Session, content: Content, *, origin: str, kind: str, person_id: int | None) -> Review:
    """A new item, to be published when it is accepted. Raises ConflictError where the code is taken."""
    if session.scalar(select(Item.id).where(Item.code == content.id)) is not None:
        raise ConflictError("题号 %(code)s 已经有了", code=content.id)
    item = Item(code=content.id, subject_code=content.subject, status="review", origin=origin, current_version=1, listed=False)
    session.add(item)
    session.flush()
    return _open(session, item, _version(session, item, content, 1, person_id), kind, person_id)


def propose_change(session: Session, item: Item, content: Content, kind: str, person_id: int | None) -> Review:
    """A new version of an item; what is in use stays in use until it is accepted.

    Raises ConflictError where another version waits already, or nothing was changed.
    """
    waiting = session.scalar(select(Review.id).where(Review.item_id == item.id, Review.state == "open"))
    if waiting is not None:
        raise ConflictError("这道题已经有一个版本在等审题，先审完它")
    current = queries.version_of(session, item.id, item.current_version)
    if item.status == "published" and contents.content_hash(content) == current.content_hash:
        raise ConflictError("没有改动")
    highest = session.scalar(select(func.max(ItemVersion.number)).where(ItemVersion.item_id == item.id)) or 0
    return _open(session, item, _version(session, item, content, highest + 1, person_id), kind, person_id)


def supersede(session: Session, item_id: int, person_id: int, at: datetime) -> None:
    """Close what waits for an item because somebody mended it; the mended version is proposed next."""
    for review in session.scalars(select(Review).where(Review.item_id == item_id, Review.state == "open")):
        review.state, review.decided_at = "rejected", at
        session.merge(ReviewVote(review_id=review.id, person_id=person_id, verdict="reject", reason=MENDED, at=at))
    session.flush()


def _version(session: Session, item: Item, content: Content, number: int, person_id: int | None) -> ItemVersion:
    version = ItemVersion(
        item_id=item.id, number=number, type=content.type, difficulty=difficulty_of(content), applied=content.applied,
        topic=content.topic, stem=content.stem or (content.material if isinstance(content, Case) else ""),
        part_count=len(content.parts) if isinstance(content, Case) else 0, content=contents.to_content(content),
        content_hash=contents.content_hash(content), created_at=clock.now(), author_id=person_id,
    )
    session.add(version)
    session.flush()
    rows = [{"item_version_id": version.id, **row} for row in citation_rows(content)]
    if rows:
        session.execute(insert(Citation), rows)
    return version


def _open(session: Session, item: Item, version: ItemVersion, kind: str, person_id: int | None) -> Review:
    live = any(not use.held for use in watch.uses_of(session, [item.id]).get(item.id, ()))
    review = Review(item_id=item.id, item_version_id=version.id, kind=kind, state="open", needed=2 if live else 1,
                    opened_at=clock.now(), opened_by=person_id)
    session.add(review)
    session.flush()
    return review


# ---------------------------------------------------------------- deciding


def accept(session: Session, review_id: int, person_id: int) -> Review:
    """One reviewer's yes. With the last one needed the version is published: its key must be proved today.

    Raises ForbiddenError for whoever wrote it, ConflictError where it is decided or was voted on, InputError
    where an article does not prove the key.
    """
    review, version = _to_decide(session, review_id, person_id)
    require_proof(session, contents.from_content(version.content), clock.today())
    session.add(ReviewVote(review_id=review.id, person_id=person_id, verdict="accept", reason="", at=clock.now()))
    session.flush()
    votes = session.scalar(select(func.count()).select_from(ReviewVote).where(
        ReviewVote.review_id == review.id, ReviewVote.verdict == "accept")) or 0
    if votes >= review.needed:
        review.state, review.decided_at = "accepted", clock.now()
        _publish(session, review, version)
    return review


def _publish(session: Session, review: Review, version: ItemVersion) -> None:
    item = session.get_one(Item, review.item_id)
    item.current_version, item.status = version.number, "published"
    item.subject_code = version.content["subject"]
    session.flush()
    watch.look_again(session)


def reject(session: Session, review_id: int, person_id: int, reason: str) -> Review:
    """Send it back with a reason; what was in use before stays in use. Raises as `accept` does."""
    if not reason.strip():
        raise InputError("退回要写明理由，命题员才知道改什么")
    review, _rejected = _to_decide(session, review_id, person_id)
    session.add(ReviewVote(review_id=review.id, person_id=person_id, verdict="reject", reason=reason.strip()[:1000],
                           at=clock.now()))
    review.state, review.decided_at = "rejected", clock.now()
    item = session.get_one(Item, review.item_id)
    if item.status == "review":
        item.status = "draft"
    session.flush()
    return review


def _to_decide(session: Session, review_id: int, person_id: int) -> tuple[Review, ItemVersion]:
    review = session.get(Review, review_id)
    if review is None:
        raise NotFoundError("没有找到这条审题")
    version = session.get_one(ItemVersion, review.item_version_id)
    authorise(Somebody(person_id), DECIDE, Target(people=[review.opened_by, version.author_id], state=review.state))
    if session.get(ReviewVote, (review.id, person_id)) is not None:
        raise ConflictError(TWICE)
    return review, version


# ---------------------------------------------------------------- after an amendment


def carry_over(session: Session, quarantine_id: int, person_id: int) -> Review:
    """Propose the item as it is, resting on the article of the new version. The words that prove the key must
    stand there too. Raises InputError where they do not, ConflictError where the law was repealed."""
    quarantine = open_quarantine(session, quarantine_id)
    if quarantine.new_version is None or quarantine.new_article is None:
        raise ConflictError("这一条已经不在了，没有可以改引的新条；请修改或者停用这道题")
    item = session.get_one(Item, quarantine.item_id)
    content = contents.from_content(queries.version_of(session, item.id, item.current_version).content)
    return propose_change(session, item, _moved(session, content, quarantine), "amendment", person_id)


def _moved(session: Session, content: Content, quarantine: Quarantine) -> Content:
    """The content with every citation of the old article pointing at the new one."""
    basis = tuple(_recited(session, one, quarantine) for one in content.basis)
    if isinstance(content, Case):
        parts = tuple(part.model_copy(update={"basis": tuple(_recited(session, one, quarantine) for one in part.basis)})
                      for part in content.parts)
        return content.model_copy(update={"basis": basis, "parts": parts})
    return content.model_copy(update={"basis": basis})


def _recited(session: Session, one: Strict, quarantine: Quarantine) -> Strict:
    old = (quarantine.law, quarantine.old_version.isoformat(), quarantine.article)
    if not isinstance(one, LawCitation) or (one.law, one.version, one.article) != old:
        return one
    assert quarantine.new_version is not None and quarantine.new_article is not None  # noqa: S101, PT018
    article = statutes.article_of(session, one.law, quarantine.new_version, quarantine.new_article)
    span = _span_there(session, one, quarantine.old_version, article.text or "")
    return one.model_copy(update={"version": quarantine.new_version.isoformat(), "article": quarantine.new_article,
                                  "paragraph": None, "item": None, "text": article.fingerprint, "span": span})


def _span_there(session: Session, one: LawCitation, old_version: date, new_text: str) -> tuple[int, int]:
    old_text = statutes.text_of(session, one.law, old_version.isoformat(), one.article)
    if one.span is None or old_text is None or not new_text:
        raise InputError("没有新旧两个版本的文本，不能自动改引；请先导入文本，或者修改这道题")
    words = normal_form(old_text)[one.span[0] : one.span[1]]
    span = span_of(new_text, words)
    if span is None:
        raise InputError("新条文里没有证明答案的原话“%(words)s”；请对照新条文修改这道题", words=words[:60])
    return span


def open_quarantine(session: Session, quarantine_id: int) -> Quarantine:
    """A quarantine that waits for a decision. Raises NotFoundError and ConflictError."""
    found = session.get(Quarantine, quarantine_id)
    if found is None:
        raise NotFoundError("没有找到这条隔离记录")
    if found.resolved_at is not None:
        raise ConflictError("这条隔离已经处理过了")
    return found


def retire_quarantined(session: Session, quarantine_id: int, person_id: int) -> Item:
    """Take the item out of use for good."""
    quarantine = open_quarantine(session, quarantine_id)
    item = session.get_one(Item, quarantine.item_id)
    item.status = "retired"
    watch.resolve(session, item.id, "retired", person_id)
    return item
