"""Long work of the bank."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import current_app

from quizapp.db import db
from quizapp.i18n import N_
from quizapp.jobs.rules import Progress, work
from quizapp.questions import service
from quizapp.questions.rules.rights import BUILDERS, WRITERS

SUMMARY = N_("新增 %(added)s 道，更新 %(changed)s 道，停用 %(retired)s 道，未变 %(unchanged)s 道")

WARNED = N_("题库文件有 %(n)s 处提醒，到“检查题库”里看")


@work("bank.build", N_("装入题库"), BUILDERS)
def build(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Check the bank's files and bring the bank to what they say."""
    path = Path(params.get("path") or current_app.config["SETTINGS"].bank_path)
    # reading is the long part; the bank is locked only while it is written
    files = service.sound_files(path, progress)
    progress(len(files.topics), len(files.topics) + 1, N_("写入题库"))
    with db.transaction() as session:
        result = service.write_bank(session, files)
    progress(1, 1)
    values = {"added": len(result.added), "changed": len(result.changed), "retired": len(result.retired),
              "unchanged": result.unchanged}
    warnings = [{"message": WARNED, "values": {"n": len(files.warnings)}}] if files.warnings else []
    return {"summary": SUMMARY, "values": values, "address": "/bank", "warnings": warnings}


MADE = N_("生成 %(made)s 道候选试题，其中 %(new)s 道是新的，已放入审题队列")


@work("bank.generate", N_("按条文生成试题"), WRITERS)
def generate(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Make candidates from the laws named and put them into the reviewers' queue."""
    from quizapp.questions import generating  # what reads laws is loaded where laws are read

    made = generating.generate(db.session(), params["laws"], params["subject"], limit=params.get("limit"), progress=progress)
    progress(len(params["laws"]), len(params["laws"]) + 1, N_("放入审题队列"))
    with db.transaction() as session:
        new = generating.keep(session, made.items, None)
    progress(1, 1)
    return {"summary": MADE, "values": {"made": len(made.items), "new": new}, "address": "/review", "warnings": []}
