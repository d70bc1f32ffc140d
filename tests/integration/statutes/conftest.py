"""A library that texts are brought into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from quizapp.db import db
from quizapp.statutes.importing import import_path
from quizapp.statutes.service import ImportReport
from tests.builders.library import write_files

Bring = Callable[..., ImportReport]


@pytest.fixture
def library(app: Flask) -> Iterator[Session]:
    """The session of an empty library."""
    with app.app_context():
        yield db.session()


@pytest.fixture
def bring(library: Session, tmp_path: Path) -> Bring:
    """Write files into the folder of texts and import the whole folder."""

    def bring_(files: dict[str, str | bytes] | None = None, dry_run: bool = False) -> ImportReport:
        report = import_path(write_files(tmp_path / "texts", files or {}), dry_run=dry_run)
        library.expire_all()
        return report

    return bring_
