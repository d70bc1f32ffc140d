"""Handing in, and putting right what was handed in."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from quizapp import clock
from quizapp.audit import service as audit
from quizapp.audit.rules import moment
from quizapp.audit.signing import seal
from quizapp.filings import collecting, queries
from quizapp.filings.collecting import Made
from quizapp.filings.models import (
    Filing,
    FilingCheck,
    FilingDraft,
    FilingHolder,
    FilingPerson,
    FilingVersion,
)
from quizapp.filings.queries import PersonLine
from quizapp.filings.rules.content import (
    Content,
    Fact,
    Section,
    digest_of,
    from_json,
    same_figures,
    sealed_text,
    to_json,
)
from quizapp.filings.rules.differences import changed_people, difference, units_concerned
from quizapp.filings.rules.traces import BLANK, blanks, carried
from quizapp.filings.telling import tell_of_versions
from quizapp.i18n import N_
from quizapp.kernel.errors import ConflictError, InputError
from quizapp.kernel.ids import new_id
from quizapp.marking.regrading import Regraded, after_regrade
from quizapp.reports.queries.exam import published_exams

FIRST, EDITED = N_("首次上报"), N_("修改后重新上报")


def hand_in_exam(session: Session, exam_id: int, with_make_up: bool, *, by: int, now: datetime) -> Filing:
    """Raises NotFoundError, InputError as `collecting.exam`, and ConflictError where it was handed in before."""
    settings = {"make_up": with_make_up}
    return _first(session, "exam", f"exam:{exam_id}:{_scope(with_make_up)}", exam_id, settings,
                  lambda: collecting.exam(session, exam_id, with_make_up, now), by, now)


def hand_in_notice(session: Session, exam_id: int, with_make_up: bool, mode: str, threshold: Decimal, *, by: int,
                   now: datetime) -> Filing:
    """Raises as `hand_in_exam`."""
    settings = {"make_up": with_make_up, "mode": mode, "threshold": str(threshold)}
    return _first(session, "notice", f"notice:{exam_id}:{_scope(with_make_up)}:{mode}", exam_id, settings,
                  lambda: collecting.notice(session, exam_id, with_make_up, mode, threshold, now), by, now)


def hand_in_year(session: Session, year: int, sections: Sequence[Section], *, by: int, now: datetime, keep_blanks: bool = False) -> Filing:
    """The year's report with these paragraphs: the first version, or another one where the year has been handed in.

    Raises InputError while blanks are left that nobody said to keep, or where nothing is other than before.
    """
    left = blanks(sections)
    if left and not keep_blanks:
        raise InputError("还有 %(n)s 处“（请填写）”没有填；填好，或者选“保留空白，打印以后手填”", n=left)
    filing = queries.by_subject(session, f"year:{year}")
    if filing is None:
        return _first(session, "year", f"year:{year}", None, {}, lambda: collecting.year(session, year, now, sections), by, now)
    made = collecting.year(session, year, now, sections)
    before = queries.latest(session, filing.id)
    old = from_json(before.content)
    if _same(old, made.content):
        raise InputError("和第 %(n)s 版相比，文字和数字都没有变化，没有生成新版", n=before.version)
    _add(session, filing, made, by=by, now=now, reason=EDITED, found=difference(old, made.content))
    return filing


def _same(old: Content, new: Content) -> bool:
    return (old.sections, old.rows, old.facts) == (new.sections, new.rows, new.facts)


def _scope(with_make_up: bool) -> str:
    return "all" if with_make_up else "first"


def _first(session: Session, kind: str, subject: str, exam_id: int | None, settings: Mapping[str, Any], make: Any, by: int,
           now: datetime) -> Filing:
    audit.wait_for_turn(session)  # numbers run without gaps: one at a time
    before = queries.by_subject(session, subject)
    if before is not None:
        raise ConflictError("这份上报件已经有了：%(number)s。数字有变化的，请在它的页面上生成新版", number=before.number)
    made: Made = make()
    year = clock.to_local(now).year
    filing = Filing(number=f"{year}-{queries.last_number(session, year) + 1:04}", kind=kind, subject=subject,
                    year=made.content.year, exam_id=exam_id, title=made.content.title[:200], settings=dict(settings), created_at=now)
    session.add(filing)
    session.flush()
    _add(session, filing, made, by=by, now=now, reason=FIRST, found={})
    return filing


def _add(session: Session, filing: Filing, made: Made, *, by: int | None, now: datetime, reason: str,
         found: Mapping[str, Any]) -> FilingVersion:
    number = (queries.latest(session, filing.id).version if found else 0) + 1
    content = to_json(made.content)
    digest, stamp = digest_of(content), seal()
    version = FilingVersion(
        filing_id=filing.id, version=number, content=content, digest=digest, key=stamp.public_key,
        signature=stamp.sign(sealed_text(filing.number, number, digest, moment(now))), at=now, by_id=by, reason=reason[:500],
        difference=dict(found),
    )
    session.add(version)
    session.flush()
    _keep_people(session, version.id, made.people)
    if by is not None:
        know(session, filing.id, by, number)
    audit.record(session, "hand_in" if number == 1 else "restate_filing", "filing", filing.number, actor_id=by,
                 actor=queries.names(session, [by]).get(by or 0, "system"),
                 detail={"version": number, "digest": digest, "signature": version.signature, "at": now, "reason": reason, "title": filing.title})
    return version


def _keep_people(session: Session, version_id: int, people: Sequence[PersonLine]) -> None:
    rows = [{"version_id": version_id, **asdict(one), "score": None if one.score is None else Decimal(one.score) / 100} for one in people]
    if rows:
        session.execute(insert(FilingPerson), rows)


# ---------------------------------------------------------------- putting right


def restate(session: Session, exam_id: int, reason: str, *, by: int | None, now: datetime, reference: str = "") -> list[FilingVersion]:
    """Count every filing with results of this exam once more, within the transaction of whoever changed them.

    Where the figures differ, version n+1 with the difference and the reason; where they do not, a note that it was
    looked at. `reference` names the change (a regrade): of one reference each filing is looked at once.
    """
    session.flush()
    exams = published_exams(session)
    first = collecting.first_of(exams, exam_id)
    made = []
    for filing in queries.touched(session, [first.id, exam_id], [first.year]):
        if exam_id not in queries.latest(session, filing.id).content["exams"]:
            continue
        version = count_again(session, filing, reason, by=by, now=now, reference=reference, exam_id=exam_id)
        made += [version] if version is not None else []
    return made


@after_regrade
def restate_after_regrade(session: Session, done: Regraded) -> None:
    """What was handed in before is counted again in the transaction that marked the exam anew, and whom it concerns hears
    of it."""
    made = restate(session, done.exam_id, done.reason, by=done.by, now=done.now, reference=f"regrade:{done.exam_id}:{done.number}")
    tell_of_versions(session, done, made, (FIRST, EDITED))


def count_again(session: Session, filing: Filing, reason: str, *, by: int | None, now: datetime, reference: str = "",
                exam_id: int | None = None) -> FilingVersion | None:
    """The next version of one filing, or None where the figures are the same or the reference was answered before."""
    reason = " ".join(reason.split())
    if not reason:
        raise InputError("请写明原因，看的人要知道为什么又有一版")
    audit.wait_for_turn(session)
    if reference and queries.was_checked(session, filing.id, reference):
        return None
    before = queries.latest(session, filing.id)
    old = from_json(before.content)
    made = collecting.again(session, filing.kind, filing.exam_id, filing.year, filing.settings, now)
    content, unsure = _with_words_of(old, made.content)
    version = None
    if not same_figures(old, content):
        was, now_is = _by_number(queries.kept_people(session, before.id)), _by_number(made.people)
        people = changed_people(was, now_is)
        units = _units(session, filing, old, content, {found[one][0] for found in (was, now_is) for one in people if one in found})
        version = _add(session, filing, Made(content, made.people), by=by, now=now, reason=reason,
                       found=difference(old, content, len(people), unsure, units))
    session.add(FilingCheck(filing_id=filing.id, reference=reference or f"look:{new_id()}", exam_id=exam_id, reason=reason[:500],
                            at=now, by_id=by, version_id=version.id if version else None))
    session.flush()
    if version is None:
        audit.record(session, "check_filing", "filing", filing.number, actor_id=by, actor=queries.names(session, [by]).get(by or 0, "system"),
                     detail={"version": before.version, "reason": reason, "exam": exam_id})
    return version


def _units(session: Session, filing: Filing, old: Content, new: Content, homes: set[int]) -> list[int]:
    """The units that the next version concerns, by `homes`, those of the people who changed, too; only reports by unit have
    parts that are anybody's own."""
    if filing.kind != "exam" or filing.exam_id is None:
        return []
    return units_concerned(old.rows, new.rows, queries.paths_of(session, filing.exam_id, homes))


