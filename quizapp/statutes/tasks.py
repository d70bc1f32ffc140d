"""Long work of the law library."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from quizapp import clock
from quizapp.access import Actor
from quizapp.audit import service as audit
from quizapp.db import db
from quizapp.i18n import N_
from quizapp.jobs.rules import Progress, work
from quizapp.kernel.errors import ForbiddenError, NotFoundError, QuizappError
from quizapp.kernel.roles import Role
from quizapp.people import queries as people
from quizapp.people.models import Person
from quizapp.statutes.files import FileProblem
from quizapp.statutes.importing import import_path
from quizapp.statutes.service import ImportReport
from quizapp.statutes.uploads import law_uploads

IMPORTERS = (Role.EXAM_ADMIN, Role.SYSTEM_ADMIN)
SUMMARY = N_("新增 %(added)s 个版本，更新 %(replaced)s 个，写入 %(articles)s 条；%(unchanged)s 个文件已经导入过，%(problems)s 个文件没有导入")
NOT_IMPORTED = N_("%(n)s 个文件没有导入，原因见导入结果")
DIFFERING = N_("%(n)s 个版本与登记的指纹不同，是哪几条见导入结果")


@work("statutes.import", N_("导入法律文本"), IMPORTERS)
def import_texts(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Bring uploaded texts into the library: `upload`, `person`, `address` (where they came from).

    The files go away with the end of the work, also where they are refused; what a crash leaves, the next upload sweeps.
    """
    upload_id, pile = UUID(params["upload"]), law_uploads()
    try:
        me = _who(params["person"])
        report = import_path(pile.open(upload_id), progress)
    except QuizappError:
        pile.drop(upload_id)
        raise
    values = {"added": len(report.added), "replaced": len(report.replaced), "articles": report.articles,
              "unchanged": report.unchanged, "problems": len(report.problems)}
    with db.transaction() as session:
        audit.record(session, "import_laws", "job", params["job"], actor_id=me.id, actor=me.name,
                     address=params["address"], detail=values)
    pile.drop(upload_id)
    return {"summary": SUMMARY, "values": values, "address": f"/laws/imports/{params['job']}",
            "warnings": _warnings(report), "report": report_as_json(report)}


def _who(person_id: int) -> Actor:
    """Whoever handed the files in, with the rights of this moment: work may wait, or be done once more days later."""
    session = db.session()
    person = session.get(Person, person_id)
    if person is None:
        raise NotFoundError("没有找到这个人")
    me = people.actor_of(session, person, clock.today())
    if not me.has(*IMPORTERS):
        raise ForbiddenError("开始这项任务的人已经没有导入法律文本的权限，没有写入")
    return me


def _warnings(report: ImportReport) -> list[dict[str, Any]]:
    counted = ((NOT_IMPORTED, len(report.problems)), (DIFFERING, len(report.differing)))
    return [{"message": message, "values": {"n": number}} for message, number in counted if number]


def report_as_json(report: ImportReport) -> dict[str, Any]:
    """What the page about an import shows: `versions` [{law, version, what, count, differing}], problems, notes."""
    confirmed = {(law, version): count for law, version, count in report.confirmed}
    differing = {(law, version): numbers for law, version, numbers in report.differing}

    def version(what: str, law: str, day: date) -> dict[str, Any]:
        return {"law": law, "version": day.isoformat(), "what": what, "confirmed": confirmed.get((law, day)),
                "differing": differing.get((law, day), [])}

    return {
        "versions": [version("added", *one) for one in report.added] + [version("replaced", *one) for one in report.replaced],
        "problems": [_problem(one) for one in report.problems],
        "notes": [_problem(one) for one in report.notes],
    }


def _problem(one: FileProblem) -> dict[str, Any]:
    values = {name: value if isinstance(value, int | str) else str(value or "") for name, value in one.values.items()}
    return {"file": one.file, "line": one.line, "message": one.sentence, "values": values}
