"""Amendment watch: what an amendment or a repeal does to the items that rest on the article."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.questions.models import Citation, Item, ItemVersion, Quarantine
from quizapp.statutes import queries as statutes
from quizapp.statutes.models import LawVersion
from quizapp.statutes.rules.versions import ArticleChange, compare, next_after
from quizapp.statutes.service import on_change


@dataclass(frozen=True)
class Lapse:
    """One citation that loses its ground: from when, why, and where the article goes on."""

    item_id: int
    item_version_id: int
    law: str
    article: str
    old_version: date
    new_version: date | None
    new_article: str | None
    change: str
    ended_by: str
    from_day: date


@on_change
def look_again(session: Session) -> None:
    """Open what lapsed, and close what is settled since. Does nothing twice."""
    lapses = find_lapses(session)
    known = {
        (row.item_version_id, row.law, row.article, row.old_version): row for row in session.scalars(select(Quarantine))
    }
    now = clock.now()
    found = set()
    for lapse in lapses:
        key = (lapse.item_version_id, lapse.law, lapse.article, lapse.old_version)
        found.add(key)
        row = known.get(key)
        if row is None:
            session.add(Quarantine(**vars(lapse), opened_at=now, resolution=""))
        elif row.resolved_at is None or row.resolution == "withdrawn":
            row.new_version, row.new_article, row.change = lapse.new_version, lapse.new_article, lapse.change
            row.ended_by, row.from_day, row.resolved_at, row.resolution = lapse.ended_by, lapse.from_day, None, ""
    current = set(session.scalars(_current_versions()))
    for key, row in known.items():
        if row.resolved_at is None and key not in found:
            # another version took its place, or the dates of the law were corrected
            row.resolved_at, row.resolution = now, "withdrawn" if row.item_version_id in current else "rewritten"
    session.flush()


def _current_versions() -> Any:
    return select(ItemVersion.id).join(
        Item, (Item.id == ItemVersion.item_id) & (Item.current_version == ItemVersion.number)
    ).where(Item.status != "retired")


def find_lapses(session: Session) -> list[Lapse]:
    """Every citation of a current version that some known version of its law leaves without ground."""
    cited = session.execute(
        select(ItemVersion.item_id, Citation.item_version_id, Citation.law, Citation.article, Citation.law_version,
               Citation.fingerprint)
        .join(ItemVersion, ItemVersion.id == Citation.item_version_id)
        .where(Citation.law.is_not(None), Citation.item_version_id.in_(_current_versions()))
        .order_by(Citation.id)
    ).all()
    library = _Library(session, {row.law for row in cited if row.law})
    lapses: dict[tuple[int, str, str, date], Lapse] = {}
    for row in cited:
        lapse = library.lapse(row)
        if lapse is not None:
            lapses.setdefault((lapse.item_version_id, lapse.law, lapse.article, lapse.old_version), lapse)
    return list(lapses.values())


class _Library:
    """Versions and texts of the laws that are cited, each read once."""

    def __init__(self, session: Session, laws: set[str]) -> None:
        self._session = session
        self._versions = statutes.versions_of_all(session, laws)
        self._texts: dict[tuple[str, date], dict[str, str]] = {}
        self._prints: dict[tuple[str, date], dict[str, str]] = {}
        self._changes: dict[tuple[str, date, date], dict[str, ArticleChange]] = {}

    def lapse(self, row: Any) -> Lapse | None:
        """What becomes of one citation; None while the article stands in these words."""
        versions = self._versions.get(row.law, [])
        cited = next((one for one in versions if one.version == row.law_version), None)
        while cited is not None:
            following = next_after(versions, cited.version)
            if following is None:
                return _lapse(row, "repealed", cited.ends_on, ended_by=cited.ended_by) if cited.ends_on else None
            if self._prints_of(following).get(row.article) != self._digest(row, cited):
                change = self._change(row.law, cited, following, row.article)
                day = cited.ends_on or following.in_force_since or following.version
                return _lapse(row, change.kind, day, following.version, change.new)
            cited = following
        return None

    def _digest(self, row: Any, cited: LawVersion) -> str | None:
        return row.fingerprint or self._prints_of(cited).get(row.article)

    def _change(self, law: str, old: LawVersion, new: LawVersion, article: str) -> ArticleChange:
        key = (law, old.version, new.version)
        if key not in self._changes:
            changes = compare(self._texts_of(old), self._texts_of(new))
            self._changes[key] = {change.old: change for change in changes if change.old is not None}
        change = self._changes[key].get(article, ArticleChange("gone", article, None))
        same_number = article in self._prints_of(new)
        if change.kind == "same" or (change.kind == "gone" and same_number and not self._has_text(new)):
            # the words cited are not those of the old version, or only fingerprints tell the two apart
            return ArticleChange("changed", article, article if same_number else None)
        return change

    def _has_text(self, version: LawVersion) -> bool:
        return version.imported_at is not None

    def _texts_of(self, version: LawVersion) -> dict[str, str]:
        key = (version.law, version.version)
        if key not in self._texts:
            self._texts[key] = statutes.texts_of(self._session, *key)
        return self._texts[key]

    def _prints_of(self, version: LawVersion) -> dict[str, str]:
        key = (version.law, version.version)
        if key not in self._prints:
            self._prints[key] = statutes.fingerprints_of(self._session, *key)
        return self._prints[key]


def _lapse(row: Any, change: str, day: date, new_version: date | None = None, new_article: str | None = None,
           ended_by: str = "") -> Lapse:
    return Lapse(row.item_id, row.item_version_id, row.law, row.article, row.law_version, new_version, new_article,
                 change, ended_by, day)


# ---------------------------------------------------------------- who else has to know


@dataclass(frozen=True, slots=True)
class Use:
    """An exam that has an item: `held` is whether it is over."""

    title: str
    address: str
    held: bool


UseFinder = Callable[[Session, Sequence[int]], dict[int, list[Use]]]
USES: list[UseFinder] = []


def finds_uses(finder: UseFinder) -> UseFinder:
    """Register how to find the exams that used versions of items: (session, item ids) → item id → exams."""
    USES.append(finder)
    return finder


def uses_of(session: Session, item_ids: Sequence[int]) -> dict[int, list[Use]]:
    """Item id → the exams with it on their papers, the latest first."""
    found: dict[int, list[Use]] = {}
    for finder in USES:
        for item_id, uses in finder(session, item_ids).items():
            found.setdefault(item_id, []).extend(uses)
    return found


def resolve(session: Session, item_id: int, resolution: str, person_id: int) -> None:
    """Close every open quarantine of an item, by a person's decision."""
    session.execute(
        update(Quarantine).where(Quarantine.item_id == item_id, Quarantine.resolved_at.is_(None))
        .values(resolved_at=clock.now(), resolution=resolution, resolved_by=person_id)
    )
