"""Building the bank from its files, and the status of one item."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.jobs.rules import Progress
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.questions import queries
from quizapp.questions.files import BankFiles, read_bank
from quizapp.questions.gate import require_proof
from quizapp.questions.models import Citation, Item, ItemVersion, Subject
from quizapp.questions.rules import content as contents
from quizapp.questions.rules.schema import Case, LawCitation, difficulty_of
from quizapp.questions.rules.schema import Item as AuthoredItem
from quizapp.statutes import service as statutes

SHOWN_ERRORS = 5


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
    gone is retired, and published again when the entry is back. A status set by a person stays.
    Raises InputError naming the first places when the check fails; nothing is written then.
    """
    return write_bank(session, sound_files(path, progress))


def sound_files(path: Path, progress: Progress | None = None) -> BankFiles:
    """The files, read and checked. Raises InputError naming the first places with errors."""
    files = read_bank(path, progress)
    if files.errors:
        places = ", ".join(f"{p.place} {p.item_id or ''}".rstrip() for p in files.errors[:SHOWN_ERRORS])
        more = " …" if len(files.errors) > SHOWN_ERRORS else ""
        raise InputError("题库有 %(n)s 处错误，没有装入：%(places)s。每一处的原因见“检查题库”（quizapp bank check）",
                         n=len(files.errors), places=places + more)
    return files


def write_bank(session: Session, files: BankFiles) -> BuildResult:
    """Write what `sound_files` read: a handful of statements, however many items there are."""
    _write_subjects(session, files.subjects)
    register_changed = statutes.take_register(session, files.laws)
    plan = _plan(files, _stored(session))
    _write_items(session, plan)
    _write_versions(session, plan, clock.now())
    if register_changed or plan.new or plan.revised:
        statutes.announce(session)
    return BuildResult(
        tuple(entry.item.id for entry in plan.new), tuple(plan.changed), tuple(plan.retired), plan.unchanged
    )


@dataclass(frozen=True, slots=True)
class _Stored:
    code: str
    item_id: int
    number: int
    content_hash: str
    file_hash: str | None
    status: str
    origin: str
    listed: bool
    subject: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """An item of the files; `item_id` is None until it is in the bank, `number` that of the version to write."""

    item: AuthoredItem
    digest: str
    item_id: int | None = None
    number: int = 1


@dataclass
class _Plan:
    """What has to be written. `updates` are rows of `item` by primary key."""

    new: list[_Entry] = field(default_factory=list)
    revised: list[_Entry] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    unchanged: int = 0


def _plan(files: BankFiles, stored: dict[str, _Stored]) -> _Plan:
    plan = _Plan()
    for entry in files.entries:
        item, digest = entry.item, contents.content_hash(entry.item)
        known = stored.pop(item.id, None)
        if known is None:
            plan.new.append(_Entry(item, digest))
            continue
        # what reviewers made of an item stays until its files say something new
        revised = digest not in (known.content_hash, known.file_hash)
        if revised:
            plan.revised.append(_Entry(item, digest, known.item_id, known.number + 1))
        if revised or not known.listed:
            back = known.status == "retired" and not known.listed
            plan.changed.append(item.id)
            plan.updates.append({"id": known.item_id, "current_version": known.number + revised, "listed": True, "file_hash": digest,
                                 "subject_code": item.subject, "status": "published" if back else known.status})
        else:
            plan.unchanged += 1
    _plan_absent(plan, stored)
    return plan


def _plan_absent(plan: _Plan, absent: dict[str, _Stored]) -> None:
    """What the bank has and the files do not; items from elsewhere than the files are left alone."""
    for known in absent.values():
        if known.origin != "authored" or not known.listed:
            continue
        if known.status != "retired":  # what a person retired stays so, even when its entry comes back
            plan.retired.append(known.code)
            plan.updates.append({"id": known.item_id, "current_version": known.number, "listed": False, "file_hash": known.file_hash,
                                 "subject_code": known.subject, "status": "retired"})


