"""Acts on exams: creating, publishing, excusing, releasing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from quizapp.exams import queries
from quizapp.exams.models import Exam, RosterEntry, RosterUnit
from quizapp.exams.rules import STATUS_NAMES, Audience, last_end
from quizapp.i18n import N_
from quizapp.kernel.errors import ConflictError, InputError, NotFoundError
from quizapp.papers import queries as papers
from quizapp.papers import service as assembling
from quizapp.papers.rules.blueprint import Cell, total_marks
from quizapp.papers.service import Prepared
from quizapp.people import queries as people

NOBODY_MEANT = N_("参加范围里今天一个人也没有，请到“参加范围”放宽单位、职务层次或者岗位类别")
AT_PUBLISHING: list[Callable[[Session, Exam], None]] = []


def at_publishing(act: Callable[[Session, Exam], None]) -> Callable[[Session, Exam], None]:
    """What a feature above has to do when an exam is published, in the same transaction."""
    AT_PUBLISHING.append(act)
    return act


def create(session: Session, *, title: str, year: int, opens_at: datetime, closes_at: datetime, now: datetime,
           **settings: Any) -> Exam:
    """A draft. `settings` are columns of Exam. Raises InputError where rules contradict each other."""
    exam = Exam(title=title, year=year, opens_at=opens_at, closes_at=closes_at, created_at=now, **settings)
    check_settings(exam)
    session.add(exam)
    session.flush()
    return exam


def change(session: Session, exam: Exam, **settings: Any) -> Exam:
    """New settings for a draft; a published exam keeps the rules under which people sit it."""
    if exam.state != "draft":
        raise ConflictError("考试已经发布，规则不能再改；需要调整的，请撤下后另建一场")
    with session.no_autoflush:
        for name, value in settings.items():
            setattr(exam, name, value)
        if "closes_at" in settings:
            exam.settles_at = exam.closes_at
        try:
            check_settings(exam)
        except InputError:
            session.expire(exam)
            raise
    session.flush()
    return exam


def check_settings(exam: Exam) -> None:
    """Raises InputError for the first rule that cannot hold."""
    if exam.closes_at <= exam.opens_at:
        raise InputError("结束时间要晚于开始时间，请改正“开放时间”和“结束时间”")
    if exam.minutes is not None and exam.minutes < 1:
        raise InputError("作答时长至少 1 分钟")
    if (exam.max_shared is not None and exam.max_shared < 0) or (exam.max_uses is not None and exam.max_uses < 1):
        raise InputError("共用题数至少是 0，一道题至少要能用在 1 份卷上，请改正，或者留空")
    if exam.pass_mark is not None and exam.excellence_mark is not None and exam.excellence_mark < exam.pass_mark:
        raise InputError("优秀线 %(excellent)s 低于合格线 %(passed)s，请改正其中一个",
                         excellent=exam.excellence_mark, passed=exam.pass_mark)


def set_blueprint(session: Session, exam: Exam, cells: list[Cell]) -> None:
    """The blueprint of a draft."""
    if exam.state != "draft":
        raise ConflictError("考试已经发布，细目表不能再改")
    exam.blueprint_id = assembling.save_blueprint(session, exam.title, cells, exam.blueprint_id).id
    session.flush()


def set_audience(session: Session, exam_id: int, audience: Audience) -> Exam:
    """Who a draft is for. That the words are in use is for the caller to see to.

    Raises ConflictError once the exam is published: the roster is taken.
    """
    exam = queries.fresh(session, exam_id, lock=True)
    check_audience_open(exam)
    exam.audience = audience.lists()
    session.flush()
    return exam


def check_audience_open(exam: Exam) -> None:
    """Raises ConflictError for what has been published."""
    if exam.state != "draft":
        raise ConflictError("考试已经发布，名单已经固定，参加范围不能再改")


def prepare_forms(session: Session, exam_id: int, *, on: date) -> Prepared | None:
    """The forms with which a draft can be published; None for an exam on paper. Takes seconds and writes nothing:
    called before the transaction that publishes, it keeps nobody waiting for the database.

    Raises as `publish` does.
    """
    exam = _checked_draft(session, exam_id)
    if exam.kind != "online":
        return None
    return assembling.prepare_forms(session, _checked_blueprint(session, exam), exam.form_count, exam.max_shared,
                                    exam.max_uses, seed=exam.id, on=on)


def publish(session: Session, exam_id: int, *, now: datetime, on: date, eligible: set[int] | None = None,
            forms: Prepared | None = None) -> Exam:
    """Freeze the roster as of `on`, write the forms and open the exam to its candidates.

    `eligible` limits the roster to these persons (a make-up); `forms` are those of `prepare_forms`, made now where
    they are missing. Raises ConflictError when it is published already and InputError when rules, blueprint or
    roster do not hold; nothing is written then.
    """
    exam = _checked_draft(session, exam_id)
    if exam.kind == "online":
        blueprint_id = _checked_blueprint(session, exam)
        bounds = exam.form_count, exam.max_shared, exam.max_uses
        made = forms or assembling.prepare_forms(session, blueprint_id, *bounds, seed=exam.id, on=on)
        assembling.write_forms(session, blueprint_id, made, bounds=bounds, on=on)
    if _take_roster(session, exam, on, eligible) == 0:
        raise InputError("名单里一个人也没有，请先导入人员，或者检查补考范围" if exam.meant_for.everybody else NOBODY_MEANT)
    exam.state, exam.published_at, exam.roster_as_of = "published", now, on
    if exam.kind == "online":
        exam.settles_at = last_end(exam.opens_at, exam.closes_at, exam.minutes)
    session.flush()
    for act in AT_PUBLISHING:
        act(session, exam)
    return exam


def _checked_draft(session: Session, exam_id: int) -> Exam:
    exam = queries.get(session, exam_id)
    if exam.state != "draft":
        raise ConflictError("这场考试已经发布过了")
    check_settings(exam)
    return exam


def _checked_blueprint(session: Session, exam: Exam) -> int:
    cells = papers.cells(session, exam.blueprint_id) if exam.blueprint_id else []
    if not exam.blueprint_id or not cells:
        raise InputError("还没有细目表，请先填写每类题目的数量和分值")
    total = total_marks(cells)
    if exam.pass_mark > total:
        raise InputError("合格线 %(passed)s 高于试卷总分 %(total)s，请改正细目表或者合格线",
                         passed=exam.pass_mark, total=total)
    return exam.blueprint_id


def _take_roster(session: Session, exam: Exam, on: date, eligible: set[int] | None) -> int:
    """Copy the unit tree and everybody in it on the day whom the exam is for; returns how many people."""
    session.add_all(
        RosterUnit(exam_id=exam.id, unit_id=u.id, parent_id=u.parent_id, name=u.name, path=u.path,
                   position=u.position)
        for u in people.units(session)
    )
    members = queries.meant(session, exam.meant_for, on, eligible)
    session.add_all(
        RosterEntry(exam_id=exam.id, candidate_id=m.person_id, unit_id=m.unit_id, path=m.path, rank=m.rank,
                    post_type=m.post_type)
        for m in members
    )
    session.flush()
    return len(members)


def set_status(session: Session, exam_id: int, candidate_id: int, status: str, reason: str) -> RosterEntry:
    """Mark one person expected, excused or deferred. The last two need a reason."""
    entry = queries.roster_entry(session, exam_id, candidate_id)
    if entry is None:
        raise NotFoundError("这个人不在这场考试的名单里")
    if status not in STATUS_NAMES:
        raise InputError("名单状态只能是应考、免考或者缓考")
    if status != "expected" and not reason.strip():
        raise InputError("免考和缓考要写明原因")
    entry.status, entry.reason = status, reason.strip() if status != "expected" else ""
    session.flush()
    return entry


def release(session: Session, exam_id: int, *, now: datetime) -> Exam:
    """Let candidates see score and key of an exam that is released by hand. Two persons' act: see `approving`."""
    exam = queries.get(session, exam_id)
    check_release(exam, now)
    exam.released_at = now
    session.flush()
    return exam


def check_release(exam: Exam, now: datetime) -> None:
    """Raises ConflictError where results are not released by hand, are out, or somebody may still be working."""
    if exam.state == "draft":
        raise ConflictError("考试还没有发布，没有成绩可以公布")
    if exam.release != "manual":
        raise ConflictError("这场考试按设置自动公布，不需要手工公布")
    if exam.released_at is not None:
        raise ConflictError("这场考试的成绩已经公布")
    if not exam.is_over(now):
        raise ConflictError("考试还没有全部结束，不能公布成绩")


def delete_draft(session: Session, exam_id: int) -> None:
    """Two persons' act: see `approving`."""
    exam = queries.get(session, exam_id)
    check_deletable(exam)
    session.delete(exam)


def check_deletable(exam: Exam) -> None:
    """Raises ConflictError for what has been published: it is never deleted."""
    if exam.state != "draft":
        raise ConflictError("已经发布的考试不能删除")
