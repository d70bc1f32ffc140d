"""Workbooks that jobs have written, kept in the instance folder for a week."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from flask import current_app

from quizapp import clock
from quizapp.i18n import N_
from quizapp.kernel.errors import NotFoundError

KEPT = timedelta(days=7)
GONE = N_("没有找到这份文件；文件保留 7 天，需要时请重新导出")


def folder() -> Path:
    path: Path = current_app.config["SETTINGS"].instance_path / "exports"
    return path


def path_of(job_id: UUID) -> Path:
    return folder() / f"{job_id}.xlsx"


def write(job_id: UUID, content: bytes) -> None:
    """Names and scores are in it: readable by the platform alone. Nobody finds half of it."""
    folder().mkdir(parents=True, exist_ok=True)
    path = path_of(job_id)
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
    part.replace(path)


def read(job_id: UUID) -> bytes:
    """Raises NotFoundError when it has been removed."""
    try:
        return path_of(job_id).read_bytes()
    except FileNotFoundError:
        raise NotFoundError(GONE) from None


def sweep() -> None:
    """Remove what is older than a week. Another worker may be doing the same."""
    limit = (clock.now() - KEPT).timestamp()
    for path in folder().glob("*"):
        try:
            if path.stat().st_mtime < limit:
                path.unlink()
        except FileNotFoundError:
            continue
