"""Long work of the bank."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import current_app

from quizapp.db import db
from quizapp.jobs.rules import Progress, work
from quizapp.questions import service


@work("bank.build")
def build(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Check the bank's files and bring the bank to what they say."""
    path = Path(params.get("path") or current_app.config["SETTINGS"].bank_path)
    progress(0, 1, "读取和检查题库文件")
    with db.transaction() as session:
        result = service.build_bank(session, path)
    progress(1, 1, "完成")
    summary = (
        f"新增 {len(result.added)} 道，更新 {len(result.changed)} 道，停用 {len(result.retired)} 道，"
        f"未变 {result.unchanged} 道"
    )
    return {"summary": summary, "address": "/bank", "warnings": []}
