"""What a job says of itself, in the reader's language."""

from __future__ import annotations

from typing import Any

from quizapp.i18n import _
from quizapp.jobs.models import Job
from quizapp.jobs.rules import STATE_NAMES


def summary_of(job: Job) -> str:
    """What the work says it has done; empty before the end."""
    return _(job.result["summary"], **job.result.get("values", {})) if job.result.get("summary") else ""


def problem_of(job: Job) -> str:
    """Why it failed, and what to do."""
    return _(job.problem, **job.problem_values) if job.problem else ""


def progress_of(job: Job) -> str:
    """How far it is: figures and step, or why there are none yet."""
    if job.state == "queued":
        return _("排队中，前面的任务做完就开始")
    if not job.total:
        return _("正在开始")
    return f"{job.done} / {job.total} {_(job.step) if job.step else ''}".rstrip()


def warnings_of(job: Job) -> list[str]:
    """What the work wants looked at: sentences, or messages with their values."""
    return [
        _(warning["message"], **warning["values"]) if isinstance(warning, dict) else _(warning)
        for warning in job.result.get("warnings", [])
    ]


def facts(job: Job) -> dict[str, Any]:
    """A job as JSON for the page that waits for it, and for the terminal."""
    return {
        "id": str(job.id),
        "kind": job.kind,
        "state": job.state,
        "state_name": _(STATE_NAMES[job.state]),
        "done": job.done,
        "total": job.total,
        "step": _(job.step) if job.step else "",
        "progress": progress_of(job),
        "summary": summary_of(job),
        "problem": problem_of(job),
        "warnings": warnings_of(job),
        "address": job.result.get("address"),
    }