def _with_words_of(old: Content, new: Content) -> tuple[Content, list[str]]:
    """The new content with the words that a person had edited, their figures carried over where that is certain."""
    words = {section.key: section for section in old.sections if section.edited}
    if not words:
        return new, []
    unsure: list[str] = []
    sections = []
    for section in new.sections:
        if section.key in words:
            text, doubtful = carried(words[section.key].text, old.facts, new.facts)
            unsure += doubtful
            section = replace(words[section.key], text=text)
        sections.append(section)
    return replace(new, sections=tuple(sections)), unsure


def _by_number(people: Sequence[PersonLine]) -> dict[int, tuple[Any, ...]]:
    return {one.candidate_id: (one.unit_id, one.status, one.sat, one.score) for one in people}


# ---------------------------------------------------------------- who knows


def know(session: Session, filing_id: int, person_id: int, version: int) -> None:
    """This person holds the filing, and knows it up to this version."""
    held = queries.holder(session, filing_id, person_id)
    if held is None:
        session.add(FilingHolder(filing_id=filing_id, person_id=person_id, known=version))
    else:
        held.known = max(held.known, version)
    session.flush()


def fetched(session: Session, filing_id: int, person_id: int, version: int) -> None:
    """This person has a file of the filing. Whoever fetches an old version is told of the later ones."""
    if queries.holder(session, filing_id, person_id) is None:
        know(session, filing_id, person_id, version)


