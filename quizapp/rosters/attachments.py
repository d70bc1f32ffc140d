"""Attachments of applications: kept below the instance folder under generated names, never served from there."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Protocol
from uuid import UUID

from flask import current_app

from quizapp.kernel.errors import InputError, NotFoundError
from quizapp.rosters.rules import MAX_BYTES, MAX_FILES, media_type_of, shown_name

UNKNOWN = timedelta(days=1)  # how long a file may lie there without a row: the act that brings it is long over by then


class Upload(Protocol):
    """A file as the form hands it over."""

    filename: str | None
    stream: IO[bytes]


@dataclass(frozen=True)
class Attached:
    """A file that has passed the checks."""

    name: str
    media_type: str
    content: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def checked(uploads: Iterable[Upload]) -> list[Attached]:
    """The chosen files, at most three. Raises InputError naming the file that cannot be taken."""
    chosen = [upload for upload in uploads if upload.filename]
    if len(chosen) > MAX_FILES:
        raise InputError("一次最多传 %(n)s 个附件", n=MAX_FILES)
    found = []
    for upload in chosen:
        name, content = shown_name(upload.filename or ""), upload.stream.read(MAX_BYTES + 1)
        found.append(Attached(name, media_type_of(name, content), content))
    return found


@dataclass(frozen=True)
class Cabinet:
    """Where attachments lie: one file each, readable by the service alone."""

    folder: Path

    def keep(self, file_id: UUID, content: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._path(file_id), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def read(self, file_id: UUID, digest: str) -> bytes:
        """Raises NotFoundError where it is gone or no longer what was handed in."""
        try:
            content = self._path(file_id).read_bytes()
        except FileNotFoundError:
            content = b""
        if hashlib.sha256(content).hexdigest() != digest:
            raise NotFoundError("附件的文件不在了或者已经损坏，请联系运维人员从备份恢复")
        return content

    def drop(self, files: Iterable[UUID]) -> None:
        for file_id in files:
            self._path(file_id).unlink(missing_ok=True)

    def sweep(self, known: Collection[UUID], now: datetime) -> int:
        """Remove what has lain there for a day without a row that knows of it; how many there were. A file is written
        before its row is certain: when the server dies between the two, it stays behind."""
        limit, names = (now - UNKNOWN).timestamp(), {one.hex for one in known}
        old = [path for path in self.folder.glob("*") if path.name not in names and path.stat().st_mtime < limit]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _path(self, file_id: UUID) -> Path:
        return self.folder / file_id.hex


def cabinet() -> Cabinet:
    return Cabinet(current_app.config["SETTINGS"].instance_path / "excuses")