def _stored(session: Session) -> dict[str, _Stored]:
    rows = session.execute(
        select(Item.code, Item.id, ItemVersion.number, ItemVersion.content_hash, Item.file_hash, Item.status, Item.origin,
               Item.listed, Item.subject_code)
        .join(ItemVersion, (ItemVersion.item_id == Item.id) & (ItemVersion.number == Item.current_version))
    ).all()
    return {row[0]: _Stored(*row) for row in rows}


def _write_subjects(session: Session, subjects: list[dict[str, Any]]) -> None:
    known = {subject.code: subject for subject in session.scalars(select(Subject))}
    for position, values in enumerate(subjects, 1):
        subject = known.get(values["id"])
        name = values.get("name") or values["id"]
        wanted = (name, values.get("name_en") or name, position, values.get("terms") or [])
        if subject is None:
            session.add(Subject(code=values["id"], name=wanted[0], name_en=wanted[1], position=position,
                                terms=wanted[3]))
        elif (subject.name, subject.name_en, subject.position, subject.terms) != wanted:
            subject.name, subject.name_en, subject.position, subject.terms = wanted
    session.flush()


def _write_items(session: Session, plan: _Plan) -> None:
    if plan.new:
        session.execute(insert(Item), [
            {"code": entry.item.id, "subject_code": entry.item.subject, "status": "published", "origin": "authored",
             "current_version": 1, "listed": True, "file_hash": entry.digest} for entry in plan.new
        ])
        ids = queries.item_ids(session)
        plan.new = [_Entry(entry.item, entry.digest, ids[entry.item.id]) for entry in plan.new]
    if plan.updates:
        session.execute(update(Item), plan.updates)


def _write_versions(session: Session, plan: _Plan, at: datetime) -> None:
    entries = [*plan.new, *plan.revised]
    if not entries:
        return
    session.execute(insert(ItemVersion), [version_row(entry, at) for entry in entries])
    ids = queries.version_ids(session)
    cited = [
        {"item_version_id": ids[entry.item_id, entry.number], **row}
        for entry in entries
        if entry.item_id is not None
        for row in citation_rows(entry.item)
    ]
    if cited:
        session.execute(insert(Citation), cited)


def version_row(entry: _Entry, at: datetime) -> dict[str, Any]:
    item = entry.item
    return {
        "item_id": entry.item_id, "number": entry.number, "type": item.type, "difficulty": difficulty_of(item),
        "applied": item.applied, "topic": item.topic,
        "stem": item.stem or (item.material if isinstance(item, Case) else ""),
        "part_count": len(item.parts) if isinstance(item, Case) else 0,
        "content": contents.to_content(item), "content_hash": entry.digest, "created_at": at,
    }


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
            "fingerprint": c.text if isinstance(c, LawCitation) else None,
            "span_start": c.span[0] if isinstance(c, LawCitation) and c.span else None,
            "span_end": c.span[1] if isinstance(c, LawCitation) and c.span else None,
            "document": None if isinstance(c, LawCitation) else c.document,
        }
        for position, c in enumerate(basis, 1)
    ]


def publish(session: Session, code: str) -> Item:
    """Let an item be drawn again. Raises NotFoundError; ConflictError if it is published or left the files;
    InputError where an article does not prove its key today."""
    item = queries.item_by_code(session, code)
    if item.status == "published":
        raise ConflictError("这道题已经是发布状态")
    if not item.listed:
        raise ConflictError("这道题已经不在题库文件里；请先把它写回文件，再装入题库")
    version = queries.version_of(session, item.id, item.current_version)
    require_proof(session, contents.from_content(version.content), clock.today())
    item.status = "published"
    return item


def retire(session: Session, code: str) -> Item:
    """Draw an item no more; forms and exams that have it keep it. Raises NotFoundError and ConflictError."""
    item = queries.item_by_code(session, code)
    if item.status == "retired":
        raise ConflictError("这道题已经停用")
    item.status = "retired"
    return item
