"""Building the bank from its files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.jobs.rules import Progress
from quizapp.kernel.errors import InputError
from quizapp.questions.files import BankFiles, read_bank
from quizapp.questions.models import Citation, Item, ItemVersion, Subject
from quizapp.questions.rules import content as contents
from quizapp.questions.rules.schema import Case, LawCitation, difficulty_of
from quizapp.questions.rules.schema import Item as AuthoredItem


@dataclass(frozen=True)
class BuildResult:
    """What a build did, by codes of items; `unchanged` is a count."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    retired: tuple[str, ...]
    unchanged: int

    @property
    def is_nothing(self) -> bool:
        return not (self.added or self.changed or self.retired)


def build_bank(session: Session, path: Path, progress: Progress | None = None) -> BuildResult:
    """Bring the bank to what the files say. A second build changes nothing.

    New content makes a new version; versions already there are never touched. An item whose file entry is
    gone is retired. Raises InputError with the first problems when the check fails; nothing is written then.
    """
    files = read_bank(path)
    if files.errors:
        shown = "；".join(f"{p.file} 第 {p.line} 行：{p.text}" for p in files.errors[:5])
        raise InputError("题库有 %(n)s 处错误，没有装入。%(shown)s", n=len(files.errors), shown=shown)
    return write_bank(session, files, progress)


def write_bank(session: Session, files: BankFiles, progress: Progress | None = None) -> BuildResult:
    _write_subjects(session, files.subjects)
    stored = _stored(session)
    added, changed, unchanged = [], [], 0
    entries = files.entries
    for number, entry in enumerate(entries, 1):
        item = entry.item
        digest = contents.content_hash(item)
        known = stored.pop(item.id, None)
        if known is None:
            _add(session, item, digest)
            added.append(item.id)
        elif known.content_hash != digest:
            _new_version(session, known.item_id, known.number + 1, item, digest)
            changed.append(item.id)
        else:
            unchanged += 1
            if known.status == "retired":
                _status(session, known.item_id, "published")
                changed.append(item.id)
        if progress is not None and (number % 50 == 0 or number == len(entries)):
            progress(number, len(entries), "装入试题")
    retired = [code for code, known in stored.items() if known.origin == "authored" and known.status != "retired"]
    for code in retired:
        _status(session, stored[code].item_id, "retired")
    session.flush()
    return BuildResult(tuple(added), tuple(changed), tuple(retired), unchanged)


@dataclass(frozen=True, slots=True)
class _Stored:
    item_id: int
    number: int
    content_hash: str
    status: str
    origin: str


def _stored(session: Session) -> dict[str, _Stored]:
    rows = session.execute(
        select(Item.code, Item.id, ItemVersion.number, ItemVersion.content_hash, Item.status, Item.origin)
        .join(ItemVersion, (ItemVersion.item_id == Item.id) & (ItemVersion.number == Item.current_version))
    ).all()
    return {row[0]: _Stored(*row[1:]) for row in rows}


def _write_subjects(session: Session, subjects: list[dict[str, Any]]) -> None:
    known = {subject.code: subject for subject in session.scalars(select(Subject))}
    for position, values in enumerate(subjects, 1):
        subject = known.get(values["id"])
        if subject is None:
            session.add(Subject(code=values["id"], name=values["name"], name_en=values["name_en"], position=position,
                                terms=values.get("terms", [])))
            continue
        wanted = (values["name"], values["name_en"], position, values.get("terms", []))
        if (subject.name, subject.name_en, subject.position, subject.terms) != wanted:
            subject.name, subject.name_en, subject.position, subject.terms = wanted
    session.flush()


def _add(session: Session, item: AuthoredItem, digest: str) -> None:
    row = Item(code=item.id, subject_code=item.subject, status="published", origin="authored", current_version=1)
    session.add(row)
    session.flush()
    _version(session, row.id, 1, item, digest, clock.now())


def _new_version(session: Session, item_id: int, number: int, item: AuthoredItem, digest: str) -> None:
    _version(session, item_id, number, item, digest, clock.now())
    row = session.get(Item, item_id)
    if row is not None:
        row.current_version, row.subject_code, row.status = number, item.subject, "published"


def _status(session: Session, item_id: int, status: str) -> None:
    row = session.get(Item, item_id)
    if row is not None:
        row.status = status


def _version(session: Session, item_id: int, number: int, item: AuthoredItem, digest: str, at: datetime) -> None:
    version = ItemVersion(
        item_id=item_id, number=number, type=item.type, difficulty=difficulty_of(item), applied=item.applied,
        topic=item.topic, stem=item.stem or (item.material if isinstance(item, Case) else ""),
        part_count=len(item.parts) if isinstance(item, Case) else 0,
        content=contents.to_content(item), content_hash=digest, created_at=at,
    )
    session.add(version)
    session.flush()
    cited = citation_rows(item)
    if cited:
        session.execute(insert(Citation), [{"item_version_id": version.id, **row} for row in cited])


def citation_rows(item: AuthoredItem) -> list[dict[str, Any]]:
    """One row for each distinct basis of the item and, for a case, of its parts."""
    basis = list(item.basis)
    for part in item.parts if isinstance(item, Case) else ():
        basis += [citation for citation in part.basis if citation not in basis]
    return [
        {
            "position": position,
            "law": c.law if isinstance(c, LawCitation) else None,
            "law_version": date.fromisoformat(c.version) if isinstance(c, LawCitation) else None,
            "article": c.article if isinstance(c, LawCitation) else None,
            "paragraph": c.paragraph if isinstance(c, LawCitation) else None,
            "document": None if isinstance(c, LawCitation) else c.document,
        }
        for position, c in enumerate(basis, 1)
    ]
