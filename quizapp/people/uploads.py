"""A file kept between the trial and the confirmation, on this machine and not in the browser.

The name carries whose it is, so nobody else can confirm it; it goes away afterwards, at the latest in a day.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from flask import current_app

from quizapp import clock
from quizapp.kernel.errors import NotFoundError
from quizapp.kernel.ids import new_id

KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Shelf:
    """The uploads of one person below the instance folder."""

    folder: Path
    person_id: int

    def keep(self, content: bytes) -> UUID:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.sweep()
        upload_id = new_id()
        descriptor = os.open(self._path(upload_id), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        return upload_id

    def read(self, upload_id: UUID) -> bytes:
        """Raises NotFoundError when it is gone or another person's."""
        try:
            return self._path(upload_id).read_bytes()
        except FileNotFoundError:
            raise NotFoundError("上传的名册已经清除，请重新选择文件") from None

    def drop(self, upload_id: UUID) -> None:
        self._path(upload_id).unlink(missing_ok=True)

    def sweep(self) -> int:
        """Remove what nobody confirmed within a day, whoever left it; how many there were."""
        limit = (clock.now() - KEPT).timestamp()
        old = [path for path in self.folder.glob("roster-*") if path.stat().st_mtime < limit]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _path(self, upload_id: UUID) -> Path:
        return self.folder / f"roster-{self.person_id}-{upload_id.hex}"


def rosters_of(person_id: int) -> Shelf:
    """The rosters that this person has uploaded and not yet confirmed; read by pages and by the worker."""
    return Shelf(current_app.config["SETTINGS"].instance_path / "uploads", person_id)