# ---------------------------------------------------------------- the year's paragraphs


def draft_for(session: Session, year: int, now: datetime) -> tuple[Content, FilingDraft | None]:
    """The paragraphs as they stand: the draft's, else the latest version's, else written anew; with today's facts."""
    kept = queries.draft(session, year)
    fresh = collecting.year(session, year, now).content
    if kept is not None:
        words = {one["key"]: Section(**one) for one in kept.sections if one["edited"]}
        return replace(fresh, sections=tuple(words.get(one.key, one) for one in fresh.sections)), kept
    filing = queries.by_subject(session, f"year:{year}")
    if filing is not None:
        return _with_words_of(from_json(queries.latest(session, filing.id).content), fresh)[0], None
    return fresh, None


def edited(fresh: Sequence[Section], texts: Mapping[str, str]) -> tuple[Section, ...]:
    """The sections with what somebody typed; one that says what the platform wrote is not an edited one."""
    found = []
    for section in fresh:
        text = "\n".join(line.strip() for line in texts.get(section.key, section.text).replace("\r\n", "\n").split("\n") if line.strip())
        found.append(Section(section.key, section.heading, text or BLANK, (text or BLANK) != section.text))
    return tuple(found)


def with_sections(content: Content, sections: Sequence[Section]) -> Content:
    return replace(content, sections=tuple(sections))


def save_draft(session: Session, year: int, sections: Sequence[Section], facts: Sequence[Fact], revision: str, *, by: int,
               now: datetime) -> FilingDraft:
    """Keep the paragraphs. Raises ConflictError where somebody else has saved since `revision` was read."""
    audit.wait_for_turn(session)
    kept = queries.draft(session, year)
    if kept is not None and str(kept.revision) != revision:
        raise ConflictError("这份草稿刚刚被别人改过，没有保存。请先复制你的改动，重新打开再改")
    values: dict[str, Any] = {"sections": [asdict(one) for one in sections], "facts": [asdict(one) for one in facts],
                              "saved_at": now, "saved_by": by, "revision": uuid.uuid4()}
    if kept is None:
        kept = FilingDraft(year=year, **values)
        session.add(kept)
    else:
        for name, value in values.items():
            setattr(kept, name, value)
    session.flush()
    return kept


def drop_draft(session: Session, year: int) -> None:
    """The draft goes when it is handed in, or when it is to be written anew."""
    kept = queries.draft(session, year)
    if kept is not None:
        session.delete(kept)
        session.flush()
